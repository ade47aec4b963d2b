package store_test

import (
	"testing"
	"time"

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

// attempted adds an attempt at a delivery that failed.
func (w *world) attempted(d assess.WebhookDelivery) {
	w.Helper()
	w.tx(func(tx *store.Tx) error {
		return tx.InsertAttempt(d, assess.DeliveryAttempt{At: w.now(), Duration: time.Second, Status: 500, Error: "answered 500"})
	})
}

// delivery finds a delivery as it stands.
func delivery(d assess.WebhookDelivery) func(tx *store.Tx) (assess.WebhookDelivery, error) {
	return func(tx *store.Tx) (assess.WebhookDelivery, error) { return tx.Delivery(d.Org, d.Webhook, d.ID) }
}

// dues are the first deliveries that are due, by name.
func dues(hook assess.Webhook, limit int, names map[assess.DeliveryID]string) func(tx *store.Tx) (list, error) {
	return func(tx *store.Tx) (list, error) {
		due, err := tx.DueDeliveries(hook.Org, hook.ID, limit)
		return named(func(d assess.WebhookDelivery) string { return names[d.ID] })(due, len(due), err)
	}
}

func TestDeliveriesAreDueInTheOrderOfTheirTime(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := w.webhook(w.org())
		names := map[assess.DeliveryID]string{}
		add := func(n int, name string, state assess.DeliveryState, next time.Duration) {
			d := assess.WebhookDelivery{
				Org: hook.Org, Mode: hook.Mode, ID: ordered[assess.DeliveryID](n), Webhook: hook.ID, Event: newID[assess.EventID](), State: state,
				NextAt: noon.Add(next), CreatedAt: noon,
			}
			names[d.ID] = name
			w.tx(func(tx *store.Tx) error { return tx.InsertDelivery(d) })
		}
		next := func(tx *store.Tx) (time.Time, error) {
			at, _, err := tx.NextDelivery(hook.Org, hook.ID)
			return at, err
		}
		waits := func(tx *store.Tx) (bool, error) { _, ok, err := tx.NextDelivery(hook.Org, hook.ID); return ok, err }
		add(1, "delivered", assess.DeliveryDelivered, -time.Hour)
		add(2, "failed", assess.DeliveryFailed, -time.Hour)
		same(w, false, waits)
		add(3, "soon", assess.DeliveryPending, time.Millisecond)
		same(w, list{[]string{}, 0}, dues(hook, 10, names))
		same(w, noon.Add(time.Millisecond), next)
		add(5, "now, later id", assess.DeliveryPending, 0)
		add(4, "now", assess.DeliveryPending, 0)
		add(6, "long ago", assess.DeliveryPending, -time.Minute)
		w.onTheWay(w.webhook(hook.Org), "")
		w.onTheWay(w.webhook(w.org()), "")
		same(w, list{[]string{"long ago", "now", "now, later id"}, 3}, dues(hook, 10, names))
		same(w, list{[]string{"long ago", "now"}, 2}, dues(hook, 2, names))
		same(w, noon.Add(-time.Minute), next)
		same(w, true, waits)
		w.pass(time.Millisecond)
		same(w, list{[]string{"long ago", "now", "now, later id", "soon"}, 4}, dues(hook, 10, names))
	})
}

func TestAnEventGoesToAWebhookByOneDelivery(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := w.webhook(w.org())
		d := w.onTheWay(hook, "")
		again, elsewhere := d, d
		again.ID = newID[assess.DeliveryID]()
		elsewhere.ID, elsewhere.Webhook = newID[assess.DeliveryID](), w.webhook(hook.Org).ID
		w.tx(func(tx *store.Tx) error { return tx.InsertDelivery(again) })
		w.tx(func(tx *store.Tx) error { return tx.InsertDelivery(elsewhere) })
		same(w, d, delivery(d))
		missing(w, delivery(again))
		same(w, elsewhere, delivery(elsewhere))
	})
}

func TestADeliveryMovesOnlyFromWhereItStood(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		d := w.onTheWay(w.webhook(w.org()), "")
		move := func(was, to assess.WebhookDelivery) {
			w.tx(func(tx *store.Tx) error { return tx.MoveDelivery(was, to) })
		}
		failed := d
		failed.State, failed.Attempts, failed.FinishedAt = assess.DeliveryFailed, 1, noon.Add(time.Second)
		move(d, failed)
		same(w, failed, delivery(d))

		late := d
		late.State, late.Attempts, late.FinishedAt = assess.DeliveryDelivered, 1, noon.Add(time.Minute)
		move(d, late) // it was pending and has failed
		same(w, failed, delivery(d))
		again := failed.Again(noon.Add(time.Hour))
		move(failed, again)
		move(failed, late) // it was sent again by hand
		same(w, again, delivery(d))
		tried := again
		tried.Attempts = 3
		move(tried, late) // it has been tried as often as that by nobody
		same(w, again, delivery(d))

		foreign := again
		foreign.Org, foreign.State = w.org(), assess.DeliveryDelivered
		move(again, foreign)
		same(w, again, delivery(d))
	})
}

func TestAttemptsAreNumberedOverADeliverysWholeLife(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		d := w.onTheWay(w.webhook(w.org()), "")
		other, foreign, gone := w.onTheWay(w.webhook(d.Org), ""), d, d
		foreign.Org, gone.ID = w.org(), newID[assess.DeliveryID]()
		var want []assess.DeliveryAttempt
		for n := range 3 {
			want = append(want, assess.DeliveryAttempt{Number: n + 1, At: w.now(), Duration: time.Second, Status: 500, Error: "answered 500"})
			for _, at := range []assess.WebhookDelivery{d, foreign, gone} {
				w.attempted(at)
			}
			w.tx(func(tx *store.Tx) error { return tx.MoveDelivery(d, d.Again(w.now())) })
			w.pass(time.Minute)
		}
		attempts := func(org assess.OrgID, id assess.DeliveryID) func(tx *store.Tx) ([]assess.DeliveryAttempt, error) {
			return func(tx *store.Tx) ([]assess.DeliveryAttempt, error) { return tx.Attempts(org, id) }
		}
		same(w, want, attempts(d.Org, d.ID))
		same(w, []assess.DeliveryAttempt{}, attempts(d.Org, other.ID))
		same(w, []assess.DeliveryAttempt{}, attempts(foreign.Org, d.ID))
		same(w, []assess.DeliveryAttempt{}, attempts(d.Org, gone.ID))
	})
}

// settled adds a delivery in a state, made at a time.
func (w *world) settled(hook assess.Webhook, state assess.DeliveryState, attempts int, made time.Time) assess.WebhookDelivery {
	w.Helper()
	d := assess.WebhookDelivery{
		Org: hook.Org, Mode: hook.Mode, ID: newID[assess.DeliveryID](), Webhook: hook.ID, Event: newID[assess.EventID](), State: state,
		Attempts: attempts, NextAt: noon.Add(time.Hour), CreatedAt: made,
	}
	if state != assess.DeliveryPending {
		d.FinishedAt = noon
	}
	w.tx(func(tx *store.Tx) error { return tx.InsertDelivery(d) })
	return d
}

func TestDeliveriesAreRenewedThatHaveFailedOrAll(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for _, failedOnly := range []bool{true, false} {
			hook := w.webhook(w.org())
			renewed := []assess.WebhookDelivery{
				w.settled(hook, assess.DeliveryFailed, 10, noon),
				w.settled(hook, assess.DeliveryPending, 1, noon.Add(time.Hour)), // it has failed for now
			}
			left := []assess.WebhookDelivery{
				w.settled(hook, assess.DeliveryFailed, 10, noon.Add(-time.Millisecond)),
				w.settled(w.webhook(hook.Org), assess.DeliveryFailed, 10, noon),
				w.settled(w.webhook(w.org()), assess.DeliveryFailed, 10, noon),
			}
			well := []assess.WebhookDelivery{
				w.settled(hook, assess.DeliveryDelivered, 1, noon),
				w.settled(hook, assess.DeliveryPending, 0, noon), // it has not been tried
			}
			if failedOnly {
				left = append(left, well...)
			} else {
				renewed = append(renewed, well...)
			}
			w.tx(func(tx *store.Tx) error {
				n, err := tx.RenewDeliveries(hook.Org, hook.ID, noon, failedOnly)
				if n != len(renewed) {
					w.Errorf("%d were renewed, want %d", n, len(renewed))
				}
				return err
			})
			for _, d := range renewed {
				same(w, d.Again(noon), delivery(d))
			}
			for _, d := range left {
				same(w, d, delivery(d))
			}
		}
	})
}

func TestWhatIsOnItsWayIsGivenUpTogether(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := w.webhook(w.org())
		given := w.settled(hook, assess.DeliveryPending, 3, noon)
		left := []assess.WebhookDelivery{
			w.settled(hook, assess.DeliveryDelivered, 1, noon),
			w.settled(hook, assess.DeliveryFailed, 10, noon),
			w.settled(w.webhook(hook.Org), assess.DeliveryPending, 0, noon),
			w.settled(w.webhook(w.org()), assess.DeliveryPending, 0, noon),
		}
		w.pass(time.Minute)
		w.tx(func(tx *store.Tx) error { return tx.FailDeliveries(hook.Org, hook.ID) })
		given.State, given.FinishedAt = assess.DeliveryFailed, w.now()
		for _, d := range append(left, given) {
			same(w, d, delivery(d))
		}
	})
}

func TestOldDeliveriesAreForgottenWithTheirAttempts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook, other := w.webhook(w.org()), w.webhook(w.org())
		before, at := noon.Add(-time.Millisecond), noon
		old := []assess.WebhookDelivery{
			w.settled(hook, assess.DeliveryDelivered, 1, before), w.settled(other, assess.DeliveryFailed, 10, before),
		}
		kept := w.settled(hook, assess.DeliveryDelivered, 1, at)
		for _, d := range append(old, kept) {
			w.attempted(d)
		}
		w.tx(func(tx *store.Tx) error { return tx.DeleteDeliveriesBefore(noon) })
		for _, d := range old {
			missing(w, delivery(d))
		}
		same(w, kept, delivery(kept))
		same(w, 1, func(tx *store.Tx) (int, error) { return tx.Int("SELECT COUNT(*) FROM delivery_attempts") })
	})
}

func TestDeliveriesAreListedByWebhookAndState(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := w.webhook(w.org())
		w.settled(w.webhook(hook.Org), assess.DeliveryFailed, 1, noon)
		foreign := w.webhook(w.org())
		for i, state := range []assess.DeliveryState{assess.DeliveryFailed, assess.DeliveryPending, assess.DeliveryFailed, assess.DeliveryDelivered} {
			w.settled(hook, state, i, noon.Add(time.Duration(i)*time.Second))
		}
		names := named(func(d assess.WebhookDelivery) string { return string(d.State) })
		of := func(org assess.OrgID, state assess.DeliveryState, page assess.Page) func(tx *store.Tx) (list, error) {
			return func(tx *store.Tx) (list, error) {
				return names(tx.Deliveries(org, hook.ID, assess.DeliveryFilter{State: state}, page))
			}
		}
		same(w, list{[]string{"delivered", "failed", "pending"}, 4}, of(hook.Org, "", assess.Page{Number: 1, Limit: 3}))
		same(w, list{[]string{"failed"}, 4}, of(hook.Org, "", assess.Page{Number: 2, Limit: 3}))
		same(w, list{[]string{"failed", "failed"}, 2}, of(hook.Org, assess.DeliveryFailed, assess.Page{Number: 1, Limit: 3}))
		same(w, list{[]string{}, 0}, of(foreign.Org, "", assess.Page{Number: 1, Limit: 3}))
		d := w.onTheWay(hook, "")
		d.Org = foreign.Org
		missing(w, delivery(d))
	})
}
