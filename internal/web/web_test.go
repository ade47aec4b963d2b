package web_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/api"
	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
	"alfaone/internal/web"
)

const (
	password   = "correct horse battery staple"
	ownerEmail = "owner@example.com"
)

// site is a running server with an organization, for one test.
type site struct {
	*app.App
	t      *testing.T
	url    string
	db     *store.DB
	blobs  blob.Store
	sender *mail.Recorder
	owner  assess.Member

	handler http.Handler
}

// parts are what a site is made of.
type parts struct {
	server *httptest.Server // nil: nobody listens
	app    app.Options
	web    web.Options
}

// newSite makes a site; change alters what it is made of.
func newSite(t *testing.T, change ...func(*parts)) *site {
	t.Helper()
	return newSiteOn(t, storetest.Open(t, time.Now), change...)
}

// newSiteOn is newSite on a database of the test's choice.
func newSiteOn(t *testing.T, db *store.DB, change ...func(*parts)) *site {
	t.Helper()
	s := newEmptySiteOn(t, db, change...)
	var err error
	s.owner, err = s.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Example Ltd", FirstName: "Olivia", LastName: "Owner", Email: ownerEmail, Password: password,
	})
	s.must(err)
	return s
}

// newEmptySite is a server that has not been set up.
func newEmptySite(t *testing.T) *site {
	t.Helper()
	return newEmptySiteOn(t, storetest.Open(t, time.Now))
}

func newEmptySiteOn(t *testing.T, db *store.DB, change ...func(*parts)) *site {
	t.Helper()
	s := &site{t: t, db: db, sender: &mail.Recorder{}}
	secrets, err := app.DeriveSecrets(make([]byte, app.MasterKeyBytes))
	s.must(err)
	s.blobs, err = blob.NewDir(t.TempDir())
	s.must(err)
	texts, err := i18n.New()
	s.must(err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	newID := func() string { return uuid.Must(uuid.NewV7()).String() }
	made := parts{server: httptest.NewUnstartedServer(nil)}
	s.url = "http://" + made.server.Listener.Addr().String()
	made.app = app.Options{
		DB: s.db, Blobs: s.blobs, Tools: media.Find(exec.LookPath), Temp: t.TempDir(), Limiter: ratelimit.NewMemory(time.Now), Secrets: secrets, BaseURL: s.url, Sender: s.sender,
		From: mail.Address{Address: "assess@example.com"}, NewID: newID, Random: rand.Reader, Texts: texts, Log: log,
	}
	made.web = web.Options{
		Texts: texts, Log: log, NewID: newID, Now: time.Now, Nonce: rand.Text,
		Mailbox: "operators-secret", CapturesMail: true, Development: true,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	for _, f := range change {
		f(&made)
	}
	s.serve(made)
	return s
}

// serve makes the site of its parts and listens, unless nobody is to.
func (s *site) serve(made parts) {
	s.t.Helper()
	s.App = app.New(made.app)
	made.web.App = s.App
	made.web.API = api.New(api.Options{
		App: s.App, Limiter: ratelimit.NewMemory(time.Now), Log: made.web.Log, Now: time.Now, RequestID: web.RequestID,
	})
	var err error
	s.handler, err = web.New(made.web)
	s.must(err)
	if made.server != nil {
		made.server.Config.Handler = s.handler
		made.server.Start()
		s.t.Cleanup(made.server.Close)
	}
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// work lets all due jobs run.
func (s *site) work() {
	s.t.Helper()
	r := job.NewRunner(job.Config{Queue: s.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	s.Register(r)
	s.RegisterMedia(r)
	s.must(r.RunDue(s.t.Context()))
}

// browser is a person's browser: it keeps cookies and follows redirects.
type browser struct {
	s    *site
	http *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &browser{s: s, http: &http.Client{Jar: jar}}
}

// page is what a browser got.
type page struct {
	status int
	url    *url.URL // after redirects
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) page {
	b.s.t.Helper()
	resp, err := b.http.Do(r)
	b.s.must(err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	b.s.must(err)
	return page{resp.StatusCode, resp.Request.URL, resp.Header, string(body)}
}

func (b *browser) get(path string) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodGet, b.s.url+path, nil)
	b.s.must(err)
	return b.do(r)
}

// post sends a form as a browser on one of our pages would.
func (b *browser) post(path string, form url.Values) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodPost, b.s.url+path, strings.NewReader(form.Encode()))
	b.s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// signIn is a browser in which the member is signed in.
func (s *site) signIn(email string) *browser {
	s.t.Helper()
	b := s.browser()
	if p := b.post("/signin", url.Values{"email": {email}, "password": {password}, "next": {"/profile"}}); p.status != http.StatusOK || strings.HasPrefix(p.url.Path, "/signin") {
		s.t.Fatalf("signing in led to %s with %d:\n%s", p.url, p.status, p.body)
	}
	return b
}

// colleague is a member who has joined in the role.
func (s *site) colleague(role assess.Role) assess.Member {
	s.t.Helper()
	ctx := s.t.Context()
	_, err := s.InviteMember(ctx, s.owner.Actor(assess.Live), string(role)+"@example.com", role)
	s.must(err)
	s.work()
	sent := s.sender.Messages()
	_, rest, _ := strings.Cut(sent[len(sent)-1].Text, "/join/")
	token, _, _ := strings.Cut(rest, "\n")
	m, err := s.Join(ctx, strings.TrimSpace(token), "Robin", "Colleague", password)
	s.must(err)
	return m
}
