package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

const otherPassword = "another quite long sentence"

// tokenIn finds the secret of a link of the given kind in the newest mail.
func (s *site) tokenIn(kind string) string {
	s.t.Helper()
	s.work()
	sent := s.sender.Messages()
	if len(sent) == 0 {
		s.t.Fatal("no mail was sent")
	}
	_, rest, found := strings.Cut(sent[len(sent)-1].Text, "/"+kind+"/")
	if !found {
		s.t.Fatalf("no /%s/ link in the mail:\n%s", kind, sent[len(sent)-1].Text)
	}
	token, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(token)
}

func (p page) shows(t *testing.T, status int, path string, texts ...string) {
	t.Helper()
	if p.status != status || p.url.Path != path {
		t.Errorf("got %d at %s, want %d at %s", p.status, p.url, status, path)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("the page at %s does not say %q:\n%s", p.url, text, p.body)
		}
	}
}

func setupForm() url.Values {
	return url.Values{
		"organization": {"Fresh Ltd"}, "timeZone": {"Europe/Berlin"}, "firstName": {"Fred"}, "lastName": {"First"},
		"email": {"fred@example.com"}, "password": {password},
	}
}

func TestSetUpMakesTheFirstOwnerAndSignsThemIn(t *testing.T) {
	t.Parallel()
	s := newEmptySite(t)
	token, err := s.NewSetupToken(t.Context())
	s.must(err)
	b := s.browser()
	b.get("/setup/"+token).shows(t, http.StatusOK, "/setup/"+token, "Set up AlfaOne", `value="Europe/Berlin"`)
	b.post("/setup/"+token, setupForm())
	b.get("/profile").shows(t, http.StatusOK, "/profile", "Fred", "Your role is owner", "Fresh Ltd")

	again := s.browser().post("/setup/"+token, setupForm())
	again.shows(t, http.StatusNotFound, "/setup/"+token)
}

func TestSetUpKeepsWhatWasTypedButThePassword(t *testing.T) {
	t.Parallel()
	s := newEmptySite(t)
	token, err := s.NewSetupToken(t.Context())
	s.must(err)
	form := setupForm()
	form.Set("email", "nobody")
	form.Set("password", "short but secret")
	form.Set("organization", "")
	p := s.browser().post("/setup/"+token, form)
	p.shows(t, http.StatusUnprocessableEntity, "/setup/"+token, "Fred", "nobody", "The e-mail address must be a valid email address.",
		"The organization&#39;s name is required.", `<option value="Europe/Berlin" selected>`)
	if strings.Contains(p.body, "short but secret") {
		t.Error("the password is on the page")
	}
}

func TestAnUnknownSetUpLinkIsNotFound(t *testing.T) {
	t.Parallel()
	s := newEmptySite(t)
	s.browser().get("/setup/guess").shows(t, http.StatusNotFound, "/setup/guess")
	s.browser().post("/setup/guess", setupForm()).shows(t, http.StatusNotFound, "/setup/guess")
}

func TestSigningInLooksTheSameForUnknownAddressesAndWrongPasswords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	try := func(email string) page {
		return s.browser().post("/signin", url.Values{"email": {email}, "password": {"this is not the right one"}})
	}
	_, err := s.InviteMember(t.Context(), s.owner.Actor(assess.Live), "guest@example.com", assess.Viewer)
	s.must(err)
	wrong := try(ownerEmail)
	wrong.shows(t, http.StatusUnprocessableEntity, "/signin", "The e-mail address or the password is not right.")
	for _, email := range []string{"nobody@example.com", "guest@example.com"} {
		got := try(email)
		if got.status != wrong.status || anonymous(got.body, email) != anonymous(wrong.body, ownerEmail) {
			t.Errorf("%s is told apart:\n%s", email, got.body)
		}
	}
}

var nonce = regexp.MustCompile(`nonce="[^"]*"`)

// anonymous is a page without what differs on every page, and without the given word.
func anonymous(body, word string) string {
	return strings.ReplaceAll(nonce.ReplaceAllString(body, ""), word, "…")
}

func TestSigningInLeadsWhereOneWantedToGoButNeverElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.browser().get("/profile?x=1").shows(t, http.StatusOK, "/signin", `value="/profile?x=1"`)
	b := s.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	signIn := func(next string) string {
		return b.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}, "next": {next}}).header.Get("Location")
	}
	for next, want := range map[string]string{"/profile?x=1": "/profile?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/"} {
		if got := signIn(next); got != want {
			t.Errorf("next=%q leads to %q, want %q", next, got, want)
		}
	}
	for next, want := range map[string]string{
		"/profile?x=1": "/profile?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "profile": "/",
	} {
		if got := b.get("/signin?next=" + url.QueryEscape(next)).header.Get("Location"); got != want {
			t.Errorf("signed in already, next=%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestSigningInGivesANewSecretAndEndsTheOldOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	before := b.session()
	planted := s.browser()
	planted.set("alfaone_session", "chosen-by-an-attacker")
	planted.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}})
	if planted.session() == "chosen-by-an-attacker" {
		t.Error("a planted secret became a session")
	}
	b.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}})
	if b.session() == before {
		t.Error("signing in again kept the secret")
	}
	old := s.browser()
	old.set("alfaone_session", before)
	old.get("/profile").shows(t, http.StatusOK, "/signin")
}

func (b *browser) session() string {
	u, err := url.Parse(b.s.url)
	b.s.must(err)
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == "alfaone_session" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) set(name, value string) {
	u, err := url.Parse(b.s.url)
	b.s.must(err)
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

func TestCookiesCannotBeReadByScriptsNorSentFromOtherSites(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cookies := b.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}}).header.Values("Set-Cookie")
	if len(cookies) != 2 {
		t.Fatalf("set %q, want the session's and the device's cookie", cookies)
	}
	for _, c := range cookies {
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") {
			t.Errorf("cookie %q", c)
		}
	}
	if strings.Contains(cookies[0], "Max-Age") {
		t.Errorf("the session outlives the browser: %q", cookies[0])
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	stolen := s.browser()
	stolen.set("alfaone_session", b.session())
	stolen.get("/profile").shows(t, http.StatusOK, "/profile")
	b.post("/signout", nil).shows(t, http.StatusOK, "/signin", "You are signed out.")
	stolen.get("/profile").shows(t, http.StatusOK, "/signin")
	b.post("/signout", nil).shows(t, http.StatusOK, "/signin")
}

func TestTooManyTriesAreRefusedAndAKnownBrowserStillGetsIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	known := s.signIn(ownerEmail)
	known.post("/signout", nil)
	var last page
	for range 7 {
		last = s.browser().post("/signin", url.Values{"email": {ownerEmail}, "password": {"a guess of an attacker"}})
	}
	last.shows(t, http.StatusTooManyRequests, "/signin", "Try again in", ownerEmail)
	known.post("/signin", url.Values{"email": {ownerEmail}, "password": {password}, "next": {"/profile"}}).shows(t, http.StatusOK, "/profile")
}

func TestForgottenPasswordAnswersTheSameForEverybody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ask := func(email string) page { return s.browser().post("/forgot", url.Values{"email": {email}}) }
	known := ask(ownerEmail)
	known.shows(t, http.StatusOK, "/forgot", "Look into your mail")
	for _, email := range []string{"nobody@example.com", "not an address", ""} {
		if got := ask(email); got.status != known.status || anonymous(got.body, "") != anonymous(known.body, "") {
			t.Errorf("%q is told apart:\n%s", email, got.body)
		}
	}
	s.work()
	if sent := s.sender.Messages(); len(sent) != 1 || sent[0].To.Address != ownerEmail {
		t.Errorf("sent %d mails", len(sent))
	}
}

func TestAResetLinkSetsANewPasswordOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	signedIn := s.signIn(ownerEmail)
	s.browser().post("/forgot", url.Values{"email": {ownerEmail}})
	path := "/reset/" + s.tokenIn("reset")
	b := s.browser()
	b.get(path).shows(t, http.StatusOK, path, "Set a new password", ownerEmail)
	b.post(path, url.Values{"password": {"too short"}}).shows(t, http.StatusUnprocessableEntity, path, "The password must be at least 15 characters long")
	b.post(path, url.Values{"password": {otherPassword}}).shows(t, http.StatusOK, "/signin", "Your new password is set.")
	signedIn.get("/profile").shows(t, http.StatusOK, "/signin")
	b.get(path).shows(t, http.StatusNotFound, path, "This link is not valid any more", "/forgot")
	b.post(path, url.Values{"password": {otherPassword}}).shows(t, http.StatusNotFound, path)
	b.post("/signin", url.Values{"email": {ownerEmail}, "password": {otherPassword}, "next": {"/profile"}}).shows(t, http.StatusOK, "/profile")
}

func TestAJoinLinkMakesAMemberOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.InviteMember(t.Context(), s.owner.Actor(assess.Live), "guest@example.com", assess.Recruiter)
	s.must(err)
	path := "/join/" + s.tokenIn("join")
	b := s.browser()
	b.get(path).shows(t, http.StatusOK, path, "Join Example Ltd", "guest@example.com", "recruiter")
	b.post(path, url.Values{"firstName": {"Gina"}, "lastName": {""}, "password": {password}}).
		shows(t, http.StatusUnprocessableEntity, path, "Gina", "The last name is required.")
	b.post(path, url.Values{"firstName": {"Gina"}, "lastName": {"Guest"}, "password": {password}})
	b.get("/profile").shows(t, http.StatusOK, "/profile", "Gina", "Your role is recruiter")
	s.browser().get(path).shows(t, http.StatusNotFound, path, "This invitation is not valid any more")
}

func anywhere() app.Client { return app.Client{Address: "203.0.113.9", UserAgent: "test"} }

func TestTheStartPageLeadsEverybodyToTheirWork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if p := s.browser().get("/"); p.url.Path != "/signin" || p.url.RawQuery != "" {
		t.Errorf("a stranger is led to %s", p.url)
	}
	if p := s.signIn(ownerEmail).get("/"); p.url.Path != "/overview" {
		t.Errorf("the owner is led to %s", p.url)
	}
	if p := s.signIn(s.colleague(assess.Grader).Email).get("/"); p.url.Path != "/grading" {
		t.Errorf("a grader is led to %s", p.url)
	}
}
