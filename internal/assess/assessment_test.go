package assess_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

func TestALinterSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*assess.Content)
		want   []assess.Finding
	}{
		{"nothing is", func(*assess.Content) {}, nil},
		{
			"questions", func(c *assess.Content) { c.Questions = nil },
			[]assess.Finding{{Message: "Add at least one question.", Blocking: true}},
		},
		{
			"a translation", func(c *assess.Content) { delete(c.Questions[0].Prompts, "es") },
			[]assess.Finding{{Question: 1, Language: "es", Message: "The prompt has no text.", Blocking: true}},
		},
		{
			"a choice of formats", func(c *assess.Content) { c.Format, c.AnswerFormat = assess.MixedFormat, assess.MixedFormat },
			[]assess.Finding{
				{Question: 1, Message: "Choose how it is asked.", Blocking: true},
				{Question: 1, Message: "Choose how it is answered.", Blocking: true},
			},
		},
		{
			"points everywhere", func(c *assess.Content) { c.Questions[0].Points = 0 },
			[]assess.Finding{{Message: "No question has points, so nothing can be scored."}},
		},
		{
			"points of one question", func(c *assess.Content) {
				second := c.Questions[0]
				second.ID, second.Points = "q2", 0
				c.Questions = append(c.Questions, second)
			},
			[]assess.Finding{{Question: 2, Message: "It is worth no points."}},
		},
		{
			"recordings", func(c *assess.Content) { c.Format = assess.VideoFormat },
			[]assess.Finding{{Message: "No recording in every language: question 1. Where there is none, candidates hear a computer voice if there is one, or read the text."}},
		},
		{
			"time", func(c *assess.Content) { c.TimeLimit = 1 },
			[]assess.Finding{{Message: "The time limit is shorter than the questions may take (about 3 minutes)."}},
		},
		{
			"patience", func(c *assess.Content) {
				c.Questions[0].MaxAnswer, c.Questions[0].Preparation = assess.MaxAnswer, assess.MaxPreparation
				second := c.Questions[0]
				second.ID = "q2"
				c.Questions = append(c.Questions, second)
			},
			[]assess.Finding{{Message: "It may take a candidate more than two hours."}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := validContent()
			c.Format = assess.TextFormat
			tt.change(&c)
			if diff := cmp.Diff(tt.want, c.Lint()); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPublishingNeedsAFinishedDraft(t *testing.T) {
	t.Parallel()
	a := assess.Assessment{Status: assess.Draft, Draft: validContent()}
	if err := a.Publishable(); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		want   string
		change func(*assess.Assessment)
	}{
		{"This assessment is archived. Restore it before you publish it.", func(a *assess.Assessment) { a.Status = assess.Archived }},
		{"This assessment cannot be published yet. Add at least one question.", func(a *assess.Assessment) { a.Draft.Questions = nil }},
		{"This assessment cannot be published yet. Question 1 (en): The prompt has no text.", func(a *assess.Assessment) {
			a.Draft.Questions[0].Prompts = nil
		}},
		{"This assessment cannot be published yet. Question 1: Choose how it is asked.", func(a *assess.Assessment) {
			a.Draft.Format = assess.MixedFormat
		}},
	} {
		a := assess.Assessment{Status: assess.Published, Draft: validContent()}
		tt.change(&a)
		if err := a.Publishable(); assess.KindOf(err) != assess.Conflict || err.Error() != tt.want {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

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
