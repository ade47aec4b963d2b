package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// newKey is a key of the owner's.
func (s *site) newKey(n assess.NewAPIKey) (assess.APIKey, string) {
	s.t.Helper()
	key, secret, err := s.CreateAPIKey(s.t.Context(), s.owner.Actor(assess.Live), n)
	s.must(err)
	return key, secret
}

func TestUseOfAKeyIsChartedByDayAndRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key, _ := s.newKey(assess.NewAPIKey{Name: "Key", Mode: assess.Live})
	for i, route := range []string{"GET /tags", "GET /tags", "POST /invites"} {
		s.CountKeyUse(key.Actor(), app.KeyRequest{Route: route, At: time.Now(), Refused: i == 2})
	}
	s.must(s.FlushKeyUsage(t.Context()))
	b := s.signIn(ownerEmail)
	p := b.get("/settings/integrations")
	p.shows(t, http.StatusOK, "/settings/integrations", `aria-label="3 requests in the last 30 days"`)
	if n := strings.Count(p.body, `<rect class="bar-fill"`); n != 30 {
		t.Errorf("the chart has %d days, want 30", n)
	}
	path := "/settings/integrations/" + string(key.ID)
	b.get(path).shows(t, http.StatusOK, path, `aria-label="3 requests in the last 30 days"`, "GET /tags", "POST /invites")
	b.get(path+"?route="+url.QueryEscape("GET /tags")).shows(t, http.StatusOK, path, "Only GET /tags", `aria-label="2 requests in the last 30 days"`)
}

func TestAKeyIsRotatedOnItsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key, old := s.newKey(assess.NewAPIKey{Name: "Careers site", Mode: assess.Live})
	b := s.signIn(ownerEmail)
	path := "/settings/integrations/" + string(key.ID)
	b.post(path+"/rotate", url.Values{"overlap": {"soon"}}).shows(t, http.StatusUnprocessableEntity, path+"/rotate", "The overlap must be at most 30 days.")
	made := b.post(path+"/rotate", url.Values{"overlap": {"0"}, "once": {"form"}})
	made.shows(t, http.StatusOK, path+"/rotate", "Copy the key now", "The one before is revoked")
	secret := secretKey.FindString(made.body)
	_, _, err := s.AuthenticateKey(t.Context(), secret)
	s.must(err)
	if _, _, err := s.AuthenticateKey(t.Context(), old); assess.KindOf(err) != assess.Unauthenticated {
		t.Errorf("the replaced key is answered with %v", err)
	}
	again := b.post(path+"/rotate", url.Values{"overlap": {"0"}, "once": {"form"}})
	if again.status != http.StatusUnprocessableEntity || strings.Contains(again.body, secret) {
		t.Errorf("the form sent again is answered with %d", again.status)
	}
}

func TestAKeyThatWasInAURLIsPointedOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key, secret := s.newKey(assess.NewAPIKey{Name: "Leaky", Mode: assess.Live, ExpiresInDays: 10})
	if p := s.browser().get("/api/v1/tags?api_key=" + secret); p.status != http.StatusBadRequest {
		t.Errorf("a key in a URL: %d", p.status)
	}
	s.must(s.FlushKeyUsage(t.Context()))
	b := s.signIn(ownerEmail)
	b.get("/settings/integrations").shows(t, http.StatusOK, "/settings/integrations", "Seen in a URL", "Expires soon")
	path := "/settings/integrations/" + string(key.ID)
	b.get(path).shows(t, http.StatusOK, path, "Rotate or revoke it", "Rotate it before its end")
}
