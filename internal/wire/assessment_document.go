package wire

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"alfaone/internal/assess"
)

// AssessmentDocument is all that an assessment says, as one document that can be read, changed, kept in a file and sent back. It
// is both a request and an answer: what a request may leave out, an answer has.
type AssessmentDocument struct {
	Schema                string             `json:"$schema,omitempty" doc:"Where the JSON Schema of this document is, for editors of text. Nothing is made of it."`
	Name                  string             `json:"name" minLength:"1" maxLength:"200" doc:"What members call it and candidates read, on one line."`
	Description           string             `json:"description" required:"false" default:"" maxLength:"10000" doc:"A note for members."`
	Languages             []string           `json:"languages" nullable:"false" minItems:"1" maxItems:"20" doc:"The languages that candidates can choose from, as BCP 47 tags such as en or pt-BR. The first is the primary one."`
	Introduction          map[string]string  `json:"introduction" required:"false" doc:"What candidates read first, by language. At most 10,000 characters each."`
	Closing               map[string]string  `json:"closing" required:"false" doc:"What candidates read after the last answer, by language. At most 10,000 characters each."`
	DefaultQuestionFormat string             `json:"defaultQuestionFormat" required:"false" default:"audio" enum:"text,audio,video,mixed" doc:"How questions are asked. With mixed, each question must say so itself."`
	DefaultAnswerFormat   string             `json:"defaultAnswerFormat" required:"false" default:"audio" enum:"text,audio,video,mixed" doc:"How questions are answered. With mixed, each question must say so itself."`
	TimeLimitMinutes      int                `json:"timeLimitMinutes" required:"false" default:"0" minimum:"0" maximum:"10080" doc:"How long a candidate has from start to submission; 0: until the invite expires."`
	ProctoringSettings    DocumentProctoring `json:"proctoringSettings" required:"false"`
	Questions             []DocumentQuestion `json:"questions" nullable:"false" maxItems:"100" doc:"The questions, in their order."`
	Revision              *int               `json:"revision,omitempty" nullable:"false" minimum:"1" doc:"Which state of the draft this is. It rises with every change."`
}

// DocumentProctoring says what invites ask for unless they say otherwise.
type DocumentProctoring struct {
	ScreenRecording  bool `json:"screenRecording" required:"false" default:"true" doc:"Whether the screen is recorded."`
	WebcamMonitoring bool `json:"webcamMonitoring" required:"false" default:"true" doc:"Whether the webcam is recorded."`
	RequireIDCapture bool `json:"requireIdCapture" required:"false" default:"true" doc:"Whether a picture of an identity document is asked for."`
}

// DocumentQuestion is one question in the document.
type DocumentQuestion struct {
	ID                 string              `json:"id,omitempty" format:"uuid" doc:"Names the question. Leave it out of a new one."`
	Text               map[string]string   `json:"text" doc:"What is asked, by language. At most 10,000 characters each."`
	QuestionFormat     *string             `json:"questionFormat" required:"false" nullable:"true" enum:"text,audio,video" doc:"How it is asked; null: as the assessment says."`
	AnswerFormat       *string             `json:"answerFormat" required:"false" nullable:"true" enum:"text,audio,video" doc:"How it is answered; null: as the assessment says."`
	Points             *int                `json:"points" required:"false" nullable:"false" minimum:"0" maximum:"1000" doc:"How many points it is worth. Left out, what its criteria add up to, or 10 where there are none."`
	Required           bool                `json:"required" required:"false" default:"true" doc:"Whether it has to be answered."`
	PreparationSeconds int                 `json:"preparationSeconds" required:"false" default:"0" minimum:"0" maximum:"1800" doc:"How long the candidate has to think before the answer begins."`
	MaxAnswerSeconds   int                 `json:"maxAnswerSeconds" required:"false" default:"120" minimum:"5" maximum:"3600" doc:"How long an answer may take."`
	Criteria           []DocumentCriterion `json:"criteria" required:"false" nullable:"false" maxItems:"20" doc:"What an answer is judged by; none where it is scored as a whole."`
}

// DocumentCriterion is one thing in the document that an answer is judged by.
type DocumentCriterion struct {
	ID          string          `json:"id,omitempty" format:"uuid" doc:"Names the criterion within its question, and stays in copies of it, so that scores can be compared. Leave it out of a new one."`
	Name        string          `json:"name" maxLength:"200" doc:"What is judged."`
	Description string          `json:"description" required:"false" default:"" maxLength:"10000" doc:"What to look for."`
	Points      *int            `json:"points" required:"false" nullable:"false" minimum:"0" maximum:"1000" doc:"The most points that it brings. Left out, those of its highest level, or 4 where there are none."`
	Levels      []DocumentLevel `json:"levels" required:"false" nullable:"false" maxItems:"10" doc:"The points that can be given; none where any whole number up to the points can."`
}

// DocumentLevel says in the document what a number of points of a criterion means.
type DocumentLevel struct {
	Points      int    `json:"points" minimum:"0" maximum:"1000" doc:"The points. No other level of the criterion has as many."`
	Description string `json:"description" required:"false" default:"" maxLength:"10000" doc:"When they are given."`
}

// AssessmentCreated answers the making of an assessment.
type AssessmentCreated struct {
	Assessment AssessmentDetail `json:"assessment"`
}

// What a question and a criterion are worth that do not say so.
const (
	usualQuestionPoints  = 10
	usualCriterionPoints = 4
)

// AssessmentDocumentOf is the content as a document; schema is where its JSON Schema is.
func AssessmentDocumentOf(c assess.Content, schema string) AssessmentDocument {
	return AssessmentDocument{
		Schema: schema, Name: c.Name, Description: c.Description, Languages: list(c.Languages, same), Introduction: texts(c.Introduction),
		Closing: texts(c.Closing), DefaultQuestionFormat: string(c.Format), DefaultAnswerFormat: string(c.AnswerFormat), TimeLimitMinutes: c.TimeLimit,
		ProctoringSettings: DocumentProctoring{
			ScreenRecording: c.Proctoring.ScreenRecording, WebcamMonitoring: c.Proctoring.WebcamMonitoring, RequireIDCapture: c.Proctoring.IDCapture,
		},
		Questions: list(c.Questions, documentQuestionOf),
	}
}

func documentQuestionOf(q assess.Question) DocumentQuestion {
	return DocumentQuestion{
		ID: string(q.ID), Text: texts(q.Prompts), QuestionFormat: orNull(string(q.Format)), AnswerFormat: orNull(string(q.AnswerFormat)),
		Points: &q.Points, Required: q.Required, PreparationSeconds: q.Preparation, MaxAnswerSeconds: q.MaxAnswer,
		Criteria: list(q.Criteria, documentCriterionOf),
	}
}

func documentCriterionOf(c assess.Criterion) DocumentCriterion {
	return DocumentCriterion{
		ID: string(c.ID), Name: c.Name, Description: c.Description, Points: &c.Points,
		Levels: list(c.Levels, func(l assess.Level) DocumentLevel { return DocumentLevel{Points: l.Points, Description: l.Description} }),
	}
}

func same[T any](v T) T { return v }

// texts are never null.
func texts(byLanguage map[string]string) map[string]string {
	if byLanguage == nil {
		return map[string]string{}
	}
	return byLanguage
}

// Content is what the document says, in the field's terms. Questions and criteria have the ids that it gives them, or none.
func (d AssessmentDocument) Content() assess.Content {
	return assess.Content{
		Name: d.Name, Description: d.Description, Languages: d.Languages, Introduction: d.Introduction, Closing: d.Closing,
		Format: assess.Format(d.DefaultQuestionFormat), AnswerFormat: assess.Format(d.DefaultAnswerFormat), TimeLimit: d.TimeLimitMinutes,
		Proctoring: assess.Proctoring{
			ScreenRecording: d.ProctoringSettings.ScreenRecording, WebcamMonitoring: d.ProctoringSettings.WebcamMonitoring,
			IDCapture: d.ProctoringSettings.RequireIDCapture,
		},
		Questions: list(d.Questions, DocumentQuestion.question),
	}
}

func (q DocumentQuestion) question() assess.Question {
	out := assess.Question{
		ID: assess.QuestionID(strings.ToLower(q.ID)), Prompts: q.Text, Format: assess.Format(or(q.QuestionFormat, "")),
		AnswerFormat: assess.Format(or(q.AnswerFormat, "")), Required: q.Required, Preparation: q.PreparationSeconds, MaxAnswer: q.MaxAnswerSeconds,
		Criteria: list(q.Criteria, DocumentCriterion.criterion), Points: or(q.Points, usualQuestionPoints),
	}
	if q.Points == nil {
		out.Points = out.Worth()
	}
	return out
}

func (c DocumentCriterion) criterion() assess.Criterion {
	out := assess.Criterion{
		ID: assess.CriterionID(strings.ToLower(c.ID)), Name: c.Name, Description: c.Description, Points: or(c.Points, usualCriterionPoints),
		Levels: list(c.Levels, func(l DocumentLevel) assess.Level { return assess.Level{Points: l.Points, Description: l.Description} }),
	}
	if c.Points == nil {
		out.Points = out.Worth()
	}
	return out
}

// documentNames are the fields that package assess calls otherwise than the document does.
var documentNames = map[string]string{
	"timeLimit": "timeLimitMinutes", "prompts": "text", "format": "questionFormat", "preparation": "preparationSeconds", "maxAnswer": "maxAnswerSeconds",
}

// documentField splits a field into the question that it is of, if any, its name, and the rest: a language, or a place.
var documentField = regexp.MustCompile(`^(questions\[\d+\]\.)?(\w+)(.*)$`)

// DocumentError tells the problems of an Invalid error about a content under the names that the document has for its fields. Other
// errors stay as they are.
func DocumentError(err error) error {
	var e *assess.Error
	if !errors.As(err, &e) || e.Kind != assess.Invalid || len(e.Problems) == 0 {
		return err
	}
	problems := slices.Clone(e.Problems)
	for i, p := range problems {
		if m := documentField.FindStringSubmatch(p.Field); m != nil && documentNames[m[2]] != "" {
			problems[i].Field = m[1] + documentNames[m[2]] + m[3]
		}
	}
	return assess.InvalidFields(problems...)
}
