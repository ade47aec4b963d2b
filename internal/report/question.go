package report

import (
	"fmt"
	"strings"
)

// answers sets each question with its answer and scores.
func (p *page) answers(r Report) {
	for _, q := range r.Questions {
		score := q.score()
		if q.Max == 0 {
			score = ""
		}
		p.heading(fmt.Sprintf("Question %d", q.Number), score)
		p.words(q.Prompt)
		p.answer(q.Answer)
		p.criteria(q.Criteria)
		p.remarks(q.Remarks)
	}
}

// label sets a line that says what follows, and stays with so much of it.
func (p *page) label(text string, with float64) {
	p.skip(2.5)
	p.room(small.leading() + 0.5 + with)
	p.paragraph(small, p.letters.line(text))
	p.y += 0.5
}

func (p *page) answer(a Answer) {
	if a.Form != "" {
		p.label(a.Form, 2*body.leading())
	}
	p.words(a.Text)
	if strings.TrimSpace(a.Transcript) != "" {
		p.label("Transcript", 2*body.leading())
		p.words(a.Transcript)
	}
}

// criteria sets what each criterion brought, and beneath it what each grader gave.
func (p *page) criteria(criteria []Criterion) {
	if len(criteria) > 0 {
		p.label("Scores", criterionHead())
	}
	for _, c := range criteria {
		p.room(criterionHead())
		p.row(
			cell{x: left, w: width - 24, style: strong, text: p.letters.line(c.Name)},
			cell{x: right - 22, w: 22, style: body, right: true, text: fmt.Sprintf("%s of %d", points(c.Points), c.Max)},
		)
		for _, s := range c.Scores {
			level, _ := p.letters.block(s.Level)
			p.row(
				cell{x: left + 4, w: 46, style: small, text: p.letters.line(s.Grader)},
				cell{x: left + 52, w: 8, style: small, right: true, text: fmt.Sprint(s.Points)},
				cell{x: left + 64, w: width - 64, style: small, text: level},
			)
		}
		p.y += 1
	}
}

// criterionHead is how much of a criterion stays together.
func criterionHead() float64 { return body.leading() + 2*small.leading() }

// remarks sets what graders say, each under their name.
func (p *page) remarks(remarks []Remark) {
	for _, r := range remarks {
		p.label("Comment by "+r.Grader, 2*body.leading())
		p.words(r.Text)
		for _, c := range r.Comments {
			text, _ := p.letters.block(c.Text)
			p.row(
				cell{x: left, w: 12, style: small, right: true, text: clock(c.At)},
				cell{x: left + 16, w: width - 16, style: body, text: text},
			)
		}
	}
}

// colophon says what could not be printed.
func (p *page) colophon() {
	if p.letters.lacked {
		p.skip(8)
		p.paragraph(small, string(missing)+" stands for characters that this report has no letters for. AlfaOne shows them.")
	}
}
