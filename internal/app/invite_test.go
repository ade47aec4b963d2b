package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// detail reads the invite as a member sees it.
func (w *world) detail(id assess.InviteID) app.InviteDetail {
	w.t.Helper()
	d, err := w.InviteTimeline(w.t.Context(), w.who(), id)
	w.must(err)
	return d
}

// story lists the types of an invite's events.
func (w *world) story(id assess.InviteID) (types []assess.EventType) {
	w.t.Helper()
	for _, e := range w.detail(id).Events {
		types = append(types, e.Type)
	}
	return types
}

func (w *world) wantStory(id assess.InviteID, want ...assess.EventType) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.story(id)); diff != "" {
		w.t.Errorf("events (-want +got):\n%s", diff)
	}
}

func (w *world) wantDelivery(id assess.InviteID, want assess.Delivery) {
	w.t.Helper()
	if got := w.detail(id).Invite.Delivery; got != want {
		w.t.Errorf("the mail is %s, want %s", got, want)
	}
}

func TestAnInviteMailsTheLinkThatOpensIt(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.wantDelivery(inv.ID, assess.MailQueued)
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteSent)
		if got := w.landing(w.token()); got.Invite.ID != inv.ID || got.Status != assess.Pending {
			t.Errorf("the link leads to %s, which is %s", got.Invite.ID, got.Status)
		}
		link, err := w.InviteURL(t.Context(), w.who(), inv.ID)
		w.must(err)
		if m := w.sender.Messages()[0]; !strings.Contains(m.Text, link) || !strings.Contains(m.HTML, link) {
			t.Errorf("the mail does not hold the link %s", link)
		}
	})
}

func TestOneAddressHasOneOpenInviteToAnAssessment(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		inv := w.invite(asm, "ana@example.com")
		_, err := w.Invite(t.Context(), w.who(), wish(asm, "ANA@example.com"))
		w.wantKind(err, assess.Conflict)
		if open, err := w.OpenInvite(t.Context(), w.who(), asm.ID, "ANA@example.com"); err != nil || open != inv.ID {
			t.Errorf("the open invite is %q, %v; want %s", open, err, inv.ID)
		}
		w.invite(w.published(), "ana@example.com") // another assessment is another matter
		w.must(w.Revoke(t.Context(), w.who(), inv.ID, false))
		w.invite(asm, "ana@example.com")
	})
}

func TestAnExpiredInviteDoesNotStandInTheWay(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		old := w.invite(asm, "ana@example.com")
		w.clock.advance(30 * 24 * time.Hour)
		young := w.invite(asm, "ana@example.com")
		if got := w.detail(old.ID); got.Status != assess.Expired || got.Invite.Stored != assess.Expired {
			t.Errorf("the old invite is %s, stored as %s", got.Status, got.Invite.Stored)
		}
		w.wantKind(w.Extend(t.Context(), w.who(), old.ID, 7), assess.Conflict)
		w.must(w.Revoke(t.Context(), w.who(), young.ID, false))
		w.must(w.Extend(t.Context(), w.who(), old.ID, 7))
		if got := w.detail(old.ID).Status; got != assess.Pending {
			t.Errorf("the extended invite is %s", got)
		}
		w.wantStory(old.ID, assess.InviteCreated, assess.InviteExpired, assess.InviteExtended)
	})
}

func TestAnInviteExpiredAtItsDeadlineWheneverThatIsWrittenDown(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		inv := w.invite(asm, "ana@example.com")
		w.clock.advance(40 * 24 * time.Hour)
		w.invite(asm, "ana@example.com") // makes room for itself
		events := w.detail(inv.ID).Events
		if last := events[len(events)-1]; last.Type != assess.InviteExpired || !last.At.Equal(inv.ExpiresAt) {
			t.Errorf("%s at %s, want it expired at %s", last.Type, last.At, inv.ExpiresAt)
		}
	})
}

func TestExtendingMovesTheDeadlineOnlyForward(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.wantKind(w.Extend(t.Context(), w.who(), inv.ID, 29), assess.Invalid)
		w.must(w.Extend(t.Context(), w.who(), inv.ID, 31))
		if got, want := w.detail(inv.ID).Invite.ExpiresAt, inv.ExpiresAt.Add(24*time.Hour); !got.Equal(want) {
			t.Errorf("the deadline is %s, want %s", got, want)
		}
	})
}

func TestAResentMailRepeatsTheLinkOnceAMinute(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		first := w.token()
		w.must(w.Resend(t.Context(), w.who(), inv.ID))
		w.wantKind(w.Resend(t.Context(), w.who(), inv.ID), assess.RateLimited)
		w.work()
		sent := w.sender.Messages()
		if len(sent) != 2 || w.token() != first || sent[0].MessageID == sent[1].MessageID {
			t.Errorf("%d mails; the links are %s and %s", len(sent), first, w.token())
		}
		w.clock.advance(time.Minute)
		w.must(w.Resend(t.Context(), w.who(), inv.ID))
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteSent, assess.InviteResent, assess.InviteSent, assess.InviteResent)
	})
}

func TestMendingTheAddressMakesTheOldLinkUnknown(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@exmaple.com")
		w.work()
		old := w.token()
		w.must(w.Readdress(t.Context(), w.who(), inv.ID, "ana@example.com", "Ana"))
		w.work()
		if _, err := w.Landing(t.Context(), old, "", phone); assess.KindOf(err) != assess.NotFound {
			t.Errorf("the old link answers %v", err)
		}
		if got := w.landing(w.token()).Invite; got.ID != inv.ID || got.Email != "ana@example.com" || got.Name != "Ana" {
			t.Errorf("the new link leads to %+v", got)
		}
	})
}

func TestAMendedAddressGetsOneMail(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@exmaple.com")
		w.must(w.Readdress(t.Context(), w.who(), inv.ID, "ana@example.com", ""))
		w.work()
		if sent := w.sender.Messages(); len(sent) != 1 || sent[0].To.Address != "ana@example.com" {
			t.Errorf("sent %d mails: %+v", len(sent), sent)
		}
		w.wantDelivery(inv.ID, assess.MailSent)
	})
}

func TestARevokedInviteIsNotMailed(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.must(w.Revoke(t.Context(), w.who(), inv.ID, false))
		w.work()
		if n := len(w.sender.Messages()); n != 0 {
			t.Errorf("%d mails were sent", n)
		}
		w.wantDelivery(inv.ID, assess.MailCanceled)
		w.wantKind(w.Resend(t.Context(), w.who(), inv.ID), assess.Conflict)
		w.wantKind(w.Readdress(t.Context(), w.who(), inv.ID, "b@example.com", ""), assess.Conflict)
		w.must(w.Revoke(t.Context(), w.who(), inv.ID, false)) // again it changes nothing
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteRevoked)
	})
}

func TestAKeyOfTheCallerInvitesOnce(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		once := app.Once{Route: "POST /x", Key: "k", Fingerprint: "f"}
		call := func(email string) (app.Reply, error) {
			return w.CarryOutOnce(t.Context(), w.who(), once, func(ctx context.Context) (app.Reply, error) {
				out, err := w.Invite(ctx, w.who(), wish(asm, email))
				return app.Reply{Resource: string(out.Invite.ID), Status: 201, Body: "made " + string(out.Invite.ID)}, err
			})
		}
		_, err := call("nobody")
		w.wantKind(err, assess.Invalid) // and is not remembered
		first, err := call("ana@example.com")
		w.must(err)
		again, err := call("ana@example.com")
		w.must(err)
		if first.Replayed || !again.Replayed || again.Status != 201 || again.Body != first.Body || again.Resource != first.Resource {
			t.Errorf("the second call answers %+v, the first %+v", again, first)
		}
		once.Fingerprint = "other"
		_, err = call("bea@example.com")
		w.wantKind(err, assess.Reused)
		w.work()
		if n := len(w.sender.Messages()); n != 1 {
			t.Errorf("%d mails were sent", n)
		}
	})
}

func TestAFormSentTwiceInvitesOnceAndAMendedOneAgain(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		send := func(email string) assess.InviteID {
			id, err := w.InviteOnce(t.Context(), w.who(), wish(asm, email), "form-1")
			w.must(err)
			return id
		}
		first := send("ana@example.com")
		if again := send("ana@example.com"); again != first {
			t.Errorf("the second click made %s beside %s", again, first)
		}
		if other := send("bea@example.com"); other == first {
			t.Error("another address got the first one's invite")
		}
	})
}

func TestAListIsInvitedOnceAndInOrder(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.invite(asm, "person3@example.com")
		wishes := make([]assess.NewInvite, 40)
		for i := range wishes {
			wishes[i] = wish(asm, fmt.Sprintf("person%d@example.com", i))
		}
		first, err := w.InviteMany(t.Context(), w.who(), "list", wishes)
		w.must(err)
		again, err := w.InviteMany(t.Context(), w.who(), "list", wishes)
		w.must(err)
		for i, r := range first {
			if (r.Problem != nil) != (i == 3) {
				t.Errorf("row %d: %v", i, r.Problem)
			}
			if r.New.Email != wishes[i].Email || r.Invite != again[i].Invite {
				t.Errorf("row %d became %+v, and %+v when sent again", i, r, again[i])
			}
		}
		if counts, err := w.InviteCounts(t.Context(), w.who(), assess.InviteFilter{}); err != nil || counts[assess.Pending] != 40 {
			t.Errorf("counts %v, %v; want 40 pending", counts, err)
		}
	})
}

func TestAListLongerThanAllowedIsRefused(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.InviteMany(t.Context(), w.who(), "", make([]assess.NewInvite, app.MaxBatch+1))
		w.wantKind(err, assess.TooLarge)
	})
}

func TestCheckingAListTellsWhatEachRowLacks(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.invite(asm, "open@example.com")
		emails := []string{"good@example.com", "nonsense", "open@example.com", "GOOD@example.com"}
		wishes := make([]assess.NewInvite, len(emails))
		for i, email := range emails {
			wishes[i] = wish(asm, email)
		}
		rows, err := w.CheckInvites(t.Context(), w.who(), asm.ID, wishes)
		w.must(err)
		want := []string{"", "must be a valid email address", "There is an open invite already (pending).", "The same address is in row 1."}
		for i, r := range rows {
			if got := fmt.Sprint(r.Problem); want[i] == "" && r.Problem != nil || !strings.Contains(got, want[i]) {
				t.Errorf("row %d: %v, want %q", i+1, r.Problem, want[i])
			}
		}
		w.work()
		if n := len(w.sender.Messages()); n != 1 {
			t.Errorf("checking sent %d mails", n-1)
		}
	})
}

func TestOnlyWhoMayInviteChangesInvites(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		inv := w.invite(asm, "ana@example.com")
		viewer := assess.Actor{Org: w.owner.Org, Mode: assess.Live, Kind: assess.ByMember, Role: assess.Viewer}
		ctx := t.Context()
		for name, try := range map[string]func() error{
			"invite":    func() error { _, err := w.Invite(ctx, viewer, wish(asm, "b@example.com")); return err },
			"many":      func() error { _, err := w.InviteMany(ctx, viewer, "", nil); return err },
			"check":     func() error { _, err := w.CheckInvites(ctx, viewer, asm.ID, nil); return err },
			"preview":   func() error { _, err := w.PreviewInvite(ctx, viewer, wish(asm, "b@example.com")); return err },
			"link":      func() error { _, err := w.InviteURL(ctx, viewer, inv.ID); return err },
			"revoke":    func() error { return w.Revoke(ctx, viewer, inv.ID, true) },
			"extend":    func() error { return w.Extend(ctx, viewer, inv.ID, 60) },
			"resend":    func() error { return w.Resend(ctx, viewer, inv.ID) },
			"readdress": func() error { return w.Readdress(ctx, viewer, inv.ID, "b@example.com", "") },
			"tag":       func() error { return w.TagInvite(ctx, viewer, inv.ID, nil) },
		} {
			if err := try(); assess.KindOf(err) != assess.Forbidden {
				t.Errorf("%s: %v, want forbidden", name, err)
			}
		}
	})
}
