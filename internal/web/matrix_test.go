package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
	"alfaone/internal/web"
)

// principals are the columns of testdata/matrix.txt: the roles, and somebody who is not signed in.
func principals() []string {
	names := []string{"nobody"}
	for _, r := range assess.Roles() {
		names = append(names, string(r))
	}
	slices.Reverse(names[1:])
	slices.Reverse(names)
	return names
}

// matrix reads testdata/matrix.txt: who gets what at each route, written by hand.
func matrix(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 2+len(principals()) {
			t.Fatalf("testdata/matrix.txt: %q needs a method, a path and a cell each for %v", line, principals())
		}
		table[fields[0]+" "+fields[1]] = fields[2:]
	}
	return table
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	t.Parallel()
	known := matrix(t)
	for _, pattern := range web.Routes() {
		if known[pattern] == nil {
			t.Errorf("%s is not in testdata/matrix.txt. Add a line that says what each of %v gets there: allow, signin, 401, 403 or 404.",
				pattern, principals())
		}
		delete(known, pattern)
	}
	for pattern := range known {
		t.Errorf("testdata/matrix.txt speaks of %s, which is no route", pattern)
	}
}

func TestEveryoneGetsWhatTheMatrixSays(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newParty(t, engine)
			for pattern, cells := range matrix(t) {
				for i, name := range principals() {
					got := verdict(pattern, p.ask(name, pattern, p.address(pattern, p.members[name])))
					if got != cells[i] {
						t.Errorf("%s for %s: %s, want %s", pattern, name, got, cells[i])
					}
				}
			}
		})
	}
}

func TestNoRouteThatChangesAnythingTakesARequestFromAnotherSite(t *testing.T) {
	t.Parallel()
	p := newParty(t, "sqlite")
	for _, pattern := range web.Routes() {
		if strings.HasPrefix(pattern, http.MethodGet) {
			continue
		}
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := p.request("owner", pattern, p.address(pattern, p.members["owner"]))
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(header, value)
			if got := p.answer(r); got.status != http.StatusForbidden { // an owner gets no 403 for other reasons
				t.Errorf("%s with %s: %s: %d", pattern, header, value, got.status)
			}
		}
	}
}

// Another organization's object must look exactly like one that does not exist.
func TestAnotherOrganizationsObjectsDoNotExist(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newParty(t, engine)
			stranger := p.stranger()
			for _, pattern := range web.Routes() {
				if !strings.Contains(pattern, "{id}") || pattern == "GET /logo/{id}" { // candidates see logos
					continue
				}
				foreign := p.address(pattern, stranger)
				absent := uuidInPath.ReplaceAllStringFunc(foreign, func(string) string { return uuid.NewString() })
				if foreign == absent {
					t.Errorf("%s: %s holds no id", pattern, foreign)
				}
				got, want := p.ask(asker(pattern), pattern, foreign), p.ask(asker(pattern), pattern, absent)
				if got.status != http.StatusNotFound || want.status != http.StatusNotFound || plain(got.body) != plain(want.body) {
					t.Errorf("%s: another's is %d, none is %d:\n%s\n%s", pattern, got.status, want.status, got.body, want.body)
				}
			}
		})
	}
}

var (
	parameter  = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)
	uuidInPath = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

// plain is a page without what is new on every page.
func plain(body string) string {
	return uuidInPath.ReplaceAllString(nonce.ReplaceAllString(body, ""), "")
}

// party is an organization with a member of every role, each signed in.
type party struct {
	*site
	members map[string]assess.Member
	tokens  map[string]string
	taker   app.Taker // see candidate
	http    *http.Client
}

func newParty(t *testing.T, engine string) *party {
	t.Helper()
	p := &party{
		site: newSiteOn(t, storetest.OpenEngine(t, engine, time.Now)), members: map[string]assess.Member{}, tokens: map[string]string{},
		http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	p.members["owner"] = p.owner
	for _, role := range assess.Roles()[1:] {
		p.members[string(role)] = p.colleague(role)
	}
	return p
}

// stranger is the owner of another organization.
func (p *party) stranger() assess.Member {
	p.t.Helper()
	m, err := p.CreateOrganization(p.t.Context(), app.NewOwner{
		Organization: "Other Ltd", FirstName: "Sam", LastName: "Stranger", Email: "stranger@example.org", Password: password,
	})
	p.must(err)
	return m
}

// ask sends an empty request to a route as somebody; their session is renewed if what they did before has ended it.
func (p *party) ask(name, pattern, path string) page {
	p.t.Helper()
	return p.answer(p.request(name, pattern, path))
}

func (p *party) request(name, pattern, path string) *http.Request {
	p.t.Helper()
	method, _, _ := strings.Cut(pattern, " ")
	kind, body := bodyFor(pattern)
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	p.must(err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Content-Digest", contentDigest(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.0.1", 1+slices.Index(principals(), name))) // unknown links are counted by network
	if m, ok := p.members[name]; ok {
		r.AddCookie(&http.Cookie{Name: "alfaone_session", Value: p.token(m)})
	}
	if name == "candidate" {
		r.AddCookie(&http.Cookie{Name: "alfaone_invite", Value: p.candidate().Token})
	}
	return r
}

// bodyFor is an empty form, or what the scripts of our pages send, which is looked at before the object.
func bodyFor(pattern string) (kind, body string) {
	switch {
	case strings.HasSuffix(pattern, "/chunks/{n}"):
		return "application/octet-stream", "slice"
	case strings.HasSuffix(pattern, "/finish"):
		return "application/json", `{"chunks":1,"bytes":5}`
	case strings.HasSuffix(pattern, "/{number}/import"):
		return "application/json", `{"mime":"audio/webm","whole":true}`
	case strings.HasPrefix(pattern, "PUT /grading/") && strings.Contains(pattern, "{comment}"):
		return "application/json", `{"text":"Here."}`
	case strings.HasPrefix(pattern, "PUT /grading/"):
		return "application/json", `{"revision":0}`
	case strings.HasSuffix(pattern, "/prompts"):
		return "application/json", `{"mime":"audio/webm"}`
	default:
		return "application/x-www-form-urlencoded", ""
	}
}

// contentDigest is the header of a slice.
func contentDigest(slice string) string {
	sum := sha256.Sum256([]byte(slice))
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func (p *party) token(m assess.Member) string {
	p.t.Helper()
	token := p.tokens[m.Email]
	if _, err := p.Visit(p.t.Context(), token, app.Client{}); err != nil {
		in, err := p.SignIn(p.t.Context(), app.Credentials{Email: m.Email, Password: password}, app.Client{})
		p.must(err)
		p.tokens[m.Email] = in.Token
	}
	return p.tokens[m.Email]
}

func (p *party) answer(r *http.Request) page {
	p.t.Helper()
	resp, err := p.http.Do(r)
	p.must(err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	p.must(err)
	return page{resp.StatusCode, resp.Request.URL, resp.Header, string(body)}
}

// asker is who may use the route in principle.
func asker(pattern string) string {
	if strings.Contains(pattern, " /take/") {
		return "candidate"
	}
	return "owner"
}

// verdict is what a matrix calls an answer. Who is allowed may still be told that an empty form will not do.
func verdict(pattern string, got page) string {
	location, _ := url.Parse(got.header.Get("Location"))
	switch got.status {
	case http.StatusSeeOther:
		if strings.HasPrefix(pattern, http.MethodGet) && location.Path == "/signin" {
			return "signin"
		}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError:
		return strconv.Itoa(got.status)
	}
	return "allow"
}

// address is a path that the pattern fits, with the id of a fresh object of the member's for {id}.
func (p *party) address(pattern string, of assess.Member) string {
	p.t.Helper()
	_, path, _ := strings.Cut(pattern, " ")
	path = strings.TrimSuffix(path, "{$}")
	return parameter.ReplaceAllStringFunc(path, func(param string) string {
		switch param {
		case "{id}":
		case "{question}", "{recording}", "{comment}", "{evaluation}", "{delivery}":
			return uuid.NewString()
		case "{n}", "{number}":
			return "1"
		default:
			return "unknown-to-anybody"
		}
		for _, o := range objects() {
			if strings.HasPrefix(path, o.prefix) {
				id, err := o.fresh(p.t.Context(), p, p.orOwner(of))
				p.must(err)
				return id
			}
		}
		p.t.Fatalf("%s: say in objects of matrix_test.go what an id below this path means", pattern)
		return ""
	})
}

func (p *party) orOwner(m assess.Member) assess.Member {
	if m.ID == "" {
		return p.owner
	}
	return m
}

// object says what the ids below a path mean, and makes one of the organization of a member.
type object struct {
	prefix string
	fresh  func(ctx context.Context, p *party, of assess.Member) (id string, err error)
}

func objects() []object {
	return []object{
		{"/profile/sessions/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			in, err := p.SignIn(ctx, app.Credentials{Email: of.Email, Password: password}, app.Client{})
			if err != nil {
				return "", err
			}
			visit, err := p.Visit(ctx, in.Token, app.Client{})
			return string(visit.Session.ID), err
		}},
		{"/settings/members/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			m, err := p.InviteMember(ctx, ownerOf(of), uuid.NewString()+"@example.com", assess.Viewer)
			return string(m.ID), err
		}},
		{"/settings/integrations/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			key, _, err := p.CreateAPIKey(ctx, ownerOf(of), assess.NewAPIKey{Name: "Key", Mode: assess.Live})
			return string(key.ID), err
		}},
		{"/settings/webhooks/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			who := ownerOf(of)
			all, _, err := p.Webhooks(ctx, who, assess.Page{Number: 1, Limit: assess.MaxWebhooks})
			if err != nil {
				return "", err
			}
			if len(all) == assess.MaxWebhooks { // there can be no more
				return string(all[0].ID), nil
			}
			w, _, err := p.CreateWebhook(ctx, who, assess.NewWebhook{URL: "https://hooks.example.com/" + uuid.NewString()})
			return string(w.ID), err
		}},
		{"/settings/tags/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			tag, err := p.CreateTag(ctx, ownerOf(of), uuid.NewString(), "")
			return string(tag.ID), err
		}},
		{"/assessments/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			asm, err := p.publish(ctx, ownerOf(of))
			return string(asm), err
		}},
		{"/recordings/", freshPrompt},
		{"/invites/", freshInvite},
		{"/grading/", freshEvaluation},
		{"/mailbox/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			who := ownerOf(of)
			who.Mode = assess.Test // its mail is kept, not sent
			if _, err := p.invite(ctx, who); err != nil {
				return "", err
			}
			p.work()
			letters, err := p.Letters(ctx, who)
			if err != nil || len(letters) == 0 {
				return "", fmt.Errorf("no mail was kept: %w", err)
			}
			return letters[0].ID, nil
		}},
		{"/take/recordings/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			taker, err := p.start(ctx, ownerOf(of))
			if err != nil {
				return "", err
			}
			rec, _, err := p.OpenTake(ctx, taker, 1, "audio/webm;codecs=opus")
			return string(rec.ID), err
		}},
		{"/take/plays/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			taker, err := p.start(ctx, ownerOf(of))
			if err != nil {
				return "", err
			}
			play, err := p.GrantPlay(ctx, taker, 1, "")
			return string(play.ID), err
		}},
		{"/logo/", func(ctx context.Context, p *party, of assess.Member) (string, error) {
			if err := p.SetLogo(ctx, ownerOf(of), pixel(p.t)); err != nil {
				return "", err
			}
			o, err := p.Organization(ctx, ownerOf(of))
			return o.LogoID, err
		}},
	}
}

// ownerOf acts with an owner's rights in the member's organization.
func ownerOf(m assess.Member) assess.Actor {
	m.Role = assess.Owner
	return m.Actor(assess.Live)
}

func (p *party) publish(ctx context.Context, who assess.Actor) (assess.AssessmentID, error) {
	asm, err := p.CreateAssessment(ctx, who, "Assessment")
	if err != nil {
		return "", err
	}
	asm.Draft.Questions[0].Prompts = map[string]string{"en": "What did you build last?"}
	if _, err := p.SaveDraft(ctx, who, asm.ID, asm.Revision, asm.Draft); err != nil {
		return "", err
	}
	return asm.ID, p.Publish(ctx, who, asm.ID)
}

func freshInvite(ctx context.Context, p *party, of assess.Member) (string, error) {
	return p.invite(ctx, ownerOf(of))
}

// freshEvaluation is of a completed invite, assigned to an owner of the organization.
func freshEvaluation(ctx context.Context, p *party, of assess.Member) (string, error) {
	if of.Org == p.owner.Org {
		of = p.owner
	}
	taker, err := p.start(ctx, ownerOf(of))
	if err != nil {
		return "", err
	}
	if err := p.Complete(ctx, taker, true); err != nil {
		return "", err
	}
	l, err := p.Landing(ctx, taker.Token, "", taker.Client)
	if err != nil {
		return "", err
	}
	if err := p.Assign(ctx, ownerOf(of), l.Invite.ID, of.ID, false); err != nil {
		return "", err
	}
	var assigned []assess.Evaluation
	err = p.db.Read(ctx, func(tx *store.Tx) (err error) {
		assigned, err = tx.Evaluations(of.Org, l.Invite.ID)
		return err
	})
	return string(assigned[0].ID), err
}

func (p *party) invite(ctx context.Context, who assess.Actor) (string, error) {
	id, err := p.publish(ctx, who)
	if err != nil {
		return "", err
	}
	out, err := p.Invite(ctx, who, assess.NewInvite{
		Assessment: id, Email: uuid.NewString() + "@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	})
	return string(out.Invite.ID), err
}

// candidate is somebody of the party's organization who is answering.
func (p *party) candidate() app.Taker {
	p.t.Helper()
	if p.taker.Token == "" {
		var err error
		p.taker, err = p.start(p.t.Context(), p.owner.Actor(assess.Live))
		p.must(err)
	}
	return p.taker
}

// start invites a candidate, who accepts and starts.
func (p *party) start(ctx context.Context, who assess.Actor) (t app.Taker, err error) {
	id, err := p.invite(ctx, who)
	if err != nil {
		return t, err
	}
	link, err := p.InviteURL(ctx, who, assess.InviteID(id))
	if err != nil {
		return t, err
	}
	t = app.Taker{Token: link[strings.LastIndexByte(link, '/')+1:], Tab: "tab"}
	l, err := p.Landing(ctx, t.Token, "", t.Client)
	if err != nil {
		return t, err
	}
	if err := p.Accept(ctx, t.Token, app.Agreement{Ticked: true, Shown: l.NoticeSHA256}, t.Client); err != nil {
		return t, err
	}
	return t, p.Start(ctx, t)
}
