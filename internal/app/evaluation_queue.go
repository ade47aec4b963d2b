package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// QueuedEvaluation is an evaluation as a grader's queue shows it. Where it is blind, the candidate has no name and no address.
type QueuedEvaluation struct {
	store.QueuedEvaluation
	Answers int // that need scores
	Scored  int // of them
	Next    int // number of the first question that needs a score; 0 when none does
}

// Queue is what a grader has to do, as it stood at At.
type Queue struct {
	At        time.Time
	Waiting   []QueuedEvaluation // the most urgent first
	Total     int                // how many wait, those that are not shown included
	Overdue   int
	Submitted []QueuedEvaluation // the newest first
}

const (
	queueShown     = 200
	submittedShown = 20
	soon           = 48 * time.Hour
)

// DueSoon reports whether the evaluation should be submitted within two days, and is not overdue.
func (e QueuedEvaluation) DueSoon(now time.Time) bool {
	return !e.DueAt.IsZero() && !e.Overdue(now) && e.DueAt.Before(now.Add(soon))
}

// Queue reads what the member has to grade. Errors: Forbidden.
func (a *App) Queue(ctx context.Context, who assess.Actor) (q Queue, err error) {
	if err := who.May(assess.GradeAssigned); err != nil {
		return q, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		q, err = queueOf(tx, who)
		return err
	})
	return q, err
}

func queueOf(tx *store.Tx, who assess.Actor) (q Queue, err error) {
	q.At = tx.Now()
	me := assess.MemberID(who.ID)
	if q.Total, q.Overdue, err = tx.CountQueue(who.Org, who.Mode, me); err != nil {
		return q, err
	}
	waiting, err := tx.Queue(who.Org, who.Mode, me, queueShown)
	if err != nil {
		return q, err
	}
	submitted, err := tx.Submitted(who.Org, who.Mode, me, submittedShown)
	if err != nil {
		return q, err
	}
	q.Waiting, q.Submitted = queued(waiting), queued(submitted)
	return q, q.measure(tx, who)
}

func queued(list []store.QueuedEvaluation) []QueuedEvaluation {
	out := make([]QueuedEvaluation, len(list))
	for i, e := range list {
		if e.Hides() {
			e.Email, e.Name = "", ""
		}
		out[i].QueuedEvaluation = e
	}
	return out
}

// measure counts what needs scores in those that wait, and what has them.
func (q *Queue) measure(tx *store.Tx, who assess.Actor) error {
	answers, err := tx.QueuedAnswers(who.Org, who.Mode, assess.MemberID(who.ID), queueShown)
	if err != nil {
		return err
	}
	given := map[assess.EvaluationID]map[assess.QuestionID]bool{}
	for _, a := range answers {
		if given[a.Evaluation] == nil {
			given[a.Evaluation] = map[assess.QuestionID]bool{}
		}
		given[a.Evaluation][a.Question] = a.Scored
	}
	contents := map[assess.AssessmentID]map[int]assess.Content{}
	for i, e := range q.Waiting {
		if contents[e.Assessment] == nil {
			contents[e.Assessment] = map[int]assess.Content{}
		}
		content, known := contents[e.Assessment][e.Version]
		if !known {
			if content, err = tx.AssessmentVersion(who.Org, e.Assessment, e.Version); err != nil {
				return err
			}
			contents[e.Assessment][e.Version] = content
		}
		q.Waiting[i].measure(content, given[e.ID])
	}
	return nil
}

func (e *QueuedEvaluation) measure(c assess.Content, given map[assess.QuestionID]bool) {
	for i, question := range c.Questions {
		scored, answered := given[question.ID]
		switch {
		case !answered || len(question.Rubric()) == 0:
			continue
		case scored:
			e.Scored++
		case e.Next == 0:
			e.Next = i + 1
		}
		e.Answers++
	}
}

// CountQueue is how many evaluations wait for the member; 0 for who does not grade.
func (a *App) CountQueue(ctx context.Context, who assess.Actor) (n int, err error) {
	if !who.Can(assess.GradeAssigned) {
		return 0, nil
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		n, _, err = tx.CountQueue(who.Org, who.Mode, assess.MemberID(who.ID))
		return err
	})
	return n, err
}

// AlikeEvaluations are those that wait for the member and score the same questions as the one given, itself included, the most
// urgent first. Errors: Forbidden, NotFound.
func (a *App) AlikeEvaluations(ctx context.Context, who assess.Actor, id assess.EvaluationID) (out []assess.EvaluationID, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		e, inv, err := mine(tx, who, id)
		if err != nil {
			return err
		}
		out, err = tx.AlikeEvaluations(e.Org, e.Mode, e.Grader, e.Assessment, inv.Version)
		return err
	})
	return out, err
}
