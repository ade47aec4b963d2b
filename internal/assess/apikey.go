package assess

import (
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// APIKey lets a program act for an organization. The key itself is shown once and never stored.
type APIKey struct {
	ID         APIKeyID
	Org        OrgID
	Mode       Mode
	Name       string
	Start      string // the key's first characters, "ak_live_Ab12", to tell keys apart
	CreatedBy  MemberID
	Creator    string // the creator's name
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero means never
	RevokedAt  time.Time // zero means not revoked
	LastUsedAt time.Time // written down some seconds late; zero means never
	Scopes     []Scope
	Replaces   APIKeyID  // the key that this one follows; empty for none
	ExposedAt  time.Time // when it last came in a URL, which logs may have kept; zero means never
}

// The exact messages of the public contract.
const (
	MessageKeyRequired = "API key is required"
	MessageKeyInvalid  = "Invalid API key"
	MessageKeyExpired  = "API key has expired"
	MessageKeyRevoked  = "API key has been revoked"
)

// Usable is nil when the key may be used at now, else Unauthenticated.
func (k APIKey) Usable(now time.Time) error {
	switch {
	case !k.RevokedAt.IsZero():
		return Errorf(Unauthenticated, MessageKeyRevoked)
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return Errorf(Unauthenticated, MessageKeyExpired)
	default:
		return nil
	}
}

// When a key deserves attention.
const (
	ExpiryNotice = 14 * 24 * time.Hour // so long before its end
	UnusedAfter  = 90 * 24 * time.Hour // so long after it was last used, or made
)

// ExpiresSoon reports whether a usable key ends within ExpiryNotice.
func (k APIKey) ExpiresSoon(now time.Time) bool {
	return k.Usable(now) == nil && !k.ExpiresAt.IsZero() && k.ExpiresAt.Sub(now) <= ExpiryNotice
}

// Unused reports whether a usable key was not used for UnusedAfter: probably nobody needs it any more.
func (k APIKey) Unused(now time.Time) bool {
	last := k.CreatedAt
	if k.LastUsedAt.After(last) {
		last = k.LastUsedAt
	}
	return k.Usable(now) == nil && now.Sub(last) > UnusedAfter
}

// Exposed reports whether a usable key was seen where others may have read it.
func (k APIKey) Exposed(now time.Time) bool { return k.Usable(now) == nil && !k.ExposedAt.IsZero() }

// Actor is the key, acting.
func (k APIKey) Actor() Actor {
	return Actor{Org: k.Org, Mode: k.Mode, Kind: ByKey, ID: string(k.ID), Name: k.Name, Scopes: k.Scopes}
}

// NewAPIKey is what one says to make a key. ExpiresInDays 0 means never.
type NewAPIKey struct {
	Name          string
	Mode          Mode
	ExpiresInDays int
	Scopes        []Scope // nil: all
	Once          string  // when not empty, a second wish with the same is refused: a form sent twice makes one key
}

// Granted are the wished scopes in their order.
func (n NewAPIKey) Granted() []Scope {
	if n.Scopes == nil {
		return Scopes()
	}
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return !slices.Contains(n.Scopes, s) })
}

// MaxKeyDays bounds the life of a key that expires: five years.
const MaxKeyDays = 5 * 365

// Validate checks the wish. Errors: Invalid.
func (n NewAPIKey) Validate() error {
	var p problems
	p.line("name", n.Name, true, MaxNameRunes)
	p.when(n.Mode != Live && n.Mode != Test, "mode", "must be live or test")
	p.scopes(n.Scopes)
	p.line("once", n.Once, false, MaxNameRunes)
	p.when(n.ExpiresInDays < 0 || n.ExpiresInDays > MaxKeyDays, "expiresInDays", "must be between 1 and %d, or empty for never", MaxKeyDays)
	return p.err()
}

// KeyRotation is how a key is to be replaced by another.
type KeyRotation struct {
	Overlap time.Duration // how long the replaced key still works; 0 means not at all
	Once    string        // as in NewAPIKey
}

// MaxKeyOverlap bounds how long two keys work that follow each other.
const MaxKeyOverlap = 30 * 24 * time.Hour

// Validate checks the wish. Errors: Invalid.
func (r KeyRotation) Validate() error {
	var p problems
	p.when(r.Overlap < 0 || r.Overlap > MaxKeyOverlap, "overlap", "must be at most %d days", MaxKeyOverlap/(24*time.Hour))
	p.line("once", r.Once, false, MaxNameRunes)
	return p.err()
}

// Replaced is the key as it ends after the overlap, unless it ends sooner anyway, and the key that follows it: of the same name,
// mode, scopes and length of life. What tells the new key from others is for the caller to fill in. Errors: Conflict when
// the key has ended already.
func (k APIKey) Replaced(overlap time.Duration, now time.Time) (old, next APIKey, err error) {
	if k.Usable(now) != nil {
		return k, next, Errorf(Conflict, "This key has ended already. Make a new one instead.")
	}
	next = APIKey{Org: k.Org, Mode: k.Mode, Name: k.Name, Scopes: k.Scopes, CreatedAt: now, Replaces: k.ID}
	if !k.ExpiresAt.IsZero() {
		next.ExpiresAt = now.Add(k.ExpiresAt.Sub(k.CreatedAt))
	}
	end := now.Add(overlap)
	switch {
	case overlap == 0:
		k.RevokedAt = now
	case k.ExpiresAt.IsZero() || end.Before(k.ExpiresAt):
		k.ExpiresAt = end
	}
	return k, next, nil
}

// A key is "ak_live_" or "ak_test_", 24 random characters and a checksum of 6, all of the alphabet below: 142.9 bits. The
// checksum (CRC-32, IEEE) also covers the prefix, so that a typo or a swapped mode is refused without a look-up.
const (
	keyAlphabet    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	KeyRandomChars = 24
	keySumChars    = 6
	keyStartChars  = 4
)

// FormatAPIKey makes a key from random, which gives KeyRandomChars or more bytes below 248 (rejection sampling: larger ones
// would favour some characters).
func FormatAPIKey(mode Mode, random []byte) (key, start string) {
	var b strings.Builder
	b.WriteString(keyPrefix(mode))
	for _, c := range random[:KeyRandomChars] {
		b.WriteByte(keyAlphabet[int(c)%len(keyAlphabet)])
	}
	body := b.String()
	return body + keyChecksum(body), body[:len(keyPrefix(mode))+keyStartChars]
}

// APIKeyMode is the mode that a well-formed key says, and false for anything that cannot be a key.
func APIKeyMode(key string) (Mode, bool) {
	for _, mode := range []Mode{Live, Test} {
		prefix := keyPrefix(mode)
		if strings.HasPrefix(key, prefix) && len(key) == len(prefix)+KeyRandomChars+keySumChars {
			body, sum := key[:len(key)-keySumChars], key[len(key)-keySumChars:]
			return mode, keyCharsOnly(body[len(prefix):]) && sum == keyChecksum(body)
		}
	}
	return "", false
}

func keyPrefix(mode Mode) string { return "ak_" + string(mode) + "_" }

func keyCharsOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(keyAlphabet, r) })
}

// keyChecksum is CRC-32 in base 62, left-padded with "0".
func keyChecksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	var digits [keySumChars]byte
	for i := keySumChars - 1; i >= 0; i-- {
		digits[i] = keyAlphabet[sum%62]
		sum /= 62
	}
	return string(digits[:])
}
