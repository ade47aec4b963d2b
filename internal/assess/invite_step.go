package assess

// InviteStep is something that happens to an invite.
type InviteStep string

// The steps.
const (
	StepAccept    InviteStep = "accept"    // the candidate agrees to the notice
	StepStart     InviteStep = "start"     // the candidate begins; the clock runs
	StepObserve   InviteStep = "observe"   // screen, camera or identity are recorded, before the start or after it
	StepAnswer    InviteStep = "answer"    // an answer is begun
	StepDeliver   InviteStep = "deliver"   // a part of a recording arrives, also of one that was begun before the end
	StepComplete  InviteStep = "complete"  // the candidate submits
	StepTimeUp    InviteStep = "time_up"   // the clock submits
	StepExpire    InviteStep = "expire"    // the deadline has passed; who has started may finish
	StepRevoke    InviteStep = "revoke"    // a member takes it back
	StepForce     InviteStep = "force"     // a member takes it back although it was begun
	StepWithdraw  InviteStep = "withdraw"  // the candidate does not want to; afterwards it is a request, which changes no status
	StepExtend    InviteStep = "extend"    // a member gives more time
	StepResend    InviteStep = "resend"    // a member has the mail sent again
	StepReaddress InviteStep = "readdress" // a member mends the address
	StepImport    InviteStep = "import"    // a member puts in a recording that the candidate has sent by other means
	StepGrade     InviteStep = "grade"     // a grader scores it
	StepDecide    InviteStep = "decide"    // a member decides about the candidate
)

// InviteSteps lists the steps.
func InviteSteps() []InviteStep {
	return []InviteStep{
		StepAccept, StepStart, StepObserve, StepAnswer, StepDeliver, StepComplete, StepTimeUp, StepExpire, StepRevoke, StepForce, StepWithdraw,
		StepExtend, StepResend, StepReaddress, StepImport, StepGrade, StepDecide,
	}
}

// reopened stands in inviteMoves for "the open status that it had before it expired".
const reopened InviteStatus = "reopened"

// inviteMoves is the whole state machine: what each step makes of each status. A pair that is absent is refused. A status
// that maps to itself means that repeating the step is harmless.
var inviteMoves = map[InviteStep]map[InviteStatus]InviteStatus{
	StepAccept:    {Pending: Accepted, Accepted: Accepted, Started: Started},
	StepStart:     {Accepted: Started, Started: Started},
	StepObserve:   {Accepted: Accepted, Started: Started},
	StepAnswer:    {Started: Started},
	StepDeliver:   {Accepted: Accepted, Started: Started, Completed: Completed},
	StepComplete:  {Started: Completed, Completed: Completed},
	StepTimeUp:    {Started: Completed},
	StepExpire:    {Pending: Expired, Accepted: Expired, Started: Started},
	StepRevoke:    {Pending: Revoked, Accepted: Revoked, Revoked: Revoked},
	StepForce:     {Pending: Revoked, Accepted: Revoked, Started: Revoked, Revoked: Revoked},
	StepWithdraw:  {Pending: Revoked, Accepted: Revoked, Started: Revoked, Completed: Completed, Expired: Expired, Revoked: Revoked},
	StepExtend:    {Pending: Pending, Accepted: Accepted, Started: Started, Expired: reopened},
	StepResend:    {Pending: Pending, Accepted: Accepted, Started: Started},
	StepReaddress: {Pending: Pending, Accepted: Accepted, Started: Started},
	StepImport:    {Started: Started, Completed: Completed},
	StepGrade:     {Completed: Completed},
	StepDecide:    {Completed: Completed},
}

// Step is the status that the step leads to from status s, which is s itself where the step repeats or changes no status.
// accepted says whether the notice had been agreed to, for a step that reopens. Errors: Gone for a candidate's step on an
// expired or revoked invite, else Conflict; both say why.
func (s InviteStatus) Step(step InviteStep, accepted bool) (InviteStatus, error) {
	to, ok := inviteMoves[step][s]
	switch {
	case !ok:
		return "", refuse(s, step)
	case to != reopened:
		return to, nil
	case accepted:
		return Accepted, nil
	default:
		return Pending, nil
	}
}

// refuse explains why the step is not possible.
func refuse(s InviteStatus, step InviteStep) error {
	switch {
	case s == Expired && byCandidate(step):
		return Errorf(Gone, "This invitation has expired.")
	case s == Revoked && byCandidate(step):
		return Errorf(Gone, "This invitation has been withdrawn.")
	case s == Pending && byCandidate(step):
		return Errorf(Conflict, "The notice has to be agreed to first.")
	case s == Accepted && byCandidate(step):
		return Errorf(Conflict, "The assessment has not been started.")
	case s == Completed && byCandidate(step):
		return Errorf(Conflict, "The answers have been submitted.").With(Over)
	case step == StepRevoke && s == Started:
		return Errorf(Conflict, "The candidate has already started. Revoke it with force to end it all the same.")
	default:
		return Errorf(Conflict, "Not possible: this invite is %s.", s)
	}
}

func byCandidate(step InviteStep) bool {
	switch step {
	case StepAccept, StepStart, StepObserve, StepAnswer, StepDeliver, StepComplete:
		return true
	default:
		return false
	}
}
