package app_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// join makes a colleague who can sign in.
func (w *world) join(email string, role assess.Role) assess.Member {
	w.t.Helper()
	_, err := w.InviteMember(w.t.Context(), w.who(), email, role)
	w.must(err)
	w.work()
	m, err := w.Join(w.t.Context(), w.token(), "Robin", "Colleague", password)
	w.must(err)
	return m
}

// wantProblems checks which fields an Invalid error names.
func (w *world) wantProblems(err error, fields ...string) {
	w.t.Helper()
	var e *assess.Error
	if !errors.As(err, &e) || e.Kind != assess.Invalid {
		w.t.Errorf("error %v, want problems with %v", err, fields)
		return
	}
	var got []string
	for _, p := range e.Problems {
		got = append(got, p.Field)
	}
	slices.Sort(got)
	if diff := cmp.Diff(fields, slices.Compact(got)); diff != "" {
		w.t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestAnInvitationMakesAMemberOnceWithinItsTime(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		m, err := w.InviteMember(ctx, w.who(), "Guest@EXAMPLE.com", assess.Recruiter)
		w.must(err)
		if m.Email != "Guest@example.com" || m.Joined() {
			w.t.Errorf("invited %+v", m)
		}
		_, err = w.Member(ctx, w.who(), m.ID)
		w.wantKind(err, assess.NotFound) // the public list knows joined members only
		w.work()
		first := w.token()
		w.must(w.ReinviteMember(ctx, w.who(), m.ID))
		w.work()
		second := w.token()
		_, err = w.Join(ctx, first, "Gina", "Guest", password)
		w.wantKind(err, assess.NotFound)
		w.clock.advance(assess.JoinTokenLife - time.Second)
		_, _, err = w.Joining(ctx, second)
		w.must(err)
		joined, err := w.Join(ctx, second, " Gina  G. ", "Guest", password)
		w.must(err)
		if joined.Name() != "Gina G. Guest" || joined.Role != assess.Recruiter {
			w.t.Errorf("joined %+v", joined)
		}
		_, err = w.Join(ctx, second, "Gina", "Guest", password)
		w.wantKind(err, assess.NotFound)
		w.wantKind(w.ReinviteMember(ctx, w.who(), m.ID), assess.Conflict)
	})
}

func TestAnInvitationEnds(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.InviteMember(w.t.Context(), w.who(), "guest@example.com", assess.Recruiter)
		w.must(err)
		w.work()
		token := w.token()
		w.clock.advance(assess.JoinTokenLife)
		_, _, err = w.Joining(w.t.Context(), token)
		w.wantKind(err, assess.NotFound)
	})
}

func TestAnAddressIsInvitedOnce(t *testing.T) {
	each(t, func(w *world) {
		for _, email := range []string{ownerEmail, "OWNER@example.com"} {
			_, err := w.InviteMember(w.t.Context(), w.who(), email, assess.Viewer)
			w.wantKind(err, assess.Conflict)
		}
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() { _, errs[i] = w.InviteMember(w.t.Context(), w.who(), "guest@example.com", assess.Viewer) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				w.wantKind(err, assess.Conflict)
			}
		}
		if won != 1 {
			w.t.Errorf("%d of four invitations of one address won", won)
		}
	})
}

func TestInvitingAndJoiningNameTheirProblems(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		_, err := w.InviteMember(ctx, w.who(), "nobody", "chief")
		w.wantProblems(err, "email", "role")
		local := strings.Repeat("l", 64)
		_, err = w.InviteMember(ctx, w.who(), local+"l@example.com", assess.Viewer)
		w.wantProblems(err, "email")
		_, err = w.InviteMember(ctx, w.who(), local+"@example.com", assess.Viewer)
		w.must(err)
		w.work()
		token := w.token()
		for _, bad := range []struct {
			first, last, password string
			problems              []string
		}{
			{"", " ", "too short", []string{"firstName", "lastName", "password"}},
			{strings.Repeat("f", 201), strings.Repeat("l", 201), strings.Repeat("p w", 67), []string{"firstName", "lastName", "password"}},
			{"visit evil.com", "Guest", "Example Ltd 12345", []string{"firstName", "password"}},
			{"Gina", "Guest\u202e", "aaaaaaaaaaaaaaaaaaaa", []string{"lastName", "password"}},
		} {
			_, err := w.Join(ctx, token, bad.first, bad.last, bad.password)
			w.wantProblems(err, bad.problems...)
		}
		_, err = w.Join(ctx, token, strings.Repeat("f", 200), strings.Repeat("l", 200), "fifteen letters"[:15])
		w.must(err)
	})
}

func TestAForgottenPasswordIsMailedToMembersOnlyAndSetOnce(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		_, err := w.InviteMember(ctx, w.who(), "guest@example.com", assess.Viewer)
		w.must(err)
		w.work()
		mails := len(w.sender.Messages())
		for _, email := range []string{"nobody@example.com", "guest@example.com", "no address", ""} {
			w.must(w.ForgotPassword(ctx, email, anywhere))
		}
		w.work()
		if sent := len(w.sender.Messages()); sent != mails {
			w.t.Errorf("%d mails were sent", sent-mails)
		}
		old := w.enter()
		w.must(w.ForgotPassword(ctx, "OWNER@example.com", anywhere))
		w.work()
		token := w.token()
		_, err = w.ResetPassword(ctx, token, "too short")
		w.wantProblems(err, "password")
		if !w.alive(old.Token) {
			w.t.Error("asking for a new password ended a session")
		}
		_, err = w.ResetPassword(ctx, token, "another quite long sentence")
		w.must(err)
		if w.alive(old.Token) {
			w.t.Error("a session outlived the password")
		}
		_, err = w.ResetPassword(ctx, token, "a third quite long sentence")
		w.wantKind(err, assess.NotFound)
	})
}

func TestAResetLinkEndsAfterHalfAnHourOrWhenReplaced(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.must(w.ForgotPassword(ctx, ownerEmail, anywhere))
		w.work()
		first := w.token()
		w.must(w.ForgotPassword(ctx, ownerEmail, anywhere))
		w.work()
		second := w.token()
		_, _, err := w.Resetting(ctx, first)
		w.wantKind(err, assess.NotFound)
		w.clock.advance(assess.ResetTokenLife - time.Second)
		_, _, err = w.Resetting(ctx, second)
		w.must(err)
		w.clock.advance(time.Second)
		_, _, err = w.Resetting(ctx, second)
		w.wantKind(err, assess.NotFound)
		_, _, err = w.Joining(ctx, second)
		w.wantKind(err, assess.NotFound) // a token serves its own purpose only
	})
}

func TestNobodyIsFloodedWithResetMails(t *testing.T) {
	each(t, func(w *world) {
		for range 10 {
			w.must(w.ForgotPassword(w.t.Context(), ownerEmail, anywhere))
		}
		w.work()
		if sent := len(w.sender.Messages()); sent != 2 {
			w.t.Errorf("%d mails in one minute, want 2", sent)
		}
	})
}

func TestChangingOnesPasswordNeedsTheCurrentOneAndRenewsTheSession(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		this, other := w.enter(), w.enter()
		v, err := w.Visit(ctx, this.Token, anywhere)
		w.must(err)
		_, err = w.ChangePassword(ctx, v, wrongPassword, "another quite long sentence", anywhere)
		w.wantProblems(err, "current")
		_, err = w.ChangePassword(ctx, v, password, "too short", anywhere)
		w.wantProblems(err, "password")
		next, err := w.ChangePassword(ctx, v, password, "another quite long sentence", anywhere)
		w.must(err)
		if w.alive(this.Token) || w.alive(other.Token) || !w.alive(next.Token) {
			w.t.Error("the new session, and only it, must be alive")
		}
		_, err = w.signIn(app.Credentials{Email: ownerEmail, Password: password})
		w.wantKind(err, assess.Unauthenticated)
	})
}

func TestARoleChangeOrRemovalSignsTheMemberOutAtOnce(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		m := w.join("colleague@example.com", assess.Admin)
		in, err := w.signIn(app.Credentials{Email: m.Email, Password: password})
		w.must(err)
		w.must(w.SetRole(ctx, w.who(), m.ID, assess.Admin))
		if !w.alive(in.Token) {
			w.t.Error("no change signed the member out")
		}
		w.must(w.SetRole(ctx, w.who(), m.ID, assess.Viewer))
		if w.alive(in.Token) {
			w.t.Error("the session outlived the role")
		}
		in, err = w.signIn(app.Credentials{Email: m.Email, Password: password})
		w.must(err)
		w.must(w.RemoveMember(ctx, w.who(), m.ID))
		if w.alive(in.Token) {
			w.t.Error("the session outlived the member")
		}
		_, err = w.signIn(app.Credentials{Email: m.Email, Password: password})
		w.wantKind(err, assess.Unauthenticated)
		w.wantKind(w.RemoveMember(ctx, w.who(), m.ID), assess.NotFound)
		w.join(m.Email, assess.Viewer) // the address is free again
	})
}

func TestOnlyOwnersMakeAndUnmakeOwners(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		admin := w.join("admin@example.com", assess.Admin).Actor(assess.Live)
		other := w.join("other@example.com", assess.Viewer)
		w.wantKind(w.SetRole(ctx, admin, other.ID, assess.Owner), assess.Forbidden)
		w.wantKind(w.SetRole(ctx, admin, w.owner.ID, assess.Viewer), assess.Forbidden)
		w.wantKind(w.RemoveMember(ctx, admin, w.owner.ID), assess.Forbidden)
		_, err := w.InviteMember(ctx, admin, "chief@example.com", assess.Owner)
		w.wantKind(err, assess.Forbidden)
		w.must(w.SetRole(ctx, admin, other.ID, assess.Recruiter))
		w.wantProblems(w.SetRole(ctx, admin, other.ID, "chief"), "role")
		w.must(w.SetRole(ctx, w.who(), other.ID, assess.Owner))
	})
}

func TestRolesWithoutThePermissionManageNobody(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		for _, role := range []assess.Role{assess.Recruiter, assess.Grader, assess.Viewer} {
			who := w.join(string(role)+"@example.com", role).Actor(assess.Live)
			_, err := w.InviteMember(ctx, who, "guest@example.com", assess.Viewer)
			w.wantKind(err, assess.Forbidden)
			w.wantKind(w.SetRole(ctx, who, w.owner.ID, assess.Viewer), assess.Forbidden)
			w.wantKind(w.RemoveMember(ctx, who, w.owner.ID), assess.Forbidden)
			w.wantKind(w.ReinviteMember(ctx, who, w.owner.ID), assess.Forbidden)
		}
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		_, err := w.InviteMember(ctx, w.who(), "invited@example.com", assess.Owner) // who has not joined does not count
		w.must(err)
		w.wantKind(w.SetRole(ctx, w.who(), w.owner.ID, assess.Admin), assess.Conflict)
		w.wantKind(w.RemoveMember(ctx, w.who(), w.owner.ID), assess.Conflict)
	})
}

func TestTwoOwnersWhoDemoteEachOtherLeaveOne(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		a, b := w.owner, w.join("second@example.com", assess.Owner)
		for range 40 { // enough for the race to be lost without the lock
			var all sync.WaitGroup
			errs := make([]error, 2)
			all.Go(func() { errs[0] = w.SetRole(ctx, a.Actor(assess.Live), b.ID, assess.Admin) })
			all.Go(func() { errs[1] = w.SetRole(ctx, b.Actor(assess.Live), a.ID, assess.Admin) })
			all.Wait()
			left := w.owners()
			if len(left) != 1 {
				w.t.Fatalf("%d owners are left: %v", len(left), errs)
			}
			for _, m := range []assess.Member{a, b} {
				w.must(w.SetRole(ctx, left[0].Actor(assess.Live), m.ID, assess.Owner))
			}
		}
	})
}

func (w *world) owners() (owners []assess.Member) {
	w.t.Helper()
	all, err := w.AllMembers(w.t.Context(), w.who())
	w.must(err)
	for _, m := range all {
		if m.Role == assess.Owner && m.Joined() {
			owners = append(owners, m)
		}
	}
	return owners
}

// Saving one's name writes the whole member: it must not bring back a role that is just being taken away.
func TestSavingANameDoesNotBringBackARole(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		m := w.join("colleague@example.com", assess.Admin)
		in, err := w.signIn(app.Credentials{Email: m.Email, Password: password})
		w.must(err)
		v, err := w.Visit(ctx, in.Token, anywhere)
		w.must(err)
		for range 10 {
			w.must(w.SetRole(ctx, w.who(), m.ID, assess.Admin))
			var all sync.WaitGroup
			all.Go(func() { _ = w.SetRole(ctx, w.who(), m.ID, assess.Viewer) })
			all.Go(func() { _ = w.UpdateProfile(ctx, v, "Robin", "Renamed") })
			all.Wait()
			if got, err := w.Member(ctx, w.who(), m.ID); err != nil || got.Role != assess.Viewer {
				w.t.Fatalf("role %s, %v", got.Role, err)
			}
		}
	})
}

func TestAProfileNeedsANameWithinLimits(t *testing.T) {
	each(t, func(w *world) {
		v, err := w.Visit(w.t.Context(), w.enter().Token, anywhere)
		w.must(err)
		w.must(w.UpdateProfile(w.t.Context(), v, strings.Repeat("f", 200), strings.Repeat("l", 200)))
		w.wantProblems(w.UpdateProfile(w.t.Context(), v, strings.Repeat("f", 201), ""), "firstName", "lastName")
	})
}

func TestAnotherOrganizationsMembersDoNotExist(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		n := newOwner()
		stranger, err := w.CreateOrganization(ctx, n)
		w.must(err)
		w.wantKind(w.SetRole(ctx, w.who(), stranger.ID, assess.Viewer), assess.NotFound)
		w.wantKind(w.RemoveMember(ctx, w.who(), stranger.ID), assess.NotFound)
		w.wantKind(w.ReinviteMember(ctx, w.who(), stranger.ID), assess.NotFound)
		_, err = w.Member(ctx, w.who(), stranger.ID)
		w.wantKind(err, assess.NotFound)
		all, err := w.AllMembers(ctx, w.who())
		w.must(err)
		if len(all) != 1 {
			w.t.Errorf("%d members are listed, want 1", len(all))
		}
	})
}
