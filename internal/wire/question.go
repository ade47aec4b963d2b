package wire

import "alfaone/internal/assess"

// Question is one question of an assessment.
type Question struct {
	ID                 string            `json:"id" format:"uuid" doc:"Names the question."`
	Position           int               `json:"position" minimum:"1" doc:"Its place in the assessment, counted from 1."`
	Text               map[string]string `json:"text" doc:"What is asked, by language (BCP 47 tag)."`
	QuestionFormat     string            `json:"questionFormat" enum:"text,audio,video,mixed" doc:"How it is asked."`
	AnswerFormat       string            `json:"answerFormat" enum:"text,audio,video,mixed" doc:"How it is answered."`
	Points             int               `json:"points" minimum:"0" doc:"How many points it is worth."`
	Required           bool              `json:"required" doc:"Whether it has to be answered."`
	PreparationSeconds int               `json:"preparationSeconds" minimum:"0" doc:"How long the candidate has to think before the answer begins."`
	MaxAnswerSeconds   int               `json:"maxAnswerSeconds" minimum:"1" doc:"How long an answer may take."`
}

// QuestionList is a page of questions.
type QuestionList struct {
	Questions  []Question `json:"questions" nullable:"false" doc:"The questions of this page."`
	Pagination Pagination `json:"pagination"`
}

// QuestionsOf are all questions of a content on the wire, in their order.
func QuestionsOf(c assess.Content) []Question {
	out := make([]Question, len(c.Questions))
	for i, q := range c.Questions {
		text := q.Prompts
		if text == nil {
			text = map[string]string{}
		}
		out[i] = Question{
			ID: string(q.ID), Position: i + 1, Text: text, QuestionFormat: string(c.FormatOf(q)), AnswerFormat: string(c.AnswerFormatOf(q)),
			Points: q.Points, Required: q.Required, PreparationSeconds: q.Preparation, MaxAnswerSeconds: q.MaxAnswer,
		}
	}
	return out
}
