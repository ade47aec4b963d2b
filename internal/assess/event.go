package assess

import "time"

// EventType names what happened.
type EventType string

// The event types.
const (
	InviteCreated        EventType = "invite.created"
	InviteSent           EventType = "invite.sent"
	InviteDeliveryFailed EventType = "invite.delivery_failed"
	InviteAccepted       EventType = "invite.accepted"
	InviteStarted        EventType = "invite.started"
	InviteCompleted      EventType = "invite.completed"
	InviteExpired        EventType = "invite.expired"
	InviteRevoked        EventType = "invite.revoked"
	InviteExtended       EventType = "invite.extended"
	InviteResent         EventType = "invite.resent"
	InviteReaddressed    EventType = "invite.readdressed"
	InviteAnswered       EventType = "invite.answered"       // the answer to a question is stored and verified
	InviteTakeFailed     EventType = "invite.take_failed"    // a recording came to nothing, at no cost to the candidate
	InviteTakenOver      EventType = "invite.taken_over"     // the candidate went on in another tab or on another device
	InviteIdentified     EventType = "invite.identified"     // a photo of the document or the face is stored
	InviteAccommodated   EventType = "invite.accommodated"   // a member changed what the candidate is allowed
	InviteRetakeAllowed  EventType = "invite.retake_allowed" // a member allowed another take of one answer
	InviteTakeImported   EventType = "invite.take_imported"  // a member put in a file that the candidate had saved
	InviteAssigned       EventType = "invite.assigned"       // a grader is to score it
	InviteUnassigned     EventType = "invite.unassigned"     // a grader is to score it no longer
	InviteEvaluated      EventType = "invite.evaluated"      // a grader has submitted an evaluation
	InviteReopened       EventType = "invite.reopened"       // a submitted evaluation is changed again
	InviteDisputed       EventType = "invite.disputed"       // the graders differ too far
	InviteDecided        EventType = "invite.decided"        // a member has decided about the candidate
	InviteChanged        EventType = "invite.changed"        // what the invite says was changed
	AttemptGraded        EventType = "attempt.graded"        // all evaluations are in, and the grade stands
	CandidateErased      EventType = "candidate.erased"      // what was known of the candidate is gone
	AssessmentPublished  EventType = "assessment.published"
	EndpointDisabled     EventType = "endpoint.disabled" // a webhook is sent nothing more, because it failed for too long
	EndpointTest         EventType = "endpoint.test"     // somebody tries a webhook out
)

// EventTypes lists the types, in the order of an invite's life.
func EventTypes() []EventType {
	return []EventType{
		InviteCreated, InviteSent, InviteDeliveryFailed, InviteAccepted, InviteStarted, InviteCompleted, InviteExpired,
		InviteRevoked, InviteExtended, InviteResent, InviteReaddressed, InviteAnswered, InviteTakeFailed, InviteTakenOver,
		InviteIdentified, InviteAccommodated, InviteRetakeAllowed, InviteTakeImported, InviteAssigned, InviteUnassigned,
		InviteEvaluated, InviteReopened, InviteDisputed, InviteDecided, InviteChanged, AttemptGraded, CandidateErased,
		AssessmentPublished, EndpointDisabled, EndpointTest,
	}
}

// Event is one thing that happened, written in the transaction that made it happen and never changed, but that erasing a
// candidate takes out what tells of them. Sequence counts an organization's events in a mode without gaps.
type Event struct {
	ID         EventID
	Org        OrgID
	Mode       Mode
	Sequence   int64
	Type       EventType
	Invite     InviteID     // empty where none is concerned
	Assessment AssessmentID // empty where none is concerned
	External   string       // what the client calls the invite; may be empty
	Webhook    WebhookID    // empty where none is concerned
	Status     InviteStatus // of the invite, after what happened; empty where none is concerned
	Actor      ActorKind
	ActorID    string
	ActorName  string
	Note       string // one line for the timeline: "until 14 February 2025"; may be empty
	At         time.Time
}

// EventOf is an event about the invite, as actor a caused it at now.
func EventOf(id EventID, typ EventType, a Actor, inv Invite, note string, now time.Time) Event {
	return Event{
		ID: id, Org: inv.Org, Mode: inv.Mode, Type: typ, Invite: inv.ID, Assessment: inv.Assessment, External: inv.External,
		Status: inv.StatusAt(now),
		Actor:  a.Kind, ActorID: a.ID, ActorName: a.Name, Note: note, At: now,
	}
}

// Acceptance proves what a candidate agreed to: the notice's very text, when, in which language and from which network.
type Acceptance struct {
	Org           OrgID
	Invite        InviteID
	NoticeVersion int
	NoticeSHA256  string // of Notice, hexadecimal
	Notice        string
	Language      string
	Network       string // the address shortened to /24 (IPv4) or /48 (IPv6)
	At            time.Time
}
