package assess

import "fmt"

// Format is how a question is asked or answered.
type Format string

// The formats. Mixed is an assessment's default only: it means that each question decides.
const (
	TextFormat  Format = "text"
	AudioFormat Format = "audio"
	VideoFormat Format = "video"
	MixedFormat Format = "mixed"
)

// Formats lists the formats.
func Formats() []Format { return []Format{TextFormat, AudioFormat, VideoFormat, MixedFormat} }

// Recorded reports whether the format is a recording.
func (f Format) Recorded() bool { return f == AudioFormat || f == VideoFormat }

// Question is one question of an assessment.
type Question struct {
	ID           QuestionID
	Prompts      map[string]string      // what is asked, by language
	Recordings   map[string]RecordingID // the prompt spoken or filmed, by language; where there is none the text stands alone
	Format       Format                 // how it is asked; empty means the assessment's default
	AnswerFormat Format                 // how it is answered; empty means the assessment's default
	Criteria     []Criterion            // what an answer is judged by; where there are none, by Points alone
	Points       int                    // the sum of the criteria, if there are any
	Required     bool
	Preparation  int // seconds to think before recording; 0 means none
	MaxAnswer    int // seconds of recording, or of writing
}

// The limits of a question.
const (
	MaxPoints          = 1000
	MaxPreparation     = 30 * 60
	MinAnswer          = 5
	MaxAnswer          = 60 * 60
	DefaultAnswer      = 120
	MaxQuestions       = 100
	defaultPointsOfOne = 10
)

// NewQuestion is an empty question with the defaults of a new one.
func NewQuestion(id QuestionID) Question {
	return Question{ID: id, Prompts: map[string]string{}, Points: defaultPointsOfOne, Required: true, MaxAnswer: DefaultAnswer}
}

// Prompt is the text in the language, or in the fallback where there is none.
func (q Question) Prompt(language, fallback string) string {
	if text := q.Prompts[language]; text != "" {
		return text
	}
	return q.Prompts[fallback]
}

// Recording is the recorded prompt in the language, or in the fallback where that language has neither text nor recording;
// empty where there is none.
func (q Question) Recording(language, fallback string) RecordingID {
	if q.Prompts[language] != "" || q.Recordings[language] != "" {
		return q.Recordings[language]
	}
	return q.Recordings[fallback]
}

// check adds the question's broken rules; at is its place, counted from 0.
func (q Question) check(p *problems, at int) {
	field := func(name string) string { return fmt.Sprintf("questions[%d].%s", at, name) }
	p.texts(field("prompts"), q.Prompts)
	for language, id := range q.Recordings {
		p.when(!ValidLanguage(language) || !ValidID(string(id)), field("recordings"), "must be ids of recordings by language")
	}
	p.when(q.Format != "" && !questionFormat(q.Format), field("format"), "must be text, audio or video")
	p.when(q.AnswerFormat != "" && !questionFormat(q.AnswerFormat), field("answerFormat"), "must be text, audio or video")
	q.checkRubric(p, field)
	p.when(len(q.Criteria) == 0 && (q.Points < 0 || q.Points > MaxPoints), field("points"), "must be between 0 and %d", MaxPoints)
	p.when(q.Preparation < 0 || q.Preparation > MaxPreparation, field("preparation"), "must be between 0 and %d seconds", MaxPreparation)
	p.when(q.MaxAnswer < MinAnswer || q.MaxAnswer > MaxAnswer, field("maxAnswer"), "must be between %d and %d seconds", MinAnswer, MaxAnswer)
}

func questionFormat(f Format) bool { return f != MixedFormat && knownFormat(f) }
