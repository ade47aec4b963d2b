package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// KeyUse is how often a key was used on a day by a route.
type KeyUse = store.KeyUse

// CreateAPIKey makes a key. The secret that it returns is the only copy. Errors: Forbidden, Invalid; Conflict when a key was
// made for the same n.Once.
func (a *App) CreateAPIKey(ctx context.Context, who assess.Actor, n assess.NewAPIKey) (key assess.APIKey, secret string, err error) {
	if err := who.May(assess.ManageKeys); err != nil {
		return key, "", err
	}
	if err := n.Validate(); err != nil {
		return key, "", err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := claimWish(tx, who, "API key", n.Once); err != nil {
			return err
		}
		key = assess.APIKey{Org: who.Org, Mode: n.Mode, Name: assess.CleanLine(n.Name), Scopes: n.Granted(), CreatedAt: tx.Now()}
		if n.ExpiresInDays > 0 {
			key.ExpiresAt = tx.Now().Add(time.Duration(n.ExpiresInDays) * 24 * time.Hour)
		}
		key, secret, err = a.issueKey(tx, who, key)
		return err
	})
	return key, secret, err
}

// issueKey gives a key its secret and writes it down.
func (a *App) issueKey(tx *store.Tx, who assess.Actor, key assess.APIKey) (_ assess.APIKey, secret string, err error) {
	if secret, key.Start, err = a.newAPIKey(key.Mode); err != nil {
		return key, "", err
	}
	key.ID, key.CreatedBy, key.Creator = assess.APIKeyID(a.newID()), assess.MemberID(who.ID), who.Name
	return key, secret, tx.InsertAPIKey(key, a.secrets.hashAPIKey(secret))
}

// RotateAPIKey makes the key that follows another, which works on for the overlap. The secret that it returns is the only copy.
// Errors: Forbidden, Invalid, NotFound; Conflict when the key has ended or was replaced already.
func (a *App) RotateAPIKey(ctx context.Context, who assess.Actor, id assess.APIKeyID, r assess.KeyRotation) (key assess.APIKey, secret string, err error) {
	if err := who.May(assess.ManageKeys); err != nil {
		return key, "", err
	}
	if err := r.Validate(); err != nil {
		return key, "", err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := claimWish(tx, who, "API key", r.Once); err != nil {
			return err
		}
		old, err := tx.APIKey(who.Org, id)
		if err != nil {
			return err
		}
		old, next, err := old.Replaced(r.Overlap, tx.Now())
		if err != nil {
			return err
		}
		if err := tx.EndAPIKey(old); err != nil {
			return err
		}
		key, secret, err = a.issueKey(tx, who, next)
		return err
	})
	return key, secret, err
}

// claimWish refuses a wish for a thing that was granted before. Errors: Conflict.
func claimWish(tx *store.Tx, who assess.Actor, thing, once string) error {
	if once == "" {
		return nil
	}
	_, first, err := tx.ClaimIdempotencyKey(store.IdempotencyKey{Org: who.Org, Mode: assess.Live, Route: "create " + thing, Key: once}, "")
	if err == nil && !first {
		return assess.Errorf(assess.Conflict, "This %s was made already. Its secret is not shown again.", thing)
	}
	return err
}

// APIKeys lists the organization's keys, the newest first. Errors: Forbidden.
func (a *App) APIKeys(ctx context.Context, who assess.Actor) (keys []assess.APIKey, err error) {
	if err := who.May(assess.ManageKeys); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		keys, err = tx.APIKeys(who.Org)
		return err
	})
	return keys, err
}

// APIKey reads one key. Errors: Forbidden, NotFound.
func (a *App) APIKey(ctx context.Context, who assess.Actor, id assess.APIKeyID) (key assess.APIKey, err error) {
	if err := who.May(assess.ManageKeys); err != nil {
		return key, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		key, err = tx.APIKey(who.Org, id)
		return err
	})
	return key, err
}

// RevokeAPIKey ends a key at once. Errors: Forbidden, NotFound.
func (a *App) RevokeAPIKey(ctx context.Context, who assess.Actor, id assess.APIKeyID) error {
	if err := who.May(assess.ManageKeys); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error { return tx.RevokeAPIKey(who.Org, id) })
}

// AuthenticateKey finds who calls with a key, and how many requests a minute the organization may make; of a key that has ended
// too. What cannot be a key is refused without a look-up. Errors: Unauthenticated, with the contract's exact messages.
func (a *App) AuthenticateKey(ctx context.Context, secret string) (who assess.Actor, perMinute int, err error) {
	if secret == "" {
		return who, 0, assess.Errorf(assess.Unauthenticated, assess.MessageKeyRequired)
	}
	mode, ok := assess.APIKeyMode(secret)
	if !ok {
		return who, 0, assess.Errorf(assess.Unauthenticated, assess.MessageKeyInvalid)
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		key, rate, err := tx.APIKeyByHash(a.secrets.hashAPIKey(secret))
		if assess.KindOf(err) == assess.NotFound || err == nil && key.Mode != mode {
			return assess.Errorf(assess.Unauthenticated, assess.MessageKeyInvalid)
		}
		if err != nil {
			return err
		}
		who, perMinute = key.Actor(), rate
		return key.Usable(tx.Now())
	})
	return who, perMinute, err
}

// KeyRequest is one request that came with a key.
type KeyRequest struct {
	Route   string // as in KeyUse
	At      time.Time
	Refused bool // the answer was that the caller did something wrong
	InURL   bool // the key was in the URL
}

// CountKeyUse counts a request of who, if it came with a key that we know. It is written down by FlushKeyUsage, so that a
// request does not cost a write; a crash loses at most one flush.
func (a *App) CountKeyUse(who assess.Actor, r KeyRequest) {
	if who.Kind != assess.ByKey {
		return
	}
	use := store.KeyUse{
		Org: who.Org, Key: assess.APIKeyID(who.ID), Day: r.At.UTC().Format(time.DateOnly), Route: r.Route, Requests: 1, Last: r.At,
	}
	if r.Refused {
		use.Refused = 1
	}
	if r.InURL {
		use.Exposed = r.At
	}
	a.usage.add(use)
}

// keyUsage counts uses of keys in memory.
type keyUsage struct {
	mu   sync.Mutex
	uses map[usageKey]store.KeyUse
}

type usageKey struct {
	key        assess.APIKeyID
	day, route string
}

// UsageFlush is how often whoever runs the App should call FlushKeyUsage.
const UsageFlush = 10 * time.Second

func newKeyUsage() *keyUsage { return &keyUsage{uses: map[usageKey]store.KeyUse{}} }

// add counts what is used, or adds what take gave and nobody has written down.
func (u *keyUsage) add(uses ...store.KeyUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, more := range uses {
		at := usageKey{more.Key, more.Day, more.Route}
		use := u.uses[at]
		more.Requests, more.Refused = more.Requests+use.Requests, more.Refused+use.Refused
		more.Last, more.Exposed = later(more.Last, use.Last), later(more.Exposed, use.Exposed)
		u.uses[at] = more
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// take empties the counts. It gives them in an order that all keep to, so that two who write down the same keys do not wait for each
// other.
func (u *keyUsage) take() []store.KeyUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	uses := slices.SortedFunc(maps.Values(u.uses), func(a, b store.KeyUse) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Route, b.Route))
	})
	clear(u.uses)
	return uses
}

// FlushKeyUsage writes down how often keys were used since the last time. What could not be written is kept for the next.
func (a *App) FlushKeyUsage(ctx context.Context) error {
	uses := a.usage.take()
	if len(uses) == 0 {
		return nil
	}
	err := a.db.Tx(ctx, func(tx *store.Tx) error {
		for _, use := range uses {
			if err := tx.AddKeyUse(use); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.usage.add(uses...)
	}
	return err
}

// KeyUsage is the requests per day (UTC) and route of the last days, today included, the oldest first, by key; what came since the last
// flush is missing. Errors: Forbidden.
func (a *App) KeyUsage(ctx context.Context, who assess.Actor, days int) (uses []store.KeyUse, err error) {
	if err := who.May(assess.ManageKeys); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		uses, err = tx.KeyUses(who.Org, tx.Now().AddDate(0, 0, 1-days).Format(time.DateOnly))
		return err
	})
	return uses, err
}
