package app_test

import (
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// bring has the candidate, or time, bring the invite into a status.
func (w *world) bring(inv assess.Invite, status assess.InviteStatus) {
	w.t.Helper()
	ctx, token := w.t.Context(), w.linkToken(inv.ID)
	taker := app.Taker{Token: token, Tab: "tab", Client: phone}
	steps := map[assess.InviteStatus]func(){
		assess.Pending:   func() {},
		assess.Accepted:  func() { w.must(w.Accept(ctx, token, w.agreement(token), phone)) },
		assess.Started:   func() { w.bring(inv, assess.Accepted); w.must(w.Start(ctx, taker)) },
		assess.Completed: func() { w.bring(inv, assess.Started); w.must(w.Complete(ctx, taker, true)) },
		assess.Expired:   func() { w.clock.advance(30 * 24 * time.Hour) },
		assess.Revoked:   func() { w.must(w.Revoke(ctx, w.who(), inv.ID, false)) },
	}
	steps[status]()
	if got := w.detail(inv.ID).Status; got != status {
		w.t.Fatalf("the invite is %s, want %s", got, status)
	}
}

// What inviting again comes to.
const (
	made    = "made"
	found   = "found"
	refused = "refused"
)

// again has what inviting again comes to, by what the earlier invite and the new wish have in common, whether the earlier one
// is open, and what the wish says.
var again = map[string]map[bool]map[assess.OnDuplicate]string{
	"the address": {
		true:  {assess.RefuseDuplicate: refused, assess.ReturnDuplicate: found, assess.CreateDuplicate: made},
		false: {assess.RefuseDuplicate: made, assess.ReturnDuplicate: made, assess.CreateDuplicate: made},
	},
	"the address and the name": {
		true:  {assess.RefuseDuplicate: refused, assess.ReturnDuplicate: found, assess.CreateDuplicate: refused},
		false: {assess.RefuseDuplicate: refused, assess.ReturnDuplicate: found, assess.CreateDuplicate: refused},
	},
	"the name": {
		true:  {assess.RefuseDuplicate: refused, assess.ReturnDuplicate: refused, assess.CreateDuplicate: refused},
		false: {assess.RefuseDuplicate: refused, assess.ReturnDuplicate: refused, assess.CreateDuplicate: refused},
	},
	"nothing": {
		true:  {assess.RefuseDuplicate: made, assess.ReturnDuplicate: made, assess.CreateDuplicate: made},
		false: {assess.RefuseDuplicate: made, assess.ReturnDuplicate: made, assess.CreateDuplicate: made},
	},
}

func TestInvitingAgain(t *testing.T) {
	each(t, func(w *world) {
		for common, outcomes := range again {
			for _, status := range assess.InviteStatuses() {
				for _, on := range assess.OnDuplicates() {
					if got, want := w.inviteAgain(common, status, on), outcomes[status.Open()][on]; got != want {
						t.Errorf("%s in common with one that is %s, on duplicate %s: %s, want %s", common, status, on, got, want)
					}
				}
			}
		}
		w.wantCountsRight()
	})
}

// inviteAgain invites twice, and says what the second time came to.
func (w *world) inviteAgain(common string, status assess.InviteStatus, on assess.OnDuplicate) string {
	w.t.Helper()
	asm := w.published()
	n := wish(asm, "ana@example.com")
	n.External = "application of " + string(asm.ID)
	first, err := w.Invite(w.t.Context(), w.who(), n)
	w.must(err)
	w.bring(first.Invite, status)
	n.OnDuplicate = on
	if strings.Contains(common, "address") {
		n.Email = "ANA@example.com"
	} else {
		n.Email = "bea@example.com"
	}
	if !strings.Contains(common, "name") {
		n.External = ""
	}
	out, err := w.Invite(w.t.Context(), w.who(), n)
	switch {
	case err != nil:
		w.wantKind(err, assess.Conflict)
		if !strings.Contains(err.Error(), string(first.Invite.ID)) {
			w.t.Errorf("the refusal does not name the invite %s: %v", first.Invite.ID, err)
		}
		return refused
	case out.Found:
		if out.Invite.ID != first.Invite.ID {
			w.t.Errorf("%s was found, want %s", out.Invite.ID, first.Invite.ID)
		}
		w.wantSteps(first.Invite.ID, status)
		return found
	default:
		w.wantStory(out.Invite.ID, assess.InviteCreated)
		return made
	}
}

// wantSteps checks that nothing more has happened to an invite than what brought it into its status.
func (w *world) wantSteps(id assess.InviteID, status assess.InviteStatus) {
	w.t.Helper()
	if p := w.past(id); p.happened(assess.InviteCreated) != 1 || p.happened(assess.InviteResent) != 0 {
		w.t.Errorf("finding the invite that is %s left the events %v", status, p.Events)
	}
}

func TestAnInviteWithoutAMailComesWithItsLink(t *testing.T) {
	each(t, func(w *world) {
		n := wish(w.published(), "ana@example.com")
		n.Silent = true
		out, err := w.Invite(t.Context(), w.who(), n)
		w.must(err)
		w.work()
		if len(w.sender.Messages()) != 0 || w.detail(out.Invite.ID).Invite.Delivery != assess.MailNone {
			t.Errorf("%d mails; the delivery is %s", len(w.sender.Messages()), w.detail(out.Invite.ID).Invite.Delivery)
		}
		token := out.URL[strings.LastIndexByte(out.URL, '/')+1:]
		if got := w.landing(token).Invite.ID; got != out.Invite.ID {
			t.Errorf("%s leads to %s", out.URL, got)
		}
		n.OnDuplicate = assess.ReturnDuplicate
		if again, err := w.Invite(t.Context(), w.who(), n); err != nil || again.URL != out.URL {
			t.Errorf("found with the link %s, %v; want %s", again.URL, err, out.URL)
		}
		w.must(w.Resend(t.Context(), w.who(), out.Invite.ID))
		w.work()
		if len(w.sender.Messages()) != 1 || w.token() != token {
			t.Errorf("%d mails after sending it", len(w.sender.Messages()))
		}
	})
}

func TestTwoDuplicatesOnPurposeLiveBesideEachOther(t *testing.T) {
	each(t, func(w *world) {
		n := wish(w.published(), "ana@example.com")
		first, err := w.Invite(t.Context(), w.who(), n)
		w.must(err)
		n.OnDuplicate = assess.CreateDuplicate
		second, err := w.Invite(t.Context(), w.who(), n)
		w.must(err)
		w.bring(second.Invite, assess.Started)
		w.bring(first.Invite, assess.Accepted)
		n.OnDuplicate = assess.RefuseDuplicate
		_, err = w.Invite(t.Context(), w.who(), n)
		w.wantKind(err, assess.Conflict)
		w.bring(first.Invite, assess.Expired)
		_, err = w.Invite(t.Context(), w.who(), n) // the one that was started is open still
		w.wantKind(err, assess.Conflict)
		w.wantCountsRight()
	})
}

// Whoever loses learns of the invite that won, or has another one made when that is over already.
func TestOfManyWhoInviteTheSameOneWins(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		for round := range raceRounds / 3 {
			n := wish(asm, "person@example.com")
			n.External, n.OnDuplicate = "application "+string(rune('a'+round%26))+strings.Repeat("x", round/26), assess.ReturnDuplicate
			var outs [3]app.Invited
			var errs [3]error
			invite := func(i int) func() {
				return func() { outs[i], errs[i] = w.Invite(t.Context(), w.who(), n) }
			}
			race(invite(0), invite(1), invite(2))
			fresh := 0
			for i := range outs {
				w.must(errs[i])
				if !outs[i].Found {
					fresh++
				}
				if outs[i].Invite.ID != outs[0].Invite.ID {
					t.Fatalf("round %d: %s and %s", round, outs[i].Invite.ID, outs[0].Invite.ID)
				}
			}
			if fresh != 1 {
				t.Fatalf("round %d: %d were made", round, fresh)
			}
			w.must(w.Revoke(t.Context(), w.who(), outs[0].Invite.ID, false))
		}
		w.wantCountsRight()
	})
}
