package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// evaluation is what a member has been given to grade of the sitting.
func (s sitting) evaluation(m assess.Member) app.EvaluationDetail {
	s.t.Helper()
	queue, err := s.Queue(s.t.Context(), m.Actor(assess.Live))
	s.must(err)
	for _, q := range append(queue.Waiting, queue.Submitted...) {
		if q.Invite == s.invite {
			d, err := s.Evaluation(s.t.Context(), m.Actor(assess.Live), q.ID)
			s.must(err)
			return d
		}
	}
	s.t.Fatalf("%s has nothing to grade of it", m.Email)
	return app.EvaluationDetail{}
}

// completed is a sitting whose written question is answered, by a plan; each question is worth 10 points.
func (w *world) completed(plan assess.GradingPlan, change ...func(*assess.NewInvite, *assess.Content)) sitting {
	w.t.Helper()
	s := w.started(change...)
	plan.Assessment = s.stands().Assessment
	w.must(w.SetGradingPlan(w.t.Context(), w.who(), plan))
	s.write("Because it is simple.")
	w.must(s.Complete(w.t.Context(), s.Taker, true))
	return s
}

// graders are members who may do no more than grade.
func (w *world) graders(n int) (out []assess.Member) {
	for i := range n {
		out = append(out, w.join(fmt.Sprintf("grader%d@example.com", i+1), assess.Grader))
	}
	return out
}

func planOf(graders []assess.Member, change func(*assess.GradingPlan)) assess.GradingPlan {
	p := assess.GradingPlan{PerInvite: len(graders)}
	for _, m := range graders {
		p.Graders = append(p.Graders, m.ID)
	}
	change(&p)
	return p
}

func whole10(points int) map[assess.CriterionID]int {
	return map[assess.CriterionID]int{assess.WholeAnswer: points}
}

// score gives points to the written answer, which is the only one.
func (s sitting) score(m assess.Member, points int) {
	s.t.Helper()
	d := s.evaluation(m)
	mark := assess.Mark{Revision: d.Answers[written-1].Mark.Revision, Scores: whole10(points), Comment: "Fine."}
	_, err := s.SaveMark(s.t.Context(), m.Actor(assess.Live), d.ID, written, mark)
	s.must(err)
}

// grade gives points and hands them in.
func (s sitting) grade(m assess.Member, points int) {
	s.t.Helper()
	s.score(m, points)
	d := s.evaluation(m)
	s.must(s.SubmitEvaluation(s.t.Context(), m.Actor(assess.Live), d.ID, d.Stamp()))
}

func (s sitting) results() app.Results {
	s.t.Helper()
	r, err := s.Results(s.t.Context(), s.who(), s.invite)
	s.must(err)
	return r
}

func (s sitting) resultsFor(m assess.Member) app.Results {
	s.t.Helper()
	r, err := s.Results(s.t.Context(), m.Actor(assess.Live), s.invite)
	s.must(err)
	return r
}

// answersGiven is what results say that the candidate has given.
func answersGiven(r app.Results, err error) (app.InviteAnswers, error) { return r.Given, err }

func (s sitting) wantGrade(state assess.GradeState, points float64) {
	s.t.Helper()
	if got := s.results().Grade; got.State != state || got.Points != points {
		s.t.Errorf("the grade is %+v, want %s with %v", got, state, points)
	}
}

func TestAGraderSeesWhatIsAssignedAndCompletedAndNothingElse(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		two := w.graders(2)
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Grader = two[0].ID })
		queue, err := w.Queue(ctx, two[0].Actor(assess.Live))
		w.must(err)
		if len(queue.Waiting) != 0 || queue.Total != 0 {
			t.Errorf("before it is completed, the queue has %+v", queue)
		}
		early := s.results().Evaluations[0].ID
		_, err = w.Evaluation(ctx, two[0].Actor(assess.Live), early)
		w.wantKind(err, assess.NotFound)
		w.must(s.Complete(ctx, s.Taker, true))
		d := s.evaluation(two[0])
		if d.ID != early || d.Email != "candidate@example.com" || len(d.Answers) != 3 {
			t.Errorf("the evaluation is %+v", d)
		}
		for _, who := range []assess.Actor{two[1].Actor(assess.Live), w.who(), two[0].Actor(assess.Test), w.stranger()} {
			_, err := w.Evaluation(ctx, who, d.ID)
			w.wantKind(err, assess.NotFound)
			_, err = w.SaveMark(ctx, who, d.ID, written, assess.Mark{Scores: whole10(1)})
			w.wantKind(err, assess.NotFound)
			w.wantKind(w.SubmitEvaluation(ctx, who, d.ID, d.Stamp()), assess.NotFound)
		}
		_, err = w.Results(ctx, two[0].Actor(assess.Live), s.invite)
		w.wantKind(err, assess.Forbidden)
		w.must(w.Unassign(ctx, w.who(), s.invite, d.ID))
		_, err = w.Evaluation(ctx, two[0].Actor(assess.Live), d.ID)
		w.wantKind(err, assess.NotFound)
		_, err = w.SaveMark(ctx, two[0].Actor(assess.Live), d.ID, written, assess.Mark{Scores: whole10(1)})
		w.wantCode(err, assess.Over)
	})
}

func TestABlindEvaluationHidesTheCandidateAndTheOthers(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		two := append(w.graders(1), w.join("recruiter@example.com", assess.Recruiter))
		s := w.completed(planOf(two, func(p *assess.GradingPlan) { p.Blind = true }), func(n *assess.NewInvite, _ *assess.Content) { n.Name = "Ada" })
		s.grade(two[0], 7)
		second := two[1].Actor(assess.Live)
		d := s.evaluation(two[1])
		queue, err := w.Queue(ctx, second)
		w.must(err)
		if d.Email+d.Name != "" || queue.Waiting[0].Email+queue.Waiting[0].Name != "" || len(d.Others) != 0 {
			t.Errorf("a blind grader reads %q, %q and %+v", d.Email+d.Name, queue.Waiting[0].Email, d.Others)
		}
		r, err := w.Results(ctx, second, s.invite)
		w.must(err)
		if !r.Hidden || r.Grade.Points != 0 || len(r.Evaluations) != 2 || r.Evaluations[0].Points != 0 || len(r.Evaluations[0].Marks) != 0 ||
			r.Answers[written-1].Scored || len(r.Answers[written-1].Remarks) != 0 {
			t.Errorf("a blind grader who may read results reads %+v", r)
		}
		s.grade(two[1], 9)
		if d = s.evaluation(two[1]); d.Email != "candidate@example.com" || len(d.Others) != 1 || d.Others[0].Points != 7 {
			t.Errorf("once submitted, a grader reads %q and %+v", d.Email, d.Others)
		}
		s.wantGrade(assess.Graded, 8)
		if a := s.results().Answers[written-1]; !a.Scored || a.Points != 8 || a.Max != 10 || len(a.Remarks) != 2 {
			t.Errorf("the answer is scored %+v", a)
		}
	})
}

// TestWhatHappenedIsToldBlindGradersWithoutScores: a grade had stood before they were asked.
func TestWhatHappenedIsToldBlindGradersWithoutScores(t *testing.T) {
	each(t, func(w *world) {
		ctx, first, second := t.Context(), w.graders(1), w.join("recruiter@example.com", assess.Recruiter)
		s := w.completed(planOf(first, func(p *assess.GradingPlan) { p.Blind = true }))
		s.grade(first[0], 7)
		w.must(w.ReopenEvaluation(ctx, w.who(), s.evaluation(first[0]).ID, "Seven is too much"))
		notes := func() (all []string) {
			d, err := w.InviteTimeline(ctx, second.Actor(assess.Live), s.invite)
			w.must(err)
			o, err := w.Overview(ctx, second.Actor(assess.Live))
			w.must(err)
			for _, happened := range o.Activity {
				d.Events = append(d.Events, happened.Event)
			}
			for _, e := range d.Events {
				if e.Type == assess.AttemptGraded || e.Type == assess.InviteReopened {
					all = append(all, e.Note)
				}
			}
			for _, e := range s.resultsFor(second).Evaluations {
				all = append(all, e.Reopened)
			}
			return slices.DeleteFunc(all, func(note string) bool { return note == "" })
		}
		if got := notes(); len(got) != 5 {
			t.Errorf("who need not grade reads %q", got)
		}
		w.must(w.Assign(ctx, w.who(), s.invite, second.ID, false))
		if got := notes(); len(got) != 0 {
			t.Errorf("who grades blind reads %q", got)
		}
	})
}

func TestGradersWhoDifferTooFarHaveSomebodyAdjudicate(t *testing.T) {
	each(t, func(w *world) {
		three := w.graders(3)
		s := w.completed(planOf(three, func(p *assess.GradingPlan) { p.PerInvite, p.Gap = 2, 10 }))
		s.grade(three[0], 10)
		s.wantGrade(assess.Grading, 0)
		s.grade(three[1], 2) // of 30: a gap of 27 %
		s.wantGrade(assess.Disputed, 6)
		third := s.evaluation(three[2])
		if !third.Adjudicates {
			t.Error("the third is not asked to adjudicate")
		}
		s.grade(three[2], 5)
		s.wantGrade(assess.Graded, 5)
		types := w.story(s.invite)
		if n := len(types); types[n-1] != assess.AttemptGraded || !slices.Contains(types, assess.InviteDisputed) {
			t.Errorf("the timeline is %v", types)
		}
	})
}

func TestAStaleMarkIsRefusedWithWhatStands(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		who, d := one[0].Actor(assess.Live), s.evaluation(one[0])
		saved, err := w.SaveMark(ctx, who, d.ID, written, assess.Mark{Scores: whole10(4), Comment: " first "})
		w.must(err)
		if saved.Revision != 1 || saved.Comment != "first" || !saved.SavedAt.Equal(w.clock.now) {
			t.Errorf("saved %+v", saved)
		}
		stands, err := w.SaveMark(ctx, who, d.ID, written, assess.Mark{Scores: whole10(9)})
		w.wantCode(err, assess.Differs)
		if diff := cmp.Diff(saved, stands); diff != "" {
			t.Errorf("what stands (-want +got):\n%s", diff)
		}
		for number, scores := range map[int]map[assess.CriterionID]int{written: whole10(11), 4: whole10(1), 0: whole10(1)} {
			_, err := w.SaveMark(ctx, who, d.ID, number, assess.Mark{Revision: 1, Scores: scores})
			if kind := assess.KindOf(err); kind != assess.Invalid && kind != assess.NotFound {
				t.Errorf("%v of question %d: %v", scores, number, err)
			}
		}
		e, err := w.SaveNote(ctx, who, d.ID, d.Revision, "Calm.")
		w.must(err)
		if _, err = w.SaveNote(ctx, who, d.ID, d.Revision, "Loud."); assess.CodeOf(err) != assess.Differs {
			t.Errorf("a stale note: %v", err)
		}
		w.wantCode(w.SubmitEvaluation(ctx, who, d.ID, d.Stamp()), assess.Differs)
		w.must(w.SubmitEvaluation(ctx, who, d.ID, e.Revision+saved.Revision))
		_, err = w.SaveMark(ctx, who, d.ID, written, assess.Mark{Revision: 1, Scores: whole10(1)})
		w.wantCode(err, assess.Finished)
		w.wantCode(w.SubmitEvaluation(ctx, who, d.ID, s.evaluation(one[0]).Stamp()), assess.Finished)
		if got := s.results().Evaluations[0]; got.Note != "Calm." || got.Points != 4 {
			t.Errorf("submitted %+v", got)
		}
	})
}

func TestNothingIsSubmittedThatIsNotScored(t *testing.T) {
	each(t, func(w *world) {
		one := w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		d := s.evaluation(one[0])
		w.wantCode(w.SubmitEvaluation(t.Context(), one[0].Actor(assess.Live), d.ID, d.Stamp()), assess.Incomplete)
		s.grade(one[0], 6)
		for i, a := range s.results().Answers { // nothing was given to the others
			if want := []float64{0, 0, 6}[i]; !a.Scored || a.Points != want {
				t.Errorf("answer %d has %v points, want %v", i+1, a.Points, want)
			}
		}
	})
}

func TestCommentsAreTheGradersOwnUntilSubmitted(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		who, d := one[0].Actor(assess.Live), s.evaluation(one[0])
		c := assess.Comment{ID: "0198b2a4-0000-7000-8000-0000000000c1", Question: d.Answers[0].Question.ID, At: 3 * time.Second, Text: "Here."}
		for range 2 {
			w.must(w.SaveComment(ctx, who, d.ID, c))
		}
		for _, bad := range []func(*assess.Comment){
			func(c *assess.Comment) { c.Text = " " }, func(c *assess.Comment) { c.ID = "x" }, func(c *assess.Comment) { c.At = -1 },
		} {
			wrong := c
			bad(&wrong)
			w.wantKind(w.SaveComment(ctx, who, d.ID, wrong), assess.Invalid)
		}
		elsewhere := c
		elsewhere.Question = "unknown"
		w.wantKind(w.SaveComment(ctx, who, d.ID, elsewhere), assess.NotFound)
		if got := s.results().Evaluations[0].Comments; len(got) != 0 {
			t.Errorf("others read %+v before it is submitted", got)
		}
		s.grade(one[0], 6)
		if got := s.results().Evaluations[0].Comments; len(got) != 1 || got[0].Text != "Here." || got[0].At != 3*time.Second {
			t.Errorf("others read %+v", got)
		}
		w.wantCode(w.DeleteComment(ctx, who, d.ID, c.ID), assess.Finished)
	})
}

func TestWhoHasCommentedEnoughCanStillCorrect(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		who, d := one[0].Actor(assess.Live), s.evaluation(one[0])
		comment := func(n int, text string) error {
			id := assess.CommentID(fmt.Sprintf("0198b2a4-0000-7000-8000-%012d", n))
			return w.SaveComment(ctx, who, d.ID, assess.Comment{ID: id, Question: d.Answers[0].Question.ID, Text: text})
		}
		w.must(comment(0, "Here."))
		w.must(w.db.Tx(ctx, func(tx *store.Tx) error {
			for n := 1; n < assess.MaxComments; n++ {
				c := assess.Comment{ID: assess.CommentID(fmt.Sprint(n)), Question: d.Answers[0].Question.ID, Text: "Here."}
				if err := tx.SaveComment(d.Org, d.ID, c); err != nil {
					return err
				}
			}
			return nil
		}))
		w.wantKind(comment(1, "One more."), assess.TooLarge)
		w.must(comment(0, "There."))
	})
}

func TestReopeningNeedsAReasonAndNoDecision(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		who, id := one[0].Actor(assess.Live), s.evaluation(one[0]).ID
		w.wantKind(w.ReopenEvaluation(ctx, who, id, "slip"), assess.Conflict)
		s.grade(one[0], 6)
		w.wantKind(w.ReopenEvaluation(ctx, who, id, " "), assess.Invalid)
		w.must(w.ReopenEvaluation(ctx, who, id, "I mistook the scale"))
		s.wantGrade(assess.Grading, 0)
		s.grade(one[0], 8)
		s.wantGrade(assess.Graded, 8)
		if e := s.results().Evaluations[0]; e.Reopened != "I mistook the scale" {
			t.Errorf("reopened because of %q", e.Reopened)
		}
		_, err := w.Decide(ctx, w.who(), s.invite, 0, assess.Advance, "Clear.")
		w.must(err)
		w.wantKind(w.ReopenEvaluation(ctx, who, id, "again"), assess.Conflict)
		w.must(w.ReopenEvaluation(ctx, w.who(), id, "the candidate asked for it"))
	})
}

func TestDecidingShowsWhoDecidedMeanwhile(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started()
		_, err := w.Decide(ctx, w.who(), s.invite, 0, assess.Reject, "No.")
		w.wantKind(err, assess.Conflict)
		w.must(s.Complete(ctx, s.Taker, true))
		first, err := w.Decide(ctx, w.who(), s.invite, 0, assess.Hold, " Wait. ")
		w.must(err)
		_, err = w.Decide(ctx, w.who(), s.invite, 0, assess.Reject, "No.")
		w.wantCode(err, assess.Differs)
		second, err := w.Decide(ctx, w.who(), s.invite, 1, assess.Advance, "Now.")
		w.must(err)
		r := s.results()
		if diff := cmp.Diff([]assess.Decision{first, second}, r.Decisions); diff != "" || r.Decision().Outcome != assess.Advance || first.Reason != "Wait." {
			t.Errorf("the decisions are %+v", r.Decisions)
		}
		if notes := w.notes(s.invite, assess.InviteDecided); !slices.Equal(notes, []string{"hold", "advance"}) {
			t.Errorf("the timeline has %v", notes)
		}
	})
}

// TestTwoTabsSubmitOnce has both graders' tabs submit at the same moment: each evaluation counts once, and there is one grade.
func TestTwoTabsSubmitOnce(t *testing.T) {
	each(t, func(w *world) {
		ctx, two := t.Context(), w.graders(2)
		s := w.completed(planOf(two, func(*assess.GradingPlan) {}))
		var wg sync.WaitGroup
		won := make(chan assess.MemberID, 8)
		for i, m := range two {
			s.score(m, 4+2*i)
			d := s.evaluation(m)
			for range 4 {
				wg.Go(func() {
					if err := w.SubmitEvaluation(ctx, m.Actor(assess.Live), d.ID, d.Stamp()); err == nil {
						won <- m.ID
					} else {
						w.wantKind(err, assess.Conflict)
					}
				})
			}
		}
		wg.Wait()
		close(won)
		if n := len(won); n != 2 {
			t.Errorf("%d submissions were taken, want one a grader", n)
		}
		s.wantGrade(assess.Graded, 5)
		if got := len(w.notes(s.invite, assess.AttemptGraded)); got != 1 {
			t.Errorf("it was graded %d times", got)
		}
	})
}

func TestADecisionIsHiddenFromWhoHasYetToGradeBlind(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		two := append(w.graders(1), w.join("recruiter@example.com", assess.Recruiter))
		s := w.completed(planOf(two, func(p *assess.GradingPlan) { p.Blind = true }))
		_, err := w.Decide(ctx, w.who(), s.invite, 0, assess.Reject, "Scores far too low.")
		w.must(err)
		blind := two[1].Actor(assess.Live)
		r, err := w.Results(ctx, blind, s.invite)
		w.must(err)
		if len(r.Decisions) != 0 {
			t.Errorf("who grades blind reads %+v", r.Decisions)
		}
		timeline, err := w.InviteTimeline(ctx, blind, s.invite)
		w.must(err)
		for _, e := range timeline.Events {
			if e.Type == assess.InviteDecided && e.Note != "" {
				t.Errorf("who grades blind reads %q in the timeline", e.Note)
			}
		}
		_, err = w.Decide(ctx, blind, s.invite, 1, assess.Advance, "No.")
		w.wantKind(err, assess.Conflict)
		s.grade(two[1], 5)
		if r, err = w.Results(ctx, blind, s.invite); err != nil || len(r.Decisions) != 1 {
			t.Errorf("once submitted, they read %+v, %v", r.Decisions, err)
		}
	})
}

func TestAnAnswerThatArrivesLateOpensItsScoresAgain(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		s.grade(one[0], 6)
		rec, err := w.ImportTake(ctx, w.who(), s.invite, spoken, whole())
		w.must(err)
		w.deliver(w.ByMember(w.who()), rec.ID)
		s.wantGrade(assess.Grading, 0)
		d := s.evaluation(one[0])
		if d.Reopened == "" || len(d.Answers[spoken-1].Mark.Scores) != 0 || d.Answers[written-1].Mark.Points() != 6 {
			t.Errorf("the evaluation is %+v, the marks %+v and %+v", d.Evaluation, d.Answers[spoken-1].Mark, d.Answers[written-1].Mark)
		}
		w.wantCode(w.SubmitEvaluation(ctx, one[0].Actor(assess.Live), d.ID, d.Stamp()), assess.Incomplete)
	})
}

func TestWhoLeavesIsReplacedByTheNextInTurn(t *testing.T) {
	each(t, func(w *world) {
		ctx, four := t.Context(), w.graders(4)
		s := w.completed(planOf(four, func(p *assess.GradingPlan) { p.PerInvite, p.Gap = 2, 10 }))
		w.must(w.RemoveMember(ctx, w.who(), four[1].ID))
		s.grade(four[0], 10)
		s.wantGrade(assess.Grading, 0)
		s.grade(four[2], 2)
		s.wantGrade(assess.Disputed, 6)
		if !s.evaluation(four[3]).Adjudicates {
			t.Error("the last is not asked to adjudicate")
		}
	})
}
