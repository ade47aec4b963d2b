package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// The fields of a criterion are called like those of its question: "question.<id>.criterion" tells the order of the criteria,
// "question.<id>.criterion.<id>.name" belongs to one. Levels have no ids: "….level" lists keys that are good for one form, and
// "….level.<key>.points" belongs to a level.

// rubricSource is the field that names the question whose criteria are copied.
const rubricSource = "rubricFrom"

func criterionField(q assess.QuestionID, c assess.CriterionID, name string) string {
	return questionField(q, "criterion."+string(c)+"."+name)
}

func criterionMove(q assess.QuestionID) string { return questionField(q, "criterion.move") }

func levelField(q assess.QuestionID, c assess.CriterionID, key, name string) string {
	return criterionField(q, c, "level."+key+"."+name)
}

// levelKeys are the keys by which a form calls the levels of a criterion, in their order, by the name of the field that lists
// them.
type levelKeys map[string][]string

// at is the key of the level at the place, counted from 0.
func (k levelKeys) at(list string, place int) string {
	if keys := k[list]; place < len(keys) {
		return keys[place]
	}
	return strconv.Itoa(place)
}

// criteria reads the criteria of a question. Like questions, deleted ones stay on the page. told is what package assess calls
// the question in its problems.
func (r *draftReader) criteria(q assess.QuestionID, told string) (out []assess.Criterion) {
	r.known[criterionMove(q)] = true
	for _, id := range r.list(questionField(q, "criterion")) {
		problems := len(r.problems)
		c := r.criterion(q, assess.CriterionID(id), fmt.Sprintf("%scriteria[%d].", told, len(out)))
		if r.ticked(criterionField(q, c.ID, "deleted")) {
			r.problems = r.problems[:problems]
			continue
		}
		out = append(out, c)
	}
	return out
}

func (r *draftReader) criterion(q assess.QuestionID, id assess.CriterionID, told string) assess.Criterion {
	field := func(name string) string { return criterionField(q, id, name) }
	c := assess.Criterion{
		ID: id, Name: r.text(field("name")), Description: r.text(field("description")), Levels: r.criterionLevels(field("level"), told),
	}
	r.known[field("points")] = true
	if c.Points = c.Worth(); len(c.Levels) == 0 {
		c.Points = r.number(field("points"), told+"points")
	}
	return c
}

func (r *draftReader) criterionLevels(list, told string) (out []assess.Level) {
	for _, key := range r.list(list) {
		field := func(name string) string { return list + "." + key + "." + name }
		problems := len(r.problems)
		points := r.number(field("points"), fmt.Sprintf("%slevels[%d].points", told, len(out)))
		if len(r.problems) > problems {
			points = -1 - len(out) // no other level has it: being no number is trouble enough
		}
		level := assess.Level{Points: points, Description: r.text(field("description"))}
		if r.ticked(field("deleted")) {
			r.problems = r.problems[:problems]
			continue
		}
		out = append(out, level)
		r.levels[list] = append(r.levels[list], key)
	}
	return out
}

// changeRubric is the questions after a step that is about the rubric of one of them, and the field to go on with. Criteria are
// copied from the source.
func (st step) changeRubric(questions []assess.Question, source assess.QuestionID, newID func() assess.CriterionID) ([]assess.Question, spot) {
	id, about, _ := strings.Cut(st.about, ":")
	at := questionAt(questions, assess.QuestionID(id))
	if at < 0 {
		return questions, spot{}
	}
	questions = slices.Clone(questions)
	q := questions[at]
	var field string
	switch st.verb {
	case stepAddCriterion:
		q = q.WithCriterion(newID())
		field = criterionField(q.ID, q.Criteria[len(q.Criteria)-1].ID, "name")
	case stepMoveCriteria:
		criterion, way, _ := strings.Cut(about, ":")
		q.Criteria = moved(q.Criteria, criterionAt(q, assess.CriterionID(criterion)), way)
		field = criterionField(q.ID, assess.CriterionID(criterion), "name")
	case stepCopy:
		q.Criteria, field = copied(q, questions, source, newID)
	default:
		q.Criteria, field = st.changeLevels(q, criterionAt(q, assess.CriterionID(about)))
	}
	questions[at] = q
	return questions, spot{q.ID, field}
}

func questionAt(questions []assess.Question, id assess.QuestionID) int {
	return slices.IndexFunc(questions, func(q assess.Question) bool { return q.ID == id })
}

func criterionAt(q assess.Question, id assess.CriterionID) int {
	return slices.IndexFunc(q.Criteria, func(c assess.Criterion) bool { return c.ID == id })
}

// copied is the criteria of q and, under ids of their own, those of the source; and the field of the first of these.
func copied(q assess.Question, questions []assess.Question, source assess.QuestionID, newID func() assess.CriterionID) (criteria []assess.Criterion, field string) {
	criteria = slices.Clone(q.Criteria)
	from := questionAt(questions, source)
	if from < 0 {
		return criteria, questionField(q.ID, "criterion")
	}
	for _, c := range questions[from].Criteria {
		c.ID = newID()
		criteria = append(criteria, c)
	}
	first := min(len(q.Criteria), len(criteria)-1)
	if first < 0 {
		return criteria, questionField(q.ID, "criterion")
	}
	return criteria, criterionField(q.ID, criteria[first].ID, "name")
}

// changeLevels adds a level to the criterion at the place, or lays out the common ones, and leads to what is to be described.
func (st step) changeLevels(q assess.Question, at int) (criteria []assess.Criterion, field string) {
	if at < 0 {
		return q.Criteria, questionField(q.ID, "criterion")
	}
	criteria = slices.Clone(q.Criteria)
	c, points := criteria[at], 0
	switch {
	case st.verb == stepAddLevel:
		c, points = c.WithLevel()
	case len(c.Levels) == 0:
		c.Levels = assess.CommonLevels(c.Points)
	}
	criteria[at] = c
	below := 0
	for _, l := range c.Levels {
		if l.Points < points {
			below++
		}
	}
	return criteria, levelField(q.ID, c.ID, strconv.Itoa(below), "description")
}

// rubricProblem is the field of a problem with a rubric: the places of question, criterion and level, counted from 0, and what
// of it.
var rubricProblem = regexp.MustCompile(`^questions\[(\d+)\]\.criteria(?:\[(\d+)\]\.(?:levels\[(\d+)\]\.)?(\w+))?$`)

// rubricError tells a problem with a rubric in the editor's words; ok is false for other problems.
func rubricError(p assess.Problem, f draftForm) (line ui.FieldError, ok bool) {
	m := rubricProblem.FindStringSubmatch(p.Field)
	if m == nil {
		return line, false
	}
	name := m[4]
	question, criterion, level := placeIn(m[1]), placeIn(m[2]), placeIn(m[3])
	q := f.Content.Questions[question]
	where := fmt.Sprintf("Question %d", question+1)
	if name == "" {
		return ui.FieldError{Field: questionField(q.ID, "criterion"), Message: sentence(where + ": the criteria " + p.Message)}, true
	}
	c := q.Criteria[criterion]
	where += fmt.Sprintf(", criterion %d: the %s", criterion+1, name)
	line.Field = criterionField(q.ID, c.ID, name)
	if m[3] != "" {
		where += fmt.Sprintf(" of level %d", level+1)
		line.Field = levelField(q.ID, c.ID, f.Levels.at(criterionField(q.ID, c.ID, "level"), level), name)
	}
	line.Message = sentence(where + " " + p.Message)
	return line, true
}

// placeIn reads the digits of a problem's field; there may be none.
func placeIn(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// rubricSummary says in a line how an answer is scored: "3 criteria, 12 points".
func rubricSummary(q assess.Question) string {
	switch n := len(q.Criteria); n {
	case 0:
		return counted(q.Points, "point") + " for the whole answer"
	case 1:
		return "1 criterion, " + counted(q.Worth(), "point")
	default:
		return fmt.Sprintf("%d criteria, %s", n, counted(q.Worth(), "point"))
	}
}

// rubricOpen reports whether there is something to do in the question's rubric.
func (e editor) rubricOpen(q assess.Question) bool {
	prefix := questionField(q.ID, "criterion")
	return e.Focus.question == q.ID && e.Focus.field != "" ||
		slices.ContainsFunc(e.Errors, func(f ui.FieldError) bool { return strings.HasPrefix(f.Field, prefix) })
}

// copies reports whether there are criteria to copy into the question.
func (e editor) copies(target assess.Question) bool {
	return slices.ContainsFunc(e.Draft.Questions, func(q assess.Question) bool { return q.ID != target.ID && len(q.Criteria) > 0 })
}

// rubricSources are the questions whose criteria can be copied into the question.
func (e editor) rubricSources(target assess.QuestionID) (out []ui.Option) {
	for i, q := range e.Draft.Questions {
		if q.ID != target && len(q.Criteria) > 0 {
			label := fmt.Sprintf("Question %d: %s (%s)", i+1, questionLabel(q, e.Draft.Primary()), rubricSummary(q))
			out = append(out, ui.Option{Value: string(q.ID), Label: label})
		}
	}
	return out
}

// criterionLabel names a criterion where it is moved.
func criterionLabel(c assess.Criterion) string {
	if name := assess.CleanLine(c.Name); name != "" {
		return name
	}
	return "criterion without name"
}

// rubricPath is the editor with the field of the question's rubric in focus.
func rubricPath(id assess.AssessmentID, at spot) string {
	return assessmentPath(id) + "?question=" + url.QueryEscape(string(at.question)) + "&field=" + url.QueryEscape(at.field)
}
