package assess

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Finding is something that a linter has to say about a draft. A blocking one stops publishing.
type Finding struct {
	Question int // counted from 1; 0 means the assessment as a whole
	Language string
	Message  string
	Blocking bool
}

// String is the finding as a sentence: "Question 2 (es): The prompt has no text."
func (f Finding) String() string {
	switch {
	case f.Question == 0:
		return f.Message
	case f.Language == "":
		return fmt.Sprintf("Question %d: %s", f.Question, f.Message)
	default:
		return fmt.Sprintf("Question %d (%s): %s", f.Question, f.Language, f.Message)
	}
}

// Lint says what stands between the draft and its publishing, and what its author may want to look at. recorded are the
// recordings that it names, as far as they are there.
func (c Content) Lint(recorded map[RecordingID]Recording) []Finding {
	var out []Finding
	if len(c.Questions) == 0 {
		out = append(out, Finding{Message: "Add at least one question.", Blocking: true})
	}
	for i, q := range c.Questions {
		out = append(out, c.lintQuestion(i+1, q)...)
		out = append(out, c.lintRecordings(i+1, q, recorded)...)
	}
	out = append(out, c.lintUnrecorded()...)
	if len(c.Questions) > 0 && c.TotalPoints() == 0 {
		out = append(out, Finding{Message: "No question has points, so nothing can be scored."})
	}
	if d := c.Duration(); d > 2*time.Hour {
		out = append(out, Finding{Message: "It may take a candidate more than two hours."})
	}
	if d := c.Duration(); c.TimeLimit > 0 && d > time.Duration(c.TimeLimit)*time.Minute {
		out = append(out, Finding{Message: fmt.Sprintf("The time limit is shorter than the questions may take (about %d minutes).", int(d.Round(time.Minute).Minutes()))})
	}
	return out
}

func (c Content) lintQuestion(number int, q Question) []Finding {
	var out []Finding
	for _, language := range c.Languages {
		if q.Prompts[language] == "" {
			out = append(out, Finding{Question: number, Language: language, Message: "The prompt has no text.", Blocking: true})
		}
	}
	if c.FormatOf(q) == MixedFormat {
		out = append(out, Finding{Question: number, Message: "Choose how it is asked.", Blocking: true})
	}
	if c.AnswerFormatOf(q) == MixedFormat {
		out = append(out, Finding{Question: number, Message: "Choose how it is answered.", Blocking: true})
	}
	if q.Points == 0 && c.TotalPoints() > 0 {
		out = append(out, Finding{Question: number, Message: "It is worth no points."})
	}
	return append(out, q.lintRubric(number)...)
}

// lintRecordings looks at the recordings that a question names. What candidates are sent never changes, so each must be whole
// before it is published.
func (c Content) lintRecordings(number int, q Question, recorded map[RecordingID]Recording) []Finding {
	var out []Finding
	for _, language := range c.Languages {
		id := q.Recordings[language]
		if id == "" {
			continue
		}
		rec := recorded[id]
		if trouble := rec.unpublishable(); trouble != "" {
			out = append(out, Finding{Question: number, Language: language, Message: trouble, Blocking: true})
		} else if c.FormatOf(q) == VideoFormat && !rec.Media.Picture() {
			out = append(out, Finding{Question: number, Language: language, Message: "It is asked by video, but its recording has no picture."})
		}
	}
	return out
}

// unpublishable says why a prompt cannot be published with the recording; empty if it can.
func (r Recording) unpublishable() string {
	switch r.State {
	case RecordingReady:
		return ""
	case RecordingOpen:
		return "Its recording has not arrived whole. Wait for the upload, or remove it."
	case RecordingUploaded:
		return "Its recording is still being checked. That takes a moment."
	case RecordingFailed:
		return fmt.Sprintf("Its recording cannot be used: %s. Replace or remove it.", r.Failure.Phrase())
	default:
		return "Its recording is not there any more. Replace or remove it."
	}
}

// lintUnrecorded says where candidates will get something else than the recording that the format promises: question by
// question as soon as there is one recording.
func (c Content) lintUnrecorded() []Finding {
	var out []Finding
	begun, lacking := false, 0
	for i, q := range c.Questions {
		missing := c.unrecorded(q)
		begun = begun || len(q.Recordings) > 0
		lacking += min(len(missing), 1)
		if len(missing) == len(c.Languages) {
			missing = []string{""}
		}
		for _, language := range missing {
			out = append(out, Finding{Question: i + 1, Language: language, Message: "It has no recording, only its text."})
		}
	}
	if !begun && lacking > 1 {
		return []Finding{{Message: "No question has a recording: candidates hear a computer voice where there is one, or read the text."}}
	}
	return out
}

// unrecorded are the languages in which a question that is asked by audio or video has no recording.
func (c Content) unrecorded(q Question) []string {
	if !c.FormatOf(q).Recorded() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Languages), func(language string) bool { return q.Recordings[language] != "" })
}

// maxToldFindings bounds how many findings one message tells.
const maxToldFindings = 20

// Publishable is nil when the assessment can be published as it stands, given the recordings that its draft names. Errors:
// Conflict, with all that is to mend.
func (a Assessment) Publishable(recorded map[RecordingID]Recording) error {
	if a.Status == Archived {
		return Errorf(Conflict, "This assessment is archived. Restore it before you publish it.")
	}
	var blocking []string
	for _, f := range a.Draft.Lint(recorded) {
		if f.Blocking {
			blocking = append(blocking, f.String())
		}
	}
	if len(blocking) == 0 {
		return nil
	}
	if more := len(blocking) - maxToldFindings; more > 0 {
		blocking = append(blocking[:maxToldFindings], fmt.Sprintf("And %d more.", more))
	}
	return Errorf(Conflict, "This assessment cannot be published yet. %s", strings.Join(blocking, " "))
}
