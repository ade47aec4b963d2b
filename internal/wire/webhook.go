package wire

import (
	"slices"
	"time"

	"alfaone/internal/assess"
)

// Webhook is an address of the organization's own that events are posted to.
type Webhook struct {
	ID             string   `json:"id" format:"uuid" doc:"Names the webhook."`
	URL            string   `json:"url" doc:"The address that events are posted to."`
	Description    string   `json:"description" doc:"What it is for, in words of your own; may be empty."`
	Events         []string `json:"events" nullable:"false" doc:"The types of events that it is sent; empty: all."`
	State          string   `json:"state" enum:"enabled,disabled" doc:"Whether it is sent events."`
	DisabledReason *string  `json:"disabledReason" enum:"paused,gone,failing" doc:"Why it is disabled: somebody paused it, its receiver answered 410, or nothing but failures for five days. Null while it is enabled."`
	FailingSince   *Time    `json:"failingSince" format:"date-time" doc:"Since when nothing has succeeded; null when the newest attempt did."`
	OldSecretUntil *Time    `json:"oldSecretUntil" format:"date-time" doc:"Until when the secret that was replaced last signs too; null when none ever was."`
	CreatedAt      Time     `json:"createdAt" format:"date-time" doc:"When it was made."`
	UpdatedAt      Time     `json:"updatedAt" format:"date-time" doc:"When somebody last changed it."`
}

// WebhookList is a page of webhooks.
type WebhookList struct {
	Webhooks   []Webhook  `json:"webhooks" nullable:"false" doc:"The webhooks of this page."`
	Pagination Pagination `json:"pagination"`
}

// WebhookSecret answers the making of a webhook, and of a new secret for one.
type WebhookSecret struct {
	Webhook Webhook `json:"webhook"`
	Secret  string  `json:"secret" doc:"Verifies what is posted (Standard Webhooks). It is shown this once."`
}

// WebhookRequest asks for a new webhook.
type WebhookRequest struct {
	URL         string   `json:"url" format:"uri" minLength:"1" maxLength:"2000" doc:"The address to post events to: https, on the usual port."`
	Description *string  `json:"description,omitempty" maxLength:"200" doc:"What it is for, on one line."`
	Events      []string `json:"events,omitempty" nullable:"false" enum:"invite.created,invite.sent,invite.delivery_failed,invite.accepted,invite.started,invite.completed,invite.expired,invite.revoked,invite.extended,invite.resent,invite.readdressed,invite.answered,invite.take_failed,invite.taken_over,invite.identified,invite.accommodated,invite.retake_allowed,invite.take_imported,invite.assigned,invite.unassigned,invite.evaluated,invite.reopened,invite.disputed,invite.decided,invite.changed,attempt.graded,candidate.erased,assessment.published,endpoint.disabled" doc:"The types of events to send. Without any, all."`
}

// Canonical is the request with the types of events in order, and without a description that says nothing.
func (r WebhookRequest) Canonical() any {
	r.Description = orNull(or(r.Description, ""))
	r.Events = slices.Compact(slices.Sorted(slices.Values(r.Events)))
	return r
}

// NewWebhook is the wish in the field's terms.
func (r WebhookRequest) NewWebhook() assess.NewWebhook {
	return assess.NewWebhook{URL: r.URL, Description: or(r.Description, ""), Events: list(r.Events, eventType)}
}

func eventType(s string) assess.EventType { return assess.EventType(s) }

// WebhookPatch changes what it names of a webhook.
type WebhookPatch struct {
	URL         *string   `json:"url,omitempty" format:"uri" minLength:"1" maxLength:"2000" doc:"The new address."`
	Description *string   `json:"description,omitempty" maxLength:"200" doc:"The new description."`
	Events      *[]string `json:"events,omitempty" enum:"invite.created,invite.sent,invite.delivery_failed,invite.accepted,invite.started,invite.completed,invite.expired,invite.revoked,invite.extended,invite.resent,invite.readdressed,invite.answered,invite.take_failed,invite.taken_over,invite.identified,invite.accommodated,invite.retake_allowed,invite.take_imported,invite.assigned,invite.unassigned,invite.evaluated,invite.reopened,invite.disputed,invite.decided,invite.changed,attempt.graded,candidate.erased,assessment.published,endpoint.disabled" doc:"The types of events to send from now on. An empty list: all."`
	Enabled     *bool     `json:"enabled,omitempty" doc:"Whether it is to be sent events. Disabling gives up what is on its way."`
}

// Update is the wish in the field's terms.
func (p WebhookPatch) Update() assess.WebhookUpdate {
	u := assess.WebhookUpdate{URL: p.URL, Description: p.Description, Enabled: p.Enabled}
	if p.Events != nil {
		u.Events = new(list(*p.Events, eventType))
	}
	return u
}

// RotateRequest asks for a new secret.
type RotateRequest struct {
	Force *bool `json:"force,omitempty" default:"false" doc:"Replaces the secret even while the one before still signs, which then ends at once."`
}

// Canonical is the request with its default filled in.
func (r RotateRequest) Canonical() any { return RotateRequest{Force: new(r.Forced())} }

// Forced is whether the older secret may end at once.
func (r RotateRequest) Forced() bool { return or(r.Force, false) }

// RedeliverRequest asks to send again what was sent before.
type RedeliverRequest struct {
	Since string `json:"since" format:"date-time" doc:"Deliveries that were made at this time or later."`
	All   *bool  `json:"all,omitempty" default:"false" doc:"Also those that have succeeded."`
}

// Canonical is the request with its default filled in.
func (r RedeliverRequest) Canonical() any {
	return RedeliverRequest{Since: r.Since, All: new(or(r.All, false))}
}

// Time is since when. Errors: Invalid.
func (r RedeliverRequest) Time() (time.Time, error) {
	since, err := time.Parse(time.RFC3339, r.Since)
	if err != nil {
		return since, assess.InvalidFields(assess.Problem{Field: "since", Message: "must be a time such as 2025-01-15T12:00:00.000Z"})
	}
	return since, nil
}

// FailedOnly is whether those that have succeeded stay as they are.
func (r RedeliverRequest) FailedOnly() bool { return !or(r.All, false) }

// Redelivered answers the wish to send again.
type Redelivered struct {
	Redelivered int `json:"redelivered" minimum:"0" doc:"How many deliveries are on their way again."`
}

// Delivery is one event on its way to one webhook.
type Delivery struct {
	ID         string  `json:"id" format:"uuid" doc:"Names the delivery."`
	EventID    string  `json:"eventId" format:"uuid" doc:"The event: the webhook-id of each attempt."`
	Type       string  `json:"type" doc:"The type of the event."`
	InviteID   *string `json:"inviteId" format:"uuid" doc:"The invite; null where none is concerned."`
	State      string  `json:"state" enum:"pending,delivered,failed" doc:"Where it stands. What is pending is tried again by itself; what has failed is not."`
	Attempts   int     `json:"attempts" minimum:"0" doc:"How often it was tried since it was last sent by hand."`
	NextAt     *Time   `json:"nextAttemptAt" format:"date-time" doc:"When it is tried next; null unless it is pending."`
	CreatedAt  Time    `json:"createdAt" format:"date-time" doc:"When the event happened."`
	FinishedAt *Time   `json:"finishedAt" format:"date-time" doc:"When it succeeded, or was given up; null while it is pending."`
}

// DeliveryList is a page of deliveries.
type DeliveryList struct {
	Deliveries []Delivery `json:"deliveries" nullable:"false" doc:"The deliveries of this page."`
	Pagination Pagination `json:"pagination"`
}

// DeliveryOnly answers the wish to send something.
type DeliveryOnly struct {
	Delivery Delivery `json:"delivery"`
}

// DeliveryDetail is a delivery with all that is known of it.
type DeliveryDetail struct {
	Delivery
	Body string    `json:"body" doc:"What is posted, byte for byte."`
	Log  []Attempt `json:"log" nullable:"false" doc:"Every attempt, the oldest first."`
}

// Attempt is one post to a webhook.
type Attempt struct {
	Number       int     `json:"number" minimum:"1" doc:"Counted from 1."`
	At           Time    `json:"at" format:"date-time" doc:"When it was made."`
	Milliseconds int64   `json:"milliseconds" minimum:"0" doc:"How long it took."`
	Status       *int    `json:"status" doc:"The status that the receiver answered; null when it did not answer."`
	Error        *string `json:"error" doc:"Why it failed, in words; null when it succeeded."`
	Response     string  `json:"response" doc:"How the body of the answer begins."`
}

// WebhookOf is the webhook on the wire.
func WebhookOf(w assess.Webhook) Webhook {
	return Webhook{
		ID: string(w.ID), URL: w.URL, Description: w.Description, Events: list(w.Events, func(t assess.EventType) string { return string(t) }),
		State: string(w.State), DisabledReason: orNull(w.DisabledReason), FailingSince: maybeTime(w.FailingSince),
		OldSecretUntil: maybeTime(w.OldSecretUntil), CreatedAt: TimeOf(w.CreatedAt), UpdatedAt: TimeOf(w.UpdatedAt),
	}
}

// WebhookListOf is a part of a list of webhooks.
func WebhookListOf(items []assess.Webhook, p Pagination) WebhookList {
	return WebhookList{Webhooks: list(items, WebhookOf), Pagination: p}
}

// DeliveryOf is the delivery on the wire.
func DeliveryOf(d assess.WebhookDelivery) Delivery {
	out := Delivery{
		ID: string(d.ID), EventID: string(d.Event), Type: string(d.Type), InviteID: orNull(string(d.Invite)), State: string(d.State),
		Attempts: d.Attempts, CreatedAt: TimeOf(d.CreatedAt), FinishedAt: maybeTime(d.FinishedAt),
	}
	if d.State == assess.DeliveryPending {
		out.NextAt = maybeTime(d.NextAt)
	}
	return out
}

// DeliveryListOf is a part of a list of deliveries.
func DeliveryListOf(items []assess.WebhookDelivery, p Pagination) DeliveryList {
	return DeliveryList{Deliveries: list(items, DeliveryOf), Pagination: p}
}

// DeliveryDetailOf is the delivery on the wire, by itself.
func DeliveryDetailOf(d assess.WebhookDelivery, attempts []assess.DeliveryAttempt, body string) DeliveryDetail {
	return DeliveryDetail{Delivery: DeliveryOf(d), Body: body, Log: list(attempts, attemptOf)}
}

func attemptOf(a assess.DeliveryAttempt) Attempt {
	return Attempt{
		Number: a.Number, At: TimeOf(a.At), Milliseconds: a.Duration.Milliseconds(), Status: orNull(a.Status), Error: orNull(a.Error),
		Response: a.Response,
	}
}
