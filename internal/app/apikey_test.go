package app_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

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
			_, err = w.KeyUsage(ctx, who, 30)
			w.wantKind(err, assess.Forbidden)
			w.wantKind(w.RevokeAPIKey(ctx, who, key.ID), assess.Forbidden)
		}
		stranger, err := w.CreateOrganization(ctx, newOwner())
		w.must(err)
		w.wantKind(w.RevokeAPIKey(ctx, stranger.Actor(assess.Live), key.ID), assess.NotFound)
	})
}

// givenUp is ctx for somebody who has stopped waiting.
func givenUp(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func TestUseIsCountedByDay(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		key, secret := w.key(assess.NewAPIKey{Name: "k", Mode: assess.Live})
		use := func(n int) {
			for range n {
				_, _, err := w.AuthenticateKey(ctx, secret)
				w.must(err)
			}
		}
		use(2)
		w.must(w.FlushKeyUsage(ctx))
		use(1)
		if w.FlushKeyUsage(givenUp(ctx)) == nil {
			w.t.Error("written although the time was over")
		}
		w.must(w.FlushKeyUsage(ctx))
		w.clock.advance(24 * time.Hour)
		use(5)
		w.must(w.FlushKeyUsage(ctx))
		uses, err := w.KeyUsage(ctx, w.who(), 2)
		w.must(err)
		if len(uses) != 2 || uses[0].Day != "2025-01-15" || uses[0].Requests != 3 || uses[1].Requests != 5 || uses[1].Key != key.ID {
			w.t.Errorf("uses %+v", uses)
		}
		uses, err = w.KeyUsage(ctx, w.who(), 1)
		w.must(err)
		if len(uses) != 1 || uses[0].Day != "2025-01-16" {
			w.t.Errorf("uses today %+v", uses)
		}
		keys, err := w.APIKeys(ctx, w.who())
		w.must(err)
		if !keys[0].LastUsedAt.Equal(w.clock.Now()) {
			w.t.Errorf("last used %v", keys[0].LastUsedAt)
		}
	})
}
