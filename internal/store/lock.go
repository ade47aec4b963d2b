package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir takes the data directory for this process, until what it returns is closed or the process ends.
func lockDir(dir string) (io.Closer, error) {
	if err := refuseNetworkDisk(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "alfaone.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the directory
	if err != nil {
		return nil, fmt.Errorf("opening the data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the data directory %s is in use by another process, probably the server; stop it first (lock %s): %w", dir, path, err)
	}
	return dirLock{f}, nil
}

// dirLock is a held lock. Closing it unlocks first: a child process that is just being started may still hold the file.
type dirLock struct{ f *os.File }

// Close implements io.Closer.
func (l dirLock) Close() error {
	return errors.Join(syscall.Flock(int(l.f.Fd()), syscall.LOCK_UN), l.f.Close())
}
