package app

import (
	"context"
	"sync"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// KeyUse is how often a key was used on a day.
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
	secret, start, err := a.newAPIKey(n.Mode)
	if err != nil {
		return key, "", err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := claimWish(tx, who, n.Once); err != nil {
			return err
		}
		key = assess.APIKey{
			ID: assess.APIKeyID(a.newID()), Org: who.Org, Mode: n.Mode, Name: assess.CleanLine(n.Name), Start: start,
			Scopes: n.Granted(), CreatedBy: assess.MemberID(who.ID), Creator: who.Name, CreatedAt: tx.Now(),
		}
		if n.ExpiresInDays > 0 {
			key.ExpiresAt = tx.Now().Add(time.Duration(n.ExpiresInDays) * 24 * time.Hour)
		}
		return tx.InsertAPIKey(key, a.secrets.hashAPIKey(secret))
	})
	return key, secret, err
}

// claimWish refuses a wish that was granted before.
func claimWish(tx *store.Tx, who assess.Actor, once string) error {
	if once == "" {
		return nil
	}
	_, first, err := tx.ClaimIdempotencyKey(store.IdempotencyKey{Org: who.Org, Mode: assess.Live, Route: "create API key", Key: once}, "")
	if err == nil && !first {
		return assess.Errorf(assess.Conflict, "This key was made already.")
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

// RevokeAPIKey ends a key at once. Errors: Forbidden, NotFound.
func (a *App) RevokeAPIKey(ctx context.Context, who assess.Actor, id assess.APIKeyID) error {
	if err := who.May(assess.ManageKeys); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error { return tx.RevokeAPIKey(who.Org, id) })
}

// AuthenticateKey finds who calls with a key, and how many requests a minute the organization may make. What cannot be a key
// is refused without a look-up. Errors: Unauthenticated, with the contract's exact messages.
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
		a.usage.count(key, tx.Now())
		return key.Usable(tx.Now())
	})
	return who, perMinute, err
}

// keyUsage counts uses of keys in memory, so that a request does not cost a write. A crash loses at most one flush.
type keyUsage struct {
	mu   sync.Mutex
	uses map[usageKey]*store.KeyUse
}

type usageKey struct {
	key assess.APIKeyID
	day string
}

// UsageFlush is how often whoever runs the App should call FlushKeyUsage.
const UsageFlush = 10 * time.Second

func newKeyUsage() *keyUsage { return &keyUsage{uses: map[usageKey]*store.KeyUse{}} }

func (u *keyUsage) count(k assess.APIKey, now time.Time) {
	day := now.Format(time.DateOnly)
	u.mu.Lock()
	defer u.mu.Unlock()
	use := u.uses[usageKey{k.ID, day}]
	if use == nil {
		use = &store.KeyUse{Org: k.Org, Key: k.ID, Day: day}
		u.uses[usageKey{k.ID, day}] = use
	}
	use.Requests++
	use.Last = now
}

// putBack adds what take gave and nobody has written down.
func (u *keyUsage) putBack(uses []store.KeyUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, old := range uses {
		if use := u.uses[usageKey{old.Key, old.Day}]; use != nil {
			old.Requests, old.Last = old.Requests+use.Requests, use.Last
		}
		u.uses[usageKey{old.Key, old.Day}] = &old
	}
}

// take empties the counts.
func (u *keyUsage) take() []store.KeyUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	var uses []store.KeyUse
	for _, use := range u.uses {
		uses = append(uses, *use)
	}
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
		a.usage.putBack(uses)
	}
	return err
}

// KeyUsage is the requests per day (UTC) of the last days, today included, the oldest first, by key; what came since the last
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
