package store_test

import (
	"testing"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// A statement that is broken off would end the batch that SQLite's transactions share.
func TestOnlyWhereSomebodyCanBeWaitedForDoesAClaimGiveUp(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		key := store.IdempotencyKey{Org: w.org(), Mode: assess.Live, Route: "POST /x", Key: "k"}
		w.tx(func(tx *store.Tx) error {
			watched, deadlines := tx.WatchDeadlines()
			_, first, err := watched.ClaimIdempotencyKey(key, "f")
			if got := *deadlines > 0; !first || got != (w.db.Engine() == "postgres") {
				w.Errorf("the key is taken: %v, with a deadline: %v", first, got)
			}
			return err
		})
	})
}
