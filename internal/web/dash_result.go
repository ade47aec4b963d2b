package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) resultRoutes() []route {
	return []route{
		{"GET /assessments/{id}/results", member(assess.ReadResults), s.resultsPage},
		{"GET /assessments/{id}/results/questions", member(assess.ReadResults), s.questionResultsPage},
		{"GET /assessments/{id}/results/graders", member(assess.ReadResults), s.graderResultsPage},
		{"GET /assessments/{id}/compare", member(assess.ReadResults), s.comparePage},
	}
}

// resultsPath is where the results of an assessment are shown.
func resultsPath(id assess.AssessmentID) string { return assessmentPath(id) + "/results" }

// resultsView is what the page of results shows: figures, and a list of those who have completed the assessment.
type resultsView struct {
	app.AssessmentResults
	URL        *url.URL // of the list
	Filter     assess.CandidateFilter
	Page       assess.Page
	Candidates []assess.Candidate
	Total      int
	MayInvite  bool
}

func (s *Server) resultsPage(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	q, assessment := c.r.URL.Query(), assess.AssessmentID(id)
	v := resultsView{
		URL:    &url.URL{Path: c.r.URL.Path, RawQuery: c.r.URL.RawQuery, Fragment: "candidates"},
		Filter: candidateFilter(q), Page: listPage(q, assess.CandidateSorts()), MayInvite: c.who().Can(assess.InviteCandidates),
	}
	if v.AssessmentResults, err = s.app.AssessmentResults(c.ctx(), c.who(), assessment); err != nil {
		return err
	}
	if v.Candidates, v.Total, err = s.app.Candidates(c.ctx(), c.who(), assessment, v.Filter, v.Page); err != nil {
		return err
	}
	if len(v.Candidates) == 0 && v.Total > 0 {
		return c.redirect(string(ui.With(v.URL, "page", strconv.Itoa(v.Page.Pages(v.Total)))))
	}
	return c.render(http.StatusOK, resultsPage(c.dashboard("Results"), v))
}

// candidateFilter reads the filter from an address. What makes no sense does not narrow.
func candidateFilter(q url.Values) assess.CandidateFilter {
	f := assess.CandidateFilter{Search: assess.CleanLine(q.Get("search"))}
	if grade := assess.GradeFilter(q.Get("grade")); slices.Contains(assess.GradeFilters(), grade) {
		f.Grade = grade
	}
	if decision := assess.DecisionFilter(q.Get("decision")); slices.Contains(assess.DecisionFilters(), decision) {
		f.Decision = decision
	}
	return f
}

// resultTabs lead from one part of an assessment's results to another.
func resultTabs(id assess.AssessmentID, current string) ui.Tabs {
	tabs := ui.Tabs{Label: "Results"}
	for _, t := range []struct{ label, path string }{{"Candidates", ""}, {"Questions", "/questions"}, {"Graders", "/graders"}} {
		tabs.Items = append(tabs.Items, ui.Tab{Label: t.label, Href: resultsPath(id) + t.path, Current: t.label == current})
	}
	return tabs
}

func (v resultsView) narrowed() bool { return v.Filter != assess.CandidateFilter{} }

func (v resultsView) funnel() ui.Bars {
	f := v.Funnel
	return ui.Bars{Title: "From invite to grade", Funnel: true, Bars: []ui.Bar{
		{Label: "Invited", Value: f.Invited},
		{Label: "Accepted", Value: f.Accepted},
		{Label: "Started", Value: f.Started},
		{Label: "Completed", Value: f.Completed},
		{Label: "Graded", Value: f.Graded},
	}}
}

// scoreBins is how many columns a distribution of scores has.
const scoreBins = 10

func (v resultsView) scores() ui.Columns {
	c := ui.Columns{Title: "Scores", Heads: [2]string{"Score", "Candidates"}, Below: quartiles(percent, v.Scores)}
	for i, n := range v.Scores.Bins(scoreBins, 100/scoreBins) {
		c.Bars = append(c.Bars, ui.Bar{Label: fmt.Sprintf("%d–%d %%", i*100/scoreBins, (i+1)*100/scoreBins), Value: n})
	}
	c.Summary = fmt.Sprintf("Scores of %s: half of them between %s and %s.", counted(v.Scores.Count(), "candidate"),
		percent(v.Scores.Quartile(1)), percent(v.Scores.Quartile(3)))
	return c
}

func (v resultsView) times() ui.Columns {
	bins, width := timeBins(v.Seconds)
	c := ui.Columns{Title: "Time taken", Heads: [2]string{"Time", "Candidates"}, Below: quartiles(span, v.Seconds)}
	for i, n := range bins {
		label := "from " + span(float64(i)*width) + " on"
		if i < len(bins)-1 {
			label = span(float64(i)*width) + " – " + span(float64(i+1)*width)
		}
		c.Bars = append(c.Bars, ui.Bar{Label: label, Value: n})
	}
	c.Summary = fmt.Sprintf("Time that %s took: half of them between %s and %s.", counted(v.Seconds.Count(), "candidate"),
		span(v.Seconds.Quartile(1)), span(v.Seconds.Quartile(3)))
	return c
}

// timeBins divides times into steps that people count in, such that few lie beyond the last: who leaves in the middle and goes on
// the next day must not press all others into the first. It returns the width of a step in seconds.
func timeBins(seconds assess.Tallies) (bins []int, width float64) {
	const most = 10
	steps := []float64{10, 30, 60, 2 * 60, 5 * 60, 10 * 60, 15 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 12 * 3600, 24 * 3600, 7 * 24 * 3600}
	width = steps[len(steps)-1]
	for _, step := range steps {
		if most*step >= 2*seconds.Quartile(3) {
			width = step
			break
		}
	}
	return seconds.Bins(most, width), width
}

// span is a length of time in seconds as people read it.
func span(seconds float64) string {
	d := time.Duration(math.Round(seconds)) * time.Second
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour && d%time.Minute != 0 && d < 10*time.Minute:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(math.Round(d.Minutes())))
	case d < 48*time.Hour && d%time.Hour >= time.Minute:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return counted(int(math.Round(d.Hours()/24)), "day")
	}
}

// percent is a share of a hundred as people read it.
func percent(p float64) string { return strconv.FormatFloat(math.Round(p), 'f', -1, 64) + " %" }

// points is a number of points, which may be a mean.
func points(p float64) string { return strconv.FormatFloat(math.Round(10*p)/10, 'f', -1, 64) }

// decided are the decisions that hold, and how many wait for one.
func (v resultsView) decided() ui.Bars {
	b := ui.Bars{Title: "Decisions"}
	waiting := v.Funnel.Completed
	for _, outcome := range assess.Outcomes() {
		n := v.Decisions[outcome]
		waiting -= n
		b.Bars = append(b.Bars, ui.Bar{Label: ui.Outcome(string(outcome)).Label, Value: n})
	}
	b.Bars = append(b.Bars, ui.Bar{Label: ui.Outcome("").Label, Value: waiting})
	return b
}

func (v resultsView) order() ui.Order {
	return ui.Order{URL: v.URL, Sort: v.Page.Sort, Desc: !v.Page.Ascending}
}

func (v resultsView) filters() ui.Filters {
	return ui.Filters{
		URL: v.URL, Search: v.Filter.Search, Label: "Search by name or address",
		Selects: []ui.FilterSelect{gradeFilter(v.Filter.Grade), decisionFilter(v.Filter.Decision)},
	}
}

func gradeFilter(chosen assess.GradeFilter) ui.FilterSelect {
	grade := ui.FilterSelect{Name: "grade", Label: "Grade", Any: "Any grade", Value: string(chosen)}
	for _, f := range assess.GradeFilters() {
		state := string(f)
		if f == assess.FilterUngraded {
			state = ""
		}
		grade.Options = append(grade.Options, ui.Option{Value: string(f), Label: ui.GradeState(state).Label})
	}
	return grade
}

func decisionFilter(chosen assess.DecisionFilter) ui.FilterSelect {
	decision := ui.FilterSelect{Name: "decision", Label: "Decision", Any: "Any decision", Value: string(chosen)}
	for _, f := range assess.DecisionFilters() {
		outcome := string(f)
		if f == assess.FilterUndecided {
			outcome = ""
		}
		decision.Options = append(decision.Options, ui.Option{Value: string(f), Label: ui.Outcome(outcome).Label})
	}
	return decision
}

func (v resultsView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Candidates))
	for i, candidate := range v.Candidates {
		rows[i] = ui.Row{
			ID: string(candidate.ID), Name: candidateName(candidate.InviteSummary), Href: invitePath(candidate.ID),
			Cells: []templ.Component{
				candidateCell(candidate.InviteSummary), scoreCell(candidate), ui.GradeState(string(candidate.Grade.State)),
				ui.Outcome(string(candidate.Decision)),
				ui.Time{At: candidate.CompletedAt, Style: ui.Date},
				ui.Text(span(candidate.CompletedAt.Sub(candidate.StartedAt).Seconds())),
			},
		}
	}
	return rows
}

func (v resultsView) empty() ui.Empty {
	switch {
	case v.narrowed():
		return ui.Empty{
			Icon: ui.IconSearch, Title: "No candidates match", Text: "Try fewer words or another choice.",
			Action: ui.Button{Label: "Show all candidates", Href: resultsPath(v.Assessment.ID)},
		}
	case v.Funnel.Invited > 0:
		return ui.Empty{Icon: ui.IconClock, Title: "Nobody has completed it yet", Text: "Candidates appear here once they have sent in their answers."}
	case v.MayInvite && v.Assessment.Sendable() == nil:
		return ui.Empty{
			Icon: ui.IconChart, Title: "No results yet", Text: "Nobody has been invited to this assessment. What candidates score and how they compare will be here.",
			Action: ui.Button{Label: "Invite a candidate", Kind: ui.Primary, Icon: ui.IconPlus, Href: "/invites/new?assessment=" + string(v.Assessment.ID)},
		}
	default:
		return ui.Empty{Icon: ui.IconChart, Title: "No results yet", Text: "Nobody has been invited to this assessment. What candidates score and how they compare will be here."}
	}
}
