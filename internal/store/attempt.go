package store

import "alfaone/internal/assess"

// Tab reads which tab holds the attempt of an invite; empty where none does.
func (tx *Tx) Tab(org assess.OrgID, invite assess.InviteID) (string, error) {
	found, err := list(tx, scanID[string], "SELECT tab FROM attempts WHERE org_id = $1 AND invite_id = $2", org, invite)
	return first(found), err
}

// SetTab gives the attempt to a tab.
func (tx *Tx) SetTab(org assess.OrgID, invite assess.InviteID, tab string) error {
	_, err := tx.exec(`INSERT INTO attempts (org_id, invite_id, tab, seated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (invite_id) DO UPDATE SET tab = EXCLUDED.tab, seated_at = EXCLUDED.seated_at
		WHERE attempts.org_id = EXCLUDED.org_id`, org, invite, tab, at(tx.now))
	return err
}

// OverdueAttempts reads up to limit started invites of all organizations whose time has passed, the most overdue first, without
// their tags.
func (tx *Tx) OverdueAttempts(limit int) ([]assess.Invite, error) {
	return list(tx, scanInvite, "SELECT "+inviteColumns+` FROM invites WHERE status = 'started' AND complete_by > 0 AND complete_by <= $1
		ORDER BY complete_by, id LIMIT $2`, at(tx.now), limit)
}

// Accommodation reads what a candidate is allowed beyond the invite; by default nothing.
func (tx *Tx) Accommodation(org assess.OrgID, invite assess.InviteID) (assess.Accommodation, error) {
	found, err := list(tx, func(r row) (a assess.Accommodation, err error) {
		return a, r.Scan(&a.Org, &a.Invite, &a.TimeFactor, &a.ExtraTakes, &a.ExtraPlays, &a.Instead)
	}, `SELECT org_id, invite_id, time_factor, extra_takes, extra_plays, instead FROM accommodations
		WHERE org_id = $1 AND invite_id = $2`, org, invite)
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return assess.Accommodation{Org: org, Invite: invite}, nil
}

// SetAccommodation writes what a candidate is allowed beyond the invite.
func (tx *Tx) SetAccommodation(a assess.Accommodation) error {
	_, err := tx.exec(`INSERT INTO accommodations (org_id, invite_id, time_factor, extra_takes, extra_plays, instead)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (invite_id) DO UPDATE SET time_factor = EXCLUDED.time_factor,
		extra_takes = EXCLUDED.extra_takes, extra_plays = EXCLUDED.extra_plays, instead = EXCLUDED.instead
		WHERE accommodations.org_id = EXCLUDED.org_id`,
		a.Org, a.Invite, a.TimeFactor, a.ExtraTakes, a.ExtraPlays, a.Instead)
	return err
}
