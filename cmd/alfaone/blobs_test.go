package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"alfaone/internal/blob"
	"alfaone/internal/blob/blobtest"
)

// bucketEnvironment gives a bucket to the program.
func bucketEnvironment(c blob.S3Config) []string {
	return []string{"ALFAONE_MEDIA_URL=" + c.URL(), "ALFAONE_S3_ACCESS_KEY=" + c.AccessKey, "ALFAONE_S3_SECRET_KEY=" + c.SecretKey}
}

// publish lets anybody read the bucket.
func publish(t *testing.T, c blob.S3Config) {
	t.Helper()
	client, err := minio.New(strings.TrimPrefix(c.Endpoint, "http://"), &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, "")})
	if err != nil {
		t.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + c.Bucket + `/*"}]}`
	if err := client.SetBucketPolicy(t.Context(), c.Bucket, policy); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorLooksAtTheBucketAndServingRefusesAPublicOne(t *testing.T) {
	t.Parallel()
	bucket := blobtest.S3(t)
	environ := append(bucketEnvironment(bucket), "ALFAONE_DATA_DIR="+t.TempDir())
	code, out, _ := command(t, environ, "doctor")
	if code != 0 || !strings.Contains(out, "ok    recordings are kept in bucket "+bucket.Bucket) {
		t.Errorf("exit %d with %s", code, out)
	}
	publish(t, bucket)
	if code, out, _ = command(t, environ, "doctor"); code != 1 || !strings.Contains(out, "anybody can read") {
		t.Errorf("on a public bucket: exit %d with %s", code, out)
	}
	code, _, errOut := command(t, environ, "serve", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errOut, "anybody can read") || strings.Contains(errOut, bucket.SecretKey) {
		t.Errorf("serving from a public bucket: exit %d with %s", code, errOut)
	}
}

// Trouble with the bucket may pass: what needs no recordings goes on meanwhile.
func TestABucketThatDoesNotAnswerIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := &config{
		DataDir: t.TempDir(), MailFrom: "alfaone@localhost", MediaURL: "s3://media?endpoint=http://127.0.0.1:1", S3AccessKey: "access", S3SecretKey: "s3cret",
	}
	p, err := openProgram(t.Context(), c, terminal{io.Discard, &log}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.checkBlobs(t.Context()); err != nil {
		t.Error(err)
	}
	if got := log.String(); !strings.Contains(got, "recordings cannot be kept now") || strings.Contains(got, c.S3SecretKey) {
		t.Errorf("logged %q", got)
	}
}
