package assess

import "time"

// Erasure is what is left of an invite whose candidate's data were erased: who had it done, when, and how much there was.
// It says nothing of the candidate.
type Erasure struct {
	Org        OrgID
	Mode       Mode
	Invite     InviteID
	Assessment AssessmentID
	Status     InviteStatus // of the invite, when it was erased
	Answers    int          // questions to which something had been answered
	Recordings int
	Bytes      int64 // of the recordings, as they had arrived
	Actor      ActorKind
	ActorID    string
	ActorName  string
	At         time.Time
}

// ErasureOf is the erasure of the invite as actor a has it done at now, without how much there was.
func ErasureOf(a Actor, inv Invite, now time.Time) Erasure {
	return Erasure{
		Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Assessment: inv.Assessment, Status: inv.StatusAt(now),
		Actor: a.Kind, ActorID: a.ID, ActorName: a.Name, At: now,
	}
}

// Event tells of the erasure, and nothing of the candidate: not even what the client called the invite.
func (e Erasure) Event(id EventID) Event {
	return Event{
		ID: id, Org: e.Org, Mode: e.Mode, Type: CandidateErased, Invite: e.Invite, Assessment: e.Assessment,
		Actor: e.Actor, ActorID: e.ActorID, ActorName: e.ActorName, At: e.At,
	}
}
