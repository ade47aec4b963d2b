package agreement_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"alfaone/internal/agreement"
)

// shroutAndFleiss is table 2 of Shrout and Fleiss (1979): six targets, rated by four judges.
var shroutAndFleiss = []agreement.Ratings{{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}}

type figure = func([]agreement.Ratings) (float64, bool)

var figures = map[string]figure{
	"ICC(1,1)": agreement.ICC1, "ICC(1,k)": agreement.ICC1Mean, "ICC(2,1)": agreement.ICC2, "ICC(2,k)": agreement.ICC2Mean,
}

func TestICCIsWhatWasPublished(t *testing.T) {
	t.Parallel()
	// Shrout and Fleiss (1979), table 4.
	for name, want := range map[string]float64{"ICC(1,1)": .17, "ICC(2,1)": .29, "ICC(1,k)": .44, "ICC(2,k)": .62} {
		if got, ok := figures[name](shroutAndFleiss); !ok || math.Abs(got-want) > 0.005 {
			t.Errorf("%s is %v, %v; want %v", name, got, ok, want)
		}
	}
}

// Their table 3 has the mean squares: between targets 11.24, within 6.26, judges 32.49, residual 1.02. Unrounded, the sums of
// squares are 56 5/24, 112 3/4, 97 11/24 and 15 7/24.
func TestICCIsWhatAHandFinds(t *testing.T) {
	t.Parallel()
	between, within, judges, residual := (56+5.0/24)/5, 112.75/18, (97+11.0/24)/3, (15+7.0/24)/15
	checkNear(t, (between-within)/(between+3*within))(agreement.ICC1(shroutAndFleiss))
	checkNear(t, (between-within)/between)(agreement.ICC1Mean(shroutAndFleiss))
	checkNear(t, (between-residual)/(between+3*residual+4*(judges-residual)/6))(agreement.ICC2(shroutAndFleiss))
	checkNear(t, (between-residual)/(between+(judges-residual)/6))(agreement.ICC2Mean(shroutAndFleiss))
}

// Three subjects with two, three and one ratings, and one that nobody has rated. The means are 2, 6 and 10, the grand mean 32/6.
// Between: 2·(10/3)² + 3·(2/3)² + (14/3)² = 408/9, by 2. Within: 2 + 2, by 3. k0 = (6 − 14/6) / 2 = 11/6.
func TestICCOfDifferentNumbersOfRatingsIsWhatAHandFinds(t *testing.T) {
	t.Parallel()
	subjects := []agreement.Ratings{{1, 3}, {5, 6, 7}, {}, {10}}
	between, within, k0 := 408.0/9/2, 4.0/3, 11.0/6
	checkNear(t, (between-within)/(between+(k0-1)*within))(agreement.ICC1(subjects))
	checkNear(t, (between-within)/between)(agreement.ICC1Mean(subjects))
}

func TestICCThatIsNotDefinedSaysSo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		subjects []agreement.Ratings
		but      string // the figure that is defined all the same
	}{
		"nothing":               {nil, ""},
		"a single subject":      {[]agreement.Ratings{{1, 2}}, ""},
		"one who was rated":     {[]agreement.Ratings{{1, 2}, {}}, ""},
		"single ratings":        {[]agreement.Ratings{{1}, {2}}, ""},
		"no variance":           {[]agreement.Ratings{{0.1, 0.1, 0.1}, {0.1, 0.1, 0.1}}, ""},
		"subjects are the same": {[]agreement.Ratings{{1, 2}, {2, 1}}, "ICC(1,1)"},
		"too large":             {[]agreement.Ratings{{math.MaxFloat64, 0}, {0, 1}}, ""},
		"not a number":          {[]agreement.Ratings{{math.NaN(), 0}, {0, 1}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for figure, icc := range figures {
				if got, ok := icc(test.subjects); ok != (figure == test.but) || math.IsNaN(got) {
					t.Errorf("%s is %v, %v", figure, got, ok)
				}
			}
		})
	}
}

func TestICC2NeedsARatingOfEverybodyByEverybody(t *testing.T) {
	t.Parallel()
	checkUndefined(t)(agreement.ICC2([]agreement.Ratings{{1, 2}, {3, 4, 5}}))
	checkUndefined(t)(agreement.ICC2Mean([]agreement.Ratings{{1, 2}, {}}))
}

func TestICCKeepsItsLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		subjects := drawSubjects(t)
		shift, scale := rapid.Float64Range(-100, 100).Draw(t, "shift"), rapid.Float64Range(0.1, 50).Draw(t, "scale")
		for name, icc := range figures {
			value, ok := icc(subjects)
			if math.IsNaN(value) || math.IsInf(value, 0) || value > 1+1e-9 {
				t.Fatalf("%s is %v", name, value)
			}
			if ok && value < -10 {
				continue // next to where it is not defined, rounding decides
			}
			changed := change(subjects, func(s agreement.Ratings) agreement.Ratings {
				return change(s, func(x float64) float64 { return shift + scale*x })
			})
			sameFigure(t, name+" shifted and scaled", value, ok)(icc(changed))
			perfect := change(subjects, func(s agreement.Ratings) agreement.Ratings {
				return change(s, func(float64) float64 { return s[0] })
			})
			if value, ok := icc(perfect); ok && math.Abs(value-1) > 1e-9 {
				t.Fatalf("%s of perfect agreement is %v", name, value)
			}
		}
		k := float64(len(subjects[0]))
		if single, ok := agreement.ICC1(subjects); ok && single < -1/(k-1)-1e-9 {
			t.Fatalf("ICC(1,1) is %v, with %v raters", single, k)
		}
	})
}

// drawSubjects draws subjects that the same raters have rated.
func drawSubjects(t *rapid.T) []agreement.Ratings {
	n, k := rapid.IntRange(2, 8).Draw(t, "subjects"), rapid.IntRange(2, 5).Draw(t, "raters")
	subjects := make([]agreement.Ratings, n)
	for i := range subjects {
		for range k {
			subjects[i] = append(subjects[i], float64(rapid.IntRange(0, 10).Draw(t, "rating")))
		}
	}
	return subjects
}
