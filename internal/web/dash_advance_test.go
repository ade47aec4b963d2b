package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

// inTest is a browser of the owner that shows test data, and a test invite.
func (s *site) inTest() (*browser, assess.InviteID) {
	s.t.Helper()
	asm := s.publish().ID
	out, err := s.Invite(s.t.Context(), s.owner.Actor(assess.Test), assess.NewInvite{
		Assessment: asm, Email: "candidate@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	})
	s.must(err)
	b := s.signIn(ownerEmail)
	b.post("/profile/mode", url.Values{"mode": {"test"}}).shows(s.t, http.StatusOK, "/profile", "You see test data now.")
	return b, out.Invite.ID
}

func TestTestInvitesAreAdvancedOnTheirPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, id := s.inTest()
	path := "/invites/" + string(id)
	offers := func(p page, labels string) {
		t.Helper()
		var got []string
		for _, label := range []string{"Accept", "Start", "Answer and submit", "Let it expire"} {
			if strings.Contains(p.body, "<span>"+label+"</span>") {
				got = append(got, label)
			}
		}
		if strings.Join(got, ", ") != labels {
			t.Errorf("the page offers %q, want %s", got, labels)
		}
	}
	offers(b.get(path), "Accept, Start, Answer and submit, Let it expire")
	for _, step := range []struct{ to, offers string }{
		{"accepted", "Start, Answer and submit, Let it expire"}, {"started", "Answer and submit"}, {"completed", ""},
	} {
		p := b.post(path+"/advance", url.Values{"to": {step.to}})
		p.shows(t, http.StatusOK, path, "The synthetic candidate is done.")
		offers(p, step.offers)
	}
	b.post(path+"/advance", url.Values{"to": {"expired"}}).shows(t, http.StatusUnprocessableEntity, path+"/advance", "this invite is completed")
	if p := b.get(path); !strings.Contains(p.body, "Agreement") || !strings.Contains(p.body, "<audio") && !strings.Contains(p.body, "player") {
		t.Errorf("no answers are shown:\n%s", p.body)
	}
}

func TestLiveInvitesAreNotAdvanced(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, id := s.inTest()
	b.post("/profile/mode", url.Values{"mode": {"live"}})
	out, err := s.Invite(t.Context(), s.owner.Actor(assess.Live), assess.NewInvite{
		Assessment: s.publish().ID, Email: "candidate@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	})
	s.must(err)
	if p := b.get("/invites/" + string(out.Invite.ID)); p.status != http.StatusOK || strings.Contains(p.body, "/advance") {
		t.Errorf("%d, the page of a live invite offers to advance it", p.status)
	}
	for _, id := range []assess.InviteID{id, out.Invite.ID} {
		if p := b.post("/invites/"+string(id)+"/advance", url.Values{"to": {"completed"}}); p.status != http.StatusNotFound {
			t.Errorf("advancing in live mode: %d", p.status)
		}
	}
}

// Every page for members says so in test mode, and leads back to live data where there is such a place.
func TestEveryPageSaysThatItShowsTestData(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, id := s.inTest()
	for path, back := range map[string]string{
		"/overview": "/overview", "/assessments": "/assessments", "/invites": "/invites", "/invites/new": "/invites", "/invites/" + string(id): "/invites",
		"/grading": "/grading", "/mailbox": "/", "/settings": "/settings", "/settings/integrations": "/settings", "/docs": "/docs", "/profile": "/",
	} {
		p := b.get(path)
		if p.status != http.StatusOK || !strings.Contains(p.body, `class="testmode"`) || strings.Count(p.body, `class="test-chip"`) != 2 ||
			strings.Count(p.body, `name="back" value="`+back+`"`) < 3 || strings.Count(p.body, "Show live data") != 3 {
			t.Errorf("%s: %d, does not say that it shows test data, or leads not back to %s", path, p.status, back)
		}
	}
	b.post("/profile/mode", url.Values{"mode": {"live"}, "back": {"/invites"}}).shows(t, http.StatusOK, "/invites", "You see live data now.", "Show test data")
	b.post("/profile/mode", url.Values{"mode": {"test"}, "back": {"https://evil.example/"}}).shows(t, http.StatusOK, "/profile", "You see test data now.")
}
