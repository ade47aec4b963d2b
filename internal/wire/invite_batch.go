package wire

import (
	"time"

	"alfaone/internal/assess"
)

// InviteBatch asks to invite many candidates, each as by itself.
type InviteBatch struct {
	Invites []InviteRequest `json:"invites" nullable:"false" minItems:"1" maxItems:"1000" doc:"1 to 1,000 wishes, each as for a single invite."`
}

// Canonical is the batch with every request in its canonical form.
func (b InviteBatch) Canonical() any { return InviteBatch{list(b.Invites, InviteRequest.canonical)} }

// InviteBatchResults say what has become of each wish of a batch, in the order of the wishes.
type InviteBatchResults struct {
	Results []InviteBatchResult `json:"results" nullable:"false" doc:"One for each wish, in the same order."`
}

// InviteBatchResult is what has become of one wish of a batch.
type InviteBatchResult struct {
	Index  int     `json:"index" minimum:"0" maximum:"999" doc:"The place of the wish, counted from 0."`
	Status int     `json:"status" minimum:"200" maximum:"599" doc:"With what status the wish by itself would have been answered: 201 when the invite was made, 200 when it was there and onDuplicate says that this will do; else why not: 400, 404, 409, or 5xx for a trouble of ours."`
	Invite *Invite `json:"invite" doc:"The invite; null where none was made or found."`
	URL    string  `json:"url,omitempty" format:"uri" doc:"The candidate's link, where sendEmail was false. Absent otherwise."`
	Error  *string `json:"error" doc:"Why there is no invite, in one sentence; null where there is one."`
}

// BatchedOf is a result with an invite, that was made or found at now. url is the candidate's link, where it is asked for.
func BatchedOf(index, status int, inv assess.Invite, url string, now time.Time) InviteBatchResult {
	return InviteBatchResult{Index: index, Status: status, Invite: new(InviteOf(inv.InviteSummary, now)), URL: url}
}
