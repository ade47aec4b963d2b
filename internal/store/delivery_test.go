package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// onTheWay adds an event about an invite that is on its way to a webhook.
func (w *world) onTheWay(hook assess.Webhook, invite assess.InviteID) assess.WebhookDelivery {
	w.Helper()
	d := assess.WebhookDelivery{
		Org: hook.Org, Mode: hook.Mode, ID: newID[assess.DeliveryID](), Webhook: hook.ID, Sequence: 1, Event: newID[assess.EventID](),
		Type: assess.InviteChanged, Invite: invite, State: assess.DeliveryPending, NextAt: noon, CreatedAt: noon,
	}
	w.tx(func(tx *store.Tx) error { return tx.InsertDelivery(d) })
	return d
}

func (w *world) webhook(org assess.OrgID) assess.Webhook {
	w.Helper()
	hook := assess.Webhook{
		Org: org, Mode: assess.Live, ID: newID[assess.WebhookID](), URL: "https://example.com/", State: assess.WebhookEnabled, CreatedAt: noon,
		UpdatedAt: noon,
	}
	w.tx(func(tx *store.Tx) error { return tx.InsertWebhook(hook) })
	return hook
}

// A receiver that was away may answer about a candidate who was erased meanwhile.
func TestWhatReceiversSayOfErasedCandidatesIsNotKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook, gone := w.webhook(w.org()), newID[assess.InviteID]()
		deliveries := []assess.WebhookDelivery{w.onTheWay(hook, gone), w.onTheWay(hook, newID[assess.InviteID]()), w.onTheWay(hook, "")}
		answered := func() {
			w.tx(func(tx *store.Tx) error {
				for _, d := range deliveries {
					if err := tx.InsertAttempt(d, assess.DeliveryAttempt{At: noon, Status: 500, Error: "answered 500", Response: "Anna is new here"}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		answered()
		w.tx(func(tx *store.Tx) error {
			if err := tx.InsertErasure(assess.Erasure{Org: hook.Org, Mode: hook.Mode, Invite: gone, Status: assess.Pending, At: noon}); err != nil {
				return err
			}
			return tx.EraseTraces(hook.Org, gone)
		})
		answered()
		for i, want := range [][]string{{"", ""}, {"Anna is new here", "Anna is new here"}, {"Anna is new here", "Anna is new here"}} {
			var kept []string
			for _, a := range read(w, func(tx *store.Tx) ([]assess.DeliveryAttempt, error) { return tx.Attempts(hook.Org, deliveries[i].ID) }) {
				kept = append(kept, a.Response)
			}
			if diff := cmp.Diff(want, kept); diff != "" {
				t.Errorf("delivery %d: %s", i, diff)
			}
		}
	})
}
