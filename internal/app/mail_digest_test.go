package app_test

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/mail"
)

// digests are the mails about the queue that a member has got.
func (w *world) digests(m assess.Member) (out []mail.Message) {
	for _, sent := range w.sender.Messages() {
		if sent.To.Address == m.Email && strings.Contains(sent.Text, "/grading") {
			out = append(out, sent)
		}
	}
	return out
}

// wantDigests checks how many mails about the queue a member has got by now, and returns the newest.
func (w *world) wantDigests(m assess.Member, n int) mail.Message {
	w.t.Helper()
	w.must(w.TellGraders(w.t.Context()))
	w.work()
	got := w.digests(m)
	if len(got) != n {
		w.t.Fatalf("%s has %d mails about the queue, want %d", m.Email, len(got), n)
	}
	return append(got, mail.Message{})[max(n-1, 0)]
}

// another is one more candidate who has completed what the sitting is of.
func (s sitting) another(email, name string) sitting {
	s.t.Helper()
	n := wish(assess.Assessment{ID: s.stands().Assessment}, email)
	n.Name = name
	out, err := s.Invite(s.t.Context(), s.who(), n)
	s.must(err)
	token := s.linkToken(out.Invite.ID)
	s.must(s.Accept(s.t.Context(), token, s.agreement(token), phone))
	next := sitting{s.world, app.Taker{Token: token, Tab: "tab", Client: phone}, out.Invite.ID}
	s.must(s.Start(s.t.Context(), next.Taker))
	next.write("Because it is simple.")
	s.must(s.Complete(s.t.Context(), next.Taker, true))
	return next
}

func TestGradersAreToldInOneMailWhatTheyCanBegin(t *testing.T) {
	each(t, func(w *world) {
		dev := w.graders(1)[0]
		s := w.completed(planOf([]assess.Member{dev}, func(p *assess.GradingPlan) { p.DueDays = 5 }))
		w.wantDigests(dev, 0) // more may come
		w.clock.advance(9 * time.Minute)
		s.another("ben@example.com", "Ben Ito")
		w.wantDigests(dev, 0)
		w.clock.advance(7 * time.Minute)
		told := w.wantDigests(dev, 1)
		for _, want := range []string{"2 candidates to grade", "Ben Ito", "Software Engineer Assessment", "20 January 2025", "https://assess.example.com/grading"} {
			if !strings.Contains(told.Subject+told.Text, want) {
				t.Errorf("the mail lacks %q:\n%s\n%s", want, told.Subject, told.Text)
			}
		}
		s.another("chloe@example.com", "Chloé Martin")
		w.clock.advance(3 * time.Hour)
		w.wantDigests(dev, 1)
		w.clock.advance(time.Hour)
		told = w.wantDigests(dev, 2)
		if !strings.Contains(told.Text, "New since our last mail: 1 candidate.") || !strings.Contains(told.Text, "Still waiting beside these: 2 candidates.") || strings.Contains(told.Text, "Ben Ito") {
			t.Errorf("the second mail says:\n%s", told.Text)
		}
		w.clock.advance(24 * time.Hour)
		w.wantDigests(dev, 2)
	})
}

func TestGradersAreRemindedOnceOfWhatIsOverdue(t *testing.T) {
	each(t, func(w *world) {
		dev := w.graders(1)[0]
		s := w.completed(planOf([]assess.Member{dev}, func(p *assess.GradingPlan) { p.DueDays = 1 }))
		w.clock.advance(time.Hour)
		w.wantDigests(dev, 1)
		w.clock.advance(24 * time.Hour)
		told := w.wantDigests(dev, 2)
		if told.Subject != "1 candidate to grade, 1 overdue" || !strings.Contains(told.Text, "Overdue since 16 January 2025") {
			t.Errorf("the reminder says %q:\n%s", told.Subject, told.Text)
		}
		w.clock.advance(7 * 24 * time.Hour)
		w.wantDigests(dev, 2)
		s.grade(dev, 5)
		w.must(w.ReopenEvaluation(t.Context(), w.who(), s.evaluation(dev).ID, "Look again at the end."))
		w.clock.advance(time.Hour)
		w.wantDigests(dev, 3)
	})
}

func TestMailsToBlindGradersNameNobodyAndTellNoScores(t *testing.T) {
	each(t, func(w *world) {
		three := w.graders(3)
		s := w.completed(planOf(three, func(p *assess.GradingPlan) { p.PerInvite, p.Blind, p.Gap = 2, true, 10 }),
			func(n *assess.NewInvite, _ *assess.Content) { n.Name, n.Email = "Ana Díaz", "ana@example.com" })
		s.grade(three[0], 1)
		s.grade(three[1], 9)
		w.clock.advance(time.Hour)
		told := w.wantDigests(three[2], 1)
		if !strings.Contains(told.Text, "yours decide") {
			t.Errorf("nothing is said of the adjudication:\n%s", told.Text)
		}
		for _, secret := range []string{"Ana", "Díaz", "ana@example.com", "9"} {
			if body, _, _ := strings.Cut(told.Text, "Open your queue"); strings.Contains(body+told.Subject, secret) {
				t.Errorf("the mail tells %q:\n%s", secret, told.Text)
			}
		}
		w.wantDigests(three[0], 0) // who has submitted has nothing to do
	})
}

func TestWhatIsNoLongerToGradeIsNotMailed(t *testing.T) {
	each(t, func(w *world) {
		dev := w.graders(1)[0]
		s := w.completed(planOf([]assess.Member{dev}, func(*assess.GradingPlan) {}))
		w.clock.advance(5 * time.Minute)
		w.must(w.Unassign(t.Context(), w.who(), s.invite, s.evaluation(dev).ID))
		w.clock.advance(time.Hour)
		w.wantDigests(dev, 0)
		w.must(w.Assign(t.Context(), w.who(), s.invite, dev.ID, false))
		w.clock.advance(time.Hour)
		w.wantDigests(dev, 1)
	})
}

func TestAGraderIsToldOnceHoweverManyProcessesAskAtOnce(t *testing.T) {
	each(t, func(w *world) {
		dev := w.graders(1)[0]
		w.completed(planOf([]assess.Member{dev}, func(p *assess.GradingPlan) { p.DueDays = 1 }))
		w.clock.advance(48 * time.Hour) // new and overdue at once
		var all errgroup.Group
		for range 8 {
			all.Go(func() error { return w.TellGraders(t.Context()) })
		}
		w.must(all.Wait())
		w.wantDigests(dev, 1)
	})
}

func TestMailsAboutTestDataAreKeptInTheMailbox(t *testing.T) {
	each(t, func(w *world) {
		trying := w.owner.Actor(assess.Test)
		out, err := w.Invite(t.Context(), trying, wish(w.published(), "try@example.com"))
		w.must(err)
		link, err := w.InviteURL(t.Context(), trying, out.Invite.ID)
		w.must(err)
		token := path.Base(link)
		w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
		taker := app.Taker{Token: token, Tab: "tab", Client: phone}
		w.must(w.Start(t.Context(), taker))
		w.must(w.Complete(t.Context(), taker, true))
		w.must(w.Assign(t.Context(), trying, out.Invite.ID, w.owner.ID, false))
		w.clock.advance(time.Hour)
		w.wantDigests(w.owner, 0)
		letters, err := w.Letters(t.Context(), trying)
		w.must(err)
		if !slices.ContainsFunc(letters, func(l app.Letter) bool { return l.Subject == "1 candidate to grade" && l.Mode == assess.Test }) {
			t.Errorf("the mailbox holds %d mails, but not this one", len(letters))
		}
	})
}
