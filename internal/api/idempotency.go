package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// keyOnce names a request that is to be carried out once (draft-ietf-httpapi-idempotency-key-header).
const keyOnce = "Idempotency-Key"

// maxOnceKey bounds the length of an idempotency key.
const maxOnceKey = 255

// once is how the call asks to be carried out once; the zero value when it does not. Errors: Invalid.
func (a *API) once(c *call, in wire.InviteRequest) (app.Once, error) {
	key, err := onceKey(c.http.Header.Values(keyOnce))
	if key == "" || err != nil {
		return app.Once{}, err
	}
	fingerprint, err := fingerprintOf(in.Canonical())
	return app.Once{Route: c.http.Method + " " + c.http.URL.Path, Key: key, Fingerprint: fingerprint, Render: renderInvite}, err
}

// onceKey reads the header: 1 to 255 visible ASCII characters, bare or in double quotes, which are not part of the key.
func onceKey(values []string) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if bare, quoted := strings.CutPrefix(key, `"`); quoted {
		key, quoted = strings.CutSuffix(bare, `"`)
		if !quoted {
			key = ""
		}
	}
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(values) > 1 || key == "" || len(key) > maxOnceKey || strings.ContainsFunc(key, invisible) {
		return "", assess.InvalidFields(assess.Problem{Field: keyOnce, Message: "must be 1 to 255 visible ASCII characters, sent once"})
	}
	return key, nil
}

// fingerprintOf tells requests apart by what they ask for, not by how it is written.
func fingerprintOf(canonical wire.InviteRequest) (string, error) {
	var buf bytes.Buffer
	if err := encode(&buf, canonical); err != nil {
		return "", err
	}
	sum := sha256.Sum256(buf.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// renderInvite is the answer that is kept for the next time.
func renderInvite(inv assess.Invite) (status int, body string, err error) {
	var buf bytes.Buffer
	err = encode(&buf, wire.InviteCreatedOf(inv))
	return http.StatusCreated, buf.String(), err
}

// again makes an earlier answer the answer of the call.
func (c *call) again(status int, body string) {
	c.header.Set("Idempotent-Replayed", "true")
	c.replay = &replay{status: status, body: []byte(body)}
}
