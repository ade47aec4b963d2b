package app_test

import (
	"fmt"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// invited is an invite and the link that it was made with.
type invited struct {
	assess.Invite
	token string
}

// rivals are pairs of steps that act on the same invite at once, and how many of the two may succeed.
var rivals = map[string]struct {
	one, other       func(w *world, inv invited) error
	fewest, mostWins int
	check            func(w *world, inv invited, first, second error) string // what is wrong, if anything
}{
	"revoke and revoke":       {revoking, revoking, 2, 2, onceRevoked},
	"revoke and extend":       {revoking, extending, 1, 2, nothingAfterRevoking},
	"revoke and resend":       {revoking, resending, 1, 2, nothingAfterRevoking},
	"revoke and readdress":    {revoking, readdressing("b"), 1, 2, nothingAfterRevoking},
	"resend and resend":       {resending, resending, 1, 1, nil},
	"resend and readdress":    {resending, readdressing("b"), 2, 2, newestLinkAlone},
	"readdress and readdress": {readdressing("b"), readdressing("c"), 2, 2, newestLinkAlone},
	"extend and extend":       {extending, extending, 1, 1, nil},
	"extend and readdress":    {extending, readdressing("b"), 2, 2, newestLinkAlone},
	"accept and readdress":    {accepting, readdressing("b"), 1, 2, newestLinkAlone},
	"accept and revoke":       {accepting, revoking, 1, 2, nothingAfterRevoking},
	"mail and readdress":      {mailing, readdressing("b"), 2, 2, newestLinkAlone},
	"mail and revoke":         {mailing, revoking, 2, 2, onceRevoked},
	"invite and invite":       {invitingAgain, invitingAgain, 0, 0, nil},
	"change and change":       {changing("a"), changing("b"), 2, 2, changedAlike},
	"change and rename":       {changing("a"), renaming, 2, 2, bothChanged},
	"change and revoke":       {postponing, revoking, 1, 2, nothingAfterRevoking},
	"change and extend":       {postponing, extending, 1, 2, laterDeadline},
	"change and readdress":    {renaming, readdressing("b"), 2, 2, newestLinkAlone},
	"change and accept":       {renaming, accepting, 2, 2, nil},
	"claim and claim":         {claiming, claimingOther, 1, 1, nil},
}

func revoking(w *world, inv invited) error {
	return w.Revoke(w.t.Context(), w.who(), inv.ID, false)
}

func extending(w *world, inv invited) error {
	return w.Extend(w.t.Context(), w.who(), inv.ID, 60)
}

func resending(w *world, inv invited) error {
	return w.Resend(w.t.Context(), w.who(), inv.ID)
}

func readdressing(name string) func(*world, invited) error {
	return func(w *world, inv invited) error {
		return w.Readdress(w.t.Context(), w.who(), inv.ID, name+inv.Email, name)
	}
}

func accepting(w *world, inv invited) error {
	l, err := w.Landing(w.t.Context(), inv.token, "", phone)
	if err != nil {
		return err
	}
	return w.Accept(w.t.Context(), inv.token, app.Agreement{Ticked: true, Language: "en", Shown: l.NoticeSHA256}, phone)
}

func mailing(w *world, _ invited) error {
	w.work()
	return nil
}

func invitingAgain(w *world, inv invited) error {
	_, err := w.Invite(w.t.Context(), w.who(), wish(assess.Assessment{ID: inv.Assessment}, inv.Email))
	return err
}

func changing(to string) func(*world, invited) error {
	return func(w *world, inv invited) error {
		return w.change(inv.ID, assess.InviteUpdate{Message: &to, Metadata: &map[string]string{"by": to}})
	}
}

func renaming(w *world, inv invited) error {
	return w.change(inv.ID, assess.InviteUpdate{Name: new("Renamed")})
}

// postponing asks for a deadline that is a millisecond earlier than that of extending, and for something else besides.
func postponing(w *world, inv invited) error {
	return w.change(inv.ID, assess.InviteUpdate{ExpiresAt: new(w.clock.now.Add(60*24*time.Hour - time.Millisecond)), Name: new("Late")})
}

// claiming and claimingOther want one name for two invites.
func claiming(w *world, inv invited) error {
	return w.change(inv.ID, assess.InviteUpdate{External: new("name of " + string(inv.ID))})
}

func claimingOther(w *world, inv invited) error {
	n := wish(assess.Assessment{ID: inv.Assessment}, "other"+inv.Email)
	n.External = "name of " + string(inv.ID)
	_, err := w.Invite(w.t.Context(), w.who(), n)
	return err
}

// changedAlike checks that no change is half there.
func changedAlike(w *world, inv invited, _, _ error) string {
	if got := w.past(inv.ID); got.Invite.Message != got.Invite.Metadata["by"] || got.happened(assess.InviteChanged) != 2 {
		return fmt.Sprintf("the message is of %q, the metadata are of %q", got.Invite.Message, got.Invite.Metadata["by"])
	}
	return ""
}

// bothChanged checks that neither has undone what the other did.
func bothChanged(w *world, inv invited, _, _ error) string {
	if got := w.past(inv.ID).Invite; got.Message != "a" || got.Name != "Renamed" {
		return fmt.Sprintf("the message is %q, the name %q", got.Message, got.Name)
	}
	return ""
}

// laterDeadline checks that the later of two deadlines stands, and that of a change that came too late nothing does.
func laterDeadline(w *world, inv invited, change, _ error) string {
	got := w.past(inv.ID).Invite
	if want := w.clock.now.Add(60 * 24 * time.Hour); !got.ExpiresAt.Equal(want) {
		return fmt.Sprintf("the deadline is %s, want %s", got.ExpiresAt, want)
	}
	if (change == nil) != (got.Name == "Late") {
		return fmt.Sprintf("the name is %q", got.Name)
	}
	return ""
}

func onceRevoked(w *world, inv invited, _, _ error) string {
	if n := w.past(inv.ID).happened(assess.InviteRevoked); n != 1 {
		return fmt.Sprintf("revoked %d times", n)
	}
	return ""
}

// nothingAfterRevoking checks that the rival either came first or lost.
func nothingAfterRevoking(w *world, inv invited, _, _ error) string {
	events := w.past(inv.ID).Events
	if last := events[len(events)-1].Type; last != assess.InviteRevoked {
		return fmt.Sprintf("%s came after the revoking", last)
	}
	return ""
}

// newestLinkAlone checks that each mending of the address made a link of its own.
func newestLinkAlone(w *world, inv invited, _, _ error) string {
	p := w.past(inv.ID)
	if want := 1 + p.happened(assess.InviteReaddressed); p.Invite.TokenVersion != want {
		return fmt.Sprintf("the link has version %d, want %d", p.Invite.TokenVersion, want)
	}
	if _, err := w.Landing(w.t.Context(), inv.token, "", phone); p.Invite.TokenVersion > 1 && err == nil {
		return "the first link still opens"
	}
	return ""
}

func TestOfRivalStepsNoTwoWin(t *testing.T) {
	t.Parallel()
	for name, pair := range rivals {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				asm := w.published()
				for round := range raceRounds {
					inv := invited{Invite: w.invite(asm, fmt.Sprintf("person%d@example.com", round))}
					inv.token = w.linkToken(inv.ID)
					var first, second error
					race(func() { first = pair.one(w, inv) }, func() { second = pair.other(w, inv) })
					wins := 0
					for _, err := range []error{first, second} {
						if err == nil {
							wins++
						} else if assess.KindOf(err) == "" {
							t.Fatalf("round %d: %v", round, err)
						}
					}
					if wins < pair.fewest || wins > pair.mostWins {
						t.Fatalf("round %d: %d won: %v and %v", round, wins, first, second)
					}
					if pair.check == nil {
						continue
					}
					if wrong := pair.check(w, inv, first, second); wrong != "" {
						t.Fatalf("round %d: %s (%v and %v)", round, wrong, first, second)
					}
				}
				w.wantCountsRight()
			})
		})
	}
}

// wantCountsRight compares the counts that are kept with what counting finds.
func (w *world) wantCountsRight() {
	w.t.Helper()
	kept, err := w.InviteCounts(w.t.Context(), w.who(), assess.InviteFilter{})
	w.must(err)
	counted, err := w.InviteCounts(w.t.Context(), w.who(), assess.InviteFilter{Search: "@"})
	w.must(err)
	for _, status := range assess.InviteStatuses() {
		if kept[status] != counted[status] {
			w.t.Errorf("%d are kept as %s, %d are", kept[status], status, counted[status])
		}
	}
}
