package assess

import (
	"cmp"
	"slices"
	"time"
)

// GradeState is how far the grading of an invite is. It is not the invite's status, which ends with completed.
type GradeState string

// The states.
const (
	Ungraded GradeState = ""         // nobody is to grade it
	Grading  GradeState = "grading"  // graders are at work
	Disputed GradeState = "disputed" // the graders differ by more than the plan allows
	Graded   GradeState = "graded"
)

// Grade is what the evaluations of an invite amount to.
type Grade struct {
	State    GradeState
	Points   float64 // the mean of the evaluations, or the adjudicator's; once graded or disputed
	Max      int     // points that could be had
	GradedAt time.Time
}

// Percent is the share of the points that could be had, from 0 to 100.
func (g Grade) Percent() float64 {
	if g.Max == 0 {
		return 0
	}
	return 100 * g.Points / float64(g.Max)
}

// GradeOf is what the evaluations amount to, where total points can be had and evaluations that differ by more than gap percent
// of them have to be adjudicated (0: never).
func GradeOf(evaluations []Evaluation, total, gap int) Grade {
	var several []Evaluation
	var adjudication *Evaluation
	for _, e := range evaluations {
		switch {
		case e.State == EvaluationWithdrawn:
		case e.Adjudicates:
			adjudication = &e
		default:
			several = append(several, e)
		}
	}
	g := Grade{Max: total}
	open := func(e Evaluation) bool { return e.State != EvaluationSubmitted }
	switch {
	case adjudication != nil && !open(*adjudication):
		g.State, g.Points = Graded, float64(adjudication.Points)
	case len(several) == 0 && adjudication == nil:
		g.State = Ungraded
	case len(several) == 0 || slices.ContainsFunc(several, open):
		g.State = Grading
	default:
		g.State, g.Points = Graded, mean(several)
		if adjudication != nil || differ(several, total, gap) {
			g.State = Disputed
		}
	}
	return g
}

func mean(evaluations []Evaluation) float64 {
	sum := 0
	for _, e := range evaluations {
		sum += e.Points
	}
	return float64(sum) / float64(len(evaluations))
}

// differ reports whether the evaluations lie further apart than gap percent of the total.
func differ(evaluations []Evaluation, total, gap int) bool {
	if gap == 0 || total == 0 {
		return false
	}
	byPoints := func(a, b Evaluation) int { return cmp.Compare(a.Points, b.Points) }
	most, least := slices.MaxFunc(evaluations, byPoints), slices.MinFunc(evaluations, byPoints)
	return 100*(most.Points-least.Points) > gap*total
}
