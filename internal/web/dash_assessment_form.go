package web

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// The editor's fields are called as package assess calls them in its problems: "name", "introduction.en",
// "defaultAnswerFormat". Those of a question have its id instead of its place, so that moving one renames nothing:
// "question.<id>.prompts.en". The fields "question" and "language", one for each, tell the order.

// draftForm is what the editor posts.
type draftForm struct {
	Content   assess.Content
	Version   int // the revision that was being edited
	Tags      []assess.TagID
	Language  string     // to be added
	Levels    levelKeys  // how it calls the levels
	Posted    url.Values // as typed
	Malformed error      // what is wrong with the form itself: Invalid, or nil; all else is as complete as it can be
}

// readDraft reads the editor's form. Recordings that it does not speak of stay as they are stored.
func readDraft(posted url.Values, stored assess.Content) draftForm {
	r := draftReader{
		posted: posted, stored: stored, levels: levelKeys{},
		known: map[string]bool{"do": true, "question.move": true, "language.move": true, rubricSource: true},
	}
	f := draftForm{Posted: posted, Version: r.number("version", "version"), Language: assess.CleanLine(r.text("newLanguage"))}
	for _, id := range r.list("tag") {
		f.Tags = append(f.Tags, assess.TagID(id))
	}
	f.Content, f.Levels = r.content(), r.levels
	r.strangers()
	if len(r.problems) > 0 {
		f.Malformed = assess.InvalidFields(r.problems...)
	}
	return f
}

// draftReader takes fields out of the form and notes which, and what is wrong with them.
type draftReader struct {
	posted   url.Values
	stored   assess.Content
	known    map[string]bool
	levels   levelKeys
	problems []assess.Problem
}

func (r *draftReader) content() assess.Content {
	c := assess.Content{
		Name: r.text("name"), Description: r.text("description"), Languages: r.list("language"),
		Format: assess.Format(r.text("defaultQuestionFormat")), AnswerFormat: assess.Format(r.text("defaultAnswerFormat")),
		Proctoring: assess.Proctoring{
			ScreenRecording: r.ticked("screenRecording"), WebcamMonitoring: r.ticked("webcamMonitoring"), IDCapture: r.ticked("idCapture"),
		},
		TimeLimit: r.limit("timeLimit"),
	}
	c.Introduction, c.Closing = r.texts("introduction", c.Languages), r.texts("closing", c.Languages)
	for _, id := range r.list("question") {
		if q, deleted := r.question(id, len(c.Questions), c.Languages); !deleted {
			c.Questions = append(c.Questions, q)
		}
	}
	return c
}

// question reads the question that will stand at the given place, counted from 0. The editor keeps a deleted one on the page,
// so that deleting can be undone there.
func (r *draftReader) question(id string, place int, languages []string) (q assess.Question, deleted bool) {
	if !assess.ValidID(id) {
		r.problem("", "The form names a question that cannot be one. Reload the page and try again.")
	}
	field := func(name string) string { return questionField(assess.QuestionID(id), name) }
	told := fmt.Sprintf("questions[%d].", place)
	number := func(name string) int { return r.number(field(name), told+name) }
	deleted = r.ticked(field("deleted"))
	problems := len(r.problems)
	q = assess.Question{
		ID: assess.QuestionID(strings.ToLower(id)), Prompts: r.texts(field("prompts"), languages),
		Format: assess.Format(r.text(field("format"))), AnswerFormat: assess.Format(r.text(field("answerFormat"))),
		Required: r.ticked(field("required")), Preparation: number("preparation"), MaxAnswer: number("maxAnswer"),
		Recordings: r.recordings(assess.QuestionID(id), languages), Criteria: r.criteria(assess.QuestionID(id), told),
	}
	if q.Points = q.Worth(); len(q.Criteria) == 0 {
		q.Points = number("points")
	}
	r.known[field("points")] = true
	if deleted {
		r.problems = r.problems[:problems] // whatever is wrong with it is gone with it
	}
	return q, deleted
}

// questionField is the name of a question's field.
func questionField(id assess.QuestionID, name string) string {
	return "question." + string(id) + "." + name
}

func (r *draftReader) text(name string) string {
	r.known[name] = true
	return r.posted.Get(name)
}

func (r *draftReader) list(name string) []string {
	r.known[name] = true
	return slices.Clone(r.posted[name])
}

func (r *draftReader) ticked(name string) bool { return r.text(name) != "" }

func (r *draftReader) texts(name string, languages []string) map[string]string {
	texts := map[string]string{}
	for _, language := range languages {
		texts[language] = r.text(name + "." + language)
	}
	return texts
}

// recordings reads which recordings a question names by language: none where it is empty or ticked to be removed.
func (r *draftReader) recordings(id assess.QuestionID, languages []string) map[string]assess.RecordingID {
	named := map[string]assess.RecordingID{}
	for _, language := range languages {
		field := questionField(id, "recordings."+language)
		recording := assess.RecordingID(r.text(field))
		if !r.posted.Has(field) {
			recording = r.storedRecording(id, language)
		}
		if removed := r.ticked(field + ".removed"); !removed && recording != "" {
			named[language] = recording
		}
	}
	return named
}

func (r *draftReader) storedRecording(id assess.QuestionID, language string) assess.RecordingID {
	for _, q := range r.stored.Questions {
		if q.ID == id {
			return q.Recordings[language]
		}
	}
	return ""
}

// limit reads a whole number that may be left out.
func (r *draftReader) limit(name string) int {
	if strings.TrimSpace(r.text(name)) == "" {
		return 0
	}
	return r.number(name, name)
}

// number reads a whole number; a problem with it is told under the name that package assess has for it.
func (r *draftReader) number(name, told string) int {
	n, err := strconv.Atoi(strings.TrimSpace(r.text(name)))
	if err != nil {
		r.problem(told, "must be a whole number")
	}
	return n
}

func (r *draftReader) problem(field, message string) {
	r.problems = append(r.problems, assess.Problem{Field: field, Message: message})
}

// strangers notes fields that the editor does not have: the page is of another version of the program, or not ours.
func (r *draftReader) strangers() {
	var strange []string
	for name := range r.posted {
		if !r.known[name] {
			strange = append(strange, name)
		}
	}
	if len(strange) > 0 {
		r.problem("", fmt.Sprintf("The form has a field that is not known: %s. Reload the page and try again.", slices.Min(strange)))
	}
}

// draftLabels are what the editor calls its fields.
func draftLabels() map[string]string {
	return map[string]string{
		"name": "The name", "description": "The description", "introduction": "The introduction", "closing": "The closing text",
		"languages": "The languages", "newLanguage": "The language", "defaultQuestionFormat": "The way questions are asked",
		"defaultAnswerFormat": "The way answers are given", "questions": "The questions", "tags": "The tags", "version": "The version",
		"timeLimit": "The time limit", "recordings": "the recording",
		"prompts": "the text", "format": "the way it is asked", "answerFormat": "the way it is answered", "points": "the points",
		"preparation": "the preparation", "maxAnswer": "the longest answer",
	}
}

// draftErrors tells a refusal in the editor's words, one line for each of its fields; other errors are returned as they are.
func draftErrors(err error, f draftForm) ([]ui.FieldError, error) {
	var e *assess.Error
	if !errors.As(err, &e) || e.Kind != assess.Invalid || len(e.Problems) == 0 {
		return fieldErrors(err, nil)
	}
	var out []ui.FieldError
	for _, p := range e.Problems {
		line, ok := rubricError(p, f)
		if !ok {
			line = draftError(p, f.Content)
		}
		if line.Field == "" || ui.ErrorFor(out, line.Field) == "" {
			out = append(out, line)
		}
	}
	return out, nil
}

// questionProblem is the field of a problem with a question: its place, counted from 0, what of it, and the language.
var questionProblem = regexp.MustCompile(`^questions\[(\d+)\]\.(\w+)(?:\.(.+))?$`)

func draftError(p assess.Problem, c assess.Content) ui.FieldError {
	field, label := p.Field, ""
	name, language, _ := strings.Cut(p.Field, ".")
	if m := questionProblem.FindStringSubmatch(p.Field); m != nil {
		place, err := strconv.Atoi(m[1])
		if err == nil && place < len(c.Questions) {
			field = questionField(c.Questions[place].ID, strings.TrimSuffix(m[2]+"."+m[3], "."))
		}
		name, language, label = m[2], m[3], fmt.Sprintf("Question %d: ", place+1)
	}
	label += draftLabels()[name]
	if language != "" {
		label += " in " + languageName(language)
	}
	switch name {
	case "languages":
		field = "newLanguage"
	case "questions", "tags", "version":
		field = "" // there is no one field to lead to
	}
	return ui.FieldError{Field: field, Message: sentence(strings.TrimSpace(label + " " + p.Message))}
}
