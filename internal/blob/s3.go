package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Config says which bucket, and where.
type S3Config struct {
	// Endpoint is the server, such as "https://s3.example.com"; empty: Amazon's of the region.
	Endpoint string
	// Region is where the bucket is; empty: us-east-1, which servers that know no regions take too.
	Region string
	Bucket string
	// Prefix is the part of the bucket that is ours, such as "assess/media"; empty: all of it.
	Prefix    string
	AccessKey string
	SecretKey string
	// Patience is how long nothing may move on a connection before the request counts as failed; 0: 30 seconds.
	Patience time.Duration
}

// S3 is a [Store] in a bucket. Requests that fail for a reason that may pass are tried three times.
//
// A Put of up to 5 MiB holds its content in memory and is one request; a longer one, or one of unknown size, is a multipart
// upload and holds one part at a time. All that is sent carries its MD5 sum, which the server compares.
type S3 struct {
	client   minio.Core
	stranger minio.Core // without credentials
	bucket   string
	prefix   string // empty, or ends in "/"
	patience time.Duration
}

var _ Store = (*S3)(nil)

const (
	partSize        = 5 << 20 // the least that S3 allows
	tries           = 3
	defaultRegion   = "us-east-1"
	defaultPatience = 30 * time.Second
)

// NewS3 makes a store. It does not talk to the server yet: [S3.Check] does.
func NewS3(c S3Config) (*S3, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if c.AccessKey == "" || c.SecretKey == "" {
		return nil, errors.New("S3 needs an access key and a secret key")
	}
	c.Region, c.Patience = cmp.Or(c.Region, defaultRegion), cmp.Or(c.Patience, defaultPatience)
	s := &S3{bucket: c.Bucket, patience: c.Patience}
	if c.Prefix != "" {
		s.prefix = c.Prefix + "/"
	}
	transport := newTransport(c.Patience)
	var err error
	if s.client.Client, err = newClient(c, credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), transport); err != nil {
		return nil, err
	}
	s.stranger.Client, err = newClient(c, credentials.NewStatic("", "", "", credentials.SignatureAnonymous), transport)
	return s, err
}

func newClient(c S3Config, who *credentials.Credentials, transport http.RoundTripper) (*minio.Client, error) {
	endpoint, err := url.Parse(cmp.Or(c.Endpoint, "https://s3.amazonaws.com"))
	if err != nil {
		return nil, err
	}
	return minio.New(endpoint.Host, &minio.Options{
		Creds: who, Secure: endpoint.Scheme == "https", Region: c.Region, Transport: transport, MaxRetries: tries,
	})
}

// Put implements Store.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.put(ctx, key, r, size)
}

func (s *S3) put(ctx context.Context, key string, r io.Reader, size int64) error {
	src := newSource(ctx, r, size)
	err := src.err // of content that was said to be empty and is not
	if err == nil {
		_, err = s.client.Client.PutObject(ctx, s.bucket, s.prefix+key, src, size, minio.PutObjectOptions{
			PartSize: partSize, SendContentMd5: true, ContentType: "application/octet-stream",
		})
	}
	if src.err != nil {
		return failed("storing", key, src.err, err)
	}
	return s.failed(ctx, "storing", key, err)
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	found, err := s.stat(ctx, key)
	return s.info(found), err
}

func (s *S3) stat(ctx context.Context, key string) (minio.ObjectInfo, error) {
	if err := checkKey(key); err != nil {
		return minio.ObjectInfo{}, err
	}
	found, err := s.client.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	return found, s.failed(ctx, "looking at", key, err)
}

func (s *S3) info(o minio.ObjectInfo) Info {
	return Info{Key: strings.TrimPrefix(o.Key, s.prefix), Size: o.Size, Modified: o.LastModified}
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return err
		}
	}
	return s.remove(ctx, keys)
}

func (s *S3) remove(ctx context.Context, keys []string) error {
	if len(keys) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	objects := func(yield func(minio.ObjectInfo) bool) {
		for _, key := range keys {
			if !yield(minio.ObjectInfo{Key: s.prefix + key}) {
				return
			}
		}
	}
	results, err := s.client.RemoveObjectsWithIter(ctx, s.bucket, objects, minio.RemoveObjectsOptions{})
	if err != nil {
		return s.failed(ctx, "deleting", keys[0], err)
	}
	for result := range results {
		if result.Err != nil && minio.ToErrorResponse(result.Err).Code != minio.NoSuchKey {
			return s.failed(ctx, "deleting", strings.TrimPrefix(result.ObjectName, s.prefix), result.Err)
		}
	}
	return ctx.Err()
}

// List implements Store. What is not ours, because its name is no key, is passed over.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := cmp.Or(checkPrefix(prefix), ctx.Err()); err != nil {
			yield(Info{}, err)
			return
		}
		for object := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if object.Err != nil {
				yield(Info{}, s.failed(ctx, "listing", prefix, object.Err))
				return
			}
			info := s.info(object)
			if checkKey(info.Key) == nil && !yield(info, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Info{}, err)
		}
	}
}

// Sweep implements Store.
func (s *S3) Sweep(ctx context.Context, before time.Time) (int, error) {
	var old []minio.ObjectMultipartInfo
	for upload := range s.client.ListIncompleteUploads(ctx, s.bucket, s.prefix, true) { // read to its end, else it never ends
		if upload.Err != nil || upload.Initiated.Before(before) {
			old = append(old, upload)
		}
	}
	swept := 0
	for _, upload := range old {
		err := upload.Err
		if err == nil {
			err = s.client.AbortMultipartUpload(ctx, s.bucket, upload.Key, upload.UploadID)
		}
		if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchUpload {
			return swept, s.failed(ctx, "sweeping", upload.Key, err)
		}
		swept++
	}
	return swept, ctx.Err()
}

// full are the codes by which servers say that there is no room; only the first is a standard of sorts.
var full = map[string]bool{
	"QuotaExceeded": true, "XMinioStorageFull": true, "XMinioAdminBucketQuotaExceeded": true, "StorageFull": true, "InsufficientStorage": true,
}

// failed gives an error of the client its kind; nil stays nil.
func (s *S3) failed(ctx context.Context, doing, key string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return failed(doing, key, ctx.Err(), err)
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.Code == minio.NoSuchKey:
		return failed(doing, key, ErrNotFound, err)
	case full[answer.Code] || answer.StatusCode == http.StatusInsufficientStorage:
		return failed(doing, key, ErrFull, err)
	default:
		return fmt.Errorf("%s %s in bucket %s: %w: %w", doing, key, s.bucket, ErrUnavailable, err)
	}
}
