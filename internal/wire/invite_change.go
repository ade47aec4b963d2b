package wire

import (
	"strings"
	"time"

	"alfaone/internal/assess"
)

// InvitePatch changes what it names of an invite. Where null is allowed, it clears.
type InvitePatch struct {
	RecipientName       *string            `json:"recipientName,omitempty" nullable:"true" null:"clears" maxLength:"200" doc:"The candidate's name. Null takes it away."`
	CustomMessage       *string            `json:"customMessage,omitempty" nullable:"true" null:"clears" maxLength:"2000" doc:"The text in the mail, for when it is sent again. Null takes it away."`
	AssignedGraderID    *string            `json:"assignedGraderId,omitempty" format:"uuid" nullable:"true" null:"clears" doc:"The member who is to grade it, instead of the one who was to; null for nobody. Refused with 409 when several members grade it, or the one who does has submitted."`
	Tags                *[]string          `json:"tags,omitempty" nullable:"true" null:"clears" maxItems:"20" format:"uuid" doc:"The ids of all the tags that the invite is to have. Null takes all away."`
	Metadata            *map[string]string `json:"metadata,omitempty" nullable:"true" null:"clears" maxProperties:"20" doc:"All that is to be kept with the invite, instead of what was: up to 20 pairs of texts; keys have 1 to 40 characters, values up to 500. Null takes it away."`
	ExternalID          *string            `json:"externalId,omitempty" nullable:"true" null:"clears" maxLength:"200" doc:"What you call the invite. Null frees the name for another one."`
	RedirectURL         *string            `json:"redirectUrl,omitempty" nullable:"true" null:"clears" format:"uri" pattern:"^https://" maxLength:"2000" doc:"Where candidates can go on when they are done. Null for nowhere."`
	ExpiresAt           *string            `json:"expiresAt,omitempty" format:"date-time" doc:"A later deadline, at most 365 days from now. It brings an expired invite back to where it was. Of a candidate who has started, it moves the time by which they have to finish, and expiresAt stays what it was."`
	QuestionReplayLimit *int               `json:"questionReplayLimit,omitempty" minimum:"1" maximum:"100" doc:"How many times the candidate may replay a question: as before or more, while they can still answer."`
	AnswerRecordLimit   *int               `json:"answerRecordLimit,omitempty" minimum:"1" maximum:"100" doc:"How many attempts the candidate has to record an answer: as before or more, while they can still answer."`
}

// Update is the wish in the field's terms.
func (p InvitePatch) Update() assess.InviteUpdate {
	u := assess.InviteUpdate{
		Name: p.RecipientName, Message: p.CustomMessage, External: p.ExternalID, RedirectURL: p.RedirectURL, Metadata: p.Metadata,
		ReplayLimit: p.QuestionReplayLimit, RecordLimit: p.AnswerRecordLimit,
	}
	if p.AssignedGraderID != nil {
		u.Grader = new(assess.MemberID(strings.ToLower(*p.AssignedGraderID)))
	}
	if p.Tags != nil {
		u.Tags = new(list(*p.Tags, func(tag string) assess.TagID { return assess.TagID(strings.ToLower(tag)) }))
	}
	if p.ExpiresAt != nil {
		until, _ := time.Parse(time.RFC3339, *p.ExpiresAt) // the decoder has seen that it is a time
		u.ExpiresAt = new(until.UTC().Truncate(time.Millisecond))
	}
	return u
}

// RevokeRequest asks to take an invite back.
type RevokeRequest struct {
	Force *bool `json:"force,omitempty" default:"false" doc:"Whether to take it back although the candidate has started. What they have recorded is kept."`
}

// Canonical is the request with its default filled in.
func (r RevokeRequest) Canonical() any { return RevokeRequest{Force: new(r.Forced())} }

// Forced reports whether the candidate may have started.
func (r RevokeRequest) Forced() bool { return or(r.Force, false) }
