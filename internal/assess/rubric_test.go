package assess_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// criterion is a criterion whose id ends in n.
func criterion(n, points int, levels ...assess.Level) assess.Criterion {
	return assess.Criterion{ID: assess.CriterionID(fmt.Sprintf("7cac8eb9-09a8-4cec-b28e-%012d", n)), Name: "Depth", Points: points, Levels: levels}
}

// levels are levels of so many points each.
func levels(points ...int) []assess.Level {
	out := make([]assess.Level, len(points))
	for i, p := range points {
		out[i] = assess.Level{Points: p, Description: "What it means"}
	}
	return out
}

func judgedBy(points int, criteria ...assess.Criterion) assess.Question {
	q := assess.NewQuestion("q1")
	q.Prompts["en"], q.Points, q.Criteria = "Why Go?", points, criteria
	return q
}

func TestARubricIsWhatAnAnswerIsScoredBy(t *testing.T) {
	t.Parallel()
	scored, unscored := criterion(1, 4), criterion(2, 0)
	tests := map[string]struct {
		question assess.Question
		want     []assess.Criterion
	}{
		"criteria":                  {judgedBy(4, scored), []assess.Criterion{scored}},
		"the answer as a whole":     {judgedBy(7), []assess.Criterion{{ID: assess.WholeAnswer, Points: 7}}},
		"nothing":                   {judgedBy(0), nil},
		"not those without points":  {judgedBy(4, unscored, scored), []assess.Criterion{scored}},
		"nothing that has no worth": {judgedBy(0, unscored), []assess.Criterion{}},
	}
	for name, test := range tests {
		before := slices.Clone(test.question.Criteria)
		if diff := cmp.Diff(test.want, test.question.Rubric()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if diff := cmp.Diff(before, test.question.Criteria); diff != "" {
			t.Errorf("%s: asking changed the question:\n%s", name, diff)
		}
	}
}

func TestACriterionAllowsItsLevelsOrAnyWholeNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		criterion assess.Criterion
		allowed   []int
		refused   []int
	}{
		{criterion(1, 3), []int{0, 1, 2, 3}, []int{-1, 4}},
		{criterion(1, 6, levels(0, 3, 6)...), []int{0, 3, 6}, []int{-3, 1, 2, 5, 7}},
		{criterion(1, 2, levels(1, 2)...), []int{1, 2}, []int{0, 3}},
		{criterion(1, 0), []int{0}, []int{1}},
	}
	for _, test := range tests {
		for _, points := range test.allowed {
			if !test.criterion.Allows(points) {
				t.Errorf("%+v does not allow %d", test.criterion, points)
			}
		}
		for _, points := range test.refused {
			if test.criterion.Allows(points) {
				t.Errorf("%+v allows %d", test.criterion, points)
			}
		}
	}
}

func TestStoredPointsAreWhatTheRubricAddsUpTo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		question assess.Question
		want     int
	}{
		"the answer as a whole":                {judgedBy(7), 7},
		"criteria":                             {judgedBy(99, criterion(1, 4), criterion(2, 5)), 9},
		"levels say what a criterion is worth": {judgedBy(99, criterion(1, 50, levels(6, 0, 3)...), criterion(2, 2)), 8},
		"criteria without points":              {judgedBy(99, criterion(1, 0)), 0},
	}
	for name, test := range tests {
		c := assess.NewContent("Engineer", []string{"en"})
		c.Questions = []assess.Question{test.question}
		cleaned := c.Clean()
		if got := cleaned.Questions[0].Points; got != test.want || cleaned.TotalPoints() != test.want || test.question.Worth() != test.want {
			t.Errorf("%s: stored with %d points, %d in all, worth %d before; want %d", name, got, cleaned.TotalPoints(), test.question.Worth(), test.want)
		}
		if diff := cmp.Diff(cleaned, cleaned.Clean()); diff != "" {
			t.Errorf("%s: cleaning again changes it:\n%s", name, diff)
		}
	}
}

func TestCriteriaAreStoredTidyAndInTheirOrder(t *testing.T) {
	t.Parallel()
	typed := criterion(2, 0, assess.Level{Points: 4, Description: " Clear\r\nand whole "}, assess.Level{Points: 0})
	typed.Name, typed.Description = "  Clear \n speech", " What to\r\nlook for\n"
	last := criterion(1, 3)
	last.Levels = []assess.Level{}
	c := assess.NewContent("Engineer", []string{"en"})
	c.Questions = []assess.Question{judgedBy(0, typed, last)}

	want := criterion(2, 4, assess.Level{Points: 0}, assess.Level{Points: 4, Description: "Clear\nand whole"})
	want.Name, want.Description = "Clear speech", "What to\nlook for"
	if diff := cmp.Diff([]assess.Criterion{want, criterion(1, 3)}, c.Clean().Questions[0].Criteria); diff != "" {
		t.Error(diff)
	}
	if typed.Levels[0].Points != 4 || typed.Levels[0].Description != " Clear\r\nand whole " {
		t.Errorf("cleaning changed what was given: %+v", typed.Levels)
	}
}

func TestWhatRubricsMustNotHold(t *testing.T) {
	t.Parallel()
	many := make([]assess.Criterion, assess.MaxCriteria+1)
	for i := range many {
		many[i] = criterion(i, 1)
	}
	named := func(name string) assess.Criterion {
		c := criterion(1, 1)
		c.Name = name
		return c
	}
	tests := map[string][]assess.Criterion{
		"":                         {named("Knows ASP.NET, and node.js"), criterion(2, 1000-1)},
		"criteria must be at most": many,
		"criteria must each have an id of their own":                   {criterion(1, 1), criterion(1, 2)},
		"criteria must not add up to more than 1000 points":            {criterion(1, 1000), criterion(2, 1)},
		"criteria[0].name must be at most 200 characters long":         {named(runes(assess.MaxNameRunes + 1))},
		"criteria[0].name must not contain control characters":         {named("a\x01")},
		"criteria[0].points must be between 0 and 1000":                {criterion(1, -1)},
		"criteria[1].points must be between 0 and 1000":                {criterion(1, 0), criterion(2, 1001)},
		"criteria[0].levels must be at most 10":                        {criterion(1, 0, levels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)...)},
		"criteria[0].levels[1].points must be between 0 and 1000":      {criterion(1, 0, levels(1, -1)...)},
		"criteria[0].levels[2].points must differ from the other lev":  {criterion(1, 0, levels(0, 4, 4)...)},
		"criteria[0].levels[0].description must be at most 10000 char": {criterion(1, 0, assess.Level{Description: runes(assess.MaxTextRunes + 1)})},
	}
	for want, criteria := range tests {
		err := question(func(q *assess.Question) { q.Criteria = criteria })
		switch {
		case want == "" && err != nil:
			t.Errorf("%+v is refused: %v", criteria, err)
		case want != "" && (assess.KindOf(err) != assess.Invalid || !strings.Contains(err.Error(), "questions[0]."+want)):
			t.Errorf("%+v: %v, want %q", criteria, err, want)
		}
	}
	noID := criterion(1, 1)
	noID.ID = assess.WholeAnswer
	if err := question(func(q *assess.Question) { q.Criteria = []assess.Criterion{noID} }); assess.KindOf(err) != assess.Invalid {
		t.Errorf("a criterion without an id: %v", err)
	}
}

func TestTheLinterNamesWhatGradersWillMiss(t *testing.T) {
	t.Parallel()
	nameless := criterion(1, 4)
	nameless.Name = ""
	silent := criterion(2, 4, levels(0, 4)...)
	silent.Levels[1].Description = ""
	tests := map[string]struct {
		criterion assess.Criterion
		want      []string
		blocking  bool
	}{
		"nothing":       {criterion: criterion(1, 4, levels(0, 4)...)},
		"its name":      {nameless, []string{"Question 1: Criterion 1 has no name."}, true},
		"its points":    {criterion(1, 0), []string{"Question 1: It is worth no points.", "Question 1: Criterion “Depth” is worth no points, so it is not scored."}, false},
		"its levels":    {criterion(1, 4, levels(4)...), []string{"Question 1: Criterion “Depth” has a single level, so it tells nobody apart."}, false},
		"a description": {silent, []string{"Question 1: Criterion “Depth” has a level without a description."}, false},
	}
	for name, test := range tests {
		c := assess.NewContent("Engineer", []string{"en"})
		c.Format = assess.TextFormat
		c.Questions = []assess.Question{judgedBy(0, test.criterion), judgedBy(5)}
		var said []string
		blocking := false
		for _, f := range c.Clean().Lint(nil) {
			said = append(said, f.String())
			blocking = blocking || f.Blocking
		}
		if !slices.Equal(said, test.want) || blocking != test.blocking {
			t.Errorf("missing is %s: the linter says %q (blocking: %t), want %q", name, said, blocking, test.want)
		}
	}
}

func TestTheFirstCriterionTakesOverThePointsOfTheWhole(t *testing.T) {
	t.Parallel()
	one := judgedBy(12).WithCriterion("a")
	two := one.WithCriterion("b")
	if one.Worth() != 12 || two.Worth() != 16 || len(one.Criteria) != 1 || two.Criteria[1].ID != "b" {
		t.Errorf("with one criterion it is worth %d, with two %d: %+v", one.Worth(), two.Worth(), two.Criteria)
	}
	if got := judgedBy(0).WithCriterion("a").Worth(); got != 4 {
		t.Errorf("the first criterion of a question without points is worth %d", got)
	}
}

func TestALevelIsAddedWhereItIsMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		criterion assess.Criterion
		points    int
		want      []int
	}{
		{criterion(1, 6), 0, []int{0, 6}},
		{criterion(1, 0), 0, []int{0, 4}},
		{criterion(1, 6, levels(6, 0)...), 3, []int{0, 6, 3}},
		{criterion(1, 6, levels(0, 1, 6)...), 3, []int{0, 1, 6, 3}},
		{criterion(1, 2, levels(0, 1, 2)...), 3, []int{0, 1, 2, 3}},
		{criterion(1, 5, levels(5)...), 6, []int{5, 6}},
	}
	for _, test := range tests {
		before := slices.Clone(test.criterion.Levels)
		got, points := test.criterion.WithLevel()
		var worth []int
		for _, l := range got.Levels {
			worth = append(worth, l.Points)
		}
		if !slices.Equal(worth, test.want) || points != test.points {
			t.Errorf("%+v gets a level of %d points: %v, want %d: %v", test.criterion, points, worth, test.points, test.want)
		}
		if !slices.Equal(before, test.criterion.Levels) {
			t.Errorf("adding a level changed what was given: %+v", test.criterion)
		}
	}
}

func TestCommonLevelsSpreadThePoints(t *testing.T) {
	t.Parallel()
	for points, want := range map[int][]int{
		0: {0, 1, 2, 3, 4}, 1: {0, 1}, 2: {0, 1, 2}, 3: {0, 1, 2, 3}, 4: {0, 1, 2, 3, 4}, 5: {0, 1, 3, 4, 5}, 10: {0, 3, 5, 8, 10},
		1000: {0, 250, 500, 750, 1000},
	} {
		var got, described []string
		for _, l := range assess.CommonLevels(points) {
			got = append(got, fmt.Sprint(l.Points))
			described = append(described, l.Description)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the levels of %d points have %v, want %v", points, got, want)
		}
		if slices.Sort(described); len(slices.Compact(described)) != len(want) || described[0] == "" {
			t.Errorf("the levels of %d points are described by %q", points, described)
		}
	}
}

func TestCriteriaAreEqualWhenTheySayTheSame(t *testing.T) {
	t.Parallel()
	same := func() assess.Criterion { return criterion(1, 4, levels(0, 4)...) }
	if !same().Equal(same()) {
		t.Error("a criterion differs from itself")
	}
	for name, change := range map[string]func(*assess.Criterion){
		"id":          func(c *assess.Criterion) { c.ID = "other" },
		"name":        func(c *assess.Criterion) { c.Name = "other" },
		"description": func(c *assess.Criterion) { c.Description = "other" },
		"points":      func(c *assess.Criterion) { c.Points++ },
		"levels":      func(c *assess.Criterion) { c.Levels = c.Levels[1:] },
		"level":       func(c *assess.Criterion) { c.Levels[0].Description = "other" },
	} {
		other := same()
		change(&other)
		if same().Equal(other) {
			t.Errorf("criteria of another %s count as equal", name)
		}
	}
}
