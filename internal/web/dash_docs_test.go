package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// docsPaths are the pages of the docs, in the order in which they follow each other.
func (s *site) docsPaths() (paths []string) {
	for _, found := range listed.FindAllStringSubmatch(s.browser().get("/llms.txt").body, -1) {
		path, ok := strings.CutPrefix(found[1], s.url)
		if !ok {
			s.t.Errorf("%s is not at this instance", found[1])
		}
		if path, ok = strings.CutSuffix(path, ".md"); ok {
			paths = append(paths, path)
		}
	}
	if len(paths) < 14 {
		s.t.Errorf("only %d pages are listed", len(paths))
	}
	return paths
}

var listed = regexp.MustCompile(`(?m)^- \[[^\]]+\]\((\S+)\): \S.+\.$`)

func TestTheDocsAreListedForModels(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	list := b.get("/llms.txt")
	if !strings.HasPrefix(list.body, "# AlfaOne\n\n> ") || list.header.Get("Content-Type") != "text/markdown; charset=utf-8" {
		t.Errorf("%s: %s", list.header.Get("Content-Type"), list.body)
	}
	for _, path := range s.docsPaths() {
		page, source := b.get(path), b.get(path+".md")
		title, _, _ := strings.Cut(strings.TrimPrefix(source.body, "# "), "\n")
		if heading := page.all(t, "h1"); len(heading) == 0 || words(heading[0]) != title {
			t.Errorf("%s is called %q in Markdown, not on its page", path, title)
		}
		for _, text := range []string{page.body, source.body} {
			if strings.Contains(text, "assess.example.org") {
				t.Errorf("%s names another instance", path)
			}
		}
	}
}

func TestThePagesOfTheDocsFollowEachOther(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	paths := s.docsPaths()
	for i, path := range paths {
		next := ""
		for _, p := range s.browser().get(path).all(t, "p") {
			if attr(p, "class") == "docs-next" {
				next = attr(p.LastChild, "href")
			}
		}
		if want := append(paths, "")[i+1]; next != want {
			t.Errorf("%s leads on to %q, want %q", path, next, want)
		}
	}
}

func TestExamplesAreOfferedInFourLanguagesWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/docs/api", "/docs/pagination"} {
		page := s.browser().get(path)
		found := 0
		for _, set := range page.all(t, "fieldset") {
			if attr(set, "class") != "code-tabs" {
				continue
			}
			found++
			text := words(set)
			for _, want := range []string{"curl", "Go", "JavaScript", "Python", "fetch(", "urllib.request", "http.NewRequest", "x-api-key"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: an example lacks %s: %s", path, want, text)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s has no examples", path)
		}
	}
}

func TestTheDocsAreForEverybodyAndInTheDashboardForMembers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	visitor, owner := s.browser(), s.signIn(ownerEmail)
	for _, path := range s.docsPaths() {
		p := visitor.get(path)
		p.says(t, http.StatusOK, "All pages, and what is on this one", "Sign in")
		if !strings.Contains(p.body, "/signin?next=") || strings.Contains(p.body, "Sign out") {
			t.Errorf("%s does not lead a visitor to sign in", path)
		}
		if p := owner.get(path); !strings.Contains(p.body, "Sign out") || strings.Contains(p.body, "/signin?next=") {
			t.Errorf("%s is not in the dashboard for a member", path)
		}
	}
}

func TestEveryLinkAndAnchorOfTheDocsLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	for _, path := range s.docsPaths() {
		p := b.get(path)
		ids := map[string]int{}
		for _, tag := range []string{"section", "code", "main", "input", "h2", "h3", "nav"} {
			for _, n := range p.all(t, tag) {
				if id := attr(n, "id"); id != "" {
					ids[id]++
				}
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %d elements are called %s", path, n, id)
			}
		}
		for _, a := range p.all(t, "a") {
			href := attr(a, "href")
			if !within(a, "main") {
				continue // the shell's
			}
			if id, ok := strings.CutPrefix(href, "#"); ok {
				if ids[id] == 0 {
					t.Errorf("%s: nothing is called %s", path, id)
				}
			} else if !strings.HasPrefix(href, s.url) && strings.HasPrefix(href, "http") {
				continue // somebody else's
			} else if got := b.get(strings.TrimPrefix(href, s.url)); got.status != http.StatusOK {
				t.Errorf("%s: %s answers %d", path, href, got.status)
			}
		}
	}
}

// within reports whether an element is in one of the tag.
func within(n *html.Node, tag string) bool {
	for a := range n.Ancestors() {
		if a.Data == tag {
			return true
		}
	}
	return false
}

func TestTheReferenceShowsEveryCallOfTheDocument(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	var document struct {
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}
	s.must(json.Unmarshal([]byte(b.get("/api/v1/openapi.json").body), &document))
	p := b.get("/docs/api")
	shown := map[string]string{}
	for _, section := range p.all(t, "section") {
		shown[attr(section, "id")] = words(section)
	}
	if len(document.Paths) < 8 {
		t.Fatalf("the document has %d paths", len(document.Paths))
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			if want := op.Summary + " " + strings.ToUpper(method) + " " + path; !strings.HasPrefix(shown[op.OperationID], want) {
				t.Errorf("%s is shown as %.80q, want %q", op.OperationID, shown[op.OperationID], want)
			}
		}
	}
	for _, want := range []string{
		"recipientEmail e-mail address required", "expiresInDays integer", "Default 30; 1 to 365.", "proctoringSettings.webcamMonitoring",
		"invite.status string", "One of pending, accepted, started, completed, expired, revoked.", "Idempotency-Key", "409",
	} {
		if !strings.Contains(shown["createInvite"], want) {
			t.Errorf("createInvite does not say %q: %s", want, shown["createInvite"])
		}
	}
}

var keys = regexp.MustCompile(`ak_(live|test)_[0-9A-Za-z]{30}`)

func TestNoKeyOfTheDocsCouldEverBeReal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	found := 0
	for _, path := range append(s.docsPaths(), "/api/v1/openapi.json") {
		for _, key := range keys.FindAllString(s.browser().get(path).body, -1) {
			found++
			if _, ok := assess.APIKeyMode(key); ok {
				t.Errorf("%s has the right checksum", key)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d keys are shown", found)
	}
}

func TestTheDocsAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range s.docsPaths() {
		p := chromium.New(t)
		p.Open(s.url + path)
		accessible(t, p, "docs"+strings.ReplaceAll(path, "/", "-"))
	}
}
