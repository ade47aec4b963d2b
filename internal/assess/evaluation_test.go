package assess_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

// wantProblem checks that err names the field, and nothing else; nothing at all where the field is empty.
func wantProblem(t *testing.T, err error, field string) {
	t.Helper()
	var invalid *assess.Error
	switch {
	case field == "" && err == nil:
	case field != "" && errors.As(err, &invalid) && len(invalid.Problems) == 1 && invalid.Problems[0].Field == field:
	default:
		t.Errorf("%v, want a problem of %q", err, field)
	}
}

func rubric() assess.Question {
	return assess.Question{ID: "q", Points: 10, Criteria: []assess.Criterion{
		{ID: "depth", Name: "Depth", Points: 6},
		{ID: "clear", Name: "Clarity", Points: 4, Levels: []assess.Level{{Points: 1}, {Points: 4}}},
		{ID: "none", Name: "Only looked at"},
	}}
}

func TestScoresKeepToTheRubric(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scores map[assess.CriterionID]int
		field  string
	}{
		{nil, ""},
		{map[assess.CriterionID]int{"depth": 0, "clear": 1}, ""},
		{map[assess.CriterionID]int{"depth": 6, "clear": 4}, ""},
		{map[assess.CriterionID]int{"depth": 7}, "scores"},
		{map[assess.CriterionID]int{"depth": -1}, "scores"},
		{map[assess.CriterionID]int{"clear": 2}, "scores"},
		{map[assess.CriterionID]int{"none": 0}, "scores"},
		{map[assess.CriterionID]int{assess.WholeAnswer: 5}, "scores"},
		{map[assess.CriterionID]int{"other": 0}, "scores"},
	} {
		wantProblem(t, assess.Mark{Scores: test.scores}.Validate(rubric()), test.field)
	}
	whole := assess.Question{Points: 5}
	wantProblem(t, assess.Mark{Scores: map[assess.CriterionID]int{assess.WholeAnswer: 5}}.Validate(whole), "")
	wantProblem(t, assess.Mark{Scores: map[assess.CriterionID]int{assess.WholeAnswer: 6}}.Validate(whole), "scores")
	wantProblem(t, assess.Mark{Comment: strings.Repeat("ü", assess.MaxTextRunes+1)}.Validate(whole), "comment")
}

func TestAMarkIsWholeWhenNothingIsMissing(t *testing.T) {
	t.Parallel()
	m := assess.Mark{Scores: map[assess.CriterionID]int{"depth": 5}}
	if m.Whole(rubric()) || m.Points() != 5 {
		t.Errorf("half a mark is whole, or has %d points", m.Points())
	}
	m.Scores["clear"] = 4
	if !m.Whole(rubric()) || m.Points() != 9 {
		t.Errorf("a whole mark is not, or has %d points", m.Points())
	}
	if !(assess.Mark{}).Whole(assess.Question{}) {
		t.Error("a question without points wants scores")
	}
}

func TestNothingIsAllowedByAnyRubric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := assess.Question{ID: "q", Points: rapid.IntRange(0, 9).Draw(t, "points")}
		for i := range rapid.IntRange(0, 4).Draw(t, "criteria") {
			c := assess.Criterion{ID: assess.CriterionID(rune('a' + i)), Points: rapid.IntRange(0, 9).Draw(t, "most")}
			for _, points := range rapid.SliceOfNDistinct(rapid.IntRange(0, c.Points), 0, 3, rapid.ID[int]).Draw(t, "levels") {
				c.Levels = append(c.Levels, assess.Level{Points: points})
			}
			q.Criteria = append(q.Criteria, c)
		}
		m := assess.Nothing(q)
		if err := m.Validate(q); err != nil || !m.Whole(q) {
			t.Fatalf("%+v of %+v: %v", m, q, err)
		}
	})
}

func TestOnlyWhatIsReadyAndOpenIsGradable(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		e    assess.Evaluation
		kind assess.Kind
		code assess.Code
	}{
		{assess.Evaluation{State: assess.EvaluationOpen, ReadyAt: noon}, "", ""},
		{assess.Evaluation{State: assess.EvaluationOpen}, assess.Conflict, ""},
		{assess.Evaluation{State: assess.EvaluationSubmitted, ReadyAt: noon}, assess.Conflict, assess.Finished},
		{assess.Evaluation{State: assess.EvaluationWithdrawn, ReadyAt: noon}, assess.Conflict, assess.Over},
	} {
		if err := test.e.Gradable(); assess.KindOf(err) != test.kind || assess.CodeOf(err) != test.code {
			t.Errorf("%s: %v", test.e.State, err)
		}
	}
	late := assess.Evaluation{State: assess.EvaluationOpen, DueAt: noon}
	if late.Overdue(noon) || !late.Overdue(noon.Add(time.Millisecond)) {
		t.Error("an evaluation is overdue from the millisecond after its deadline on")
	}
	if (assess.Evaluation{State: assess.EvaluationOpen}).Overdue(noon) {
		t.Error("an evaluation without a deadline is overdue")
	}
}

// TestOnlyAPersonDecides tries every actor, status and outcome: no decision comes without a member's name and a reason.
func TestOnlyAPersonDecides(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	kinds := []assess.ActorKind{assess.ByMember, assess.ByKey, assess.ByCandidate, assess.BySystem}
	decides := []assess.Role{assess.Owner, assess.Admin, assess.Recruiter}
	rapid.Check(t, func(t *rapid.T) {
		who := assess.Actor{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Role: rapid.SampledFrom(assess.Roles()).Draw(t, "role"), ID: "m1", Name: "Mara",
		}
		inv := assess.Invite{InviteSummary: assess.InviteSummary{
			ID: "i1", Stored: rapid.SampledFrom(assess.InviteStatuses()).Draw(t, "status"), ExpiresAt: now.Add(time.Hour),
		}}
		outcome := assess.Outcome(rapid.SampledFrom([]string{"advance", "hold", "reject", "hire", ""}).Draw(t, "outcome"))
		reason := rapid.SampledFrom([]string{"", " \n", "Clear and deep."}).Draw(t, "reason")
		d, err := assess.Decide(who, inv, outcome, reason, now)
		may := who.Kind == assess.ByMember && slices.Contains(decides, who.Role)
		right := inv.Stored == assess.Completed && slices.Contains(assess.Outcomes(), outcome) && strings.TrimSpace(reason) != ""
		if (err == nil) != (may && right) {
			t.Fatalf("%+v on %s, %q for %q: %v", who, inv.Stored, outcome, reason, err)
		}
		if !may && assess.KindOf(err) != assess.Forbidden {
			t.Fatalf("%+v gets %v", who, err)
		}
		if err == nil && (d.Member != "m1" || d.MemberName != "Mara" || d.Reason == "" || !d.At.Equal(now)) {
			t.Fatalf("%+v", d)
		}
	})
}
