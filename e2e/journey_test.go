package e2e_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"alfaone/e2e/browser"
)

// TestFromSetUpToAcceptance is the whole journey in a browser: the first owner sets the server up, signs in, makes a key and
// an assessment, invites a candidate; the candidate opens the mail and accepts; the API says so.
func TestFromSetUpToAcceptance(t *testing.T) {
	t.Parallel()
	p := start(t, "serve", "--data-dir", t.TempDir())
	page := browser.New(t)

	page.Open(setupLink(t, p))
	page.Fill("Organization", "Example Ltd")
	page.Fill("First name", "Ada")
	page.Fill("Last name", "Lovelace")
	page.Fill("E-mail address", "ada@example.com")
	page.Fill("Password", "correct horse battery staple")
	page.Click("Set up")
	page.WaitURL("/overview")

	page.Click("Ada Lovelace")
	page.Click("Sign out")
	page.Fill("E-mail address", "ada@example.com")
	page.Fill("Password", "correct horse battery staple")
	page.Click("Sign in")
	page.WaitURL("/overview")

	key := generateKey(page, p.url)
	publishAssessment(page, p.url)
	inviteCandidate(page)
	link := openMail(t, page, p.url)

	page.Open(link)
	page.WaitText("Example Ltd")
	page.Axe()
	page.ClickOn("input[name=agree]")
	page.Click("Continue")
	page.WaitText("Your place is reserved")

	status, body := call(t, http.MethodGet, p.url+"/api/v1/invites?status=accepted", key, "")
	list := decode[struct {
		Invites []struct{ RecipientEmail, AcceptedAt string }
	}](t, body).Invites
	if status != http.StatusOK || len(list) != 1 || list[0].RecipientEmail != "candidate@example.com" || list[0].AcceptedAt == "" {
		t.Errorf("the API answers %d: %s", status, body)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	for _, secret := range []string{key, "correct horse battery staple", link[strings.LastIndexByte(link, '/')+1:]} {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the log holds the secret %s", secret)
		}
	}
}

func setupLink(t *testing.T, p *program) string {
	t.Helper()
	link := regexp.MustCompile(`http://\S+/setup/\S+`).FindString(p.log.String())
	if link == "" {
		t.Fatalf("no set-up link in:\n%s", p.log)
	}
	return link
}

func generateKey(page *browser.Page, url string) string {
	page.Open(url + "/settings/integrations")
	page.Fill("Name", "Careers site")
	page.Click("Generate API Key")
	page.WaitText("I have copied it")
	page.Axe()
	return regexp.MustCompile(`ak_live_[0-9A-Za-z]{30}`).FindString(page.Text("main"))
}

func publishAssessment(page *browser.Page, url string) {
	page.Open(url + "/assessments/new")
	page.Fill("Name", "Software Engineer Assessment")
	page.Click("Create")
	page.WaitText("Question 1")
	page.Axe()
	page.Fill("Question", "What did you build last, and what was your part in it?")
	page.Press("Tab")
	page.WaitText("Saved")
	page.Click("Publish")
	page.Click("Publish version 1")
	page.WaitText("Version 1, on")
}

// inviteCandidate begins on the assessment's page.
func inviteCandidate(page *browser.Page) {
	page.In("main").Click("Invite")
	page.WaitURL("/invites/new")
	page.Fill("E-mail address", "candidate@example.com")
	page.Axe()
	page.Click("Send invite")
	page.WaitText("Fix the address")
	page.Axe()
}

// openMail reads the newest letter of the mailbox and returns the candidate's link in it.
func openMail(t *testing.T, page *browser.Page, url string) string {
	t.Helper()
	page.Open(url + "/mailbox")
	page.Click("Example Ltd invites you: Software Engineer Assessment")
	page.Click("As text")
	link := regexp.MustCompile(`http://\S+/c/[A-Za-z0-9_-]{43}`).FindString(page.Text("main"))
	if link == "" {
		t.Fatalf("no link in the mail: %s", page.Text("main"))
	}
	return link
}
