package store

import (
	"context"
	"time"

	"alfaone/internal/ratelimit"
)

// Limiter counts in the database, for several processes on one.
func (db *DB) Limiter() ratelimit.Limiter { return limiter{db} }

type limiter struct{ db *DB }

// Take implements ratelimit.Limiter.
func (l limiter) Take(ctx context.Context, key string, limit int, window time.Duration) (d ratelimit.Decision, err error) {
	err = l.db.Tx(ctx, func(tx *Tx) error {
		arrival, allowed, err := tx.TakeRate(key, limit, window)
		d = ratelimit.Decide(allowed, arrival, tx.now, limit, window)
		return err
	})
	return d, err
}

// Return implements ratelimit.Limiter.
func (l limiter) Return(ctx context.Context, key string, limit int, window time.Duration) error {
	return l.db.Tx(ctx, func(tx *Tx) error { return tx.ReturnRate(key, limit, window) })
}

// ReturnRate takes back what TakeRate counted once.
func (tx *Tx) ReturnRate(key string, limit int, window time.Duration) error {
	_, err := tx.exec("UPDATE rate_limits SET tat = tat - $2 WHERE key = $1", key, window.Microseconds()/int64(limit))
	return err
}

// TakeRate counts one request under key against limit requests a window, by the generic cell rate algorithm: an allowed
// request moves the theoretical arrival time of the next one by window/limit. It returns that time and whether the request is
// allowed. limit is at least 1. It is one statement, exact for any number of processes on one database.
func (tx *Tx) TakeRate(key string, limit int, window time.Duration) (arrival time.Time, allowed bool, err error) {
	type answer struct {
		tat    int64
		denied int
	}
	now := tx.now.UnixMicro()
	found, err := list(tx, func(r row) (a answer, err error) { return a, r.Scan(&a.tat, &a.denied) },
		`INSERT INTO rate_limits (key, tat) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
		ON CONFLICT (key) DO UPDATE SET
		tat = CASE WHEN rate_limits.tat <= CAST($2 AS BIGINT) + CAST($4 AS BIGINT) - CAST($3 AS BIGINT)
			THEN (CASE WHEN rate_limits.tat > CAST($2 AS BIGINT) THEN rate_limits.tat ELSE CAST($2 AS BIGINT) END) + CAST($3 AS BIGINT)
			ELSE rate_limits.tat END,
		denied = CASE WHEN rate_limits.tat <= CAST($2 AS BIGINT) + CAST($4 AS BIGINT) - CAST($3 AS BIGINT) THEN 0 ELSE 1 END
		RETURNING tat, denied`,
		key, now, window.Microseconds()/int64(limit), window.Microseconds())
	a := first(found)
	return time.UnixMicro(a.tat).UTC(), a.denied == 0, err
}

// DeleteRatesBefore forgets keys that have been quiet since before.
func (tx *Tx) DeleteRatesBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM rate_limits WHERE tat < $1", before.UnixMicro())
	return err
}
