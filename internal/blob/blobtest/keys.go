package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/blob"
)

func list(t *testing.T, s blob.Store) {
	for _, key := range []string{"org-2/a", "org/b/c", "org/b-1", "org/b.1", "org/b/a/x", "org/a", "org/b0", "z"} {
		put(t, s, key, []byte(key))
	}
	for prefix, want := range map[string][]string{
		"":          {"org-2/a", "org/a", "org/b-1", "org/b.1", "org/b/a/x", "org/b/c", "org/b0", "z"},
		"org/":      {"org/a", "org/b-1", "org/b.1", "org/b/a/x", "org/b/c", "org/b0"},
		"org/b/":    {"org/b/a/x", "org/b/c"},
		"org/a/":    {},
		"or/":       {},
		"absent/x/": {},
	} {
		if diff := cmp.Diff(want, keys(t, s, prefix)); diff != "" {
			t.Errorf("below %q: %s", prefix, diff)
		}
	}
	for info, err := range s.List(t.Context(), "org/b/") {
		if err != nil || info.Size != int64(len(info.Key)) || time.Since(info.Modified).Abs() > time.Minute {
			t.Errorf("listed %+v, %v", info, err)
		}
	}
	for _, prefix := range []string{"org", "/", "../", "org//", ".unfinished/"} {
		for info, err := range s.List(t.Context(), prefix) {
			if !errors.Is(err, blob.ErrKey) {
				t.Errorf("below %q: %v, %v; want ErrKey", prefix, info, err)
			}
		}
	}
}

func listStops(t *testing.T, s blob.Store) {
	for i := range 5 {
		put(t, s, fmt.Sprintf("a/%d/x", i), nil)
	}
	n := 0
	for _, err := range s.List(t.Context(), "a/") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("went on to %d", n)
	}
}

// longList is longer than a page of S3.
func longList(t *testing.T, s blob.Store) {
	const n = 1100
	want := make([]string, n)
	work := make(chan string, n)
	for i := range n {
		want[i] = fmt.Sprintf("org/chunks/%06d", i)
		work <- want[i]
	}
	close(work)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for key := range work {
				if err := s.Put(t.Context(), key, strings.NewReader(key), int64(len(key))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(want, keys(t, s, "org/chunks/")); diff != "" {
		t.Error(diff)
	}
	if err := s.Delete(t.Context(), want...); err != nil {
		t.Error(err)
	}
	empty(t, s)
}

func remove(t *testing.T, s blob.Store) {
	for _, key := range []string{"org/id/chunks/0", "org/id/chunks/1", "org/id/media", "other/media"} {
		put(t, s, key, []byte(key))
	}
	gone := []string{"org/id/chunks/0", "org/id/chunks/1", "org/id/media", "org/absent", "org/id/media/below", "org"}
	for range 2 {
		if err := s.Delete(t.Context(), gone...); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(t.Context(), "org/id/media"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("after deleting: %v", err)
	}
	if diff := cmp.Diff([]string{"other/media"}, keys(t, s, "")); diff != "" {
		t.Error(diff)
	}
	put(t, s, "org/id", []byte("where a directory was"))
	has(t, s, "org/id", []byte("where a directory was"))
}

func malformedKeys(t *testing.T, s blob.Store) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", ".a", "a/.b", "A", "ä", "a b", "a\\b", "a\x00", "a\nb",
		"a%2fb", "a:b", "a?b", strings.Repeat("a", 256), strings.Repeat("a/", 256) + "a", ".unfinished/x",
	} {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); !errors.Is(err, blob.ErrKey) {
			t.Errorf("putting %q: %v; want ErrKey", key, err)
		}
		if _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrKey) {
			t.Errorf("opening %q: %v; want ErrKey", key, err)
		}
		if _, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrKey) {
			t.Errorf("looking at %q: %v; want ErrKey", key, err)
		}
		if err := s.Delete(t.Context(), "a", key); !errors.Is(err, blob.ErrKey) {
			t.Errorf("deleting %q: %v; want ErrKey", key, err)
		}
	}
	for _, key := range []string{"a", "0/-/_", "a.b/c..d", strings.Repeat("a", 255), strings.Repeat("a/", 254) + "a"} {
		put(t, s, key+"/x", nil)
	}
}

func check(t *testing.T, s blob.Store) {
	for range 2 {
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	empty(t, s)
}

func ended(t *testing.T, s blob.Store) {
	put(t, s, "k", []byte("old"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, listed := last(s.List(ctx, ""))
	_, swept := s.Sweep(ctx, time.Now())
	for what, err := range map[string]error{
		"put":    s.Put(ctx, "k", strings.NewReader("new"), 3),
		"delete": s.Delete(ctx, "k"),
		"list":   listed,
		"check":  s.Check(ctx),
		"sweep":  swept,
	} {
		if !errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("%s: %v; want that the context has ended", what, err)
		}
	}
	has(t, s, "k", []byte("old"))
}

func last(seq func(func(blob.Info, error) bool)) (info blob.Info, err error) {
	for info, err = range seq {
	}
	return info, err
}

func sweepNothing(t *testing.T, s blob.Store) {
	put(t, s, "k", []byte("kept"))
	r := io.MultiReader(bytes.NewReader(content(big)), readerFunc(func([]byte) (int, error) {
		if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
			t.Errorf("during a put %d were swept, %v", n, err)
		}
		return 0, io.EOF
	}))
	if err := s.Put(t.Context(), "long", r, -1); err != nil {
		t.Error(err)
	}
	if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d were swept, %v", n, err)
	}
	has(t, s, "k", []byte("kept"))
}
