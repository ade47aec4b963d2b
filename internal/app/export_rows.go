package app

import (
	"fmt"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/sheet"
)

// Widths of columns, in characters.
const (
	narrow = 12
	wide   = 28
	widest = 60
)

func (x *exporter) resultColumns() []sheet.Column {
	columns := []sheet.Column{
		{Title: "Candidate", Width: wide},
		{Title: "E-mail", Width: wide},
		{Title: "Tags", Width: wide},
		{Title: "Version", Width: narrow},
		{Title: x.zoned("Invited"), Width: wide},
		{Title: x.zoned("Started"), Width: wide},
		{Title: x.zoned("Completed"), Width: wide},
		{Title: "Minutes taken", Width: narrow},
		{Title: "Grading", Width: wide},
		{Title: "Points", Width: narrow},
		{Title: "Out of", Width: narrow},
		{Title: "Percent", Width: narrow},
	}
	for _, q := range x.questions {
		columns = append(columns, sheet.Column{Title: x.titleOf(q), Width: wide})
	}
	return append(columns, []sheet.Column{
		{Title: "Graders", Width: wide},
		{Title: "Decision", Width: narrow},
		{Title: "Reason", Width: widest},
		{Title: "Decided by", Width: wide},
		{Title: x.zoned("Decided"), Width: wide},
		{Title: "Invite", Width: wide},
	}...)
}

// zoned names the zone that a column's times are in.
func (x *exporter) zoned(title string) string { return title + " (" + x.zone.String() + ")" }

// titleOf is the title of a question's column.
func (x *exporter) titleOf(q scoredQuestion) string {
	title := fmt.Sprintf("Question %d", q.number)
	if q.version != x.asm.Version {
		title += fmt.Sprintf(" of version %d", q.version)
	}
	return title + ": " + excerpt(x.promptOf(q.Question, q.version), 80)
}

// promptOf is the question in the assessment's own language, so that it reads alike in every row.
func (x *exporter) promptOf(q assess.Question, version int) string {
	primary := x.contents[version].Primary()
	return q.Prompt(primary, primary)
}

// excerpt is the text in one line, cut after so many characters with a mark.
func excerpt(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}

// result is the row of an invite.
func (x *exporter) result(b batch, inv assess.Invite) []sheet.Cell {
	r := b.results(x.who, inv)
	row := []sheet.Cell{
		sheet.Text(inv.Name), sheet.Text(inv.Email), sheet.Text(strings.Join(b.tags[inv.ID], ", ")), sheet.Int(inv.Version),
		x.at(inv.SentAt), x.at(inv.StartedAt), x.at(inv.CompletedAt), minutes(inv.CompletedAt.Sub(inv.StartedAt)),
	}
	row = append(row, gradeCells(last(b.grades[inv.ID]), r.Hidden)...)
	counting := r.counting()
	for _, q := range x.questions {
		row = append(row, x.pointsFor(q, inv, counting))
	}
	row = append(row, sheet.Text(gradersOf(r)))
	return append(append(row, x.decisionCells(last(b.decided(r, inv)))...), sheet.Text(string(inv.ID)))
}

// decided is what was decided about an invite, as far as who asks may know.
func (b batch) decided(r Results, inv assess.Invite) []assess.Decision {
	if r.Hidden {
		return nil
	}
	return b.decisions[inv.ID]
}

// last is the last of some, or nothing.
func last[T any](s []T) (v T) {
	if len(s) > 0 {
		v = s[len(s)-1]
	}
	return v
}

func (x *exporter) at(t time.Time) sheet.Cell {
	if t.IsZero() {
		return sheet.Cell{}
	}
	return sheet.Time(t.In(x.zone))
}

func minutes(d time.Duration) sheet.Cell { return sheet.Decimal(d.Minutes(), 1) }

// gradeCells say how far grading is, and what it has come to.
func gradeCells(g assess.Grade, hidden bool) []sheet.Cell {
	out := []sheet.Cell{sheet.Text(gradeWord(g, hidden)), {}, {}, {}}
	if scored := g.State == assess.Graded || g.State == assess.Disputed; scored && !hidden {
		out[1], out[3] = sheet.Decimal(g.Points, 2), sheet.Decimal(g.Percent(), 1)
	}
	if g.State != assess.Ungraded {
		out[2] = sheet.Int(g.Max)
	}
	return out
}

func gradeWord(g assess.Grade, hidden bool) string {
	switch {
	case hidden:
		return "Hidden until you submit your own scores"
	case g.State == assess.Graded:
		return "Graded"
	case g.State == assess.Disputed:
		return "The graders differ"
	case g.State == assess.Grading:
		return "In progress"
	default:
		return "Nobody grades it"
	}
}

// pointsFor is what a question has brought; empty where the invite's version does not ask it, and while there is no score.
func (x *exporter) pointsFor(q scoredQuestion, inv assess.Invite, counting []GivenEvaluation) sheet.Cell {
	for _, asked := range x.contents[inv.Version].Questions {
		if asked.ID == q.ID && len(counting) > 0 {
			return sheet.Decimal(scored(GivenAnswer{AskedQuestion: AskedQuestion{Question: asked}}, counting, nil).Points, 2)
		}
	}
	return sheet.Cell{}
}

// gradersOf names the graders with their totals.
func gradersOf(r Results) string {
	names := make([]string, len(r.Evaluations))
	for i, e := range r.Evaluations {
		names[i] = e.GraderName
		if e.Adjudicates {
			names[i] += " (adjudicates)"
		}
		switch {
		case r.Hidden:
		case e.State == assess.EvaluationSubmitted:
			names[i] += fmt.Sprintf(": %d", e.Points)
		default:
			names[i] += ": not submitted"
		}
	}
	return strings.Join(names, ", ")
}

func (x *exporter) decisionCells(d assess.Decision) []sheet.Cell {
	words := map[assess.Outcome]string{assess.Advance: "Advance", assess.Hold: "Hold", assess.Reject: "Reject"}
	return []sheet.Cell{sheet.Text(words[d.Outcome]), sheet.Text(d.Reason), sheet.Text(d.MemberName), x.at(d.At)}
}

func answerColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Candidate", Width: wide},
		{Title: "E-mail", Width: wide},
		{Title: "Version", Width: narrow},
		{Title: "Question", Width: narrow},
		{Title: "Prompt", Width: widest},
		{Title: "Answer", Width: narrow},
		{Title: "Format", Width: narrow},
		{Title: "Seconds", Width: narrow},
		{Title: "Text", Width: widest},
		{Title: "Transcript", Width: widest},
		{Title: "Points", Width: narrow},
		{Title: "Out of", Width: narrow},
		{Title: "Comments", Width: widest},
		{Title: "Invite", Width: wide},
	}
}

// answers are the rows of an invite's questions.
func (x *exporter) answers(b batch, inv assess.Invite) [][]sheet.Cell {
	r := b.results(x.who, inv)
	counting := r.counting()
	content := x.contents[inv.Version]
	rows := make([][]sheet.Cell, len(content.Questions))
	for i, q := range content.Questions {
		rows[i] = []sheet.Cell{
			sheet.Text(inv.Name), sheet.Text(inv.Email), sheet.Int(inv.Version), sheet.Int(i + 1), sheet.Text(x.promptOf(q, inv.Version)),
		}
		rows[i] = append(rows[i], b.answerCells(inv, content, q)...)
		points := x.pointsFor(scoredQuestion{Question: q}, inv, counting)
		rows[i] = append(rows[i], points, sheet.Int(q.Points), sheet.Text(commentsOn(q, r)), sheet.Text(string(inv.ID)))
	}
	return rows
}

// answerCells say how a question was answered, and if it was in words, with which.
func (b batch) answerCells(inv assess.Invite, content assess.Content, q assess.Question) []sheet.Cell {
	var answer assess.Answer
	for _, a := range b.answers[inv.ID] {
		if a.Question == q.ID {
			answer = a
		}
	}
	asked := content.AnswerFormatOf(q)
	take, _ := newestTakes(b.takes[inv.ID], q.ID)
	state := answer.State(asked, take)
	words := map[assess.AnswerState]string{assess.Answered: "Answered", assess.Arriving: "Arriving", assess.Unanswered: "Not answered"}
	out := []sheet.Cell{sheet.Text(words[state]), {}, {}, {}, {}}
	if state != assess.Answered {
		return out
	}
	if asked == assess.TextFormat || answer.ByText || take == nil {
		out[1], out[3] = sheet.Text("Text"), sheet.Text(answer.Text)
		return out
	}
	out[1], out[2] = sheet.Text("Audio"), sheet.Decimal(take.Media.Duration.Seconds(), 1)
	if take.Media.Width > 0 {
		out[1] = sheet.Text("Video")
	}
	out[4] = sheet.Text(last(b.transcripts[take.ID]).Text())
	return out
}

// commentsOn is what graders say of an answer, a line each.
func commentsOn(q assess.Question, r Results) string {
	var lines []string
	for _, e := range r.Evaluations {
		if text := e.Mark(q.ID).Comment; text != "" {
			lines = append(lines, e.GraderName+": "+text)
		}
		for _, c := range e.CommentsOn(q.ID) {
			lines = append(lines, fmt.Sprintf("%s at %d:%02d: %s", e.GraderName, int(c.At.Minutes()), int(c.At.Seconds())%60, c.Text))
		}
	}
	return strings.Join(lines, "\n")
}
