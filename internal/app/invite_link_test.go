package app_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

var phone = app.Client{Address: "192.0.2.77", UserAgent: "a phone"}

// linkToken is the secret of the invite's link.
func (w *world) linkToken(id assess.InviteID) string {
	w.t.Helper()
	link, err := w.InviteURL(w.t.Context(), w.who(), id)
	w.must(err)
	u, err := url.Parse(link)
	w.must(err)
	return strings.TrimPrefix(u.Path, "/c/")
}

func (w *world) landing(token string) app.Landing {
	w.t.Helper()
	l, err := w.Landing(w.t.Context(), token, "", phone)
	w.must(err)
	return l
}

// agreement is what a candidate posts who has read the page and ticked the box.
func (w *world) agreement(token string) app.Agreement {
	w.t.Helper()
	l := w.landing(token)
	return app.Agreement{Ticked: true, Language: l.Invite.Language, Shown: l.NoticeSHA256}
}

// past is all that the database keeps about an invite.
type past struct {
	Invite     assess.Invite
	Events     []assess.Event
	Acceptance assess.Acceptance
}

func (w *world) past(id assess.InviteID) (p past) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		if p.Invite, err = tx.Invite(w.owner.Org, assess.Live, id); err != nil {
			return err
		}
		if p.Events, err = tx.InviteEvents(w.owner.Org, id); err != nil {
			return err
		}
		p.Acceptance, err = tx.Acceptance(w.owner.Org, id)
		if assess.KindOf(err) == assess.NotFound {
			return nil
		}
		return err
	}))
	return p
}

func (p past) happened(typ assess.EventType) (n int) {
	for _, e := range p.Events {
		if e.Type == typ {
			n++
		}
	}
	return n
}

func TestAcceptingKeepsTheProofOfWhatWasShown(t *testing.T) {
	each(t, func(w *world) {
		org := w.landing(w.linkToken(w.invite(w.published(), "before@example.com").ID)).Organization
		org.Notices = map[string]string{"es": "Usamos sus respuestas.\nNadie más las ve."}
		w.must(w.UpdateOrganization(t.Context(), w.who(), org))
		inv := w.invite(w.published(), "ana@example.com")
		token := w.linkToken(inv.ID)
		l, err := w.Landing(t.Context(), token, "es", phone)
		w.must(err)

		w.must(w.Accept(t.Context(), token, app.Agreement{Ticked: true, Language: "es", Shown: l.NoticeSHA256}, phone))

		sum := sha256.Sum256([]byte(l.Notice))
		want := assess.Acceptance{
			Org: w.owner.Org, Invite: inv.ID, NoticeVersion: l.Organization.NoticeVersion, NoticeSHA256: hex.EncodeToString(sum[:]),
			Notice: org.Notices["es"], Language: "es", Network: "192.0.2.0/24", At: w.clock.Now(),
		}
		got := w.past(inv.ID)
		if diff := cmp.Diff(want, got.Acceptance); diff != "" {
			t.Errorf("proof (-want +got):\n%s", diff)
		}
		if got.Invite.Stored != assess.Accepted || !got.Invite.AcceptedAt.Equal(w.clock.Now()) || got.happened(assess.InviteAccepted) != 1 {
			t.Errorf("the invite is %+v with events %+v", got.Invite, got.Events)
		}
		again, err := w.Landing(t.Context(), token, "es", phone)
		w.must(err)
		if again.Notice != got.Acceptance.Notice {
			t.Errorf("the notice reads %q when rendered again, %q was agreed to", again.Notice, got.Acceptance.Notice)
		}
	})
}

func TestAcceptingAgainChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		token := w.linkToken(inv.ID)
		agreed := w.agreement(token)
		w.must(w.Accept(t.Context(), token, agreed, phone))
		before := w.past(inv.ID)
		w.clock.advance(time.Hour)
		w.must(w.Accept(t.Context(), token, agreed, app.Client{Address: "198.51.100.1"}))
		if diff := cmp.Diff(before, w.past(inv.ID)); diff != "" {
			t.Errorf("changed (-before +after):\n%s", diff)
		}
	})
}

func TestAcceptingNeedsTheTickAndTheNoticeThatWasShown(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		token := w.linkToken(inv.ID)
		before, agreed := w.past(inv.ID), w.agreement(token)

		unticked := agreed
		unticked.Ticked = false
		w.wantKind(w.Accept(t.Context(), token, unticked, phone), assess.Invalid)

		org := w.landing(token).Organization
		org.Notices = map[string]string{"en": "We keep the recordings for 90 days."}
		w.must(w.UpdateOrganization(t.Context(), w.who(), org))
		w.wantKind(w.Accept(t.Context(), token, agreed, phone), assess.Invalid)

		if diff := cmp.Diff(before, w.past(inv.ID)); diff != "" {
			t.Errorf("changed (-before +after):\n%s", diff)
		}
		w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
	})
}

func TestAcceptingFollowsTheInvitesState(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		revoked := w.invite(asm, "revoked@example.com")
		revokedAgreement := w.agreement(w.linkToken(revoked.ID))
		w.must(w.Revoke(t.Context(), w.who(), revoked.ID, false))
		w.wantKind(w.Accept(t.Context(), w.linkToken(revoked.ID), revokedAgreement, phone), assess.Gone)

		readdressed := w.invite(asm, "typo@example.com")
		old := w.linkToken(readdressed.ID)
		agreed := w.agreement(old)
		w.must(w.Readdress(t.Context(), w.who(), readdressed.ID, "right@example.com", ""))
		w.wantKind(w.Accept(t.Context(), old, agreed, phone), assess.NotFound)
		if _, err := w.Landing(t.Context(), old, "", phone); assess.KindOf(err) != assess.NotFound {
			t.Errorf("the old link leads somewhere: %v", err)
		}
		w.must(w.Accept(t.Context(), w.linkToken(readdressed.ID), w.agreement(w.linkToken(readdressed.ID)), phone))
	})
}

func TestAcceptingEndsAtTheVeryMillisecondOfTheDeadline(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		inTime, late := w.invite(asm, "in-time@example.com"), w.invite(asm, "late@example.com")
		first, second := w.agreement(w.linkToken(inTime.ID)), w.agreement(w.linkToken(late.ID))
		w.clock.now = late.ExpiresAt.Add(-time.Millisecond)
		w.must(w.Accept(t.Context(), w.linkToken(inTime.ID), first, phone))
		w.clock.now = late.ExpiresAt
		w.wantKind(w.Accept(t.Context(), w.linkToken(late.ID), second, phone), assess.Gone)
		if l := w.landing(w.linkToken(late.ID)); l.Status != assess.Expired {
			t.Errorf("the page shows %s", l.Status)
		}
	})
}

// raceRounds is how often two who want different things meet at one invite.
const raceRounds = 300

// race lets all begin at once and waits for them.
func race(all ...func()) {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for _, f := range all {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-gate
			f()
		})
	}
	ready.Wait()
	close(gate)
	done.Wait()
}

func TestOfAcceptAndRevokeTheLaterIsRefusedOrRevokes(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		won := map[bool]int{}
		for round := range raceRounds {
			inv := w.invite(asm, fmt.Sprintf("c%d@example.com", round))
			token := w.linkToken(inv.ID)
			agreed := w.agreement(token)
			var accepted, revoked error
			race(
				func() { accepted = w.Accept(t.Context(), token, agreed, phone) },
				func() { revoked = w.Revoke(t.Context(), w.who(), inv.ID, false) },
			)
			w.must(revoked) // an accepted invite can be revoked too
			if accepted != nil {
				w.wantKind(accepted, assess.Gone)
			}
			won[accepted == nil]++
			w.wantConsistent(inv.ID, assess.Revoked, accepted == nil)
		}
		t.Logf("accepted first: %d, revoked first: %d", won[true], won[false])
	})
}

func TestOfTwoTabsOneAcceptsAndBothAreTold(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		for round := range raceRounds {
			inv := w.invite(asm, fmt.Sprintf("c%d@example.com", round))
			token := w.linkToken(inv.ID)
			agreed := w.agreement(token)
			var first, second error
			race(
				func() { first = w.Accept(t.Context(), token, agreed, phone) },
				func() { second = w.Accept(t.Context(), token, agreed, phone) },
			)
			w.must(first)
			w.must(second)
			w.wantConsistent(inv.ID, assess.Accepted, true)
		}
	})
}

func TestAcceptAndTheSweeperAgreeAboutTheDeadline(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		sent := w.clock.now
		for round := range raceRounds {
			w.clock.now = sent
			inv := w.invite(asm, fmt.Sprintf("c%d@example.com", round))
			token := w.linkToken(inv.ID)
			agreed := w.agreement(token)
			late := round%2 == 1
			w.clock.now = inv.ExpiresAt.Add(-time.Millisecond)
			want := assess.Accepted
			if late {
				w.clock.now, want = inv.ExpiresAt, assess.Expired
			}
			var accepted, swept error
			race(
				func() { accepted = w.Accept(t.Context(), token, agreed, phone) },
				func() { swept = w.ExpireOverdue(t.Context()) },
			)
			w.must(swept)
			if late {
				w.wantKind(accepted, assess.Gone)
			} else {
				w.must(accepted)
			}
			w.wantConsistent(inv.ID, want, !late)
		}
	})
}

// wantConsistent checks that an invite's status, times, events and proof tell the same story.
func (w *world) wantConsistent(id assess.InviteID, status assess.InviteStatus, accepted bool) {
	w.t.Helper()
	p := w.past(id)
	want := map[bool]int{true: 1}[accepted]
	if p.Invite.Stored != status || p.Invite.AcceptedAt.IsZero() == accepted || p.happened(assess.InviteAccepted) != want ||
		(p.Acceptance.Invite == id) != accepted {
		w.t.Errorf("want %s, accepted: %v; got %+v", status, accepted, p)
	}
}

func TestLookingAtALinkChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		token, before := w.linkToken(inv.ID), w.past(inv.ID)
		for range 1000 {
			w.clock.advance(time.Second)
			w.landing(token)
		}
		if diff := cmp.Diff(before, w.past(inv.ID)); diff != "" {
			t.Errorf("changed (-before +after):\n%s", diff)
		}
	})
}

func TestGuessingLinksIsSlowedDownAndNeverWhoHasOne(t *testing.T) {
	each(t, func(w *world) {
		token := w.linkToken(w.invite(w.published(), "ana@example.com").ID)
		guess := func(n int, from app.Client) error {
			_, err := w.Landing(t.Context(), fmt.Sprintf("%043d", n), "", from)
			return err
		}
		for n := range 20 {
			w.wantKind(guess(n, phone), assess.NotFound)
		}
		neighbour := app.Client{Address: "192.0.2.5"}
		w.wantKind(guess(20, neighbour), assess.RateLimited)
		w.wantKind(w.Accept(t.Context(), "guess", app.Agreement{Ticked: true}, phone), assess.RateLimited)
		w.wantKind(w.Withdraw(t.Context(), "guess", phone), assess.RateLimited)
		w.wantKind(guess(21, app.Client{Address: "198.51.100.5"}), assess.NotFound)
		w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
	})
}

func TestWithdrawingEndsAnOpenInviteAndNothingElse(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		inv := w.invite(asm, "ana@example.com")
		token := w.linkToken(inv.ID)
		w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
		w.must(w.Withdraw(t.Context(), token, phone))
		after := w.past(inv.ID)
		last := after.Events[len(after.Events)-1]
		if after.Invite.Stored != assess.Revoked || after.Invite.Reason != assess.ReasonWithdrawn || after.Invite.RevokedAt.IsZero() {
			t.Errorf("the invite is %+v", after.Invite)
		}
		if last.Type != assess.InviteRevoked || last.Actor != assess.ByCandidate || last.Note != "withdrawn by the candidate" {
			t.Errorf("the last event is %+v", last)
		}
		w.clock.advance(time.Hour)
		w.must(w.Withdraw(t.Context(), token, phone))
		if diff := cmp.Diff(after, w.past(inv.ID)); diff != "" {
			t.Errorf("withdrawing again changed (-before +after):\n%s", diff)
		}

		late := w.invite(asm, "late@example.com")
		w.clock.now = late.ExpiresAt
		before := w.past(late.ID)
		w.must(w.Withdraw(t.Context(), w.linkToken(late.ID), phone))
		if diff := cmp.Diff(before, w.past(late.ID)); diff != "" {
			t.Errorf("withdrawing an expired invite changed (-before +after):\n%s", diff)
		}
		w.wantKind(w.Withdraw(t.Context(), "unknown", phone), assess.NotFound)
	})
}

// FuzzLink holds that no link opens an invitation but the one that was sent last: none that was changed, cut or put together from
// others, and none that another has replaced.
func FuzzLink(f *testing.F) {
	c := &clock{now: time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)}
	w := newWorld(f, c, storetest.Open(f, c.Now))
	asm := w.published()
	ana, ben := w.invite(asm, "ana@example.com"), w.invite(asm, "ben@example.com")
	tokens := []string{w.linkToken(ana.ID)}
	w.must(w.Readdress(f.Context(), w.who(), ana.ID, "right@example.com", ""))
	tokens = append(tokens, w.linkToken(ana.ID), w.linkToken(ben.ID))
	valid := map[string]assess.InviteID{tokens[1]: ana.ID, tokens[2]: ben.ID}
	delete(valid, tokens[0])
	for i, token := range tokens {
		f.Add(uint(i), uint(0), "", uint(0))
		for _, middle := range []string{"", "A", "=", "\x00", "%", " ", "é", token, "' OR '1'='1"} {
			f.Add(uint(i), uint(len(token)), middle, uint(len(token)))
			f.Add(uint(i), uint(len(token)-1), middle, uint(len(token)))
			f.Add(uint(i), uint(0), middle, uint(1))
		}
	}
	f.Fuzz(func(t *testing.T, which, head uint, middle string, tail uint) {
		token := tokens[which%uint(len(tokens))]
		token = token[:min(head, uint(len(token)))] + middle + token[min(tail, uint(len(token))):]
		l, err := w.Landing(t.Context(), token, "", phone)
		want, ok := valid[token]
		switch {
		case ok && (err != nil || l.Invite.ID != want):
			t.Errorf("the link %q opens %q, %v; want %q", token, l.Invite.ID, err, want)
		case !ok && assess.KindOf(err) != assess.NotFound && assess.KindOf(err) != assess.RateLimited:
			t.Errorf("%q opens the invitation %q, %v", token, l.Invite.ID, err)
		}
	})
}
