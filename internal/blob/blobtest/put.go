package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/blob"
)

func roundTrip(t *testing.T, s blob.Store) {
	for i, n := range []int{0, 1, 1000, 5 << 20, big} {
		key, want := fmt.Sprintf("org/recordings/%d/media", i), content(n)
		before := time.Now()
		put(t, s, key, want)
		has(t, s, key, want)
		info, err := s.Stat(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if age := before.Sub(info.Modified); age > 2*time.Second || age < -time.Minute { // S3 tells whole seconds
			t.Errorf("modified at %v, want about %v", info.Modified, before)
		}
		want1 := blob.Info{Key: key, Size: int64(n), Modified: info.Modified}
		if diff := cmp.Diff(want1, info); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(info.Size, open(t, s, key).Info().Size); diff != "" {
			t.Error(diff)
		}
	}
}

func unknownSize(t *testing.T, s blob.Store) {
	for i, n := range []int{0, 1, big} {
		key, want := fmt.Sprint(i), content(n)
		if err := s.Put(t.Context(), key, iotest.HalfReader(bytes.NewReader(want)), -1); err != nil {
			t.Fatal(err)
		}
		has(t, s, key, want)
	}
}

func replace(t *testing.T, s blob.Store) {
	for _, n := range []int{big, 3, 0, 7} {
		want := content(n)
		put(t, s, "a/b", want)
		has(t, s, "a/b", want)
	}
	if diff := cmp.Diff([]string{"a/b"}, keys(t, s, "")); diff != "" {
		t.Error(diff)
	}
}

func wrongSize(t *testing.T, s blob.Store) {
	for _, n := range []int{0, 1, 1000, big} {
		for _, off := range []int{-1, 1} {
			if n+off < 0 {
				continue
			}
			if err := s.Put(t.Context(), "k", bytes.NewReader(content(n)), int64(n+off)); !errors.Is(err, blob.ErrSize) {
				t.Errorf("%d bytes announced as %d: %v; want ErrSize", n, n+off, err)
			}
		}
	}
	empty(t, s)
}

func failingReader(t *testing.T, s blob.Store) {
	broken := io.ErrUnexpectedEOF // what net/http says when a sender is gone
	for _, n := range []int{0, 1000, big} {
		for _, size := range []int{-1, n + 1, n} {
			r := io.MultiReader(bytes.NewReader(content(n)), iotest.ErrReader(broken))
			if err := s.Put(t.Context(), "k", r, int64(size)); !errors.Is(err, broken) || errors.Is(err, blob.ErrUnavailable) {
				t.Errorf("%d of %d bytes and then none: %v; want the reader's error and no other kind", n, size, err)
			}
		}
	}
	empty(t, s)
}

func cancelled(t *testing.T, s blob.Store) {
	for _, size := range []int64{-1, 2 * big} {
		ctx, cancel := context.WithCancel(t.Context())
		r := io.MultiReader(bytes.NewReader(content(big)), readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, nil
		}), bytes.NewReader(content(big)))
		if err := s.Put(ctx, "k", r, size); !errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("got %v, want that it was cancelled", err)
		}
	}
	empty(t, s)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func failureKeepsOld(t *testing.T, s blob.Store) {
	want := content(1000)
	put(t, s, "k", want)
	for _, size := range []int64{10, big + 10, -1} {
		r := io.MultiReader(bytes.NewReader(content(int(max(size-1, 0)))), iotest.ErrReader(io.ErrUnexpectedEOF))
		if err := s.Put(t.Context(), "k", r, size); err == nil {
			t.Error("a broken put succeeded")
		}
	}
	has(t, s, "k", want)
}

func rivals(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	sums := map[[32]byte]bool{}
	for i := range 8 {
		b := content(200<<10 + i)
		sums[sha256.Sum256(b)] = true
		wg.Go(func() {
			if err := s.Put(t.Context(), "org/x/rivals", bytes.NewReader(b), int64(len(b))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := get(t, s, "org/x/rivals"); !sums[sha256.Sum256(got)] {
		t.Errorf("%d bytes that nobody put", len(got))
	}
}

// longStream: what is held while 64 MB pass through may grow by 13 MB, of which S3 needs one part of 5 MiB.
func longStream(t *testing.T, s blob.Store) {
	const size, bound = 64 << 20, 13 << 20
	before, most := heap(), uint64(0)
	sum := sha256.New()
	all := io.TeeReader(io.LimitReader(rand.NewChaCha8([32]byte{}), size), sum)
	reads := 0
	watched := readerFunc(func(p []byte) (int, error) {
		if reads++; reads%64 == 0 {
			most = max(most, heap())
		}
		return all.Read(p[:min(len(p), 32<<10)])
	})
	if err := s.Put(t.Context(), "org/long", watched, -1); err != nil {
		t.Fatal(err)
	}
	got := sha256.New()
	if _, err := io.Copy(got, open(t, s, "org/long")); err != nil || !bytes.Equal(got.Sum(nil), sum.Sum(nil)) {
		t.Errorf("what is read is not what was put, or %v", err)
	}
	if held := int64(most) - int64(before); most == 0 || held > bound {
		t.Errorf("%d KB are held while %d MB pass through, want at most %d KB", held>>10, size>>20, bound>>10)
	}
}

// heap is how much is held in memory.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
