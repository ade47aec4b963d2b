package app

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
	"alfaone/internal/webhook"
)

// jobDeliver posts to one webhook what is due, never twice at once.
const jobDeliver = "webhook.deliver"

const (
	deliveriesAtOnce = 4  // posts to one webhook
	deliveriesPerRun = 64 // then others get their turn
)

// deliverJob is the job that posts to a webhook what is due.
type deliverJob struct {
	Org     assess.OrgID
	Mode    assess.Mode
	Webhook assess.WebhookID
}

// RegisterDeliveries tells the runner how to post to webhooks. It wants a runner of its own, with many workers, so that nothing
// else waits for receivers that are slow.
func (a *App) RegisterDeliveries(r *job.Runner) { r.Handle(jobDeliver, a.deliverDue) }

// queueDeliveries puts an event on its way to the webhooks that want it.
func (a *App) queueDeliveries(tx *store.Tx, e assess.Event) error {
	webhooks, err := tx.EnabledWebhooks(e.Org, e.Mode)
	if err != nil {
		return err
	}
	for _, w := range webhooks {
		if !w.Wants(e.Type) {
			continue
		}
		if err := tx.InsertDelivery(a.newDelivery(w, e)); err != nil {
			return err
		}
		if err := a.enqueueDeliveries(tx, w, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) newDelivery(w assess.Webhook, e assess.Event) assess.WebhookDelivery {
	return assess.WebhookDelivery{
		ID: assess.DeliveryID(a.newID()), Org: w.Org, Mode: w.Mode, Webhook: w.ID, Sequence: e.Sequence, Event: e.ID, Type: e.Type,
		Invite: e.Invite, State: assess.DeliveryPending, NextAt: e.At, CreatedAt: e.At,
	}
}

// enqueueDeliveries sees to it that a job runs at the given time or soon after, which finds what is due then. The transaction
// holds the organization: see beginRun.
func (a *App) enqueueDeliveries(tx *store.Tx, w assess.Webhook, when time.Time) error {
	waits, err := tx.Waits(jobDeliver, string(w.ID), when)
	if err != nil || waits {
		return err
	}
	args, err := json.Marshal(deliverJob{Org: w.Org, Mode: w.Mode, Webhook: w.ID})
	if err != nil {
		return err
	}
	_, err = tx.Enqueue(job.Job{
		ID: a.newID(), Kind: jobDeliver, Key: string(w.ID), Args: args, RunAt: when, CreatedAt: tx.Now(),
		MaxAttempts: math.MaxInt32, // it is the deliveries that are given up
	})
	return err
}

// deliverDue is the job handler that posts to a webhook what is due, and sees to what will be.
func (a *App) deliverDue(ctx context.Context, j job.Job) error {
	var args deliverJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	run, err := a.beginRun(ctx, args)
	if err == nil {
		err = a.post(ctx, run)
	}
	if assess.KindOf(err) == assess.NotFound { // the webhook was deleted
		return nil
	}
	if err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error { return a.enqueueRest(tx, args) })
}

// deliveryRun is what one job posts.
type deliveryRun struct {
	webhook assess.Webhook
	secrets []string
	due     []assess.WebhookDelivery
}

// beginRun reads what is due. Holding the organization waits for the events that are being written now: one of them may have found
// this job still waiting, and relies on it.
func (a *App) beginRun(ctx context.Context, args deliverJob) (run deliveryRun, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(args.Org); err != nil {
			return err
		}
		if run.webhook, err = tx.Webhook(args.Org, args.Mode, args.Webhook); err != nil {
			return err
		}
		if run.webhook.State == assess.WebhookDisabled || run.webhook.Rests(tx.Now()) {
			return nil
		}
		if run.secrets, err = a.webhookSecrets(tx, run.webhook); err != nil {
			return err
		}
		run.due, err = tx.DueDeliveries(args.Org, args.Webhook, deliveriesPerRun)
		return err
	})
	return run, err
}

// enqueueRest queues the job for what is due next, if anything is. Behind what others have waiting, if that is now.
func (a *App) enqueueRest(tx *store.Tx, args deliverJob) error {
	if err := tx.LockOrganization(args.Org); err != nil {
		return err
	}
	w, err := tx.Webhook(args.Org, args.Mode, args.Webhook)
	if assess.KindOf(err) == assess.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	next, ok, err := tx.NextDelivery(w.Org, w.ID)
	if err != nil || !ok {
		return err
	}
	for _, t := range []time.Time{tx.Now(), w.RestUntil} {
		if t.After(next) {
			next = t
		}
	}
	return a.enqueueDeliveries(tx, w, next)
}

// post posts what is due, some at once, until the receiver turns out to be away.
func (a *App) post(ctx context.Context, run deliveryRun) error {
	var posts errgroup.Group
	posts.SetLimit(deliveriesAtOnce)
	var over atomic.Bool
	for _, d := range run.due {
		posts.Go(func() error {
			if over.Load() {
				return nil
			}
			goesOn, err := a.postOne(ctx, run, d)
			if !goesOn {
				over.Store(true)
			}
			return err
		})
	}
	return posts.Wait()
}

// postOne posts one delivery and writes down what came of it. goesOn is false when the webhook is to be left alone.
func (a *App) postOne(ctx context.Context, run deliveryRun, d assess.WebhookDelivery) (goesOn bool, err error) {
	var body []byte
	var now time.Time
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		now = tx.Now()
		body, err = deliveryBody(tx, d)
		return err
	})
	if err != nil {
		return false, err
	}
	result := a.webhooks.Post(ctx, webhook.Message{URL: run.webhook.URL, ID: string(d.Event), At: now, Body: body, Secrets: run.secrets})
	if result.Err != nil && ctx.Err() != nil { // it was us who broke off
		return false, ctx.Err()
	}
	attempt := assess.DeliveryAttempt{At: now, Duration: result.Duration, Status: result.Status, Response: result.Response}
	if result.Err != nil {
		attempt.Error = result.Err.Error()
	}
	return a.settleDelivery(context.WithoutCancel(ctx), d, attempt, result.RetryAfter)
}

// settleDelivery writes down what came of an attempt. The webhook comes before the delivery, as with those who send deliveries
// again.
func (a *App) settleDelivery(
	ctx context.Context, d assess.WebhookDelivery, attempt assess.DeliveryAttempt, retryAfter time.Duration,
) (goesOn bool, err error) {
	random, err := a.fraction()
	if err != nil {
		return false, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		next := d.After(attempt, retryAfter, random, tx.Now())
		if attempt.Succeeded() {
			goesOn = true
			return deliverySucceeded(tx, d, next, attempt)
		}
		goesOn, err = a.deliveryFailed(tx, d, next, attempt, retryAfter)
		return err
	})
	return goesOn, err
}

func deliverySucceeded(tx *store.Tx, d, next assess.WebhookDelivery, attempt assess.DeliveryAttempt) error {
	if err := tx.WebhookSucceeded(d.Org, d.Webhook); err != nil {
		return err
	}
	return moveDelivery(tx, d, next, attempt)
}

// deliveryFailed notes the failure at the webhook too, and disables one that has failed for too long.
func (a *App) deliveryFailed(
	tx *store.Tx, d, next assess.WebhookDelivery, attempt assess.DeliveryAttempt, retryAfter time.Duration,
) (goesOn bool, err error) {
	was, err := heldWebhook(tx, d.Org, d.Mode, d.Webhook)
	if assess.KindOf(err) == assess.NotFound { // it was deleted, with its deliveries
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := moveDelivery(tx, d, next, attempt); err != nil || was.State == assess.WebhookDisabled {
		return false, err
	}
	w := was.AfterFailure(attempt, retryAfter, tx.Now())
	if err := tx.UpdateWebhook(w); err != nil {
		return false, err
	}
	if w.State == assess.WebhookDisabled {
		return false, a.webhookDisabled(tx, w, attempt)
	}
	return !w.Rests(tx.Now()), nil
}

func moveDelivery(tx *store.Tx, d, next assess.WebhookDelivery, attempt assess.DeliveryAttempt) error {
	if err := tx.InsertAttempt(d, attempt); err != nil {
		return err
	}
	return tx.MoveDelivery(d, next)
}

// webhookDisabled gives up what is on its way to a webhook that was disabled for its failures, and tells those who can mend it.
func (a *App) webhookDisabled(tx *store.Tx, w assess.Webhook, last assess.DeliveryAttempt) error {
	if err := tx.FailDeliveries(w.Org, w.ID); err != nil {
		return err
	}
	if err := a.enqueueWebhookMails(tx, w, last); err != nil {
		return err
	}
	return a.record(tx, assess.Event{
		ID: assess.EventID(a.newID()), Org: w.Org, Mode: w.Mode, Type: assess.EndpointDisabled, Webhook: w.ID, Actor: assess.BySystem,
		At: tx.Now(),
	})
}

// fraction is a random number in [0, 1).
func (a *App) fraction() (float64, error) {
	var b [8]byte
	if _, err := io.ReadFull(a.random, b[:]); err != nil {
		return 0, err
	}
	const bits = 53 // of precision that a float64 has
	return float64(binary.BigEndian.Uint64(b[:])>>(64-bits)) / (1 << bits), nil
}
