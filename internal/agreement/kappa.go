// Package agreement computes how far raters agree about the same subjects: exact agreement, weighted kappa and intraclass
// correlations.
//
// It is mathematics alone. It must not know what is rated, by whom, or what a figure should lead to, and it never gives a number
// that is not one: where a figure is not defined it says so.
package agreement

import (
	"math"
	"slices"
)

// Pair is what two raters have given to one subject.
type Pair struct{ A, B float64 }

// Exact is the share of subjects to which both raters have given the same. It is not defined without any.
func Exact(pairs []Pair) (share float64, ok bool) { return Within(pairs, 0) }

// Within is the share of subjects about which the raters differ by at most distance, but for what rounding makes of ratings that
// are fractions. It is not defined without any.
func Within(pairs []Pair, distance float64) (share float64, ok bool) {
	near := 0
	for _, p := range pairs {
		rounding := 1e-12 * max(math.Abs(p.A), math.Abs(p.B))
		if math.Abs(p.A-p.B) <= distance+rounding {
			near++
		}
	}
	return defined(float64(near), float64(len(pairs)))
}

// Weight says how bad it is that one rater has given a and the other b: 0 if they are the same, never less.
type Weight func(a, b float64) float64

// Linear counts a difference as it is.
func Linear(a, b float64) float64 { return math.Abs(a - b) }

// Quadratic counts a difference by its square, so that a large one is worse than several small ones.
func Quadratic(a, b float64) float64 { return (a - b) * (a - b) }

// Kappa is the weighted kappa of two raters: 1 when they agree in everything, 0 when no better than two who give the same ratings
// in any order, less when worse. It is not defined for fewer than two subjects, nor when all ratings are the same. It compares
// every rating of one with every one of the other, counting equal ones once.
//
// Source: J. Cohen, Weighted kappa: Nominal scale agreement with provision for scaled disagreement or partial credit,
// Psychological Bulletin 70 (1968), 213–220, in terms of disagreement (formula 6).
func Kappa(pairs []Pair, weight Weight) (kappa float64, ok bool) {
	if len(pairs) < 2 {
		return 0, false
	}
	observed, as, bs := 0.0, tally{}, tally{}
	for _, p := range pairs {
		observed += weight(p.A, p.B)
		as[p.A]++
		bs[p.B]++
	}
	chance := as.against(bs, weight) / float64(len(pairs))
	return defined(chance-observed, chance)
}

// tally counts how often each rating was given.
type tally map[float64]int

// against sums the weights of all ratings here with all ratings there.
func (t tally) against(other tally, weight Weight) (sum float64) {
	theirs := other.values()
	for _, a := range t.values() {
		for _, b := range theirs {
			sum += float64(t[a]) * float64(other[b]) * weight(a, b)
		}
	}
	return sum
}

// values are the ratings from the least to the most, so that sums come out the same every time.
func (t tally) values() []float64 {
	values := make([]float64, 0, len(t))
	for v := range t {
		values = append(values, v)
	}
	slices.Sort(values)
	return values
}

// defined is a quotient, if it is a number.
func defined(numerator, denominator float64) (quotient float64, ok bool) {
	if quotient = numerator / denominator; math.IsNaN(quotient) || math.IsInf(quotient, 0) {
		return 0, false
	}
	return quotient, true
}
