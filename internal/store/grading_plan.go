package store

import "alfaone/internal/assess"

// GradingPlan reads who grades the invites of an assessment; by default nobody.
func (tx *Tx) GradingPlan(org assess.OrgID, assessment assess.AssessmentID) (assess.GradingPlan, error) {
	found, err := list(tx, func(r row) (p assess.GradingPlan, err error) {
		return p, r.Scan(&p.Org, &p.Assessment, jsonInto{&p.Graders}, &p.PerInvite, &p.Blind, &p.Gap, &p.DueDays, &p.Turn, &p.Revision)
	}, `SELECT org_id, assessment_id, graders, per_invite, blind, gap, due_days, turn, revision FROM grading_plans
		WHERE org_id = $1 AND assessment_id = $2`, org, assessment)
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return assess.GradingPlan{Org: org, Assessment: assessment}, nil
}

// SaveGradingPlan writes a plan that was read at the given revision; p.Revision is the new one. Errors: Conflict when somebody else
// has changed it since.
func (tx *Tx) SaveGradingPlan(p assess.GradingPlan, revision int) error {
	graders, err := asJSON(p.Graders)
	if err != nil {
		return err
	}
	n, err := tx.exec(`INSERT INTO grading_plans (org_id, assessment_id, graders, per_invite, blind, gap, due_days, turn, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (assessment_id) DO UPDATE SET graders = EXCLUDED.graders,
		per_invite = EXCLUDED.per_invite, blind = EXCLUDED.blind, gap = EXCLUDED.gap, due_days = EXCLUDED.due_days, turn = EXCLUDED.turn,
		revision = EXCLUDED.revision WHERE grading_plans.org_id = EXCLUDED.org_id AND grading_plans.revision = $10`,
		p.Org, p.Assessment, graders, p.PerInvite, p.Blind, p.Gap, p.DueDays, p.Turn, p.Revision, revision)
	if err == nil && n == 0 {
		err = assess.Errorf(assess.Conflict, "Somebody else has changed this in the meantime. Reload it to go on.")
	}
	return err
}

// SetGradingTurn writes whose turn it is, after the caller has held the plan.
func (tx *Tx) SetGradingTurn(p assess.GradingPlan) error {
	_, err := tx.exec("UPDATE grading_plans SET turn = $3 WHERE org_id = $1 AND assessment_id = $2", p.Org, p.Assessment, p.Turn)
	return err
}

// HoldGradingPlan keeps everybody else from changing the plan until the transaction ends.
func (tx *Tx) HoldGradingPlan(org assess.OrgID, assessment assess.AssessmentID) error {
	_, err := tx.exec("UPDATE grading_plans SET turn = turn WHERE org_id = $1 AND assessment_id = $2", org, assessment)
	return err
}
