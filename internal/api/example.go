package api

import (
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// What the OpenAPI document shows. The API key in it has a wrong checksum on purpose: no scanner and no server takes it for
// real.
const exampleKey = "ak_live_EXAMPLEexampleEXAMPLEexample00"

const (
	exampleAssessmentID = "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9"
	exampleName         = "Software Engineer Assessment"
	exampleEmail        = "candidate@example.com"
)

var (
	examplePage       = wire.PaginationOf(assess.Page{Number: 1, Limit: 20}, 1)
	exampleAssessment = wire.Assessment{
		ID: exampleAssessmentID, Name: exampleName, DefaultQuestionFormat: "audio", DefaultAnswerFormat: "audio",
		Languages: []string{"en", "es"}, QuestionCount: 10, InviteCount: 25,
		CreatedAt: "2025-01-01T10:00:00.000Z", UpdatedAt: "2025-01-02T15:30:00.000Z",
	}
	exampleQuestion = wire.Question{
		ID: "3f0e8a52-6a0b-4a0e-9d0c-5b7f0f6d2c11", Position: 1,
		Text:           map[string]string{"en": "What did you build last?", "es": "¿Qué construiste por última vez?"},
		QuestionFormat: "audio", AnswerFormat: "audio", Points: 10, Required: true, PreparationSeconds: 30, MaxAnswerSeconds: 120,
		Criteria: []wire.Criterion{{
			ID: exampleCriterion, Name: "Depth", Description: "What made it hard, and what it cost.", Points: 10,
			Levels: []wire.Level{{Points: 0, Description: "Nothing of it."}, {Points: 8, Description: "What was hard."}, {Points: 10, Description: "The same, and what it cost."}},
		}},
	}
	exampleInviteRequest = wire.InviteRequest{
		AssessmentID: exampleAssessmentID, RecipientEmail: exampleEmail,
		QuestionReplayLimit: new(1), AnswerRecordLimit: new(1), ExpiresInDays: new(30),
		ProctoringSettings: wire.ProctoringChoice{ScreenRecording: new(true), WebcamMonitoring: new(true), RequireIDCapture: new(true)},
	}
	exampleInvite = wire.Invite{
		ID: "a1b2c3d4-e5f6-7890-abcd-ef1234567890", AssessmentID: exampleAssessmentID, AssessmentName: exampleName,
		RecipientEmail: exampleEmail, Status: "pending", QuestionReplayLimit: 1, AnswerRecordLimit: 1,
		SentAt: "2025-01-15T12:00:00.000Z", ExpiresAt: "2025-02-14T12:00:00.000Z",
	}
	exampleInviteDetail = wire.InviteDetail{
		Invite:             exampleInvite,
		AssignedGrader:     &wire.Grader{ID: exampleMember.ID, FirstName: exampleMember.FirstName, LastName: exampleMember.LastName, Email: exampleMember.Email},
		ProctoringSettings: wire.ProctoringSettings{ScreenRecording: true, WebcamMonitoring: true, RequireIDCapture: true},
	}
	exampleInvitePatch = wire.InvitePatch{
		RecipientName: new("Casey Candidate"), ExternalID: new("application-4711"), Metadata: &map[string]string{"source": "careers page"},
	}
	exampleChangedInvite = func() wire.InviteDetail {
		d := exampleInviteDetail
		d.RecipientName, d.ExternalID, d.Metadata = exampleInvitePatch.RecipientName, *exampleInvitePatch.ExternalID, *exampleInvitePatch.Metadata
		return d
	}()
	exampleRevokedInvite = func() wire.InviteDetail {
		d := exampleInviteDetail
		d.Status, d.RevokedAt = "revoked", new(wire.Time("2025-01-16T09:00:00.000Z"))
		return d
	}()
	exampleBatchResults = wire.InviteBatchResults{Results: []wire.InviteBatchResult{{Index: 0, Status: 201, Invite: &exampleInvite}}}
	exampleCriterion    = "7d1c2b3a-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
	exampleDecision     = wire.Decision{
		Outcome: "advance", Reason: "Clear, and deep where it matters.", Member: wire.Person{ID: exampleMember.ID, Name: "Olivia Owner"},
		DecidedAt: "2025-01-22T09:30:00.000Z",
	}
	exampleResults = wire.InviteResults{
		InviteID: exampleInvite.ID, AssessmentID: exampleAssessmentID, AssessmentVersion: 1, Status: "completed",
		CompletedAt: new(wire.Time("2025-01-20T10:12:00.000Z")),
		Grade:       wire.Grade{State: "graded", Points: new(8.5), MaxPoints: 10, Percent: new(85.0), GradedAt: new(wire.Time("2025-01-21T16:00:00.000Z"))},
		Answers: []wire.Answer{{
			QuestionID: exampleQuestion.ID, Position: 1, Question: "What did you build last?", State: "answered", Format: new("audio"),
			DurationSeconds: new(64.2), AttemptsUsed: 1,
			Media: &wire.Media{
				URL: "https://assess.example.com/media/eyJvIjoi.3fa9", ContentType: "audio/webm", Bytes: 262144,
				SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ExpiresAt: "2025-01-22T09:35:00.000Z",
			},
			Transcript: &wire.Transcript{Language: "en", Text: "A queue.", Segments: []wire.Segment{{Start: 0.4, End: 1.9, Text: "A queue."}}},
			Points:     new(8.5), MaxPoints: 10,
			Criteria: []wire.CriterionScore{{CriterionID: new(exampleCriterion), Name: new("Depth"), Points: new(8.5), MaxPoints: 10}},
		}},
		Evaluations: []wire.Evaluation{{
			ID: "2c4e6a8b-0d1f-4b3a-9c5e-7f8a9b0c1d2e", Grader: wire.Person{ID: exampleMember.ID, Name: "Olivia Owner"}, State: "submitted",
			Points: new(8), SubmittedAt: new(wire.Time("2025-01-21T16:00:00.000Z")),
			Marks: []wire.Mark{{
				QuestionID: exampleQuestion.ID, Points: 8, Scores: []wire.Score{{CriterionID: new(exampleCriterion), Points: 8}},
				Comment: new("Knows what it cost."), Comments: []wire.TimedRemark{{AtSeconds: 12.5, Text: "Names the trade-off."}},
			}},
		}},
		Decision: &exampleDecision, Decisions: []wire.Decision{exampleDecision},
	}
	exampleTimeline = wire.Timeline{Events: []wire.TimelineEvent{{
		ID: "6b8d0f2a-4c6e-4a8b-9d0f-1a3c5e7f9b2d", Sequence: 7, Type: "invite.completed", Actor: "candidate", At: "2025-01-20T10:12:00.000Z",
	}}}
	exampleMember = wire.Member{
		ID: "0b9c2f5e-8d1a-4f5b-9c7e-2a4d6e8f0a1b", FirstName: "Olivia", LastName: "Owner", Email: "olivia@example.com", Role: "owner",
		CreatedAt: "2025-01-01T09:00:00.000Z",
	}
	exampleTag = wire.Tag{
		ID: "5d8f1b3a-7c2e-4b6d-8a9f-1e3c5d7b9f0a", Name: "Spring intake", Color: "#1f6feb",
		CreatedAt: "2025-01-10T09:00:00.000Z", UpdatedAt: "2025-01-10T09:00:00.000Z",
	}
	exampleTagRequest = wire.TagRequest{Name: "Spring intake", Color: new("#1f6feb")}
	exampleTagPatch   = wire.TagPatch{Color: new("#1f6feb")}
)

const exampleCursor = "tJ2mUQ0pWbA4kq1bVgkMGDsJXmMnm0Bn5tCwwxyfYw"

var exampleEvent = wire.Event{
	Type: string(assess.InviteCompleted), Timestamp: "2025-01-16T09:30:00.000Z",
	Data: wire.EventData{
		EventID: "01946e3c-5a40-7d11-8f6a-0c2b9b7d4e10", Sequence: 42, InviteID: new("a1b2c3d4-e5f6-7890-abcd-ef1234567890"),
		AssessmentID: new(exampleAssessmentID), Status: new("completed"), Mode: "live",
	},
}
