package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// scored reports whether there are scores to show.
func (v inviteView) scored() bool { return len(v.submitted()) > 0 }

// submitted are the evaluations whose scores may be seen.
func (v inviteView) submitted() (out []app.GivenEvaluation) {
	for _, e := range v.Results.Evaluations {
		if e.State == assess.EvaluationSubmitted && !v.Results.Hidden {
			out = append(out, e)
		}
	}
	return out
}

// own is the evaluation that who looks at the invite has to submit first; empty where there is none.
func (v inviteView) own() assess.EvaluationID {
	for _, e := range v.Results.Evaluations {
		if e.Grader == v.Me && e.State == assess.EvaluationOpen && !e.ReadyAt.IsZero() {
			return e.ID
		}
	}
	return ""
}

// counts says what the last column of the scores holds.
func (v inviteView) counts() string {
	for _, e := range v.submitted() {
		if e.Adjudicates {
			return "Counts"
		}
	}
	return "Mean"
}

// apart says how far the graders differ.
func (v inviteView) apart() string {
	least, most, n := 0, 0, 0
	for _, e := range v.submitted() {
		if e.Adjudicates {
			continue
		}
		if n++; n == 1 {
			least, most = e.Points, e.Points
		}
		least, most = min(least, e.Points), max(most, e.Points)
	}
	text := fmt.Sprintf("They lie %s of %d apart, which is more than the grading plan allows.", counted(most-least, "point"), v.Results.Grade.Max)
	if v.adjudicable() {
		return text + " Ask somebody to adjudicate, under Graders."
	}
	return text + " Somebody adjudicates; their scores will then count alone."
}

// scores is the table of who gave what for what: a row for each question, and one for each of its criteria.
func (v inviteView) scores() ui.Table {
	t := ui.Table{Caption: "Scores", Columns: []ui.Column{{Label: "Question"}}}
	for _, e := range v.submitted() {
		t.Columns = append(t.Columns, ui.Column{Label: e.GraderName, Numeric: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: v.counts(), Numeric: true})
	for _, answer := range v.Results.Answers {
		if len(answer.Criteria) > 0 {
			t.Rows = append(t.Rows, v.questionRow(answer))
		}
		if len(answer.Question.Criteria) == 0 {
			continue
		}
		for _, criterion := range answer.Criteria {
			t.Rows = append(t.Rows, v.criterionRow(answer, criterion))
		}
	}
	return t
}

func (v inviteView) questionRow(answer app.ScoredAnswer) ui.Row {
	name := givenAnswer{answer.GivenAnswer, v}
	cells := []templ.Component{scoredQuestion(name)}
	for _, e := range v.submitted() {
		cells = append(cells, ui.Text(strconv.Itoa(e.Mark(answer.Question.ID).Points())))
	}
	return ui.Row{Cells: append(cells, scoredTotal(points(answer.Points), strconv.Itoa(answer.Max)))}
}

func (v inviteView) criterionRow(answer app.ScoredAnswer, c app.ScoredCriterion) ui.Row {
	cells := []templ.Component{scoredCriterion(c.Name)}
	for _, e := range v.submitted() {
		cells = append(cells, ui.Quietly(strconv.Itoa(e.Mark(answer.Question.ID).Scores[c.ID])))
	}
	return ui.Row{Cells: append(cells, ui.Quietly(points(c.Points)+" of "+strconv.Itoa(c.Worth())))}
}

// notes are what graders say of the candidate as a whole.
func (v inviteView) notes() (out []app.GivenEvaluation) {
	for _, e := range v.submitted() {
		if e.Note != "" {
			out = append(out, e)
		}
	}
	return out
}

// remarks are what graders say of the answer.
func (a givenAnswer) remarks() (out []app.Remark) {
	for _, answer := range a.view.Results.Answers {
		if answer.Question.ID != a.Question.ID {
			continue
		}
		for _, r := range answer.Remarks {
			if r.Mark.Comment != "" || len(r.Comments) > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

// commented is what is to be played with what graders note at its moments.
func (a givenAnswer) commented(p playback) playback { return p.remarked(a.remarks()) }

func secondsOf(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
