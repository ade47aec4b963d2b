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
	Criteria           []Criterion       `json:"criteria" nullable:"false" doc:"What an answer is judged by; empty where it is scored as a whole."`
}

// Criterion is one thing that an answer is judged by.
type Criterion struct {
	ID          string  `json:"id" format:"uuid" doc:"Names the criterion within its question, in every version."`
	Name        string  `json:"name" doc:"What is judged."`
	Description string  `json:"description" doc:"What to look for."`
	Points      int     `json:"points" minimum:"0" doc:"The most points that it brings."`
	Levels      []Level `json:"levels" nullable:"false" doc:"The points that can be given, from few to many; empty where any whole number up to the points can."`
}

// Level says what a number of points of a criterion means.
type Level struct {
	Points      int    `json:"points" minimum:"0" doc:"The points."`
	Description string `json:"description" doc:"When they are given."`
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
			Criteria: criteriaOf(q),
		}
	}
	return out
}

func criteriaOf(q assess.Question) []Criterion {
	out := make([]Criterion, len(q.Criteria))
	for i, c := range q.Criteria {
		out[i] = Criterion{ID: string(c.ID), Name: c.Name, Description: c.Description, Points: c.Points, Levels: make([]Level, len(c.Levels))}
		for j, l := range c.Levels {
			out[i].Levels[j] = Level{Points: l.Points, Description: l.Description}
		}
	}
	return out
}
