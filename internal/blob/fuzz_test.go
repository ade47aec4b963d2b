package blob_test

import (
	"strings"
	"testing"

	"alfaone/internal/blob"
)

// FuzzS3URL holds that the address of a bucket is read as it is written again, and that keys which somebody puts into it are
// refused without a word of them.
func FuzzS3URL(f *testing.F) {
	const secret = "hunter2secret"
	f.Add("", "", "media/assess/one?endpoint=https://s3.example.com&region=eu-central-1")
	f.Add("12?", "=x", "media")
	f.Add("12/", "/", "media?endpoint=http://[::1]:9000/")
	f.Add("%zz", "@", "media/../x?endpoint=https://a@s3.example.com")
	f.Add("#", "+", "Media?region=a&region=b")
	f.Add("", "?", "192.168.0.1/%2e%2e/x?prefix=y")
	f.Add("[", "]", "media//?endpoint=https://s3.example.com%23x&region=%00")
	f.Add("", "", "media?endpoint=http://!")
	f.Fuzz(func(t *testing.T, before, after, rest string) {
		if _, err := blob.ParseS3URL("s3://key:" + before + secret + after + "@" + rest); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("keys in the URL, %q, %q and %q: %v", before, after, rest, err)
		}
		c, err := blob.ParseS3URL("s3://" + rest)
		if err != nil {
			return
		}
		if again, err := blob.ParseS3URL(c.URL()); err != nil || again != c {
			t.Errorf("%q is %+v, and written as %q it is %+v, %v", rest, c, c.URL(), again, err)
		}
		c.AccessKey, c.SecretKey = "key", secret
		if _, err := blob.NewS3(c); err != nil {
			t.Errorf("%q is taken and cannot be opened: %v", rest, err)
		}
	})
}
