package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// completed adds an invite to an assessment that was completed so long after noon.
func (w *world) completed(a assess.Assessment, name string, took time.Duration) assess.Invite {
	w.Helper()
	inv := newInvite(a, fmt.Sprintf("%d.%s@example.com", took/time.Second, name)) // whose order is another than that of names
	inv.Name, inv.Stored, inv.AcceptedAt, inv.StartedAt, inv.CompletedAt = name, assess.Completed, noon, noon, noon.Add(took)
	return w.invite(inv)
}

// evaluated has a grader give points to an invite that is graded for ten, so long after noon.
func (w *world) evaluated(inv assess.Invite, grader string, points int, after time.Duration, change ...func(*assess.Evaluation)) assess.Evaluation {
	w.Helper()
	e := assess.Evaluation{
		ID: newID[assess.EvaluationID](), Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment, Grader: assess.MemberID(grader),
		GraderName: strings.ToUpper(grader), State: assess.EvaluationSubmitted, AssignedAt: noon, ReadyAt: noon, SubmittedAt: noon.Add(after), Revision: 1, Points: points,
	}
	for _, f := range change {
		f(&e)
	}
	w.tx(func(tx *store.Tx) error { _, err := tx.InsertEvaluation(e); return err })
	return e
}

func (w *world) grade(inv assess.Invite, state assess.GradeState, points float64) {
	w.Helper()
	w.tx(func(tx *store.Tx) error {
		return tx.SetGrade(inv, assess.Grade{State: state, Points: points, Max: 10, GradedAt: noon})
	})
}

func (w *world) decide(inv assess.Invite, outcomes ...assess.Outcome) {
	w.Helper()
	for _, outcome := range outcomes {
		w.tx(func(tx *store.Tx) error {
			_, err := tx.InsertDecision(inv.Org, assess.Decision{Invite: inv.ID, Outcome: outcome, Reason: "Because.", Member: "m", MemberName: "M", At: noon})
			return err
		})
	}
}

func TestTheFunnelCountsWhoWentOnInEveryStepBefore(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		stays := func(name string, status assess.InviteStatus, accepted, started bool) {
			inv := newInvite(a, name+"@example.com")
			inv.Stored = status
			if accepted {
				inv.AcceptedAt = noon
			}
			if started {
				inv.StartedAt = noon
			}
			w.invite(inv)
		}
		stays("pending", assess.Pending, false, false)
		stays("accepted", assess.Accepted, true, false)
		stays("started", assess.Started, true, true)
		stays("expired", assess.Expired, false, false)
		stays("expired after accepting", assess.Expired, true, false)
		stays("withdrawn while answering", assess.Revoked, true, true)
		w.completed(a, "completed", time.Hour)
		w.grade(w.completed(a, "graded", time.Hour), assess.Graded, 5)
		w.grade(w.completed(a, "being graded", time.Hour), assess.Grading, 0)
		w.completed(w.assessment(org, "Rust"), "elsewhere", time.Hour)
		funnel := func(tx *store.Tx) (assess.Funnel, error) { return tx.Funnel(org, assess.Live, a.ID) }
		same(w, assess.Funnel{Invited: 9, Accepted: 7, Started: 5, Completed: 3, Graded: 1}, funnel)
		w.pass(60 * 24 * time.Hour) // what is overdue got as far as it got
		same(w, assess.Funnel{Invited: 9, Accepted: 7, Started: 5, Completed: 3, Graded: 1}, funnel)
	})
}

func TestFiguresOfAnAssessmentAreTallied(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		newer := a
		newer.Version = 2
		ada, bob, cy := w.completed(a, "ada", 90*time.Second), w.completed(a, "bob", 90*time.Second), w.completed(newer, "cy", time.Hour)
		w.grade(ada, assess.Graded, 7.5)
		w.grade(bob, assess.Graded, 7.5)
		w.grade(cy, assess.Disputed, 2)
		w.decide(ada, assess.Hold, assess.Advance)
		w.decide(cy, assess.Advance)
		w.decide(w.completed(w.assessment(org, "Rust"), "elsewhere", time.Hour), assess.Reject)

		same(w, assess.Tallies{{Value: 75, N: 2}}, func(tx *store.Tx) (assess.Tallies, error) { return tx.Scores(org, assess.Live, a.ID, "m") })
		same(w, []store.VersionSittings{
			{Version: 2, Seconds: assess.Tallies{{Value: 3600, N: 1}}}, {Version: 1, Seconds: assess.Tallies{{Value: 90, N: 2}}},
		}, func(tx *store.Tx) ([]store.VersionSittings, error) { return tx.Sittings(org, assess.Live, a.ID) })
		same(w, map[assess.Outcome]int{assess.Advance: 2}, func(tx *store.Tx) (map[assess.Outcome]int, error) { return tx.DecisionCounts(org, assess.Live, a.ID) })
		same(w, assess.Tallies{}, func(tx *store.Tx) (assess.Tallies, error) { return tx.Scores(org, assess.Test, a.ID, "m") })
		same(w, assess.Tallies{}, func(tx *store.Tx) (assess.Tallies, error) { return tx.Scores(w.org(), assess.Live, a.ID, "m") })
	})
}

func TestQuestionsAreTalliedByVersion(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		newer := a
		newer.Version = 2
		ada, bob, cy := w.completed(a, "ada", time.Hour), w.completed(a, "bob", time.Hour), w.completed(newer, "cy", time.Hour)
		for i, inv := range []assess.Invite{ada, bob, cy} {
			w.tx(func(tx *store.Tx) error {
				if err := tx.CountImport(assess.Answer{Org: org, Invite: inv.ID, Question: "q1"}); err != nil || i == 0 {
					return err
				}
				return tx.AllowTake(assess.Answer{Org: org, Invite: inv.ID, Question: "q2"}) // no answer
			})
		}
		w.tx(func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO answers (org_id, invite_id, question_id, text) VALUES ($1, $2, 'q2', 'in writing')", org, ada.ID)
			return err
		})
		w.marked(w.evaluated(ada, "g1", 3, time.Hour), 3)
		w.marked(w.evaluated(ada, "g2", 5, time.Hour), 5)
		w.marked(w.evaluated(bob, "g1", 3, time.Hour), 3)
		w.marked(w.evaluated(bob, "g2", 9, time.Hour, func(e *assess.Evaluation) { e.State = assess.EvaluationOpen }), 9)
		w.marked(w.evaluated(cy, "g1", 8, time.Hour), 8)

		same(w, map[assess.QuestionID]int{"q1": 2, "q2": 1}, func(tx *store.Tx) (map[assess.QuestionID]int, error) {
			return tx.Answered(org, assess.Live, a.ID, 1)
		})
		same(w, map[assess.QuestionID]assess.Tallies{"q1": {{Value: 3, N: 2}, {Value: 5, N: 1}}}, func(tx *store.Tx) (map[assess.QuestionID]assess.Tallies, error) {
			return tx.QuestionPoints(org, assess.Live, a.ID, 1, "m")
		})
		same(w, map[assess.QuestionID]assess.Tallies{"q1": {{Value: 8, N: 1}}}, func(tx *store.Tx) (map[assess.QuestionID]assess.Tallies, error) {
			return tx.QuestionPoints(org, assess.Live, a.ID, 2, "m")
		})
	})
}

// marked gives points to the answer to the first question.
func (w *world) marked(e assess.Evaluation, points int) {
	w.Helper()
	q := assess.Question{ID: "q1", Points: 10}
	w.tx(func(tx *store.Tx) error {
		_, err := tx.SaveMark(e.Org, e.ID, q, assess.Mark{Question: q.ID, Revision: 1, Scores: map[assess.CriterionID]int{assess.WholeAnswer: points}, SavedAt: noon}, 0)
		return err
	})
}

func TestRatingsAreThoseThatGradersHaveGivenByThemselves(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		first := newInvite(a, "first@example.com")
		first.ID, first.Stored, first.StartedAt, first.CompletedAt = ordered[assess.InviteID](1), assess.Completed, noon, noon
		second := first
		second.ID, second.Email = ordered[assess.InviteID](2), "second@example.com"
		for _, inv := range []assess.Invite{w.invite(first), w.invite(second)} {
			w.grade(inv, assess.Graded, 5)
		}
		w.evaluated(first, "g1", 3, 25*time.Hour)
		w.evaluated(first, "g2", 7, 49*time.Hour)
		w.evaluated(first, "third", 9, time.Hour, func(e *assess.Evaluation) { e.Adjudicates = true })
		w.evaluated(second, "g1", 4, 25*time.Hour)
		w.evaluated(second, "g2", 4, time.Hour, func(e *assess.Evaluation) { e.Reopened = "A typing error." })
		w.evaluated(second, "g3", 4, time.Hour, func(e *assess.Evaluation) { e.State = assess.EvaluationWithdrawn })
		w.evaluated(second, "g4", 4, time.Hour, func(e *assess.Evaluation) { e.State = assess.EvaluationOpen })

		same(w, []store.Rating{
			{Invite: first.ID, Grader: "g1", Percent: 30}, {Invite: first.ID, Grader: "g2", Percent: 70}, {Invite: second.ID, Grader: "g1", Percent: 40},
		}, func(tx *store.Tx) ([]store.Rating, error) { return tx.Ratings(org, assess.Live, a.ID, "m") })
		same(w, []store.GraderWork{
			{Grader: "g1", Name: "G1", Hours: assess.Tallies{{Value: 25, N: 2}}},
			{Grader: "g2", Name: "G2", Hours: assess.Tallies{{Value: 1, N: 1}, {Value: 49, N: 1}}},
			{Grader: "third", Name: "THIRD", Hours: assess.Tallies{{Value: 1, N: 1}}},
		}, func(tx *store.Tx) ([]store.GraderWork, error) { return tx.GraderWork(org, assess.Live, a.ID) })
	})
}

func TestCandidatesAreListed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		ada, bob := w.completed(a, "ada", 3*time.Hour), w.completed(a, "bob", time.Hour)
		cy := w.completed(a, "cy", 2*time.Hour)
		w.completed(a, "dan", 4*time.Hour)
		w.grade(ada, assess.Graded, 2)
		w.grade(bob, assess.Graded, 9)
		w.grade(cy, assess.Disputed, 5)
		w.decide(ada, assess.Advance, assess.Reject)
		w.decide(bob, assess.Advance)
		w.invite(newInvite(a, "pending@example.com"))
		w.completed(w.assessment(org, "Rust"), "elsewhere", time.Hour)

		for name, test := range map[string]struct {
			filter assess.CandidateFilter
			page   assess.Page
			want   list
		}{
			"newest first":   {page: assess.Page{Sort: "completed_at"}, want: list{[]string{"dan", "ada", "cy", "bob"}, 4}},
			"best first":     {page: assess.Page{Sort: "score"}, want: list{[]string{"bob", "cy", "ada", "dan"}, 4}},
			"slowest first":  {page: assess.Page{Sort: "time"}, want: list{[]string{"dan", "ada", "cy", "bob"}, 4}},
			"by name":        {page: assess.Page{Sort: "name", Ascending: true}, want: list{[]string{"ada", "bob", "cy", "dan"}, 4}},
			"second page":    {page: assess.Page{Sort: "name", Ascending: true, Number: 2, Limit: 3}, want: list{[]string{"dan"}, 4}},
			"beyond the end": {page: assess.Page{Sort: "name", Number: 3, Limit: 3}, want: list{[]string{}, 4}},
			"graded":         {filter: assess.CandidateFilter{Grade: "graded"}, page: assess.Page{Sort: "name"}, want: list{[]string{"bob", "ada"}, 2}},
			"ungraded":       {filter: assess.CandidateFilter{Grade: assess.FilterUngraded}, page: assess.Page{Sort: "name"}, want: list{[]string{"dan"}, 1}},
			"advanced":       {filter: assess.CandidateFilter{Decision: "advance"}, page: assess.Page{Sort: "name"}, want: list{[]string{"bob"}, 1}},
			"undecided":      {filter: assess.CandidateFilter{Decision: assess.FilterUndecided}, page: assess.Page{Sort: "name"}, want: list{[]string{"dan", "cy"}, 2}},
			"found":          {filter: assess.CandidateFilter{Search: "DA"}, page: assess.Page{Sort: "name"}, want: list{[]string{"dan", "ada"}, 2}},
		} {
			test.page.Number, test.page.Limit = max(1, test.page.Number), cmp.Or(test.page.Limit, 10)
			w.Run(name, func(t *testing.T) {
				got := read(&world{T: t, db: w.db}, candidates(org, a, "m", test.filter, test.page))
				if diff := gocmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func candidates(org assess.OrgID, a assess.Assessment, member assess.MemberID, f assess.CandidateFilter, page assess.Page) func(tx *store.Tx) (list, error) {
	name := named(func(c assess.Candidate) string { return c.Name })
	return func(tx *store.Tx) (list, error) { return name(tx.Candidates(org, assess.Live, a.ID, member, f, page)) }
}

func TestTheScoreOfWhomOneHasYetToGradeBlindIsNowhereToBeSeen(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		best, worst := w.completed(a, "best", time.Hour), w.completed(a, "worst", time.Hour)
		w.grade(best, assess.Graded, 10)
		w.grade(worst, assess.Graded, 1)
		blind := func(e *assess.Evaluation) { e.State, e.Blind = assess.EvaluationOpen, true }
		own := w.evaluated(best, "g1", 0, 0, blind)
		w.evaluated(worst, "g1", 0, 0, func(e *assess.Evaluation) { e.State = assess.EvaluationOpen }) // not blind

		byScore, graded := assess.Page{Number: 1, Limit: 10, Sort: "score"}, assess.CandidateFilter{Grade: "graded"}
		same(w, list{[]string{"best", "worst"}, 2}, candidates(org, a, "g2", assess.CandidateFilter{}, byScore))
		same(w, list{[]string{"worst", "best"}, 2}, candidates(org, a, "g1", assess.CandidateFilter{}, byScore))
		same(w, list{[]string{"worst"}, 1}, candidates(org, a, "g1", graded, byScore))
		shown := func(tx *store.Tx) (assess.Candidate, error) {
			items, _, err := tx.Candidates(org, assess.Live, a.ID, "g1", assess.CandidateFilter{Search: "best"}, byScore)
			return items[0], err
		}
		hidden := assess.Candidate{InviteSummary: best.InviteSummary, Version: 1, Grade: assess.Grade{State: assess.Grading, Max: 10}, Hidden: true}
		same(w, hidden, shown)
		own.State, own.Revision = assess.EvaluationSubmitted, 2
		w.tx(func(tx *store.Tx) error { _, err := tx.UpdateEvaluation(own, 1); return err })
		same(w, assess.Candidate{InviteSummary: best.InviteSummary, Version: 1, Grade: assess.Grade{State: assess.Graded, Points: 10, Max: 10, GradedAt: noon}}, shown)
	})
}

// TestFiguresLeaveOutWhatOneHasYetToGradeBlind: of a single candidate, they would tell it.
func TestFiguresLeaveOutWhatOneHasYetToGradeBlind(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		a := w.assessment(org, "Go")
		ada := w.completed(a, "ada", time.Hour)
		w.grade(ada, assess.Graded, 7)
		w.marked(w.evaluated(ada, "g1", 7, time.Hour), 7)
		w.evaluated(ada, "g2", 0, 0, func(e *assess.Evaluation) { e.State, e.Blind = assess.EvaluationOpen, true })
		figures := func(member assess.MemberID) func(tx *store.Tx) ([]int, error) {
			return func(tx *store.Tx) ([]int, error) {
				scores, err := tx.Scores(org, assess.Live, a.ID, member)
				points, err2 := tx.QuestionPoints(org, assess.Live, a.ID, 1, member)
				ratings, err3 := tx.Ratings(org, assess.Live, a.ID, member)
				return []int{len(scores), len(points), len(ratings)}, errors.Join(err, err2, err3)
			}
		}
		same(w, []int{1, 1, 1}, figures("g1"))
		same(w, []int{0, 0, 0}, figures("g2"))
	})
}

// TestFiguresReadOneAssessmentOnly reads how SQLite would go about each figure: from the assessment's rows on, along an index, and
// never over those of others.
func TestFiguresReadOneAssessmentOnly(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	org := w.org()
	a := w.assessment(org, "Go")
	w.completed(a, "ada", time.Hour)
	id := a.ID
	seen, err := w.db.Spy(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Funnel(org, assess.Live, id)
		_, scores := tx.Scores(org, assess.Live, id, "m")
		_, sittings := tx.Sittings(org, assess.Live, id)
		_, answered := tx.Answered(org, assess.Live, id, 1)
		_, points := tx.QuestionPoints(org, assess.Live, id, 1, "m")
		_, decisions := tx.DecisionCounts(org, assess.Live, id)
		_, ratings := tx.Ratings(org, assess.Live, id, "m")
		_, work := tx.GraderWork(org, assess.Live, id)
		_, _, listed := tx.Candidates(org, assess.Live, id, "m", assess.CandidateFilter{Search: "a"}, assess.Page{Number: 1, Limit: 5, Sort: "score"})
		return errors.Join(err, scores, sittings, answered, points, decisions, ratings, work, listed)
	})
	if err != nil || len(seen) < 12 {
		t.Fatalf("%d statements, %v", len(seen), err)
	}
	scan := regexp.MustCompile(`(?m)^SCAN .*$`)
	for _, s := range seen {
		plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(s) })
		if found := scan.FindString(plan); found != "" {
			t.Errorf("%s\n%s\n%s", found, s.SQL, plan)
		}
	}
}
