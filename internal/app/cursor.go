package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"alfaone/internal/assess"
)

// CursorToken is the place of a cursor, for a client to come back with. It can be used in the same scope only, says nothing of
// the item that it stands behind wherever addresses are logged, and gives no right to see anything. The same place always
// gives the same token.
func (a *App) CursorToken(scope string, c assess.Cursor) string {
	return a.secrets.cursorToken(scope, c.ID+"\x00"+c.Key)
}

// Cursor is the place that a token of the scope names; the beginning if it is empty. Errors: Invalid.
func (a *App) Cursor(scope, token string) (assess.Cursor, error) {
	if token == "" {
		return assess.Cursor{}, nil
	}
	place, ok := a.secrets.cursorPlace(scope, token)
	id, key, _ := strings.Cut(place, "\x00")
	if !ok {
		return assess.Cursor{}, assess.Errorf(assess.Invalid, "it is not a cursor of this scope")
	}
	return assess.Cursor{ID: id, Key: key}, nil
}

// cursorToken encrypts a place (AES-256-GCM). The nonce is a keyed hash of all that is encrypted, so that it does not repeat
// for anything else.
func (s Secrets) cursorToken(scope, place string) string {
	gcm := s.cursorCipher()
	mac := hmac.New(sha256.New, s.cursor)
	mac.Write([]byte("cursor\x00" + scope + "\x00" + place))
	nonce := mac.Sum(nil)[:gcm.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(gcm.Seal(nonce, nonce, []byte(place), []byte(scope)))
}

// cursorPlace is what cursorToken was given; ok is false for what it has not made.
func (s Secrets) cursorPlace(scope, token string) (place string, ok bool) {
	gcm := s.cursorCipher()
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < gcm.NonceSize() {
		return "", false
	}
	text, err := gcm.Open(nil, b[:gcm.NonceSize()], b[gcm.NonceSize():], []byte(scope))
	return string(text), err == nil
}

func (s Secrets) cursorCipher() cipher.AEAD {
	block, err := aes.NewCipher(s.cursor)
	if err != nil {
		panic(err) // a key that DeriveSecrets made has the right length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return gcm
}
