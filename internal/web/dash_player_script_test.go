package web_test

import (
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	chromium "alfaone/e2e/browser"
)

// scripts opens an empty page that knows what the player's modules export.
func scripts(t *testing.T) *chromium.Page {
	t.Helper()
	built := api.Build(api.BuildOptions{
		Stdin: &api.StdinOptions{
			Contents: `for (const module of [await import("./peaks"), await import("./silence"), await import("./marks"), await import("./transcript"), await import("./words")]) Object.assign(globalThis, module)`,
			Loader:   api.LoaderTS, ResolveDir: "assets/ts/player",
		},
		Bundle: true, Format: api.FormatESModule, Target: api.ES2022,
	})
	for _, message := range built.Errors {
		t.Fatal(message.Text)
	}
	p := chromium.New(t)
	chromium.Eval[bool](p, `(async () => {`+string(built.OutputFiles[0].Contents)+`; return true})()`)
	return p
}

// calculate compares the values of expressions with what they should be.
func calculate[T any](t *testing.T, p *chromium.Page, want map[string]T) {
	t.Helper()
	for expression, value := range want {
		if diff := cmp.Diff(value, chromium.Eval[T](p, expression), cmpopts.EquateApprox(0, 0.001)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expression, diff)
		}
	}
}

type span struct{ From, To float64 }

func TestThePlayerFindsSilence(t *testing.T) {
	t.Parallel()
	p := scripts(t)
	// Ten levels a second: how many of which, in turn.
	chromium.Eval[bool](p, `(self.sound = (...runs) => ({perSecond: 10, levels: runs.flatMap(([count, level]) => Array(count).fill(level))}), true)`)
	calculate(t, p, map[string][]span{
		`silences(sound([20, .5], [20, 0], [20, .5]))`:                      {{2.15, 3.9}},
		`silences(sound([20, .5], [7, 0], [20, .5]))`:                       {}, // not longer than a pause of speech
		`silences(sound([20, .5], [8, 0], [20, .5]))`:                       {{2.15, 2.7}},
		`silences(sound([10, 0], [20, .5], [10, 0]))`:                       {{0, 0.9}, {3.15, 4}},
		`silences(sound([20, .5], [20, .03], [20, .5]))`:                    {{2.15, 3.9}}, // the noise of a room
		`silences(sound([20, .5], [20, .05], [20, .5]))`:                    {},            // somebody whispers
		`silences(sound([20, .03], [20, 0], [20, .03]))`:                    {{2.15, 3.9}}, // somebody who is far away
		`silences(sound([50, 0]))`:                                          {},            // there is nothing else
		`silences(sound([20, .5], [10, 0], [1, .4], [10, 0], [20, .5]))`:    {{2.15, 2.9}, {3.25, 4}},
		`silences({perSecond: 1 / 2, levels: [.5, 0, .5, .5, .5, .5, .5]})`: {{2.15, 3.9}}, // of an hour
	})
	chromium.Eval[bool](p, `(self.spans = [{from: 2, to: 4}, {from: 6, to: 9}], true)`)
	calculate(t, p, map[string]float64{
		`saved(spans)`: 5, `saved([])`: 0,
		`pass(spans, 1.9)`: 1.9, `pass(spans, 2)`: 4, `pass(spans, 3.9)`: 4, `pass(spans, 4)`: 4,
		`step(spans, 1, 0.5)`: 1.5, `step(spans, 1, 1.5)`: 4.5, `step(spans, 3, 1)`: 5, `step(spans, 1, 4)`: 10, `step([], 1, 4)`: 5,
		`step(spans, 4.5, -1)`: 1.5, `step(spans, 10, -5)`: 0, `step(spans, 3, -1)`: 1, `step(spans, 1, -5)`: -4,
	})
}

func TestThePlayerDrawsTheLoudestOfEachStretch(t *testing.T) {
	t.Parallel()
	p := scripts(t)
	wave := `{version: 2, channels: 1, sample_rate: 8000, samples_per_pixel: 4000, bits: 8, length: 4, data: [-64, 32, -1, 0, -8, 127, -1, 0]}`
	calculate(t, p, map[string][]float64{
		`peaksOf(` + wave + `).levels`:                     {63. / 128, 0, 127. / 128, 0},
		`[peaksOf(` + wave + `).perSecond]`:                {2},
		`peaksOf({...` + wave + `, channels: 2}).levels`:   {63. / 128, 127. / 128},
		`peaksOf({...` + wave + `, bits: 16}).levels`:      {63. / 32768, 0, 127. / 32768, 0},
		`bars({perSecond: 2, levels: [1, 2, 3, 4]}, 2, 2)`: {2, 4},
		`bars({perSecond: 2, levels: [1, 2, 3, 4]}, 8, 2)`: {1, 1, 2, 2, 3, 3, 4, 4},
		`bars({perSecond: 2, levels: [1, 2, 3, 4]}, 2, 4)`: {4, 0}, // the picture goes on without sound
		`bars({perSecond: 2, levels: [1, 2, 3, 4]}, 3, 2)`: {1, 2, 4},
	})
	for _, none := range []string{`null`, `"x"`, `{}`, `[]`, `{sample_rate: 8000, samples_per_pixel: 0, data: [1, 2]}`, `{sample_rate: 8000, samples_per_pixel: 8, data: []}`} {
		calculate(t, p, map[string]bool{`peaksOf(` + none + `) === null`: true})
	}
}

func TestThePlayerPutsCommentsTogetherThatAreNear(t *testing.T) {
	t.Parallel()
	p := scripts(t)
	calculate(t, p, map[string]string{
		`commentsOf('[{"id":"b","at":9},{"id":"a","at":1},{"id":"c","at":"x"}]').map((c) => c.id).join()`:                "a,b",
		`commentsOf('{').length + commentsOf(null).length + commentsOf('7').length + ""`:                                 "0",
		`clusters([0, 1000, 5000, 10000].map((at) => ({at})), 10, 200).map((c) => c.x + ":" + c.comments.length).join()`: "13:2,100:1,187:1",
		`matches("It is what it is", "it").join("|")`:                                                                    "|It| is what |it| is",
		`matches("İt is", "it").join("|")`:                                                                               "İt is",
		`matches("nothing", "").join("|")`:                                                                               "nothing",
		`[0, 59.99, 60, 3600].map(clock).join()`:                                                                         "0:00,0:59,1:00,1:00:00",
		`lengthOf(69.97)`:                                                                                                "1:10",
	})
}
