package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

func TestAMemberChangesTheirNameAndPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, other := s.signIn(ownerEmail), s.signIn(ownerEmail)
	b.post("/profile", url.Values{"firstName": {"Olive"}, "lastName": {""}}).
		shows(t, http.StatusUnprocessableEntity, "/profile", "The last name is required.", `value="Olive"`)
	b.post("/profile", url.Values{"firstName": {"Olive"}, "lastName": {"Owner"}}).shows(t, http.StatusOK, "/profile", "Your name is saved.", "Olive Owner")
	b.post("/profile/password", url.Values{"current": {"not the current one"}, "password": {otherPassword}}).
		shows(t, http.StatusUnprocessableEntity, "/profile/password", "The current password is not right.")
	before := b.session()
	b.post("/profile/password", url.Values{"current": {password}, "password": {otherPassword}}).
		shows(t, http.StatusOK, "/profile", "Your new password is set. All other browsers are signed out.")
	if b.session() == before {
		t.Error("the session kept its secret")
	}
	other.get("/profile").shows(t, http.StatusOK, "/signin")
}

func TestAMemberSignsOtherBrowsersOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, one, two := s.signIn(ownerEmail), s.signIn(ownerEmail), s.signIn(ownerEmail)
	b.get("/profile").shows(t, http.StatusOK, "/profile", "This browser", "Sign out everywhere else")
	visit, err := s.Visit(t.Context(), one.session(), anywhere())
	s.must(err)
	b.post("/profile/sessions/"+string(visit.Session.ID)+"/end", nil).shows(t, http.StatusOK, "/profile", "That browser is signed out.")
	one.get("/profile").shows(t, http.StatusOK, "/signin")
	two.get("/profile").shows(t, http.StatusOK, "/profile")
	p := b.post("/profile/sessions/end", nil)
	p.shows(t, http.StatusOK, "/profile", "All other browsers are signed out.")
	if strings.Contains(p.body, "Sign out everywhere else") {
		t.Error("there is nothing else to sign out")
	}
	two.get("/profile").shows(t, http.StatusOK, "/signin")
}

func TestTheModeIsSwitchedForThisBrowserOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, other := s.signIn(ownerEmail), s.signIn(ownerEmail)
	b.post("/profile/mode", url.Values{"mode": {string(assess.Test)}}).shows(t, http.StatusOK, "/profile", "You see test data now.", "Test mode.")
	if strings.Contains(other.get("/profile").body, "Test mode.") {
		t.Error("another browser was switched as well")
	}
	b.post("/profile/mode", url.Values{"mode": {"other"}}).shows(t, http.StatusBadRequest, "/profile/mode")
	b.post("/profile/mode", url.Values{"mode": {string(assess.Live)}}).shows(t, http.StatusOK, "/profile", "You see live data now.")
}
