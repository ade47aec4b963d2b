package app

import (
	"fmt"
	"slices"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// regrade writes down what the evaluations of an invite amount to now, and has somebody adjudicate where they differ too far.
// The caller holds the plan and the invite.
func (a *App) regrade(tx *store.Tx, who assess.Actor, inv assess.Invite, plan assess.GradingPlan) error {
	evaluations, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return err
	}
	was, err := tx.Grade(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	now := assess.GradeOf(evaluations, content.TotalPoints(), plan.Gap)
	if now.State == assess.Graded || now.State == assess.Disputed {
		now.GradedAt = tx.Now()
		if now.State == was.State && now.Points == was.Points {
			now.GradedAt = was.GradedAt
		}
	}
	if err := tx.SetGrade(inv, now); err != nil {
		return err
	}
	if now.State == was.State && now.Points == was.Points {
		return nil
	}
	switch now.State {
	case assess.Graded:
		return a.emit(tx, assess.AttemptGraded, who, inv, gradeNote(now))
	case assess.Disputed:
		return a.dispute(tx, who, inv, plan, evaluations)
	default:
		return nil
	}
}

// gradeNote is the grade for the timeline.
func gradeNote(g assess.Grade) string {
	return fmt.Sprintf("%s of %d points", points(g.Points), g.Max)
}

// points writes a number of points, which may be a mean.
func points(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) }

// dispute tells that the graders differ, and asks the next in turn to adjudicate unless somebody is asked already.
func (a *App) dispute(tx *store.Tx, who assess.Actor, inv assess.Invite, plan assess.GradingPlan, evaluations []assess.Evaluation) error {
	if err := a.emit(tx, assess.InviteDisputed, who, inv, ""); err != nil {
		return err
	}
	if slices.ContainsFunc(evaluations, adjudicating) {
		return nil
	}
	_, err := a.takeTurns(tx, inv, plan, evaluations, assignment{adjudicates: true, n: 1})
	return err
}
