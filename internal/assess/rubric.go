package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Criterion is one thing that an answer is judged by. Its id is its own within the question and stays through every version of
// it, and in copies of the question, so that scores stay comparable.
type Criterion struct {
	ID          CriterionID
	Name        string
	Description string // what to look for; may be empty
	Points      int    // the most that it can bring
	Levels      []Level
}

// Level says what a number of points of a criterion means. A criterion with levels is scored by one of them, else by any whole
// number up to its points.
type Level struct {
	Points      int
	Description string
}

// The limits of a rubric.
const (
	MaxCriteria              = 20 // of a question
	MaxLevels                = 10 // of a criterion
	defaultPointsOfCriterion = 4
)

// WholeAnswer stands for the criterion of a question that has none: its points are given for the answer as a whole.
const WholeAnswer CriterionID = ""

// Rubric is what an answer to the question is scored by: its criteria, or the answer as a whole. It is empty for a question
// without points, which is not scored.
func (q Question) Rubric() []Criterion {
	if len(q.Criteria) == 0 && q.Points > 0 {
		return []Criterion{{ID: WholeAnswer, Points: q.Points}}
	}
	return slices.DeleteFunc(slices.Clone(q.Criteria), func(c Criterion) bool { return c.Points == 0 })
}

// Worth is what an answer to the question can bring: what its criteria add up to, or the points of the whole.
func (q Question) Worth() int {
	if len(q.Criteria) == 0 {
		return q.Points
	}
	sum := 0
	for _, c := range q.Criteria {
		sum += c.Worth()
	}
	return sum
}

// Worth is the most that the criterion can bring: its levels say so, if there are any.
func (c Criterion) Worth() int {
	if len(c.Levels) == 0 {
		return c.Points
	}
	return slices.MaxFunc(c.Levels, byPoints).Points
}

func byPoints(x, y Level) int { return x.Points - y.Points }

// WithCriterion is the question with one more criterion, to be filled in. The first one takes over the points of the answer as
// a whole, so that the question is worth what it was.
func (q Question) WithCriterion(id CriterionID) Question {
	c := Criterion{ID: id, Points: defaultPointsOfCriterion}
	if len(q.Criteria) == 0 && q.Points > 0 {
		c.Points = q.Points
	}
	q.Criteria = append(slices.Clone(q.Criteria), c)
	return q
}

// WithLevel is the criterion with one more level, to be described, and the points of that level. The first one brings a second:
// nothing and everything. Each further one halves the widest gap, or stands above all where there is none.
func (c Criterion) WithLevel() (_ Criterion, points int) {
	if len(c.Levels) == 0 {
		c.Levels = []Level{{Points: 0}, {Points: cmp.Or(c.Points, defaultPointsOfCriterion)}}
		return c, 0
	}
	c.Levels = slices.Clone(c.Levels)
	slices.SortStableFunc(c.Levels, byPoints)
	points = c.Worth() + 1
	for i, widest := 1, 1; i < len(c.Levels); i++ {
		if gap := c.Levels[i].Points - c.Levels[i-1].Points; gap > widest {
			points, widest = c.Levels[i-1].Points+gap/2, gap
		}
	}
	c.Levels = append(c.Levels, Level{Points: points})
	return c, points
}

// CommonLevels are levels to begin with for a criterion that is worth so many points: five, from nothing to everything, or as
// many as the points can tell apart.
func CommonLevels(points int) []Level {
	descriptions := []string{
		"Nothing of it in the answer.", "A beginning, with large gaps.", "The basics, with some gaps.", "Solid, with a minor gap.", "Complete and convincing.",
	}
	most := len(descriptions) - 1
	if points <= 0 {
		points = most
	}
	steps := min(points, most)
	levels := make([]Level, steps+1)
	for i := range levels {
		levels[i] = Level{Points: share(points, i, steps), Description: descriptions[share(most, i, steps)]}
	}
	return levels
}

// share is i of n parts of the whole, rounded.
func share(whole, i, n int) int { return (2*whole*i + n) / (2 * n) }

// Equal reports whether two criteria are the same and say the same.
func (c Criterion) Equal(other Criterion) bool {
	return c.ID == other.ID && c.Name == other.Name && c.Description == other.Description && c.Points == other.Points &&
		slices.Equal(c.Levels, other.Levels)
}

// Allows reports whether the criterion can be scored with so many points.
func (c Criterion) Allows(points int) bool {
	if len(c.Levels) == 0 {
		return points >= 0 && points <= c.Points
	}
	return slices.ContainsFunc(c.Levels, func(l Level) bool { return l.Points == points })
}

// allowed says what Allows does, for people.
func (c Criterion) allowed() string {
	if len(c.Levels) == 0 {
		return fmt.Sprintf("0 to %d", c.Points)
	}
	points := make([]string, len(c.Levels))
	for i, l := range c.Levels {
		points[i] = strconv.Itoa(l.Points)
	}
	return strings.Join(points, ", ")
}

// clean is the criterion as it is stored: levels from few points to many; those say how many points it can bring.
func (c Criterion) clean() Criterion {
	c.Name, c.Description, c.Points = CleanLine(c.Name), CleanText(c.Description), c.Worth()
	if len(c.Levels) == 0 {
		c.Levels = nil
		return c
	}
	c.Levels = slices.Clone(c.Levels)
	for i, l := range c.Levels {
		c.Levels[i].Description = CleanText(l.Description)
	}
	slices.SortStableFunc(c.Levels, byPoints)
	return c
}

// cleanRubric is the question with its criteria as they are stored, and the points that they add up to.
func (q Question) cleanRubric() Question {
	q.Points = q.Worth()
	if len(q.Criteria) == 0 {
		q.Criteria = nil
		return q
	}
	q.Criteria = slices.Clone(q.Criteria)
	for i, c := range q.Criteria {
		q.Criteria[i] = c.clean()
	}
	return q
}

// checkRubric adds the broken rules of the question's criteria; field names a part of the question.
func (q Question) checkRubric(p *problems, field func(string) string) {
	p.when(len(q.Criteria) > MaxCriteria, field("criteria"), "must be at most %d", MaxCriteria)
	seen := map[CriterionID]bool{}
	for i, c := range q.Criteria {
		p.when(!ValidID(string(c.ID)) || seen[c.ID], field("criteria"), "must each have an id of their own")
		seen[c.ID] = true
		c.check(p, field(fmt.Sprintf("criteria[%d]", i)))
	}
	if len(q.Criteria) > 0 {
		p.when(q.Worth() > MaxPoints, field("criteria"), "must not add up to more than %d points", MaxPoints)
	}
}

func (c Criterion) check(p *problems, field string) {
	p.line(field+".name", c.Name, false, MaxNameRunes)
	p.text(field+".description", c.Description, MaxTextRunes)
	if len(c.Levels) == 0 {
		p.when(c.Points < 0 || c.Points > MaxPoints, field+".points", "must be between 0 and %d", MaxPoints)
	}
	p.when(len(c.Levels) > MaxLevels, field+".levels", "must be at most %d", MaxLevels)
	seen := map[int]bool{}
	for i, l := range c.Levels {
		part := func(name string) string { return fmt.Sprintf("%s.levels[%d].%s", field, i, name) }
		p.when(l.Points < 0 || l.Points > MaxPoints, part("points"), "must be between 0 and %d", MaxPoints)
		p.when(seen[l.Points], part("points"), "must differ from the other levels': there is one with %d already", l.Points)
		p.text(part("description"), l.Description, MaxTextRunes)
		seen[l.Points] = true
	}
}

// lintRubric says what graders will miss in the question's rubric.
func (q Question) lintRubric(number int) (out []Finding) {
	for i, c := range q.Criteria {
		if c.Name == "" {
			out = append(out, Finding{Question: number, Message: fmt.Sprintf("Criterion %d has no name.", i+1), Blocking: true})
		}
		for _, message := range c.lint(i + 1) {
			out = append(out, Finding{Question: number, Message: message})
		}
	}
	return out
}

func (c Criterion) lint(number int) (out []string) {
	name := fmt.Sprintf("Criterion %d", number)
	if c.Name != "" {
		name = fmt.Sprintf("Criterion “%s”", c.Name)
	}
	if c.Points == 0 {
		out = append(out, name+" is worth no points, so it is not scored.")
	}
	if len(c.Levels) == 1 {
		out = append(out, name+" has a single level, so it tells nobody apart.")
	}
	if slices.ContainsFunc(c.Levels, func(l Level) bool { return l.Description == "" }) {
		out = append(out, name+" has a level without a description.")
	}
	return out
}
