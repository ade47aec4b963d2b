package web

import (
	"net/http"
	"strconv"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// mark is the page on which one answer is scored.
type mark struct {
	evaluation
	app.MarkedAnswer
	typed   map[string]string // what was typed into a form that could not be saved; nil shows what is stored
	stands  *assess.Mark      // what another tab has saved meanwhile
	comment commentForm
	errors  []ui.FieldError
}

func (s *Server) markPage(c *call) error {
	v, err := c.mark()
	if err != nil {
		return err
	}
	return c.showMark(http.StatusOK, v)
}

// mark reads the answer that the path names.
func (c *call) mark() (v mark, err error) {
	number, err := c.number()
	if err != nil {
		return v, err
	}
	if v.evaluation, err = c.evaluation(); err != nil {
		return v, err
	}
	if number > len(v.Answers) {
		return v, assess.Errorf(assess.NotFound, "There is no question %d.", number)
	}
	v.MarkedAnswer = v.Answers[number-1]
	return v, nil
}

func (c *call) showMark(status int, v mark) error {
	return c.render(status, markTemplate(c.grading(v.title()), v))
}

func (v mark) title() string {
	return v.candidate() + ", question " + strconv.Itoa(v.Number) + " of " + strconv.Itoa(len(v.Answers))
}

// markBody is a mark as our script sends it, and reads it.
type markBody struct {
	Revision int                        `json:"revision"`
	Scores   map[assess.CriterionID]int `json:"scores"`
	Comment  string                     `json:"comment"`
}

// saveMark saves what a page sends by itself. To another revision than the stored one it answers with what is stored.
func (s *Server) saveMark(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	number, err := c.number()
	if err != nil {
		return err
	}
	var in markBody
	if err := c.decode(&in); err != nil {
		return err
	}
	m, err := s.app.SaveMark(c.ctx(), c.who(), assess.EvaluationID(id), number, assess.Mark{Revision: in.Revision, Scores: in.Scores, Comment: in.Comment})
	stored := markBody{m.Revision, m.Scores, m.Comment}
	switch {
	case assess.CodeOf(err) == assess.Differs:
		return c.json(http.StatusConflict, struct {
			failure
			markBody
		}{failure{messageOf(err, http.StatusConflict), assess.Differs}, stored})
	case err != nil:
		return err
	default:
		return c.json(http.StatusOK, stored)
	}
}

// saveMarkForm saves what is sent by the form, and goes on.
func (s *Server) saveMarkForm(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v, err := c.mark()
	if err != nil {
		return err
	}
	wish, problems := c.typedMark(v.Question)
	if len(problems) == 0 {
		var stands assess.Mark
		stands, err = s.app.SaveMark(c.ctx(), c.who(), v.ID, v.Number, wish)
		switch {
		case err == nil:
			return c.redirect(v.after(v.Number))
		case assess.CodeOf(err) == assess.Finished:
			return c.gradingFailed(v.evaluation, err)
		case assess.CodeOf(err) == assess.Differs:
			v.stands, v.Mark.Revision = &stands, stands.Revision
		}
		if problems, err = fieldErrors(err, nil); err != nil {
			return err
		}
	}
	v.errors, v.typed = problems, map[string]string{}
	for name := range c.r.PostForm {
		v.typed[name] = c.value(name)
	}
	return c.showMark(http.StatusUnprocessableEntity, v)
}

// typedMark is the mark as it was typed into the form.
func (c *call) typedMark(q assess.Question) (m assess.Mark, problems []ui.FieldError) {
	m = assess.Mark{Revision: numberOr0(c.line("revision")), Scores: map[assess.CriterionID]int{}, Comment: c.value("comment")}
	for _, criterion := range q.Rubric() {
		text := c.line(scoreField(criterion))
		if text == "" {
			continue
		}
		points, err := strconv.Atoi(text)
		if err != nil || !criterion.Allows(points) {
			message := criterionName(criterion) + " must be from 0 to " + strconv.Itoa(criterion.Worth()) + "."
			problems = append(problems, ui.FieldError{Field: scoreField(criterion), Message: message})
			continue
		}
		m.Scores[criterion.ID] = points
	}
	return m, problems
}

// levelKey is the digit that picks a level: its points, or its number where there are points of two digits.
func levelKey(c assess.Criterion, at int) string {
	if most := c.Levels[len(c.Levels)-1].Points; most <= 9 {
		return strconv.Itoa(c.Levels[at].Points)
	}
	return strconv.Itoa(at + 1)
}

func scoreField(c assess.Criterion) string { return "score." + string(c.ID) }

func criterionName(c assess.Criterion) string {
	if c.ID == assess.WholeAnswer {
		return "Points"
	}
	return c.Name
}

// score is what the form shows for a criterion; empty while it has no score.
func (v mark) score(c assess.Criterion) string {
	if v.typed != nil {
		return v.typed[scoreField(c)]
	}
	if points, ok := v.Mark.Scores[c.ID]; ok {
		return strconv.Itoa(points)
	}
	return ""
}

func (v mark) remark() string {
	if v.typed != nil {
		return v.typed["comment"]
	}
	return v.Mark.Comment
}

// prompt is the question as the candidate read it.
func (v mark) prompt() string { return v.Question.Prompt(v.Language, v.Content.Primary()) }

// asking is the recording that the candidate was asked with; ok is false where there is none.
func (v mark) asking() (p playback, ok bool) {
	rec := v.Prompts[v.Question.Recording(v.Language, v.Content.Primary())]
	if rec.State != assess.RecordingReady {
		return p, false
	}
	return v.played(rec, "Question "+strconv.Itoa(v.Number)+" as it was asked"), true
}

// answering is the recorded answer, to be commented while the evaluation is open.
func (v mark) answering() playback {
	p := v.played(*v.Take, "Answer to question "+strconv.Itoa(v.Number)).captioned(v.Transcript, v.path("recordings", string(v.Take.ID), "captions"))
	p.Eager, p.Commentable = true, v.open()
	for _, c := range v.Comments {
		p.Comments = append(p.Comments, playerComment{ID: string(c.ID), At: c.At.Milliseconds(), Text: c.Text})
	}
	return p
}

// spoken reports whether the answer is a recording that can be played.
func (v mark) spoken() bool {
	return v.Take != nil && !v.Answer.ByText && v.MarkedAnswer.State == assess.Answered
}

// standing tells, without scripts, what another tab has saved.
func (v mark) standing() string {
	var parts []string
	for _, c := range v.Question.Rubric() {
		if points, ok := v.stands.Scores[c.ID]; ok {
			parts = append(parts, criterionName(c)+": "+strconv.Itoa(points))
		}
	}
	if v.stands.Comment != "" {
		parts = append(parts, "“"+v.stands.Comment+"”")
	}
	if len(parts) == 0 {
		return "There, nothing is scored."
	}
	return "There it says: " + strings.Join(parts, ", ") + "."
}

// stateOf says how an answer stands, for scripts and styles.
func stateOf(m app.MarkedAnswer) string {
	switch {
	case !needsScore(m):
		return "none"
	case m.Mark.Whole(m.Question):
		return "scored"
	case len(m.Mark.Scores) > 0:
		return "begun"
	default:
		return "open"
	}
}

func stateText(m app.MarkedAnswer) string {
	return map[string]string{"none": "needs no score", "scored": "scored", "begun": "partly scored", "open": "not scored"}[stateOf(m)]
}
