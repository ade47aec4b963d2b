package app_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func (w *world) key(n assess.NewAPIKey) (assess.APIKey, string) {
	w.t.Helper()
	key, secret, err := w.CreateAPIKey(w.t.Context(), w.who(), n)
	w.must(err)
	return key, secret
}

func (w *world) wantMessage(err error, message string) {
	w.t.Helper()
	w.wantKind(err, assess.Unauthenticated)
	if err == nil || err.Error() != message {
		w.t.Errorf("message %v, want %q", err, message)
	}
}

func TestAKeyActsForItsOrganizationAndMode(t *testing.T) {
	each(t, func(w *world) {
		for _, mode := range []assess.Mode{assess.Live, assess.Test} {
			key, secret := w.key(assess.NewAPIKey{Name: "  Careers   site ", Mode: mode})
			who, perMinute, err := w.AuthenticateKey(w.t.Context(), secret)
			w.must(err)
			if who.Org != w.owner.Org || who.Mode != mode || who.Kind != assess.ByKey || perMinute != assess.StandardRate {
				w.t.Errorf("%+v at %d a minute", who, perMinute)
			}
			if key.Name != "Careers site" || key.Creator != "Olivia Owner" || !strings.HasPrefix(secret, key.Start) || len(key.Start) != len("ak_live_Ab12") {
				w.t.Errorf("key %+v", key)
			}
		}
	})
}

func TestKeysThatCannotBeUsedAreToldApartExactly(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		authenticate := func(secret string) error {
			_, _, err := w.AuthenticateKey(ctx, secret)
			return err
		}
		key, secret := w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live})
		_, short := w.key(assess.NewAPIKey{Name: "short", Mode: assess.Live, ExpiresInDays: 1})
		w.wantMessage(authenticate(""), "API key is required")
		w.wantMessage(authenticate("ak_live_nonsense"), "Invalid API key")
		w.wantMessage(authenticate(strings.Replace(secret, "live", "test", 1)), "Invalid API key")
		w.clock.advance(24*time.Hour - time.Second)
		w.must(authenticate(short))
		w.clock.advance(time.Second)
		w.wantMessage(authenticate(short), "API key has expired")
		w.must(w.RevokeAPIKey(ctx, w.who(), key.ID))
		w.wantMessage(authenticate(secret), "API key has been revoked")
		w.clock.advance(time.Hour)
		w.must(w.RevokeAPIKey(ctx, w.who(), key.ID))
		keys, err := w.APIKeys(ctx, w.who())
		w.must(err)
		for _, k := range keys {
			if k.ID == key.ID && !k.RevokedAt.Equal(w.clock.Now().Add(-time.Hour)) {
				w.t.Errorf("revoking again moved the time to %v", k.RevokedAt)
			}
		}
	})
}

func TestAKeyIsMadeOnceHoweverOftenTheFormIsSent(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		n := assess.NewAPIKey{Name: "k", Mode: assess.Live, Once: "form-1"}
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() {
				n := n
				if i%2 == 1 {
					n.Mode = assess.Test
				}
				_, _, errs[i] = w.CreateAPIKey(ctx, w.who(), n)
			})
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				w.wantKind(err, assess.Conflict)
			}
		}
		keys, err := w.APIKeys(ctx, w.who())
		w.must(err)
		if len(keys) != 1 {
			w.t.Errorf("%d keys, want 1", len(keys))
		}
		w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live, Once: "form-2"})
		stranger, err := w.CreateOrganization(ctx, newOwner())
		w.must(err)
		_, _, err = w.CreateAPIKey(ctx, stranger.Actor(assess.Live), n)
		w.must(err)
	})
}

func TestAKeysLimits(t *testing.T) {
	each(t, func(w *world) {
		w.key(assess.NewAPIKey{Name: strings.Repeat("n", 200), Mode: assess.Live, ExpiresInDays: assess.MaxKeyDays})
		for _, n := range []assess.NewAPIKey{
			{Name: strings.Repeat("n", 201), Mode: "other", ExpiresInDays: assess.MaxKeyDays + 1}, {Name: " ", ExpiresInDays: -1},
		} {
			_, _, err := w.CreateAPIKey(w.t.Context(), w.who(), n)
			w.wantProblems(err, "expiresInDays", "mode", "name")
		}
	})
}

func TestOnlyWhoMayManageKeysDoes(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		key, _ := w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live})
		recruiter := w.join("recruiter@example.com", assess.Recruiter).Actor(assess.Live)
		for _, who := range []assess.Actor{recruiter, key.Actor()} {
			_, _, err := w.CreateAPIKey(ctx, who, assess.NewAPIKey{Name: "k", Mode: assess.Live})
			w.wantKind(err, assess.Forbidden)
			_, err = w.APIKeys(ctx, who)
			w.wantKind(err, assess.Forbidden)
			_, err = w.APIKey(ctx, who, key.ID)
			w.wantKind(err, assess.Forbidden)
			_, err = w.KeyUsage(ctx, who, 30)
			w.wantKind(err, assess.Forbidden)
			_, _, err = w.RotateAPIKey(ctx, who, key.ID, assess.KeyRotation{})
			w.wantKind(err, assess.Forbidden)
			w.wantKind(w.RevokeAPIKey(ctx, who, key.ID), assess.Forbidden)
		}
		stranger, err := w.CreateOrganization(ctx, newOwner())
		w.must(err)
		w.wantKind(w.RevokeAPIKey(ctx, stranger.Actor(assess.Live), key.ID), assess.NotFound)
		_, err = w.APIKey(ctx, stranger.Actor(assess.Live), key.ID)
		w.wantKind(err, assess.NotFound)
		_, _, err = w.RotateAPIKey(ctx, stranger.Actor(assess.Live), key.ID, assess.KeyRotation{})
		w.wantKind(err, assess.NotFound)
	})
}

// givenUp is ctx for somebody who has stopped waiting.
func givenUp(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func TestAKeyIsRotatedAndTheOldOneWorksOnForAWhile(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		authenticate := func(secret string) error {
			_, _, err := w.AuthenticateKey(ctx, secret)
			return err
		}
		n := assess.NewAPIKey{Name: "ATS", Mode: assess.Test, ExpiresInDays: 90, Scopes: []assess.Scope{assess.ScopeReadInvites}}
		old, oldSecret := w.key(n)
		w.clock.advance(time.Hour)
		next, secret, err := w.RotateAPIKey(ctx, w.who(), old.ID, assess.KeyRotation{Overlap: 24 * time.Hour, Once: "form"})
		w.must(err)
		if next.Name != "ATS" || next.Replaces != old.ID || !slices.Equal(next.Scopes, n.Scopes) || next.Creator != "Olivia Owner" ||
			!next.ExpiresAt.Equal(w.clock.Now().AddDate(0, 0, 90)) || !strings.HasPrefix(secret, next.Start) {
			w.t.Errorf("the key that follows: %+v", next)
		}
		w.must(authenticate(secret))
		w.must(authenticate(oldSecret))
		for once, kind := range map[string]assess.Kind{"form": assess.Conflict, "another": assess.Conflict} {
			_, _, err := w.RotateAPIKey(ctx, w.who(), old.ID, assess.KeyRotation{Once: once})
			w.wantKind(err, kind)
		}
		w.must(authenticate(oldSecret)) // what was refused has ended nothing
		w.clock.advance(24 * time.Hour)
		w.wantMessage(authenticate(oldSecret), "API key has expired")

		_, last, err := w.RotateAPIKey(ctx, w.who(), next.ID, assess.KeyRotation{})
		w.must(err)
		w.must(authenticate(last))
		w.wantMessage(authenticate(secret), "API key has been revoked")
		_, _, err = w.RotateAPIKey(ctx, w.who(), next.ID, assess.KeyRotation{})
		w.wantKind(err, assess.Conflict)
		_, _, err = w.RotateAPIKey(ctx, w.who(), old.ID, assess.KeyRotation{Overlap: assess.MaxKeyOverlap + 1})
		w.wantProblems(err, "overlap")
	})
}

// Of several who rotate a key at the same time one gets another key.
func TestAKeyIsRotatedOnce(t *testing.T) {
	each(t, func(w *world) {
		old, _ := w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live})
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() {
				_, _, errs[i] = w.RotateAPIKey(w.t.Context(), w.who(), old.ID, assess.KeyRotation{Overlap: time.Hour})
			})
		}
		all.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else {
				w.wantKind(err, assess.Conflict)
			}
		}
		if made != 1 {
			w.t.Errorf("%d keys follow", made)
		}
	})
}

func TestUseIsCountedByDayAndRoute(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		key, _ := w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live})
		use := func(route string, n int, refused bool) {
			for range n {
				w.CountKeyUse(key.Actor(), app.KeyRequest{Route: route, At: w.clock.Now(), Refused: refused})
			}
		}
		use("GET /tags", 2, false)
		w.must(w.FlushKeyUsage(ctx))
		use("GET /tags", 1, true)
		use("POST /tags", 1, true)
		w.CountKeyUse(w.who(), app.KeyRequest{Route: "GET /tags", At: w.clock.Now()}) // a person
		if w.FlushKeyUsage(givenUp(ctx)) == nil {
			w.t.Error("written although the time was over")
		}
		w.must(w.FlushKeyUsage(ctx))
		w.clock.advance(24 * time.Hour)
		use("GET /tags", 5, false)
		w.must(w.FlushKeyUsage(ctx))
		uses, err := w.KeyUsage(ctx, w.who(), 2)
		w.must(err)
		of := func(day, route string, requests, refused int) app.KeyUse {
			return app.KeyUse{Org: key.Org, Key: key.ID, Day: day, Route: route, Requests: requests, Refused: refused}
		}
		today := of("2025-01-16", "GET /tags", 5, 0)
		want := []app.KeyUse{of("2025-01-15", "GET /tags", 3, 1), of("2025-01-15", "POST /tags", 1, 1), today}
		if diff := cmp.Diff(want, uses); diff != "" {
			w.t.Errorf("uses (-want +got):\n%s", diff)
		}
		uses, err = w.KeyUsage(ctx, w.who(), 1)
		w.must(err)
		if diff := cmp.Diff([]app.KeyUse{today}, uses); diff != "" {
			w.t.Errorf("uses today (-want +got):\n%s", diff)
		}
		got, err := w.APIKey(ctx, w.who(), key.ID)
		w.must(err)
		if !got.LastUsedAt.Equal(w.clock.Now()) || !got.ExposedAt.IsZero() {
			w.t.Errorf("last used %v, exposed %v", got.LastUsedAt, got.ExposedAt)
		}
	})
}
