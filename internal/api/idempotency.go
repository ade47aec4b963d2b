package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// keyOnce names a request that is to be carried out once (draft-ietf-httpapi-idempotency-key-header).
const keyOnce = "Idempotency-Key"

// maxOnceKey bounds the length of an idempotency key.
const maxOnceKey = 255

// carryOut does what the call asks; a POST with an Idempotency-Key, once.
func (a *API) carryOut(rt route, c *call, in any) (any, error) {
	ctx := c.http.Context()
	if rt.method != http.MethodPost {
		return rt.run(ctx, a, c, in)
	}
	var err error
	if c.onceKey, err = onceKey(c.http.Header.Values(keyOnce)); err != nil {
		return nil, err
	}
	if c.onceKey == "" || rt.once == byHandler {
		return rt.run(ctx, a, c, in)
	}
	once, err := c.once(in)
	if err != nil {
		return nil, err
	}
	run := func(ctx context.Context) (app.Reply, error) { return a.reply(ctx, rt, c, in) }
	var reply app.Reply
	if rt.once == byRepeating {
		reply, err = a.carryOutAgain(ctx, c, once, run)
	} else {
		reply, err = a.app.CarryOutOnce(ctx, c.who, once, run)
	}
	if err != nil {
		return nil, err
	}
	c.status = reply.Status
	if reply.Replayed {
		c.replayed(reply.Status)
	}
	return answer(reply.Body), nil
}

// reply carries the call out. It leaves c as it was, since a transaction may run again from its start.
func (a *API) reply(ctx context.Context, rt route, c *call, in any) (app.Reply, error) {
	try := *c
	result, err := rt.run(ctx, a, &try, in)
	if err != nil {
		return app.Reply{}, err
	}
	var buf bytes.Buffer
	err = encode(&buf, result)
	return app.Reply{Resource: try.resource, Status: try.status, Body: buf.String()}, err
}

// errNotYet says that a call was not carried out before.
var errNotYet = errors.New("not carried out yet")

// carryOutAgain carries a call about an invite out that takes more than one transaction, unless it was remembered before. If this is
// cut off, or the same call comes twice at once, it is carried out again. Where the invite is erased before the answer is
// remembered, it is not found.
func (a *API) carryOutAgain(ctx context.Context, c *call, once app.Once, run func(context.Context) (app.Reply, error)) (app.Reply, error) {
	reply, err := a.app.CarryOutOnce(ctx, c.who, once, func(context.Context) (app.Reply, error) { return app.Reply{}, errNotYet })
	if !errors.Is(err, errNotYet) {
		return reply, err
	}
	done, err := run(ctx)
	if err != nil {
		return app.Reply{}, err
	}
	return a.app.CarryOutOnce(ctx, c.who, once, func(ctx context.Context) (app.Reply, error) {
		return done, a.app.HoldInvite(ctx, c.who, assess.InviteID(c.id))
	})
}

// replayed says that the answer was given before.
func (c *call) replayed(status int) {
	c.header.Set("Idempotent-Replayed", "true")
	c.status = status
}

// once is how the call asks to be carried out once. Requests are told apart by what they ask for, not by how it is written.
func (c *call) once(in any) (app.Once, error) {
	if r, ok := in.(interface{ Canonical() any }); ok {
		in = r.Canonical()
	}
	var buf bytes.Buffer
	if err := encode(&buf, in); err != nil {
		return app.Once{}, err
	}
	sum := sha256.Sum256(buf.Bytes())
	return app.Once{Route: c.http.Method + " " + c.http.URL.Path, Key: c.onceKey, Fingerprint: hex.EncodeToString(sum[:])}, nil
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
