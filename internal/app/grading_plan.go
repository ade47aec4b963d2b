package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// GradingPlan reads who grades the invites of an assessment. Errors: Forbidden, NotFound.
func (a *App) GradingPlan(ctx context.Context, who assess.Actor, id assess.AssessmentID) (p assess.GradingPlan, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return p, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.AssessmentSummary(who.Org, who.Mode, id); err != nil {
			return err
		}
		p, err = tx.GradingPlan(who.Org, id)
		return err
	})
	return p, err
}

// SetGradingPlan changes who grades the invites of an assessment that are completed from now on; p.Revision is that at which the
// plan was read. Errors: Forbidden; NotFound (no such assessment or grader); Invalid; Conflict when somebody else was faster.
func (a *App) SetGradingPlan(ctx context.Context, who assess.Actor, p assess.GradingPlan) error {
	if err := who.May(assess.AssignGraders); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.AssessmentSummary(who.Org, who.Mode, p.Assessment); err != nil {
			return err
		}
		for _, m := range p.Graders {
			if _, err := grader(tx, who.Org, m); err != nil {
				return err
			}
		}
		if err := tx.HoldGradingPlan(who.Org, p.Assessment); err != nil { // whose turn it is must not go back
			return err
		}
		was, err := tx.GradingPlan(who.Org, p.Assessment)
		if err != nil {
			return err
		}
		p.Org, p.Turn = who.Org, was.Turn
		revision := p.Revision
		p.Revision++
		return tx.SaveGradingPlan(p, revision)
	})
}
