package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
)

func TestPracticeIsHeardByNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unwatched)
	p := i.agreed(chromium.New(t))
	p.Open(s.url + "/take/practice")
	accessible(t, p, "practice")
	p.Click("Turn on the microphone")
	p.WaitText("Say a few words")
	accessible(t, p, "practice-armed")
	p.Click("Start recording")
	p.WaitText("0:02 of 1:00")
	p.Click("Stop recording")
	p.WaitText("This recording was only for practice")
	accessible(t, p, "practice-done")
	p.Click("Practise again")
	p.WaitText("Say a few words")
	p.Click("Continue")
	p.WaitURL("/take")
}
