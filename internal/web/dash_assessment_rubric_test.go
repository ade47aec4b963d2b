package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// criterion is the name of a field of a criterion, both counted from 0.
func criterion(form url.Values, q, c int, name string) string {
	return question(form, q, "criterion."+form[question(form, q, "criterion")][c]+"."+name)
}

// level is the name of a field of a level, all counted from 0.
func level(form url.Values, q, c, l int, name string) string {
	return criterion(form, q, c, "level."+form[criterion(form, q, c, "level")][l]+"."+name)
}

// about is what the steps say that are about a criterion.
func about(form url.Values, q, c int) string {
	return form["question"][q] + ":" + form[question(form, q, "criterion")][c]
}

// judged gives the first question a criterion with levels, worth 6 points, and one without, worth 2.
func (e editing) judged() {
	e.s.t.Helper()
	e.press(e.form(), "add-criterion:"+e.form()["question"][0])
	form := e.form()
	form.Set(criterion(form, 0, 0, "name"), "Depth")
	form.Set(criterion(form, 0, 0, "points"), "6")
	e.press(form, "add-level:"+about(form, 0, 0))
	form = e.form()
	form.Set(level(form, 0, 0, 0, "description"), "Nothing")
	form.Set(level(form, 0, 0, 1, "description"), "Everything")
	e.press(form, "add-criterion:"+form["question"][0])
	form = e.form()
	form.Set(criterion(form, 0, 1, "name"), "Clarity")
	form.Set(criterion(form, 0, 1, "description"), "Short words")
	form.Set(criterion(form, 0, 1, "points"), "2")
	e.press(form, "save").want(e.s.t, http.StatusOK, "Saved.", "2 criteria, 8 points")
}

func (e editing) question() assess.Question {
	e.s.t.Helper()
	return e.stored().Draft.Questions[0]
}

// scored is what a question's criteria are called and worth, and their levels' points.
func scored(q assess.Question) string {
	var parts []string
	for _, c := range q.Criteria {
		part := fmt.Sprintf("%s %d", c.Name, c.Points)
		for _, l := range c.Levels {
			part += fmt.Sprintf(" %d:%s", l.Points, l.Description)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ") + fmt.Sprintf(" = %d", q.Points)
}

func (e editing) wantScored(want string) {
	e.s.t.Helper()
	if got := scored(e.question()); got != want {
		e.s.t.Fatalf("the rubric is %q, want %q", got, want)
	}
}

func TestARubricIsWrittenWithoutScripts(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.get(e.path).want(t, http.StatusOK, "10 points for the whole answer")
	form := e.form()
	form.Set(question(form, 0, "points"), "12")
	form.Set(question(form, 0, "prompts.en"), "Why?")
	p := e.press(form, "add-criterion:"+form["question"][0])
	p.want(t, http.StatusOK, "1 criterion, 12 points", "Without levels, graders give any whole number up to the points.")
	if field := p.url.Query().Get("field"); !strings.HasSuffix(field, ".name") || !strings.Contains(p.body, `<details class="disclosure rubric" id="rubric-`+form["question"][0]+`" open`) {
		t.Errorf("adding a criterion leads to %s", p.url)
	}

	form = e.form()
	form.Set(criterion(form, 0, 0, "name"), "Depth")
	p = e.press(form, "lay-levels:"+about(form, 0, 0))
	p.want(t, http.StatusOK, "Complete and convincing.", "autofocus")
	e.wantScored("Depth 12 0:Nothing of it in the answer. 3:A beginning, with large gaps. 6:The basics, with some gaps. 9:Solid, with a minor gap. 12:Complete and convincing. = 12")

	form = e.form()
	for l, points := range []string{"5", "3", "0", "", "8"} {
		form.Set(level(form, 0, 0, l, "points"), points)
		form.Set(level(form, 0, 0, l, "description"), "Worth\r\n"+points)
	}
	form.Set(level(form, 0, 0, 3, "deleted"), "on")
	form.Set(criterion(form, 0, 0, "points"), "999") // what levels say counts
	form.Set(question(form, 0, "points"), "")
	e.press(form, "save").want(t, http.StatusOK, "Saved.", "1 criterion, 8 points")
	e.wantScored("Depth 8 0:Worth\n0 3:Worth\n3 5:Worth\n5 8:Worth\n8 = 8")

	form = e.form()
	p = e.press(form, "add-level:"+about(form, 0, 0))
	if field := p.url.Query().Get("field"); field != criterion(form, 0, 0, "level.1.description") {
		t.Errorf("adding a level leads to %q", field)
	}
	e.wantScored("Depth 8 0:Worth\n0 1: 3:Worth\n3 5:Worth\n5 8:Worth\n8 = 8")
}

func TestCriteriaAreMovedDeletedAndGiveThePointsBack(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	e.wantScored("Depth 6 0:Nothing 6:Everything, Clarity 2 = 8")
	if q := e.question(); q.Criteria[1].Description != "Short words" {
		t.Errorf("what to look for is %q", q.Criteria[1].Description)
	}
	ids := func() (ids []assess.CriterionID) {
		for _, c := range e.question().Criteria {
			ids = append(ids, c.ID)
		}
		return ids
	}
	before := ids()
	form := e.form()
	form.Set(question(form, 0, "criterion.move"), form[question(form, 0, "criterion")][1]+":up")
	p := e.post(e.path, form)
	e.wantScored("Clarity 2, Depth 6 0:Nothing 6:Everything = 8")
	if p.url.Query().Get("field") != criterion(form, 0, 1, "name") {
		t.Errorf("moving leads to %s", p.url)
	}
	form = e.form()
	slices.Reverse(form[question(form, 0, "criterion")]) // as our script moves
	e.autosave(form)
	e.wantScored("Depth 6 0:Nothing 6:Everything, Clarity 2 = 8")
	if after := ids(); !slices.Equal(before, after) {
		t.Errorf("the ids were %v and are %v", before, after)
	}

	form = e.form()
	undo := e.form()
	for c := range 2 {
		form.Set(criterion(form, 0, c, "deleted"), "on")
		form.Set(criterion(form, 0, c, "name"), "what is wrong is gone with it\x01")
	}
	form.Set(criterion(form, 0, 1, "points"), "two")
	e.press(form, "save").want(t, http.StatusOK, "Saved.", "8 points for the whole answer")
	e.wantScored(" = 8")
	undo.Set("version", fmt.Sprint(e.stored().Revision))
	e.press(undo, "save")
	e.wantScored("Depth 6 0:Nothing 6:Everything, Clarity 2 = 8")
}

func TestCriteriaAreCopiedFromAnotherQuestion(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	if p := e.press(e.form(), "add"); strings.Contains(p.body, "Copy from another question") {
		t.Error("there is nothing to copy, and it is offered")
	}
	e.judged()
	form := e.form()
	p := e.press(form, "ask-copy:"+form["question"][1])
	p.want(t, http.StatusOK, "Copy criteria into question 2", "Question 1: question without text (2 criteria, 8 points)")
	for range 2 {
		form = e.form()
		form.Set("rubricFrom", form["question"][0])
		p = e.press(form, "copy-rubric:"+form["question"][1])
		p.want(t, http.StatusOK, "2 criteria, 8 points")
	}
	draft := e.stored().Draft
	if got := scored(draft.Questions[1]); got != "Depth 6 0:Nothing 6:Everything, Clarity 2, Depth 6 0:Nothing 6:Everything, Clarity 2 = 16" {
		t.Errorf("the copies are %q", got)
	}
	seen := map[assess.CriterionID]bool{}
	for _, q := range draft.Questions {
		for _, c := range q.Criteria {
			if seen[c.ID] {
				t.Errorf("two criteria have the id %s", c.ID)
			}
			seen[c.ID] = true
		}
	}
	for _, source := range []string{"", "00000000-0000-7000-8000-000000000000", "what"} {
		form = e.form()
		form.Set("rubricFrom", source)
		e.press(form, "copy-rubric:"+form["question"][1]).want(t, http.StatusOK)
	}
	if got := len(e.stored().Draft.Questions[1].Criteria); got != 4 {
		t.Errorf("copying from nowhere makes %d criteria", got)
	}
}

func TestADuplicatedQuestionKeepsItsRubric(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	form := e.form()
	e.press(form, "duplicate:"+form["question"][0])
	draft := e.stored().Draft
	if diff := cmp.Diff(draft.Questions[0].Criteria, draft.Questions[1].Criteria); diff != "" {
		t.Errorf("the twin has another rubric:\n%s", diff)
	}
	form = e.form()
	form.Set(criterion(form, 1, 0, "name"), "Breadth")
	e.press(form, "save")
	e.wantScored("Depth 6 0:Nothing 6:Everything, Clarity 2 = 8")
}

func TestWhatBreaksARubricIsToldAtItsFieldAndKept(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	fresh := e.form()
	before := e.stored()
	for _, c := range []struct{ field, beyond, at, message string }{
		{criterion(fresh, 0, 0, "name"), strings.Repeat("n", 201), criterion(fresh, 0, 0, "name"), "Question 1, criterion 1: the name must be at most 200 characters long."},
		{criterion(fresh, 0, 1, "points"), "two", criterion(fresh, 0, 1, "points"), "Question 1, criterion 2: the points must be a whole number."},
		{criterion(fresh, 0, 1, "points"), "1001", criterion(fresh, 0, 1, "points"), "Question 1, criterion 2: the points must be between 0 and 1000."},
		{criterion(fresh, 0, 1, "points"), "995", question(fresh, 0, "criterion"), "Question 1: the criteria must not add up to more than 1000 points."},
		{level(fresh, 0, 0, 1, "points"), "0", level(fresh, 0, 0, 1, "points"), "Question 1, criterion 1: the points of level 2 must differ from the other levels': there is one with 0 already."},
		{level(fresh, 0, 0, 1, "points"), "1.5", level(fresh, 0, 0, 1, "points"), "Question 1, criterion 1: the points of level 2 must be a whole number."},
		{level(fresh, 0, 0, 0, "description"), strings.Repeat("d", 10_001), level(fresh, 0, 0, 0, "description"), "Question 1, criterion 1: the description of level 1 must be at most 10000 characters long."},
	} {
		form := e.form()
		form.Set(c.field, c.beyond)
		form.Set("description", "kept")
		p := e.press(form, "add-criterion:"+form["question"][0])
		p.want(t, http.StatusUnprocessableEntity, c.message, `href="#f-`+c.at+`"`, `id="f-`+c.at+`"`, "kept")
		again := p.fields(t, "editor")
		if got := again.Get(c.field); got != c.beyond {
			t.Errorf("%s holds %q again, want %q", c.field, got, c.beyond)
		}
		if open := `id="rubric-` + form["question"][0] + `" open`; !strings.Contains(p.body, open) {
			t.Error("the trouble is out of sight")
		}
		status, said := e.autosave(form)
		if status != http.StatusUnprocessableEntity || !slices.Contains(said.Errors, told{c.at, c.message}) {
			t.Errorf("saving by script answers %d %+v", status, said.Errors)
		}
	}
	if diff := cmp.Diff(before, e.stored()); diff != "" {
		t.Errorf("what was refused has changed the draft:\n%s", diff)
	}
}

func TestARefusedFormKeepsTheNamesOfItsLevels(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	form := e.form()
	e.press(form, "add-level:"+about(form, 0, 0))
	form = e.form()
	form.Set(level(form, 0, 0, 0, "deleted"), "on")
	form.Set(level(form, 0, 0, 2, "points"), "six")
	at := level(form, 0, 0, 2, "points")
	p := e.press(form, "save")
	p.want(t, http.StatusUnprocessableEntity, "the points of level 2 must be a whole number.", `href="#f-`+at+`"`)
	again := p.fields(t, "editor")
	if got := again.Get(at); got != "six" || len(again[criterion(form, 0, 0, "level")]) != 2 {
		t.Errorf("%s holds %q of %v", at, got, again[criterion(form, 0, 0, "level")])
	}
	again.Set(at, "7")
	e.press(again, "save").want(t, http.StatusOK, "Saved.")
	e.wantScored("Depth 7 3: 7:Everything, Clarity 2 = 9")
}

func TestMalformedRubricsAreRefused(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	before := e.stored()
	for name, spoil := range map[string]func(url.Values){
		"stranger":          func(f url.Values) { f.Set(criterion(f, 0, 0, "weight"), "1") },
		"unlisted":          func(f url.Values) { f.Set(question(f, 0, "criterion.00000000-0000-7000-8000-000000000000.name"), "x") },
		"unlisted level":    func(f url.Values) { f.Set(criterion(f, 0, 0, "level.7.points"), "1") },
		"no id":             func(f url.Values) { f.Add(question(f, 0, "criterion"), "../x") },
		"criterion twice":   func(f url.Values) { f.Add(question(f, 0, "criterion"), f.Get(question(f, 0, "criterion"))) },
		"level twice":       func(f url.Values) { f.Add(criterion(f, 0, 0, "level"), "0") },
		"control character": func(f url.Values) { f.Set(criterion(f, 0, 0, "name"), "a\x01b") },
		"too many criteria": func(f url.Values) {
			for i := range assess.MaxCriteria {
				id := fmt.Sprintf("00000000-0000-7000-8000-%012d", i)
				f.Add(question(f, 0, "criterion"), id)
				f.Set(question(f, 0, "criterion."+id+".points"), "1")
			}
		},
		"too many levels": func(f url.Values) {
			for i := range assess.MaxLevels {
				key := fmt.Sprint(10 + i)
				f.Add(criterion(f, 0, 0, "level"), key)
				f.Set(criterion(f, 0, 0, "level."+key+".points"), key)
			}
		},
	} {
		form := e.form()
		spoil(form)
		if p := e.press(form, "save"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "There is a problem") {
			t.Errorf("with %s, saving answers %d:\n%s", name, p.status, p.body)
		}
	}
	form := e.form()
	for _, do := range []string{"add-criterion:x", "add-level:", "add-level:" + form["question"][0] + ":x", "lay-levels:x:y", "copy-rubric:x", "ask-copy:x"} {
		e.press(e.form(), do).want(t, http.StatusOK)
	}
	if after := e.stored(); after.Revision != before.Revision {
		t.Errorf("the rubric was changed: %s", scored(e.question()))
	}
}

func TestTheSecondOfTwoTabsLosesNoCriterion(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.judged()
	first, second := e.form(), e.form()
	first.Set(criterion(first, 0, 0, "name"), "Of the first tab")
	e.press(first, "save").want(t, http.StatusOK, "Saved.")

	second.Set(level(second, 0, 0, 1, "description"), "Typed for an hour")
	p := e.press(second, "add-criterion:"+second["question"][0])
	p.want(t, http.StatusConflict, "Not saved: somebody else has changed this assessment", "Typed for an hour")
	e.wantScored("Of the first tab 6 0:Nothing 6:Everything, Clarity 2 = 8")
	e.press(p.fields(t, "editor"), "overwrite").want(t, http.StatusOK, "Your version has replaced the other one.")
	e.wantScored("Depth 6 0:Nothing 6:Typed for an hour, Clarity 2 = 8")
}

func TestRubricsAreReadByMembersAndNeverPreviewed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	e.judged()
	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "Why?")
	e.press(form, "publish")
	form = e.form()
	form.Set(criterion(form, 0, 0, "name"), "Not published yet")
	e.press(form, "ask-publish").want(t, http.StatusOK, "1 question changed")

	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	p := viewer.get(e.path)
	p.want(t, http.StatusOK, "Rubric: 2 criteria, 8 points", "Depth", "Everything", "Short words")
	if strings.Contains(p.body, "Not published yet") {
		t.Error("a viewer reads the draft's rubric")
	}
	preview := e.get(e.path + "/preview")
	for _, secret := range []string{"Not published yet", "Everything", "Short words", "criteri", "Rubric", "8 points"} {
		if strings.Contains(preview.main(t), secret) {
			t.Errorf("the preview shows %q", secret)
		}
	}
}
