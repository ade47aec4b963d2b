package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"alfaone/internal/assess"
)

// editing is an assessment open in a member's browser.
type editing struct {
	*browser
	id   assess.AssessmentID
	path string
}

// edit opens the editor of a new assessment.
func (s *site) edit() editing {
	s.t.Helper()
	asm, err := s.CreateAssessment(s.t.Context(), s.owner.Actor(assess.Live), "Software Engineer Assessment")
	s.must(err)
	return editing{s.signIn(ownerEmail), asm.ID, "/assessments/" + string(asm.ID)}
}

func (e editing) stored() assess.Assessment {
	e.s.t.Helper()
	asm, err := e.s.Assessment(e.s.t.Context(), e.s.owner.Actor(assess.Live), e.id)
	e.s.must(err)
	return asm
}

// form is what the browser would post from the page of the editor.
func (e editing) form() url.Values {
	e.s.t.Helper()
	return e.get(e.path).fields(e.s.t, "editor")
}

// press posts the form by a button.
func (e editing) press(form url.Values, do string) page {
	e.s.t.Helper()
	form.Set("do", do)
	return e.post(e.path, form)
}

// autosave posts the form as our script does.
func (e editing) autosave(form url.Values) (status int, said saved) {
	e.s.t.Helper()
	r, err := http.NewRequestWithContext(e.s.t.Context(), http.MethodPost, e.s.url+e.path, strings.NewReader(form.Encode()))
	e.s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	p := e.do(r)
	e.s.must(json.Unmarshal([]byte(p.body), &said))
	return p.status, said
}

// saved is what the server tells our script.
type saved struct {
	Version int
	Error   string
	Errors  []told
	Review  struct {
		Texts map[string]string
		Lists struct {
			Obstacles, Advice []struct{ Text, Href string }
		}
	}
}

// told is a problem with a field.
type told struct{ Field, Message string }

func question(form url.Values, place int, name string) string {
	return "question." + form["question"][place] + "." + name
}

// fields are those of the form with this id, as a browser would send them.
func (p page) fields(t *testing.T, id string) url.Values {
	t.Helper()
	forms := p.all(t, "form")
	at := slices.IndexFunc(forms, func(n *html.Node) bool { return attr(n, "id") == id })
	if at < 0 {
		t.Fatalf("there is no form %q in:\n%s", id, p.body)
	}
	values := url.Values{}
	for n := range forms[at].Descendants() {
		if name := attr(n, "name"); name != "" && n.Data != "button" {
			if value, sent := sent(n); sent {
				values.Add(name, value)
			}
		}
	}
	return values
}

func sent(n *html.Node) (string, bool) {
	switch n.Data {
	case "textarea":
		if n.FirstChild == nil {
			return "", true
		}
		return n.FirstChild.Data, true
	case "select":
		for o := range n.Descendants() {
			if o.Data == "option" && has(o, "selected") {
				return attr(o, "value"), true
			}
		}
		return "", true
	default:
		kind := attr(n, "type")
		return attr(n, "value"), kind != "checkbox" && kind != "radio" || has(n, "checked")
	}
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (p page) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("%s answers %d, want %d:\n%s", p.url, p.status, status, p.body)
	}
	body := html.UnescapeString(p.body)
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%s does not say %q:\n%s", p.url, text, p.body)
		}
	}
}

func TestANewAssessmentNeedsANameAndOpensInTheEditor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	b.get("/assessments").want(t, http.StatusOK, "No assessments yet", "/assessments/new")
	b.post("/assessments", url.Values{"name": {"visit www.example.com"}}).
		want(t, http.StatusUnprocessableEntity, "The name must not contain a web address.", "visit www.example.com")
	b.post("/assessments", url.Values{"name": {strings.Repeat("x", assess.MaxNameRunes+1)}}).
		want(t, http.StatusUnprocessableEntity, "The name must be at most 200 characters long.")
	p := b.post("/assessments", url.Values{"name": {"Engineer"}})
	p.want(t, http.StatusOK, "Engineer", "What do you ask?")
	if !strings.HasPrefix(p.url.Path, "/assessments/") {
		t.Errorf("creating leads to %s", p.url)
	}
}

func TestTheListOfAssessmentsKeepsItsStateInTheAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	who := s.owner.Actor(assess.Live)
	tag, err := s.CreateTag(t.Context(), who, "Berlin", "")
	s.must(err)
	var last assess.Assessment
	for i := range 23 {
		last, err = s.CreateAssessment(t.Context(), who, fmt.Sprintf("Role %02d", i))
		s.must(err)
	}
	s.must(s.TagAssessment(t.Context(), who, last.ID, []assess.TagID{tag.ID}))
	gone, err := s.CreateAssessment(t.Context(), who, "Old role")
	s.must(err)
	s.must(s.Archive(t.Context(), who, gone.ID))
	b := s.signIn(ownerEmail)
	for query, want := range map[string][]string{
		"":                           {"1–20 of 23", "Role 22"},
		"?page=2":                    {"21–23 of 23"},
		"?page=99":                   {"21–23 of 23"},
		"?sort=name&order=asc":       {"Role 00", "1–20 of 23"},
		"?search=role+07":            {"Role 07", "1–1 of 1"},
		"?status=archived":           {"Old role", "1–1 of 1", "Restore"},
		"?status=published":          {"No assessments match", "Show all assessments"},
		"?tag=" + string(tag.ID):     {"Role 22", "1–1 of 1"},
		"?search=nothing":            {"No assessments match"},
		"?status=what&sort=no&tag=x": {"1–20 of 23"},
	} {
		b.get("/assessments"+query).want(t, http.StatusOK, want...)
	}
}

func TestTheEditorSavesWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tag, err := s.CreateTag(t.Context(), s.owner.Actor(assess.Live), "Berlin", "")
	s.must(err)
	e := s.edit()
	form := e.form()
	form.Set("name", "Senior Engineer")
	form.Set("description", "Backend")
	form.Set("introduction.en", "Hello\r\nthere")
	form.Set("closing.en", "Thanks")
	form.Set("defaultAnswerFormat", "video")
	form.Set("timeLimit", "45")
	form.Set("tag", string(tag.ID))
	form.Del("idCapture")
	form.Set(question(form, 0, "prompts.en"), "What did you build?")
	form.Set(question(form, 0, "points"), "25")
	form.Set(question(form, 0, "format"), "text")
	form.Set(question(form, 0, "preparation"), "30")
	form.Set(question(form, 0, "maxAnswer"), "90")
	form.Del(question(form, 0, "required"))
	e.press(form, "save").want(t, http.StatusOK, "Saved.", "Senior Engineer")

	asm := e.stored()
	c, q := asm.Draft, asm.Draft.Questions[0]
	if c.Name != "Senior Engineer" || c.Description != "Backend" || c.Introduction["en"] != "Hello\nthere" || c.Closing["en"] != "Thanks" ||
		c.AnswerFormat != assess.VideoFormat || c.TimeLimit != 45 || c.Proctoring != (assess.Proctoring{ScreenRecording: true, WebcamMonitoring: true}) {
		t.Errorf("stored %+v", c)
	}
	if q.Prompts["en"] != "What did you build?" || q.Points != 25 || q.Format != assess.TextFormat || q.Preparation != 30 || q.MaxAnswer != 90 || q.Required {
		t.Errorf("stored question %+v", q)
	}
	if !slices.Equal(asm.Tags, []assess.TagID{tag.ID}) {
		t.Errorf("stored tags %v", asm.Tags)
	}
}

func TestQuestionsAreAddedDuplicatedMovedAndDeletedWithoutScripts(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "First")
	p := e.press(form, "add")
	if added := p.url.Query().Get("question"); added == "" || !strings.Contains(p.body, "autofocus") {
		t.Errorf("adding leads to %s", p.url)
	}
	form = e.form()
	form.Set(question(form, 1, "prompts.en"), "Second")
	e.press(form, "duplicate:"+form["question"][0])
	prompts := func() (texts []string) {
		for _, q := range e.stored().Draft.Questions {
			texts = append(texts, q.Prompts["en"])
		}
		return texts
	}
	if got := prompts(); !slices.Equal(got, []string{"First", "First", "Second"}) {
		t.Fatalf("the questions are %q", got)
	}
	form = e.form()
	form.Set("question.move", form["question"][2]+":up")
	e.post(e.path, form)
	if got := prompts(); !slices.Equal(got, []string{"First", "Second", "First"}) {
		t.Fatalf("after moving, the questions are %q", got)
	}

	form = e.form()
	undo := e.form()
	form.Set(question(form, 0, "deleted"), "on")
	form.Set(question(form, 0, "points"), "what was wrong is gone with it")
	e.press(form, "save").want(t, http.StatusOK, "Saved.")
	if got := prompts(); !slices.Equal(got, []string{"Second", "First"}) {
		t.Fatalf("after deleting, the questions are %q", got)
	}
	undo.Set("version", fmt.Sprint(e.stored().Revision))
	e.press(undo, "save")
	if got := prompts(); !slices.Equal(got, []string{"First", "Second", "First"}) {
		t.Fatalf("after undoing, the questions are %q", got)
	}
}

func TestTheOrderOfTheFieldsIsTheOrderOfTheQuestions(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.press(e.form(), "add")
	form := e.form()
	want := []string{form["question"][1], form["question"][0]}
	form["question"] = want
	if status, _ := e.autosave(form); status != http.StatusOK {
		t.Fatalf("saving answers %d", status)
	}
	if got := e.form()["question"]; !slices.Equal(got, want) {
		t.Errorf("the order is %v, want %v", got, want)
	}
}

func TestLanguagesAreAddedOrderedAndRemovedAfterAsking(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	languages := func(want ...string) {
		t.Helper()
		if got := e.stored().Draft.Languages; !slices.Equal(got, want) {
			t.Fatalf("the languages are %v, want %v", got, want)
		}
	}
	add := func(typed, button string) page {
		form := e.form()
		form.Set("newLanguage", typed)
		return e.press(form, button)
	}
	add("Spanish", "add-language")
	add("pt-BR", "save") // Enter in the field
	languages("en", "es", "pt-BR")
	add("español", "add-language").want(t, http.StatusUnprocessableEntity, "The language must be a code such as fr or pt-BR", "español")
	add("es", "add-language").want(t, http.StatusUnprocessableEntity, "The language is there already.")
	add("", "add-language").want(t, http.StatusUnprocessableEntity, "The language is missing.")

	form := e.form()
	form.Set("language.move", "es:up")
	e.post(e.path, form)
	languages("es", "en", "pt-BR")
	e.press(e.form(), "remove-language:pt-BR")
	languages("es", "en")

	form = e.form()
	form.Set(question(form, 0, "prompts.es"), "¿Qué?")
	e.press(form, "remove-language:es").want(t, http.StatusOK, "Remove Spanish?", "What is written in it is lost: 1 question.")
	languages("es", "en")
	e.press(e.form(), "drop-language:es")
	languages("en")
	e.press(e.form(), "drop-language:en").want(t, http.StatusUnprocessableEntity, "The languages must name at least one language.")
}

func TestAutosaveTellsTheVersionAndWhatIsToMend(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	form := e.form()
	form.Set("name", "Engineer")
	status, said := e.autosave(form)
	if status != http.StatusOK || said.Version != e.stored().Revision || said.Review.Texts["title"] != "Engineer" {
		t.Errorf("saving answers %d %+v", status, said)
	}
	at := "#question-" + form["question"][0]
	if f := said.Review.Lists.Obstacles; len(f) != 1 || f[0].Text != "Question 1: The prompt has no text." || f[0].Href != at {
		t.Errorf("in the way stands %+v", f)
	}
	if f := said.Review.Lists.Advice; len(f) != 1 || f[0].Text != "Question 1: It has no recording, only its text." || f[0].Href != at {
		t.Errorf("it advises %+v", f)
	}
	form.Set(question(form, 0, "prompts.en"), "What?")
	form.Set("version", fmt.Sprint(said.Version))
	form.Set("defaultQuestionFormat", "text")
	if _, said = e.autosave(form); len(said.Review.Lists.Obstacles)+len(said.Review.Lists.Advice) != 0 || said.Review.Texts["ready"] == "" {
		t.Errorf("after mending it says %+v", said.Review)
	}
	if status, again := e.autosave(form); status != http.StatusOK || again.Version != said.Version {
		t.Errorf("the same again answers %d with version %d, want %d", status, again.Version, said.Version)
	}
}

func TestTheSecondOfTwoTabsLosesNothing(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	first, second := e.form(), e.form()
	first.Set("name", "First tab")
	e.press(first, "save").want(t, http.StatusOK, "Saved.")

	second.Set("name", "Second tab")
	second.Set("introduction.en", "Typed for an hour")
	if status, said := e.autosave(second); status != http.StatusConflict || said.Error == "" {
		t.Errorf("saving by script answers %d %q", status, said.Error)
	}
	p := e.press(second, "add")
	p.want(t, http.StatusConflict, "Not saved: somebody else has changed this assessment", "Typed for an hour", "Second tab")
	if got := e.stored().Draft.Name; got != "First tab" {
		t.Errorf("the draft is called %q", got)
	}
	e.press(p.fields(t, "editor"), "overwrite").want(t, http.StatusOK, "Your version has replaced the other one.")
	if c := e.stored().Draft; c.Name != "Second tab" || c.Introduction["en"] != "Typed for an hour" {
		t.Errorf("the draft is %q, %q", c.Name, c.Introduction["en"])
	}
}

func TestPublishingTellsWhatStandsInItsWayAndWhatIsNew(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	e.press(e.form(), "ask-publish").want(t, http.StatusOK, "Not ready to publish", "Question 1: The prompt has no text.")
	e.press(e.form(), "publish").want(t, http.StatusOK, "Not ready to publish")
	if asm := e.stored(); asm.Version != 0 {
		t.Fatalf("version %d is published", asm.Version)
	}

	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "What?")
	e.press(form, "ask-publish").want(t, http.StatusOK, "Publish version 1?", "1 question · 10 points")
	e.press(e.form(), "publish").want(t, http.StatusOK, "Version 1 is published. New invites get it.", "Version 1, on", "/invites/new?assessment="+string(e.id))
	e.press(e.form(), "ask-publish").want(t, http.StatusOK, "Nothing to publish")

	form = e.form()
	form.Set(question(form, 0, "prompts.en"), "What else?")
	form.Set("closing.en", "Bye")
	e.press(form, "add")
	p := e.press(e.form(), "ask-publish")
	p.want(t, http.StatusOK, "Not ready to publish", "Unpublished changes")
	form = e.form()
	form.Set(question(form, 1, "prompts.en"), "And?")
	e.press(form, "ask-publish").want(t, http.StatusOK, "Publish version 2?", "1 question added", "1 question changed", "The closing text")

	e.press(e.form(), "ask-discard").want(t, http.StatusOK, "Discard the unpublished changes?", "what version 1 says")
	e.press(e.form(), "discard").want(t, http.StatusOK, "The draft says again what version 1 says.")
	if asm := e.stored(); !asm.Published || len(asm.Draft.Questions) != 1 || asm.Draft.Questions[0].Prompts["en"] != "What?" {
		t.Errorf("the draft is %+v", asm)
	}
}

func TestArchivingIsUndoneAndDuplicatesAreOpened(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	p := e.post(e.path+"/archive", nil)
	p.want(t, http.StatusOK, "is archived", `action="`+e.path+`/restore"`)
	e.get(e.path).want(t, http.StatusOK, "It is archived", "Restore")
	if strings.Contains(e.get(e.path).body, `id="editor"`) {
		t.Error("an archived assessment can be edited")
	}
	e.post(e.path+"/restore", nil).want(t, http.StatusOK, "is restored", `id="editor"`)
	p = e.post(e.path+"/duplicate", nil)
	p.want(t, http.StatusOK, "Software Engineer Assessment (copy)", "This is the copy")
	if p.url.Path == e.path {
		t.Error("the original is shown, not the copy")
	}
}

func TestThePreviewShowsTheTextsInEachLanguage(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	form := e.form()
	form.Set("newLanguage", "es")
	e.press(form, "add-language")
	form = e.form()
	form.Set("introduction.en", "Welcome")
	form.Set("introduction.es", "Bienvenido")
	form.Set(question(form, 0, "prompts.en"), "<b>What?</b>")
	e.press(form, "save")
	e.get(e.path+"/preview").want(t, http.StatusOK, "Welcome", "Question 1 of 1", "Asked by audio · answered by audio · up to 2 min")
	spanish := e.get(e.path + "/preview?language=es")
	spanish.want(t, http.StatusOK, "Bienvenido", "<b>What?</b>") // the primary language stands in
	if strings.Contains(spanish.body, "<b>What?") {
		t.Error("a prompt has become markup")
	}
	e.get(e.path+"/preview?language=xx").want(t, http.StatusOK, "Welcome")
}

func TestViewersReadWhatTheyCannotWrite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	p := viewer.get(e.path)
	p.want(t, http.StatusOK, "Software Engineer Assessment", "Question 1 of 1")
	if strings.Contains(p.body, `action="`+e.path) || strings.Contains(p.body, "/invites/new") {
		t.Errorf("a viewer is offered what they may not do:\n%s", p.body)
	}
	list := viewer.get("/assessments")
	list.want(t, http.StatusOK, "Software Engineer Assessment")
	if strings.Contains(list.body, "/assessments/new") || strings.Contains(list.body, "/archive\"") {
		t.Error("the list offers a viewer what they may not do")
	}
	viewer.post(e.path, e.form()).want(t, http.StatusForbidden)
	grader := s.signIn(s.colleague(assess.Grader).Email)
	grader.get(e.path).want(t, http.StatusForbidden)
	grader.get("/assessments").want(t, http.StatusForbidden)
	s.signIn(s.colleague(assess.Recruiter).Email).get(e.path).want(t, http.StatusOK, `id="editor"`)
}

func TestAnAssessmentThatDoesNotExistIsNotFound(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	for _, path := range []string{"/assessments/00000000-0000-7000-8000-000000000000", "/assessments/what"} {
		e.get(path).want(t, http.StatusNotFound)
		e.get(path+"/preview").want(t, http.StatusNotFound)
		e.post(path, e.form()).want(t, http.StatusNotFound)
		e.post(path+"/duplicate", nil).want(t, http.StatusNotFound)
		e.post(path+"/archive", nil).want(t, http.StatusNotFound)
		e.post(path+"/restore", nil).want(t, http.StatusNotFound)
	}
}
