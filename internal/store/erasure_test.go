package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// meanwhile is long enough for what waits for nobody.
const meanwhile = 100 * time.Millisecond

// waits checks that a transaction of fn does not end before that in which this is called.
func (w *world) waits(fn func(tx *store.Tx) error) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), meanwhile)
	defer cancel()
	if err := w.db.Tx(ctx, fn); !errors.Is(err, context.DeadlineExceeded) {
		w.Errorf("%v, want that it waits", err)
	}
}

func TestErasingWaitsForAttemptsThatAreBeingWrittenDown(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.invite(newInvite(w.assessment(w.org(), "Go"), "candidate@example.com"))
		hook := assess.Webhook{ID: newID[assess.WebhookID](), Org: inv.Org, Mode: inv.Mode, State: assess.WebhookEnabled}
		d := assess.WebhookDelivery{
			ID: newID[assess.DeliveryID](), Org: inv.Org, Mode: inv.Mode, Webhook: hook.ID, Event: newID[assess.EventID](), Invite: inv.ID,
			State: assess.DeliveryPending,
		}
		w.tx(func(tx *store.Tx) error { return errors.Join(tx.InsertWebhook(hook), tx.InsertDelivery(d)) })
		erase := func(tx *store.Tx) error { return tx.EraseTraces(inv.Org, inv.ID) }
		w.tx(func(tx *store.Tx) error {
			err := tx.InsertAttempt(d, assess.DeliveryAttempt{Response: "of the candidate"})
			w.waits(erase)
			return err
		})
		w.tx(erase)
		same(w, "", func(tx *store.Tx) (string, error) {
			attempts, err := tx.Attempts(inv.Org, d.ID)
			return attempts[0].Response, err
		})
	})
}
