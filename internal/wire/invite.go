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
	InviteAdditions
}

// InviteAdditions are what an invite's detail tells beyond the contract that is frozen, and only where there is something to
// tell: who uses none of it gets the frozen answer to the byte.
type InviteAdditions struct {
	ExternalID  string            `json:"externalId,omitempty" doc:"What the client calls the invite. Absent without a name. An additive field."`
	Language    string            `json:"language,omitempty" enum:"es,de,fr,pt" doc:"The language in which the candidate is addressed. Absent for English. An additive field."`
	Tags        []string          `json:"tags,omitempty" nullable:"false" format:"uuid" doc:"The ids of the invite's tags. Absent without one. An additive field."`
	Metadata    map[string]string `json:"metadata,omitempty" doc:"What the client keeps with the invite. Absent for nothing. An additive field."`
	RedirectURL string            `json:"redirectUrl,omitempty" format:"uri" doc:"Where candidates can go on when they are done. Absent for nowhere. An additive field."`
	Delivery    string            `json:"delivery,omitempty" enum:"failed,in_doubt,none" doc:"What is special about the mail. failed: the address refused it. in_doubt: the connection broke at its end, and it is sent again. none: nobody asked for a mail. Absent while it is on its way and once it has been sent. An additive field."`
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

// InviteCreated answers the making of an invite, or the finding of one.
type InviteCreated struct {
	Invite Invite `json:"invite"`
	URL    string `json:"url,omitempty" format:"uri" doc:"The candidate's link, where sendEmail was false: it is yours to hand on, to nobody but the candidate. Absent otherwise. An additive field."`
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

	ExternalID  *string           `json:"externalId,omitempty" nullable:"true" maxLength:"200" doc:"What you call the invite, on one line: the id of an application, for example. It is unique in the organization (live and test apart), for as long as the invite has it, and comes with every event. An additive field."`
	Metadata    map[string]string `json:"metadata,omitempty" maxProperties:"20" doc:"Up to 20 pairs of texts to keep with the invite; keys have 1 to 40 characters, values up to 500. Candidates do not see them. An additive field."`
	RedirectURL *string           `json:"redirectUrl,omitempty" nullable:"true" format:"uri" pattern:"^https://" maxLength:"2000" doc:"An https address. The page that thanks the candidate offers to go on there. An additive field."`
	SendEmail   *bool             `json:"sendEmail,omitempty" default:"true" doc:"Whether the candidate gets the e-mail with the link. With false none is sent, and the answer holds the link as url. An additive field."`
	OnDuplicate *string           `json:"onDuplicate,omitempty" enum:"error,return,create" default:"error" doc:"What to do where the address has an open invite to the assessment, or the externalId is taken. error: refuse with 409. return: make nothing and answer 200 with the invite that is there, if it asks the same address to the same assessment. create: make another beside an open one; an externalId is given once all the same. An additive field."`
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
	r.ExternalID = orNull(or(r.ExternalID, ""))
	r.RedirectURL = orNull(or(r.RedirectURL, ""))
	if or(r.SendEmail, true) {
		r.SendEmail = nil
	}
	if or(r.OnDuplicate, "") == string(assess.RefuseDuplicate) {
		r.OnDuplicate = nil
	}
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
		External: or(r.ExternalID, ""), Metadata: r.Metadata, RedirectURL: or(r.RedirectURL, ""), Silent: !or(r.SendEmail, true),
		OnDuplicate: assess.OnDuplicate(or(r.OnDuplicate, "")),
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

// InviteCreatedOf answers the making of an invite, or the finding of one, at now. url is the candidate's link, where it is asked
// for, else empty.
func InviteCreatedOf(inv assess.Invite, url string, now time.Time) InviteCreated {
	return InviteCreated{Invite: InviteOf(inv.InviteSummary, now), URL: url}
}

// InviteDetailOf is the invite on the wire, by itself; grader is nil without one.
func InviteDetailOf(inv assess.Invite, grader *assess.Member, now time.Time) InviteDetail {
	d := InviteDetail{
		Invite: InviteOf(inv.InviteSummary, now),
		ProctoringSettings: ProctoringSettings{
			ScreenRecording: inv.Proctoring.ScreenRecording, WebcamMonitoring: inv.Proctoring.WebcamMonitoring, RequireIDCapture: inv.Proctoring.IDCapture,
		},
		CustomMessage: orNull(inv.Message), RevokedAt: maybeTime(inv.RevokedAt), InviteAdditions: additionsOf(inv),
	}
	if grader != nil {
		d.AssignedGrader = &Grader{ID: string(grader.ID), FirstName: grader.FirstName, LastName: grader.LastName, Email: grader.Email}
	}
	return d
}

func additionsOf(inv assess.Invite) InviteAdditions {
	out := InviteAdditions{
		ExternalID: inv.External, Tags: list(inv.Tags, func(id assess.TagID) string { return string(id) }), Metadata: inv.Metadata,
		RedirectURL: inv.RedirectURL,
	}
	if inv.Language != assess.InterfaceLanguages()[0] {
		out.Language = inv.Language
	}
	switch inv.Delivery {
	case assess.MailFailed, assess.MailInDoubt, assess.MailNone:
		out.Delivery = string(inv.Delivery)
	}
	return out
}

// InviteListOf is a part of a list of invites, as they stand at now.
func InviteListOf(items []assess.InviteSummary, p Pagination, now time.Time) InviteList {
	invites := list(items, func(s assess.InviteSummary) Invite { return InviteOf(s, now) })
	return InviteList{Invites: invites, Pagination: p}
}
