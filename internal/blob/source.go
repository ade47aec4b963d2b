package blob

import (
	"context"
	"errors"
	"io"
)

// source is what a Put reads from. It ends with the context, and it yields as many bytes as announced or fails. It holds the
// last of them back until it knows that nothing follows: who was sent all the bytes would keep them, and be told too late.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64 // negative: nobody knows
	err  error // how it ended
}

func newSource(ctx context.Context, r io.Reader, size int64) *source {
	s := &source{ctx: ctx, r: r, left: size}
	if size == 0 {
		s.err = s.end()
	}
	return s
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	var n int
	if s.left < 0 {
		n, s.err = s.r.Read(p)
		return n, s.err
	}
	n, s.err = s.r.Read(p[:min(int64(len(p)), s.left)])
	if s.left -= int64(n); s.left == 0 {
		s.err = s.end()
	} else if errors.Is(s.err, io.EOF) {
		s.err = ErrSize
	}
	if s.failure() != nil {
		return 0, s.err
	}
	return n, s.err
}

// end is io.EOF if nothing follows.
func (s *source) end() error {
	var one [1]byte
	n, err := io.ReadFull(s.r, one[:])
	if n > 0 {
		return ErrSize
	}
	return err
}

// failure is why the source did not come to its end; nil when it did, or has not yet. It is never the store's fault.
func (s *source) failure() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
