package wire_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// content draws what an assessment may say, as it is stored.
func content(t *rapid.T) assess.Content {
	languages := []string{"en", "pt-BR", "zh-Hant"}[:rapid.IntRange(1, 3).Draw(t, "languages")]
	text := rapid.StringMatching(`[a-zé<&"\\ 日]{0,12}[a-z]`)
	texts := func(label string) map[string]string {
		return rapid.MapOfN(rapid.SampledFrom(languages), text, 0, len(languages)).Draw(t, label)
	}
	format := func(label string) assess.Format {
		return rapid.SampledFrom([]assess.Format{"", assess.TextFormat, assess.AudioFormat, assess.VideoFormat}).Draw(t, label)
	}
	number := func(label string, from, to int) int { return rapid.IntRange(from, to).Draw(t, label) }
	id := func(label string) string {
		return rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`).Draw(t, label)
	}
	yes := func(label string) bool { return rapid.Bool().Draw(t, label) }
	c := assess.Content{
		Name: text.Draw(t, "name"), Description: text.Draw(t, "description"), Languages: languages, Introduction: texts("introduction"), Closing: texts("closing"),
		Format: assess.MixedFormat, AnswerFormat: assess.VideoFormat, TimeLimit: number("limit", 0, assess.MaxTimeLimit),
		Proctoring: assess.Proctoring{ScreenRecording: yes("screen"), WebcamMonitoring: yes("webcam"), IDCapture: yes("id")},
	}
	for range number("questions", 0, 4) {
		q := assess.Question{
			ID: assess.QuestionID(id("question")), Prompts: texts("prompts"), Format: format("format"), AnswerFormat: format("answer format"),
			Points: number("points", 0, 5), Required: yes("required"), Preparation: number("preparation", 0, 9), MaxAnswer: number("answer", 5, 9),
		}
		for range number("criteria", 0, 2) {
			k := assess.Criterion{ID: assess.CriterionID(id("criterion")), Name: text.Draw(t, "criterion's name"), Description: text.Draw(t, "what to look for"), Points: number("most", 0, 9)}
			for i := range number("levels", 0, 3) {
				k.Levels = append(k.Levels, assess.Level{Points: 2 * i, Description: text.Draw(t, "level")})
			}
			q.Criteria = append(q.Criteria, k)
		}
		c.Questions = append(c.Questions, q)
	}
	return c.Clean()
}

func TestADocumentSaysAllThatAContentSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := content(t)
		document := wire.AssessmentDocumentOf(want, "https://assess.example.org/schema")
		if diff := cmp.Diff(want, document.Content().Clean(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if err := document.Content().CheckWhole(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatADocumentLeavesOutFollowsFromTheRest(t *testing.T) {
	t.Parallel()
	d := wire.AssessmentDocument{Questions: []wire.DocumentQuestion{
		{},
		{Criteria: []wire.DocumentCriterion{{}, {Levels: []wire.DocumentLevel{{Points: 0}, {Points: 3}}}, {Points: new(2)}}},
	}}
	c := d.Content()
	if got := c.Questions[0].Points; got != 10 {
		t.Errorf("a question is worth %d", got)
	}
	if got := c.Questions[1]; got.Points != 9 || got.Criteria[0].Points != 4 || got.Criteria[1].Points != 3 || got.Criteria[2].Points != 2 {
		t.Errorf("a question with criteria is %+v", got)
	}
	if err := c.CheckWhole(); err != nil {
		t.Error(err)
	}
}

func TestProblemsAreToldInTheDocumentsWords(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"timeLimit":                       "timeLimitMinutes",
		"name":                            "name",
		"introduction.format":             "introduction.format",
		"questions[12].prompts.en":        "questions[12].text.en",
		"questions[0].format":             "questions[0].questionFormat",
		"questions[0].answerFormat":       "questions[0].answerFormat",
		"questions[0].preparation":        "questions[0].preparationSeconds",
		"questions[0].maxAnswer":          "questions[0].maxAnswerSeconds",
		"questions[0].criteria[1].levels": "questions[0].criteria[1].levels",
		"":                                "",
	}
	for from, want := range tests {
		err := wire.DocumentError(assess.InvalidFields(assess.Problem{Field: from, Message: "is bad"}))
		if got := (assess.Problem{Field: want, Message: "is bad"}).String(); err.Error() != got {
			t.Errorf("%q is told as %q, want %q", from, err, got)
		}
	}
	other := assess.Errorf(assess.Conflict, "format")
	if err := wire.DocumentError(other); !errors.Is(err, other) {
		t.Errorf("another error becomes %v", err)
	}
}
