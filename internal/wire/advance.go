package wire

// AdvanceRequest says how far a synthetic candidate is to take a test invite.
type AdvanceRequest struct {
	To string `json:"to" enum:"accepted,started,completed,expired" doc:"The status that the invite is to have: accepted, started or completed, by what a candidate does; expired, by moving its deadline to now."`
}
