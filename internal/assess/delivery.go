package assess

import (
	"net/http"
	"time"
)

// WebhookDelivery is one event on its way to one webhook.
type WebhookDelivery struct {
	ID         DeliveryID
	Org        OrgID
	Mode       Mode
	Webhook    WebhookID
	Sequence   int64   // of the event
	Event      EventID // which receivers see as the message's id, however often it is sent
	Type       EventType
	Invite     InviteID // empty where none is concerned
	State      DeliveryState
	Attempts   int       // since it was last sent by hand
	NextAt     time.Time // of the next attempt, while it is pending
	CreatedAt  time.Time
	FinishedAt time.Time // zero while it is pending
}

// DeliveryState is where a delivery stands: pending → delivered or failed, and back when it is sent again by hand.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"
)

// DeliveryAttempt is one post to a webhook, and what came of it.
type DeliveryAttempt struct {
	Number   int // counted from 1, over the delivery's whole life
	At       time.Time
	Duration time.Duration
	Status   int    // that the receiver answered; 0 when it did not
	Error    string // why it failed, in words; empty when it did not
	Response string // how the answer's body begins
}

// DeliveryFilter narrows a list of deliveries to what is not empty.
type DeliveryFilter struct {
	State DeliveryState
}

// DeliveryStates lists the states.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryPending, DeliveryDelivered, DeliveryFailed}
}

// retryWaits are the waits from each attempt to the next: the table of Standard Webhooks 1.0.0, 75.6 hours in all.
var retryWaits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Limits of delivering.
const (
	MaxRetryAfter = 24 * time.Hour     // how long a receiver can ask us to wait
	DisableAfter  = 5 * 24 * time.Hour // of nothing but failures, a webhook is sent nothing more
	failuresMeet  = 24 * time.Hour     // a failure by itself is forgotten after this long
	retrySpread   = 0.2                // of a wait, earlier or later
	minRest       = 5 * time.Second
	maxRest       = 5 * time.Minute
)

// RetryWait is how long a delivery waits after so many attempts that failed; again is false after the last. random, in [0, 1),
// spreads the wait by up to a fifth, lest all that failed together come back together.
func RetryWait(attempts int, random float64) (wait time.Duration, again bool) {
	if attempts < 1 || attempts > len(retryWaits) {
		return 0, false
	}
	spread := 1 - retrySpread + 2*retrySpread*random
	return time.Duration(float64(retryWaits[attempts-1]) * spread), true
}

// Succeeded reports whether the receiver took the event: it answered with 2xx.
func (a DeliveryAttempt) Succeeded() bool { return a.Error == "" }

// Overloaded reports whether the receiver is away or has too much to do, so that it must not be tried for every event.
func (a DeliveryAttempt) Overloaded() bool {
	switch a.Status {
	case 0, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !a.Succeeded()
	default:
		return false
	}
}

// After is the delivery after an attempt that ended at now. retryAfter is how long the receiver asked us to wait.
func (d WebhookDelivery) After(a DeliveryAttempt, retryAfter time.Duration, random float64, now time.Time) WebhookDelivery {
	d.Attempts++
	wait, again := RetryWait(d.Attempts, random)
	switch {
	case a.Succeeded():
		d.State, d.FinishedAt = DeliveryDelivered, now
	case !again:
		d.State, d.FinishedAt = DeliveryFailed, now
	default:
		d.NextAt = now.Add(max(wait, min(retryAfter, MaxRetryAfter)))
	}
	return d
}

// Again is the delivery when it is to be sent once more, at once.
func (d WebhookDelivery) Again(now time.Time) WebhookDelivery {
	d.State, d.Attempts, d.NextAt, d.FinishedAt = DeliveryPending, 0, now, time.Time{}
	return d
}

// AfterFailure is the webhook after an attempt that failed at now. An answer of 410 disables it at once; so do five days of nothing
// but failures, counted from the first of several within a day.
func (w Webhook) AfterFailure(a DeliveryAttempt, retryAfter time.Duration, now time.Time) Webhook {
	if alone := w.FailingSince.Equal(w.FailedAt); w.FailingSince.IsZero() || alone && now.Sub(w.FailedAt) > failuresMeet {
		w.FailingSince = now
	}
	w.FailedAt = now
	failing := now.Sub(w.FailingSince)
	if a.Overloaded() {
		// It rests for as long as it has been failing: the waits double.
		rest := max(min(max(failing, minRest), maxRest), min(retryAfter, MaxRetryAfter))
		w.RestUntil = now.Add(rest)
	}
	switch {
	case a.Status == http.StatusGone:
		w = w.disabled(ReasonGone)
	case failing >= DisableAfter:
		w = w.disabled(ReasonFailing)
	}
	return w
}

func (w Webhook) disabled(reason string) Webhook {
	w.State, w.DisabledReason = WebhookDisabled, reason
	return w
}

// Rests reports whether the webhook is not to be tried at now.
func (w Webhook) Rests(now time.Time) bool { return now.Before(w.RestUntil) }
