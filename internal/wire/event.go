package wire

import (
	"bytes"
	"encoding/json"

	"alfaone/internal/assess"
)

// Event is one thing that happened, as webhooks and the list of events tell it. It is thin: what it is about is named by ids,
// and nothing in it tells of a person.
type Event struct {
	Type      string    `json:"type" enum:"invite.created,invite.sent,invite.delivery_failed,invite.accepted,invite.started,invite.completed,invite.expired,invite.revoked,invite.extended,invite.resent,invite.readdressed,invite.answered,invite.take_failed,invite.taken_over,invite.identified,invite.accommodated,invite.retake_allowed,invite.take_imported,invite.assigned,invite.unassigned,invite.evaluated,invite.reopened,invite.disputed,invite.decided,invite.changed,attempt.graded,candidate.erased,assessment.published,endpoint.disabled,endpoint.test" doc:"What happened. Further values may be added: pass over those that you do not know."`
	Timestamp Time      `json:"timestamp" format:"date-time" doc:"When it happened."`
	Data      EventData `json:"data"`
}

// EventData says what an event is about.
type EventData struct {
	EventID      string  `json:"eventId" format:"uuid" doc:"Names the event: the webhook-id of its deliveries."`
	Sequence     int64   `json:"sequence" minimum:"1" doc:"The number of the event, counted without gaps from 1, live and test events each by themselves. Deliveries may arrive in another order."`
	InviteID     *string `json:"inviteId" format:"uuid" doc:"The invite; null where none is concerned."`
	AssessmentID *string `json:"assessmentId" format:"uuid" doc:"The assessment; null where none is concerned."`
	ExternalID   *string `json:"externalId" doc:"What you call the invite; null where it has no such name."`
	WebhookID    *string `json:"webhookId" format:"uuid" doc:"The webhook that the event is about; null where none is concerned."`
	Status       *string `json:"status" enum:"pending,accepted,started,completed,expired,revoked" doc:"The invite's status right after it happened; null where no invite is concerned."`
	Mode         string  `json:"mode" enum:"live,test" doc:"Whether it happened to live or to test data."`
}

// EventOf is the event on the wire. It follows from the event alone, so that it is the same whenever it is told.
func EventOf(e assess.Event) Event {
	return Event{
		Type: string(e.Type), Timestamp: TimeOf(e.At),
		Data: EventData{
			EventID: string(e.ID), Sequence: e.Sequence, InviteID: orNull(string(e.Invite)), AssessmentID: orNull(string(e.Assessment)),
			ExternalID: orNull(e.External), WebhookID: orNull(string(e.Webhook)), Status: orNull(string(e.Status)), Mode: string(e.Mode),
		},
	}
}

// Body is the event as webhooks post it: byte for byte the item of a list of events.
func (e Event) Body() ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(e)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// EventList is a part of what happened, the oldest first.
type EventList struct {
	Events     []Event `json:"events" nullable:"false" doc:"The events after the cursor. Fewer than asked for means that these were all, for now."`
	NextCursor string  `json:"nextCursor" doc:"Where the list goes on. It is always there: with nothing new, ask with it again later."`
}

// EventListOf is a part of what happened, and where it goes on.
func EventListOf(events []assess.Event, next string) EventList {
	return EventList{Events: list(events, EventOf), NextCursor: next}
}
