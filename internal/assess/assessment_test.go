package assess_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

func TestOnlyPublishedAssessmentsAreSent(t *testing.T) {
	t.Parallel()
	for _, status := range assess.AssessmentStatuses() {
		err := assess.AssessmentSummary{Status: status}.Sendable()
		if status == assess.Published && err != nil || status != assess.Published && assess.KindOf(err) != assess.Conflict {
			t.Errorf("a %s assessment: %v", status, err)
		}
	}
}

func TestCleaningAContentDropsWhatNobodySees(t *testing.T) {
	t.Parallel()
	c := validContent()
	c.Name, c.Description = "  Software \n Engineer ", "a\r\nb\n"
	c.Introduction = map[string]string{"en": " Welcome ", "es": "  ", "fr": "Bienvenue"}
	c.Closing = nil
	c.Questions[0].Prompts = map[string]string{"en": " Why? ", "fr": "Pourquoi ?"}
	got := c.Clean()

	want := validContent()
	want.Name, want.Description = "Software Engineer", "a\nb"
	want.Introduction = map[string]string{"en": "Welcome"}
	want.Questions[0].Prompts = map[string]string{"en": "Why?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cleaned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, got.Clean()); diff != "" {
		t.Errorf("cleaning again changes it:\n%s", diff)
	}
	if c.Questions[0].Prompts["fr"] == "" {
		t.Error("cleaning changed the content it was given")
	}
}

func TestFormatsOfAQuestionAreItsOwnOrTheDefault(t *testing.T) {
	t.Parallel()
	c := assess.Content{Format: assess.AudioFormat, AnswerFormat: assess.VideoFormat}
	own := assess.Question{Format: assess.TextFormat, AnswerFormat: assess.TextFormat}
	if c.FormatOf(own) != assess.TextFormat || c.AnswerFormatOf(own) != assess.TextFormat {
		t.Error("a question's own formats are passed over")
	}
	if c.FormatOf(assess.Question{}) != assess.AudioFormat || c.AnswerFormatOf(assess.Question{}) != assess.VideoFormat {
		t.Error("a question without formats does not take the defaults")
	}
	valid := map[assess.Format]bool{"": true, "text": true, "audio": true, "video": true, "mixed": false, "smell": false}
	for format, ok := range valid {
		if err := question(func(q *assess.Question) { q.Format, q.AnswerFormat = format, format }); (err == nil) != ok {
			t.Errorf("a question of format %q: %v", format, err)
		}
		ok := format == "mixed" || format != "" && ok
		if err := content(func(c *assess.Content) { c.Format, c.AnswerFormat = format, format }); (err == nil) != ok {
			t.Errorf("an assessment of format %q: %v", format, err)
		}
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	c := assess.Content{AnswerFormat: assess.TextFormat, Questions: []assess.Question{
		{Points: 10, Preparation: 30, MaxAnswer: 120},
		{Points: 5, MaxAnswer: 60, AnswerFormat: assess.AudioFormat},
	}}
	if got := c.TotalPoints(); got != 15 {
		t.Errorf("%d points, want 15", got)
	}
	if got, want := c.Duration(), 4*time.Minute+30*time.Second; got != want {
		t.Errorf("it takes %v, want %v", got, want)
	}
	if sound, picture := c.Records(); !sound || picture {
		t.Errorf("records sound %v, picture %v; want sound only", sound, picture)
	}
	c.Questions[0].AnswerFormat = assess.VideoFormat
	if sound, picture := c.Records(); !sound || !picture {
		t.Errorf("records sound %v, picture %v; want both", sound, picture)
	}
	if (assess.Content{}).TotalPoints() != 0 || (assess.Content{}).Primary() != "en" || c.Clean().TotalPoints() != 15 {
		t.Error("an empty content counts for something, or cleaning changes points")
	}
}

func TestAContentHoldsAQuestionOnce(t *testing.T) {
	t.Parallel()
	err := content(func(c *assess.Content) { c.Questions = append(c.Questions, c.Questions[0]) })
	onlyProblem(t, err, "questions", "must not hold the same question twice")
}

func TestProblemsComeTogetherAndInOrder(t *testing.T) {
	t.Parallel()
	n := assess.NewInvite{Email: "nobody", ReplayLimit: 0, RecordLimit: 101, ExpiresInDays: 366, Name: "a\x00"}
	const want = "assessmentId must be a UUID; recipientEmail must be a valid email address; recipientName must not contain control " +
		"characters; questionReplayLimit must be between 1 and 100; answerRecordLimit must be between 1 and 100; " +
		"expiresInDays must be between 1 and 365"
	if err := n.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	c := validContent()
	c.Closing = map[string]string{}
	for language := range strings.FieldsSeq("a b c d e f g h") {
		c.Closing[language] = ""
	}
	first := c.Validate().Error()
	for range 20 {
		if again := c.Validate().Error(); again != first {
			t.Fatalf("%s\nthen %s", first, again)
		}
	}
}
