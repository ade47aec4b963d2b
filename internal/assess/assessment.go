package assess

import (
	"slices"
	"time"
)

// AssessmentStatus is where an assessment stands in its life.
type AssessmentStatus string

// The statuses. Only published assessments can be sent; archived ones are out of sight and keep their invites.
const (
	Draft     AssessmentStatus = "draft"
	Published AssessmentStatus = "published"
	Archived  AssessmentStatus = "archived"
)

// AssessmentStatuses lists the statuses.
func AssessmentStatuses() []AssessmentStatus { return []AssessmentStatus{Draft, Published, Archived} }

// Assessment is a set of questions that candidates are invited to answer. Draft is what members edit; publishing freezes a
// copy of it as the next version, which never changes. Invites are pinned to a version.
type Assessment struct {
	ID          AssessmentID
	Org         OrgID
	Status      AssessmentStatus
	Version     int // the newest published version; 0 means never published
	Revision    int // rises with every change of Draft; guards against overwriting somebody else's
	Draft       Content
	Published   bool // whether Draft equals the newest version
	Tags        []TagID
	CreatedAt   time.Time
	UpdatedAt   time.Time
	PublishedAt time.Time
}

// Content is all that an assessment says: what the editor edits and a version freezes.
type Content struct {
	Name         string
	Description  string            // for members only
	Introduction map[string]string // for candidates, by language
	Closing      map[string]string // after the last answer, by language
	Languages    []string          // the first is the primary one
	Format       Format            // the default of questions
	AnswerFormat Format            // the default of answers
	Proctoring   Proctoring        // what invites ask for unless they say otherwise
	TimeLimit    int               // minutes from start to submission; 0 means that only the days count
	Questions    []Question
}

// Proctoring says what is observed while a candidate answers.
type Proctoring struct {
	ScreenRecording, WebcamMonitoring, IDCapture bool
}

// NewContent is the content of a new assessment.
func NewContent(name string, languages []string) Content {
	return Content{
		Name: CleanLine(name), Languages: languages, Format: AudioFormat, AnswerFormat: AudioFormat,
		Introduction: map[string]string{}, Closing: map[string]string{},
		Proctoring: Proctoring{ScreenRecording: true, WebcamMonitoring: true, IDCapture: true},
	}
}

// Primary is the language that stands in where a translation is missing.
func (c Content) Primary() string {
	if len(c.Languages) == 0 {
		return InterfaceLanguages()[0]
	}
	return c.Languages[0]
}

// TotalPoints is the sum of the questions' points.
func (c Content) TotalPoints() int {
	sum := 0
	for _, q := range c.Questions {
		sum += q.Points
	}
	return sum
}

// FormatOf is how q is asked, defaults resolved.
func (c Content) FormatOf(q Question) Format {
	if q.Format != "" {
		return q.Format
	}
	return c.Format
}

// AnswerFormatOf is how q is answered, defaults resolved.
func (c Content) AnswerFormatOf(q Question) Format {
	if q.AnswerFormat != "" {
		return q.AnswerFormat
	}
	return c.AnswerFormat
}

// Records reports whether answering may record sound and picture.
func (c Content) Records() (sound, picture bool) {
	for _, q := range c.Questions {
		switch c.AnswerFormatOf(q) {
		case AudioFormat:
			sound = true
		case VideoFormat:
			sound, picture = true, true
		}
	}
	return sound, picture
}

// Duration is how long a candidate needs at most: reading or hearing the question, preparing and answering, each once.
func (c Content) Duration() time.Duration {
	const perPrompt = 30 * time.Second
	var d time.Duration
	for _, q := range c.Questions {
		d += perPrompt + time.Duration(q.Preparation+q.MaxAnswer)*time.Second
	}
	return d
}

// MaxTimeLimit is the longest time limit of an assessment, in minutes: a week.
const MaxTimeLimit = 7 * 24 * 60

// Clean is the content as it is stored: names on one line, texts trimmed, texts of languages that are gone dropped.
func (c Content) Clean() Content {
	c.Name = CleanLine(c.Name)
	c.Description = CleanText(c.Description)
	c.Introduction = cleanTexts(c.Introduction, c.Languages)
	c.Closing = cleanTexts(c.Closing, c.Languages)
	c.Questions = slices.Clone(c.Questions)
	for i, q := range c.Questions {
		c.Questions[i] = q.cleanRubric()
		c.Questions[i].Prompts = cleanTexts(q.Prompts, c.Languages)
		c.Questions[i].Recordings = inLanguages(q.Recordings, c.Languages)
	}
	return c
}

func cleanTexts(texts map[string]string, languages []string) map[string]string {
	out := map[string]string{}
	for _, language := range languages {
		if text := CleanText(texts[language]); text != "" {
			out[language] = text
		}
	}
	return out
}

func inLanguages(recordings map[string]RecordingID, languages []string) map[string]RecordingID {
	var out map[string]RecordingID
	for _, language := range languages {
		if id := recordings[language]; id != "" {
			if out == nil {
				out = map[string]RecordingID{}
			}
			out[language] = id
		}
	}
	return out
}

// Validate checks what a draft must hold at any time; a draft may be unfinished. Errors: Invalid.
func (c Content) Validate() error {
	var p problems
	p.name("name", c.Name, true)
	p.text("description", c.Description, MaxTextRunes)
	p.texts("introduction", c.Introduction)
	p.texts("closing", c.Closing)
	p.languages("languages", c.Languages)
	p.when(!knownFormat(c.Format), "defaultQuestionFormat", "must be text, audio, video or mixed")
	p.when(!knownFormat(c.AnswerFormat), "defaultAnswerFormat", "must be text, audio, video or mixed")
	p.when(c.TimeLimit < 0 || c.TimeLimit > MaxTimeLimit, "timeLimit", "must be between 0 and %d minutes", MaxTimeLimit)
	c.checkQuestions(&p)
	return p.err()
}

func (c Content) checkQuestions(p *problems) {
	if len(c.Questions) > MaxQuestions {
		p.add("questions", "must be at most %d", MaxQuestions)
		return
	}
	seen := map[QuestionID]bool{}
	for i, q := range c.Questions {
		p.when(seen[q.ID], "questions", "must not hold the same question twice")
		seen[q.ID] = true
		q.check(p, i)
	}
}

func knownFormat(f Format) bool { return slices.Contains(Formats(), f) }

// AssessmentFilter narrows a list of assessments. Empty fields do not narrow. Without a Status, archived ones are left out.
type AssessmentFilter struct {
	Status AssessmentStatus
	Search string // part of the name, whatever its case
	Tag    TagID
}

// AssessmentSorts are the orders that a list of assessments can have; the first is the default.
func AssessmentSorts() []string { return []string{"created_at", "updated_at", "name"} }

// AssessmentSummary is what lists and inviting need of an assessment: what is published, or the draft while nothing is.
type AssessmentSummary struct {
	Org           OrgID
	ID            AssessmentID
	Name          string
	Status        AssessmentStatus
	Format        Format
	AnswerFormat  Format
	Languages     []string // the first is the primary one
	Proctoring    Proctoring
	QuestionCount int
	TotalPoints   int
	InviteCount   int // ever sent, in the asked mode
	Version       int
	Unpublished   bool // whether the draft says something else than the newest version
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Sendable is nil when candidates can be invited to the assessment. Errors: Conflict, which says why not.
func (s AssessmentSummary) Sendable() error {
	switch s.Status {
	case Published:
		return nil
	case Archived:
		return Errorf(Conflict, "The assessment is archived. Restore it before inviting candidates.")
	default:
		return Errorf(Conflict, "The assessment is a draft. Publish it before inviting candidates.")
	}
}
