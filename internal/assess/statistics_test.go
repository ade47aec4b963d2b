package assess_test

import (
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

func TestQuartilesFallWhereTheyShould(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tallies          assess.Tallies
		first, mid, last float64
	}{
		"nothing":                 {nil, 0, 0, 0},
		"one":                     {assess.Tallies{{7, 1}}, 7, 7, 7},
		"two":                     {assess.Tallies{{1, 1}, {3, 1}}, 1, 2, 3},
		"1 to 4":                  {assess.Tallies{{1, 1}, {2, 1}, {3, 1}, {4, 1}}, 1.5, 2.5, 3.5},
		"1 to 5":                  {assess.Tallies{{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}}, 2, 3, 4},
		"the same often, one not": {assess.Tallies{{1, 6}, {100, 2}}, 1, 1, 50.5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := [3]float64{test.tallies.Quartile(1), test.tallies.Median(), test.tallies.Quartile(3)}
			if want := [3]float64{test.first, test.mid, test.last}; got != want {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

func TestTalliesSayWhatTheirValuesSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 50).Draw(t, "values")
		var single assess.Tallies
		sum := 0
		for _, v := range values {
			sum += v
			single = append(single, assess.Tally{Value: float64(v), N: 1})
		}
		slices.Sort(values)
		n, tallies := len(values), single.Merged()
		for i := range tallies[1:] {
			if tallies[i].Value >= tallies[i+1].Value {
				t.Fatalf("%v are not in order", tallies)
			}
		}
		if tallies.Count() != n || int(tallies.Mean()*float64(n)+0.5) != sum {
			t.Fatalf("%d with mean %v, want %d with sum %d", tallies.Count(), tallies.Mean(), n, sum)
		}
		for k := 1; k <= 3; k++ {
			quartile := tallies.Quartile(k)
			below := sort.Search(n, func(i int) bool { return float64(values[i]) >= quartile })
			reached := sort.Search(n, func(i int) bool { return float64(values[i]) > quartile })
			if 4*below > k*n || 4*reached < k*n {
				t.Fatalf("quartile %d is %v: %d below, %d not above, of %d", k, quartile, below, reached, n)
			}
		}
	})
}

func TestBinsTakeInEverything(t *testing.T) {
	t.Parallel()
	scores := assess.Tallies{{0, 1}, {9.9, 2}, {10, 4}, {99, 8}, {100, 16}}
	if diff := cmp.Diff([]int{3, 4, 0, 0, 0, 0, 0, 0, 0, 24}, scores.Bins(10, 10)); diff != "" {
		t.Error(diff)
	}
}
