package main

import (
	"fmt"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

func TestTheSampleIsJudgedByRubricsWorthAHundredPoints(t *testing.T) {
	t.Parallel()
	c := assess.NewContent(sampleAssessment, []string{"en"})
	c.Format = assess.TextFormat
	for i, q := range engineerAssessment().questions {
		question := assess.NewQuestion(assess.QuestionID(fmt.Sprint(i)))
		question.Prompts["en"] = q.en
		for n, from := range q.rubric {
			id := assess.CriterionID(fmt.Sprintf("00000000-0000-7000-8000-%012d", n))
			question.Criteria = append(question.Criteria, from.criterion(id))
		}
		c.Questions = append(c.Questions, question)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	c = c.Clean()
	if len(c.Questions) != 10 || c.TotalPoints() != 100 {
		t.Errorf("%d questions are worth %d points, want 10 and 100", len(c.Questions), c.TotalPoints())
	}
	alone := 0
	for _, q := range c.Questions {
		if len(q.Criteria) == 0 {
			alone++
		}
	}
	if alone == 0 || alone > 2 {
		t.Errorf("%d questions have points alone, want one or two", alone)
	}
	for _, f := range c.Lint(nil) {
		if strings.Contains(f.Message, "Criterion") {
			t.Errorf("the linter says: %s", f)
		}
	}
}
