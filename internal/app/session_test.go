package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

const (
	ownerEmail    = "owner@example.com"
	wrongPassword = "this is not the right one"
)

var anywhere = app.Client{Address: "203.0.113.9", UserAgent: "test"}

func (w *world) signIn(c app.Credentials) (app.SignedIn, error) {
	return w.SignIn(w.t.Context(), c, anywhere)
}

// enter signs the owner in.
func (w *world) enter() app.SignedIn {
	w.t.Helper()
	in, err := w.signIn(app.Credentials{Email: ownerEmail, Password: password})
	w.must(err)
	return in
}

// alive reports whether the session's secret still opens anything.
func (w *world) alive(token string) bool {
	w.t.Helper()
	_, err := w.Visit(w.t.Context(), token, anywhere)
	if err != nil {
		w.wantKind(err, assess.Unauthenticated)
	}
	return err == nil
}

func TestSigningInOpensASessionThatSigningOutEnds(t *testing.T) {
	each(t, func(w *world) {
		first, second := w.enter(), w.enter()
		if first.Token == second.Token || len(first.Token) < 43 {
			w.t.Errorf("secrets %q and %q", first.Token, second.Token)
		}
		v, err := w.Visit(w.t.Context(), first.Token, anywhere)
		w.must(err)
		if v.Member.ID != w.owner.ID || v.Organization.Name != "Example Ltd" || v.Session.Mode != assess.Live || v.Session.Address != "203.0.113.0/24" {
			w.t.Errorf("visit %+v", v)
		}
		w.must(w.SignOut(w.t.Context(), v))
		if w.alive(first.Token) || !w.alive(second.Token) {
			w.t.Error("signing out must end this session and no other")
		}
	})
}

func TestUnknownAddressesWrongPasswordsAndInvitedMembersGetTheSameAnswer(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.InviteMember(w.t.Context(), w.who(), "guest@example.com", assess.Viewer)
		w.must(err)
		_, want := w.signIn(app.Credentials{Email: ownerEmail, Password: wrongPassword})
		w.wantKind(want, assess.Unauthenticated)
		for _, c := range []app.Credentials{
			{Email: "nobody@example.com", Password: password},
			{Email: "guest@example.com", Password: password},
			{Email: "no address", Password: password},
			{},
			{Email: ownerEmail},
		} {
			if _, err := w.signIn(c); err == nil || err.Error() != want.Error() {
				w.t.Errorf("%+v: %v, want %v", c, err, want)
			}
		}
	})
}

func TestASessionEndsWithoutUseAndInAnyCaseAtItsLimit(t *testing.T) {
	each(t, func(w *world) {
		idle, used := w.enter(), w.enter()
		w.clock.advance(assess.SessionIdle - time.Second)
		if !w.alive(used.Token) {
			w.t.Fatal("over before it was idle for long enough")
		}
		w.clock.advance(time.Second)
		if w.alive(idle.Token) {
			w.t.Error("an idle session is still alive")
		}
		for range int(assess.SessionMax/assess.SessionIdle)*2 - 4 {
			w.clock.advance(assess.SessionIdle / 2)
			w.alive(used.Token)
		}
		if !w.alive(used.Token) {
			w.t.Error("a session in use ended early")
		}
		w.clock.advance(assess.SessionIdle - time.Second)
		if !w.alive(used.Token) {
			w.t.Error("a session in use ended before its limit")
		}
		w.clock.advance(time.Second)
		if w.alive(used.Token) {
			w.t.Error("a session outlived its limit")
		}
	})
}

// guess tries a wrong password until as many tries as wanted were looked at, waiting whenever they come too fast.
func (w *world) guess(email, device string, tries int) {
	w.t.Helper()
	for done := 0; done < tries; {
		_, err := w.signIn(app.Credentials{Email: email, Password: wrongPassword, Device: device})
		switch assess.KindOf(err) {
		case assess.Unauthenticated:
			done++
		case assess.RateLimited:
			if strings.Contains(err.Error(), "Forgotten password") {
				w.t.Fatalf("closed after %d tries, want %d", done, tries)
			}
			w.clock.advance(30 * time.Second)
		default:
			w.t.Fatal(err)
		}
	}
}

func TestAHundredFailuresCloseAnAccountToUnknownBrowsersUntilItsPasswordIsReset(t *testing.T) {
	each(t, func(w *world) {
		known := w.enter()
		for _, email := range []string{ownerEmail, "OWNER@example.com"} { // spelling does not give more tries
			w.guess(email, "", 50)
		}
		w.clock.advance(time.Hour)
		_, err := w.signIn(app.Credentials{Email: "Owner@EXAMPLE.com", Password: password})
		w.wantKind(err, assess.RateLimited)
		_, err = w.signIn(app.Credentials{Email: "Owner@example.com", Password: password, Device: known.Device})
		w.must(err)

		w.must(w.ForgotPassword(w.t.Context(), ownerEmail, anywhere))
		w.work()
		_, err = w.ResetPassword(w.t.Context(), w.token(), "another quite long sentence")
		w.must(err)
		_, err = w.signIn(app.Credentials{Email: ownerEmail, Password: "another quite long sentence"})
		w.must(err)
	})
}

func TestTriesAMinuteAreBoundForAnAccountAndForANetwork(t *testing.T) {
	each(t, func(w *world) {
		try := func(email, address string) error {
			_, err := w.SignIn(w.t.Context(), app.Credentials{Email: email, Password: wrongPassword}, app.Client{Address: address})
			return err
		}
		for i := range 5 {
			w.wantKind(try(ownerEmail, fmt.Sprintf("198.51.%d.1", i)), assess.Unauthenticated)
		}
		w.wantKind(try(ownerEmail, "198.51.9.1"), assess.RateLimited)
		for i := range 30 {
			w.wantKind(try(fmt.Sprintf("nobody%d@example.com", i), fmt.Sprintf("203.0.113.%d", i)), assess.Unauthenticated)
		}
		w.wantKind(try("nobody@example.com", "203.0.113.200"), assess.RateLimited)
	})
}

func TestADeviceMarkIsWorthNothingForAnotherAddress(t *testing.T) {
	each(t, func(w *world) {
		mark := w.enter().Device
		w.join("colleague@example.com", assess.Viewer)
		for range 5 {
			_, err := w.signIn(app.Credentials{Email: "colleague@example.com", Password: wrongPassword})
			w.wantKind(err, assess.Unauthenticated)
		}
		_, err := w.signIn(app.Credentials{Email: "colleague@example.com", Password: password, Device: mark})
		w.wantKind(err, assess.RateLimited)
	})
}

func TestMembersEndTheirOwnSessionsOnly(t *testing.T) {
	each(t, func(w *world) {
		w.join("colleague@example.com", assess.Admin)
		theirs, err := w.signIn(app.Credentials{Email: "colleague@example.com", Password: password})
		w.must(err)
		this, other := w.enter(), w.enter()
		v, err := w.Visit(w.t.Context(), this.Token, anywhere)
		w.must(err)
		their, err := w.Visit(w.t.Context(), theirs.Token, anywhere)
		w.must(err)
		w.wantKind(w.EndSession(w.t.Context(), v.Member, their.Session.ID), assess.NotFound)
		sessions, err := w.Sessions(w.t.Context(), v.Member)
		w.must(err)
		if len(sessions) != 2 {
			w.t.Errorf("%d sessions, want 2", len(sessions))
		}
		w.must(w.EndOtherSessions(w.t.Context(), v))
		if !w.alive(this.Token) || w.alive(other.Token) || !w.alive(theirs.Token) {
			w.t.Error("ending all others must end exactly those")
		}
	})
}

func TestTheModeIsOfOneSession(t *testing.T) {
	each(t, func(w *world) {
		this, other := w.enter(), w.enter()
		v, err := w.Visit(w.t.Context(), this.Token, anywhere)
		w.must(err)
		w.must(w.SwitchMode(w.t.Context(), v, assess.Test))
		w.wantKind(w.SwitchMode(w.t.Context(), v, "other"), assess.Invalid)
		for token, want := range map[string]assess.Mode{this.Token: assess.Test, other.Token: assess.Live} {
			v, err := w.Visit(w.t.Context(), token, anywhere)
			w.must(err)
			if v.Actor().Mode != want {
				w.t.Errorf("mode %s, want %s", v.Actor().Mode, want)
			}
		}
	})
}

// A session that begins with the old password while a new one is set must not survive.
func TestNoSessionOutlivesThePasswordThatOpenedIt(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.ForgotPassword(w.t.Context(), ownerEmail, anywhere))
		w.work()
		token := w.token()
		var all sync.WaitGroup
		opened := make([]app.SignedIn, 4)
		for i := range opened {
			all.Go(func() { opened[i], _ = w.signIn(app.Credentials{Email: ownerEmail, Password: password}) })
		}
		all.Go(func() {
			if _, err := w.ResetPassword(w.t.Context(), token, "another quite long sentence"); err != nil {
				w.t.Error(err)
			}
		})
		all.Wait()
		for _, in := range opened {
			if in.Token != "" && w.alive(in.Token) {
				w.t.Error("a session opened with the old password is alive")
			}
		}
	})
}

func TestSigningInWithTheRightPasswordIsNoTry(t *testing.T) {
	each(t, func(w *world) {
		for i := range 40 { // more than an account or a network may fail in a minute
			if _, err := w.SignIn(w.t.Context(), app.Credentials{Email: w.owner.Email, Password: password}, app.Client{Address: "192.0.2.7"}); err != nil {
				w.t.Fatalf("time %d: %v", i+1, err)
			}
		}
	})
}
