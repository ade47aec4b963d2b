package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"alfaone/internal/assess"
)

// doctorScan finds API keys where they should not be.
type doctorScan struct {
	config
	Paths []string `arg:"" placeholder:"PATH" help:"Files and directories to look through; - is the standard input."`
}

// Run implements the command. A key is never printed, only how it begins.
func (d *doctorScan) Run(ctx context.Context, t terminal) error {
	verdict := func(string) string { return "" }
	s := scan{t: t, verdict: func(key string) string { return verdict(key) }}
	look := func() error { return s.paths(d.Paths) }
	if !d.hasDatabase() {
		return look()
	}
	asked := false
	err := d.with(ctx, t, func(p *program) error {
		asked = true
		verdict = func(key string) string { return p.verdict(ctx, key) }
		return look()
	})
	if asked {
		return err
	}
	say(t.err, "Whether keys still work cannot be told: %v", err)
	return look()
}

// hasDatabase reports whether there is one to ask; asking must not make it.
func (d *doctorScan) hasDatabase() bool {
	dir := d.DataDir
	if dir == "" {
		dir = defaultDataDir
	}
	_, err := os.Stat(filepath.Join(dir, keyFile))
	return d.DatabaseURL != "" || err == nil
}

// verdict says what this instance knows of a key.
func (p *program) verdict(ctx context.Context, key string) string {
	who, _, err := p.app.AuthenticateKey(ctx, key)
	switch {
	case err == nil:
		return fmt.Sprintf("WORKS: revoke %q (alfaone apikey revoke %s)", who.Name, who.ID)
	case assess.KindOf(err) != assess.Unauthenticated:
		return "could not be checked: " + err.Error()
	case who.ID != "":
		return fmt.Sprintf("%q of this instance, which works no more", who.Name)
	default:
		return "not of this instance"
	}
}

// scan looks for keys and counts them.
type scan struct {
	t       terminal
	verdict func(key string) string // may be empty
	found   int
}

// paths looks through all, and fails if there was a key or something could not be read.
func (s *scan) paths(paths []string) error {
	var errs []error
	for _, path := range paths {
		if path == "-" {
			errs = append(errs, s.reader("-", os.Stdin))
			continue
		}
		errs = append(errs, filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			return s.file(path)
		}))
	}
	if s.found > 0 {
		errs = append(errs, fmt.Errorf("API keys found: %d", s.found))
	}
	return errors.Join(errs...)
}

func (s *scan) file(path string) error {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	return errors.Join(s.reader(path, f), f.Close())
}

// reader reports the keys in what it reads.
func (s *scan) reader(name string, r io.Reader) error {
	return findKeys(r, func(line int, key string) {
		s.found++
		said := s.verdict(key)
		if said != "" {
			said = "  " + said
		}
		say(s.t.out, "%s:%d  %s…%s", name, line, key[:len("ak_live_Ab12")], said)
	})
}

// keyLength is how long a key is.
const keyLength = len("ak_live_") + assess.KeyRandomChars + 6

// findKeys calls found with each word of r that is a key, checksum included, and its line. A word is what is between
// characters other than letters, digits and underscores. Memory does not grow with lines.
func findKeys(r io.Reader, found func(line int, key string)) error {
	in := bufio.NewReaderSize(r, 1<<16)
	word := make([]byte, 0, keyLength+1) // one more, so that a word that is too long shows
	for line := 1; ; {
		c, err := in.ReadByte()
		if err == nil && isWordChar(c) {
			if len(word) <= keyLength {
				word = append(word, c)
			}
			continue
		}
		if _, isKey := assess.APIKeyMode(string(word)); isKey {
			found(line, string(word))
		}
		word = word[:0]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case c == '\n':
			line++
		}
	}
}

func isWordChar(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
