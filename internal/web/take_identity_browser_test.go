package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
)

func TestPhotosAreTakenLookedAtAndSent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := i.agreed(chromium.New(t))
	p.Open(s.url + "/take/identity")
	accessible(t, p, "identity")
	document, face := p.In(".step:first-child"), p.In(".step:last-child")
	document.Click("Turn on the camera")
	p.WaitText("Hold the document so that it fills the picture")
	accessible(t, p, "identity-aim")
	document.Click("Take the photo")
	p.WaitText("Can your name and your picture be recognised?")
	accessible(t, p, "identity-judge")
	document.Click("Take it again")
	document.Click("Take the photo")
	document.Click("Send this photo")
	p.WaitText("is being sent")
	accessible(t, p, "identity-sending")
	s.work()
	document.WaitText("The photo has arrived.")
	face.Click("Turn on the camera")
	face.Click("Take the photo")
	face.Click("Send this photo")
	accessible(t, p, "identity-sent")
}
