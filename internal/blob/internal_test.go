package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestTroubleOfTheFileSystemHasItsKind(t *testing.T) {
	t.Parallel()
	kinds := []error{ErrNotFound, ErrSize, ErrKey, ErrFull, ErrUnavailable, ErrPublic, context.Canceled}
	for cause, want := range map[error]error{
		syscall.ENOSPC:   ErrFull,
		syscall.EDQUOT:   ErrFull,
		syscall.EIO:      ErrUnavailable,
		syscall.EACCES:   ErrUnavailable,
		syscall.EROFS:    ErrUnavailable,
		syscall.ENOENT:   ErrUnavailable,
		syscall.EISDIR:   ErrKey,
		context.Canceled: context.Canceled,
	} {
		err := new(Dir).failed("storing", "k", &fs.PathError{Op: "write", Path: "k", Err: cause})
		if !errors.Is(err, cause) {
			t.Errorf("%v has lost its cause %v", err, cause)
		}
		for _, kind := range kinds {
			if errors.Is(err, kind) != (kind == want) { //nolint:errorlint // which of the kinds it is
				t.Errorf("%v is %v: %t", err, kind, errors.Is(err, kind))
			}
		}
	}
}

var (
	wellFormed = regexp.MustCompile(`\A[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*\z`)
	overlong   = regexp.MustCompile(`[^/]{256}`)
)

func FuzzKeyStaysBelow(f *testing.F) {
	for _, key := range []string{
		"org/recordings/1/chunks/000001-ab", "a", "", ".", "..", "../x", "a/../x", "/etc/passwd", "a//b", "a/", ".unfinished/x", "a\x00b", "a/.", "é",
		"a\\b", strings.Repeat("a/", 255) + "b", strings.Repeat("a", 256),
	} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		valid := checkKey(key) == nil
		if valid && (path.Clean(key) != key || !filepath.IsLocal(key) || !fs.ValidPath(key)) {
			t.Errorf("%q is no name of its own", key)
		}
		if want := wellFormed.MatchString(key) && len(key) <= 512 && !overlong.MatchString(key); valid != want {
			t.Errorf("%q is accepted: %t", key, valid)
		}
		if valid != (checkPrefix(key+"/") == nil) {
			t.Errorf("as a prefix %q is judged otherwise", key)
		}
	})
}
