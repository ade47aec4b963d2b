package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
)

// Limits on signing in, after NIST SP 800-63B: few tries a minute, and no more than 100 failures in a row for an account.
const (
	triesPerMinute        = 5
	triesPerMinuteNetwork = 30
	maxFailures           = 100
)

// SignedIn is what a browser keeps after signing in.
type SignedIn struct {
	Token  string // the session's secret
	Device string // marks the browser as one that the member has signed in from
	Member assess.Member
}

// Credentials are what a person signs in with. Device is the mark that SignedIn gave this browser earlier, if any.
type Credentials struct {
	Email, Password, Device string
}

var errCredentials = assess.Errorf(assess.Unauthenticated, "The e-mail address or the password is not right.")

// SignIn begins a session. Unknown addresses, wrong passwords and members who have not joined look alike, and take as long.
// An attacker who tries passwords does not lock out the member on a browser that has signed in before. Errors:
// Unauthenticated, RateLimited.
func (a *App) SignIn(ctx context.Context, c Credentials, from Client) (SignedIn, error) {
	email, _ := assess.Email(c.Email)
	account := accountKey(email)
	if a.secrets.knownDevice(email, c.Device) {
		account = deviceKey(email)
	}
	if err := a.admit(ctx, account, from); err != nil {
		return SignedIn{}, err
	}
	member, err := a.memberByEmail(ctx, email)
	if err != nil && assess.KindOf(err) != assess.NotFound {
		return SignedIn{}, err
	}
	right, err := a.hasher.check(ctx, member.PasswordHash, c.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, errors.Join(errCredentials, a.countFailure(ctx, account))
	}
	if err := a.readmit(ctx, account, from); err != nil {
		return SignedIn{}, err
	}
	return a.begin(ctx, member, account, from)
}

// accountKey and deviceKey name the counts of failed tries for an address, whatever its case: on browsers that nobody has
// signed in from before, and on those that the member has.
func accountKey(email string) string { return "account:" + strings.ToLower(email) }
func deviceKey(email string) string  { return "device:" + strings.ToLower(email) }

// admit refuses tries that come too fast or too often before a password is looked at.
func (a *App) admit(ctx context.Context, account string, from Client) error {
	if err := a.take(ctx, signInKey(account), triesPerMinute); err != nil {
		return err
	}
	if err := a.take(ctx, signInKey("net:"+network(from.Address)), triesPerMinuteNetwork); err != nil {
		return err
	}
	return a.db.Read(ctx, func(tx *store.Tx) error {
		failures, err := tx.LoginFailures(account)
		if err == nil && failures >= maxFailures {
			return assess.Errorf(assess.RateLimited, "Too many wrong passwords. Set a new one with the link \"Forgotten password\".")
		}
		return err
	})
}

// readmit takes back what admit counted: only tries that fail shall be few.
func (a *App) readmit(ctx context.Context, account string, from Client) error {
	return errors.Join(a.limiter.Return(ctx, signInKey(account), triesPerMinute, time.Minute),
		a.limiter.Return(ctx, signInKey("net:"+network(from.Address)), triesPerMinuteNetwork, time.Minute))
}

func signInKey(of string) string { return "signin:" + of }

// take counts against a limit a minute. Errors: RateLimited.
func (a *App) take(ctx context.Context, key string, perMinute int) error {
	d, err := a.limiter.Take(ctx, key, perMinute, time.Minute)
	if err != nil || d.Allowed {
		return err
	}
	return TooFast(d)
}

// TooFast is the error for a request that a limiter refused.
func TooFast(d ratelimit.Decision) error {
	seconds := int((d.Wait + time.Second - 1) / time.Second)
	return assess.Errorf(assess.RateLimited, "Rate limit exceeded. Try again in %d seconds.", max(seconds, 1))
}

func (a *App) memberByEmail(ctx context.Context, email string) (m assess.Member, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		m, err = tx.MemberByEmail(email)
		return err
	})
	return m, err
}

func (a *App) countFailure(ctx context.Context, account string) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.AddLoginFailure(account) })
}

// begin opens the session, always under a new secret. Errors: Unauthenticated when the password was changed, or the member
// removed, since it was checked.
func (a *App) begin(ctx context.Context, m assess.Member, account string, from Client) (in SignedIn, err error) {
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.NoteSignIn(m); err != nil {
			if assess.KindOf(err) == assess.NotFound {
				return errCredentials
			}
			return err
		}
		if err := tx.ForgetLoginFailures(account); err != nil {
			return err
		}
		in, err = a.openSession(tx, m, assess.Live, from)
		return err
	})
	return in, err
}

// openSession adds a session of the member under a new secret.
func (a *App) openSession(tx *store.Tx, m assess.Member, mode assess.Mode, from Client) (SignedIn, error) {
	token, err := a.newToken()
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: token, Device: a.secrets.deviceMark(m.Email), Member: m}, tx.InsertSession(assess.Session{
		ID: assess.SessionID(a.newID()), Member: m.ID, Org: m.Org, UserAgent: cut(from.UserAgent, 300), Address: network(from.Address),
		Mode: mode, CreatedAt: tx.Now(), LastSeenAt: tx.Now(),
	}, hashToken(token))
}

func cut(s string, runes int) string {
	for i := range s {
		if runes--; runes < 0 {
			return s[:i]
		}
	}
	return s
}

// Visit is a request by somebody who is signed in.
type Visit struct {
	Session      assess.Session
	Member       assess.Member
	Organization assess.Organization
}

// Actor is the member, acting on the data that the session shows.
func (v Visit) Actor() assess.Actor { return v.Member.Actor(v.Session.Mode) }

// touchEvery is how often a session in use is written down: a page view must not cost a write.
const touchEvery = time.Minute

// Visit finds who a session's secret belongs to. Errors: Unauthenticated when it is unknown or over.
func (a *App) Visit(ctx context.Context, token string, from Client) (v Visit, err error) {
	var now time.Time
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.SessionByHash(hashToken(token))
		if err != nil {
			return err
		}
		now, v.Session, v.Member = tx.Now(), found.Session, found.Member
		v.Organization, err = tx.Organization(v.Member.Org)
		return err
	})
	if assess.KindOf(err) == assess.NotFound || err == nil && !v.Session.Live(now) {
		return Visit{}, assess.Errorf(assess.Unauthenticated, "You are signed out. Sign in in another tab, then go on here.")
	}
	if err == nil && now.Sub(v.Session.LastSeenAt) >= touchEvery {
		v.Session.Address = network(from.Address)
		err = a.db.Tx(ctx, func(tx *store.Tx) error { return tx.TouchSession(v.Session) })
	}
	return v, err
}

// SignOut ends the session.
func (a *App) SignOut(ctx context.Context, v Visit) error {
	return a.EndSession(ctx, v.Member, v.Session.ID)
}

// Sessions lists the member's sessions, the most recent first.
func (a *App) Sessions(ctx context.Context, m assess.Member) (sessions []assess.Session, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		sessions, err = tx.Sessions(m.Org, m.ID)
		return err
	})
	return sessions, err
}

// EndSession ends one session of the member. Errors: NotFound.
func (a *App) EndSession(ctx context.Context, m assess.Member, id assess.SessionID) error {
	return a.tx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(m.Org, m.ID, id) })
}

// EndOtherSessions signs the member out everywhere else.
func (a *App) EndOtherSessions(ctx context.Context, v Visit) error {
	return a.tx(ctx, func(tx *store.Tx) error { return tx.DeleteSessions(v.Member.Org, v.Member.ID, v.Session.ID) })
}

// SwitchMode turns the session to live or test data. Errors: Invalid.
func (a *App) SwitchMode(ctx context.Context, v Visit, mode assess.Mode) error {
	if mode != assess.Live && mode != assess.Test {
		return assess.InvalidFields(assess.Problem{Field: "mode", Message: "must be live or test"})
	}
	return a.tx(ctx, func(tx *store.Tx) error { return tx.SetSessionMode(v.Member.Org, v.Session.ID, mode) })
}
