package app

import (
	"context"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/webhook"
)

// CreateWebhook makes a webhook for the events of the actor's mode. The secret that it returns is shown this once. Errors:
// Forbidden, Invalid; Conflict when there are too many, or one was made for the same n.Once.
func (a *App) CreateWebhook(ctx context.Context, who assess.Actor, n assess.NewWebhook) (w assess.Webhook, secret string, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return w, "", err
	}
	if err := n.Validate(); err != nil {
		return w, "", err
	}
	w = assess.Webhook{ID: assess.WebhookID(a.newID()), Org: who.Org, Mode: who.Mode, State: assess.WebhookEnabled}
	if secret, w.Secret, err = a.newWebhookSecret(w); err != nil {
		return w, "", err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		if err := claimWish(tx, who, "webhook", n.Once); err != nil {
			return err
		}
		count, err := tx.CountWebhooks(who.Org, who.Mode)
		if err == nil && count >= assess.MaxWebhooks {
			err = assess.Errorf(assess.Conflict, "There are %d webhooks already. Delete one first.", count)
		}
		if err != nil {
			return err
		}
		w = assess.WebhookUpdate{URL: &n.URL, Description: &n.Description, Events: &n.Events}.Apply(w, tx.Now())
		w.CreatedAt = tx.Now()
		if err := a.checkWebhook(w); err != nil {
			return err
		}
		return tx.InsertWebhook(w)
	})
	return w, secret, err
}

// checkWebhook refuses what cannot be a webhook of this instance. Errors: Invalid.
func (a *App) checkWebhook(w assess.Webhook) error {
	err := w.Validate()
	if w.URL == "" {
		return err
	}
	if bad := a.webhooks.CheckURL(w.URL); bad != nil {
		err = assess.JoinInvalid(err, assess.InvalidFields(assess.Problem{Field: "url", Message: bad.Error()}))
	}
	return err
}

// Webhooks reads a page of the webhooks of the actor's mode, with how many there are. Errors: Forbidden.
func (a *App) Webhooks(ctx context.Context, who assess.Actor, page assess.Page) (all []assess.Webhook, total int, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		all, total, err = tx.Webhooks(who.Org, who.Mode, page)
		return err
	})
	return all, total, err
}

// Webhook reads a webhook. Errors: Forbidden, NotFound.
func (a *App) Webhook(ctx context.Context, who assess.Actor, id assess.WebhookID) (w assess.Webhook, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return w, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		w, err = tx.Webhook(who.Org, who.Mode, id)
		return err
	})
	return w, err
}

// UpdateWebhook changes a webhook. Disabling it gives up what is on its way; that can be sent again. Errors: Forbidden, Invalid,
// NotFound.
func (a *App) UpdateWebhook(ctx context.Context, who assess.Actor, id assess.WebhookID, u assess.WebhookUpdate) (w assess.Webhook, err error) {
	return a.changeWebhook(ctx, who, id, func(tx *store.Tx, was assess.Webhook) (assess.Webhook, error) {
		w := u.Apply(was, tx.Now())
		if err := a.checkWebhook(w); err != nil {
			return w, err
		}
		if w.State == assess.WebhookDisabled && was.State != w.State {
			return w, tx.FailDeliveries(w.Org, w.ID)
		}
		return w, nil
	})
}

// changeWebhook writes what change makes of a webhook that nobody else changes meanwhile.
func (a *App) changeWebhook(
	ctx context.Context, who assess.Actor, id assess.WebhookID, change func(*store.Tx, assess.Webhook) (assess.Webhook, error),
) (w assess.Webhook, err error) {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return w, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if w, err = heldWebhook(tx, who.Org, who.Mode, id); err != nil {
			return err
		}
		if w, err = change(tx, w); err != nil {
			return err
		}
		return tx.UpdateWebhook(w)
	})
	return w, err
}

// heldWebhook reads a webhook that nobody else can change until the transaction ends, which holds the organization too.
func heldWebhook(tx *store.Tx, org assess.OrgID, mode assess.Mode, id assess.WebhookID) (assess.Webhook, error) {
	if err := tx.LockOrganization(org); err != nil {
		return assess.Webhook{}, err
	}
	if err := tx.HoldWebhook(org, id); err != nil {
		return assess.Webhook{}, err
	}
	return tx.Webhook(org, mode, id)
}

// DeleteWebhook removes a webhook with the log of what it was sent. Errors: Forbidden, NotFound.
func (a *App) DeleteWebhook(ctx context.Context, who assess.Actor, id assess.WebhookID) error {
	if err := who.May(assess.ManageWebhooks); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		return tx.DeleteWebhook(who.Org, who.Mode, id)
	})
}

// RotateWebhookSecret replaces the secret by a new one, which is shown this once. The one that it replaces signs too for
// assess.SecretOverlap; while it does, another rotation needs force, which ends the older one at once. Errors: Forbidden,
// NotFound, Conflict.
func (a *App) RotateWebhookSecret(ctx context.Context, who assess.Actor, id assess.WebhookID, force bool) (w assess.Webhook, secret string, err error) {
	w, err = a.changeWebhook(ctx, who, id, func(tx *store.Tx, w assess.Webhook) (assess.Webhook, error) {
		if w.Overlaps(tx.Now()) && !force {
			return w, assess.Errorf(assess.Conflict, "The secret was replaced less than %d hours ago, and the one before still signs. "+
				"Replace it by force to end that one now.", int(assess.SecretOverlap.Hours()))
		}
		w.OldSecret, w.OldSecretUntil, w.UpdatedAt = w.Secret, tx.Now().Add(assess.SecretOverlap), tx.Now()
		secret, w.Secret, err = a.newWebhookSecret(w)
		return w, err
	})
	return w, secret, err
}

// newWebhookSecret makes a secret for the webhook, as people get it and as it is kept.
func (a *App) newWebhookSecret(w assess.Webhook) (secret, sealed string, err error) {
	if secret, err = webhook.NewSecret(a.random); err != nil {
		return "", "", err
	}
	sealed, err = a.secrets.sealed(a.random, webhookContext(w), secret)
	return secret, sealed, err
}

// webhookSecrets are the secrets that sign now, the newest first.
func (a *App) webhookSecrets(tx *store.Tx, w assess.Webhook) (secrets []string, err error) {
	sealed := []string{w.Secret}
	if w.Overlaps(tx.Now()) {
		sealed = append(sealed, w.OldSecret)
	}
	for _, s := range sealed {
		secret, err := a.secrets.opened(webhookContext(w), s)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

func webhookContext(w assess.Webhook) string {
	return strings.Join([]string{"webhook", string(w.Org), string(w.ID)}, "\x00")
}
