package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
)

// What a check writes, and what it deletes without having written it. Neither is a key, so that nobody else has it; and since
// the first is never deleted, checks of several processes do not disturb each other.
const (
	probeName   = ".check"
	nothingName = ".check-nothing"
)

// Check implements Store. Besides writing and reading it asks as a stranger, without credentials, for a list and for an
// object: a bucket that answers is public.
func (s *S3) Check(ctx context.Context) error {
	within, cancel := context.WithTimeoutCause(ctx, s.patience, errSlow)
	defer cancel()
	err := s.writeAndRead(within)
	if err == nil {
		err = s.remove(within, []string{nothingName})
	}
	if err == nil {
		err = s.refuseStrangers(within)
	}
	if ctx.Err() == nil && within.Err() != nil {
		return failed("checking", s.bucket, ErrUnavailable, context.Cause(within))
	}
	return err
}

var errSlow = errors.New("no answer in time")

func (s *S3) writeAndRead(ctx context.Context) error {
	if err := s.put(ctx, probeName, strings.NewReader(probe), int64(len(probe))); err != nil {
		return err
	}
	body, _, _, err := s.client.GetObject(ctx, s.bucket, s.prefix+probeName, minio.GetObjectOptions{})
	if err != nil {
		return s.failed(ctx, "reading", probeName, err)
	}
	defer body.Close()
	got, err := io.ReadAll(io.LimitReader(body, int64(len(probe))+1))
	if err == nil && !bytes.Equal(got, []byte(probe)) {
		err = errors.New("what was written is not what is read")
	}
	return s.failed(ctx, "reading", probeName, err)
}

func (s *S3) refuseStrangers(ctx context.Context) error {
	body, _, _, err := s.stranger.GetObject(ctx, s.bucket, s.prefix+probeName, minio.GetObjectOptions{})
	if err == nil {
		_ = body.Close()
	}
	if err := s.refused(ctx, err); err != nil {
		return err
	}
	for object := range s.stranger.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, MaxKeys: 1}) {
		return s.refused(ctx, object.Err)
	}
	return s.refused(ctx, ctx.Err())
}

// refused is nil when a stranger's request was refused by the server, which answers 401, 403 or 404 then.
func (s *S3) refused(ctx context.Context, err error) error {
	if err == nil {
		return fmt.Errorf("bucket %s: %w; take away the policy or access list that lets anybody in", s.bucket, ErrPublic)
	}
	switch minio.ToErrorResponse(err).StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return nil
	default:
		return s.failed(ctx, "asking as a stranger for", probeName, err)
	}
}
