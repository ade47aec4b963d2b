package blob

import (
	"context"
	"fmt"
	"io"
)

// source is what a Put reads from. It ends with the context, and it yields as many bytes as announced or fails. It holds the
// last of them back until it knows that nothing follows: who was sent all the bytes would keep them, and be told too late.
type source struct {
	ctx   context.Context
	r     io.Reader
	left  int64 // negative: nobody knows
	ended bool
	err   error // why it failed, which is never the store's fault
}

func newSource(ctx context.Context, r io.Reader, size int64) *source {
	s := &source{ctx: ctx, r: r, left: size}
	if size == 0 {
		s.end()
	}
	return s
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.fail(err)
	}
	if s.err != nil {
		return 0, s.err
	}
	if s.ended {
		return 0, io.EOF
	}
	if s.left >= 0 {
		p = p[:min(int64(len(p)), s.left)]
	}
	n, err := s.r.Read(p)
	s.took(n, err)
	if s.err != nil {
		return 0, s.err
	}
	return n, nil
}

// took accounts for what was read.
func (s *source) took(n int, err error) {
	sized := s.left >= 0
	if sized {
		s.left -= int64(n)
	}
	switch {
	case err != nil && err != io.EOF: //nolint:errorlint // a reader ends with io.EOF itself
		s.fail(err)
	case sized && s.left == 0:
		s.end()
	case err != nil && sized:
		s.fail(ErrSize)
	case err != nil:
		s.ended = true
	}
}

// end makes sure that nothing follows.
func (s *source) end() {
	var one [1]byte
	switch n, err := io.ReadFull(s.r, one[:]); {
	case n > 0:
		s.fail(ErrSize)
	case err == io.EOF:
		s.ended = true
	default:
		s.fail(err)
	}
}

// fail wraps the error, so that nobody takes an io.ErrUnexpectedEOF of the sender's for a short last part.
func (s *source) fail(err error) {
	s.err = fmt.Errorf("reading the content: %w", err)
}
