package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// evaluation assigns an invite to a grader.
func (w *world) evaluation(inv assess.Invite, grader assess.MemberID, change ...func(*assess.Evaluation)) assess.Evaluation {
	w.Helper()
	e := assess.Evaluation{
		ID: newID[assess.EvaluationID](), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment, Grader: grader,
		GraderName: "Dev Patel", State: assess.EvaluationOpen, AssignedAt: w.now(), Revision: 1,
	}
	for _, f := range change {
		f(&e)
	}
	w.tx(func(tx *store.Tx) error {
		if added, err := tx.InsertEvaluation(e); err != nil || !added {
			w.Errorf("added: %v, %v", added, err)
		}
		return nil
	})
	return e
}

// completedInvite is an invite that was completed at noon.
func (w *world) completedInvite(a assess.Assessment, email string) assess.Invite {
	inv := newInvite(a, email)
	inv.Stored, inv.CompletedAt = assess.Completed, noon
	return w.invite(inv)
}

func ready(due time.Time) func(*assess.Evaluation) {
	return func(e *assess.Evaluation) { e.ReadyAt, e.DueAt = noon, due }
}

func TestAnEvaluationIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		inv := w.completedInvite(asm, "ada@example.com")
		e := w.evaluation(inv, "m1", func(e *assess.Evaluation) {
			e.Blind, e.Adjudicates, e.ReadyAt, e.DueAt, e.SubmittedAt = true, true, noon, noon.Add(time.Hour), noon.Add(time.Minute)
			e.State, e.Note, e.Points, e.Reopened = assess.EvaluationSubmitted, "Calm.\n'ü'", 12, "slip"
		})
		get := func(tx *store.Tx) (assess.Evaluation, error) { return tx.Evaluation(inv.Org, inv.Mode, e.ID) }
		same(w, e, get)
		missing(w, func(tx *store.Tx) (assess.Evaluation, error) { return tx.Evaluation(w.org(), inv.Mode, e.ID) })
		missing(w, func(tx *store.Tx) (assess.Evaluation, error) { return tx.Evaluation(inv.Org, assess.Test, e.ID) })

		again := e
		again.ID = newID[assess.EvaluationID]()
		w.tx(func(tx *store.Tx) error {
			if added, err := tx.InsertEvaluation(again); err != nil || added {
				t.Errorf("a second evaluation by the same grader: added %v, %v", added, err)
			}
			return nil
		})
		e.State, e.Revision, e.Points = assess.EvaluationOpen, 2, 0
		w.tx(func(tx *store.Tx) error {
			for revision, want := range map[int]bool{1: true, 7: false} {
				if n, err := tx.UpdateEvaluation(e, revision); err != nil || n != want && revision == 7 {
					t.Errorf("an update from revision %d: %v, %v", revision, n, err)
				}
			}
			return nil
		})
		same(w, e, get)
	})
}

func TestAQueueBeginsWithWhatIsMostUrgent(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		m := w.member(asm.Org, "dev@example.com")
		give := func(email string, change ...func(*assess.Evaluation)) {
			w.evaluation(w.completedInvite(asm, email), m.ID, change...)
		}
		give("later@example.com", ready(noon.Add(48*time.Hour)))
		give("whenever@example.com", ready(time.Time{}))
		give("overdue@example.com", ready(noon.Add(-time.Hour)))
		give("unfinished@example.com")
		give("withdrawn@example.com", ready(time.Time{}), func(e *assess.Evaluation) { e.State = assess.EvaluationWithdrawn })
		give("done@example.com", ready(time.Time{}), func(e *assess.Evaluation) { e.State, e.SubmittedAt = assess.EvaluationSubmitted, noon })
		w.evaluation(w.completedInvite(asm, "others@example.com"), "somebody else", ready(time.Time{}))

		emails := func(queue []store.QueuedEvaluation, err error) ([]string, error) {
			out := []string{}
			for _, q := range queue {
				out = append(out, q.Email)
			}
			return out, err
		}
		w.pass(time.Second)
		same(w, []string{"overdue@example.com", "later@example.com", "whenever@example.com"},
			func(tx *store.Tx) ([]string, error) { return emails(tx.Queue(asm.Org, assess.Live, m.ID, 10)) })
		same(w, []string{"done@example.com"},
			func(tx *store.Tx) ([]string, error) { return emails(tx.Submitted(asm.Org, assess.Live, m.ID, 10)) })
		same(w, [2]int{3, 1}, func(tx *store.Tx) ([2]int, error) {
			waiting, overdue, err := tx.CountQueue(asm.Org, assess.Live, m.ID)
			return [2]int{waiting, overdue}, err
		})
		same(w, []string{}, func(tx *store.Tx) ([]string, error) { return emails(tx.Queue(asm.Org, assess.Test, m.ID, 10)) })
	})
}

func TestAMarkIsWrittenOverItsOwnRevisionOnly(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		inv := w.completedInvite(asm, "ada@example.com")
		e := w.evaluation(inv, "m1", ready(time.Time{}))
		q := asm.Draft.Questions[0]
		q.Criteria = []assess.Criterion{{ID: "a", Points: 4}, {ID: "b", Points: 6}}
		take := newTake(inv)
		take.Question = q.ID
		w.record(take)
		save := func(revision int, scores map[assess.CriterionID]int) (saved bool) {
			w.tx(func(tx *store.Tx) (err error) {
				m := assess.Mark{Question: q.ID, Revision: revision + 1, Scores: scores, Comment: "so", SavedAt: noon}
				saved, err = tx.SaveMark(e.Org, e.ID, q, m, revision)
				return err
			})
			return saved
		}
		if !save(0, map[assess.CriterionID]int{"a": 3}) || save(0, map[assess.CriterionID]int{"a": 1}) || save(5, nil) {
			t.Error("a mark is written over a revision that it is not of")
		}
		scored := func(tx *store.Tx) ([]store.QueuedAnswer, error) { return tx.QueuedAnswers(e.Org, e.Mode, e.Grader, 1) }
		same(w, []store.QueuedAnswer{{e.ID, q.ID, false}}, scored)
		if !save(1, map[assess.CriterionID]int{"a": 3, "b": 0}) {
			t.Error("a mark is not written over its own revision")
		}
		same(w, []store.QueuedAnswer{{e.ID, q.ID, true}}, scored)
		want := assess.Mark{Question: q.ID, Revision: 2, Scores: map[assess.CriterionID]int{"a": 3, "b": 0}, Comment: "so", SavedAt: noon}
		same(w, want, func(tx *store.Tx) (assess.Mark, error) { return tx.Mark(e.Org, e.ID, q.ID) })
		same(w, []assess.Mark{want}, func(tx *store.Tx) ([]assess.Mark, error) { return tx.Marks(e.Org, e.ID) })
		same(w, []assess.Mark{}, func(tx *store.Tx) ([]assess.Mark, error) { return tx.Marks(w.org(), e.ID) })
	})
}

func TestACommentIsWrittenAnewUnderItsOwnID(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		e := w.evaluation(w.completedInvite(asm, "ada@example.com"), "m1", ready(time.Time{}))
		c := assess.Comment{ID: newID[assess.CommentID](), Question: "q1", At: 4200 * time.Millisecond, Text: "good", CreatedAt: noon, UpdatedAt: noon}
		save := func(c assess.Comment) {
			w.tx(func(tx *store.Tx) error { return tx.SaveComment(e.Org, e.ID, c) })
		}
		comments := func(tx *store.Tx) ([]assess.Comment, error) { return tx.Comments(e.Org, e.ID) }
		save(c)
		early := c
		early.ID, early.At = newID[assess.CommentID](), time.Second
		save(early)
		c.Text, c.UpdatedAt = "better", noon.Add(time.Minute)
		save(c)
		save(c)
		moved := c
		moved.Question = "q2"
		w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.SaveComment(e.Org, e.ID, moved) })
		same(w, []assess.Comment{early, c}, comments)
		for range 2 {
			w.tx(func(tx *store.Tx) error { return tx.DeleteComment(e.Org, e.ID, early.ID) })
		}
		same(w, []assess.Comment{c}, comments)
	})
}

func TestWhatAwaitsItsInviteBecomesReadyOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		inv := w.invite(newInvite(asm, "ada@example.com"))
		e := w.evaluation(inv, "m1")
		due := noon.Add(5 * 24 * time.Hour)
		for range 2 {
			w.tx(func(tx *store.Tx) error { return tx.ReadyEvaluations(inv.Org, inv.ID, due) })
			w.pass(time.Minute)
		}
		e.ReadyAt, e.DueAt, e.Revision = noon, due, 2
		same(w, []assess.Evaluation{e}, func(tx *store.Tx) ([]assess.Evaluation, error) { return tx.Evaluations(inv.Org, inv.ID) })
	})
}

func TestGradesAndDecisionsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		inv, other := w.completedInvite(asm, "ada@example.com"), w.completedInvite(asm, "bob@example.com")
		grade := func(tx *store.Tx) (assess.Grade, error) { return tx.Grade(inv.Org, inv.ID) }
		same(w, assess.Grade{}, grade)
		g := assess.Grade{State: assess.Graded, Points: 27.5, Max: 40, GradedAt: noon}
		for _, now := range []assess.Grade{{State: assess.Grading, Max: 40}, g} {
			w.tx(func(tx *store.Tx) error { return tx.SetGrade(inv, now) })
			same(w, now, grade)
		}
		var after assess.Invite
		unassigned := func(tx *store.Tx) ([]assess.InviteID, error) {
			found, err := tx.UnassignedInvites(asm.Org, assess.Live, asm.ID, after, 10)
			ids := []assess.InviteID{}
			for _, inv := range found {
				ids = append(ids, inv.ID)
			}
			return ids, err
		}
		same(w, []assess.InviteID{other.ID}, unassigned)
		after = other
		same(w, []assess.InviteID{}, unassigned)
		w.tx(func(tx *store.Tx) error { return tx.SetGrade(inv, assess.Grade{}) })
		same(w, assess.Grade{}, grade)

		d := assess.Decision{Invite: inv.ID, Outcome: assess.Hold, Reason: "Wait.", Member: "m1", MemberName: "Mara", At: noon}
		decisions := []assess.Decision{}
		for n := range 2 {
			d.Number = n + 1
			w.tx(func(tx *store.Tx) error {
				if number, err := tx.InsertDecision(inv.Org, d); err != nil || number != d.Number {
					t.Errorf("decision %d: %v", number, err)
				}
				return nil
			})
			decisions = append(decisions, d)
		}
		same(w, decisions, func(tx *store.Tx) ([]assess.Decision, error) { return tx.Decisions(inv.Org, inv.ID) })
	})
}

func TestAGradingPlanIsWrittenOverItsOwnRevisionOnly(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm := w.assessment(w.org(), "Go")
		plan := func(tx *store.Tx) (assess.GradingPlan, error) { return tx.GradingPlan(asm.Org, asm.ID) }
		p := assess.GradingPlan{Org: asm.Org, Assessment: asm.ID}
		same(w, p, plan)
		p.Graders, p.PerInvite, p.Blind, p.Gap, p.DueDays, p.Revision = []assess.MemberID{"m1", "m2"}, 2, true, 20, 5, 1
		w.tx(func(tx *store.Tx) error { return tx.SaveGradingPlan(p, 0) })
		same(w, p, plan)
		w.fails(assess.Conflict, func(tx *store.Tx) error { return tx.SaveGradingPlan(p, 0) })
		p.Turn = 1
		w.tx(func(tx *store.Tx) error { return tx.SetGradingTurn(p) })
		same(w, p, plan)
	})
}

// TestEvaluationsOfAnInviteAreFoundByIt reads how SQLite would go about them: never over those of the whole organization.
func TestEvaluationsOfAnInviteAreFoundByIt(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	inv := w.completedInvite(w.assessment(w.org(), "Go"), "ada@example.com")
	seen, err := w.db.Spy(t.Context(), func(tx *store.Tx) error {
		_, evaluations := tx.Evaluations(inv.Org, inv.ID)
		_, graders := tx.GradersOf(inv.Org, inv.ID)
		return errors.Join(evaluations, graders)
	})
	if err != nil || len(seen) != 2 {
		t.Fatalf("%d statements, %v", len(seen), err)
	}
	for _, s := range seen {
		if plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(s) }); !strings.Contains(plan, "(invite_id=?") {
			t.Errorf("%s\n%s", s.SQL, plan)
		}
	}
}
