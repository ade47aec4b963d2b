package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// agreed opens the invitation's link in a page and agrees to the notice.
func (i invitationOf) agreed(p *chromium.Page) *chromium.Page {
	i.s.t.Helper()
	p.Open(i.s.url + i.path)
	p.ClickOn("[name=agree]")
	p.Click("Continue")
	p.WaitURL("/take")
	return p
}

// watched is an invitation with everything that is observed, and one answer on camera.
func watched(n *assess.NewInvite, c *assess.Content) {
	yes := true
	n.Proctoring = assess.ProctoringChoice{ScreenRecording: &yes, WebcamMonitoring: &yes, IDCapture: &yes}
	c.Questions[0].AnswerFormat = assess.VideoFormat
}

// unwatched is an invitation without.
func unwatched(n *assess.NewInvite, _ *assess.Content) {
	no := false
	n.Proctoring = assess.ProctoringChoice{ScreenRecording: &no, WebcamMonitoring: &no, IDCapture: &no}
}

func TestADeviceThatCanDoAllPassesTheCheck(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := i.agreed(chromium.New(t))
	p.Open(s.url + "/take/check")
	p.WaitText("It can do everything that is needed.")
	p.WaitText("Mbit/s: enough for video.")
	p.WaitText("This browser can share your screen.")
	p.WaitText("Some tests are still open.")
	accessible(t, p, "check-open")
	p.Click("Turn on the microphone")
	p.WaitText("You are well heard.")
	p.Click("Turn on the camera")
	p.WaitText("There is a picture.")
	accessible(t, p, "check-camera")
	p.Click("Turn off the camera")
	p.Click("Play the tones")
	p.WaitText("Did you hear the tones?")
	p.Click("No, nothing")
	p.WaitText("You may not hear anything.")
	accessible(t, p, "check-deaf")
	p.In(".steps").Click("Try again")
	p.Click("Yes")
	p.WaitText("Everything works. You are ready.")
	accessible(t, p, "check-passed")
	p.Click("Continue")
	p.WaitURL("/take/practice")
}
