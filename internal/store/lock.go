package store

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir takes the data directory for this process, until the file that it returns is closed or the process ends.
func lockDir(dir string) (*os.File, error) {
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
		return nil, fmt.Errorf("the data directory %s is in use by another process (lock %s): %w", dir, path, err)
	}
	return f, nil
}
