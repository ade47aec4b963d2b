package store

import (
	"time"

	"alfaone/internal/assess"
)

const deliveryColumns = `org_id, mode, id, webhook_id, sequence, event_id, type, invite_id, state, attempts, next_at, created_at,
	finished_at`

func scanDelivery(r row) (d assess.WebhookDelivery, err error) {
	return d, r.Scan(&d.Org, &d.Mode, &d.ID, &d.Webhook, &d.Sequence, &d.Event, &d.Type, &d.Invite, &d.State, &d.Attempts,
		timeInto{&d.NextAt}, timeInto{&d.CreatedAt}, timeInto{&d.FinishedAt})
}

// Delivery reads a delivery to the webhook. Errors: NotFound.
func (tx *Tx) Delivery(org assess.OrgID, webhook assess.WebhookID, id assess.DeliveryID) (assess.WebhookDelivery, error) {
	return one(tx, "delivery", scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
		WHERE org_id = $1 AND webhook_id = $2 AND id = $3`, org, webhook, id)
}

// Deliveries reads a page of the deliveries to a webhook by when they were made, with how many there are.
func (tx *Tx) Deliveries(org assess.OrgID, webhook assess.WebhookID, f assess.DeliveryFilter, page assess.Page) ([]assess.WebhookDelivery, int, error) {
	var w where
	w.add("org_id = ?", org)
	w.add("webhook_id = ?", webhook)
	addIf(&w, f.State, "state = ?")
	return pageOf(tx, scanDelivery, deliveryColumns, "deliveries", &w, page, "created_at")
}

// DueDeliveries reads the deliveries to a webhook whose time has come, those first that have waited longest.
func (tx *Tx) DueDeliveries(org assess.OrgID, webhook assess.WebhookID, limit int) ([]assess.WebhookDelivery, error) {
	return list(tx, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
		WHERE org_id = $1 AND webhook_id = $2 AND state = 'pending' AND next_at <= $3 ORDER BY next_at, id LIMIT $4`,
		org, webhook, at(tx.now), limit)
}

// NextDelivery is when the next delivery to a webhook is due; ok is false when none is pending.
func (tx *Tx) NextDelivery(org assess.OrgID, webhook assess.WebhookID) (next time.Time, ok bool, err error) {
	found, err := list(tx, func(r row) (t time.Time, err error) { return t, r.Scan(timeInto{&t}) }, `SELECT next_at FROM deliveries
		WHERE org_id = $1 AND webhook_id = $2 AND state = 'pending' ORDER BY next_at, id LIMIT 1`, org, webhook)
	return first(found), len(found) > 0, err
}

// InsertDelivery adds a delivery. An event that is on its way to the webhook, or was, is not sent there by another.
func (tx *Tx) InsertDelivery(d assess.WebhookDelivery) error {
	_, err := tx.exec(`INSERT INTO deliveries (`+deliveryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT DO NOTHING`,
		d.Org, d.Mode, d.ID, d.Webhook, d.Sequence, d.Event, d.Type, d.Invite, d.State, d.Attempts, at(d.NextAt), at(d.CreatedAt),
		at(d.FinishedAt))
	return err
}

// RenewDelivery makes a delivery stand as one that is sent again does, wherever others have taken it since it was read. Errors:
// NotFound.
func (tx *Tx) RenewDelivery(d assess.WebhookDelivery) error {
	return tx.change("delivery", "UPDATE deliveries SET state = $3, attempts = $4, next_at = $5, finished_at = $6 WHERE org_id = $1 AND id = $2",
		d.Org, d.ID, d.State, d.Attempts, at(d.NextAt), at(d.FinishedAt))
}

// MoveDelivery writes where a delivery stands, if it still stands where was was: not if it is gone, or sent again by hand
// meanwhile.
func (tx *Tx) MoveDelivery(was, d assess.WebhookDelivery) error {
	_, err := tx.exec(`UPDATE deliveries SET state = $3, attempts = $4, next_at = $5, finished_at = $6
		WHERE org_id = $1 AND id = $2 AND state = $7 AND attempts = $8`,
		d.Org, d.ID, d.State, d.Attempts, at(d.NextAt), at(d.FinishedAt), was.State, was.Attempts)
	return err
}

// InsertAttempt adds an attempt as the delivery's next. One at a delivery that is gone is passed over. What the receiver said is
// not kept where the candidate was erased: it may speak of them. To know that, it holds the delivery, as EraseTraces does.
func (tx *Tx) InsertAttempt(d assess.WebhookDelivery, a assess.DeliveryAttempt) error {
	if _, err := tx.exec("UPDATE deliveries SET state = state WHERE org_id = $1 AND id = $2", d.Org, d.ID); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO delivery_attempts (org_id, delivery_id, number, at, duration_ms, status, error, response)
		SELECT org_id, id, 1 + (SELECT COALESCE(MAX(number), 0) FROM delivery_attempts WHERE org_id = $1 AND delivery_id = $2), $3, $4, $5, $6,
			CASE WHEN EXISTS (SELECT 1 FROM erasures e WHERE e.org_id = $1 AND e.mode = d.mode AND e.invite_id = d.invite_id) THEN '' ELSE $7 END
		FROM deliveries d WHERE org_id = $1 AND id = $2`,
		d.Org, d.ID, at(a.At), a.Duration.Milliseconds(), a.Status, a.Error, a.Response)
	return err
}

// Attempts reads the attempts at a delivery, the oldest first.
func (tx *Tx) Attempts(org assess.OrgID, id assess.DeliveryID) ([]assess.DeliveryAttempt, error) {
	return list(tx, func(r row) (a assess.DeliveryAttempt, err error) {
		return a, r.Scan(&a.Number, timeInto{&a.At}, durationInto{&a.Duration}, &a.Status, &a.Error, &a.Response)
	}, `SELECT number, at, duration_ms, status, error, response FROM delivery_attempts WHERE org_id = $1 AND delivery_id = $2
		ORDER BY number`, org, id)
}

// FailDeliveries gives up all deliveries to a webhook that are on their way.
func (tx *Tx) FailDeliveries(org assess.OrgID, webhook assess.WebhookID) error {
	_, err := tx.exec(`UPDATE deliveries SET state = 'failed', finished_at = $3
		WHERE org_id = $1 AND webhook_id = $2 AND state = 'pending'`, org, webhook, at(tx.now))
	return err
}

// RenewDeliveries makes deliveries to a webhook due again that were made at the given time or later: those that have failed, be
// it for now, or all. It returns how many.
func (tx *Tx) RenewDeliveries(org assess.OrgID, webhook assess.WebhookID, since time.Time, failedOnly bool) (int, error) {
	which := ""
	if failedOnly {
		which = " AND (state = 'failed' OR state = 'pending' AND attempts > 0)"
	}
	n, err := tx.exec(`UPDATE deliveries SET state = 'pending', attempts = 0, next_at = $4, finished_at = 0
		WHERE org_id = $1 AND webhook_id = $2 AND created_at >= $3`+which, org, webhook, at(since), at(tx.now))
	return int(n), err
}

// DeleteDeliveriesBefore forgets older deliveries with their attempts, in every organization.
func (tx *Tx) DeleteDeliveriesBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM deliveries WHERE created_at < $1", at(before))
	return err
}
