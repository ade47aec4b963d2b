package wire

import (
	"slices"
	"strings"
	"time"

	"alfaone/internal/assess"
)

// Invite is an invite in a list, and what answers its making.
type Invite struct {
	ID                  string  `json:"id" format:"uuid" doc:"Names the invite."`
	AssessmentID        string  `json:"assessmentId" format:"uuid" doc:"The assessment that the candidate is invited to."`
	AssessmentName      string  `json:"assessmentName" doc:"The assessment's name, as it was when the invite was sent."`
	RecipientEmail      string  `json:"recipientEmail" format:"email" doc:"The candidate's address."`
	RecipientName       *string `json:"recipientName" doc:"The candidate's name."`
	Status              string  `json:"status" enum:"pending,accepted,started,completed,expired,revoked" doc:"Where the invite stands now."`
	QuestionReplayLimit int     `json:"questionReplayLimit" minimum:"1" maximum:"100" doc:"How many times the candidate may replay a question."`
	AnswerRecordLimit   int     `json:"answerRecordLimit" minimum:"1" maximum:"100" doc:"How many attempts the candidate has to record an answer."`
	SentAt              Time    `json:"sentAt" format:"date-time" doc:"When the invite was made."`
	ExpiresAt           Time    `json:"expiresAt" format:"date-time" doc:"When it expires, unless the candidate has started by then."`
	AcceptedAt          *Time   `json:"acceptedAt" format:"date-time" doc:"When the candidate agreed to take part."`
	StartedAt           *Time   `json:"startedAt" format:"date-time" doc:"When the candidate began."`
	CompletedAt         *Time   `json:"completedAt" format:"date-time" doc:"When the answers were submitted."`
}

// InviteDetail is one invite by itself.
type InviteDetail struct {
	Invite
	AssignedGrader     *Grader            `json:"assignedGrader" doc:"The member who grades it."`
	ProctoringSettings ProctoringSettings `json:"proctoringSettings"`
	CustomMessage      *string            `json:"customMessage" doc:"What the mail says to the candidate besides."`
	RevokedAt          *Time              `json:"revokedAt" format:"date-time" doc:"When the invite was taken back."`
}

// Grader is the member who grades an invite.
type Grader struct {
	ID        string `json:"id" format:"uuid" doc:"Names the member."`
	FirstName string `json:"firstName" doc:"The given name."`
	LastName  string `json:"lastName" doc:"The family name."`
	Email     string `json:"email" format:"email" doc:"The member's address."`
}

// ProctoringSettings say what is observed while the candidate answers.
type ProctoringSettings struct {
	ScreenRecording  bool `json:"screenRecording" doc:"Whether the screen is recorded."`
	WebcamMonitoring bool `json:"webcamMonitoring" doc:"Whether the webcam is recorded."`
	RequireIDCapture bool `json:"requireIdCapture" doc:"Whether a picture of an identity document is asked for."`
}

// InviteList is a page of invites.
type InviteList struct {
	Invites    []Invite   `json:"invites" nullable:"false" doc:"The invites of this page."`
	Pagination Pagination `json:"pagination"`
}

// InviteCreated answers the making of an invite.
type InviteCreated struct {
	Invite Invite `json:"invite"`
}

// InviteRequest asks to invite a candidate.
type InviteRequest struct {
	AssessmentID        string           `json:"assessmentId" format:"uuid" doc:"A published assessment of the organization."`
	RecipientEmail      string           `json:"recipientEmail" format:"email" maxLength:"254" doc:"The candidate's address, bare: without a name or angle brackets."`
	QuestionReplayLimit *int             `json:"questionReplayLimit,omitempty" minimum:"1" maximum:"100" default:"1" doc:"How many times the candidate may replay a question: the question plays once more than that."`
	AnswerRecordLimit   *int             `json:"answerRecordLimit,omitempty" minimum:"1" maximum:"100" default:"1" doc:"How many attempts the candidate has to record an answer; 1 means a single take."`
	ExpiresInDays       *int             `json:"expiresInDays,omitempty" minimum:"1" maximum:"365" default:"30" doc:"After how many days of 24 hours the invite expires."`
	ProctoringSettings  ProctoringChoice `json:"proctoringSettings,omitzero" doc:"What is observed while the candidate answers."`
	RecipientName       *string          `json:"recipientName,omitempty" nullable:"true" maxLength:"200" doc:"The candidate's name. An additive field."`
	Language            *string          `json:"language,omitempty" enum:"en,es,de,fr,pt" doc:"The language in which the candidate is addressed. Without it, the assessment's primary language if it is one of these, else English. An additive field."`
	CustomMessage       *string          `json:"customMessage,omitempty" nullable:"true" maxLength:"2000" doc:"A text for the mail, in plain words. An additive field."`
	AssignedGraderID    *string          `json:"assignedGraderId,omitempty" format:"uuid" nullable:"true" doc:"The member who is to grade it. An additive field."`
	Tags                []string         `json:"tags,omitempty" nullable:"false" maxItems:"20" format:"uuid" doc:"The ids of tags of the organization to put on the invite. An additive field."`
}

// ProctoringChoice says what is observed, where it is not to be as the assessment says.
type ProctoringChoice struct {
	ScreenRecording  *bool `json:"screenRecording,omitempty" doc:"Whether the screen is recorded. Without it, as the assessment says (which begins with true)."`
	WebcamMonitoring *bool `json:"webcamMonitoring,omitempty" doc:"Whether the webcam is recorded. Without it, as the assessment says (which begins with true)."`
	RequireIDCapture *bool `json:"requireIdCapture,omitempty" doc:"Whether a picture of an identity document is asked for. Without it, as the assessment says (which begins with true)."`
}

// Canonical is the request with defaults filled in and everything that can be written in several ways written in one, so that
// two requests ask for the same when their canonical forms are equal.
func (r InviteRequest) Canonical() any { return r.canonical() }

func (r InviteRequest) canonical() InviteRequest {
	r.AssessmentID = strings.ToLower(r.AssessmentID)
	r.QuestionReplayLimit = new(or(r.QuestionReplayLimit, assess.DefaultLimit))
	r.AnswerRecordLimit = new(or(r.AnswerRecordLimit, assess.DefaultLimit))
	r.ExpiresInDays = new(or(r.ExpiresInDays, assess.DefaultExpiresInDays))
	r.RecipientName = orNull(or(r.RecipientName, ""))
	r.CustomMessage = orNull(or(r.CustomMessage, ""))
	r.AssignedGraderID = orNull(strings.ToLower(or(r.AssignedGraderID, "")))
	tags := list(r.Tags, strings.ToLower)
	slices.Sort(tags)
	r.Tags = slices.Compact(tags)
	return r
}

// NewInvite is the wish in the field's terms.
func (r InviteRequest) NewInvite() assess.NewInvite {
	tags := list(r.Tags, func(tag string) assess.TagID { return assess.TagID(strings.ToLower(tag)) })
	r = r.canonical()
	return assess.NewInvite{
		Assessment: assess.AssessmentID(r.AssessmentID), Email: r.RecipientEmail, Name: or(r.RecipientName, ""),
		Language: or(r.Language, ""), Message: or(r.CustomMessage, ""), Grader: assess.MemberID(or(r.AssignedGraderID, "")),
		Tags: tags, ReplayLimit: *r.QuestionReplayLimit, RecordLimit: *r.AnswerRecordLimit, ExpiresInDays: *r.ExpiresInDays,
		Proctoring: assess.ProctoringChoice{
			ScreenRecording: r.ProctoringSettings.ScreenRecording, WebcamMonitoring: r.ProctoringSettings.WebcamMonitoring,
			IDCapture: r.ProctoringSettings.RequireIDCapture,
		},
	}
}

// or is what v points to, or the other value when it points to nothing.
func or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// InviteOf is the invite on the wire, as it stands at now.
func InviteOf(s assess.InviteSummary, now time.Time) Invite {
	return Invite{
		ID: string(s.ID), AssessmentID: string(s.Assessment), AssessmentName: s.AssessmentName,
		RecipientEmail: s.Email, RecipientName: orNull(s.Name), Status: string(s.StatusAt(now)),
		QuestionReplayLimit: s.ReplayLimit, AnswerRecordLimit: s.RecordLimit, SentAt: TimeOf(s.SentAt), ExpiresAt: TimeOf(s.ExpiresAt),
		AcceptedAt: maybeTime(s.AcceptedAt), StartedAt: maybeTime(s.StartedAt), CompletedAt: maybeTime(s.CompletedAt),
	}
}

// InviteCreatedOf answers the making of an invite, or the finding of one, at now.
func InviteCreatedOf(inv assess.Invite, now time.Time) InviteCreated {
	return InviteCreated{Invite: InviteOf(inv.InviteSummary, now)}
}

// InviteDetailOf is the invite on the wire, by itself; grader is nil without one.
func InviteDetailOf(inv assess.Invite, grader *assess.Member, now time.Time) InviteDetail {
	d := InviteDetail{
		Invite: InviteOf(inv.InviteSummary, now),
		ProctoringSettings: ProctoringSettings{
			ScreenRecording: inv.Proctoring.ScreenRecording, WebcamMonitoring: inv.Proctoring.WebcamMonitoring, RequireIDCapture: inv.Proctoring.IDCapture,
		},
		CustomMessage: orNull(inv.Message), RevokedAt: maybeTime(inv.RevokedAt),
	}
	if grader != nil {
		d.AssignedGrader = &Grader{ID: string(grader.ID), FirstName: grader.FirstName, LastName: grader.LastName, Email: grader.Email}
	}
	return d
}

// InviteListOf is a part of a list of invites, as they stand at now.
func InviteListOf(items []assess.InviteSummary, p Pagination, now time.Time) InviteList {
	invites := list(items, func(s assess.InviteSummary) Invite { return InviteOf(s, now) })
	return InviteList{Invites: invites, Pagination: p}
}
