package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/wire"
)

// DeliveryDetail is a delivery with all that is known of it.
type DeliveryDetail struct {
	Delivery assess.WebhookDelivery
	Attempts []assess.DeliveryAttempt // the oldest first
	Body     string                   // what is posted
}

// Deliveries reads a page of the deliveries to a webhook, with how many fit. Errors: Forbidden, NotFound.
func (a *App) Deliveries(
	ctx context.Context, who assess.Actor, id assess.WebhookID, f assess.DeliveryFilter, page assess.Page,
) (all []assess.WebhookDelivery, total int, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Webhook(who.Org, who.Mode, id); err != nil {
			return err
		}
		all, total, err = tx.Deliveries(who.Org, id, f, page)
		return err
	})
	return all, total, err
}

// Delivery reads a delivery to a webhook. Errors: Forbidden, NotFound.
func (a *App) Delivery(ctx context.Context, who assess.Actor, webhook assess.WebhookID, id assess.DeliveryID) (d DeliveryDetail, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return d, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Webhook(who.Org, who.Mode, webhook); err != nil {
			return err
		}
		if d.Delivery, err = tx.Delivery(who.Org, webhook, id); err != nil {
			return err
		}
		if d.Attempts, err = tx.Attempts(who.Org, id); err != nil {
			return err
		}
		body, err := deliveryBody(tx, d.Delivery)
		d.Body = string(body)
		return err
	})
	return d, err
}

// deliveryBody is what is posted: always the same bytes for an event, until erasing takes out what tells of a candidate.
func deliveryBody(tx *store.Tx, d assess.WebhookDelivery) ([]byte, error) {
	e, err := tx.Event(d.Org, d.Mode, d.Sequence)
	if err != nil {
		return nil, err
	}
	return wire.EventOf(e).Body()
}

// TestWebhook sends a webhook an event that means nothing, and returns its delivery. Errors: Forbidden, NotFound; Conflict when
// the webhook is disabled.
func (a *App) TestWebhook(ctx context.Context, who assess.Actor, id assess.WebhookID) (d assess.WebhookDelivery, err error) {
	err = a.redeliver(ctx, who, id, func(tx *store.Tx, w assess.Webhook) error {
		e, _, err := tx.InsertEvent(assess.Event{
			ID: assess.EventID(a.newID()), Org: w.Org, Mode: w.Mode, Type: assess.EndpointTest, Webhook: w.ID,
			Actor: who.Kind, ActorID: who.ID, ActorName: who.Name, At: tx.Now(),
		})
		if err != nil {
			return err
		}
		d = a.newDelivery(w, e)
		return tx.InsertDelivery(d)
	})
	return d, err
}

// Redeliver sends a delivery once more, whatever became of it: the same body under the same id. Errors: Forbidden, NotFound;
// Conflict when the webhook is disabled.
func (a *App) Redeliver(ctx context.Context, who assess.Actor, webhook assess.WebhookID, id assess.DeliveryID) (d assess.WebhookDelivery, err error) {
	err = a.redeliver(ctx, who, webhook, func(tx *store.Tx, w assess.Webhook) error {
		was, err := tx.Delivery(w.Org, w.ID, id)
		if err != nil {
			return err
		}
		d = was.Again(tx.Now())
		return tx.RenewDelivery(d)
	})
	return d, err
}

// RedeliverSince sends once more all deliveries to a webhook that were made at the given time or later, or only those that have
// failed, be it for now. It returns how many. Errors: Forbidden, NotFound; Conflict when the webhook is disabled.
func (a *App) RedeliverSince(ctx context.Context, who assess.Actor, webhook assess.WebhookID, since time.Time, failedOnly bool) (n int, err error) {
	err = a.redeliver(ctx, who, webhook, func(tx *store.Tx, w assess.Webhook) error {
		n, err = tx.RenewDeliveries(w.Org, w.ID, since, failedOnly)
		return err
	})
	return n, err
}

// redeliver has do make deliveries to a webhook due, and begins with them at once: who wants that knows that the receiver is
// there.
func (a *App) redeliver(ctx context.Context, who assess.Actor, id assess.WebhookID, do func(*store.Tx, assess.Webhook) error) error {
	_, err := a.changeWebhook(ctx, who, id, func(tx *store.Tx, w assess.Webhook) (assess.Webhook, error) {
		if w.State == assess.WebhookDisabled {
			return w, assess.Errorf(assess.Conflict, "This webhook is disabled. Enable it first.")
		}
		if err := do(tx, w); err != nil {
			return w, err
		}
		w.RestUntil = time.Time{}
		return w, a.enqueueDeliveries(tx, w, tx.Now())
	})
	return err
}
