package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"alfaone/internal/blob"
)

// mediaDir is where recordings are kept in the data directory, unless --media-url names a bucket.
const mediaDir = "media"

// openBlobs opens the place where recordings are kept. It does not talk to the server of a bucket yet.
func (c *config) openBlobs(dir string) (blob.Store, error) {
	if c.MediaURL == "" {
		return blob.NewDir(filepath.Join(dir, mediaDir))
	}
	bucket, err := c.bucket()
	if err != nil {
		return nil, err
	}
	return blob.NewS3(bucket)
}

// bucket reads --media-url and the keys that go with it.
func (c *config) bucket() (blob.S3Config, error) {
	bucket, err := blob.ParseS3URL(c.MediaURL)
	if err != nil {
		return bucket, fmt.Errorf("--media-url must be like s3://bucket/prefix?endpoint=https://s3.example.com: %w", err)
	}
	if c.S3AccessKey == "" || c.S3SecretKey == "" {
		return bucket, errors.New("--media-url needs --s3-access-key and --s3-secret-key")
	}
	bucket.AccessKey, bucket.SecretKey = c.S3AccessKey, c.S3SecretKey
	return bucket, nil
}

const (
	blobsPatience = 10 * time.Second // how long a start waits for the server of a bucket
	blobsLeftover = 24 * time.Hour   // when what a crash left unfinished is certainly not being written any more
)

// checkBlobs refuses to start where anybody could read recordings. Other trouble may pass, so it is only logged; until
// then candidates' browsers hold what they have recorded.
func (p *program) checkBlobs(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, blobsPatience)
	defer cancel()
	err := p.blobs.Check(ctx)
	if errors.Is(err, blob.ErrPublic) {
		return err
	}
	if err == nil {
		_, err = p.blobs.Sweep(ctx, time.Now().Add(-blobsLeftover))
	}
	if err != nil {
		p.log.Error("recordings cannot be kept now", "error", err)
	}
	return nil
}
