package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// queue is what the page of a grader's work shows.
type queue struct {
	app.Queue
	byQuestion bool
	mayAssign  bool
}

func (s *Server) queuePage(c *call) (err error) {
	q := queue{byQuestion: c.byQuestion(), mayAssign: c.who().Can(assess.AssignGraders)}
	if q.Queue, err = s.app.Queue(c.ctx(), c.who()); err != nil {
		return err
	}
	return c.render(http.StatusOK, queueTemplate(c.dashboard("Grading"), q))
}

// lead says what is left.
func (q queue) lead() string {
	if q.Total == 0 {
		return ""
	}
	text := counted(q.Total, "candidate") + " to grade"
	if q.Overdue > 0 {
		text += ", " + strconv.Itoa(q.Overdue) + " overdue"
	}
	soon := 0
	for _, e := range q.Waiting {
		if e.DueSoon(q.At) {
			soon++
		}
	}
	if soon > 0 {
		text += ", " + strconv.Itoa(soon) + " due within two days"
	}
	return text + "."
}

func (q queue) ways() ui.Tabs {
	return ui.Tabs{Label: "In which order", Items: []ui.Tab{
		{Label: "Candidate by candidate", Href: "/grading", Current: !q.byQuestion},
		{Label: "Question by question", Href: "/grading" + way(true), Current: q.byQuestion},
	}}
}

// batch is what waits of one version of an assessment.
type batch struct {
	queue queue
	items []app.QueuedEvaluation
}

// batches are what waits, that with the most urgent first.
func (q queue) batches() (out []batch) {
	for _, e := range q.Waiting {
		at := slices.IndexFunc(out, func(b batch) bool {
			return b.items[0].Assessment == e.Assessment && b.items[0].Version == e.Version
		})
		if at < 0 {
			at, out = len(out), append(out, batch{queue: q})
		}
		out[at].items = append(out[at].items, e)
	}
	return out
}

// title is the name of the assessment, with the version where candidates of several wait.
func (b batch) title() string {
	first := b.items[0]
	for _, e := range b.queue.Waiting {
		if e.Assessment == first.Assessment && e.Version != first.Version {
			return first.AssessmentName + " (version " + strconv.Itoa(first.Version) + ")"
		}
	}
	return first.AssessmentName
}

// scored is how many answers of the batch have their scores, of how many that need them.
func (b batch) scored() (done, all int) {
	for _, e := range b.items {
		done, all = done+e.Scored, all+e.Answers
	}
	return done, all
}

func (b batch) lead() string {
	return counted(len(b.items), "candidate") + ", " + strings.ToLower(scoredText(b.scored())) + "."
}

// next is where the grader goes on, and what the button says.
func (b batch) next() (href, label string) {
	done, all := b.scored()
	switch done {
	case 0:
		label = "Start"
	case all:
		label = "Review"
	default:
		label = "Go on"
	}
	if !b.queue.byQuestion {
		return gradingPath(b.items[0].ID), label
	}
	first, number := b.items[0], 0
	for _, e := range b.items {
		if e.Next > 0 && (number == 0 || e.Next < number) {
			first, number = e, e.Next
		}
	}
	if number == 0 {
		return gradingPath(first.ID) + way(true), label
	}
	return gradingPath(first.ID) + "/questions/" + strconv.Itoa(number) + way(true), label + " with question " + strconv.Itoa(number)
}

// badges say what is special about an evaluation that waits.
func (q queue) badges(e app.QueuedEvaluation) (out []ui.Badge) {
	switch {
	case e.Overdue(q.At):
		out = append(out, ui.Badge{Label: "Overdue", Tone: ui.Bad, Dot: true})
	case e.DueSoon(q.At):
		out = append(out, ui.Badge{Label: "Due soon", Tone: ui.Warning, Dot: true})
	}
	if e.Adjudicates {
		out = append(out, ui.Badge{Label: "You decide between graders", Tone: ui.Info})
	}
	if e.Blind {
		out = append(out, ui.Badge{Label: "Blind"})
	}
	if e.Reopened != "" {
		out = append(out, ui.Badge{Label: "Reopened", Tone: ui.Info})
	}
	return out
}

// progress says how far an evaluation is.
func progress(e app.QueuedEvaluation) string {
	if e.Scored == e.Answers {
		return "All scored: review and submit"
	}
	return scoredText(e.Scored, e.Answers)
}
