package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// meanwhile is long enough for what waits for nobody.
const meanwhile = 100 * time.Millisecond

// waits checks that fn does not end before the transaction in which this is called.
func (w *world) waits(fn func(context.Context) error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), meanwhile)
	defer cancel()
	if err := fn(ctx); !errors.Is(err, context.DeadlineExceeded) {
		w.t.Errorf("%v, want that it waits", err)
	}
}

// What is remembered of an invite is erased with it, so that nothing may be remembered later.
func TestErasingWaitsUntilAnAnswerAboutTheInviteIsRemembered(t *testing.T) {
	changeless := map[string]func(context.Context, *world, assess.Invite) error{
		"inviting whom is invited": func(ctx context.Context, w *world, inv assess.Invite) error {
			n := wish(assess.Assessment{ID: inv.Assessment}, inv.Email)
			n.OnDuplicate = assess.ReturnDuplicate
			out, err := w.Invite(ctx, w.who(), n)
			if !out.Found {
				w.t.Errorf("invited %+v", out.Invite)
			}
			return err
		},
		"revoking again": func(ctx context.Context, w *world, inv assess.Invite) error {
			return w.Revoke(ctx, w.who(), inv.ID, false)
		},
		"what is done before": func(ctx context.Context, w *world, inv assess.Invite) error {
			return w.HoldInvite(ctx, w.who(), inv.ID)
		},
	}
	t.Parallel()
	for name, do := range changeless {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				inv := w.invite(w.published(), "candidate@example.com")
				if name == "revoking again" {
					w.must(w.Revoke(w.t.Context(), w.who(), inv.ID, false))
				}
				erase := func(ctx context.Context) error {
					_, err := w.Erase(ctx, w.who(), inv.ID)
					return err
				}
				_, err := w.CarryOutOnce(w.t.Context(), w.who(), app.Once{Route: "r", Key: "k"}, func(ctx context.Context) (app.Reply, error) {
					err := do(ctx, w, inv)
					w.waits(erase)
					return app.Reply{Resource: string(inv.ID), Body: "of the candidate"}, err
				})
				w.must(err)
				w.must(erase(w.t.Context()))
				again, err := w.CarryOutOnce(w.t.Context(), w.who(), app.Once{Route: "r", Key: "k"}, func(context.Context) (app.Reply, error) {
					return app.Reply{}, nil
				})
				if err != nil || again.Replayed {
					w.t.Errorf("%+v, %v: it is remembered after erasing", again, err)
				}
			})
		})
	}
}
