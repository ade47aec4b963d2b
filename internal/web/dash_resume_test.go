package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFormSentAfterTheSessionEndedIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	f := b.newInvite("ana@example.com")
	f.Set("customMessage", "Two lines,\r\n\"quoted\" <b>& bold</b>")
	b.post("/signout", nil)

	for range 2 { // pressed once more before signing in
		p := b.post("/invites/new", f)
		p.says(t, http.StatusUnauthorized, "What you typed is kept on this page")
		kept := p.formTo(t, "/invites/new")
		kept.Set("customMessage", strings.ReplaceAll(kept.Get("customMessage"), "\n", "\r\n")) // as browsers send it
		if diff := cmp.Diff(f, kept); diff != "" {
			t.Fatalf("the form changed (-typed +kept):\n%s", diff)
		}
		f = kept
	}
	b.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}})
	b.post("/invites/new", f).says(t, http.StatusOK, "ana@example.com")
}

func TestAPasswordIsNeverWrittenIntoAPage(t *testing.T) {
	t.Parallel()
	b := newSite(t).browser()
	p := b.post("/profile/password", url.Values{"current": {password}, "password": {"another long password"}})
	p.says(t, http.StatusUnauthorized, "nothing was changed")
	if strings.Contains(p.body, "another long password") || strings.Contains(p.body, password) {
		t.Error("the page holds the password")
	}
}
