package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Secrets as Standard Webhooks 1.0.0 has them: a prefix that scanners find, and 24 to 64 random bytes in base64.
const (
	secretPrefix   = "whsec_"
	secretBytes    = 32
	minSecretBytes = 24
	maxSecretBytes = 64
)

// NewSecret makes a secret to sign with, of 256 bits. Errors: those of random.
func NewSecret(random io.Reader) (string, error) {
	key := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return "", fmt.Errorf("webhook: make a secret: %w", err)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(key), nil
}

// Sign returns the signature of one attempt to deliver the message, as the header webhook-signature of Standard Webhooks 1.0.0
// carries it: v1, a comma, and the HMAC-SHA256 of id, seconds and body. It refuses a secret that is none, and an id that would
// leave open where it ends. No error repeats the secret.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := secretKey(secret)
	if err != nil {
		return "", err
	}
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' }) {
		return "", errors.New("webhook: the id of a message must be visible ASCII without a full stop")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + seconds(at) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

func secretKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < minSecretBytes || len(key) > maxSecretBytes {
		return nil, fmt.Errorf("webhook: a secret must be %s and %d to %d bytes in base64", secretPrefix, minSecretBytes, maxSecretBytes)
	}
	return key, nil
}

// signAll signs by each secret, so that receivers who know any one of them can verify.
func signAll(m Message) (string, error) {
	if len(m.Secrets) == 0 {
		return "", errors.New("webhook: a message needs a secret to be signed with")
	}
	signatures := make([]string, len(m.Secrets))
	for i, secret := range m.Secrets {
		var err error
		if signatures[i], err = Sign(secret, m.ID, m.At, m.Body); err != nil {
			return "", err
		}
	}
	return strings.Join(signatures, " "), nil
}

func seconds(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
