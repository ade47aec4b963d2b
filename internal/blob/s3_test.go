package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"alfaone/internal/blob"
	"alfaone/internal/blob/blobtest"
)

func newS3(tb testing.TB, c blob.S3Config) *blob.S3 {
	tb.Helper()
	s, err := blob.NewS3(c)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// bare is the client of S3 without us between.
func bare(tb testing.TB, c blob.S3Config) minio.Core {
	tb.Helper()
	client, err := minio.NewCore(strings.TrimPrefix(c.Endpoint, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Region: c.Region,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return *client
}

func TestS3KeepsThePromisesOfAStore(t *testing.T) { //nolint:paralleltest // it measures memory
	config := blobtest.S3(t)
	var n atomic.Int64
	blobtest.Suite(t, func(t *testing.T) blob.Store {
		config := config
		config.Prefix = fmt.Sprintf("suite/%d", n.Add(1))
		return newS3(t, config)
	})
}

func TestAPublicBucketIsRefused(t *testing.T) {
	t.Parallel()
	for name, allowed := range map[string]string{
		"anybody reads objects": `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + blobtest.Bucket + `/*"}`,
		"anybody lists objects": `{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + blobtest.Bucket + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := blobtest.S3(t)
			s := newS3(t, config)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("before: %v", err)
			}
			if err := bare(t, config).SetBucketPolicy(t.Context(), config.Bucket, `{"Version":"2012-10-17","Statement":[`+allowed+`]}`); err != nil {
				t.Fatal(err)
			}
			if err := s.Check(t.Context()); !errors.Is(err, blob.ErrPublic) || !strings.Contains(err.Error(), config.Bucket) {
				t.Errorf("got %v, want ErrPublic with the bucket's name", err)
			}
		})
	}
}

func TestACheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, tt := range map[string]struct {
		change func(*blob.S3Config)
		want   string
	}{
		"access key": {func(c *blob.S3Config) { c.AccessKey = "nobody" }, "access key"},
		"secret key": {func(c *blob.S3Config) { c.SecretKey = "wrong" }, "signature"},
		"bucket":     {func(c *blob.S3Config) { c.Bucket = "absent" }, "bucket"},
		"region":     {func(c *blob.S3Config) { c.Region = "eu-west-1" }, "region"},
		"server":     {func(c *blob.S3Config) { c.Endpoint = "http://" + closed.Addr().String() }, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := config
			tt.change(&config)
			err := newS3(t, config).Check(t.Context())
			if !errors.Is(err, blob.ErrUnavailable) || !strings.Contains(strings.ToLower(fmt.Sprint(err)), tt.want) {
				t.Errorf("got %v, want ErrUnavailable with %q", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), config.SecretKey) {
				t.Errorf("%v tells the secret key", err)
			}
		})
	}
}

func TestS3SharesABucket(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	ours, all := config, config
	ours.Prefix = "ours"
	s := newS3(t, ours)
	putText(t, s, "a/b", "x")
	putText(t, newS3(t, all), "theirs/c", "y")
	for _, foreign := range []string{"ours/With Space", "ours/.hidden"} {
		if _, err := bare(t, config).Client.PutObject(t.Context(), config.Bucket, foreign, strings.NewReader("z"), 1, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Key)
	}
	if diff := cmp.Diff([]string{"a/b"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Stat(t.Context(), "theirs/c"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("outside the prefix: %v", err)
	}
}

func TestS3SweepsOldUploadsOfItsPrefix(t *testing.T) {
	t.Parallel()
	config := blobtest.S3(t)
	client := bare(t, config)
	for _, name := range []string{"ours/a", "ours/b/c", "theirs/a"} {
		id, err := client.NewMultipartUpload(t.Context(), config.Bucket, name, minio.PutObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		part := bytes.Repeat([]byte("x"), 1000)
		if _, err := client.PutObjectPart(t.Context(), config.Bucket, name, id, 1, bytes.NewReader(part), int64(len(part)), minio.PutObjectPartOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	config.Prefix = "ours"
	s := newS3(t, config)
	for _, tt := range []struct {
		before time.Duration
		want   int
	}{{-time.Hour, 0}, {time.Hour, 2}, {time.Hour, 0}} {
		if n, err := s.Sweep(t.Context(), time.Now().Add(tt.before)); n != tt.want || err != nil {
			t.Errorf("swept %d, %v; want %d", n, err, tt.want)
		}
	}
	config.Prefix = "theirs"
	if n, err := newS3(t, config).Sweep(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("of the others %d are left, %v; want 1", n, err)
	}
}

func TestS3URLs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]blob.S3Config{
		"s3://media":                         {Bucket: "media"},
		"s3://media/a/b?region=eu-central-1": {Bucket: "media", Prefix: "a/b", Region: "eu-central-1"},
		"s3://media?endpoint=http%3A%2F%2F127.0.0.1%3A7070&region=here": {Bucket: "media", Endpoint: "http://127.0.0.1:7070", Region: "here"},
	} {
		got, err := blob.ParseS3URL(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if got.URL() != text {
			t.Errorf("%s becomes %s", text, got.URL())
		}
	}
	for text, want := range map[string]string{
		"":                                  "s3://bucket",
		"/var/media":                        "s3://bucket",
		"https://bucket":                    "s3://bucket",
		"s3://":                             "bucket",
		"s3://UPPER":                        "bucket",
		"s3://key:secret@media":             "do not belong",
		"s3://key:12/sec/ret@media":         "do not belong",
		"s3://key:12?sec=ret@media":         "do not belong",
		"s3://media?secret=x":               "unknown parameter",
		"s3://media/../x":                   "prefix",
		"s3://media?endpoint=127.0.0.1:80":  "endpoint must be like",
		"s3://media?endpoint=http://h/path": "endpoint must be like",
		"s3://media?endpoint=http://u:p@h":  "do not belong",
		"s3://media?endpoint=http://u%40h":  "endpoint must be like",
		"s3://key:sec%ret@media":            "malformed",
	} {
		if c, err := blob.ParseS3URL(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ret@") {
			t.Errorf("%s: %+v, %v; want %q and no secret", text, c, err, want)
		}
	}
	if _, err := blob.NewS3(blob.S3Config{Bucket: "media"}); err == nil || !strings.Contains(err.Error(), "access key") {
		t.Errorf("without keys: %v", err)
	}
}

func TestS3ReadingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := newS3(t, blobtest.S3(t))
	putText(t, s, "k", "text")
	ctx, cancel := context.WithCancel(t.Context())
	o, err := s.Open(ctx, "k")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	cancel()
	if _, err := o.Read(make([]byte, 4)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
