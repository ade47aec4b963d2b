package store

import (
	"context"
	"errors"
	"time"

	"alfaone/internal/assess"
)

// IdempotencyKey names a request that is carried out once, however often it is sent.
type IdempotencyKey struct {
	Org   assess.OrgID
	Mode  assess.Mode
	Route string // "POST /api/v1/invites"
	Key   string // as the client chose it
}

// Replay is what was answered the first time. Fingerprint identifies the body that was sent then.
type Replay struct {
	Fingerprint string
	Resource    string
	Status      int
	Body        string
}

// claimPatience is how long a request waits for another of its key to be answered, where two can be under way.
const claimPatience = 2 * time.Second

// ClaimIdempotencyKey takes the key for this transaction and reports true; or it reports false and what was answered when
// another took it. It waits a moment for a transaction that is just about to. The caller completes the key in the same
// transaction. Errors: Conflict (InProgress).
func (tx *Tx) ClaimIdempotencyKey(k IdempotencyKey, fingerprint string) (Replay, bool, error) {
	ctx := tx.ctx
	if tx.shared { // else there is nobody to wait for, and breaking off would end the batch of others too
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, claimPatience)
		defer cancel()
	}
	patient := &Tx{ctx: ctx, q: tx.q, now: tx.now}
	n, err := patient.exec(`INSERT INTO idempotency_keys (org_id, mode, route, key, fingerprint, resource_id, status, body, created_at)
		VALUES ($1, $2, $3, $4, $5, '', 0, '', $6) ON CONFLICT DO NOTHING`, k.Org, k.Mode, k.Route, k.Key, fingerprint, at(tx.now))
	if errors.Is(err, context.DeadlineExceeded) && tx.ctx.Err() == nil {
		return Replay{}, false, assess.Errorf(assess.Conflict, "A request with this Idempotency-Key is still in progress. Send it again in a moment.").
			With(assess.InProgress)
	}
	if err != nil || n == 1 {
		return Replay{}, n == 1, err
	}
	r, err := one(tx, "idempotency key", func(r row) (p Replay, err error) {
		return p, r.Scan(&p.Fingerprint, &p.Resource, &p.Status, &p.Body)
	}, "SELECT fingerprint, resource_id, status, body FROM idempotency_keys WHERE org_id = $1 AND mode = $2 AND route = $3 AND key = $4",
		k.Org, k.Mode, k.Route, k.Key)
	return r, false, err
}

// CompleteIdempotencyKey keeps what is answered.
func (tx *Tx) CompleteIdempotencyKey(k IdempotencyKey, r Replay) error {
	return tx.change("idempotency key", `UPDATE idempotency_keys SET resource_id = $5, status = $6, body = $7
		WHERE org_id = $1 AND mode = $2 AND route = $3 AND key = $4`, k.Org, k.Mode, k.Route, k.Key, r.Resource, r.Status, r.Body)
}

// DeleteIdempotencyKeysBefore forgets keys first used before the given time, in every organization.
func (tx *Tx) DeleteIdempotencyKeysBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM idempotency_keys WHERE created_at < $1", at(before))
	return err
}
