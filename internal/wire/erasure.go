package wire

import "alfaone/internal/assess"

// Erased answers the erasing of a candidate.
type Erased struct {
	Erasure Erasure `json:"erasure"`
}

// Erasure is what is left of an invite whose candidate's data were erased.
type Erasure struct {
	InviteID     string `json:"inviteId" format:"uuid" doc:"Named the invite. Nothing else answers to it any more."`
	AssessmentID string `json:"assessmentId" format:"uuid" doc:"The assessment that the candidate was invited to."`
	Status       string `json:"status" enum:"pending,accepted,started,completed,expired,revoked" doc:"Where the invite stood when it was erased."`
	Answers      int    `json:"answers" minimum:"0" doc:"To how many questions something had been answered."`
	Recordings   int    `json:"recordings" minimum:"0" doc:"How many recordings there were, failed ones included."`
	Bytes        int64  `json:"bytes" minimum:"0" doc:"How many bytes of recordings had arrived."`
	ErasedAt     Time   `json:"erasedAt" format:"date-time" doc:"When it was erased, the first time that this was asked for."`
}

// ErasedOf is the erasure on the wire.
func ErasedOf(e assess.Erasure) Erased {
	return Erased{Erasure{
		InviteID: string(e.Invite), AssessmentID: string(e.Assessment), Status: string(e.Status), Answers: e.Answers,
		Recordings: e.Recordings, Bytes: e.Bytes, ErasedAt: TimeOf(e.At),
	}}
}
