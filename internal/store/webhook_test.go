package store_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestAWebhookIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := assess.Webhook{
			Org: w.org(), Mode: assess.Test, ID: newID[assess.WebhookID](), URL: "https://example.com/a", Description: "Ours",
			Events: []assess.EventType{assess.InviteChanged}, State: assess.WebhookEnabled, Secret: "sealed", CreatedAt: noon, UpdatedAt: noon,
		}
		stored := func(tx *store.Tx) (assess.Webhook, error) { return tx.Webhook(hook.Org, hook.Mode, hook.ID) }
		w.tx(func(tx *store.Tx) error { return tx.InsertWebhook(hook) })
		same(w, hook, stored)

		hook.URL, hook.Description, hook.Events = "https://example.com/b", "Theirs", []assess.EventType{}
		hook.State, hook.DisabledReason = assess.WebhookDisabled, assess.ReasonFailing
		hook.Secret, hook.OldSecret, hook.OldSecretUntil = "new", "sealed", noon.Add(time.Hour)
		hook.FailingSince, hook.FailedAt, hook.RestUntil = noon.Add(1*time.Second), noon.Add(2*time.Second), noon.Add(3*time.Second)
		hook.UpdatedAt = noon.Add(4 * time.Second)
		w.tx(func(tx *store.Tx) error { return tx.UpdateWebhook(hook) })
		same(w, hook, stored)

		hook.FailingSince, hook.FailedAt, hook.RestUntil = time.Time{}, time.Time{}, time.Time{}
		w.tx(func(tx *store.Tx) error { return tx.WebhookSucceeded(hook.Org, hook.ID) })
		same(w, hook, stored)
	})
}

func TestWebhooksOfOthersAndOfTheOtherModeDoNotExist(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook, stranger := w.webhook(w.org()), w.webhook(w.org())
		hook.FailingSince, hook.FailedAt = noon, noon
		w.tx(func(tx *store.Tx) error { return tx.UpdateWebhook(hook) })
		for _, foreign := range []assess.Webhook{
			{Org: stranger.Org, Mode: assess.Live, ID: hook.ID},
			{Org: hook.Org, Mode: assess.Test, ID: hook.ID},
		} {
			missing(w, func(tx *store.Tx) (assess.Webhook, error) { return tx.Webhook(foreign.Org, foreign.Mode, foreign.ID) })
			w.fails(assess.NotFound, func(tx *store.Tx) error { return tx.DeleteWebhook(foreign.Org, foreign.Mode, foreign.ID) })
		}
		w.fails(assess.NotFound, func(tx *store.Tx) error {
			return tx.UpdateWebhook(assess.Webhook{Org: stranger.Org, Mode: assess.Live, ID: hook.ID})
		})
		w.tx(func(tx *store.Tx) error { return tx.WebhookSucceeded(stranger.Org, hook.ID) })
		same(w, hook, func(tx *store.Tx) (assess.Webhook, error) { return tx.Webhook(hook.Org, hook.Mode, hook.ID) })
	})
}

func TestWebhooksAreListedAndCountedByModeAndTheOldestIsToldFirst(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		w.webhook(w.org())
		add := func(n int, mode assess.Mode, state assess.WebhookState) {
			w.tx(func(tx *store.Tx) error {
				return tx.InsertWebhook(assess.Webhook{
					Org: org, Mode: mode, ID: ordered[assess.WebhookID](n), State: state, CreatedAt: noon.Add(-time.Duration(n) * time.Minute),
				})
			})
		}
		add(1, assess.Live, assess.WebhookEnabled)
		add(2, assess.Live, assess.WebhookDisabled)
		add(3, assess.Live, assess.WebhookEnabled)
		add(4, assess.Test, assess.WebhookEnabled)
		names := named(func(hook assess.Webhook) string { return string(hook.ID[len(hook.ID)-1:]) })
		page := assess.Page{Number: 1, Limit: 2, Ascending: true}
		same(w, list{[]string{"3", "2"}, 3}, func(tx *store.Tx) (list, error) { return names(tx.Webhooks(org, assess.Live, page)) })
		same(w, list{[]string{"4"}, 1}, func(tx *store.Tx) (list, error) { return names(tx.Webhooks(org, assess.Test, page)) })
		same(w, 3, func(tx *store.Tx) (int, error) { return tx.CountWebhooks(org, assess.Live) })
		same(w, 1, func(tx *store.Tx) (int, error) { return tx.CountWebhooks(org, assess.Test) })
		enabled := func(mode assess.Mode) func(tx *store.Tx) (list, error) {
			return func(tx *store.Tx) (list, error) {
				hooks, err := tx.EnabledWebhooks(org, mode)
				return names(hooks, len(hooks), err)
			}
		}
		same(w, list{[]string{"3", "1"}, 2}, enabled(assess.Live))
		same(w, list{[]string{"4"}, 1}, enabled(assess.Test))
	})
}

func TestAWebhookIsDeletedWithItsDeliveriesAndTheirAttempts(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		gone, stays := w.webhook(org), w.webhook(org)
		lost, kept := w.onTheWay(gone, ""), w.onTheWay(stays, "")
		w.attempted(lost)
		w.attempted(kept)
		w.tx(func(tx *store.Tx) error { return tx.DeleteWebhook(org, assess.Live, gone.ID) })
		missing(w, func(tx *store.Tx) (assess.Webhook, error) { return tx.Webhook(org, assess.Live, gone.ID) })
		missing(w, func(tx *store.Tx) (assess.WebhookDelivery, error) { return tx.Delivery(org, gone.ID, lost.ID) })
		same(w, kept, func(tx *store.Tx) (assess.WebhookDelivery, error) { return tx.Delivery(org, stays.ID, kept.ID) })
		same(w, 1, func(tx *store.Tx) (int, error) { return tx.Int("SELECT COUNT(*) FROM delivery_attempts") })
	})
}
