package assess

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Member is a person of an organization. An address belongs to one member of one organization only.
type Member struct {
	ID           MemberID
	Org          OrgID
	FirstName    string
	LastName     string
	Email        string
	Role         Role
	PasswordHash string // PHC string; empty until the member has joined
	CreatedAt    time.Time
	JoinedAt     time.Time // zero while invited
	LastSeenAt   time.Time
}

// Name is the member's full name, or the address while there is none.
func (m Member) Name() string {
	if name := CleanLine(m.FirstName + " " + m.LastName); name != "" {
		return name
	}
	return m.Email
}

// Joined reports whether the member has set a password.
func (m Member) Joined() bool { return !m.JoinedAt.IsZero() }

// Actor is the member, acting on data of the given mode.
func (m Member) Actor(mode Mode) Actor {
	return Actor{Org: m.Org, Mode: mode, Kind: ByMember, ID: string(m.ID), Name: m.Name(), Role: m.Role}
}

// Validate checks what a person can write about a member. Errors: Invalid.
func (m Member) Validate() error {
	var p problems
	p.name("firstName", m.FirstName, m.Joined())
	p.name("lastName", m.LastName, m.Joined())
	p.email("email", m.Email)
	p.when(!slices.Contains(Roles(), m.Role), "role", "must be owner, admin, recruiter, grader or viewer")
	return p.err()
}

// MayGrant reports whether somebody with role by may give or take role r: only owners make and unmake owners.
func MayGrant(by, r Role) bool {
	return by == Owner || by == Admin && r != Owner
}

// Password rules: length only, after NIST SP 800-63B revision 4 (15 for a single factor, no composition rules).
const (
	MinPasswordRunes = 15
	MaxPasswordRunes = 200
)

// ValidatePassword checks a new password against the rules and the words that an attacker would try first: the member's and
// the organization's own. Errors: Invalid.
func ValidatePassword(password string, words ...string) error {
	var p problems
	n := utf8.RuneCountInString(password)
	p.when(n < MinPasswordRunes, "password", "must be at least %d characters long; a short sentence is easy to remember", MinPasswordRunes)
	p.when(n > MaxPasswordRunes, "password", "must be at most %d characters long", MaxPasswordRunes)
	p.when(!utf8.ValidString(password), "password", "must be valid UTF-8 text")
	p.when(n >= MinPasswordRunes && guessable(password, words), "password", "is too easy to guess; choose another")
	return p.err()
}

// guessable reports a password that is little more than common strings and the given words, or very few different characters.
func guessable(password string, words []string) bool {
	rest := strings.ToLower(password)
	parts := slices.Concat(words, commonPasswordParts)
	slices.SortStableFunc(parts, func(a, b string) int { return len(b) - len(a) }) // a part of a word must not break the word
	for _, word := range parts {
		if w := strings.ToLower(word); len(w) >= 3 {
			rest = strings.ReplaceAll(rest, w, "")
		}
	}
	distinct := map[rune]bool{}
	for _, r := range rest {
		distinct[r] = true
	}
	return len(distinct) < 5
}

var commonPasswordParts = []string{
	"password", "passwort", "motdepasse", "contraseña", "senha", "alfaone", "qwertyuiop", "qwertz", "qwerty", "asdfghjkl",
	"zxcvbnm", "1234567890", "123456789", "12345678", "123456", "12345", "1234", "0987654321", "letmein", "welcome", "iloveyou", "admin",
	"administrator", "changeme", "monkey", "dragon", "football", "baseball", "sunshine", "princess", "abc123", "abcdef", "secret",
}

// Sessions of members.
const (
	SessionIdle    = 30 * time.Minute // a session ends after so long without a request
	SessionMax     = 12 * time.Hour   // and after so long in any case
	ResetTokenLife = 30 * time.Minute
	JoinTokenLife  = 7 * 24 * time.Hour
	SetupTokenLife = time.Hour
)

// Session is one signed-in browser of a member.
type Session struct {
	ID         SessionID
	Member     MemberID
	Org        OrgID
	UserAgent  string
	Address    string // where it was last seen from, shortened to its network
	Mode       Mode   // the world that the dashboard shows
	CreatedAt  time.Time
	LastSeenAt time.Time
}

// Live reports whether the session still counts at now.
func (s Session) Live(now time.Time) bool {
	return now.Before(s.LastSeenAt.Add(SessionIdle)) && now.Before(s.CreatedAt.Add(SessionMax))
}
