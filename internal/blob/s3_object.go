package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// Open implements Store. Nothing is fetched before the first Read, and then from there on.
func (s *S3) Open(ctx context.Context, key string) (Object, error) {
	found, err := s.stat(ctx, key)
	if err != nil {
		return nil, err
	}
	return &object{ctx: ctx, s3: s, info: s.info(found), etag: found.ETag}, nil
}

// object reads by requests for the rest from where it stands. One that breaks is taken up again from where it broke.
type object struct {
	ctx  context.Context
	s3   *S3
	info Info
	etag string // of what was opened: another object under the key is not read
	at   int64
	body io.ReadCloser // what comes from at on; nil until it is asked for
}

// Info implements Object.
func (o *object) Info() Info { return o.info }

// Read implements io.Reader.
func (o *object) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	var err error
	for range tries {
		if o.at >= o.info.Size {
			return 0, io.EOF
		}
		if err = o.fetch(); err != nil {
			return 0, err // which the client has tried again already
		}
		var n int
		n, err = o.body.Read(p)
		o.at += int64(n)
		if err != nil {
			_ = o.Close()
		}
		if n > 0 {
			return n, nil
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return 0, o.s3.failed(o.ctx, "reading", o.info.Key, err)
}

// fetch asks for the rest, unless it is coming already.
func (o *object) fetch() error {
	if o.body != nil {
		return nil
	}
	var options minio.GetObjectOptions
	err := errors.Join(options.SetRange(o.at, o.info.Size-1), options.SetMatchETag(o.etag))
	if err == nil {
		o.body, _, _, err = o.s3.client.GetObject(o.ctx, o.s3.bucket, o.s3.prefix+o.info.Key, options)
	}
	return o.s3.failed(o.ctx, "reading", o.info.Key, err)
}

// Seek implements io.Seeker.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.info.Size
	default:
		return 0, fmt.Errorf("seeking %s: unknown whence %d", o.info.Key, whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seeking %s: before its beginning", o.info.Key)
	}
	if offset == o.at {
		return o.at, nil
	}
	o.at = offset
	return o.at, o.Close()
}

// Close implements io.Closer.
func (o *object) Close() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.body = nil
	return err
}
