package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// who is the candidate by name, or by address where the name is missing or cannot be printed.
func (p *page) who(r Report) string {
	name, ok := p.letters.block(strings.Join(strings.Fields(r.Candidate), " "))
	if !ok || name == "" {
		return p.letters.line(r.Email)
	}
	return name
}

// front sets what stands before the answers.
func (p *page) front(r Report) {
	p.masthead(r)
	p.title(r)
	p.facts(r)
	for _, notice := range r.Notices {
		p.skip(2)
		p.paragraph(strong, p.letters.line(notice))
	}
	p.grade(r.Grade)
	p.decision(r.Decision)
	p.evaluations(r.Evaluations, r.Grade.Max)
	p.glance(r.Questions)
	p.observed(r.Observed)
}

// masthead says whose report it is.
func (p *page) masthead(r Report) {
	const h = 12
	if !p.logo(r.Logo, p.y) {
		p.text(left, p.y+5, strong, p.shorten(p.letters.line(r.Organization), 110, strong))
	}
	label := "Candidate report"
	p.use(small)
	p.text(right-p.pdf.GetStringWidth(label), p.y+5, small, label)
	p.y += h + 4
}

// title names the candidate and what was taken.
func (p *page) title(r Report) {
	name, email := p.who(r), p.letters.line(r.Email)
	p.paragraph(style{size: 21, bold: true, ink: ink}, name)
	p.paragraph(style{size: 12, ink: ink}, fmt.Sprintf("%s, version %d", p.letters.line(r.Assessment), r.Version))
	under := r.Tags
	if name != email && email != "" {
		under = append([]string{email}, r.Tags...)
	}
	if len(under) > 0 {
		p.y++
		p.paragraph(small, p.letters.line(strings.Join(under, "  ·  ")))
	}
	p.y += 3
	p.rule(p.y)
	p.y += 4
}

// facts sets when it happened, side by side.
func (p *page) facts(r Report) {
	var facts []Fact
	for _, f := range []struct {
		label string
		at    time.Time
	}{{"Invited", r.Sent}, {"Started", r.Started}, {"Completed", r.Completed}} {
		if !f.at.IsZero() {
			facts = append(facts, Fact{f.label, f.at.Format("2 January 2006\n15:04 MST")})
		}
	}
	if r.Taken > 0 {
		facts = append(facts, Fact{"Time taken", clock(r.Taken)})
	}
	if len(facts) == 0 {
		return
	}
	var labels, values []cell
	for i, f := range facts {
		x := left + float64(i)*width/4
		labels = append(labels, cell{x: x, w: width / 4, style: small, text: f.Label})
		values = append(values, cell{x: x, w: width / 4, style: body, text: f.Value})
	}
	p.row(labels...)
	p.row(values...)
	p.y += 2
}

// grade sets the result large.
func (p *page) grade(g Grade) {
	if g.State == "" {
		return
	}
	p.heading("Result", "")
	if !g.Scored || g.Max == 0 {
		p.paragraph(body, p.letters.line(g.State))
		return
	}
	share := g.Points / float64(g.Max)
	large := style{size: 25, bold: true, ink: ink}
	p.use(large)
	number := points(g.Points)
	end := left + p.pdf.GetStringWidth(number)
	p.text(left, p.y+9, large, number)
	p.text(end+2, p.y+9, style{size: 11, ink: ink}, fmt.Sprintf("of %d points, %.0f %%", g.Max, 100*share))
	p.y += 13
	p.bar(left, p.y, width, share)
	p.y += 3.5
	p.paragraph(small, p.letters.line(g.State))
}

func (p *page) decision(d *Decision) {
	if d == nil {
		return
	}
	p.heading("Decision", "")
	p.row(
		cell{x: left, w: 50, style: strong, text: p.letters.line(d.Outcome)},
		cell{x: left + 50, w: width - 50, style: small, right: true, text: p.letters.line(d.By) + ", " + moment(d.At)},
	)
	p.words(d.Reason)
}

// words sets a longer text of somebody's.
func (p *page) words(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	s := body
	text, ok := p.letters.block(text)
	if !ok {
		s.ink = muted
	}
	p.paragraph(s, text)
}

func (p *page) evaluations(evaluations []Evaluation, most int) {
	if len(evaluations) == 0 {
		return
	}
	p.heading("Evaluations", "")
	for _, e := range evaluations {
		state, score := e.State, ""
		if !e.Submitted.IsZero() {
			state += ", " + moment(e.Submitted)
		}
		if e.Scored {
			score = fmt.Sprintf("%d of %d", e.Points, most)
		}
		p.row(
			cell{x: left, w: 58, style: strong, text: p.letters.line(e.Grader)},
			cell{x: left + 60, w: width - 84, style: small, text: p.letters.line(state)},
			cell{x: right - 22, w: 22, style: body, right: true, text: score},
		)
		p.words(e.Note)
		p.y += 1.5
	}
}

// glance sets the points of all questions on one another.
func (p *page) glance(questions []Question) {
	if len(questions) == 0 {
		return
	}
	p.heading("Questions", "")
	const bar = 34
	for _, q := range questions {
		title := p.shorten(p.letters.line(q.Prompt), width-bar-34, body)
		p.room(body.leading() + 1)
		if q.Scored && q.Max > 0 {
			p.bar(right-bar-22, p.y+body.leading()/2-0.6, bar, q.Points/float64(q.Max))
		}
		p.row(
			cell{x: left, w: 8, style: body, text: strconv.Itoa(q.Number)},
			cell{x: left + 8, w: width, style: body, text: title},
			cell{x: right - 20, w: 20, style: body, right: true, text: q.score()},
		)
		p.y += 0.8
	}
}

// score is what the question brought, in figures.
func (q Question) score() string {
	switch {
	case q.Max == 0:
		return "no points"
	case !q.Scored:
		return fmt.Sprintf("– of %d", q.Max)
	default:
		return fmt.Sprintf("%s of %d", points(q.Points), q.Max)
	}
}

func (p *page) observed(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	p.heading("Observed during the attempt", "")
	for _, f := range facts {
		p.row(
			cell{x: left, w: 100, style: body, text: p.letters.line(f.Label)},
			cell{x: right - 60, w: 60, style: body, right: true, text: p.letters.line(f.Value)},
		)
	}
	p.y++
	p.paragraph(small, "These are hints for a person to judge, and prove nothing by themselves.")
}

// points is a number of points with as many digits as it needs, at most one.
func points(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// clock is a duration as 1:12 or 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
