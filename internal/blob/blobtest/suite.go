// Package blobtest states the promises of blob.Store as tests, so that every implementation is held to the same ones, and
// starts a real S3 server for whoever tests against one.
package blobtest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"alfaone/internal/blob"
)

// Suite runs the suite. Each test opens its own, empty store. The first test measures memory: whoever calls Suite must not
// have called t.Parallel.
func Suite(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	t.Run("a long stream passes through little memory", func(t *testing.T) { longStream(t, open(t)) })
	tests := map[string]func(*testing.T, blob.Store){
		"what was put is read":                             roundTrip,
		"the size need not be known":                       unknownSize,
		"a second put replaces the first":                  replace,
		"too short or too long a content leaves nothing":   wrongSize,
		"a reader that fails leaves nothing":               failingReader,
		"a cancelled put leaves nothing":                   cancelled,
		"what fails leaves what was there":                 failureKeepsOld,
		"of rivals for one key one wins whole":             rivals,
		"a reader seeks":                                   seek,
		"a reader keeps to what it opened or says so":      readWhileReplaced,
		"http.ServeContent serves ranges":                  serveContent,
		"what is absent is not found":                      notFound,
		"a list has what is below its prefix, in order":    list,
		"a list ends when its reader has enough":           listStops,
		"a long list is whole":                             longList,
		"deleting is for good, and twice is fine":          remove,
		"malformed keys are refused":                       malformedKeys,
		"a check passes and leaves nothing":                check,
		"with an ended context nothing is done":            ended,
		"nothing is swept that has ended, or begun lately": sweepNothing,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// big is more than one part of a multipart upload.
const big = 6<<20 + 1

// content is n bytes that no other test has.
func content(n int) []byte {
	var seed [32]byte
	copy(seed[:], fmt.Sprint(rand.Uint64()))
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(b)
	return b
}

func put(t *testing.T, s blob.Store, key string, b []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s blob.Store, key string) []byte {
	t.Helper()
	o := open(t, s, key)
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T, s blob.Store, key string) blob.Object {
	t.Helper()
	o, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func has(t *testing.T, s blob.Store, key string, want []byte) {
	t.Helper()
	if got := get(t, s, key); !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes %.20x, want %d bytes %.20x", key, len(got), got, len(want), want)
	}
}

func keys(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	keys := []string{}
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, info.Key)
	}
	return keys
}

// empty fails unless the store has neither an object nor what is left of one.
func empty(t *testing.T, s blob.Store) {
	t.Helper()
	if got := keys(t, s, ""); len(got) > 0 {
		t.Errorf("the store has %q, want nothing", got)
	}
	if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("sweeping finds %d, %v; want nothing left behind", n, err)
	}
}
