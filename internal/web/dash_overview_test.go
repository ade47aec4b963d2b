package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/mail"
)

// publish makes a published assessment.
func (s *site) publish() assess.Assessment {
	s.t.Helper()
	who := s.owner.Actor(assess.Live)
	asm, err := s.CreateAssessment(s.t.Context(), who, "Software Engineer Assessment")
	s.must(err)
	c := asm.Draft
	c.Questions[0].Prompts = map[string]string{"en": "What did you build last?"}
	_, err = s.SaveDraft(s.t.Context(), who, asm.ID, asm.Revision, c)
	s.must(err)
	s.must(s.Publish(s.t.Context(), who, asm.ID))
	return asm
}

func (s *site) send(asm assess.Assessment, email string, days int) {
	s.t.Helper()
	_, err := s.Invite(s.t.Context(), s.owner.Actor(assess.Live), assess.NewInvite{
		Assessment: asm.ID, Email: email, ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: days,
	})
	s.must(err)
}

func TestFirstStepsLeadToTheFirstInviteAndThenGo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	done := func(want int) {
		t.Helper()
		if got := strings.Count(b.get("/overview").body, "(done)"); got != want {
			t.Errorf("%d steps are done, want %d", got, want)
		}
	}
	b.get("/overview").says(t, http.StatusOK, "First steps", "Create an assessment", "Publish it", "Generate an API key", "Invite your first candidate")
	done(0)
	_, err := s.CreateAssessment(t.Context(), s.owner.Actor(assess.Live), "Draft")
	s.must(err)
	done(1)
	asm := s.publish()
	done(2)
	_, _, err = s.CreateAPIKey(t.Context(), s.owner.Actor(assess.Live), assess.NewAPIKey{Name: "CI", Mode: assess.Live, ExpiresInDays: 30})
	s.must(err)
	done(3)
	s.send(asm, "candidate@example.com", 30)
	p := b.get("/overview")
	p.says(t, http.StatusOK, "Recent activity", "Olivia Owner invited candidate@example.com to Software Engineer Assessment", "Olivia Owner published Software Engineer Assessment")
	if strings.Contains(p.body, "First steps") {
		t.Error("the first steps are still shown")
	}
}

func TestFirstStepsAreThoseThatTheMemberMayTake(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	recruiter := s.signIn(s.colleague(assess.Recruiter).Email).get("/overview")
	recruiter.says(t, http.StatusOK, "Create an assessment", "Invite your first candidate")
	if strings.Contains(recruiter.body, "API key") {
		t.Error("a recruiter is sent to generate a key")
	}
	viewer := s.signIn(s.colleague(assess.Viewer).Email).get("/overview")
	viewer.says(t, http.StatusOK, "Nothing here yet")
	if strings.Contains(viewer.body, "/new") {
		t.Error("a viewer is sent to make something")
	}
	s.signIn(s.colleague(assess.Grader).Email).get("/overview").want(t, http.StatusForbidden)
}

func TestTheOverviewTellsWhatNeedsAttention(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	asm := s.publish()
	s.sender.Refuse = func(m mail.Message) error {
		if strings.HasPrefix(m.To.Address, "gone") {
			return &mail.Error{Class: mail.Recipient, Code: 550, Stage: mail.StageRcpt, Err: errors.New("550 5.1.1 No such mailbox")}
		}
		return nil
	}
	s.send(asm, "gone@example.com", 30)
	s.send(asm, "soon@example.com", 2)
	s.work()
	b := s.signIn(ownerEmail)
	b.get("/overview").says(t, http.StatusOK, "1 invite could not be delivered", "Expiring soon", "soon@example.com",
		"until "+time.Now().UTC().AddDate(0, 0, 2).Format("2 Jan 2006"), "The mail to gone@example.com could not be delivered", "Pending 2")
	b.get("/overview").want(t, http.StatusOK, `href="/invites?status=pending&mail=failed"`, `href="/invites?status=completed"`)
	if found := b.get("/invites?status=pending&mail=failed").body; !strings.Contains(found, "gone@example.com") || strings.Contains(found, "soon@example.com") {
		t.Error("the link does not lead to the invites that could not be delivered")
	}
}

func TestOnlyAdministratorsAreToldThatMailDoesNotLeave(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	s.sender.Refuse = func(mail.Message) error {
		return &mail.Error{Class: mail.Ours, Code: 535, Stage: mail.StageAuth, Err: errors.New("535 5.7.8 Wrong password")}
	}
	s.send(s.publish(), "candidate@example.com", 30)
	s.work()
	s.signIn(ownerEmail).get("/overview").says(t, http.StatusOK, "Mail is not leaving this server", "535 5.7.8 Wrong password")
	if strings.Contains(viewer.get("/overview").body, "Wrong password") {
		t.Error("a viewer reads what the mail server said")
	}
}
