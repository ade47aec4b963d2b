package api

import (
	"context"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) listAssessments(ctx context.Context, c *call) (wire.AssessmentList, error) {
	f := assess.AssessmentFilter{Status: assess.AssessmentStatus(c.filter["status"])}
	items, total, err := a.app.Assessments(ctx, c.who, f, c.page)
	return wire.AssessmentListOf(items, a.pagination(c, total)), err
}

func (a *API) getAssessment(ctx context.Context, c *call) (wire.AssessmentDetail, error) {
	s, err := a.app.AssessmentSummary(ctx, c.who, assess.AssessmentID(c.id))
	return wire.AssessmentDetailOf(s), err
}

func (a *API) listQuestions(ctx context.Context, c *call) (wire.QuestionList, error) {
	content, err := a.app.AssessmentContent(ctx, c.who, assess.AssessmentID(c.id))
	questions := wire.QuestionsOf(content)
	if !c.page.Ascending {
		slices.Reverse(questions)
	}
	return wire.QuestionList{Questions: part(questions, c.page), Pagination: a.pagination(c, len(questions))}, err
}
