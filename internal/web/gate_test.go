package web_test

import (
	"net/http"
	"strings"
	"testing"

	"alfaone/internal/web"
)

func TestBeforeSetUpPeopleGetAPageAndProgramsGetJSON(t *testing.T) {
	t.Parallel()
	b := newEmptySite(t).browser()
	for path, kind := range map[string]string{"/": "text/html", "/signin": "text/html", "/docs": "text/html", "/api/v1/invites": "application/json"} {
		p := b.get(path)
		if got := p.header.Get("Content-Type"); p.status != http.StatusServiceUnavailable || !strings.HasPrefix(got, kind) {
			t.Errorf("%s answers %d %s, want 503 %s", path, p.status, got, kind)
		}
		if !strings.Contains(p.body, "not set up yet") && !strings.Contains(p.body, "Not set up yet") {
			t.Errorf("%s says:\n%s", path, p.body)
		}
	}
}

func TestALogHoldsNoSecretOfAPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/c/s3cret":               "/c/…",
		"/c/s3cret/accept":        "/c/…/accept",
		"//c/s3cret":              "/c/…",
		"/c//s3cret":              "/c/…",
		"/./c/x/../s3cret/accept": "/c/…/accept",
		"/mailbox/s3cret/1":       "/mailbox/…/1",
		"/invites/1":              "/invites/1",
		"//invites/":              "//invites/",
	} {
		if got := web.SafePath(path); got != want {
			t.Errorf("%s is logged as %s, want %s", path, got, want)
		}
	}
}

func TestAnUncleanPathOfTheAPIIsAnsweredByTheAPI(t *testing.T) {
	t.Parallel()
	b := newSite(t).browser()
	for _, path := range []string{"/api//v1/tags", "/api/v1/../v1/tags", "/api/", "/api/v2"} {
		if p := b.get(path); p.status != http.StatusNotFound || p.header.Get("Content-Type") != "application/json" || p.url.Path != path {
			t.Errorf("%s is answered at %s with %d, %s", path, p.url.Path, p.status, p.header.Get("Content-Type"))
		}
	}
}
