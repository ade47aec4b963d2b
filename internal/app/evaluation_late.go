package app

import (
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// answerArrived opens again what graders have submitted without an answer that has arrived since: they gave nothing for it.
func (a *App) answerArrived(tx *store.Tx, rec assess.Recording) error {
	if submitted, err := tx.AnySubmitted(rec.Org, rec.Invite); err != nil || !submitted {
		return err
	}
	inv, plan, err := heldForGrading(tx, rec.Org, rec.Mode, rec.Invite)
	if err != nil {
		return err
	}
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return err
	}
	evaluations, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	for _, e := range evaluations {
		if e.State != assess.EvaluationSubmitted {
			continue
		}
		if err := a.reopenFor(tx, inv, e, questionOf(content, rec.Question)); err != nil {
			return err
		}
	}
	return a.regrade(tx, system(inv.Org, inv.Mode), inv, plan)
}

// lateReason is why an evaluation is opened again by itself.
const lateReason = "an answer arrived after it was submitted"

// reopenFor opens an evaluation again, with the scores of one question taken out.
func (a *App) reopenFor(tx *store.Tx, inv assess.Invite, e assess.Evaluation, q assess.Question) error {
	if err := tx.HoldEvaluation(e.Org, e.ID); err != nil {
		return err
	}
	mark, err := tx.Mark(e.Org, e.ID, q.ID)
	if err != nil {
		return err
	}
	seen := mark.Revision
	mark.Revision, mark.Scores, mark.SavedAt = seen+1, map[assess.CriterionID]int{}, tx.Now()
	if _, err := tx.SaveMark(e.Org, e.ID, q, mark, seen); err != nil {
		return err
	}
	who := system(inv.Org, inv.Mode)
	if err := rewrite(tx, e.Reopen(who, lateReason, tx.Now())); err != nil {
		return err
	}
	return a.emit(tx, assess.InviteReopened, who, inv, e.GraderName+": "+lateReason)
}

func questionOf(content assess.Content, id assess.QuestionID) assess.Question {
	for _, q := range content.Questions {
		if q.ID == id {
			return q
		}
	}
	return assess.Question{ID: id}
}
