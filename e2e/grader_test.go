package e2e_test

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"alfaone/e2e/browser"
)

// hiring is a team that assesses one candidate, on a server of its own.
type hiring struct {
	*candidate
	owner      *browser.Page
	graders    []grader
	assessment string // its id
}

type grader struct{ name, email, password string }

// hire starts a server on which an owner has signed in and three graders can.
func hire(t *testing.T) *hiring {
	t.Helper()
	h := &hiring{candidate: arrive(t)}
	if err := h.server.stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Gilda Moss", "Gordon Fell", "Greta Lund"} {
		first, last, _ := strings.Cut(name, " ")
		g := grader{name: name, email: strings.ToLower(first) + "@example.com"}
		said := operate(t, "member", "add", "--data-dir", h.dir, "--role", "grader", "--first-name", first, "--last-name", last, g.email)
		_, g.password, _ = strings.Cut(strings.TrimSpace(said), "the password ")
		h.graders = append(h.graders, g)
	}
	h.start()
	h.owner = browser.New(t).Patient(longWait)
	h.signIn(h.owner, finger{h.owner}, h.access.OwnerEmail, h.access.OwnerPassword)
	h.owner.WaitURL("/overview")
	return h
}

func (h *hiring) signIn(page *browser.Page, by hands, email, password string) {
	h.t.Helper()
	page.Open(h.access.URL + "/signin")
	by.write("E-mail address", email)
	by.write("Password", password)
	by.press("Sign in")
}

// atWork opens the queue of a grader, in a browser profile of their own.
func (h *hiring) atWork(g grader, hands func(*browser.Page) hands) *browser.Page {
	h.t.Helper()
	page := browser.New(h.t).Patient(longWait)
	by := hands(page)
	h.signIn(page, by, g.email, g.password)
	page.WaitText("1 candidate to grade")
	page.Axe()
	by.press("Start: ")
	page.WaitURL("/questions/1")
	obeying(page)
	page.Axe()
	return page
}

// obeying waits until the page obeys the keys of its sheet.
func obeying(page *browser.Page) {
	browser.Eval[bool](page, `Promise.all(["grade-comments", "answer-player"].map((name) => customElements.whenDefined(name))).then(() => true)`)
}

// score scores both answers by keys: two criteria of the first, the whole of the second; it ends on the review.
func score(page *browser.Page, depth, clarity, whole, total string) {
	page.Press(depth, clarity)
	page.WaitText("1 of 2 answers scored")
	page.Press("n")
	page.WaitURL("/questions/2")
	page.Press(whole)
	page.WaitText("2 of 2 answers scored")
	page.Axe()
	page.Press("r")
	page.WaitURL("/review")
	page.WaitText(total + " of 19 points")
	page.Axe()
}

// submit submits what the review shows.
func submit(page *browser.Page, total string) {
	page.Press("Enter", "Enter") // which asks, and says yes
	page.WaitText("Submitted: " + total + " points of 19")
	page.Axe()
}

// turns are those who are to grade the candidate, in the order in which they were assigned.
func (h *hiring) turns() (out []grader) {
	h.t.Helper()
	for _, email := range query(h.candidate, `SELECT m.email FROM evaluations e JOIN members m ON m.id = e.grader_id WHERE e.invite_id = ?
		ORDER BY e.assigned_at, e.id`, scanString, h.id) {
		for _, g := range h.graders {
			if g.email == email {
				out = append(out, g)
			}
		}
	}
	return out
}

func scanString(rows *sql.Rows, s *string) error { return rows.Scan(s) }

// answered is what the server answers to a page.
type answered struct {
	Status            int
	Type, Header, Raw string // Raw is the body in base64
}

func (a answered) body(t *testing.T) string {
	t.Helper()
	body, err := base64.StdEncoding.DecodeString(a.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// fetch asks for a URL as the page may.
func fetch(page *browser.Page, url string) answered {
	return browser.Eval[answered](page, fmt.Sprintf(`fetch(%q).then(async (answer) => ({
		Status: answer.status, Type: answer.headers.get("Content-Type") ?? "", Header: [...answer.headers].join("\n"),
		Raw: new Uint8Array(await answer.arrayBuffer()).toBase64(),
	}))`, url))
}

// overhear keeps what the server answers to the page's scripts, for overheard.
func overhear(page *browser.Page) {
	browser.Eval[bool](page, `((fetched) => {
		window.overheard = [];
		window.fetch = async (...asked) => {
			const answer = await fetched(...asked);
			window.overheard.push(answer.clone().text());
			return answer;
		};
		return true;
	})(window.fetch.bind(window))`)
}

func overheard(page *browser.Page) string {
	return browser.Eval[string](page, `Promise.all(window.overheard).then((answers) => answers.join("\n"))`)
}

// learned is everything that the server has told a grader's page, or tells it on request.
func (h *hiring) learned(page *browser.Page) string {
	h.t.Helper()
	var all strings.Builder
	all.WriteString(overheard(page))
	asked := map[string]bool{}
	for _, request := range page.Requests() {
		url, get := strings.CutPrefix(request, http.MethodGet+" ")
		if !get || asked[url] || !strings.HasPrefix(url, h.access.URL+"/") || strings.Contains(url, "/assets/") {
			continue
		}
		asked[url] = true
		answer := fetch(page, url)
		fmt.Fprintf(&all, "%s\n%s\n%s\n", url, answer.Header, answer.body(h.t))
	}
	return all.String()
}

var idInPath = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// wantWithout checks that none of the secrets is told.
func wantWithout(t *testing.T, what, told string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if at := strings.Index(strings.ToLower(told), strings.ToLower(secret)); at >= 0 {
			t.Errorf("%s tells %q: …%s…", what, secret, told[max(0, at-100):min(len(told), at+100)])
		}
	}
}

// wantWith checks that all of it is told.
func wantWith(t *testing.T, what, told string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(told, part) {
			t.Errorf("%s does not tell %q:\n%.2000s", what, part, told)
		}
	}
}
