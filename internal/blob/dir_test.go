package blob_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/blob"
	"alfaone/internal/blob/blobtest"
)

func newDir(tb testing.TB, name string) *blob.Dir {
	tb.Helper()
	d, err := blob.NewDir(name)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func putText(tb testing.TB, s blob.Store, key, text string) {
	tb.Helper()
	if err := s.Put(tb.Context(), key, strings.NewReader(text), int64(len(text))); err != nil {
		tb.Fatal(err)
	}
}

// tree lists the files below a directory, and the directories that are empty.
func tree(tb testing.TB, dir string) []string {
	tb.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := os.ReadDir(filepath.Join(dir, name))
		if !d.IsDir() || err == nil && len(below) == 0 {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return names
}

func TestDirKeepsThePromisesOfAStore(t *testing.T) { //nolint:paralleltest // it measures memory
	blobtest.Suite(t, func(t *testing.T) blob.Store { return newDir(t, filepath.Join(t.TempDir(), "media")) })
}

func TestDirIsReadableByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "above", "media")
	putText(t, newDir(t, dir), "org/id/media", "x")
	for name, want := range map[string]fs.FileMode{
		"": 0o700, ".unfinished": 0o700, "org": 0o700, "org/id": 0o700, "org/id/media": 0o600,
	} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, %v; want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

func TestDirHasNothingButWhatWasPut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDir(t, dir)
	putText(t, d, "org/id/media", "x")
	putText(t, d, "org/id/media", "y")
	for _, r := range []io.Reader{strings.NewReader("short"), iotest.ErrReader(errors.New("gone"))} {
		if err := d.Put(t.Context(), "org/other/media", r, 100); err == nil {
			t.Error("a broken put succeeded")
		}
	}
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{".unfinished", "org/id/media"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	if err := d.Delete(t.Context(), "org/id/media"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".unfinished"}, tree(t, dir)); diff != "" {
		t.Errorf("after deleting: %s", diff)
	}
}

// Deleting the last file of a directory removes the directory, into which somebody may be about to put another.
func TestDirDeletesAndPutsSideBySide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDir(t, dir)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			key := fmt.Sprintf("org/id/chunks/%d", i)
			for range 50 {
				if err := d.Put(t.Context(), key, strings.NewReader(key), int64(len(key))); err != nil {
					t.Error(err)
				}
				if _, err := d.Stat(t.Context(), key); err != nil {
					t.Error(err)
				}
				if err := d.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff([]string{".unfinished"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestDirSweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDir(t, dir)
	now := time.Now()
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "new": 23 * time.Hour} {
		name = filepath.Join(dir, ".unfinished", name)
		if err := errors.Join(os.WriteFile(name, []byte("half"), 0o600), os.Chtimes(name, time.Time{}, now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.Sweep(t.Context(), now.Add(-24*time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d, %v; want 1", n, err)
	}
	if diff := cmp.Diff([]string{".unfinished/new"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestDirRefusesAKeyAboveOrBelowAnother(t *testing.T) {
	t.Parallel()
	d := newDir(t, t.TempDir())
	putText(t, d, "a/b", "x")
	for _, key := range []string{"a", "a/b/c", "a/b/c/d"} {
		if err := d.Put(t.Context(), key, strings.NewReader("y"), 1); !errors.Is(err, blob.ErrKey) {
			t.Errorf("%s beside a/b: %v; want ErrKey", key, err)
		}
	}
}

func TestDirDoesNotLeaveByASymbolicLink(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	d := newDir(t, dir)
	secret := filepath.Join(outside, "secret")
	if err := errors.Join(os.WriteFile(secret, []byte("x"), 0o600), os.Symlink(outside, filepath.Join(dir, "org"))); err != nil {
		t.Fatal(err)
	}
	if o, err := d.Open(t.Context(), "org/secret"); err == nil {
		t.Errorf("opened %v", o.Info())
	}
	if err := d.Put(t.Context(), "org/new", strings.NewReader("y"), 1); err == nil {
		t.Error("wrote outside")
	}
	if err := d.Delete(t.Context(), "org/secret"); err == nil {
		t.Error("deleted outside")
	}
	if diff := cmp.Diff([]string{"secret"}, tree(t, outside)); diff != "" {
		t.Error(diff)
	}
}

func TestDirWithoutItsDirectoryIsUnavailable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDir(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"put":   d.Put(t.Context(), "k", strings.NewReader("x"), 1),
		"check": d.Check(t.Context()),
	} {
		if !errors.Is(err, blob.ErrUnavailable) || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%s: %v; want ErrUnavailable alone", what, err)
		}
	}
}

func FuzzDirKeepsToItsDirectory(f *testing.F) {
	for _, key := range []string{"org/recordings/1/media", "a", "..", "../x", "a/../../x", "/etc/passwd", ".unfinished/x", "a//b", "a\x00b", "a/.", "é", strings.Repeat("a/", 255) + "b"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		above := t.TempDir()
		dir := filepath.Join(above, "media")
		d := newDir(t, dir)
		err := d.Put(t.Context(), key, strings.NewReader("x"), 1)
		want := []string{"media/.unfinished"}
		if err == nil {
			want = append(want, path.Join("media", key))
			if path.Clean(key) != key {
				t.Errorf("%q is taken as another name of %q", key, path.Clean(key))
			}
		} else if !errors.Is(err, blob.ErrKey) {
			t.Errorf("%q: %v; want ErrKey", key, err)
		}
		if diff := cmp.Diff(want, tree(t, above)); diff != "" {
			t.Errorf("%q: %s", key, diff)
		}
		if err != nil {
			return
		}
		o, err := d.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if got, err := io.ReadAll(o); err != nil || !bytes.Equal(got, []byte("x")) {
			t.Errorf("%q holds %q, %v", key, got, err)
		}
	})
}
