package api

import (
	"context"
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func advanceRoutes() []route {
	return []route{
		{
			method: "POST", path: "/test/invites/{inviteId}/advance", access: assess.InviteCandidates, endpoint: takes((*API).advanceInvite),
			status: http.StatusOK, once: byRepeating,
			name: "advanceTestInvite", summary: "Advance a test invite",
			description: "Has a synthetic candidate take a test invite further the way that candidates go: agree to the notice, start, answer every question with a short recording or text, hand in. All events happen, and there are results. Repeating the call changes nothing. Test keys only: a live key is refused with 403.",
			errors:      []int{http.StatusConflict},
			example:     wire.AdvanceRequest{To: "completed"}, answer: exampleAdvancedInvite(),
		},
	}
}

func (a *API) advanceInvite(ctx context.Context, c *call, in wire.AdvanceRequest) (wire.InviteDetail, error) {
	return a.afterwards(ctx, c, a.app.Advance(ctx, c.who, assess.InviteID(c.id), assess.InviteStatus(in.To)))
}

// exampleAdvancedInvite is the invite of the examples, completed in a moment.
func exampleAdvancedInvite() wire.InviteDetail {
	d := exampleInviteDetail
	d.Status = string(assess.Completed)
	d.AcceptedAt, d.StartedAt, d.CompletedAt = new(wire.Time("2025-01-15T12:05:00.000Z")), new(wire.Time("2025-01-15T12:05:00.000Z")), new(wire.Time("2025-01-15T12:05:01.000Z"))
	return d
}
