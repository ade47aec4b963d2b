package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"alfaone/internal/mail"
)

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func ed25519PEM(t *testing.T) []byte {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pkcs8(t, key)
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// verify checks the signature against the record that d wants published.
func verify(t *testing.T, d *mail.DKIM, raw []byte, valid bool) *dkim.Verification {
	t.Helper()
	name, text, err := d.Record()
	if err != nil {
		t.Fatal(err)
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT: func(domain string) ([]string, error) {
			if domain != name {
				return nil, errors.New("no such record")
			}
			return []string{text}, nil
		},
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures, %v; want one", len(found), err)
	}
	if (found[0].Err == nil) != valid {
		t.Errorf("signature: %v; want valid %v", found[0].Err, valid)
	}
	return found[0]
}

func TestSignaturesVerifyAndBreakWithTheMessage(t *testing.T) {
	t.Parallel()
	key := rsaKey(t, 2048)
	keys := map[string][]byte{
		"ed25519":     ed25519PEM(t),
		"rsa PKCS #8": pkcs8(t, key),
		"rsa PKCS #1": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
	}
	for name, key := range keys {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := mail.NewDKIM("meridian.example", "s1", key)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := mail.Raw(message())
			if err != nil {
				t.Fatal(err)
			}
			signed, err := d.Sign(raw)
			if err != nil {
				t.Fatal(err)
			}
			v := verify(t, d, signed, true)
			if v.Domain != "meridian.example" {
				t.Errorf("signed for %q", v.Domain)
			}
			verify(t, d, bytes.Replace(signed, []byte("Guten Tag"), []byte("Guten Abend"), 1), false)
			for _, header := range []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To"} {
				if got := count(v.HeaderKeys, header); got != 2 {
					t.Errorf("%s is signed %d times; want 2, against a second one", header, got)
				}
				verify(t, d, append([]byte(header+": mallory@example.org\r\n"), signed...), false)
			}
		})
	}
}

func count(list []string, s string) (n int) {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			n++
		}
	}
	return n
}

func TestUnfitKeysAreRefused(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{
		"not PEM":       []byte("secret"),
		"not a key":     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("no")}),
		"short RSA":     pkcs8(t, rsaKey(t, 1024)),
		"another curve": pkcs8(t, curve),
	} {
		if _, err := mail.NewDKIM("meridian.example", "s1", key); err == nil {
			t.Errorf("a key that is %s is accepted", name)
		}
	}
	if _, err := mail.NewDKIM("", "s1", ed25519PEM(t)); err == nil {
		t.Error("a missing domain is accepted")
	}
}
