package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestWhatIsPlayedIsTheGraders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b, stranger := s.signIn(grader.Email), s.signIn(ownerEmail)
	for number, tag := range map[int]string{spoken: "audio", onCamera: "video"} {
		p := b.get(w.questionPath(number))
		for _, n := range p.all(t, tag) {
			if got := b.get(attr(n, "src")); got.status != http.StatusOK || got.header.Get("Content-Type") != tag+"/webm" {
				t.Errorf("%s: %d, %s", attr(n, "src"), got.status, got.header.Get("Content-Type"))
			}
			if got := stranger.get(attr(n, "src")); got.status != http.StatusNotFound {
				t.Errorf("somebody else gets %s: %d", attr(n, "src"), got.status)
			}
			if poster := attr(n, "poster"); poster != "" && b.get(poster).header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("%s is no picture", poster)
			}
		}
		for _, n := range p.all(t, "answer-player") {
			if got := b.get(attr(n, "waveform")); got.status != http.StatusOK || !strings.Contains(got.body, `"data"`) {
				t.Errorf("the waveform %s: %d", attr(n, "waveform"), got.status)
			}
		}
		if len(p.all(t, tag)) != 1 {
			t.Errorf("question %d has %d players", number, len(p.all(t, tag)))
		}
	}
}

func TestCaptionsOfAnAnswerAreTheGraders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{Blind: true})
	b := s.signIn(grader.Email)
	if tracks := b.get(w.questionPath(spoken)).all(t, "track"); len(tracks) != 0 {
		t.Error("captions are offered where nothing is transcribed")
	}
	take := w.read().Answers[spoken-1].Take.ID
	s.must(s.ImportTranscript(t.Context(), s.owner.Actor(assess.Live), w.ID, take, []assess.Segment{{Start: 0, End: time.Second, Text: "I built a bridge."}}))
	tracks := b.get(w.questionPath(spoken)).all(t, "track")
	if len(tracks) != 1 {
		t.Fatalf("there are %d tracks", len(tracks))
	}
	got := b.get(attr(tracks[0], "src"))
	if got.status != http.StatusOK || !strings.HasPrefix(got.body, "WEBVTT") || !strings.Contains(got.body, "I built a bridge.") {
		t.Errorf("the captions: %d, %s", got.status, got.body)
	}
	if got := s.signIn(ownerEmail).get(attr(tracks[0], "src")); got.status != http.StatusNotFound {
		t.Errorf("somebody else gets them: %d", got.status)
	}
}

func TestGradersHearWhatWasAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	asm, err := s.CreateAssessment(t.Context(), s.owner.Actor(assess.Live), "Prompts")
	s.must(err)
	prompt, err := s.prompt(t.Context(), s.owner.Actor(assess.Live), asm, "sound.webm")
	s.must(err)
	s.work()
	w := s.toGrade(grader, assess.GradingPlan{}, func(_ *assess.NewInvite, c *assess.Content) {
		c.Questions[spoken-1].Format, c.Questions[spoken-1].Recordings = assess.AudioFormat, map[string]assess.RecordingID{"en": prompt}
	})
	b := s.signIn(grader.Email)
	p := b.get(w.questionPath(spoken))
	p.want(t, http.StatusOK, "Play the question as it was asked")
	src := w.path("/recordings/" + string(prompt) + "/media")
	if len(p.all(t, "audio")) != 2 || !strings.Contains(p.body, src) {
		t.Errorf("the page has %d players", len(p.all(t, "audio")))
	}
	if got := b.get(src); got.status != http.StatusOK || got.header.Get("Content-Type") != "audio/webm" {
		t.Errorf("the prompt: %d", got.status)
	}
	if got := b.get("/recordings/" + string(prompt) + "/media"); got.status != http.StatusForbidden {
		t.Errorf("a grader gets prompts where authors do: %d", got.status)
	}
	other := s.toGrade(grader, assess.GradingPlan{}, func(n *assess.NewInvite, _ *assess.Content) { n.Email = "robin@example.com" })
	if got := b.get(other.path("/recordings/" + string(prompt) + "/media")); got.status != http.StatusNotFound {
		t.Errorf("a prompt of another assessment is played: %d", got.status)
	}
}
