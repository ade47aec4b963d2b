package web_test

import (
	"bytes"
	"image/jpeg"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

func TestPhotosAreTakenLookedAtAndSent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.New(t)
	i.enter(p)
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
	if recordings, _ := i.evidence(); len(recordings) > 0 {
		t.Errorf("sent before anybody was content with it: %+v", recordings)
	}
	document.Click("Send this photo")
	p.WaitText("is being sent")
	accessible(t, p, "identity-sending")
	p.Reload()
	p.WaitText("is being sent")
	s.working()
	document.WaitText("The photo has arrived.")
	face.Click("Turn on the camera")
	face.Click("Take the photo")
	face.Click("Send this photo")
	face.WaitText("The photo has arrived.")
	accessible(t, p, "identity-sent")
	document.Click("Take another one")
	document.Click("Turn off the camera")
	document.WaitText("The photo has arrived.")
	recordings, _ := i.evidence()
	if len(recordings) != 2 || recordings[0].Purpose != assess.ForDocument || recordings[1].Purpose != assess.ForFace {
		t.Fatalf("these arrived: %+v", recordings)
	}
	for _, rec := range recordings {
		photo := i.media(rec.ID)
		config, err := jpeg.DecodeConfig(bytes.NewReader(photo))
		if err != nil || config.Width < 640 || rec.Media.ContentType != "image/jpeg" || bytes.Contains(photo, []byte("Exif")) {
			t.Errorf("%s is %d × %d, %s: %v", rec.Purpose, config.Width, config.Height, rec.Media.ContentType, err)
		}
	}
	p.Click("Continue")
	p.WaitText("Your place is reserved")
}

func TestAPhotoWaitsForTheConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(watched)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	i.enter(p)
	p.Open(s.url + "/take/identity")
	document := p.In(".step:first-child")
	document.Click("Turn on the camera")
	document.Click("Take the photo")
	p.Offline(true)
	document.Click("Send this photo")
	p.WaitText("There is no connection")
	accessible(t, p, "identity-offline")
	p.Offline(false)
	document.Click("Send this photo")
	document.WaitText("The photo has arrived.")
}
