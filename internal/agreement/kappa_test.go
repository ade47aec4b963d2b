package agreement_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"alfaone/internal/agreement"
)

// pairsOf spells out a table: table[i][j] subjects were given i by one rater and j by the other.
func pairsOf(table [][]int) (pairs []agreement.Pair) {
	for i, row := range table {
		for j, n := range row {
			for range n {
				pairs = append(pairs, agreement.Pair{A: float64(i), B: float64(j)})
			}
		}
	}
	return pairs
}

// unweighted makes of the weighted kappa the one of Cohen (1960).
func unweighted(a, b float64) float64 {
	if a == b {
		return 0
	}
	return 1
}

// byTable weighs by what a table says about two categories.
func byTable(table [][]float64) agreement.Weight {
	return func(a, b float64) float64 { return table[int(a)][int(b)] }
}

func TestKappaIsWhatWasPublished(t *testing.T) {
	t.Parallel()
	// Cohen (1968), table 1: two psychiatrists, 200 cases of personality disorder, neurosis and psychosis.
	diagnoses := [][]int{{88, 10, 2}, {14, 40, 6}, {18, 10, 12}}
	// D. G. Altman, Practical statistics for medical research (1991), section 14.3: two radiologists, 85 xeromammograms, from
	// normal to cancer.
	mammograms := [][]int{{21, 12, 0, 0}, {4, 17, 1, 0}, {3, 9, 15, 2}, {0, 0, 0, 1}}
	// The example with which scikit-learn tests its cohen_kappa_score, after Artstein and Poesio (2008).
	utterances := [][]int{{46, 0, 0}, {4, 40, 0}, {0, 0, 10}}
	tests := map[string]struct {
		table     [][]int
		weight    agreement.Weight
		want      float64
		precision float64 // of what was published
	}{
		"Cohen, unweighted":       {diagnoses, unweighted, 0.492, 0.0005},
		"Cohen, weighted":         {diagnoses, byTable([][]float64{{0, 1, 3}, {1, 0, 6}, {3, 6, 0}}), 0.348, 0.0005},
		"Altman, unweighted":      {mammograms, unweighted, 0.47, 0.005},
		"Altman, linear":          {mammograms, agreement.Linear, 0.57, 0.005},
		"scikit-learn, none":      {utterances, unweighted, 0.9315, 0.00005},
		"scikit-learn, linear":    {utterances, agreement.Linear, 0.9412, 0.00005},
		"scikit-learn, quadratic": {utterances, agreement.Quadratic, 0.9541, 0.00005},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := agreement.Kappa(pairsOf(test.table), test.weight)
			if !ok || math.Abs(got-test.want) > test.precision {
				t.Errorf("%v, %v; want %v", got, ok, test.want)
			}
		})
	}
}

// The last of the examples by hand. 4 of 100 subjects are one apart, so that both weights observe 4/100. By chance, where the
// raters give 46, 44, 10 and 50, 40, 10, (46·40 + 44·50 + 44·10 + 10·40) / 100² = 0.488 are one apart and (46·10 + 10·50) / 100² =
// 0.096 two; that is a disagreement of 0.488 + 2·0.096 = 0.68, squared 0.488 + 4·0.096 = 0.872.
func TestKappaIsWhatAHandFinds(t *testing.T) {
	t.Parallel()
	pairs := pairsOf([][]int{{46, 0, 0}, {4, 40, 0}, {0, 0, 10}})
	checkNear(t, 1-0.04/0.68)(agreement.Kappa(pairs, agreement.Linear))
	checkNear(t, 1-0.04/0.872)(agreement.Kappa(pairs, agreement.Quadratic))
	checkNear(t, 0.96)(agreement.Exact(pairs))
}

func TestAgreementThatIsNotDefinedSaysSo(t *testing.T) {
	t.Parallel()
	checkUndefined(t)(agreement.Exact(nil))
	checkUndefined(t)(agreement.Within(nil, 5))
	for name, pairs := range map[string][]agreement.Pair{
		"nobody":           nil,
		"a single subject": {{A: 1, B: 2}},
		"no variance":      {{A: 0.1, B: 0.1}, {A: 0.1, B: 0.1}, {A: 0.1, B: 0.1}},
		"too large":        {{A: math.MaxFloat64, B: -math.MaxFloat64}, {A: 1, B: 1}},
		"not a number":     {{A: math.NaN(), B: 1}, {A: 1, B: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkUndefined(t)(agreement.Kappa(pairs, agreement.Quadratic))
		})
	}
}

func TestWhoAlwaysGivesTheSameAgreesNoMoreThanByChance(t *testing.T) {
	t.Parallel()
	pairs := []agreement.Pair{{A: 3, B: 1}, {A: 3, B: 3}, {A: 3, B: 5}}
	checkNear(t, 0)(agreement.Kappa(pairs, agreement.Linear))
	checkNear(t, 0)(agreement.Kappa(pairs, agreement.Quadratic))
	checkNear(t, 1.0/3)(agreement.Exact(pairs))
	checkNear(t, 1)(agreement.Within(pairs, 2))
}

// 40 and 37 of 60 points are 5 percent apart, which their quotients are not quite.
func TestRoundingTakesNobodyApart(t *testing.T) {
	t.Parallel()
	of60 := func(points float64) float64 { return 100 * points / 60 }
	pairs := []agreement.Pair{{A: of60(40), B: of60(37)}, {A: of60(40), B: of60(36)}}
	checkNear(t, 0.5)(agreement.Within(pairs, 5))
}

func TestKappaKeepsItsLaws(t *testing.T) {
	t.Parallel()
	weights := []agreement.Weight{agreement.Linear, agreement.Quadratic}
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(drawPair), 0, 40).Draw(t, "pairs")
		shift, scale := rapid.Float64Range(-100, 100).Draw(t, "shift"), rapid.Float64Range(0.1, 50).Draw(t, "scale")
		for _, weight := range weights {
			kappa, ok := agreement.Kappa(pairs, weight)
			if math.IsNaN(kappa) || kappa > 1 || kappa < -1 {
				t.Fatalf("kappa is %v", kappa)
			}
			sameFigure(t, "turned round", kappa, ok)(agreement.Kappa(change(pairs, func(p agreement.Pair) agreement.Pair { return agreement.Pair{A: p.B, B: p.A} }), weight))
			sameFigure(t, "shifted and scaled", kappa, ok)(agreement.Kappa(change(pairs, func(p agreement.Pair) agreement.Pair {
				return agreement.Pair{A: shift + scale*p.A, B: shift + scale*p.B}
			}), weight))
			whole, ok := agreement.Kappa(change(pairs, func(p agreement.Pair) agreement.Pair { return agreement.Pair{A: p.A, B: p.A} }), weight)
			if ok && whole != 1 {
				t.Fatalf("perfect agreement is %v", whole)
			}
		}
		if exact, ok := agreement.Exact(pairs); exact < 0 || exact > 1 || ok != (len(pairs) > 0) {
			t.Fatalf("exact agreement is %v, %v", exact, ok)
		}
	})
}

// The quadratic kappa has a closed form: 1 − mean (a−b)² / (variance of a + variance of b + (mean of a − mean of b)²).
func TestQuadraticKappaIsItsClosedForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(drawPair), 2, 40).Draw(t, "pairs")
		n := float64(len(pairs))
		var a, b, aa, bb, apart float64
		for _, p := range pairs {
			a, b, aa, bb, apart = a+p.A/n, b+p.B/n, aa+p.A*p.A/n, bb+p.B*p.B/n, apart+(p.A-p.B)*(p.A-p.B)/n
		}
		chance := aa - a*a + bb - b*b + (a-b)*(a-b)
		if kappa, ok := agreement.Kappa(pairs, agreement.Quadratic); ok && math.Abs(kappa-(1-apart/chance)) > 1e-9 {
			t.Fatalf("%v, want %v", kappa, 1-apart/chance)
		}
	})
}

func drawPair(t *rapid.T) agreement.Pair {
	points := rapid.IntRange(0, 10)
	return agreement.Pair{A: float64(points.Draw(t, "a")), B: float64(points.Draw(t, "b"))}
}

func change[T any](all []T, how func(T) T) []T {
	changed := make([]T, len(all))
	for i, one := range all {
		changed[i] = how(one)
	}
	return changed
}

func checkNear(t *testing.T, want float64) func(got float64, ok bool) {
	t.Helper()
	return func(got float64, ok bool) {
		t.Helper()
		if !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%v, %v; want %v", got, ok, want)
		}
	}
}

func checkUndefined(t *testing.T) func(got float64, ok bool) {
	t.Helper()
	return func(got float64, ok bool) {
		t.Helper()
		if ok || got != 0 {
			t.Errorf("%v, %v; want that it is not defined", got, ok)
		}
	}
}

func sameFigure(t *rapid.T, how string, want float64, wanted bool) func(got float64, ok bool) {
	return func(got float64, ok bool) {
		if ok != wanted || math.Abs(got-want) > 1e-6 {
			t.Fatalf("%s it is %v, %v; was %v, %v", how, got, ok, want, wanted)
		}
	}
}
