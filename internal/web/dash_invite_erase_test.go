package web_test

import (
	"net/http"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

func TestAnInvitesPageSaysThatItsCandidateIsErased(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	inv := s.several("gone@example.com")[0]
	b := s.signIn(s.owner.Email)
	path := "/invites/" + string(inv.ID)
	if shown := b.get(path); !strings.Contains(shown.body, path+"/erase") || !strings.Contains(shown.body, "Erase for good") {
		t.Errorf("an owner is not offered to erase: %s", shown.body)
	}
	recruiter := s.signIn(s.colleague(assess.Recruiter).Email)
	if shown := recruiter.get(path); strings.Contains(shown.body, "/erase") {
		t.Error("a recruiter is offered to erase")
	}
	done := b.post(path+"/erase", nil)
	for _, want := range []string{"Erased candidate", "The candidate&#39;s data are erased.", "Olivia Owner"} {
		if !strings.Contains(done.body, want) {
			t.Errorf("the page lacks %q: %s", want, done.body)
		}
	}
	if again := b.get(path); again.status != http.StatusGone || strings.Contains(again.body, "gone@example.com") {
		t.Errorf("%d %s", again.status, again.body)
	}
	if shown := b.get("/overview"); shown.status != http.StatusOK || !strings.Contains(shown.body, "erased the data of a candidate") {
		t.Errorf("the overview: %d %s", shown.status, shown.body)
	}
}
