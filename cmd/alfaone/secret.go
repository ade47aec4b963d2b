package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"alfaone/internal/app"
)

// keyFile holds the master key in the data directory, unless it is given by --secret-key.
const keyFile = "secret.key"

// secrets reads the master key, or makes it on the first start.
func (c *config) secrets(dir string) (app.Secrets, error) {
	text := c.SecretKey
	if text == "" {
		var err error
		if text, err = keptKey(filepath.Join(dir, keyFile)); err != nil {
			return app.Secrets{}, fmt.Errorf("the master key: %w", err)
		}
	}
	master, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return app.Secrets{}, errors.New("the master key must be 64 hexadecimal digits (openssl rand -hex 32)")
	}
	return app.DeriveSecrets(master)
}

// keptKey reads the key from its file, which it makes if there is none.
func keptKey(path string) (string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's data directory
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(text), err
	}
	var master [app.MasterKeyBytes]byte
	if _, err := rand.Read(master[:]); err != nil {
		return "", err
	}
	fresh := hex.EncodeToString(master[:])
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(fresh + "\n")
	return fresh, errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path)))
}

// syncDir makes a new file's name last, as syncing makes its content.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's data directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
