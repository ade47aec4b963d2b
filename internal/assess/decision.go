package assess

import (
	"slices"
	"time"
)

// Outcome is what is decided about a candidate.
type Outcome string

// The outcomes.
const (
	Advance Outcome = "advance"
	Hold    Outcome = "hold"
	Reject  Outcome = "reject"
)

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{Advance, Hold, Reject} }

// Decision is what a member has decided about a candidate, and why. Deciding anew adds another; the newest holds.
type Decision struct {
	Invite     InviteID
	Number     int // from 1
	Outcome    Outcome
	Reason     string
	Member     MemberID
	MemberName string // as it was then
	At         time.Time
}

// Decide is the decision that who takes at now about a candidate whose invite has the status. Only a person decides, with a
// reason. Errors: Forbidden, Conflict, Invalid.
func Decide(who Actor, inv Invite, outcome Outcome, reason string, now time.Time) (Decision, error) {
	if who.Kind != ByMember {
		return Decision{}, Errorf(Forbidden, "Only a member of the organization can decide about a candidate.")
	}
	if err := who.May(DecideCandidates); err != nil {
		return Decision{}, err
	}
	if _, err := inv.StatusAt(now).Step(StepDecide, true); err != nil {
		return Decision{}, err
	}
	d := Decision{Invite: inv.ID, Outcome: outcome, Reason: CleanText(reason), Member: MemberID(who.ID), MemberName: who.Name, At: now}
	var p problems
	p.when(!slices.Contains(Outcomes(), outcome), "outcome", "must be advance, hold or reject")
	p.when(d.Reason == "", "reason", "must not be empty")
	p.text("reason", d.Reason, MaxMessageRunes)
	return d, p.err()
}
