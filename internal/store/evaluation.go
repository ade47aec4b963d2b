package store

import (
	"time"

	"alfaone/internal/assess"
)

const evaluationColumns = `org_id, mode, id, invite_id, assessment_id, grader_id, grader_name, state, blind, adjudicates, assigned_at, ready_at, due_at,
	submitted_at, revision, note, points, reopened`

func scanEvaluation(r row) (e assess.Evaluation, err error) {
	return e, r.Scan(&e.Org, &e.Mode, &e.ID, &e.Invite, &e.Assessment, &e.Grader, &e.GraderName, &e.State, &e.Blind, &e.Adjudicates, timeInto{&e.AssignedAt},
		timeInto{&e.ReadyAt}, timeInto{&e.DueAt}, timeInto{&e.SubmittedAt}, &e.Revision, &e.Note, &e.Points, &e.Reopened)
}

// Evaluation reads an evaluation. Errors: NotFound.
func (tx *Tx) Evaluation(org assess.OrgID, mode assess.Mode, id assess.EvaluationID) (assess.Evaluation, error) {
	return one(tx, "evaluation", scanEvaluation, "SELECT "+evaluationColumns+" FROM evaluations WHERE org_id = $1 AND mode = $2 AND id = $3", org, mode, id)
}

// Evaluations reads the evaluations of an invite, withdrawn ones included, as they were assigned.
func (tx *Tx) Evaluations(org assess.OrgID, invite assess.InviteID) ([]assess.Evaluation, error) {
	return list(tx, scanEvaluation, "SELECT "+evaluationColumns+" FROM evaluations WHERE org_id = $1 AND invite_id = $2 ORDER BY assigned_at, id", org, invite)
}

// AnySubmitted reports whether somebody has submitted an evaluation of an invite.
func (tx *Tx) AnySubmitted(org assess.OrgID, invite assess.InviteID) (bool, error) {
	found, err := list(tx, scanInt, "SELECT 1 FROM evaluations WHERE org_id = $1 AND invite_id = $2 AND state = 'submitted' LIMIT 1", org, invite)
	return len(found) > 0, err
}

// GradersOf reads the members who are to grade an invite, in the order in which it was assigned to them.
func (tx *Tx) GradersOf(org assess.OrgID, invite assess.InviteID) ([]assess.Member, error) {
	return list(tx, scanMember, "SELECT "+prefixed("m", memberColumns)+` FROM evaluations e JOIN members m ON m.org_id = e.org_id AND m.id = e.grader_id
		WHERE e.org_id = $1 AND e.invite_id = $2 AND e.state <> 'withdrawn' ORDER BY e.assigned_at, e.id`, org, invite)
}

// InsertEvaluation assigns an invite to a grader. It reports whether it did; if not, the grader has it, or had it, already.
func (tx *Tx) InsertEvaluation(e assess.Evaluation) (bool, error) {
	n, err := tx.exec(`INSERT INTO evaluations (`+evaluationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (invite_id, org_id, grader_id) DO NOTHING`,
		e.Org, e.Mode, e.ID, e.Invite, e.Assessment, e.Grader, e.GraderName, e.State, e.Blind, e.Adjudicates, at(e.AssignedAt), at(e.ReadyAt), at(e.DueAt),
		at(e.SubmittedAt), e.Revision, e.Note, e.Points, e.Reopened)
	return n > 0, err
}

// UpdateEvaluation writes an evaluation that was read at the given revision; e.Revision is the new one. It reports whether it
// was still at that.
func (tx *Tx) UpdateEvaluation(e assess.Evaluation, revision int) (bool, error) {
	n, err := tx.exec(`UPDATE evaluations SET state = $5, blind = $6, adjudicates = $7, assigned_at = $8, ready_at = $9, due_at = $10, submitted_at = $11,
		revision = $12, note = $13, points = $14, reopened = $15, grader_name = $16 WHERE org_id = $1 AND mode = $2 AND id = $3 AND revision = $4`,
		e.Org, e.Mode, e.ID, revision, e.State, e.Blind, e.Adjudicates, at(e.AssignedAt), at(e.ReadyAt), at(e.DueAt), at(e.SubmittedAt),
		e.Revision, e.Note, e.Points, e.Reopened, e.GraderName)
	return n > 0, err
}

// HoldEvaluation keeps everybody else from changing an evaluation until the transaction ends. Errors: NotFound.
func (tx *Tx) HoldEvaluation(org assess.OrgID, id assess.EvaluationID) error {
	return tx.change("evaluation", "UPDATE evaluations SET revision = revision WHERE org_id = $1 AND id = $2", org, id)
}

// ReadyEvaluations makes the evaluations of an invite that is completed now ready to be scored.
func (tx *Tx) ReadyEvaluations(org assess.OrgID, invite assess.InviteID, due time.Time) error {
	_, err := tx.exec(`UPDATE evaluations SET ready_at = $3, due_at = $4, revision = revision + 1
		WHERE org_id = $1 AND invite_id = $2 AND state = 'open' AND ready_at = 0`, org, invite, at(tx.now), at(due))
	return err
}

// UnassignedInvites reads up to limit completed invites of an assessment that nobody is to grade, the oldest first, without
// their tags. They are those after the given one, or the first for the zero Invite.
func (tx *Tx) UnassignedInvites(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID, after assess.Invite, limit int) ([]assess.Invite, error) {
	return list(tx, scanInvite, "SELECT "+inviteColumns+` FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND status = 'completed'
		AND NOT EXISTS (SELECT 1 FROM grades g WHERE g.org_id = invites.org_id AND g.invite_id = invites.id)
		AND (completed_at, id) > ($4, $5) ORDER BY completed_at, id LIMIT $6`, org, mode, assessment, at(after.CompletedAt), after.ID, limit)
}

// OpenEvaluationsOf reads the evaluations that a member has not submitted, in either mode.
func (tx *Tx) OpenEvaluationsOf(org assess.OrgID, grader assess.MemberID) ([]assess.Evaluation, error) {
	return list(tx, scanEvaluation, "SELECT "+evaluationColumns+" FROM evaluations WHERE org_id = $1 AND grader_id = $2 AND state = 'open' ORDER BY id", org, grader)
}
