package assess

import (
	"cmp"
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

// Why a webhook is disabled.
const (
	ReasonPaused  = "paused"  // by a member or a key
	ReasonGone    = "gone"    // its receiver answered 410
	ReasonFailing = "failing" // nothing but failures for DisableAfter
)

// WebhookEvents lists the types of events that a webhook can ask for. A test goes to the webhook that is tried out, whatever it
// asks for.
func WebhookEvents() []EventType {
	return slices.DeleteFunc(EventTypes(), func(t EventType) bool { return t == EndpointTest })
}

// NewWebhook is what one says to make a webhook.
type NewWebhook struct {
	URL         string
	Description string
	Events      []EventType // empty: all
	Once        string      // as in NewAPIKey
}

// Validate checks the wish, but not what Webhook.Validate checks of the webhook that comes of it. Errors: Invalid.
func (n NewWebhook) Validate() error {
	var p problems
	p.line("once", n.Once, false, MaxNameRunes)
	return p.err()
}

// WebhookUpdate changes what is not nil.
type WebhookUpdate struct {
	URL         *string
	Description *string
	Events      *[]EventType // an empty list: all
	Enabled     *bool
}

// Apply is the webhook after the change. Enabling it gives it a new start.
func (u WebhookUpdate) Apply(w Webhook, now time.Time) Webhook {
	if u.URL != nil {
		w.URL = *u.URL
	}
	if u.Description != nil {
		w.Description = CleanLine(*u.Description)
	}
	if u.Events != nil {
		w.Events = sortEvents(*u.Events)
	}
	switch {
	case u.Enabled == nil:
	case *u.Enabled && w.State == WebhookDisabled:
		w.State, w.DisabledReason = WebhookEnabled, ""
		w.FailingSince, w.FailedAt, w.RestUntil = time.Time{}, time.Time{}, time.Time{}
	case !*u.Enabled && w.State == WebhookEnabled:
		w = w.disabled(ReasonPaused)
	}
	w.UpdatedAt = now
	return w
}

// sortEvents is each wish once, in the order of EventTypes, with what is no type at the end.
func sortEvents(wished []EventType) []EventType {
	order := func(t EventType) int {
		if at := slices.Index(EventTypes(), t); at >= 0 {
			return at
		}
		return len(EventTypes())
	}
	sorted := slices.SortedFunc(slices.Values(wished), func(a, b EventType) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a, b))
	})
	return slices.Compact(sorted)
}

// Validate checks what people say of a webhook, but for where its address leads. Errors: Invalid.
func (w Webhook) Validate() error {
	var p problems
	p.line("url", w.URL, true, MaxURLBytes)
	p.line("description", w.Description, false, MaxDescriptionRunes)
	for _, t := range w.Events {
		p.when(!slices.Contains(WebhookEvents(), t), "events", "must not contain %q, which is no type of event", shortened(string(t)))
	}
	return p.err()
}

// shortened keeps what a message quotes within bounds.
func shortened(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// Overlaps reports whether a replaced secret still signs at now.
func (w Webhook) Overlaps(now time.Time) bool { return now.Before(w.OldSecretUntil) }

// Wants reports whether an event of the type goes to the webhook.
func (w Webhook) Wants(t EventType) bool {
	return w.State == WebhookEnabled && (len(w.Events) == 0 || slices.Contains(w.Events, t))
}
