package web

import (
	"net/http"
	"slices"
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// handIn is the page on which a grader looks at all their scores, hands them in, and sees them afterwards.
type handIn struct {
	evaluation
	note   string
	reason string
	errors []ui.FieldError
	next   *app.QueuedEvaluation // what to grade after this one is submitted; nil for nothing
	left   int                   // how many wait
}

func (s *Server) handInPage(c *call) error {
	v, err := c.handIn()
	if err != nil {
		return err
	}
	return c.showHandIn(http.StatusOK, v)
}

func (c *call) handIn() (v handIn, err error) {
	if v.evaluation, err = c.evaluation(); err != nil {
		return v, err
	}
	v.note = v.Note
	if v.open() {
		return v, nil
	}
	q, err := c.s.app.Queue(c.ctx(), c.who())
	if v.left = q.Total; len(q.Waiting) > 0 {
		v.next = &q.Waiting[0]
	}
	return v, err
}

func (c *call) showHandIn(status int, v handIn) error {
	return c.render(status, handInTemplate(c.grading(v.title()), v))
}

func (v handIn) title() string { return v.candidate() + ", review" }

// refused shows the review again, with what was typed and why it came to nothing.
func (c *call) refused(refusal error, kept func(*handIn)) error {
	errs, err := fieldErrors(refusal, map[string]string{"reason": "The reason", "note": "The note"})
	if err != nil {
		return err
	}
	v, err := c.handIn()
	if err != nil {
		return err
	}
	v.errors = errs
	kept(&v)
	return c.showHandIn(http.StatusUnprocessableEntity, v)
}

// noteBody is a note as our script sends it, and reads it.
type noteBody struct {
	Revision int    `json:"revision"`
	Note     string `json:"note"`
}

// saveNote saves what a page sends by itself. To another revision than the stored one it answers with what is stored.
func (s *Server) saveNote(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	var in noteBody
	if err := c.decode(&in); err != nil {
		return err
	}
	e, err := s.app.SaveNote(c.ctx(), c.who(), assess.EvaluationID(id), in.Revision, in.Note)
	stored := noteBody{e.Revision, e.Note}
	switch {
	case assess.CodeOf(err) == assess.Differs:
		return c.json(http.StatusConflict, struct {
			failure
			noteBody
		}{failure{messageOf(err, http.StatusConflict), assess.Differs}, stored})
	case err != nil:
		return err
	default:
		return c.json(http.StatusOK, stored)
	}
}

func (s *Server) saveNoteForm(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	if _, err := c.typedNote(assess.EvaluationID(id)); err != nil {
		return c.refused(err, func(v *handIn) { v.note = c.value("note") })
	}
	return c.done("The note is saved.", gradingPath(assess.EvaluationID(id))+"/review"+way(c.byQuestion()))
}

// typedNote saves the note of the form.
func (c *call) typedNote(id assess.EvaluationID) (assess.Evaluation, error) {
	return c.s.app.SaveNote(c.ctx(), c.who(), id, numberOr0(c.line("revision")), c.value("note"))
}

// submitEvaluation hands the scores in, with the note as it was typed. Sent twice it does so once.
func (s *Server) submitEvaluation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	there := gradingPath(assess.EvaluationID(id)) + "/review" + way(c.byQuestion())
	e, err := c.typedNote(assess.EvaluationID(id))
	if err == nil {
		err = s.app.SubmitEvaluation(c.ctx(), c.who(), e.ID, numberOr0(c.line("marks"))+e.Revision)
	}
	switch {
	case err == nil:
		return c.done("Submitted.", there)
	case assess.CodeOf(err) == assess.Finished:
		return c.redirect(there)
	default:
		return c.refused(err, func(v *handIn) { v.note = c.value("note") })
	}
}

func (s *Server) reopenEvaluation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.ReopenEvaluation(c.ctx(), c.who(), assess.EvaluationID(id), c.value("reason")); err != nil {
		return c.refused(err, func(v *handIn) { v.reason = c.value("reason") })
	}
	return c.done("Reopened. Change what you want, then submit again.", gradingPath(assess.EvaluationID(id))+"/review")
}

// marks is what changes with every mark that is saved: with the evaluation's own revision it is the stamp of what is submitted.
func (v handIn) marks() string { return strconv.Itoa(v.Stamp() - v.Revision) }

// total is what is given so far.
func (v handIn) total() (sum int) {
	for _, m := range v.Answers {
		sum += m.Mark.Points()
	}
	return sum
}

func (v handIn) totalText() string {
	return strconv.Itoa(v.total()) + " of " + counted(v.Content.TotalPoints(), "point")
}

// missing is the first answer that needs a score; nil when all have theirs.
func (v handIn) missing() *app.MarkedAnswer {
	at := slices.IndexFunc(v.Answers, func(m app.MarkedAnswer) bool { return !m.Whole() })
	if at < 0 {
		return nil
	}
	return &v.Answers[at]
}

// confirmation says what is submitted.
func (v handIn) confirmation() string {
	_, all := v.scored()
	text := counted(all, "answer") + ", " + v.totalText() + "."
	if v.Blind {
		text += " You then see who the candidate is, and what colleagues have submitted."
	}
	return text + " You can reopen it until the candidate is decided about."
}

func pointsBy(e app.GivenEvaluation, q assess.Question) string {
	return strconv.Itoa(e.Mark(q.ID).Points())
}

// excerpt is the beginning of a text, on one line.
func excerpt(text string) string {
	const most = 120
	line := []rune(assess.CleanLine(text))
	if len(line) <= most {
		return string(line)
	}
	return string(line[:most]) + "…"
}
