package web_test

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/ratelimit"
)

// workCaptured lets all due jobs run as where there is no mail server.
func (s *site) workCaptured() {
	s.t.Helper()
	secrets, err := app.DeriveSecrets(make([]byte, app.MasterKeyBytes))
	s.must(err)
	texts, err := i18n.New()
	s.must(err)
	a := app.New(app.Options{
		DB: s.db, Blobs: s.blobs, Tools: media.Find(exec.LookPath), Temp: s.t.TempDir(), Limiter: ratelimit.NewMemory(time.Now), Secrets: secrets, BaseURL: s.url, From: mail.Address{Address: "assess@example.com"},
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Random: rand.Reader, Texts: texts, Log: slog.New(slog.DiscardHandler),
	})
	r := job.NewRunner(job.Config{Queue: s.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	a.Register(r)
	s.must(r.RunDue(s.t.Context()))
}

const operatorsBox = "/mailbox/operators-secret"

func TestProgramsReadTheMailboxAsJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if p := s.browser().get(operatorsBox + ".json"); p.status != http.StatusOK || strings.TrimSpace(p.body) != "[]" {
		t.Errorf("an empty mailbox answers %d %s", p.status, p.body)
	}
	first := s.invitation()
	s.workCaptured()
	second := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "later@example.com" })
	s.workCaptured()
	p := s.browser().get(operatorsBox + ".json")
	var letters []map[string]string
	if err := json.Unmarshal([]byte(p.body), &letters); err != nil || len(letters) != 2 {
		t.Fatalf("%d letters, %v: %s", len(letters), err, p.body)
	}
	if letters[0]["to"] != second.Email || letters[1]["to"] != first.Email {
		t.Errorf("the letters are to %s and %s, want the newest first", letters[0]["to"], letters[1]["to"])
	}
	l := letters[0]
	for _, field := range []string{"id", "to", "from", "subject", "text", "html", "sentAt"} {
		if l[field] == "" {
			t.Errorf("the letter has no %s", field)
		}
	}
	if len(l) != 7 || l["from"] != "Example Ltd <assess@example.com>" || !strings.Contains(l["text"], s.url+second.path) {
		t.Errorf("the letter reads %v", l)
	}
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(l["sentAt"]) {
		t.Errorf("it was sent at %q", l["sentAt"])
	}
	if got := p.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("the type is %q", got)
	}
}

func TestTheOperatorsMailboxIsForWhoKnowsItsName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	s.workCaptured()
	letters, err := s.OperatorLetters(t.Context())
	s.must(err)
	b := s.browser()
	for _, path := range []string{"/mailbox/wrong", "/mailbox/wrong.json", "/mailbox/operators-secret.json.json", "/mailbox/wrong/" + letters[0].ID, "/mailbox/wrong/" + letters[0].ID + "/html"} {
		if p := b.get(path); p.status != http.StatusNotFound || strings.Contains(p.body, "casey") {
			t.Errorf("%s answers %d", path, p.status)
		}
	}
	for _, path := range []string{operatorsBox, operatorsBox + "/" + letters[0].ID} {
		if p := b.get(path); p.status != http.StatusOK || !strings.Contains(p.body, "Software Engineer Assessment") {
			t.Errorf("%s answers %d", path, p.status)
		}
	}
}

func TestAMailsHTMLIsServedInASandbox(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Message = "<script>alert(1)</script>" })
	s.workCaptured()
	letters, err := s.OperatorLetters(t.Context())
	s.must(err)
	p := s.browser().get(operatorsBox + "/" + letters[0].ID + "/html")
	policy := p.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none';", "img-src data: " + s.url + ";", "frame-ancestors 'self';", "sandbox allow-popups allow-popups-to-escape-sandbox"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "script-src") || strings.Contains(policy, "allow-scripts") || strings.Contains(p.body, "<script>") {
		t.Errorf("scripts could run: %q", policy)
	}
	if !strings.Contains(p.body, `href="`+s.url+i.path+`"`) || !strings.Contains(p.body, `<base target="_blank">`) {
		t.Errorf("the link cannot be followed:\n%s", p.body)
	}
}

func TestOnlyOurAddressesAreLinksInTheText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Message = "See https://elsewhere.example/now" })
	s.workCaptured()
	letters, err := s.OperatorLetters(t.Context())
	s.must(err)
	p := s.browser().get(operatorsBox + "/" + letters[0].ID + "?view=text")
	var links []string
	for _, a := range p.all(t, "a") {
		if href := attr(a, "href"); strings.HasPrefix(href, "http") {
			links = append(links, href)
		}
	}
	if len(links) != 1 || links[0] != s.url+i.path {
		t.Errorf("the links are %q, want only %s", links, s.url+i.path)
	}
	if !strings.Contains(p.body, "See https://elsewhere.example/now") {
		t.Error("the message is not shown")
	}
}

func TestMembersReadTheMailOfTheirOrganizationAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	s.workCaptured()
	other, err := s.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Elsewhere", FirstName: "Eve", LastName: "Else", Email: "eve@elsewhere.example", Password: password,
	})
	s.must(err)
	letters, err := s.Letters(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	path := "/mailbox/letters/" + letters[0].ID
	mine, theirs := s.signIn(ownerEmail), s.signIn(other.Email)
	for _, path := range []string{path, path + "/html", path + "?view=text"} {
		if p := mine.get(path); p.status != http.StatusOK {
			t.Errorf("%s answers its owner with %d", path, p.status)
		}
		if p := theirs.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s answers another organization with %d", path, p.status)
		}
	}
	mine.get("/mailbox").says(t, http.StatusOK, "Example Ltd invites you", "casey@example.com")
	theirs.get("/mailbox").says(t, http.StatusOK, "No mail yet")
	recruiter := s.colleague(assess.Recruiter)
	if p := s.signIn(recruiter.Email).get("/mailbox"); p.status != http.StatusForbidden {
		t.Errorf("a recruiter's mailbox answers %d", p.status)
	}
}
