package api

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func erasureRoutes() []route {
	return []route{{
		method: "DELETE", path: "/invites/{inviteId}", access: assess.EraseCandidates, endpoint: gives((*API).eraseInvite),
		name: "eraseInvite", summary: "Erase a candidate's data",
		description: "Removes the invite and all that is known of its candidate, in whatever state it is: name and address, answers, recordings, " +
			"scores, kept letters and remembered answers. It cannot be undone. What is left is that it was done, without a word about the " +
			"candidate. Asked for again, the answer is the same; everything else about the invite is answered with 404.",
		answer: wire.Erased{Erasure: wire.Erasure{
			InviteID: exampleInvite.ID, AssessmentID: exampleAssessmentID, Status: "completed", Answers: 10, Recordings: 12, Bytes: 48_210_944,
			ErasedAt: "2025-03-01T09:00:00.000Z",
		}},
	}}
}

func (a *API) eraseInvite(ctx context.Context, c *call) (wire.Erased, error) {
	e, err := a.app.Erase(ctx, c.who, assess.InviteID(c.id))
	return wire.ErasedOf(e), err
}
