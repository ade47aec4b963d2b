package store

import "alfaone/internal/assess"

const webhookColumns = `org_id, mode, id, url, description, events, state, disabled_reason, secret, old_secret, old_secret_until,
	failing_since, failed_at, rest_until, created_at, updated_at`

func scanWebhook(r row) (w assess.Webhook, err error) {
	return w, r.Scan(&w.Org, &w.Mode, &w.ID, &w.URL, &w.Description, jsonInto{&w.Events}, &w.State, &w.DisabledReason, &w.Secret,
		&w.OldSecret, timeInto{&w.OldSecretUntil}, timeInto{&w.FailingSince}, timeInto{&w.FailedAt}, timeInto{&w.RestUntil},
		timeInto{&w.CreatedAt}, timeInto{&w.UpdatedAt})
}

// Webhook reads a webhook. Errors: NotFound.
func (tx *Tx) Webhook(org assess.OrgID, mode assess.Mode, id assess.WebhookID) (assess.Webhook, error) {
	return one(tx, "webhook", scanWebhook, "SELECT "+webhookColumns+" FROM webhooks WHERE org_id = $1 AND mode = $2 AND id = $3", org, mode, id)
}

// Webhooks reads a page of the webhooks of a mode by when they were made, with how many there are.
func (tx *Tx) Webhooks(org assess.OrgID, mode assess.Mode, page assess.Page) ([]assess.Webhook, int, error) {
	var w where
	w.add("org_id = ?", org)
	w.add("mode = ?", mode)
	return pageOf(tx, scanWebhook, webhookColumns, "webhooks", &w, page, "created_at")
}

// CountWebhooks is how many webhooks a mode has.
func (tx *Tx) CountWebhooks(org assess.OrgID, mode assess.Mode) (int, error) {
	return one(tx, "count", scanInt, "SELECT COUNT(*) FROM webhooks WHERE org_id = $1 AND mode = $2", org, mode)
}

// EnabledWebhooks reads the webhooks of a mode that events are sent to, the oldest first.
func (tx *Tx) EnabledWebhooks(org assess.OrgID, mode assess.Mode) ([]assess.Webhook, error) {
	return list(tx, scanWebhook, "SELECT "+webhookColumns+` FROM webhooks WHERE org_id = $1 AND mode = $2 AND state = 'enabled'
		ORDER BY created_at, id`, org, mode)
}

// InsertWebhook adds a webhook.
func (tx *Tx) InsertWebhook(w assess.Webhook) error {
	events, err := asJSON(w.Events)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO webhooks (`+webhookColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		w.Org, w.Mode, w.ID, w.URL, w.Description, events, w.State, w.DisabledReason, w.Secret, w.OldSecret, at(w.OldSecretUntil),
		at(w.FailingSince), at(w.FailedAt), at(w.RestUntil), at(w.CreatedAt), at(w.UpdatedAt))
	return err
}

// HoldWebhook keeps others from changing a webhook until the transaction ends. It comes before reading what is then written back,
// after locking the organization and before writing deliveries. Errors: NotFound.
func (tx *Tx) HoldWebhook(org assess.OrgID, id assess.WebhookID) error {
	return tx.change("webhook", "UPDATE webhooks SET updated_at = updated_at WHERE org_id = $1 AND id = $2", org, id)
}

// UpdateWebhook writes all that can change of a webhook that the caller holds. Errors: NotFound.
func (tx *Tx) UpdateWebhook(w assess.Webhook) error {
	events, err := asJSON(w.Events)
	if err != nil {
		return err
	}
	return tx.change("webhook", `UPDATE webhooks SET url = $3, description = $4, events = $5, state = $6, disabled_reason = $7, secret = $8,
		old_secret = $9, old_secret_until = $10, failing_since = $11, failed_at = $12, rest_until = $13, updated_at = $14
		WHERE org_id = $1 AND id = $2`,
		w.Org, w.ID, w.URL, w.Description, events, w.State, w.DisabledReason, w.Secret, w.OldSecret, at(w.OldSecretUntil),
		at(w.FailingSince), at(w.FailedAt), at(w.RestUntil), at(w.UpdatedAt))
}

// WebhookSucceeded forgets a webhook's failures. Of one that has none nothing is written. It comes before writing deliveries.
func (tx *Tx) WebhookSucceeded(org assess.OrgID, id assess.WebhookID) error {
	_, err := tx.exec(`UPDATE webhooks SET failing_since = 0, failed_at = 0, rest_until = 0
		WHERE org_id = $1 AND id = $2 AND failing_since > 0`, org, id)
	return err
}

// DeleteWebhook removes a webhook with its deliveries. Errors: NotFound.
func (tx *Tx) DeleteWebhook(org assess.OrgID, mode assess.Mode, id assess.WebhookID) error {
	return tx.change("webhook", "DELETE FROM webhooks WHERE org_id = $1 AND mode = $2 AND id = $3", org, mode, id)
}
