package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/store"
)

func TestOpeningALinkChangesNoByte(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	before := s.files()
	b := s.browser()
	for n := range 1000 {
		method := []string{http.MethodGet, http.MethodHead, http.MethodOptions}[n%3]
		path := i.path + []string{"", "?lang=de", "/accept", "/withdraw"}[n%4]
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
		s.must(err)
		r.Header.Set("User-Agent", "scanner")
		if p := b.do(r); p.status != http.StatusOK && method != http.MethodOptions {
			t.Fatalf("%s %s: %d", method, path, p.status)
		}
	}
	if s.files() != before {
		t.Error("the database has changed")
	}
	if b.post(i.path+"/accept", i.agreement(b.get(i.path))); s.files() == before {
		t.Error("accepting wrote nothing either: this test would not notice a change")
	}
}

func TestScannersThatRunScriptsChangeNoByte(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	before := s.files()
	for range 5 {
		p := chromium.New(t)
		p.Open(s.url + i.path)
		p.WaitText("Example Ltd invites you")
		p.Press("Tab", "Tab", "Tab")
		p.Viewport(400, 3000)
	}
	if s.files() != before {
		t.Error("the database has changed")
	}
}

func TestTheLandingPageTellsEverythingBeforeItAsks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	org, err := s.Organization(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	org.TimeZone, org.Notices = "Europe/Madrid", map[string]string{"en": "We keep your answers for 90 days."}
	s.must(s.UpdateOrganization(t.Context(), s.owner.Actor(assess.Live), org))
	i := s.invitation()
	p := s.browser().get(i.path)
	texts, err := i18n.New()
	s.must(err)
	p.says(t, http.StatusOK,
		"Example Ltd invites you", "Software Engineer Assessment", "Speak as you would to a colleague.",
		"We look forward to hearing from you.", "2 questions", "about 5 minutes",
		texts.For("en").DateTime(i.ExpiresAt.In(org.Location())), "Europe/Madrid", "In your time zone:",
		"Your voice, while you give a spoken answer", "The answers you write", "Photos of your identity document and of your face",
		"opening this page has changed nothing", "We keep your answers for 90 days.", "I agree to take part.", "Continue",
		"ask whoever invited you at Example Ltd", "You can reach Example Ltd at owner@example.com.", "Withdraw",
	)
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(p.header.Get("Permissions-Policy"), "camera=(), microphone=(), display-capture=()") {
		t.Errorf("Permissions-Policy: %q", p.header.Get("Permissions-Policy"))
	}
	if !strings.Contains(p.body, `<meta name="robots" content="noindex">`) {
		t.Error("search engines may list the page")
	}
	if strings.Contains(p.body, "What did you build last?") {
		t.Error("the page gives a question away")
	}
}

func TestTheLandingPageTellsTheTimeLimitAsTheCandidateHasIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(_ *assess.NewInvite, c *assess.Content) { c.TimeLimit = 40 })
	s.browser().get(i.path).says(t, http.StatusOK, "40 minutes, once you have started", "the clock goes on while you are away")
	grant := func(factor int) {
		s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Invite: i.ID, TimeFactor: factor}))
	}
	grant(150)
	s.browser().get(i.path).says(t, http.StatusOK, "1 hour, once you have started")
	grant(assess.Unlimited)
	p := s.browser().get(i.path)
	p.says(t, http.StatusOK, "You may take breaks")
	if strings.Contains(p.body, "once you have started") {
		t.Error("a limit is told to somebody who has none")
	}
}

func TestTheLandingPageSaysWhatIsRecordedAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := false
	spoken := "Your voice, while you give a spoken answer"
	written := "The answers you write"
	onCamera := "Your picture and your voice, while you give an answer on camera"
	webcam, screen, identity := "Your camera picture throughout", "Your screen throughout", "Photos of your identity document and of your face"
	between, device := "Anything between your answers", "Anything else on your device"
	unobserved := func(n *assess.NewInvite, _ *assess.Content) {
		n.Proctoring = assess.ProctoringChoice{ScreenRecording: &no, WebcamMonitoring: &no, IDCapture: &no}
	}
	answeredIn := func(f assess.Format) func(*assess.NewInvite, *assess.Content) {
		return func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = f }
	}
	for name, test := range map[string]struct {
		change    []func(*assess.NewInvite, *assess.Content)
		yes, not  []string
		equipment string
	}{
		"everything observed": {
			nil, []string{spoken, written, webcam, screen, identity}, []string{onCamera, between, device}, "a camera and a microphone",
		},
		"nothing observed": {
			[]func(*assess.NewInvite, *assess.Content){unobserved},
			[]string{spoken, written, between, device},
			[]string{onCamera, webcam, screen, identity},
			"a browser and a microphone",
		},
		"on camera": {
			[]func(*assess.NewInvite, *assess.Content){unobserved, answeredIn(assess.VideoFormat)},
			[]string{onCamera, written},
			[]string{spoken},
			"a camera and a microphone",
		},
		"written only": {
			[]func(*assess.NewInvite, *assess.Content){unobserved, answeredIn(assess.TextFormat)},
			[]string{written},
			[]string{spoken, onCamera},
			"a computer or phone with a browser",
		},
	} {
		p := s.browser().get(s.invitation(test.change...).path)
		p.says(t, http.StatusOK, append(test.yes, test.equipment)...)
		for _, text := range test.not {
			if strings.Contains(p.main(t), text) {
				t.Errorf("%s: the page says %q", name, text)
			}
		}
	}
}

func TestTheCandidateSwitchesTheLanguageAndKeepsIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Language = "es" })
	b := s.browser()
	p := b.get(i.path)
	p.says(t, http.StatusOK, "Example Ltd le invita")
	var hrefs []string
	for _, a := range p.all(t, "a") {
		if attr(a, "hreflang") != "" {
			hrefs = append(hrefs, attr(a, "href"))
		}
	}
	if want := 5; len(hrefs) != want {
		t.Fatalf("%d languages are offered, want %d: %v", len(hrefs), want, hrefs)
	}
	for _, href := range hrefs {
		language := href[strings.LastIndexByte(href, '=')+1:]
		if got := attr(b.get(href).all(t, "html")[0], "lang"); got != language {
			t.Errorf("%s is in %q", href, got)
		}
	}
	p = b.get(i.path + "?lang=de")
	p.says(t, http.StatusOK, "Example Ltd lädt Sie ein", "Speak as you would to a colleague.")
	if !strings.Contains(p.body, `class="lines-kept" lang="en"`) {
		t.Error("the introduction does not say that it is English")
	}
	p = b.post(i.path+"/accept", i.agreement(p))
	p.says(t, http.StatusOK, "Ihr Platz ist reserviert")
	var proof assess.Acceptance
	s.must(s.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		proof, err = tx.Acceptance(i.Org, i.ID)
		return err
	}))
	if proof.Language != "de" || !strings.Contains(proof.Notice, "Die Teilnahme ist freiwillig.") {
		t.Errorf("the proof is of %q: %s", proof.Language, proof.Notice)
	}
	b.get(i.path).says(t, http.StatusOK, "Ihr Platz ist reserviert")
	b.get("/take?lang=xx").says(t, http.StatusOK, "Ihr Platz ist reserviert")
	s.browser().get(i.path+"?lang=xx").says(t, http.StatusOK, "Su plaza para")
}

func TestAcceptingTradesTheLinkForACookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	form := i.agreement(b.get(i.path))
	p := b.post(i.path+"/accept", form)
	p.says(t, http.StatusOK, "Your place is reserved", "Thank you, Casey Candidate.", "Check your devices", "Start the assessment",
		"Your place is kept until", "the same link brings you back here", "A quiet place", "Your identity document")
	if p.url.Path != "/take" || p.url.RawQuery != "" || p.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("it leads to %s with the policy %q", p.url, p.header.Get("Referrer-Policy"))
	}
	if got := i.status(); got != assess.Accepted {
		t.Errorf("the invite is %s", got)
	}
	b.get("/c").says(t, http.StatusOK, "Your place is reserved")
	b.post(i.path+"/accept", form).says(t, http.StatusOK, "Your place is reserved") // a double click
}

func TestAnotherDeviceEntersByAFormAndNotByOpeningTheLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	i.accepted()
	b := s.browser()
	p := b.get(i.path)
	p.says(t, http.StatusOK, "Welcome back", "Your place for “Software Engineer Assessment” is reserved.", "Continue")
	if cookies := p.header.Values("Set-Cookie"); len(cookies) > 0 {
		t.Errorf("opening the link sets %v", cookies)
	}
	b.get("/take").says(t, http.StatusUnauthorized, "Please open the link in your mail")
	if p := b.post(i.path+"/enter", nil); p.url.Path != "/take" {
		t.Errorf("entering leads to %s", p.url)
	}
	b.get(i.path).says(t, http.StatusOK, "Your place is reserved") // it is known here now
	b.post(s.invitation().path+"/enter", nil).says(t, http.StatusOK, "Example Ltd invites you")
	b.post("/c/nobodys-link/enter", nil).says(t, http.StatusNotFound, "This link does not work")
}

func TestTheCookieOutlivesTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	agreement := i.agreement(s.browser().get(i.path))
	for _, form := range []string{"/accept", "/enter"} {
		p := b.post(i.path+form, agreement)
		if c := (&http.Response{Header: p.header}).Cookies(); len(c) != 1 || c[0].MaxAge != 30*24*60*60 {
			t.Errorf("%s: %v", form, c)
		}
	}
}

func TestTheCookieIsOutOfReachOfScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := b.post(i.path+"/accept", i.agreement(b.get(i.path)))
	cookies := (&http.Response{Header: p.header}).Cookies()
	if p.status != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("%d with %v", p.status, cookies)
	}
	if c := cookies[0]; c.Value != i.token || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %+v", c)
	}
}

func TestContinueWithoutTheTickShowsThePageAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	form := i.agreement(b.get(i.path + "?lang=fr"))
	form.Del("agree")
	p := b.post(i.path+"/accept", form)
	p.says(t, http.StatusUnprocessableEntity, "Pour continuer, veuillez cocher la case.", "Example Ltd vous invite")
	if title := words(p.all(t, "title")[0]); !strings.HasPrefix(title, "Erreur :") {
		t.Errorf("the title is %q", title)
	}
	if got := i.status(); got != assess.Pending {
		t.Errorf("the invite is %s", got)
	}
	if got := b.get(p.url.Path); got.url.Path != i.path {
		t.Errorf("loading the form's address again leads to %s", got.url)
	}
	b.post(i.path+"/accept", i.agreement(p)).says(t, http.StatusOK, "Votre place est réservée")
}

func TestAnAgreementToANoticeThatHasChangedAsksAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	form := i.agreement(b.get(i.path))
	org, err := s.Organization(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	org.Notices = map[string]string{"en": "From now on we keep everything for a year."}
	s.must(s.UpdateOrganization(t.Context(), s.owner.Actor(assess.Live), org))
	p := b.post(i.path+"/accept", form)
	p.says(t, http.StatusUnprocessableEntity, "has changed since you opened this page", "From now on we keep everything for a year.")
	b.post(i.path+"/accept", i.agreement(p)).says(t, http.StatusOK, "Your place is reserved")
}

func TestEveryStatusHasItsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, test := range map[string]struct {
		put          func(invitationOf)
		open, accept int
		texts        []string
	}{
		"accepted":  {invitationOf.accepted, 200, 200, []string{"Software Engineer Assessment", "If you no longer want to take part"}},
		"completed": {invitationOf.completed, 200, 409, []string{"You are finished. Thank you!", "Software Engineer Assessment"}},
		"expired":   {invitationOf.overdue, 410, 410, []string{"This invitation has expired", "please ask Example Ltd for more time"}},
		"revoked":   {invitationOf.revoked, 410, 410, []string{"This invitation is no longer valid", "Example Ltd has withdrawn"}},
	} {
		i := s.invitation()
		b := s.browser()
		form := i.agreement(b.get(i.path))
		test.put(i)
		before := i.status()
		b.get(i.path).says(t, test.open, test.texts...)
		b.post(i.path+"/accept", form).says(t, test.accept, test.texts...)
		if after := i.status(); after != before {
			t.Errorf("%s: accepting made it %s", name, after)
		}
	}
}

func TestAnAcceptedInviteShowsTheCandidateWhenItIsRevoked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	form := i.agreement(b.get(i.path))
	b.post(i.path+"/accept", form)
	s.must(s.Revoke(t.Context(), s.owner.Actor(assess.Live), i.ID, false))
	b.get("/c").says(t, http.StatusGone, "This invitation is no longer valid")
	b.post(i.path+"/accept", form).says(t, http.StatusGone, "This invitation is no longer valid")
}

func TestWithdrawingEndsTheInviteAndSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	b.post(i.path+"/withdraw", url.Values{"lang": {"pt"}}).says(t, http.StatusGone, "Você desistiu de “Software Engineer Assessment”")
	s.browser().post(i.path+"/withdraw", nil).says(t, http.StatusGone, "You have withdrawn from")
	if got := i.status(); got != assess.Revoked {
		t.Errorf("the invite is %s", got)
	}
	done := s.invitation()
	done.completed()
	s.browser().post(done.path+"/withdraw", nil).says(t, http.StatusOK, "You are finished. Thank you!")
}

func TestLinksThatLeadNowhereAreExplainedInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	open := func(path, language string) page {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		s.must(err)
		r.Header.Set("Accept-Language", language)
		return b.do(r)
	}
	open("/c/nobodys-link", "de-CH, en;q=0.5").says(t, http.StatusNotFound, "Dieser Link funktioniert nicht")
	open("/c", "es").says(t, http.StatusUnauthorized, "Abra el enlace de su correo")
	b.post("/c/nobodys-link/accept", url.Values{"agree": {"on"}}).says(t, http.StatusNotFound, "This link does not work")
	for n := range 18 {
		open(fmt.Sprintf("/c/guess%d", n), "en").says(t, http.StatusNotFound)
	}
	p := open("/c/one-too-many", "fr")
	p.says(t, http.StatusTooManyRequests, "Un instant")
	if p.header.Get("Retry-After") == "" || p.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers: %v", p.header)
	}
	open(i.path, "en").says(t, http.StatusOK, "Example Ltd invites you")
}

func TestAcceptingIsPossibleInBrowsersThatNameNoOrigin(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.browser()
	form := i.agreement(b.get(i.path))
	post := func(header map[string]string) page {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+i.path+"/accept", strings.NewReader(form.Encode()))
		s.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		return b.do(r)
	}
	post(map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "null"}).says(t, http.StatusForbidden)
	post(map[string]string{"Origin": "https://elsewhere.example"}).says(t, http.StatusForbidden)
	if got := i.status(); got != assess.Pending {
		t.Errorf("another site made it %s", got)
	}
	post(map[string]string{"Origin": "null"}).says(t, http.StatusOK, "Your place is reserved")
}

func TestTestInvitesSaySo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	live := s.invitation()
	out, err := s.Invite(t.Context(), s.owner.Actor(assess.Test), assess.NewInvite{
		Assessment: live.Assessment, Email: "casey@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	})
	s.must(err)
	link, err := s.InviteURL(t.Context(), s.owner.Actor(assess.Test), out.Invite.ID)
	s.must(err)
	s.browser().get(strings.TrimPrefix(link, s.url)).says(t, http.StatusOK, "This is a test invitation.")
	if strings.Contains(s.browser().get(live.path).body, "test invitation") {
		t.Error("a live invite says that it is a test")
	}
}

var linked = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

func TestTheLandingPageIsLight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	p := b.get(s.invitation().path)
	total := len(gzipped(t, p.body))
	for _, found := range linked.FindAllStringSubmatch(p.body, -1) {
		total += len(gzipped(t, b.get(found[1]).body))
	}
	if total > 100<<10 || total < 5<<10 {
		t.Errorf("page, styles and scripts are %d bytes", total)
	}
	t.Logf("%d bytes", total)
}
