package web_test

import (
	"fmt"
	"strings"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/mail"
)

// member opens a page in which the owner is signed in.
func (s *site) member(t *testing.T) *chromium.Page {
	t.Helper()
	p := chromium.New(t)
	p.AllowError("401")
	p.Open(s.url + "/invites")
	p.Fill("E-mail address", ownerEmail)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.WaitText("Invites")
	return p
}

// glance checks a page as it is now, wide and light, then on a phone and dark.
func glance(t *testing.T, p *chromium.Page, name string) {
	t.Helper()
	for _, view := range []struct {
		name  string
		width int
		dark  bool
	}{{"phone", 375, true}, {"wide", 1280, false}} {
		p.Screenshot(name+"-"+view.name, view.width, view.dark)
		p.Axe()
		if over := chromium.Eval[int](p, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			t.Errorf("%s at %d: %d pixels too wide", name, view.width, over)
		}
	}
}

// crowd makes invites in every status, with and without mail trouble, and returns the first.
func (s *site) crowd(t *testing.T) []invitationOf {
	t.Helper()
	who := s.owner.Actor(assess.Live)
	spring, err := s.CreateTag(t.Context(), who, "Spring intake", "#0b7285")
	s.must(err)
	_, err = s.CreateTag(t.Context(), who, "Berlin", "#c2255c")
	s.must(err)
	s.sender.Refuse = func(m mail.Message) error {
		if strings.HasPrefix(m.To.Address, "lost") {
			return &mail.Error{Class: mail.Recipient, Code: 550, Stage: mail.StageRcpt, Err: fmt.Errorf("550 5.1.1 The mailbox does not exist")}
		}
		return nil
	}
	var all []invitationOf
	for i, name := range []string{"Ana Díaz", "Ben Ito", "Chloé Martin", "Dana Novak", "", "Farid Rahimi", "Gwen Lost"} {
		first, _, _ := strings.Cut(strings.ToLower(name), " ")
		email := fmt.Sprintf("%s.%d@example.com", strings.NewReplacer("é", "e", "gwen", "lost", "", "").Replace(first), i)
		all = append(all, s.invitation(func(n *assess.NewInvite, _ *assess.Content) {
			n.Name, n.Email, n.Tags, n.Grader = name, strings.TrimPrefix(email, "."), []assess.TagID{spring.ID}, s.owner.ID
		}))
	}
	s.work()
	all[1].put(func(inv *assess.Invite) { inv.AcceptedAt = inv.SentAt.Add(1); inv.Stored = assess.Accepted })
	all[2].started()
	all[3].completed()
	all[4].overdue()
	all[5].revoked()
	return all
}

func TestEveryPageOfInvitesIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.member(t)
	p.Open(s.url + "/invites/new")
	glance(t, p, "new-nothing")
	p.Open(s.url + "/invites")
	glance(t, p, "list-empty")

	all := s.crowd(t)
	who := s.owner.Actor(assess.Live)
	agreed := all[0]
	l, err := s.Landing(t.Context(), agreed.token, "", app.Client{})
	s.must(err)
	s.must(s.Accept(t.Context(), agreed.token, app.Agreement{Ticked: true, Language: "en", Shown: l.NoticeSHA256}, app.Client{Address: "192.0.2.9"}))
	s.must(s.Extend(t.Context(), who, agreed.ID, 60))
	for name, path := range map[string]string{
		"list": "/invites", "list-none": "/invites?search=nobody", "list-mail": "/invites?mail=failed",
		"new": "/invites/new", "import": "/invites/import",
		"detail": "/invites/" + string(agreed.ID), "detail-started": "/invites/" + string(all[2].ID), "detail-expired": "/invites/" + string(all[4].ID),
		"detail-lost": "/invites/" + string(all[6].ID), "detail-revoked": "/invites/" + string(all[5].ID),
	} {
		p.Open(s.url + path)
		glance(t, p, name)
	}
}

func TestARecruiterInvitesPreviewsAndSendsAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	p := s.member(t)
	p.Open(s.url + "/invites")
	p.Click("Invite")
	p.Fill("E-mail address", "ana@example.com")
	p.Fill("Name", "Ana Díaz")
	p.Fill("Message", "Looking forward to it.\nOlivia")
	p.Click("Preview the mail")
	p.WaitText("Nothing has been sent yet")
	glance(t, p, "preview")
	p.Click("Send invite")
	p.WaitText("The invite to Ana Díaz is on its way.")
	s.work()
	p.Click("Send the mail again")
	p.WaitText("The mail is sent again.")
	s.work()
	sent := s.sender.Messages()
	if n := len(sent); n != 3 || sent[1].To.Address != "ana@example.com" || sent[1].MessageID == sent[2].MessageID {
		t.Errorf("%d mails were sent: %+v", n, sent)
	}
}

func TestARecruiterInvitesAListAndRevokesSome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation() // casey@example.com
	p := s.member(t)
	p.Open(s.url + "/invites/import")
	p.Fill("List", "email;name;language\nana@example.com;Ana Díaz;es\nnonsense;Nobody;\ncasey@example.com;Casey;en\nben@example.com;Ben;de\n")
	glance(t, p, "import-filled")
	p.Click("Check the list")
	p.WaitText("Send 2 invites")
	glance(t, p, "import-check")
	p.Click("Back to the list")
	p.WaitText("Check the list")
	if got := p.Value("List"); !strings.Contains(got, "ana@example.com;Ana Díaz;es") {
		t.Errorf("the list reads %q when going back", got)
	}
	p.Click("Check the list")
	p.WaitText("Send 2 invites")
	p.Click("Send 2 invites")
	p.WaitText("The list is sent")
	glance(t, p, "import-result")
	p.Click("To the invites")
	p.Click("Select Ana Díaz")
	p.Click("Select Ben")
	glance(t, p, "list-chosen")
	p.In("[data-bulk-bar]").Click("Revoke")
	p.WaitText("Revoke 2 invites")
	glance(t, p, "bulk")
	p.Click("Revoke 2 invites")
	p.WaitText("Revoked: 2 of 2")
	glance(t, p, "bulk-result")
}

func TestTheInviteIsFoundInTheMailboxAndItsLinkWorks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	s.workCaptured()
	p := chromium.New(t)
	p.Open(s.url + "/mailbox/operators-secret")
	glance(t, p, "mailbox")
	p.Click("Example Ltd invites you: Software Engineer Assessment")
	p.WaitText("As text")
	glance(t, p, "letter")
	p.Click("As text")
	glance(t, p, "letter-text")
	p.Click(s.url + i.path)
	p.WaitText("What is recorded")

	m := s.member(t)
	m.Open(s.url + "/mailbox")
	glance(t, m, "mailbox-member")
}

func TestChoosingAnotherAssessmentFillsInItsSettingsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation(func(_ *assess.NewInvite, c *assess.Content) { c.Name, c.Proctoring = "Quiet", assess.Proctoring{} })
	s.invitation(func(_ *assess.NewInvite, c *assess.Content) {
		c.Name, c.Proctoring = "Watched", assess.Proctoring{ScreenRecording: true}
	})
	p := s.member(t)
	p.Open(s.url + "/invites/new")
	p.Fill("Assessment", "Quiet")
	p.In("form:has([name=screen]:not(:checked))").WaitText("Send invite")
	p.Fill("E-mail address", "ana@example.com")
	p.Fill("Message", "Good luck!")
	p.Fill("Assessment", "Watched")
	p.In("form:has([name=screen]:checked)").WaitText("Send invite")
	if got := p.Value("E-mail address") + " " + p.Value("Message"); got != "ana@example.com Good luck!" {
		t.Errorf("the form holds %q", got)
	}
	glance(t, p, "chosen")
}
