package api

import (
	"context"
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// assessmentDocumentRoutes are the calls that write assessments, and the one that reads what is to be written.
func assessmentDocumentRoutes() []route {
	return []route{
		{
			method: "POST", path: "/assessments", access: assess.WriteAssessments, endpoint: takes((*API).createAssessment), maxBody: MaxLargeBody,
			name: "createAssessment", summary: "Create an assessment",
			description: "Makes a draft of a document. Its questions get ids of their own, and its criteria keep theirs, so that a document of another assessment makes a copy. Publish it before inviting candidates.",
			example:     exampleDocument, answer: wire.AssessmentCreated{Assessment: wire.AssessmentDetail{Assessment: exampleDraft, TotalPoints: 10}},
		},
		{
			method: "GET", path: "/assessments/{assessmentId}/document", access: assess.ReadAssessments, endpoint: gives((*API).getAssessmentDocument),
			name: "getAssessmentDocument", summary: "Get an assessment as a document",
			description: "The draft, as one document that can be changed and sent back. Recorded prompts are not in it: they stay with their questions.",
			answer:      exampleDraftDocument(),
		},
		{
			method: "PUT", path: "/assessments/{assessmentId}", access: assess.WriteAssessments, endpoint: takes((*API).replaceAssessment), maxBody: MaxLargeBody,
			name: "replaceAssessment", summary: "Replace an assessment",
			description: "Makes the draft say what the document says, all of it: what the document leaves out gets its default. A question that the assessment knows by its id, or else by its text, keeps its id and its recorded prompts. " +
				"With a `revision`, the call is refused with 409 if somebody has changed the draft since. Invites that were sent keep what they have; new ones get the draft once it is published.",
			errors:  []int{http.StatusConflict},
			example: exampleDocument, answer: exampleDetail,
		},
		{
			method: "POST", path: "/assessments/{assessmentId}/publish", access: assess.WriteAssessments, endpoint: gives((*API).publishAssessment), status: http.StatusOK,
			name: "publishAssessment", summary: "Publish an assessment",
			description: "Freezes the draft as the next version, which new invites are for. To publish what is published already changes nothing. A draft that is not ready is refused with 409, which tells all that is missing.",
			errors:      []int{http.StatusConflict},
			answer:      exampleDetail,
		},
		{
			method: "POST", path: "/assessments/{assessmentId}/archive", access: assess.WriteAssessments, endpoint: gives((*API).archiveAssessment), status: http.StatusOK,
			name: "archiveAssessment", summary: "Archive an assessment",
			description: "Takes an assessment out of sight. Its invites go on; new ones cannot be sent. Members can restore it in the dashboard.",
			errors:      []int{http.StatusConflict},
			answer:      exampleDetail,
		},
	}
}

func (a *API) createAssessment(ctx context.Context, c *call, in wire.AssessmentDocument) (wire.AssessmentCreated, error) {
	asm, err := a.app.ImportAssessment(ctx, c.who, in.Content())
	if err != nil {
		return wire.AssessmentCreated{}, wire.DocumentError(err)
	}
	s, err := a.app.ChangedAssessment(ctx, c.who, asm.ID)
	return wire.AssessmentCreated{Assessment: wire.AssessmentDetailOf(s)}, err
}

func (a *API) getAssessmentDocument(ctx context.Context, c *call) (wire.AssessmentDocument, error) {
	asm, err := a.app.Assessment(ctx, c.who, assess.AssessmentID(c.id))
	document := wire.AssessmentDocumentOf(asm.Draft, AssessmentSchemaURL(a.app.BaseURL()))
	document.Revision = &asm.Revision
	return document, err
}

func (a *API) replaceAssessment(ctx context.Context, c *call, in wire.AssessmentDocument) (wire.AssessmentDetail, error) {
	revision := 0 // whichever
	if in.Revision != nil {
		if revision = *in.Revision; revision < 1 {
			return wire.AssessmentDetail{}, assess.InvalidFields(assess.Problem{Field: "revision", Message: "must be 1 or more"})
		}
	}
	err := a.app.ReplaceDraft(ctx, c.who, assess.AssessmentID(c.id), revision, in.Content())
	return a.changedAssessment(ctx, c, wire.DocumentError(err))
}

func (a *API) publishAssessment(ctx context.Context, c *call) (wire.AssessmentDetail, error) {
	return a.changedAssessment(ctx, c, a.app.Publish(ctx, c.who, assess.AssessmentID(c.id)))
}

func (a *API) archiveAssessment(ctx context.Context, c *call) (wire.AssessmentDetail, error) {
	return a.changedAssessment(ctx, c, a.app.Archive(ctx, c.who, assess.AssessmentID(c.id)))
}

// changedAssessment answers with what has become of an assessment, unless changing it has failed.
func (a *API) changedAssessment(ctx context.Context, c *call, err error) (wire.AssessmentDetail, error) {
	if err != nil {
		return wire.AssessmentDetail{}, err
	}
	s, err := a.app.ChangedAssessment(ctx, c.who, assess.AssessmentID(c.id))
	return wire.AssessmentDetailOf(s), err
}

// DecodeAssessment reads an assessment as a document, as strictly as a request. Errors: Invalid, which tells all that is wrong.
func DecodeAssessment(text []byte) (wire.AssessmentDocument, error) {
	var document wire.AssessmentDocument
	err := decode(text, &document)
	return document, err
}

// What the OpenAPI document shows of assessments as data.
var (
	exampleDetail = wire.AssessmentDetail{Assessment: exampleAssessment, TotalPoints: 100}
	exampleDraft  = wire.Assessment{
		ID: "0f3c9a6e-5b1d-4c8e-9a7f-2d4b6c8e0f1a", Name: exampleName, DefaultQuestionFormat: "audio", DefaultAnswerFormat: "audio",
		Languages: []string{"en", "es"}, QuestionCount: 1, InviteCount: 0, CreatedAt: "2025-01-01T10:00:00.000Z", UpdatedAt: "2025-01-01T10:00:00.000Z",
	}
	exampleDocument = wire.AssessmentDocument{
		Name: exampleName, Description: "For the spring intake.", Languages: []string{"en", "es"},
		Introduction: map[string]string{"en": "Take your time.", "es": "Tómate tu tiempo."}, Closing: map[string]string{"en": "Thank you.", "es": "Gracias."},
		DefaultQuestionFormat: "audio", DefaultAnswerFormat: "audio", TimeLimitMinutes: 60,
		ProctoringSettings: wire.DocumentProctoring{ScreenRecording: true, WebcamMonitoring: true},
		Questions: []wire.DocumentQuestion{{
			Text:           map[string]string{"en": "What did you build last?", "es": "¿Qué construiste por última vez?"},
			QuestionFormat: new("text"), Points: new(10), Required: true, PreparationSeconds: 30, MaxAnswerSeconds: 120,
			Criteria: []wire.DocumentCriterion{{
				Name: "Depth", Description: "What made it hard, and what it cost.", Points: new(10),
				Levels: []wire.DocumentLevel{{Points: 0, Description: "Nothing of it."}, {Points: 8, Description: "What was hard."}, {Points: 10, Description: "The same, and what it cost."}},
			}},
		}},
	}
)

// exampleDraftDocument is exampleDocument as it is read: with ids, and the revision.
func exampleDraftDocument() wire.AssessmentDocument {
	question := exampleDocument.Questions[0]
	criterion := question.Criteria[0]
	question.ID, criterion.ID = exampleQuestion.ID, exampleCriterion
	question.Criteria = []wire.DocumentCriterion{criterion}
	d := exampleDocument
	d.Schema, d.Questions, d.Revision = "https://assess.example.com"+Base+schemaPath, []wire.DocumentQuestion{question}, new(3)
	return d
}
