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
	return wire.AssessmentListOf(items, c.page, total), err
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
	total := len(questions)
	from := min(c.page.Offset(), total)
	to := min(from+c.page.Limit, total)
	return wire.QuestionList{Questions: questions[from:to], Pagination: wire.PaginationOf(c.page, total)}, err
}
