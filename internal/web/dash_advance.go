package web

import (
	"slices"

	"alfaone/internal/assess"
)

// advanceInvite has a synthetic candidate take a test invite further. In live mode there is no such page.
func (s *Server) advanceInvite(c *call) error {
	if !c.testMode() {
		return assess.Errorf(assess.NotFound, "There is no page at this address.")
	}
	return c.inviteStep("advance", "The synthetic candidate is done.", func(id assess.InviteID) error {
		return s.app.Advance(c.ctx(), c.who(), id, assess.InviteStatus(c.value("to")))
	})
}

// ahead are the statuses that a synthetic candidate can take the invite to; none in live mode, and for who may not invite.
func (v inviteView) ahead() []assess.InviteStatus {
	if v.Invite.Mode != assess.Test || !v.MayInvite {
		return nil
	}
	return slices.DeleteFunc(assess.Advances(), func(to assess.InviteStatus) bool {
		steps, err := v.Status.Ahead(to)
		return err != nil || len(steps) == 0
	})
}

// advanceLabel is what a candidate does to get there.
func advanceLabel(to assess.InviteStatus) string {
	switch to {
	case assess.Accepted:
		return "Accept"
	case assess.Started:
		return "Start"
	case assess.Completed:
		return "Answer and submit"
	default:
		return "Let it expire"
	}
}
