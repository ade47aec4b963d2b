package wire

import "alfaone/internal/assess"

// Assessment is an assessment in a list.
type Assessment struct {
	ID                    string   `json:"id" format:"uuid" doc:"Names the assessment."`
	Name                  string   `json:"name" doc:"What members call it and candidates read."`
	DefaultQuestionFormat string   `json:"defaultQuestionFormat" enum:"text,audio,video,mixed" doc:"How questions are asked. With mixed, each question says so itself."`
	DefaultAnswerFormat   string   `json:"defaultAnswerFormat" enum:"text,audio,video,mixed" doc:"How questions are answered. With mixed, each question says so itself."`
	Languages             []string `json:"languages" nullable:"false" doc:"The languages that candidates can choose from, as BCP 47 tags. The first is the primary one."`
	QuestionCount         int      `json:"questionCount" minimum:"0" doc:"How many questions it has."`
	InviteCount           int      `json:"inviteCount" minimum:"0" doc:"How many invites were ever sent for it, live or test as the key is."`
	CreatedAt             Time     `json:"createdAt" format:"date-time" doc:"When it was made."`
	UpdatedAt             Time     `json:"updatedAt" format:"date-time" doc:"When it was last changed."`
}

// AssessmentDetail is one assessment by itself.
type AssessmentDetail struct {
	Assessment
	TotalPoints int `json:"totalPoints" minimum:"0" doc:"The sum of the points of its questions."`
}

// AssessmentList is a page of assessments.
type AssessmentList struct {
	Assessments []Assessment `json:"assessments" nullable:"false" doc:"The assessments of this page."`
	Pagination  Pagination   `json:"pagination"`
}

// AssessmentOf is the assessment on the wire.
func AssessmentOf(s assess.AssessmentSummary) Assessment {
	languages := s.Languages
	if languages == nil {
		languages = []string{}
	}
	return Assessment{
		ID: string(s.ID), Name: s.Name, DefaultQuestionFormat: string(s.Format), DefaultAnswerFormat: string(s.AnswerFormat),
		Languages: languages, QuestionCount: s.QuestionCount, InviteCount: s.InviteCount,
		CreatedAt: TimeOf(s.CreatedAt), UpdatedAt: TimeOf(s.UpdatedAt),
	}
}

// AssessmentDetailOf is the assessment on the wire, by itself.
func AssessmentDetailOf(s assess.AssessmentSummary) AssessmentDetail {
	return AssessmentDetail{Assessment: AssessmentOf(s), TotalPoints: s.TotalPoints}
}

// AssessmentListOf is a part of a list of assessments.
func AssessmentListOf(items []assess.AssessmentSummary, p Pagination) AssessmentList {
	return AssessmentList{Assessments: list(items, AssessmentOf), Pagination: p}
}
