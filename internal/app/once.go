package app

import (
	"context"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Once names a call that is to be carried out once, however often it is sent.
type Once struct {
	Route       string // which call: "POST /api/v1/invites"
	Key         string // chosen by the client; 1 to 255 visible ASCII characters
	Fingerprint string // of what was asked
}

// Reply is what a call was answered with.
type Reply struct {
	Resource string // the id of what the call made or changed, with which the reply is erased; may be empty
	Status   int
	Body     string
	Replayed bool // the call was carried out before, and this is what it was answered then
}

// CarryOutOnce has do carried out, in one transaction with the memory of it, and returns its reply; or the reply that it gave
// before. Use cases that do calls with the context that it is given become part of the transaction. An error is not
// remembered. Errors: those of do; Reused (the key came with something else before).
func (a *App) CarryOutOnce(ctx context.Context, who assess.Actor, once Once, do func(context.Context) (Reply, error)) (out Reply, err error) {
	key := store.IdempotencyKey{Org: who.Org, Mode: who.Mode, Route: once.Route, Key: once.Key}
	err = a.tx(ctx, func(tx *store.Tx) error {
		earlier, first, err := tx.ClaimIdempotencyKey(key, once.Fingerprint)
		switch {
		case err != nil:
			return err
		case !first && earlier.Fingerprint != once.Fingerprint:
			return assess.Errorf(assess.Reused, "This Idempotency-Key was used before with a different request. Use a new key for a new request.")
		case !first:
			out, err = a.replay(key, earlier)
			return err
		}
		if out, err = do(store.Joined(ctx, tx)); err != nil {
			return err
		}
		return a.remember(tx, key, out)
	})
	if err != nil {
		return Reply{}, err
	}
	return out, nil
}

// HoldInvite has whoever erases the invite wait for the transaction that ctx belongs to, in which an answer that tells of the invite
// is remembered. Errors: Forbidden, NotFound.
func (a *App) HoldInvite(ctx context.Context, who assess.Actor, id assess.InviteID) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		_, err := held(tx, who.Org, who.Mode, id)
		return err
	})
}

// remember keeps a reply. It may hold a link or a secret, so it is sealed.
func (a *App) remember(tx *store.Tx, key store.IdempotencyKey, r Reply) error {
	sealed, err := a.secrets.sealed(a.random, sealContext(key), r.Body)
	if err != nil {
		return err
	}
	return tx.CompleteIdempotencyKey(key, store.Replay{Resource: r.Resource, Status: r.Status, Body: sealed})
}

func (a *App) replay(key store.IdempotencyKey, r store.Replay) (Reply, error) {
	body := r.Body
	if !strings.HasPrefix(body, "{") { // older versions kept it open
		var err error
		if body, err = a.secrets.opened(sealContext(key), r.Body); err != nil {
			return Reply{}, err
		}
	}
	return Reply{Resource: r.Resource, Status: r.Status, Body: body, Replayed: true}, nil
}

func sealContext(k store.IdempotencyKey) string {
	return strings.Join([]string{"reply", string(k.Org), string(k.Mode), k.Route, k.Key}, "\x00")
}
