package store

import (
	"fmt"
	"strings"
	"time"

	"alfaone/internal/assess"
)

const apiKeyColumns = `org_id, id, mode, name, start, created_by, creator, created_at, expires_at, revoked_at, last_used_at, scopes,
	replaces, exposed_at`

func scanAPIKey(r row) (k assess.APIKey, err error) {
	err = r.Scan(&k.Org, &k.ID, &k.Mode, &k.Name, &k.Start, &k.CreatedBy, &k.Creator,
		timeInto{&k.CreatedAt}, timeInto{&k.ExpiresAt}, timeInto{&k.RevokedAt}, timeInto{&k.LastUsedAt}, scopesInto{&k.Scopes}, &k.Replaces,
		timeInto{&k.ExposedAt})
	return k, err
}

// APIKeyByHash reads the key with this hash, with its organization's requests a minute. Errors: NotFound.
func (tx *Tx) APIKeyByHash(hash string) (key assess.APIKey, ratePerMinute int, err error) {
	key, err = one(tx, "API key", func(r row) (k assess.APIKey, err error) {
		err = r.Scan(&k.Org, &k.ID, &k.Mode, &k.Name, timeInto{&k.ExpiresAt}, timeInto{&k.RevokedAt}, scopesInto{&k.Scopes}, &ratePerMinute)
		return k, err
	}, `SELECT k.org_id, k.id, k.mode, k.name, k.expires_at, k.revoked_at, k.scopes, o.rate_per_minute
		FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.hash = $1`, hash)
	return key, ratePerMinute, err
}

// APIKey reads a key. Errors: NotFound.
func (tx *Tx) APIKey(org assess.OrgID, id assess.APIKeyID) (assess.APIKey, error) {
	return one(tx, "API key", scanAPIKey, "SELECT "+apiKeyColumns+" FROM api_keys WHERE org_id = $1 AND id = $2", org, id)
}

// APIKeys reads an organization's keys, the newest first, revoked ones included.
func (tx *Tx) APIKeys(org assess.OrgID) ([]assess.APIKey, error) {
	return list(tx, scanAPIKey, "SELECT "+apiKeyColumns+" FROM api_keys WHERE org_id = $1 ORDER BY created_at DESC, id DESC", org)
}

// InsertAPIKey adds a key under the hash of its secret. Errors: Conflict when another follows the same key.
func (tx *Tx) InsertAPIKey(k assess.APIKey, hash string) error {
	_, err := tx.exec(`INSERT INTO api_keys (`+apiKeyColumns+`, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		k.Org, k.ID, k.Mode, k.Name, k.Start, k.CreatedBy, k.Creator, at(k.CreatedAt), at(k.ExpiresAt), at(k.RevokedAt),
		at(k.LastUsedAt), scopesText(k.Scopes), k.Replaces, at(k.ExposedAt), hash)
	if violates(err, "api_keys_replaces", "api_keys.replaces") {
		return assess.Errorf(assess.Conflict, "This key was replaced already. Go on with the one that follows it.")
	}
	return err
}

// EndAPIKey writes down when a key ends that has not been revoked. Errors: NotFound.
func (tx *Tx) EndAPIKey(k assess.APIKey) error {
	return tx.change("API key", "UPDATE api_keys SET expires_at = $3, revoked_at = $4 WHERE org_id = $1 AND id = $2 AND revoked_at = 0",
		k.Org, k.ID, at(k.ExpiresAt), at(k.RevokedAt))
}

// RevokeAPIKey ends a key; a key that has ended already keeps its time. Errors: NotFound.
func (tx *Tx) RevokeAPIKey(org assess.OrgID, id assess.APIKeyID) error {
	return tx.change("API key", `UPDATE api_keys SET revoked_at = CASE WHEN revoked_at = 0 THEN $3 ELSE revoked_at END
		WHERE org_id = $1 AND id = $2`, org, id, at(tx.now))
}

// KeyUse is how often a key was used on a day (UTC, "2006-01-02") by a route of the API, such as "GET /invites/{inviteId}".
type KeyUse struct {
	Org      assess.OrgID
	Key      assess.APIKeyID
	Day      string
	Route    string // empty for what no route has, and from before routes were counted
	Requests int
	Refused  int       // of the requests
	Last     time.Time // of the requests
	Exposed  time.Time // the last of the requests that had the key in the URL; zero for none
}

// AddKeyUse adds to what was counted before. A key that is gone is passed over.
func (tx *Tx) AddKeyUse(u KeyUse) error {
	n, err := tx.exec(`UPDATE api_keys SET last_used_at = CASE WHEN last_used_at < $3 THEN $3 ELSE last_used_at END,
			exposed_at = CASE WHEN exposed_at < $4 THEN $4 ELSE exposed_at END
		WHERE org_id = $1 AND id = $2`, u.Org, u.Key, at(u.Last), at(u.Exposed))
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.exec(`INSERT INTO api_key_uses (org_id, key_id, day, route, requests, refused) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key_id, day, route) DO UPDATE SET
			requests = api_key_uses.requests + EXCLUDED.requests, refused = api_key_uses.refused + EXCLUDED.refused`,
		u.Org, u.Key, u.Day, u.Route, u.Requests, u.Refused)
	return err
}

// KeyUses reads the daily figures of an organization's keys since a day, oldest first.
func (tx *Tx) KeyUses(org assess.OrgID, since string) ([]KeyUse, error) {
	return list(tx, func(r row) (u KeyUse, err error) {
		return u, r.Scan(&u.Org, &u.Key, &u.Day, &u.Route, &u.Requests, &u.Refused)
	}, `SELECT org_id, key_id, day, route, requests, refused FROM api_key_uses WHERE org_id = $1 AND day >= $2
		ORDER BY day, key_id, route`, org, since)
}

// scopesInto reads scopes, which are kept as words with blanks between them.
type scopesInto struct{ scopes *[]assess.Scope }

// Scan implements sql.Scanner.
func (s scopesInto) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("scopes are text, not %T", v)
	}
	*s.scopes = nil
	for word := range strings.FieldsSeq(text) {
		*s.scopes = append(*s.scopes, assess.Scope(word))
	}
	return nil
}

func scopesText(scopes []assess.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}
