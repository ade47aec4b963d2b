package web_test

import (
	"os"
	"regexp"
	"testing"

	"alfaone/internal/i18n"
	"github.com/google/go-cmp/cmp"
)

// The scripts bring their English along, for members; candidates' pages hand them the texts of a language.
func TestRecorderSaysInEnglishWhatTheLocalesSay(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("assets/ts/media/words.ts")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+): "(.*)",$`).FindAllStringSubmatch(string(source), -1) {
		own[m[1]] = m[2]
	}
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(own, texts.For("en").Group("record")); diff != "" || len(own) == 0 {
		t.Errorf("(-words.ts +[record] of en.toml):\n%s", diff)
	}
}
