package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Results is all that is known of one invite: what was answered, what graders made of it, and what was decided.
type Results struct {
	InviteDetail
	At          time.Time // when it was so
	Given       InviteAnswers
	Grade       assess.Grade
	Hidden      bool              // whether scores are kept from who asks, because they have yet to grade the invite blind
	Evaluations []GivenEvaluation // in the order of their assignment; withdrawn ones are left out
	Answers     []ScoredAnswer
	Decisions   []assess.Decision // the oldest first; the newest holds; none while Hidden
}

// Decision is the one that holds; nil while nothing is decided.
func (r Results) Decision() *assess.Decision {
	if len(r.Decisions) == 0 {
		return nil
	}
	return &r.Decisions[len(r.Decisions)-1]
}

// GivenEvaluation is an evaluation with all that its grader gives. Marks, comments and note are left out while it is not
// submitted: they are the grader's own until then.
type GivenEvaluation struct {
	assess.Evaluation
	Marks    []assess.Mark
	Comments []assess.Comment // by question and moment
}

// Mark is what it gives to the answer to a question.
func (g GivenEvaluation) Mark(q assess.QuestionID) assess.Mark {
	for _, m := range g.Marks {
		if m.Question == q {
			return m
		}
	}
	return assess.Mark{Question: q, Scores: map[assess.CriterionID]int{}}
}

// CommentsOn are its comments on the answer to a question, by their moment.
func (g GivenEvaluation) CommentsOn(q assess.QuestionID) (out []assess.Comment) {
	for _, c := range g.Comments {
		if c.Question == q {
			out = append(out, c)
		}
	}
	return out
}

// ScoredAnswer is an answer with the scores that count.
type ScoredAnswer struct {
	GivenAnswer
	Scored   bool    // whether there is a score
	Points   float64 // the sum of the criteria
	Max      int
	Criteria []ScoredCriterion // empty for a question without points
	Remarks  []Remark          // of every visible evaluation that says something
}

// ScoredCriterion is a criterion with the mean of the scores that count.
type ScoredCriterion struct {
	assess.Criterion
	Points float64
}

// Remark is what one grader gives to an answer.
type Remark struct {
	Evaluation assess.Evaluation
	Mark       assess.Mark
	Comments   []assess.Comment
}

// Results reads the results of an invite. Errors: Forbidden, NotFound.
func (a *App) Results(ctx context.Context, who assess.Actor, id assess.InviteID) (r Results, err error) {
	if err := who.May(assess.ReadResults); err != nil {
		return r, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		r, err = resultsOf(tx, who, id)
		return err
	})
	return r, err
}

// resultsOf reads the results of an invite for who may read results, whatever else they may not.
func resultsOf(tx *store.Tx, who assess.Actor, id assess.InviteID) (r Results, err error) {
	if r.InviteDetail, err = detailOf(tx, who, id); err != nil {
		return r, err
	}
	r.At = tx.Now()
	if r.Given, err = answersOf(tx, r.Invite); err != nil {
		return r, err
	}
	if r.Grade, err = tx.Grade(who.Org, id); err != nil {
		return r, err
	}
	if r.Decisions, err = tx.Decisions(who.Org, id); err != nil {
		return r, err
	}
	all, err := tx.Evaluations(who.Org, r.Invite.ID)
	if err != nil {
		return r, err
	}
	r.show(who, all)
	if err := r.give(tx); err != nil {
		return r, err
	}
	if r.Hidden {
		r.Grade, r.Decisions = assess.Grade{State: assess.Grading, Max: r.Grade.Max}, nil // a reason may tell the scores
	}
	counting := r.counting()
	for _, answer := range r.Given.Questions {
		r.Answers = append(r.Answers, scored(answer, counting, r.Evaluations))
	}
	return r, nil
}

// show puts in the evaluations but for what they give, as far as who asks may see them.
func (r *Results) show(who assess.Actor, all []assess.Evaluation) {
	r.Hidden = hides(who, all)
	for _, e := range all {
		if !r.visible(e) {
			e.Note, e.Points = "", 0
		}
		if r.Hidden {
			e.Reopened = "" // why may say how it was scored
		}
		if e.State != assess.EvaluationWithdrawn {
			r.Evaluations = append(r.Evaluations, GivenEvaluation{Evaluation: e})
		}
	}
}

// visible reports whether who asks may see what the evaluation gives.
func (r *Results) visible(e assess.Evaluation) bool {
	return e.State == assess.EvaluationSubmitted && !r.Hidden
}

// give reads what the visible evaluations give.
func (r *Results) give(tx *store.Tx) (err error) {
	for i, e := range r.Evaluations {
		if !r.visible(e.Evaluation) {
			continue
		}
		if r.Evaluations[i], err = givenEvaluation(tx, e.Evaluation); err != nil {
			return err
		}
	}
	return nil
}

// hides reports whether scores are kept from who asks: they have to grade the invite blind, and have not submitted.
func hides(who assess.Actor, evaluations []assess.Evaluation) bool {
	for _, e := range evaluations {
		if who.Kind == assess.ByMember && e.Grader == assess.MemberID(who.ID) && e.State == assess.EvaluationOpen && e.Blind {
			return true
		}
	}
	return false
}

func givenEvaluation(tx *store.Tx, e assess.Evaluation) (g GivenEvaluation, err error) {
	g.Evaluation = e
	if g.Marks, err = tx.Marks(e.Org, e.ID); err != nil {
		return g, err
	}
	g.Comments, err = tx.Comments(e.Org, e.ID)
	return g, err
}

// counting are the evaluations that make the grade: the adjudicator's alone, else all that are submitted.
func (r *Results) counting() (out []GivenEvaluation) {
	for _, e := range r.Evaluations {
		switch {
		case !r.visible(e.Evaluation):
		case e.Adjudicates:
			return []GivenEvaluation{e}
		default:
			out = append(out, e)
		}
	}
	return out
}

func scored(answer GivenAnswer, counting, all []GivenEvaluation) ScoredAnswer {
	out := ScoredAnswer{GivenAnswer: answer, Scored: len(counting) > 0, Max: answer.Question.Points}
	for _, c := range answer.Question.Rubric() {
		criterion := ScoredCriterion{Criterion: c}
		for _, e := range counting {
			criterion.Points += float64(e.Mark(answer.Question.ID).Scores[c.ID]) / float64(len(counting))
		}
		out.Points += criterion.Points
		out.Criteria = append(out.Criteria, criterion)
	}
	for _, e := range all {
		mark, comments := e.Mark(answer.Question.ID), e.CommentsOn(answer.Question.ID)
		if len(mark.Scores) > 0 || mark.Comment != "" || len(comments) > 0 {
			out.Remarks = append(out.Remarks, Remark{Evaluation: e.Evaluation, Mark: mark, Comments: comments})
		}
	}
	return out
}
