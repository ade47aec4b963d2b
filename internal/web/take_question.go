package web

import (
	"net/http"
	"slices"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// question is the page of one question.
type question struct {
	sitting
	app.AskedQuestion
	by     assess.Format // how it is answered on this page
	errors []ui.FieldError
}

func (s *Server) questionPage(c *call) error { return c.showQuestion(nil) }

// sendAnswer goes on to the next question when the candidate is content with the answer to this one.
func (s *Server) sendAnswer(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	switch err := s.app.SendAnswer(c.ctx(), c.taker(), number); {
	case assess.CodeOf(err) == assess.Incomplete:
		return c.showQuestion(err)
	case err != nil:
		return c.refusedStep(err)
	}
	v, err := c.sit()
	if err != nil {
		return err
	}
	return c.redirect(v.next(number))
}

// showQuestion answers with the page of the question in the path, or leads to where the candidate stands if there is none.
// refused is why sending its answer came to nothing.
func (c *call) showQuestion(refused error) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	number, err := c.number()
	if v.Status != assess.Started || err != nil || number > len(v.attempt.Questions) {
		return c.redirect(v.place())
	}
	q := question{sitting: v, AskedQuestion: v.attempt.Questions[number-1]}
	q.by = q.way(assess.Format(c.value("by")))
	q.shell.Page.Title = q.title()
	q.offerLanguages(q.path())
	if refused == nil {
		return c.renderTake(http.StatusOK, q.texts, questionTemplate(q))
	}
	q.errors = q.problem("take.question.nothing")
	q.shell.Page.Title = q.t("words.error") + " " + q.shell.Page.Title
	return c.renderTake(http.StatusUnprocessableEntity, q.texts, questionTemplate(q))
}

// way is how the question is answered on the page: as asked for, else as it has been answered, else as it is meant to be.
func (q question) way(asked assess.Format) assess.Format {
	given := asked
	switch {
	case asked != "":
	case q.Answer.ByText:
		given = assess.TextFormat
	case q.Take != nil:
		kind, _, _ := strings.Cut(q.Take.MIME, "/")
		given = assess.Format(kind)
	}
	if slices.Contains(q.Allowance.Formats, given) {
		return given
	}
	return q.Allowance.Formats[0]
}

func (q question) title() string {
	return q.say("take.question.title", "number", q.Number, "total", len(q.attempt.Questions))
}

func (q question) path() string { return questionPath(q.Number) }

// gated reports whether the candidate has to say first that they are ready.
func (q question) gated() bool { return q.Allowance.Gated() && q.Answer.BegunAt.IsZero() }

// gate says what showing the question begins.
func (q question) gate() string {
	a := q.Allowance
	if a.Formats[0] == assess.TextFormat {
		return q.say("take.question.gate_write", "length", q.texts.Length(a.Preparation+a.Length))
	}
	return q.say("take.question.gate_record", "preparation", q.texts.Length(a.Preparation), "length", q.texts.Length(a.Length))
}

// length says how long the answer may be; empty where nothing limits it.
func (q question) length() string {
	if q.by == assess.TextFormat || q.Allowance.Untimed {
		return ""
	}
	return q.say("take.question.length", "length", q.texts.Length(q.Allowance.Length))
}

// prompt is the question's text as the candidate reads it, and its language.
func (q question) prompt() (text, language string) {
	language = q.language()
	if q.Question.Prompts[language] == "" {
		language = q.Content.Primary()
	}
	return q.Question.Prompts[language], language
}

// played reports whether the question is there to be heard or seen, and not to be read alone.
func (q question) played() bool {
	return q.Asked == assess.AudioFormat || q.Asked == assess.VideoFormat && q.Question.Recording(q.language(), q.Content.Primary()) != ""
}

// current is where the newest take is, if it is worth speaking of: one that the candidate has thrown away is not.
func (q question) current() string {
	rec := q.Take
	if rec == nil {
		rec = q.Failed
	}
	if rec == nil || rec.Failure == assess.Interrupted {
		return ""
	}
	return "/take/recordings/" + string(rec.ID)
}

// later is where the candidate goes who leaves the question for now.
func (q question) later() string {
	if q.Number == len(q.attempt.Questions) {
		return "/take/review"
	}
	return questionPath(q.Number + 1)
}

// ways are links to the ways in which the question can be answered.
func (q question) ways() []ui.Tab {
	if len(q.Allowance.Formats) < 2 {
		return nil
	}
	out := make([]ui.Tab, len(q.Allowance.Formats))
	for i, f := range q.Allowance.Formats {
		out[i] = ui.Tab{Label: q.say("take.question.by_" + string(f)), Href: q.path() + "?by=" + string(f), Current: f == q.by}
	}
	return out
}
