package store

import (
	"time"

	"alfaone/internal/assess"
)

// InsertSession adds a session under the hash of its secret.
func (tx *Tx) InsertSession(s assess.Session, hash string) error {
	_, err := tx.exec(`INSERT INTO sessions (id, hash, org_id, member_id, user_agent, address, mode, created_at, last_seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, hash, s.Org, s.Member, s.UserAgent, s.Address, s.Mode, at(s.CreatedAt), at(s.LastSeenAt))
	return err
}

const sessionColumns = "s.id, s.org_id, s.member_id, s.user_agent, s.address, s.mode, s.created_at, s.last_seen_at"

func scanSession(r row) (s assess.Session, err error) {
	err = r.Scan(&s.ID, &s.Org, &s.Member, &s.UserAgent, &s.Address, &s.Mode, timeInto{&s.CreatedAt}, timeInto{&s.LastSeenAt})
	return s, err
}

// SessionMember is a session together with whose it is.
type SessionMember struct {
	Session assess.Session
	Member  assess.Member
}

// SessionByHash reads the session with this hash and its member; whether it still counts is for the caller. Errors: NotFound.
func (tx *Tx) SessionByHash(hash string) (SessionMember, error) {
	return one(tx, "session", func(r row) (sm SessionMember, err error) {
		s, m := &sm.Session, &sm.Member
		err = r.Scan(&s.ID, &s.Org, &s.Member, &s.UserAgent, &s.Address, &s.Mode, timeInto{&s.CreatedAt}, timeInto{&s.LastSeenAt},
			&m.Org, &m.ID, &m.FirstName, &m.LastName, &m.Email, &m.Role, &m.PasswordHash,
			timeInto{&m.CreatedAt}, timeInto{&m.JoinedAt}, timeInto{&m.LastSeenAt})
		return sm, err
	}, "SELECT "+sessionColumns+`, m.org_id, m.id, m.first_name, m.last_name, m.email, m.role, m.password_hash,
		m.created_at, m.joined_at, m.last_seen_at
		FROM sessions s JOIN members m ON m.id = s.member_id AND m.org_id = s.org_id WHERE s.hash = $1`, hash)
}

// Sessions reads a member's sessions that still count, the most recent first.
func (tx *Tx) Sessions(org assess.OrgID, member assess.MemberID) ([]assess.Session, error) {
	return list(tx, scanSession, "SELECT "+sessionColumns+` FROM sessions s WHERE s.org_id = $1 AND s.member_id = $2
		AND s.last_seen_at > $3 AND s.created_at > $4 ORDER BY s.last_seen_at DESC, s.id`,
		org, member, at(tx.now.Add(-assess.SessionIdle)), at(tx.now.Add(-assess.SessionMax)))
}

// TouchSession notes that the session was used, and from where.
func (tx *Tx) TouchSession(s assess.Session) error {
	if _, err := tx.exec("UPDATE sessions SET last_seen_at = $3, address = $4 WHERE org_id = $1 AND id = $2",
		s.Org, s.ID, at(tx.now), s.Address); err != nil {
		return err
	}
	_, err := tx.exec("UPDATE members SET last_seen_at = $3 WHERE org_id = $1 AND id = $2", s.Org, s.Member, at(tx.now))
	return err
}

// SetSessionMode turns the session to live or test data. Errors: NotFound.
func (tx *Tx) SetSessionMode(org assess.OrgID, id assess.SessionID, mode assess.Mode) error {
	return tx.change("session", "UPDATE sessions SET mode = $3 WHERE org_id = $1 AND id = $2", org, id, mode)
}

// DeleteSession ends one session of a member. Errors: NotFound.
func (tx *Tx) DeleteSession(org assess.OrgID, member assess.MemberID, id assess.SessionID) error {
	return tx.change("session", "DELETE FROM sessions WHERE org_id = $1 AND member_id = $2 AND id = $3", org, member, id)
}

// DeleteSessions ends all sessions of a member but the one named, which may be empty.
func (tx *Tx) DeleteSessions(org assess.OrgID, member assess.MemberID, but assess.SessionID) error {
	_, err := tx.exec("DELETE FROM sessions WHERE org_id = $1 AND member_id = $2 AND id <> $3", org, member, but)
	return err
}

// DeleteStaleSessions removes sessions that ended before the given time, of whatever organization.
func (tx *Tx) DeleteStaleSessions(before time.Time) error {
	_, err := tx.exec("DELETE FROM sessions WHERE last_seen_at < $1", at(before))
	return err
}

// NoteSignIn notes that a member has signed in. It waits for whoever is changing the member. Errors: NotFound when the
// password is not m's any more, or the member is gone.
func (tx *Tx) NoteSignIn(m assess.Member) error {
	return tx.change("member", "UPDATE members SET last_seen_at = $4 WHERE org_id = $1 AND id = $2 AND password_hash = $3",
		m.Org, m.ID, m.PasswordHash, at(tx.now))
}

// LoginFailures is how many times in a row signing in failed under a key.
func (tx *Tx) LoginFailures(key string) (int, error) {
	found, err := list(tx, scanInt, "SELECT failures FROM login_failures WHERE key = $1", key)
	return first(found), err
}

// AddLoginFailure adds one to what LoginFailures reads.
func (tx *Tx) AddLoginFailure(key string) error {
	_, err := tx.exec(`INSERT INTO login_failures (key, failures, updated_at) VALUES ($1, 1, $2)
		ON CONFLICT (key) DO UPDATE SET failures = login_failures.failures + 1, updated_at = EXCLUDED.updated_at`, key, at(tx.now))
	return err
}

// ForgetLoginFailures sets what LoginFailures reads to 0.
func (tx *Tx) ForgetLoginFailures(key string) error {
	_, err := tx.exec("DELETE FROM login_failures WHERE key = $1", key)
	return err
}

// DeleteStaleLoginFailures forgets keys that have been quiet since before.
func (tx *Tx) DeleteStaleLoginFailures(before time.Time) error {
	_, err := tx.exec("DELETE FROM login_failures WHERE updated_at < $1", at(before))
	return err
}
