package store_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestAPIKeysAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		k := assess.APIKey{
			ID: newID[assess.APIKeyID](), Org: org, Mode: assess.Test, Name: "ATS", Start: "ak_test_Ab12", CreatedBy: "m", Creator: "Ada",
			CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		}
		w.tx(func(tx *store.Tx) error { return tx.InsertAPIKey(k, "hash") })
		get := func(org assess.OrgID) func(tx *store.Tx) (assess.APIKey, error) {
			return func(tx *store.Tx) (assess.APIKey, error) { return tx.APIKey(org, k.ID) }
		}
		same(w, k, get(org))
		missing(w, get(other))
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.RevokeAPIKey(other, k.ID) })

		w.tx(func(tx *store.Tx) error { return tx.RevokeAPIKey(org, k.ID) })
		w.pass(time.Minute)
		w.tx(func(tx *store.Tx) error { return tx.RevokeAPIKey(org, k.ID) })
		k.RevokedAt = noon
		same(w, []assess.APIKey{k}, func(tx *store.Tx) ([]assess.APIKey, error) { return tx.APIKeys(org) })
		same(w, []assess.APIKey{}, func(tx *store.Tx) ([]assess.APIKey, error) { return tx.APIKeys(other) })
	})
}

func TestAKeyIsFoundByItsHashWithTheRateOfItsOrganization(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		k := assess.APIKey{ID: newID[assess.APIKeyID](), Org: w.org(), Mode: assess.Live, Name: "ATS", ExpiresAt: noon}
		w.tx(func(tx *store.Tx) error { return tx.InsertAPIKey(k, "hash") })
		same(w, k, func(tx *store.Tx) (assess.APIKey, error) {
			got, rate, err := tx.APIKeyByHash("hash")
			if rate != assess.StandardRate {
				w.Errorf("rate %d, want %d", rate, assess.StandardRate)
			}
			return got, err
		})
		missing(w, func(tx *store.Tx) (assess.APIKey, error) { k, _, err := tx.APIKeyByHash("hush"); return k, err })
		k.ID = newID[assess.APIKeyID]()
		if err := w.db.Tx(w.Context(), func(tx *store.Tx) error { return tx.InsertAPIKey(k, "hash") }); err == nil {
			w.Error("two keys of one hash")
		}
	})
}

func TestAKeyIsFollowedByOneOther(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		old := assess.APIKey{ID: newID[assess.APIKeyID](), Org: org, Mode: assess.Live, CreatedAt: noon}
		w.tx(func(tx *store.Tx) error { return tx.InsertAPIKey(old, "hash") })
		old.ExpiresAt = noon.Add(time.Hour)
		w.tx(func(tx *store.Tx) error { return tx.EndAPIKey(old) })
		same(w, old, func(tx *store.Tx) (assess.APIKey, error) { return tx.APIKey(org, old.ID) })
		foreign := old
		foreign.Org = other
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.EndAPIKey(foreign) })

		follow := func(hash string) error {
			k := assess.APIKey{ID: newID[assess.APIKeyID](), Org: org, Mode: assess.Live, Replaces: old.ID}
			return w.db.Tx(w.Context(), func(tx *store.Tx) error { return tx.InsertAPIKey(k, hash) })
		}
		if err := follow("hash 2"); err != nil {
			w.Error(err)
		}
		if err := follow("hash 3"); assess.KindOf(err) != assess.Conflict {
			w.Errorf("a second follower: %v", err)
		}
		w.tx(func(tx *store.Tx) error { return tx.RevokeAPIKey(org, old.ID) })
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.EndAPIKey(old) })
	})
}

func TestTheUseOfKeysAddsUp(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		k := assess.APIKey{ID: newID[assess.APIKeyID](), Org: org, Mode: assess.Live, CreatedAt: noon}
		w.tx(func(tx *store.Tx) error { return tx.InsertAPIKey(k, "hash") })
		add := func(u store.KeyUse) { w.tx(func(tx *store.Tx) error { return tx.AddKeyUse(u) }) }
		use := store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-15", Route: "GET /invites", Requests: 3, Refused: 1, Last: noon.Add(time.Minute)}
		add(use)
		use.Last, use.Exposed = noon, noon // an earlier process reports late
		add(use)
		add(store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-15", Route: "POST /tags", Requests: 2, Last: noon})
		add(store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-14", Requests: 1, Last: noon.Add(-24 * time.Hour)})
		add(store.KeyUse{Org: org, Key: "gone", Day: "2025-01-15", Requests: 9, Last: noon})
		add(store.KeyUse{Org: other, Key: k.ID, Day: "2025-01-15", Requests: 9, Last: noon.Add(time.Hour)})

		today := store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-15", Route: "GET /invites", Requests: 6, Refused: 2}
		tags := store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-15", Route: "POST /tags", Requests: 2}
		yesterday := store.KeyUse{Org: org, Key: k.ID, Day: "2025-01-14", Requests: 1}
		uses := func(org assess.OrgID, since string) func(tx *store.Tx) ([]store.KeyUse, error) {
			return func(tx *store.Tx) ([]store.KeyUse, error) { return tx.KeyUses(org, since) }
		}
		same(w, []store.KeyUse{yesterday, today, tags}, uses(org, "2025-01-14"))
		same(w, []store.KeyUse{today, tags}, uses(org, "2025-01-15"))
		same(w, []store.KeyUse{}, uses(other, ""))
		k.LastUsedAt, k.ExposedAt = noon.Add(time.Minute), noon
		same(w, k, func(tx *store.Tx) (assess.APIKey, error) { return tx.APIKey(org, k.ID) })
	})
}
