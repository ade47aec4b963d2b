package blobtest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"alfaone/internal/blob"
)

func seek(t *testing.T, s blob.Store) {
	want := content(100_000)
	put(t, s, "k", want)
	o := open(t, s, "k")
	for _, tt := range []struct {
		offset int64
		whence int
		want   int64
	}{
		{99_000, io.SeekStart, 99_000},
		{0, io.SeekStart, 0},
		{500, io.SeekCurrent, 600},
		{-10, io.SeekEnd, 99_990},
		{10, io.SeekEnd, 100_010},
	} {
		at, err := o.Seek(tt.offset, tt.whence)
		if err != nil || at != tt.want {
			t.Fatalf("Seek(%d, %d) is %d, %v; want %d", tt.offset, tt.whence, at, err, tt.want)
		}
		got := make([]byte, 100)
		n, err := io.ReadFull(o, got)
		wanted := want[min(at, int64(len(want))):min(at+100, int64(len(want)))]
		if !bytes.Equal(got[:n], wanted) || n < 100 && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Errorf("at %d: %d bytes, %v; want %d", at, n, err, len(wanted))
		}
	}
	if _, err := o.Seek(-1, io.SeekStart); err == nil {
		t.Error("one could seek before the beginning")
	}
}

// readWhileReplaced: a reader gets all of what it opened, or an error, but never a mixture.
func readWhileReplaced(t *testing.T, s blob.Store) {
	old := bytes.Repeat([]byte{1}, 1<<20)
	put(t, s, "k", old)
	o := open(t, s, "k")
	head := make([]byte, 1000)
	if _, err := io.ReadFull(o, head); err != nil {
		t.Fatal(err)
	}
	put(t, s, "k", bytes.Repeat([]byte{2}, 1<<20))
	if _, err := o.Seek(1<<19, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(o)
	if !bytes.Equal(rest, old[1<<19:]) && err == nil {
		t.Errorf("read %d bytes of something else without an error", len(rest))
	}
}

func serveContent(t *testing.T, s blob.Store) {
	want := content(10_000)
	put(t, s, "org/media", want)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o, err := s.Open(r.Context(), "org/media")
		if err != nil {
			t.Error(err)
			return
		}
		defer o.Close()
		w.Header().Set("Content-Type", "video/webm")
		http.ServeContent(w, r, "", o.Info().Modified, o)
	}))
	defer server.Close()
	for asked, tt := range map[string]struct {
		status   int
		from, to int
	}{
		"":                 {http.StatusOK, 0, 10_000},
		"bytes=0-99":       {http.StatusPartialContent, 0, 100},
		"bytes=5000-":      {http.StatusPartialContent, 5000, 10_000},
		"bytes=-1":         {http.StatusPartialContent, 9999, 10_000},
		"bytes=9999-20000": {http.StatusPartialContent, 9999, 10_000},
		"bytes=10000-":     {http.StatusRequestedRangeNotSatisfiable, 0, 0},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" {
			req.Header.Set("Range", asked)
		}
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status {
			t.Errorf("%q: status %d, %v; want %d", asked, resp.StatusCode, err, tt.status)
		}
		if tt.to > 0 && !bytes.Equal(got, want[tt.from:tt.to]) {
			t.Errorf("%q: %d bytes that are not bytes %d to %d", asked, len(got), tt.from, tt.to)
		}
	}
}

func notFound(t *testing.T, s blob.Store) {
	put(t, s, "org/recordings/id/media", nil)
	for _, key := range []string{"absent", "org", "org/recordings/id", "org/recordings/id/media/below", "org/recordings/id/medi"} {
		if o, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("opening %s: %v, %v; want ErrNotFound", key, o, err)
		}
		if info, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("looking at %s: %v, %v; want ErrNotFound", key, info, err)
		}
	}
}
