package web_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

var docsPaths = []string{"/docs", "/docs/authentication", "/docs/api"}

func TestTheDocsAreForEverybodyAndInTheDashboardForMembers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	visitor, owner := s.browser(), s.signIn(ownerEmail)
	for _, path := range docsPaths {
		p := visitor.get(path)
		p.says(t, http.StatusOK, "On this page", "Sign in")
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
	for _, path := range docsPaths {
		p := b.get(path)
		ids := map[string]int{}
		for _, tag := range []string{"section", "code", "main", "input"} {
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
			} else if got := b.get(href); got.status != http.StatusOK {
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
	for _, path := range append(docsPaths, "/api/v1/openapi.json") {
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

// shellWords splits a command as a shell does: quotes, variables within double ones, lines that go on.
func shellWords(command, apiKey string) (words []string) {
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range strings.ReplaceAll(command, "\\\n", "") {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case r == quote:
			quote = 0
		case quote == 0 && (r == ' ' || r == '\n'):
			if begun {
				words = append(words, strings.ReplaceAll(word.String(), "$API_KEY", apiKey))
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	return append(words, strings.ReplaceAll(word.String(), "$API_KEY", apiKey))
}

// curl does what the command says.
func (b *browser) curl(command, apiKey string) page {
	b.s.t.Helper()
	method, address, body, headers := http.MethodGet, "", "", http.Header{}
	args := shellWords(command, apiKey)
	for i := 1; i < len(args); i++ {
		option := args[i]
		if !strings.HasPrefix(option, "-") {
			address = option
			continue
		}
		i++
		switch option {
		case "-X":
			method = args[i]
		case "-d":
			body = args[i]
		case "-H":
			name, value, _ := strings.Cut(args[i], ": ")
			headers.Add(name, value)
		default:
			b.s.t.Fatalf("%s is not an option that is known here, in: %s", option, command)
		}
	}
	r, err := http.NewRequestWithContext(b.s.t.Context(), method, address, strings.NewReader(body))
	b.s.must(err)
	r.Header = headers
	return b.do(r)
}

// commands are the curl commands of a page, by the id of their box.
func (p page) commands(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, n := range p.all(t, "code") {
		if id := attr(n, "id"); id != "" && n.FirstChild != nil && n.FirstChild.Type == html.TextNode && strings.HasPrefix(n.FirstChild.Data, "curl ") {
			out[id] = n.FirstChild.Data
		}
	}
	return out
}

func TestTheCommandsOfTheDocsWorkAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	_, key, err := s.CreateAPIKey(t.Context(), s.owner.Actor(assess.Live), assess.NewAPIKey{Name: "Docs", Mode: assess.Live})
	s.must(err)
	tag, err := s.CreateTag(t.Context(), s.owner.Actor(assess.Live), "Docs", "#1f6feb")
	s.must(err)
	b := s.browser()
	ours := strings.NewReplacer( // the ids of the examples
		"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9", string(i.Assessment), "a1b2c3d4-e5f6-7890-abcd-ef1234567890", string(i.ID),
		"0b9c2f5e-8d1a-4f5b-9c7e-2a4d6e8f0a1b", string(s.owner.ID), "5d8f1b3a-7c2e-4b6d-8a9f-1e3c5d7b9f0a", string(tag.ID),
	)
	statuses := map[string]int{"code-createInvite": 201, "code-retry": 201, "code-createTag": 201, "code-deleteTag": 204, "code-header": 401}
	tried := 0
	for _, last := range []bool{false, true} { // what is deleted cannot be read
		for _, path := range docsPaths {
			for id, command := range b.get(path).commands(t) {
				if (id == "code-deleteTag") != last {
					continue
				}
				tried++
				nobodyYet := id + strings.ReplaceAll(path, "/", "-") + "@example.com"
				command = ours.Replace(strings.ReplaceAll(command, "candidate@example.com", nobodyYet))
				want := cmp.Or(statuses[id], http.StatusOK)
				if got := b.curl(command, key); got.status != want {
					t.Errorf("%s: %s answers %d, want %d: %s\n%s", path, id, got.status, want, got.body, command)
				}
			}
		}
	}
	if tried < 15 {
		t.Errorf("only %d commands were found", tried)
	}
	s.work()
	if sent := len(s.sender.Messages()); sent != 4 { // three of the docs, one of the test
		t.Errorf("%d mails were sent", sent)
	}
}

func TestTheDocsAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range docsPaths {
		p := chromium.New(t)
		p.Open(s.url + path)
		accessible(t, p, "docs"+strings.ReplaceAll(path, "/", "-"))
	}
}
