package app_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// taken adds an invite to the assessment that was completed an hour after it began, and that graders have given points of ten.
func (w *world) taken(asm assess.Assessment, points map[assess.MemberID]int, change ...func(*assess.Evaluation)) assess.Invite {
	w.t.Helper()
	inv := w.invite(asm, uuid.NewString()+"@example.com")
	w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error {
		done := inv
		done.Stored, done.AcceptedAt, done.StartedAt, done.CompletedAt = assess.Completed, inv.SentAt, inv.SentAt, inv.SentAt.Add(time.Hour)
		if _, err := tx.MoveInvite(inv, done); err != nil {
			return err
		}
		sum := 0
		for grader, given := range points {
			e := assess.Evaluation{
				ID: assess.EvaluationID(uuid.NewString()), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: asm.ID, Grader: grader, GraderName: string(grader),
				State: assess.EvaluationSubmitted, AssignedAt: inv.SentAt, ReadyAt: inv.SentAt, SubmittedAt: inv.SentAt.Add(36 * time.Hour), Revision: 1, Points: given,
			}
			for _, f := range change {
				f(&e)
			}
			if _, err := tx.InsertEvaluation(e); err != nil {
				return err
			}
			sum += given
		}
		return tx.SetGrade(inv, assess.Grade{State: assess.Graded, Points: float64(sum) / float64(len(points)), Max: 10, GradedAt: inv.SentAt})
	}))
	return inv
}

func near(t *testing.T, what string, got app.Coefficient, want float64) {
	t.Helper()
	if !got.Defined || math.Abs(got.Value-want) > 1e-9 {
		t.Errorf("%s is %+v, want %v", what, got, want)
	}
}

// Three candidates are given 20 and 40, 50 and 50, 80 and 70 percent. What does not compare is left out: who was graded once, an
// adjudication, and what was changed after it had been submitted.
func TestGradersAreComparedByTheSameCandidates(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.taken(asm, map[assess.MemberID]int{"g1": 2, "g2": 4})
		w.taken(asm, map[assess.MemberID]int{"g1": 5, "g2": 5})
		w.taken(asm, map[assess.MemberID]int{"g1": 8, "g2": 7})
		w.taken(asm, map[assess.MemberID]int{"g1": 9})
		w.taken(asm, map[assess.MemberID]int{"g1": 0, "g2": 10}, func(e *assess.Evaluation) { e.Adjudicates = e.Grader == "g2" })
		w.taken(asm, map[assess.MemberID]int{"g1": 0, "g2": 10}, func(e *assess.Evaluation) { e.Reopened = "A typing error." })
		r, err := w.GraderResults(t.Context(), w.who(), asm.ID)
		w.must(err)
		if r.Agreement.Invites != 3 || len(r.Graders) != 2 {
			t.Fatalf("%+v", r)
		}
		near(t, "exact agreement", r.Agreement.Exact, 1.0/3)
		near(t, "agreement within 5 %", r.Agreement.Near, 1.0/3)
		// 1 − mean (a−b)² / 2·variance of all six
		near(t, "kappa", r.Agreement.Kappa, 1-(500.0/3)/(2*(3050-(310.0/6)*(310.0/6))))
		// the means 30, 50 and 75 about 310/6; within 200, 0 and 50
		between, within := ((130.0/6)*(130.0/6)+(10.0/6)*(10.0/6)+(140.0/6)*(140.0/6))*2/2, 250.0/3
		near(t, "ICC", r.ICC, (between-within)/(between+within))
		one, two := r.Graders[0], r.Graders[1]
		// variance of 20, 50, 80 is 600, of 40, 50, 70 1400/9, the means differ by 10/3
		near(t, "kappa of one", one.Agreement.Kappa, 1-(500.0/3)/(600+1400.0/9+100.0/9))
		near(t, "kappa of the other", two.Agreement.Kappa, one.Agreement.Kappa.Value)
		near(t, "difference of one", one.Difference, -10.0/3)
		near(t, "difference of the other", two.Difference, 10.0/3)
		if one.Name != "g1" || one.Graded != 6 || two.Graded != 5 || one.Agreement.Invites != 3 || one.MedianDays != 1.5 {
			t.Errorf("%+v", r.Graders)
		}
	})
}

func TestFiguresThatNobodyCanGiveYetAreNotDefined(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		r, err := w.GraderResults(t.Context(), w.who(), asm.ID)
		w.must(err)
		if diff := cmp.Diff(app.GraderResults{Assessment: r.Assessment}, r); diff != "" {
			t.Error(diff)
		}
		w.taken(asm, map[assess.MemberID]int{"g1": 2, "g2": 4})
		r, err = w.GraderResults(t.Context(), w.who(), asm.ID)
		w.must(err)
		if r.Agreement.Kappa.Defined || r.ICC.Defined || !r.Agreement.Exact.Defined || r.Agreement.Invites != 1 {
			t.Errorf("of a single candidate: %+v", r)
		}
		q, err := w.QuestionResults(t.Context(), w.who(), w.published().ID, 0)
		w.must(err)
		if q.Version != 0 || len(q.Questions) != 0 {
			t.Errorf("of nobody: %+v", q)
		}
	})
}

func TestQuestionsAreThoseOfTheVersionThatOneChooses(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		asm := w.published()
		w.taken(asm, map[assess.MemberID]int{"g1": 2})
		w.taken(asm, map[assess.MemberID]int{"g1": 2})
		c := asm.Draft
		c.Questions = append(c.Questions, assess.NewQuestion(w.NewQuestionID()))
		c.Questions[1].Prompts = map[string]string{"en": "And before?"}
		_, err := w.SaveDraft(ctx, w.who(), asm.ID, asm.Revision, c)
		w.must(err)
		w.must(w.Publish(ctx, w.who(), asm.ID))
		w.taken(asm, map[assess.MemberID]int{"g1": 2})
		for asked, want := range map[int]string{0: "2 of [2 1]: 2 questions, 1 completed", 1: "1 of [2 1]: 1 questions, 2 completed", 7: "2 of [2 1]: 2 questions, 1 completed"} {
			r, err := w.QuestionResults(ctx, w.who(), asm.ID, asked)
			w.must(err)
			if got := fmt.Sprintf("%d of %v: %d questions, %d completed", r.Version, r.Versions, len(r.Questions), r.Completed); got != want {
				t.Errorf("version %d is %s, want %s", asked, got, want)
			}
		}
		r, err := w.AssessmentResults(ctx, w.who(), asm.ID)
		w.must(err)
		if diff := cmp.Diff(app.AssessmentResults{
			Assessment: r.Assessment, Funnel: assess.Funnel{Invited: 3, Accepted: 3, Started: 3, Completed: 3, Graded: 3},
			Scores: assess.Tallies{{Value: 20, N: 3}}, Seconds: assess.Tallies{{Value: 3600, N: 3}}, Decisions: map[assess.Outcome]int{},
		}, r); diff != "" {
			t.Error(diff)
		}
	})
}

func TestResultsAreForThoseWhoMayReadThem(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		asm := w.published()
		reads := map[string]func(assess.Actor) error{
			"assessment": func(who assess.Actor) error { _, err := w.AssessmentResults(ctx, who, asm.ID); return err },
			"questions":  func(who assess.Actor) error { _, err := w.QuestionResults(ctx, who, asm.ID, 0); return err },
			"graders":    func(who assess.Actor) error { _, err := w.GraderResults(ctx, who, asm.ID); return err },
			"candidates": func(who assess.Actor) error {
				_, _, err := w.Candidates(ctx, who, asm.ID, assess.CandidateFilter{}, assess.Page{Number: 1, Limit: 5, Sort: "score"})
				return err
			},
		}
		viewer, grader := w.join("viewer@example.com", assess.Viewer), w.join("grader@example.com", assess.Grader)
		stranger := w.stranger()
		for name, read := range reads {
			if err := read(viewer.Actor(assess.Live)); err != nil {
				t.Errorf("a viewer reads of %s: %v", name, err)
			}
			w.wantKind(read(grader.Actor(assess.Live)), assess.Forbidden)
			w.wantKind(read(stranger), assess.NotFound)
		}
	})
}
