package assess_test

import (
	"testing"

	"alfaone/internal/assess"
)

func TestWhatStoringWouldChangeIsRefused(t *testing.T) {
	t.Parallel()
	inGerman := judgedBy(1)
	inGerman.Prompts["de"] = "Warum?"
	tests := map[string]struct {
		change func(*assess.Content)
		want   string
	}{
		"nothing":              {func(*assess.Content) {}, ""},
		"criteria that add up": {func(c *assess.Content) { c.Questions[0] = judgedBy(5, criterion(1, 4), criterion(2, 1)) }, ""},
		"criteria that come to less": {
			func(c *assess.Content) { c.Questions[0] = judgedBy(6, criterion(1, 4), criterion(2, 1)) },
			"questions[0].points must be left out or 5, which is what its criteria add up to",
		},
		"a highest level that is less": {
			func(c *assess.Content) { c.Questions[0] = judgedBy(3, criterion(1, 4, levels(0, 3)...)) },
			"questions[0].criteria[0].points must be left out or 3, as many as its highest level has",
		},
		"a prompt in another language": {func(c *assess.Content) { c.Questions[0] = inGerman }, "questions[0].prompts.de is in a language that the assessment does not have"},
		"texts in other languages": {func(c *assess.Content) {
			c.Introduction, c.Closing = map[string]string{"fr": "Bonjour", "en": "Hello"}, map[string]string{"pt": "", "x": "no language"}
		}, "introduction.fr is in a language that the assessment does not have; closing.pt is in a language that the assessment does not have"},
	}
	for name, test := range tests {
		c := assess.Content{Languages: []string{"en"}, Questions: []assess.Question{judgedBy(7)}}
		test.change(&c)
		got := ""
		if err := c.CheckWhole(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
