package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestFiguresAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		span(0): "0 s", span(59.4): "59 s", span(60): "1 min", span(95): "1 min 35 s", span(599): "9 min 59 s", span(1234): "21 min", span(3570): "60 min",
		span(3600): "1 h", span(3600 + 25*60): "1 h 25 min", span(47 * 3600): "47 h", span(50 * 3600): "2 days",
		percent(66.6667): "67 %", percent(0): "0 %", points(2.3333): "2.3", points(7): "7",
		inDays(0.4): "under a day", inDays(1.2): "1 day", inDays(2.5): "3 days",
		difference(app.Coefficient{Value: 3.34, Defined: true}): "+3.3", difference(app.Coefficient{Value: -3.34, Defined: true}): "−3.3",
		difference(app.Coefficient{Value: -0.01, Defined: true}): "0.0", difference(app.Coefficient{}): "–",
		figureOf(app.Coefficient{Value: -0.127, Defined: true}, fewest): "−0.13", figureOf(app.Coefficient{Value: 1, Defined: true}, fewest): "1.00",
		figureOf(app.Coefficient{Value: 1, Defined: true}, fewest-1): "–", figureOf(app.Coefficient{}, fewest): "–",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimesFallIntoStepsThatPeopleCountIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		seconds assess.Tallies
		bins    []int
		width   float64
	}{
		"seconds":             {assess.Tallies{{Value: 5, N: 2}, {Value: 31, N: 1}}, []int{2, 0, 0, 1, 0, 0, 0, 0, 0, 0}, 10},
		"minutes":             {assess.Tallies{{Value: 1200, N: 4}, {Value: 2000, N: 1}}, []int{0, 0, 0, 0, 4, 0, 1, 0, 0, 0}, 300},
		"who came back later": {assess.Tallies{{Value: 600, N: 8}, {Value: 200000, N: 1}}, []int{0, 0, 0, 0, 0, 8, 0, 0, 0, 1}, 120},
		"weeks":               {assess.Tallies{{Value: 1e8, N: 1}}, []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 7 * 24 * 3600},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bins, width := timeBins(test.seconds)
			if diff := cmp.Diff(test.bins, bins); diff != "" || width != test.width {
				t.Errorf("steps of %v s: %s", width, diff)
			}
		})
	}
}
