package assess

import (
	"cmp"
	"slices"
)

// Funnel is how many invites of an assessment have come how far. Who has come further counts in every step before it, and so
// does who got there and then gave up or ran out of time.
type Funnel struct{ Invited, Accepted, Started, Completed, Graded int }

// Tally is how often a figure has a value.
type Tally struct {
	Value float64
	N     int
}

// Tallies are all values that a figure has, each once, the least first.
type Tallies []Tally

// Count is how many there are of the figure.
func (t Tallies) Count() int {
	n := 0
	for _, tally := range t {
		n += tally.N
	}
	return n
}

// Mean is the arithmetic mean; 0 of nothing.
func (t Tallies) Mean() float64 {
	sum, n := 0.0, t.Count()
	for _, tally := range t {
		sum += tally.Value * float64(tally.N)
	}
	return sum / float64(max(n, 1))
}

// Median is the second quartile.
func (t Tallies) Median() float64 { return t.Quartile(2) }

// Quartile is the value that k quarters of the figures do not exceed: where it falls between two, the middle between them; 0 of
// nothing. Source: R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996),
// definition 2.
func (t Tallies) Quartile(k int) float64 {
	quarters := k * t.Count()
	return (t.at((quarters+3)/4) + t.at(quarters/4+1)) / 2
}

// at is the value at a rank, counting from 1; the last beyond the end, 0 of nothing.
func (t Tallies) at(rank int) (value float64) {
	for _, tally := range t {
		value = tally.Value
		if rank -= tally.N; rank <= 0 {
			break
		}
	}
	return value
}

// Merged is what tallies in any order amount to, each value once and the least first.
func (t Tallies) Merged() (out Tallies) {
	for _, tally := range slices.SortedFunc(slices.Values(t), func(a, b Tally) int { return cmp.Compare(a.Value, b.Value) }) {
		if n := len(out); n > 0 && out[n-1].Value == tally.Value {
			out[n-1].N += tally.N
		} else {
			out = append(out, tally)
		}
	}
	return out
}

// Bins counts the figures in n intervals of the given width from 0 on. The last takes in all that lies beyond it.
func (t Tallies) Bins(n int, width float64) []int {
	bins := make([]int, n)
	for _, tally := range t {
		bins[min(n-1, max(0, int(tally.Value/width)))] += tally.N
	}
	return bins
}

// CandidateFilter narrows a list of those who have completed an assessment. Empty fields do not narrow.
type CandidateFilter struct {
	Search   string // part of the address or name, whatever its case
	Grade    GradeFilter
	Decision DecisionFilter
}

// GradeFilter is a state of the grade, or ungraded.
type GradeFilter string

// DecisionFilter is an outcome, or undecided.
type DecisionFilter string

// What is a state of its own in a filter only.
const (
	FilterUngraded  GradeFilter    = "ungraded"
	FilterUndecided DecisionFilter = "undecided"
)

// GradeFilters lists what a list can be narrowed to.
func GradeFilters() []GradeFilter {
	return []GradeFilter{FilterUngraded, GradeFilter(Grading), GradeFilter(Disputed), GradeFilter(Graded)}
}

// DecisionFilters lists what a list can be narrowed to.
func DecisionFilters() []DecisionFilter {
	filters := []DecisionFilter{FilterUndecided}
	for _, outcome := range Outcomes() {
		filters = append(filters, DecisionFilter(outcome))
	}
	return filters
}

// CandidateSorts are the orders that a list of those who have completed an assessment can have; the first is the default.
func CandidateSorts() []string { return []string{"completed_at", "score", "time", "name"} }

// Candidate is one who has completed an assessment, as lists show them.
type Candidate struct {
	InviteSummary
	Version  int
	Grade    Grade   // being graded, without points, while Hidden
	Hidden   bool    // whether the score is kept from who asks, because they have yet to grade the invite blind
	Decision Outcome // the one that holds; empty while nothing is decided
}
