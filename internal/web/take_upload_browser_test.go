package web_test

import (
	"context"
	"testing"
	"time"

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

// interrupted is a candidate whose page was loaded again while the first answer was recorded, and who leaves it at that.
func (i invitationOf) interrupted(p *chromium.Page) {
	i.s.t.Helper()
	i.begin(p)
	p.Click("Turn on the microphone")
	p.Click("Start recording")
	p.WaitText("0:03 of 2:00")
	p.Reload()
	p.WaitText("Your recording was interrupted")
}

// awaitAnswer waits until the first answer can be heard.
func (i invitationOf) awaitAnswer() {
	i.s.t.Helper()
	ctx, cancel := context.WithTimeout(i.s.t.Context(), 20*time.Second)
	defer cancel()
	for {
		q := i.questions()[0]
		take := q.Take
		if take != nil && take.State == assess.RecordingReady && take.Media.Duration > 1500*time.Millisecond {
			return
		}
		select {
		case <-ctx.Done():
			i.s.t.Fatalf("the answer is %+v, or failed: %+v", take, q.Failed)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestWhatWasInterruptedIsHandedInWithTheRest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(unobserved, readAndSpoken)
	p := chromium.New(t)
	p.AllowError("422")
	i.interrupted(p)
	p.Click("1 of 2 answered")
	p.Click("Look over all answers and submit")
	p.Click("Submit the assessment")
	p.WaitText("There is a problem")
	if take := i.questions()[0].Take; take == nil || take.State != assess.RecordingOpen {
		t.Errorf("the candidate can no longer say what is to become of the take: %+v", take)
	}
	p.Click("Submit all the same")
	p.Click("Submit the assessment")
	p.WaitText("You are finished. Thank you!")
	i.awaitAnswer()
}

func TestWhatWasInterruptedCountsWhenTheTimeIsUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(unobserved, readAndSpoken)
	p := chromium.New(t)
	p.AllowError("Blocked attempt to show a 'beforeunload' confirmation panel") // where slices are still on their way
	i.interrupted(p)
	i.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now().Add(-time.Second) })
	p.Reload()
	p.WaitText("You are finished. Thank you!")
	i.awaitAnswer()
}

func TestNothingMovesWhenUploadsAreToldOf(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, readAndSpoken)
	p := chromium.New(t)
	i.begin(p)
	place := func() int {
		return chromium.Eval[int](p, "Math.round(scrollY + document.querySelector('main h1').getBoundingClientRect().top)")
	}
	p.WaitText("Turn on the microphone")
	before := place()
	p.Click("Turn on the microphone")
	p.Click("Start recording")
	p.WaitText("Uploading while you record")
	if now := place(); now != before {
		t.Errorf("the page has moved by %d pixels", now-before)
	}
}
