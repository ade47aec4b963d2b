package assess

import (
	"slices"
	"time"
)

// Webhook is an address of the organization's own that events are posted to.
type Webhook struct {
	ID             WebhookID
	Org            OrgID
	Mode           Mode
	URL            string
	Description    string
	Events         []EventType // that it wants; empty: all
	State          WebhookState
	DisabledReason string
	Secret         string    // sealed
	OldSecret      string    // sealed; it signs too until OldSecretUntil
	OldSecretUntil time.Time // zero when the secret was never replaced
	FailingSince   time.Time // zero while the newest attempt succeeded
	FailedAt       time.Time // the newest failure; zero while there is none
	RestUntil      time.Time // it is overloaded or away, and is tried no sooner
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// WebhookState says whether a webhook is sent anything.
type WebhookState string

// The states of a webhook.
const (
	WebhookEnabled  WebhookState = "enabled"
	WebhookDisabled WebhookState = "disabled"
)

// Limits of webhooks.
const (
	MaxWebhooks         = 50             // in a mode of an organization
	SecretOverlap       = 24 * time.Hour // how long a replaced secret signs too
	MaxDescriptionRunes = 200
)

// Wants reports whether an event of the type goes to the webhook.
func (w Webhook) Wants(t EventType) bool {
	return w.State == WebhookEnabled && (len(w.Events) == 0 || slices.Contains(w.Events, t))
}

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
