// Package blob keeps bytes under keys: in a directory of this machine or in an S3 bucket.
//
// It must not know what the bytes are, nor who may see them: it asks nobody for permission and has no addresses to hand
// out. Package blobtest states the promises as tests.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// The kinds of failure. Every error of a [Store] is one of these, the end of the caller's context, or what the caller's
// reader answered.
var (
	// ErrNotFound means that there is nothing under the key.
	ErrNotFound = errors.New("blob: not found")
	// ErrSize means that the content was longer or shorter than announced. Nothing was kept.
	ErrSize = errors.New("blob: the content is not as long as announced")
	// ErrKey means that the key is malformed, or that it lies above or below another one. Trying again is useless.
	ErrKey = errors.New("blob: malformed key")
	// ErrFull means that there is no room left, or a quota is used up: somebody must make room.
	ErrFull = errors.New("blob: no room left")
	// ErrUnavailable means any other trouble of the store: it may pass, or somebody must mend the configuration.
	ErrUnavailable = errors.New("blob: the store is unavailable")
	// ErrPublic means that anybody may read what is kept. Only [Store.Check] looks for it.
	ErrPublic = errors.New("blob: anybody can read what is kept")
)

// Store keeps bytes under keys. It is safe for concurrent use, also by several processes.
//
// A key is one or more segments parted by "/", such as "org/recordings/id/media". A segment is made of a-z, 0-9, ".", "_"
// and "-" and does not begin with "."; it has at most 255 bytes, and the key at most 512. No key may lie below another
// one, as "a/b" does below "a".
type Store interface {
	// Put keeps what r yields under the key, in place of what was there. When it returns nil, the bytes last. When it fails,
	// the key holds what it held before; or, if only the answer was lost, all of the new bytes, but never a part of them.
	// A size of -1 means unknown. It does not close r.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Open returns the bytes for reading, until ctx ends. Whoever opens closes.
	Open(ctx context.Context, key string) (Object, error)

	// Stat tells what is under the key.
	Stat(ctx context.Context, key string) (Info, error)

	// Delete removes the keys; those that are absent are fine. When it fails, some may be left.
	Delete(ctx context.Context, keys ...string) error

	// List yields what is kept below the prefix, ordered by key, byte for byte. The prefix is empty or ends in "/". After an
	// error there is nothing more.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]

	// Check is nil when the store can be written, read and emptied, and not by strangers. It leaves no trace that List shows.
	// On S3 it costs a few requests.
	Check(ctx context.Context) error

	// Sweep removes what those Puts left behind that began before the given time and never ended, as when a process dies.
	// It returns how many there were.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// Object is what [Store.Open] returns. [net/http.ServeContent] serves it with ranges.
type Object interface {
	io.ReadSeekCloser
	Info() Info
}

// Info describes what is kept under a key.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time
}

// Limits of a key: what a file system allows for one name, and half of what S3 allows for a whole key.
const (
	maxKey     = 512
	maxSegment = 255
)

func checkKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("%w: longer than %d bytes", ErrKey, maxKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if !validSegment(segment) {
			return fmt.Errorf("%w: %q", ErrKey, key)
		}
	}
	return nil
}

func checkPrefix(prefix string) error {
	dir, closed := strings.CutSuffix(prefix, "/")
	if prefix == "" {
		return nil
	}
	if !closed {
		return fmt.Errorf("%w: the prefix %q does not end in /", ErrKey, prefix)
	}
	return checkKey(dir)
}

func validSegment(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789._-"
	return s != "" && len(s) <= maxSegment && s[0] != '.' && strings.Trim(s, letters) == ""
}

// failed says what went wrong with which key, and of which kind it is.
func failed(doing, key string, kind, err error) error {
	if errors.Is(err, kind) {
		return fmt.Errorf("%s %s: %w", doing, key, err)
	}
	return fmt.Errorf("%s %s: %w: %w", doing, key, kind, err)
}
