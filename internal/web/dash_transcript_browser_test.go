package web_test

import (
	"fmt"
	"strings"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// field names the field of a line by its time.
func field(at string) string { return "What is said at " + at }

func TestATranscriptIsEditedLineByLineAndSavesItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, rec, path := s.transcribed("I fix things.", "And bikes.", "Good bye.")
	p := s.member(t)
	p.Open(s.url + path + "/transcript")
	glance(t, p, "transcript")
	p.Fill(field("0:01"), "And cars.")
	p.Press("Enter")
	if got := chromium.Eval[string](p, "document.activeElement.name"); got != "line-2" {
		t.Errorf("Enter leads to %q", got)
	}
	p.WaitText("Saved")
	if got := s.said(a, rec); got != "I fix things.\nAnd cars.\nGood bye." {
		t.Errorf("it says %q", got)
	}

	p.Fill("Search the transcript", "CAR")
	p.WaitText("1 of 3 lines")
	if n := chromium.Eval[int](p, `document.querySelectorAll(".transcript-lines > li:not([hidden])").length`); n != 1 {
		t.Errorf("%d lines are shown", n)
	}
	p.Click("Play from 0:01")
	at := chromium.Eval[float64](p, `(async () => {
		const media = document.querySelector("audio");
		media.muted = true;
		while (!(media.currentTime >= 1)) await new Promise((later) => setTimeout(later, 20));
		return media.currentTime;
	})()`)
	if at < 1 || at > 2.5 {
		t.Errorf("a line's time leads to %.2f seconds", at)
	}
}

func TestWhatAColleagueHasWrittenIsWeighedLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, rec, path := s.transcribed("I fix things.", "And bikes.", "Good bye.")
	p := s.member(t)
	p.AllowError("409")
	p.Open(s.url + path + "/transcript")
	colleague := s.owner.Actor(assess.Live)
	for line, was := range []string{"I fix things.", "And bikes."} {
		_, err := s.EditTranscript(t.Context(), colleague, a.ID, rec.ID, []assess.LineEdit{{Line: line, Was: was, Text: fmt.Sprintf("Theirs %d.", line)}})
		s.must(err)
	}
	p.Fill(field("0:00"), "Mine 0.")
	p.WaitText("Somebody else has made it “Theirs 0.”.")
	p.Fill(field("0:01"), "Mine 1.")
	p.WaitText("Somebody else has made it “Theirs 1.”.")
	p.Fill(field("0:02"), "Mine 2.") // in nobody's way
	glance(t, p, "transcript-clash")
	p.In(`[data-line="0"]`).Click("Keep mine")
	p.WaitGone("Somebody else has made it “Theirs 0.”.")
	p.In(`[data-line="1"]`).Click("Take theirs")
	p.WaitGone("Somebody else has made it “Theirs 1.”.")
	p.WaitText("Saved")
	if got := s.said(a, rec); got != "Mine 0.\nTheirs 1.\nMine 2." {
		t.Errorf("it says %q", got)
	}
}

func TestWhatIsTypedWithoutAConnectionIsSavedAfterwards(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, rec, path := s.transcribed("I fix things.", "And bikes.")
	p := s.member(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.Open(s.url + path + "/transcript")
	p.Offline(true)
	p.Fill(field("0:00"), "I fix all things.")
	p.WaitText("Not saved. It is tried again.")
	p.Offline(false)
	p.WaitText("Saved")

	p.Offline(true)
	p.Fill(field("0:01"), "And cars.")
	p.WaitText("Not saved. It is tried again.")
	draft := chromium.Eval[string](p, `localStorage.getItem("transcript:`+string(rec.ID)+`") ?? ""`)
	if !strings.Contains(draft, "And cars.") {
		t.Errorf("the browser keeps %q", draft)
	}
	p.Open("about:blank") // whoever leaves is asked, and goes
	p.Offline(false)
	p.Open(s.url + path + "/transcript")
	p.WaitText("Saved")
	if got := s.said(a, rec); got != "I fix all things.\nAnd cars." {
		t.Errorf("it says %q", got)
	}
}
