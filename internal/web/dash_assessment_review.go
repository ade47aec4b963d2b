package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"alfaone/internal/assess"
)

// draftSaved answers a script that has saved: the version to go on with, and what the page says of the draft.
func (c *call) draftSaved(id assess.AssessmentID) error {
	asm, err := c.s.app.Assessment(c.ctx(), c.who(), id)
	if err != nil {
		return err
	}
	e := editor{Assessment: asm, Draft: asm.Draft}
	if e.Recorded, err = c.s.app.Prompts(c.ctx(), c.who(), asm.Draft); err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{
		"version": asm.Revision,
		"review": map[string]any{
			"texts": map[string]string{"title": asm.Draft.Name, "summary": e.summary(), "state": e.state(), "ready": e.ready()},
			"lists": map[string][]finding{"obstacles": e.obstacles(), "advice": e.advice()},
		},
	})
}

// findingsShown bounds a list of findings: nobody mends a hundred things at once.
const findingsShown = 12

// finding is a line of what the linter says.
type finding struct {
	Text string `json:"text"`
	Href string `json:"href"` // of the question; empty for the assessment as a whole
}

// obstacles are what keeps the draft from being published.
func (e editor) obstacles() []finding { return e.findings(true) }

// advice is what the author may want to look at.
func (e editor) advice() []finding { return e.findings(false) }

func (e editor) findings(blocking bool) []finding {
	all := slices.DeleteFunc(e.Draft.Lint(e.Recorded), func(f assess.Finding) bool { return f.Blocking != blocking })
	lines := []finding{}
	for i, f := range all {
		if i == findingsShown {
			return append(lines, finding{Text: fmt.Sprintf("… and %s more", counted(len(all)-i, "thing"))})
		}
		lines = append(lines, e.line(f))
	}
	return lines
}

func (e editor) line(f assess.Finding) finding {
	line := finding{Text: f.Message}
	if f.Question == 0 {
		return line
	}
	id := e.Draft.Questions[f.Question-1].ID
	line.Href = "#" + questionAnchor(id)
	where := fmt.Sprintf("Question %d", f.Question)
	if f.Language != "" && len(e.Draft.Languages) > 1 {
		where += " in " + languageName(f.Language)
	}
	line.Text = where + ": " + f.Message
	return line
}

func questionAnchor(id assess.QuestionID) string { return "question-" + string(id) }

// summary tells the size of the draft: "10 questions · 100 points · up to 25 min · 45 min once started".
func (e editor) summary() string {
	minutes := int((e.Draft.Duration() + time.Minute - 1) / time.Minute)
	size := fmt.Sprintf("%s · %s · up to %d min", counted(len(e.Draft.Questions), "question"), counted(e.Draft.TotalPoints(), "point"), minutes)
	if e.Draft.TimeLimit > 0 {
		size += fmt.Sprintf(" · %d min once started", e.Draft.TimeLimit)
	}
	return size
}

// state says whether there is something to publish, of what was published before.
func (e editor) state() string {
	if e.Assessment.Version == 0 || e.Assessment.Published {
		return ""
	}
	return "Unpublished changes"
}

// ready says that nothing has to be mended.
func (e editor) ready() string {
	if len(e.obstacles()) > 0 {
		return ""
	}
	return "Nothing to mend."
}
