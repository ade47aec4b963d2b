package web

import (
	"cmp"
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
	lines := []map[string]any{}
	for _, f := range e.findings() {
		lines = append(lines, map[string]any{"text": f.text, "href": f.href, "blocking": f.blocking})
	}
	return c.json(http.StatusOK, map[string]any{
		"version": asm.Revision,
		"review": map[string]any{
			"texts":    map[string]string{"title": asm.Draft.Name, "summary": e.summary(), "state": e.state(), "ready": e.ready()},
			"findings": lines,
		},
	})
}

// findingsShown bounds the list of findings: nobody mends a hundred things at once.
const findingsShown = 12

// finding is a line of what the linter says.
type finding struct {
	text, href string
	blocking   bool
}

// findings are what the linter says of the draft, what blocks publishing first.
func (e editor) findings() (lines []finding) {
	all := e.Draft.Lint()
	rank := func(f assess.Finding) int {
		if f.Blocking {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(x, y assess.Finding) int { return cmp.Compare(rank(x), rank(y)) })
	for i, f := range all {
		if i == findingsShown {
			more := fmt.Sprintf("… and %s more", counted(len(all)-i, "thing"))
			return append(lines, finding{text: more, blocking: f.Blocking})
		}
		lines = append(lines, e.line(f))
	}
	return lines
}

func (e editor) line(f assess.Finding) finding {
	line := finding{text: f.Message, blocking: f.Blocking}
	if f.Question == 0 {
		return line
	}
	id := e.Draft.Questions[f.Question-1].ID
	line.href = "#" + questionAnchor(id)
	where := fmt.Sprintf("Question %d", f.Question)
	if f.Language != "" && len(e.Draft.Languages) > 1 {
		where += " in " + languageName(f.Language)
	}
	line.text = where + ": " + f.Message
	return line
}

func questionAnchor(id assess.QuestionID) string { return "question-" + string(id) }

// blocked reports whether something stands in the way of publishing.
func (e editor) blocked() bool {
	return slices.ContainsFunc(e.Draft.Lint(), func(f assess.Finding) bool { return f.Blocking })
}

// summary tells the size of the draft: "10 questions · 100 points · up to 25 min".
func (e editor) summary() string {
	minutes := int((e.Draft.Duration() + time.Minute - 1) / time.Minute)
	return fmt.Sprintf("%s · %s · up to %d min", counted(len(e.Draft.Questions), "question"), counted(e.Draft.TotalPoints(), "point"), minutes)
}

// state says whether there is something to publish, of what was published before.
func (e editor) state() string {
	if e.Assessment.Version == 0 || e.Assessment.Published {
		return ""
	}
	return "Unpublished changes"
}

// ready says that nothing is left to mend.
func (e editor) ready() string {
	if len(e.Draft.Lint()) > 0 {
		return ""
	}
	return "Nothing to mend."
}
