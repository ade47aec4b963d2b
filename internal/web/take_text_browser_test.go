package web_test

import (
	"strings"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// hurried gives the least time there is to write the first answer.
func hurried(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].MaxAnswer = assess.MinAnswer }

func TestATextThatWasWrittenInTimeIsSavedALittleLater(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, hurried)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	i.begin(p)
	p.Click("Show the question")
	p.WaitText("Time to write:")
	p.Offline(true)
	p.Fill("Your answer", "A bridge.")
	p.WaitGone("Time to write:")
	p.WaitText("Your text is kept on this device")
	if got := p.Value("Your answer"); got != "A bridge." {
		t.Errorf("the field holds %q", got)
	}
	if !chromium.Eval[bool](p, "document.querySelector('#answer').readOnly") {
		t.Error("the field takes more")
	}
	p.Offline(false)
	p.WaitText("The time to write is over.")
	if got := i.questions()[0].Answer.Text; got != "A bridge." {
		t.Errorf("stored is %q", got)
	}
}

func TestATextThatCameTooLateIsShownUntilItsWriterHasClosedIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.AllowError("409")
	i.begin(p)
	p.Click("Show the question")
	p.Fill("Your answer", "In time.")
	p.WaitText("Saved at")
	p.Offline(true)
	p.Fill("Your answer", "In time. Too late.")
	p.WaitText("Your text is kept on this device")
	i.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now().Add(-time.Second) })
	p.Offline(false)
	p.WaitText("The time was over before this text was saved")
	p.WaitText("In time. Too late.")
	p.Press("Escape")
	p.WaitText("The time was over before this text was saved")
	accessible(t, p, "text-too-late")
	p.Click("Copy the text")
	p.WaitText("Copied")
	p.Click("Close")
	p.WaitText("You are finished. Thank you!") // the page has changed behind it
	if kept := chromium.Eval[[]string](p, "Object.keys(localStorage).filter((key) => key.startsWith('text '))"); len(kept) > 0 {
		t.Errorf("the browser still keeps %q", kept)
	}
	if got := i.questions()[0].Answer.Text; got != "In time." {
		t.Errorf("stored is %q", got)
	}
}

func TestATextThatIsCutOffSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.Start(t, chromium.Settings{}).Tab() // the clipboard is the browser's
	i.begin(p)
	p.Click("Show the question")
	p.Fill("Your answer", strings.Repeat("word ", 1200))
	p.Press("Control+a", "Control+c", "ArrowRight", "Control+v")
	p.WaitText("An answer takes 10,000 characters at most.")
	p.WaitText("10,000 of 10,000 characters")
	accessible(t, p, "text-too-long")
	p.Press("Backspace")
	p.WaitGone("An answer takes 10,000 characters at most.")
	p.Press("x")
	p.WaitText("Saved at")
	if got := i.questions()[0].Answer.Text; len(got) != assess.MaxTextRunes || !strings.HasSuffix(got, "x") {
		t.Errorf("%d characters are stored", len(got))
	}
	p.Press("x")
	p.WaitText("An answer takes 10,000 characters at most.")
}
