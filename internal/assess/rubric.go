package assess

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Criterion is one thing that an answer is judged by.
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
	MaxCriteria = 20 // of a question
	MaxLevels   = 10 // of a criterion
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
	c.Name, c.Description = CleanLine(c.Name), CleanText(c.Description)
	c.Levels = slices.Clone(c.Levels)
	for i, l := range c.Levels {
		c.Levels[i].Description = CleanText(l.Description)
	}
	slices.SortStableFunc(c.Levels, func(a, b Level) int { return a.Points - b.Points })
	if n := len(c.Levels); n > 0 {
		c.Points = c.Levels[n-1].Points
	}
	return c
}

// cleanRubric is the question with its criteria as they are stored, and the points that they add up to.
func (q Question) cleanRubric() Question {
	if len(q.Criteria) == 0 {
		q.Criteria = nil
		return q
	}
	q.Criteria, q.Points = slices.Clone(q.Criteria), 0
	for i, c := range q.Criteria {
		q.Criteria[i] = c.clean()
		q.Points += q.Criteria[i].Points
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
}

func (c Criterion) check(p *problems, field string) {
	p.name(field+".name", c.Name, false)
	p.text(field+".description", c.Description, MaxTextRunes)
	p.when(c.Points < 0 || c.Points > MaxPoints, field+".points", "must be between 0 and %d", MaxPoints)
	p.when(len(c.Levels) > MaxLevels, field+".levels", "must be at most %d", MaxLevels)
	seen := map[int]bool{}
	for _, l := range c.Levels {
		p.when(l.Points < 0 || l.Points > MaxPoints, field+".levels", "must have between 0 and %d points", MaxPoints)
		p.when(seen[l.Points], field+".levels", "must differ in their points; two have %d", l.Points)
		p.text(field+".levels", l.Description, MaxTextRunes)
		seen[l.Points] = true
	}
}

// lintRubric says what graders will miss in the question's rubric.
func (q Question) lintRubric(number int) (out []Finding) {
	for i, c := range q.Criteria {
		name := c.Name
		if name == "" {
			name = fmt.Sprint(i + 1)
			out = append(out, Finding{Question: number, Message: fmt.Sprintf("Criterion %s has no name.", name), Blocking: true})
		}
		if c.Points == 0 {
			out = append(out, Finding{Question: number, Message: fmt.Sprintf("Criterion %s is worth no points, so it is not scored.", name)})
		}
		if len(c.Levels) == 1 {
			out = append(out, Finding{Question: number, Message: fmt.Sprintf("Criterion %s has a single level, so it tells nobody apart.", name)})
		}
	}
	return out
}
