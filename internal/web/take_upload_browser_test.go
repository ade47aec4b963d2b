package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// recorded is a candidate who has recorded an answer of which the last slices are still in the browser, which is offline.
func (i invitationOf) recorded(p *chromium.Page) assess.RecordingID {
	i.s.t.Helper()
	i.begin(p)
	p.Click("Turn on the microphone")
	p.WaitText("Say a few words")
	p.Click("Start recording")
	p.WaitText("0:03 of 2:00")
	p.Offline(true)
	p.WaitText("0:06 of 2:00")
	p.Click("Stop recording")
	p.WaitText("No connection. Saved on this device")
	return i.questions()[0].Take.ID
}

// readAndSpoken makes the first question one that is read and answered aloud.
func readAndSpoken(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Format = assess.TextFormat }

func TestSlicesAreKeptOfARecordingThatSomebodyElseEndedTooEarly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(unobserved, readAndSpoken)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.AllowError("409")
	id := i.recorded(p)
	d := s.ByCandidate(app.Taker{Token: i.token})
	got, err := d.Recording(t.Context(), id)
	s.must(err)
	if _, err := d.Finish(t.Context(), id, got.Have[0][1]+1, got.Bytes); err != nil {
		t.Fatal(err)
	}
	p.Offline(false)
	p.WaitText("A recording could not be uploaded")
	p.WaitText("Save as a file")
	if n := chromium.Eval[int](p, `new Promise((done) => {
		indexedDB.open("recordings").onsuccess = ({ target: { result } }) => {
			result.transaction("slices").objectStore("slices").count().onsuccess = ({ target }) => done(target.result);
		};
	})`); n == 0 {
		t.Error("the browser has let the slices go")
	}
}
