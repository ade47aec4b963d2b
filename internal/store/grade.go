package store

import "alfaone/internal/assess"

func scanGrade(r row) (g assess.Grade, err error) {
	return g, r.Scan(&g.State, &g.Points, &g.Max, timeInto{&g.GradedAt})
}

// Grade reads what the evaluations of an invite amount to; ungraded where nobody is to grade it.
func (tx *Tx) Grade(org assess.OrgID, invite assess.InviteID) (assess.Grade, error) {
	found, err := list(tx, scanGrade, "SELECT state, points, max_points, graded_at FROM grades WHERE org_id = $1 AND invite_id = $2", org, invite)
	return first(found), err
}

// SetGrade writes what the evaluations of an invite amount to.
func (tx *Tx) SetGrade(inv assess.Invite, g assess.Grade) error {
	if g.State == assess.Ungraded {
		_, err := tx.exec("DELETE FROM grades WHERE org_id = $1 AND invite_id = $2", inv.Org, inv.ID)
		return err
	}
	_, err := tx.exec(`INSERT INTO grades (org_id, mode, invite_id, assessment_id, state, points, max_points, graded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (invite_id) DO UPDATE SET state = EXCLUDED.state, points = EXCLUDED.points,
		max_points = EXCLUDED.max_points, graded_at = EXCLUDED.graded_at WHERE grades.org_id = EXCLUDED.org_id`,
		inv.Org, inv.Mode, inv.ID, inv.Assessment, g.State, g.Points, g.Max, at(g.GradedAt))
	return err
}

const decisionColumns = "invite_id, number, outcome, reason, member_id, member_name, at"

func scanDecision(r row) (d assess.Decision, err error) {
	return d, r.Scan(&d.Invite, &d.Number, &d.Outcome, &d.Reason, &d.Member, &d.MemberName, timeInto{&d.At})
}

// Decisions reads what was decided about the candidate of an invite, the oldest first.
func (tx *Tx) Decisions(org assess.OrgID, invite assess.InviteID) ([]assess.Decision, error) {
	return list(tx, scanDecision, "SELECT "+decisionColumns+" FROM decisions WHERE org_id = $1 AND invite_id = $2 ORDER BY number", org, invite)
}

// InsertDecision adds a decision as the next about its invite, and returns its number. The caller holds the invite.
func (tx *Tx) InsertDecision(org assess.OrgID, d assess.Decision) (int, error) {
	return one(tx, "decision", scanInt, `INSERT INTO decisions (org_id, invite_id, number, outcome, reason, member_id, member_name, at)
		VALUES ($1, $2, (SELECT COALESCE(MAX(number), 0) + 1 FROM decisions WHERE org_id = $1 AND invite_id = $2), $3, $4, $5, $6, $7) RETURNING number`,
		org, d.Invite, d.Outcome, d.Reason, d.Member, d.MemberName, at(d.At))
}
