package web_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// accessible checks a page as it is now, in light and dark, wide and at 320 pixels, which is also 1280 at 400 %.
func accessible(t *testing.T, p *chromium.Page, name string) {
	t.Helper()
	for _, dark := range []bool{false, true} {
		scheme := map[bool]string{false: "light", true: "dark"}[dark]
		for _, width := range []int{1280, 375, 320} {
			p.Screenshot(name+"-"+scheme+"-"+map[int]string{1280: "wide", 375: "phone", 320: "narrow"}[width], width, dark)
			p.Axe()
			if over := chromium.Eval[int](p, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("%s at %d: %d pixels too wide", name, width, over)
			}
		}
	}
	p.Viewport(1280, 800)
	p.Dark(false)
}

func TestEveryPageOfACandidateIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, put := range map[string]func(invitationOf){
		"pending": func(invitationOf) {}, "accepted": invitationOf.accepted, "completed": invitationOf.completed,
		"expired": invitationOf.overdue, "revoked": invitationOf.revoked,
	} {
		i := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Language = "de" })
		put(i)
		p := chromium.New(t)
		p.AllowError("410")
		p.Open(s.url + i.path)
		accessible(t, p, name)
	}
	p := chromium.New(t)
	p.AllowError("404")
	p.AllowError("401")
	p.Open(s.url + "/c/nobodys-link")
	accessible(t, p, "unknown")
	p.Open(s.url + "/c")
	accessible(t, p, "lost")
}

func TestACandidateAcceptsByKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	p := chromium.New(t)
	p.Viewport(375, 700)
	p.Open(s.url + i.path)
	p.WaitText("In your time zone:")
	focus := func(id string) {
		for range 30 {
			if chromium.Eval[bool](p, "document.activeElement.matches(`"+id+"`)") {
				return
			}
			p.Press("Tab")
		}
		t.Fatalf("the Tab key does not lead to %s", id)
	}
	focus("[name=agree]")
	p.Press(" ")
	focus(".btn-primary")
	if outline := chromium.Eval[string](p, "getComputedStyle(document.activeElement).outlineStyle"); outline == "none" {
		t.Error("the focus cannot be seen")
	}
	p.Press("Enter")
	p.WaitText("Your place is reserved")
	if got := i.status(); got != assess.Accepted {
		t.Errorf("the invite is %s", got)
	}
	accessible(t, p, "accepted-here")
}

func TestACandidateWhoForgetsTheTickIsLedToIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	p := chromium.New(t)
	p.AllowError("422")
	p.Open(s.url + i.path)
	chromium.Eval[bool](p, "document.querySelector('[name=agree]').required = false; true") // as where it is not known
	p.Click("Continue")
	p.WaitText("There is a problem")
	accessible(t, p, "unticked")
	p.Click("To continue, please tick the box.")
	p.Press(" ")
	p.Click("Continue")
	p.WaitText("Your place is reserved")
}

func TestACandidateWithdrawsAfterBeingAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	p := chromium.New(t)
	p.AllowError("410")
	p.Open(s.url + i.path)
	p.Click("If you do not want to be recorded")
	p.Click("Withdraw")
	p.WaitText("Withdraw from “Software Engineer Assessment”?")
	accessible(t, p, "withdraw")
	p.Click("Cancel")
	if got := i.status(); got != assess.Pending {
		t.Errorf("canceling made it %s", got)
	}
	p.Click("Withdraw")
	p.Click("Withdraw")
	p.WaitText("You have withdrawn from")
	s.browser().get(i.path).says(t, http.StatusGone)
}
