package web_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/job"
)

// unobserved is an invite without proctoring.
func unobserved(n *assess.NewInvite, _ *assess.Content) {
	no := false
	n.Proctoring = assess.ProctoringChoice{ScreenRecording: &no, WebcamMonitoring: &no, IDCapture: &no}
}

// inWriting makes all questions asked and answered in writing.
func inWriting(_ *assess.NewInvite, c *assess.Content) {
	for i := range c.Questions {
		c.Questions[i].Format, c.Questions[i].AnswerFormat = assess.TextFormat, assess.TextFormat
	}
}

// enter opens the link of an accepted invite in a browser and goes on to the page before the start.
func (i invitationOf) enter(p *chromium.Page) {
	i.s.t.Helper()
	i.accepted()
	p.Open(i.s.url + i.path)
	p.Click("Continue")
	p.WaitText("Your place is reserved")
}

// working lets jobs run until the test ends, as a server does.
func (s *site) working() {
	s.t.Helper()
	r := job.NewRunner(job.Config{
		Queue: s.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now, Poll: 100 * time.Millisecond, Lease: time.Minute, Workers: 2,
	})
	s.Register(r)
	s.RegisterMedia(r)
	ctx, stop := context.WithCancel(s.t.Context())
	var done sync.WaitGroup
	done.Go(func() { r.Run(ctx) })
	s.t.Cleanup(func() { stop(); done.Wait() })
}

func TestACandidateAnswersInWritingFromStartToReceipt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	p.AllowError("422")
	i.enter(p)
	accessible(t, p, "hub")
	p.Click("Start the assessment")
	p.WaitText("Question 1 of 2")
	p.WaitText("Are you ready?")
	if got := i.status(); got != assess.Started {
		t.Errorf("the invite is %s", got)
	}
	accessible(t, p, "gate")
	p.Click("Show the question")
	p.WaitText("What did you build last?")
	p.Fill("Your answer", "A bridge.")
	p.WaitText("Saved at")
	accessible(t, p, "written")
	p.Click("Send and continue")
	p.WaitText("Question 2 of 2")
	p.Click("Show the question")
	p.WaitText("Write a short note.")
	p.Click("Send and continue")
	p.WaitText("There is no answer yet.")
	accessible(t, p, "nothing")
	p.Fill("Your answer", "Short.")
	p.Click("Send and continue")
	p.WaitText("Look over your answers")
	p.WaitText("2 of 2 answered")
	accessible(t, p, "review")
	p.Click("Submit the assessment")
	p.WaitText("You are finished. Thank you!")
	accessible(t, p, "done")
	if got := i.status(); got != assess.Completed {
		t.Errorf("the invite is %s", got)
	}
}

func TestACandidateRecordsSoundAndPicture(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(unobserved, func(_ *assess.NewInvite, c *assess.Content) {
		c.Questions[0].Format = assess.TextFormat
		c.Questions[1].Format, c.Questions[1].AnswerFormat = assess.TextFormat, assess.VideoFormat
	})
	p := chromium.New(t)
	i.enter(p)
	p.Click("Start the assessment")
	p.WaitText("What did you build last?")
	accessible(t, p, "audio-idle")
	p.Click("Turn on the microphone")
	p.WaitText("Say a few words")
	accessible(t, p, "audio-armed")
	p.Click("Start recording")
	p.WaitText("0:02 of 2:00")
	accessible(t, p, "audio-recording")
	p.Click("Stop recording")
	p.WaitText("Your recording has arrived")
	accessible(t, p, "audio-ready")
	p.Click("Send and continue")
	p.WaitText("Question 2 of 2")
	p.Click("Turn on camera and microphone")
	p.WaitText("Check your picture")
	p.Click("Start recording")
	p.WaitText("0:02 of 2:00")
	p.Click("Stop recording")
	p.WaitText("Your recording has arrived")
	accessible(t, p, "video-ready")
	p.Click("Send and continue")
	p.WaitText("2 of 2 answered")
	p.Click("Submit the assessment")
	p.WaitText("You are finished. Thank you!")
	accessible(t, p, "recorded-done")
	questions := i.questions()
	for _, q := range questions {
		if q.State != assess.Answered || q.Take == nil || q.Take.Media.Duration < time.Second || q.Take.Media.Picture() != (q.Number == 2) {
			t.Errorf("answer %d is %s: %+v", q.Number, q.State, q.Take)
		}
	}
}

// questions are the candidate's, as they stand now.
func (i invitationOf) questions() []app.AskedQuestion {
	i.s.t.Helper()
	attempt, err := i.s.Attempt(i.s.t.Context(), app.Taker{Token: i.token}, "")
	i.s.must(err)
	return attempt.Questions
}
