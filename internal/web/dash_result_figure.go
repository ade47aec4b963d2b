package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// questionsView is what the page about the questions shows.
type questionsView struct {
	app.QuestionResults
	URL *url.URL
}

func (s *Server) questionResultsPage(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(c.r.URL.Query().Get("version")) // what is none chooses none
	v := questionsView{URL: c.r.URL}
	if v.QuestionResults, err = s.app.QuestionResults(c.ctx(), c.who(), assess.AssessmentID(id), version); err != nil {
		return err
	}
	return c.render(http.StatusOK, questionResultsPage(c.dashboard("Results by question"), v))
}

// versions lead to the figures of each version, if there are several.
func (v questionsView) versions() ui.Tabs {
	tabs := ui.Tabs{Label: "Version"}
	for _, version := range v.Versions {
		number := strconv.Itoa(version)
		tabs.Items = append(tabs.Items, ui.Tab{Label: "Version " + number, Href: string(ui.With(v.URL, "version", number)), Current: version == v.Version})
	}
	return tabs
}

func (v questionsView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Questions))
	for i, q := range v.Questions {
		figures := questionFigures{q, i + 1, v.Completed}
		rows[i] = ui.Row{Name: "question " + strconv.Itoa(i+1), Cells: []templ.Component{
			promptCell(i+1, q.Prompt(v.Content.Primary(), v.Content.Primary()), v.Content.Primary()),
			ui.Text(figures.answered()), ui.Text(figures.share(q.Points.Mean())), ui.Text(figures.share(q.Points.Median())), figures.spread(),
		}}
	}
	return rows
}

// questionFigures are the figures of one question as the page shows them.
type questionFigures struct {
	app.QuestionFigures
	number, completed int
}

func (q questionFigures) answered() string {
	return percent(100 * float64(q.Answered) / float64(max(1, q.completed)))
}

// scored reports whether there are points to speak of.
func (q questionFigures) scored() bool { return q.Question.Points > 0 && q.Points.Count() > 0 }

// share is a number of points in percent of those that the question can bring.
func (q questionFigures) share(points float64) string {
	if !q.scored() {
		return "–"
	}
	return percent(100 * points / float64(q.Question.Points))
}

// maxSpread is up to how many points each number of points has a column of its own.
const maxSpread = 10

// spread shows how often which points were given.
func (q questionFigures) spread() templ.Component {
	if !q.scored() {
		return ui.Quietly("–")
	}
	n, width := q.Question.Points+1, 1.0
	if q.Question.Points > maxSpread {
		n, width = scoreBins, float64(q.Question.Points)/scoreBins
	}
	return ui.Spread{
		Summary: fmt.Sprintf("Points of question %d, from 0 to %d: half of all between %s and %s.", q.number, q.Question.Points,
			points(q.Points.Quartile(1)), points(q.Points.Quartile(3))),
		Values: q.Points.Bins(n, width),
	}
}

// gradersView is what the page about the graders shows.
type gradersView struct{ app.GraderResults }

func (s *Server) graderResultsPage(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	var v gradersView
	if v.GraderResults, err = s.app.GraderResults(c.ctx(), c.who(), assess.AssessmentID(id)); err != nil {
		return err
	}
	return c.render(http.StatusOK, graderResultsPage(c.dashboard("Results by grader"), v))
}

// fewest is how many candidates several graders must have in common before figures of their agreement say anything.
const fewest = 10

// nearPercent is how far apart totals may lie to count as near.
const nearPercent = app.NearPercent

// stats are the figures of agreement of all graders.
func (v gradersView) stats() []ui.Stat {
	a := v.Agreement
	return []ui.Stat{
		{Label: "Graded by several", Value: ui.Number(a.Invites), Hint: "candidates"},
		{Label: "Same score", Value: shareFigure(a.Exact), Hint: "of pairs of evaluations"},
		{Label: fmt.Sprintf("Within %d %%", app.NearPercent), Value: shareFigure(a.Near), Hint: "of pairs of evaluations"},
		{Label: "Weighted kappa", Value: figureOf(a.Kappa, a.Invites), Hint: figureHint(a.Kappa, a.Invites)},
		{Label: "ICC", Value: figureOf(v.ICC, a.Invites), Hint: figureHint(v.ICC, a.Invites)},
	}
}

func shareFigure(c app.Coefficient) string {
	if !c.Defined {
		return "–"
	}
	return percent(100 * c.Value)
}

// figureOf is a coefficient of agreement over n candidates, if it says anything.
func figureOf(c app.Coefficient, n int) string {
	if !c.Defined || n < fewest {
		return "–"
	}
	return signed(c.Value, 2)
}

// figureHint says how to read what figureOf shows.
func figureHint(c app.Coefficient, n int) string {
	switch {
	case n < fewest:
		return "too few candidates to say"
	case !c.Defined:
		return "no telling: all scores are the same"
	default:
		return "1 is full agreement"
	}
}

// signed is a number with a real minus sign.
func signed(x float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	if rounded, err := strconv.ParseFloat(text, 64); err == nil && rounded != 0 && x < 0 {
		return "−" + text
	}
	return text
}

func (v gradersView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Graders))
	for i, g := range v.Graders {
		rows[i] = ui.Row{Name: g.Name, Cells: []templ.Component{
			ui.Text(g.Name), ui.Text(ui.Number(g.Graded)), ui.Text(inDays(g.MedianDays)), ui.Text(ui.Number(g.Agreement.Invites)),
			ui.Text(difference(g.Difference)), ui.Text(shareFigure(g.Agreement.Exact)), ui.Text(figureOf(g.Agreement.Kappa, g.Agreement.Invites)),
		}}
	}
	return rows
}

// inDays is a number of days as people read it.
func inDays(days float64) string {
	if days < 1 {
		return "under a day"
	}
	return counted(int(math.Round(days)), "day")
}

// difference says how much more than colleagues a grader gives.
func difference(c app.Coefficient) string {
	if !c.Defined {
		return "–"
	}
	text := signed(c.Value, 1)
	if c.Value > 0 && text != "0.0" {
		text = "+" + text
	}
	return text
}
