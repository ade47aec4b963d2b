package assess_test

import (
	"testing"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

func submitted(points ...int) (out []assess.Evaluation) {
	for _, p := range points {
		out = append(out, assess.Evaluation{State: assess.EvaluationSubmitted, Points: p})
	}
	return out
}

func TestAGradeFollowsFromTheEvaluations(t *testing.T) {
	t.Parallel()
	open := assess.Evaluation{State: assess.EvaluationOpen}
	withdrawn := assess.Evaluation{State: assess.EvaluationWithdrawn, Points: 40}
	asked := assess.Evaluation{State: assess.EvaluationOpen, Adjudicates: true}
	settled := assess.Evaluation{State: assess.EvaluationSubmitted, Adjudicates: true, Points: 31}
	for _, test := range []struct {
		name        string
		evaluations []assess.Evaluation
		gap         int
		state       assess.GradeState
		points      float64
	}{
		{"nobody", nil, 0, assess.Ungraded, 0},
		{"only withdrawn", []assess.Evaluation{withdrawn}, 0, assess.Ungraded, 0},
		{"one at work", []assess.Evaluation{open}, 0, assess.Grading, 0},
		{"one of two", append(submitted(30), open), 10, assess.Grading, 0},
		{"one", submitted(30), 10, assess.Graded, 30},
		{"two", submitted(30, 25), 0, assess.Graded, 27.5},
		{"a withdrawn one does not count", append(submitted(30), withdrawn), 10, assess.Graded, 30},
		{"just within the gap", submitted(30, 26), 10, assess.Graded, 28},
		{"beyond the gap", submitted(31, 26), 10, assess.Disputed, 28.5},
		{"the widest of three counts", submitted(31, 28, 26), 10, assess.Disputed, 85.0 / 3},
		{"any gap is allowed", submitted(40, 0), 0, assess.Graded, 20},
		{"somebody adjudicates", append(submitted(31, 26), asked), 10, assess.Disputed, 28.5},
		{"somebody has adjudicated", append(submitted(31, 26), settled), 10, assess.Graded, 31},
		{"an adjudicator alone", []assess.Evaluation{asked}, 10, assess.Grading, 0},
	} {
		got := assess.GradeOf(test.evaluations, 40, test.gap)
		if got.State != test.state || got.Points != test.points || got.Max != 40 {
			t.Errorf("%s: %+v, want %s with %v of 40", test.name, got, test.state, test.points)
		}
	}
}

func TestAGradeLiesBetweenTheEvaluations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.IntRange(0, 100), 1, 5).Draw(t, "points")
		gap := rapid.IntRange(0, 100).Draw(t, "gap")
		g := assess.GradeOf(submitted(points...), 100, gap)
		least, most := points[0], points[0]
		for _, p := range points {
			least, most = min(least, p), max(most, p)
		}
		if g.Points < float64(least)-1e-9 || g.Points > float64(most)+1e-9 {
			t.Fatalf("%v give %v", points, g.Points)
		}
		if disputed := gap > 0 && most-least > gap; disputed != (g.State == assess.Disputed) {
			t.Fatalf("%v with a gap of %d are %s", points, gap, g.State)
		}
	})
}

func TestPercentOfNothingIsNothing(t *testing.T) {
	t.Parallel()
	if got := (assess.Grade{}).Percent(); got != 0 {
		t.Errorf("%v", got)
	}
	if got := (assess.Grade{Points: 30, Max: 40}).Percent(); got != 75 {
		t.Errorf("%v", got)
	}
}

func TestGradersTakeTurns(t *testing.T) {
	t.Parallel()
	plan := assess.GradingPlan{Graders: []assess.MemberID{"a", "b", "c"}}
	all := func(assess.MemberID) bool { return true }
	count := map[assess.MemberID]int{}
	for range 30 {
		picked := plan.Next(2, all)
		if len(picked) != 2 || picked[0] == picked[1] {
			t.Fatalf("picked %v", picked)
		}
		count[picked[0]]++
		count[picked[1]]++
	}
	if count["a"] != 20 || count["b"] != 20 || count["c"] != 20 {
		t.Errorf("turns are not even: %v", count)
	}
	notB := func(m assess.MemberID) bool { return m != "b" }
	if picked := plan.Next(3, notB); len(picked) != 2 {
		t.Errorf("of two who are free, %v are picked", picked)
	}
	if picked := (&assess.GradingPlan{}).Next(1, all); picked != nil {
		t.Errorf("of nobody, %v are picked", picked)
	}
}

func TestAGradingPlanHasBounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		plan  assess.GradingPlan
		field string
	}{
		{assess.GradingPlan{}, ""},
		{assess.GradingPlan{Graders: []assess.MemberID{"a", "b"}, PerInvite: 2, Gap: 100, DueDays: 90}, ""},
		{assess.GradingPlan{PerInvite: 1}, "graders"},
		{assess.GradingPlan{PerInvite: 6, Graders: []assess.MemberID{"a", "b", "c", "d", "e", "f"}}, "perInvite"},
		{assess.GradingPlan{PerInvite: 2, Graders: []assess.MemberID{"a", "b", "a"}}, "graders"},
		{assess.GradingPlan{Gap: 101}, "gap"},
		{assess.GradingPlan{DueDays: -1}, "dueDays"},
	} {
		wantProblem(t, test.plan.Validate(), test.field)
	}
}
