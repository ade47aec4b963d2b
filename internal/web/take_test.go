package web_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// invitationOf is an invite with its link.
type invitationOf struct {
	assess.Invite
	s     *site
	token string
	path  string
}

// invitation invites somebody to an assessment of one spoken and one written answer; change alters the wish.
func (s *site) invitation(change ...func(*assess.NewInvite, *assess.Content)) invitationOf {
	s.t.Helper()
	wish := assess.NewInvite{
		Email: "casey@example.com", Name: "Casey Candidate", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		Message: "We look forward to hearing from you.\nOlivia",
	}
	ctx, who := s.t.Context(), s.owner.Actor(assess.Live)
	asm, err := s.CreateAssessment(ctx, who, "Software Engineer Assessment")
	s.must(err)
	c := asm.Draft
	c.Introduction = map[string]string{"en": "Speak as you would to a colleague.\nThere are no trick questions."}
	c.Questions[0].Prompts = map[string]string{"en": "What did you build last?"}
	written := assess.NewQuestion("0198b2a4-0000-7000-8000-000000000001")
	written.AnswerFormat, written.Prompts = assess.TextFormat, map[string]string{"en": "Write a short note."}
	c.Questions = append(c.Questions, written)
	for _, f := range change {
		f(&wish, &c)
	}
	_, err = s.SaveDraft(ctx, who, asm.ID, asm.Revision, c)
	s.must(err)
	s.must(s.Publish(ctx, who, asm.ID))
	wish.Assessment = asm.ID
	out, err := s.Invite(ctx, who, wish)
	s.must(err)
	link, err := s.InviteURL(ctx, who, out.Invite.ID)
	s.must(err)
	path := strings.TrimPrefix(link, s.url)
	return invitationOf{Invite: out.Invite, s: s, token: strings.TrimPrefix(path, "/c/"), path: path}
}

// put moves the invite to a state as life would.
func (i invitationOf) put(change func(*assess.Invite)) {
	i.s.t.Helper()
	i.s.must(i.s.db.Tx(i.s.t.Context(), func(tx *store.Tx) error {
		was, err := tx.Invite(i.Org, i.Mode, i.ID)
		if err != nil {
			return err
		}
		now := was
		change(&now)
		_, err = tx.MoveInvite(was, now)
		return err
	}))
}

func (i invitationOf) accepted() {
	i.put(func(inv *assess.Invite) { inv.Stored, inv.AcceptedAt = assess.Accepted, time.Now() })
}

func (i invitationOf) started() {
	i.put(func(inv *assess.Invite) { inv.Stored, inv.StartedAt = assess.Started, time.Now() })
}

func (i invitationOf) overdue() {
	i.put(func(inv *assess.Invite) { inv.ExpiresAt = time.Now().Add(-time.Millisecond) })
}

func (i invitationOf) revoked() {
	i.put(func(inv *assess.Invite) { inv.Stored, inv.RevokedAt = assess.Revoked, time.Now() })
}

func (i invitationOf) completed() {
	i.put(func(inv *assess.Invite) { inv.Stored, inv.CompletedAt = assess.Completed, time.Now() })
}

// status is the invite's status now.
func (i invitationOf) status() assess.InviteStatus {
	i.s.t.Helper()
	d, err := i.s.InviteDetail(i.s.t.Context(), i.s.owner.Actor(i.Mode), i.ID)
	i.s.must(err)
	return d.Status
}

// agreement is the form of the landing page, ticked.
func (i invitationOf) agreement(p page) url.Values {
	i.s.t.Helper()
	form := url.Values{"agree": {"on"}}
	for _, input := range p.all(i.s.t, "input") {
		if attr(input, "type") == "hidden" {
			form.Set(attr(input, "name"), attr(input, "value"))
		}
	}
	if form.Get("notice") == "" {
		i.s.t.Fatalf("the form does not say which notice it shows:\n%s", p.body)
	}
	return form
}

// all finds every element of a page with the tag.
func (p page) all(t *testing.T, tag string) (found []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words is the text of an element, white space as one space.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// main is what the page says.
func (p page) main(t *testing.T) string {
	t.Helper()
	return words(p.all(t, "main")[0])
}

// says checks what stands in the content of the page.
func (p page) says(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("status %d, want %d", p.status, status)
	}
	said := p.main(t)
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s does not say %q; it says:\n%s", p.url, text, said)
		}
	}
}

// files is all that the database has written.
func (s *site) files() string {
	s.t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(s.t.TempDir()), "*", store.File+"*"))
	s.must(err)
	var all strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "-shm") { // the index of readers
			continue
		}
		content, err := os.ReadFile(name)
		s.must(err)
		all.Write(content)
	}
	if all.Len() < 4096 {
		s.t.Fatalf("no database among %v", names)
	}
	return all.String()
}
