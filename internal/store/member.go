package store

import (
	"time"

	"alfaone/internal/assess"
)

const memberColumns = "org_id, id, first_name, last_name, email, role, password_hash, created_at, joined_at, last_seen_at"

func scanMember(r row) (m assess.Member, err error) {
	err = r.Scan(&m.Org, &m.ID, &m.FirstName, &m.LastName, &m.Email, &m.Role, &m.PasswordHash,
		timeInto{&m.CreatedAt}, timeInto{&m.JoinedAt}, timeInto{&m.LastSeenAt})
	return m, err
}

// Member reads a member. Errors: NotFound.
func (tx *Tx) Member(org assess.OrgID, id assess.MemberID) (assess.Member, error) {
	return one(tx, "member", scanMember, "SELECT "+memberColumns+" FROM members WHERE org_id = $1 AND id = $2", org, id)
}

// MemberByEmail reads a member of whatever organization by address: signing in begins without one. Errors: NotFound.
func (tx *Tx) MemberByEmail(email string) (assess.Member, error) {
	return one(tx, "member", scanMember, "SELECT "+memberColumns+" FROM members WHERE lower(email) = lower($1)", email)
}

// AllMembers reads the members of an organization, the invited ones included, by name.
func (tx *Tx) AllMembers(org assess.OrgID) ([]assess.Member, error) {
	return list(tx, scanMember, "SELECT "+memberColumns+` FROM members WHERE org_id = $1
		ORDER BY lower(first_name), lower(last_name), lower(email), id`, org)
}

// memberSorts are the orders of a list of members.
var memberSorts = map[string]string{"created_at": "created_at", "last_name": "lower(last_name)", "email": "lower(email)"}

// Members reads a page of the members who have joined, with how many there are.
func (tx *Tx) Members(org assess.OrgID, page assess.Page) ([]assess.Member, int, error) {
	var w where
	w.add("org_id = ?", org)
	w.add("joined_at > 0")
	return pageOf(tx, scanMember, memberColumns, "members", &w, page, memberSorts[page.Sort])
}

// CountMembers is how many members an organization has in a role, joined ones only.
func (tx *Tx) CountMembers(org assess.OrgID, role assess.Role) (int, error) {
	return one(tx, "count", scanInt, "SELECT COUNT(*) FROM members WHERE org_id = $1 AND role = $2 AND joined_at > 0", org, role)
}

// AnyMember reports whether the instance has a member at all.
func (tx *Tx) AnyMember() (bool, error) {
	found, err := list(tx, scanInt, "SELECT 1 FROM members LIMIT 1")
	return len(found) > 0, err
}

// InsertMember adds a member. Errors: Conflict when the address is taken, in whatever organization.
func (tx *Tx) InsertMember(m assess.Member) error {
	n, err := tx.exec(`INSERT INTO members (`+memberColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT DO NOTHING`,
		m.Org, m.ID, m.FirstName, m.LastName, m.Email, m.Role, m.PasswordHash, at(m.CreatedAt), at(m.JoinedAt), at(m.LastSeenAt))
	if err == nil && n == 0 {
		return errEmailTaken()
	}
	return err
}

// UpdateMember writes what can change about a member. Errors: NotFound, Conflict when the address is taken.
func (tx *Tx) UpdateMember(m assess.Member) error {
	err := tx.change("member", `UPDATE members SET first_name = $3, last_name = $4, email = $5, role = $6, password_hash = $7,
		joined_at = $8 WHERE org_id = $1 AND id = $2`,
		m.Org, m.ID, m.FirstName, m.LastName, m.Email, m.Role, m.PasswordHash, at(m.JoinedAt))
	if violates(err, "members_email") {
		return errEmailTaken()
	}
	return err
}

func errEmailTaken() error {
	return assess.Errorf(assess.Conflict, "This address already belongs to an account on this server.")
}

// DeleteMember removes a member and all sessions and tokens of theirs. Errors: NotFound.
func (tx *Tx) DeleteMember(org assess.OrgID, id assess.MemberID) error {
	return tx.change("member", "DELETE FROM members WHERE org_id = $1 AND id = $2", org, id)
}

// Purposes of the tokens that are mailed to members.
const (
	JoinToken  = "join"
	ResetToken = "reset"
)

// ReplaceMemberToken makes the token with this hash the only one of its purpose for the member.
func (tx *Tx) ReplaceMemberToken(org assess.OrgID, member assess.MemberID, purpose, hash string, expires time.Time) error {
	if err := tx.deleteMemberTokens(org, member, purpose); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO member_tokens (hash, org_id, member_id, purpose, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		hash, org, member, purpose, at(expires))
	return err
}

func (tx *Tx) deleteMemberTokens(org assess.OrgID, member assess.MemberID, purpose string) error {
	_, err := tx.exec("DELETE FROM member_tokens WHERE org_id = $1 AND member_id = $2 AND purpose = $3", org, member, purpose)
	return err
}

// MemberByToken reads whom an unexpired token belongs to. Errors: NotFound.
func (tx *Tx) MemberByToken(purpose, hash string) (assess.Member, error) {
	return one(tx, "token", scanMember, `SELECT m.org_id, m.id, m.first_name, m.last_name, m.email, m.role, m.password_hash,
		m.created_at, m.joined_at, m.last_seen_at
		FROM member_tokens t JOIN members m ON m.id = t.member_id AND m.org_id = t.org_id
		WHERE t.hash = $1 AND t.purpose = $2 AND t.expires_at > $3`, hash, purpose, at(tx.now))
}

// UseMemberToken takes an unexpired token out of the world and returns whose it was. Errors: NotFound; of two uses one wins.
func (tx *Tx) UseMemberToken(purpose, hash string) (assess.Member, error) {
	m, err := tx.MemberByToken(purpose, hash)
	if err != nil {
		return m, err
	}
	return m, tx.change("token", "DELETE FROM member_tokens WHERE org_id = $1 AND hash = $2", m.Org, hash)
}
