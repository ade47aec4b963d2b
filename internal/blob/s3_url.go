package blob

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// ParseS3URL reads "s3://bucket/optional/prefix?endpoint=https://host&region=name". The keys are not in it, and must not be:
// URLs are shown and logged.
func ParseS3URL(text string) (S3Config, error) {
	u, err := url.Parse(text)
	if err != nil {
		return S3Config{}, errors.New("malformed URL") // the text may hold a secret by mistake
	}
	if u.Scheme != "s3" {
		return S3Config{}, errors.New("not like s3://bucket")
	}
	if strings.Contains(text, "@") { // keys end there; one with a slash or a question mark would seem another part
		return S3Config{}, errors.New("the access and secret keys do not belong into the URL")
	}
	c := S3Config{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	for name, values := range u.Query() {
		switch name {
		case "endpoint":
			c.Endpoint = values[0]
		case "region":
			c.Region = values[0]
		default:
			return S3Config{}, fmt.Errorf("unknown parameter %q; there are endpoint and region", name)
		}
	}
	return c, c.validate()
}

func (c S3Config) validate() error {
	if err := s3utils.CheckValidBucketNameStrict(c.Bucket); err != nil {
		return fmt.Errorf("bucket %q: %w", c.Bucket, err)
	}
	if c.Prefix != "" && checkKey(c.Prefix) != nil {
		return fmt.Errorf("prefix %q: only a-z, 0-9, and . _ - within", c.Prefix)
	}
	if c.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
		!s3utils.IsValidDomain(u.Hostname()) && !s3utils.IsValidIP(u.Hostname()) {
		return errors.New("the endpoint must be like https://host or https://host:port")
	}
	return nil
}

// URL is what ParseS3URL reads back, without the keys.
func (c S3Config) URL() string {
	query := url.Values{}
	if c.Endpoint != "" {
		query.Set("endpoint", c.Endpoint)
	}
	if c.Region != "" {
		query.Set("region", c.Region)
	}
	u := url.URL{Scheme: "s3", Host: c.Bucket, RawQuery: query.Encode()}
	if c.Prefix != "" {
		u.Path = "/" + c.Prefix
	}
	return u.String()
}
