package assess

import "strings"

// advances are the steps by which a synthetic candidate gets to a status, from the beginning on.
var advances = map[InviteStatus][]InviteStep{
	Accepted:  {StepAccept},
	Started:   {StepAccept, StepStart},
	Completed: {StepAccept, StepStart, StepComplete},
	Expired:   {StepExpire},
}

// Advances lists the statuses that a synthetic candidate can take a test invite to.
func Advances() []InviteStatus { return []InviteStatus{Accepted, Started, Completed, Expired} }

// Ahead lists the steps that lead a candidate from status s to another, in their order; none where it is that already. Errors:
// Invalid when no candidate ever takes an invite there, Conflict when none does from s.
func (s InviteStatus) Ahead(to InviteStatus) (steps []InviteStep, err error) {
	way, known := advances[to]
	if !known {
		return nil, InvalidFields(Problem{Field: "to", Message: "must be one of " + join(Advances())})
	}
	at := s
	for _, step := range way {
		next, err := at.Step(step, false)
		if at == to || err != nil {
			break
		}
		if next != at {
			steps = append(steps, step)
		}
		at = next
	}
	if at != to {
		return nil, Errorf(Conflict, "Not possible: this invite is %s, which does not lead to %s.", s, to)
	}
	return steps, nil
}

func join(statuses []InviteStatus) string {
	names := make([]string, len(statuses))
	for i, s := range statuses {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// MagicAddress is what an address makes of its mail in test mode.
type MagicAddress string

// The magic addresses. What follows a + is not looked at, so that there are as many as one needs: bounce+7@example.com.
const (
	MagicBounce MagicAddress = "bounce" // it is refused for good
	MagicSlow   MagicAddress = "slow"   // it waits for a minute
)

// MagicOf is what an address makes of its mail in the mode; empty for nothing special.
func MagicOf(mode Mode, email string) MagicAddress {
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	local, _, _ = strings.Cut(local, "+")
	switch m := MagicAddress(local); {
	case mode == Test && (m == MagicBounce || m == MagicSlow):
		return m
	default:
		return ""
	}
}
