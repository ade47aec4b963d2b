package assess_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// recordings are one in each state, and one with a picture.
func recordings() map[assess.RecordingID]assess.Recording {
	return map[assess.RecordingID]assess.Recording{
		"film":    {State: assess.RecordingReady, Media: assess.Media{Sound: true, Width: 640, Height: 480}},
		"voice":   {State: assess.RecordingReady, Media: assess.Media{Sound: true}},
		"begun":   {State: assess.RecordingOpen},
		"arrived": {State: assess.RecordingUploaded},
		"broken":  {State: assess.RecordingFailed, Failure: assess.Undecodable},
	}
}

func TestALinterSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	named := func(id assess.RecordingID) map[string]assess.RecordingID {
		return map[string]assess.RecordingID{"en": id}
	}
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
			"every recording", func(c *assess.Content) {
				c.Format = assess.VideoFormat
				c.Questions = append(c.Questions, c.Questions[0])
			},
			[]assess.Finding{{Message: "No question has a recording: candidates hear a computer voice where there is one, or read the text."}},
		},
		{
			"the recording of one question", func(c *assess.Content) {
				second := c.Questions[0]
				second.Recordings = map[string]assess.RecordingID{"en": "film", "es": "film"}
				c.Questions = append(c.Questions, second)
				c.Format = assess.VideoFormat
			},
			[]assess.Finding{{Question: 1, Message: "It has no recording, only its text."}},
		},
		{
			"a recording in one language", func(c *assess.Content) {
				c.Format = assess.AudioFormat
				c.Questions[0].Recordings = map[string]assess.RecordingID{"en": "voice"}
			},
			[]assess.Finding{{Question: 1, Language: "es", Message: "It has no recording, only its text."}},
		},
		{
			"a picture", func(c *assess.Content) {
				c.Format = assess.VideoFormat
				c.Questions[0].Recordings = map[string]assess.RecordingID{"en": "film", "es": "voice"}
			},
			[]assess.Finding{{Question: 1, Language: "es", Message: "It is asked by video, but its recording has no picture."}},
		},
		{
			"the end of an upload", func(c *assess.Content) { c.Questions[0].Recordings = named("begun") },
			[]assess.Finding{{Question: 1, Language: "en", Message: "Its recording has not arrived whole. Wait for the upload, or remove it.", Blocking: true}},
		},
		{
			"a verdict", func(c *assess.Content) { c.Questions[0].Recordings = named("arrived") },
			[]assess.Finding{{Question: 1, Language: "en", Message: "Its recording is still being checked. That takes a moment.", Blocking: true}},
		},
		{
			"a sound recording", func(c *assess.Content) { c.Questions[0].Recordings = named("broken") },
			[]assess.Finding{{Question: 1, Language: "en", Message: "Its recording cannot be used: it cannot be played. Replace or remove it.", Blocking: true}},
		},
		{
			"what is named", func(c *assess.Content) { c.Questions[0].Recordings = named("gone") },
			[]assess.Finding{{Question: 1, Language: "en", Message: "Its recording is not there any more. Replace or remove it.", Blocking: true}},
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
			if diff := cmp.Diff(tt.want, c.Lint(recordings())); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPublishingTellsNotMoreThanSomebodyReads(t *testing.T) {
	t.Parallel()
	a := assess.Assessment{Status: assess.Draft, Draft: validContent()}
	a.Draft.Questions = slices.Repeat([]assess.Question{{Points: 1}}, assess.MaxQuestions)
	err := a.Publishable(nil)
	if got := strings.Count(err.Error(), "has no text"); got != 20 || !strings.HasSuffix(err.Error(), fmt.Sprintf(" And %d more.", assess.MaxQuestions*len(a.Draft.Languages)-20)) {
		t.Errorf("%d are told: %v", got, err)
	}
}

func TestPublishingNeedsAFinishedDraft(t *testing.T) {
	t.Parallel()
	a := assess.Assessment{Status: assess.Draft, Draft: validContent()}
	if err := a.Publishable(recordings()); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		want   string
		change func(*assess.Assessment)
	}{
		{"This assessment is archived. Restore it before you publish it.", func(a *assess.Assessment) { a.Status = assess.Archived }},
		{"This assessment cannot be published yet. Add at least one question.", func(a *assess.Assessment) { a.Draft.Questions = nil }},
		{"This assessment cannot be published yet. Question 1 (en): The prompt has no text. Question 1 (es): The prompt has no text.", func(a *assess.Assessment) {
			a.Draft.Questions[0].Prompts = nil
		}},
		{"This assessment cannot be published yet. Question 1 (en): The prompt has no text. Question 1 (es): The prompt has no text. Question 1: Choose how it is answered.", func(a *assess.Assessment) {
			a.Draft.Questions[0].Prompts, a.Draft.Questions[0].AnswerFormat, a.Draft.AnswerFormat = nil, "", assess.MixedFormat
		}},
		{"This assessment cannot be published yet. Question 1: Choose how it is asked.", func(a *assess.Assessment) {
			a.Draft.Format = assess.MixedFormat
		}},
		{"This assessment cannot be published yet. Question 1 (en): Its recording is still being checked. That takes a moment.", func(a *assess.Assessment) {
			a.Draft.Questions[0].Recordings = map[string]assess.RecordingID{"en": "arrived"}
		}},
	} {
		a := assess.Assessment{Status: assess.Published, Draft: validContent()}
		tt.change(&a)
		if err := a.Publishable(recordings()); assess.KindOf(err) != assess.Conflict || err.Error() != tt.want {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}
