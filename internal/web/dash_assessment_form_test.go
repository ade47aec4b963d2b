package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

func TestWhatBreaksALimitIsToldAtItsFieldAndKept(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	fresh := e.form()
	for field, c := range map[string]struct{ at, beyond, message string }{
		"name":                            {strings.Repeat("n", 200), strings.Repeat("n", 201), "The name must be at most 200 characters long."},
		"introduction.en":                 {strings.Repeat("i", 10_000), strings.Repeat("i", 10_001), "The introduction in English must be at most 10000 characters long."},
		question(fresh, 0, "prompts.en"):  {strings.Repeat("é", 10_000), strings.Repeat("é", 10_001), "Question 1: the text in English must be at most 10000 characters long."},
		question(fresh, 0, "points"):      {"1000", "1001", "Question 1: the points must be between 0 and 1000."},
		question(fresh, 0, "preparation"): {"1800", "1801", "Question 1: the preparation must be between 0 and 1800 seconds."},
		question(fresh, 0, "maxAnswer"):   {"5", "4", "Question 1: the longest answer must be between 5 and 3600 seconds."},
		question(fresh, 0, "format"):      {"video", "mixed", "Question 1: the way it is asked must be text, audio or video."},
		"timeLimit":                       {"10080", "10081", "The time limit must be between 0 and 10080 minutes."},
		"defaultAnswerFormat":             {"mixed", "song", "The way answers are given must be text, audio, video or mixed."},
	} {
		form := e.form()
		form.Set(field, c.beyond)
		form.Set("description", "kept")
		p := e.press(form, "save")
		p.want(t, http.StatusUnprocessableEntity, c.message, `href="#f-`+field+`"`, "kept")
		if status, said := e.autosave(form); status != http.StatusUnprocessableEntity || said.Error != "Not saved. "+c.message {
			t.Errorf("%s: saving by script answers %d %q", field, status, said.Error)
		}
		form = e.form()
		form.Set(field, c.at)
		e.press(form, "save").want(t, http.StatusOK, "Saved.")
	}
}

func TestMalformedFormsOfTheEditorAreRefused(t *testing.T) {
	t.Parallel()
	e := newSite(t).edit()
	before := e.stored()
	for name, spoil := range map[string]func(url.Values){
		"stranger":            func(f url.Values) { f.Set("question.1.prompts.en", "x") },
		"text of no language": func(f url.Values) { f.Set("introduction.fr", "x") },
		"no number":           func(f url.Values) { f.Set(question(f, 0, "points"), "ten") },
		"fraction":            func(f url.Values) { f.Set(question(f, 0, "points"), "1.5") },
		"huge number":         func(f url.Values) { f.Set(question(f, 0, "points"), strings.Repeat("9", 40)) },
		"no time":             func(f url.Values) { f.Set("timeLimit", "an hour") },
		"recording of no id":  func(f url.Values) { f.Set(question(f, 0, "recordings.en"), "../x") },
		"nobody's recording": func(f url.Values) {
			f.Set(question(f, 0, "recordings.en"), "00000000-0000-7000-8000-000000000000")
		},
		"recording of no language": func(f url.Values) {
			f.Set(question(f, 0, "recordings.fr"), "00000000-0000-7000-8000-000000000000")
		},
		"no version":        func(f url.Values) { f.Del("version") },
		"no name":           func(f url.Values) { f.Del("name") },
		"no languages":      func(f url.Values) { f.Del("language"); f.Del("introduction.en") },
		"language twice":    func(f url.Values) { f.Add("language", "en") },
		"no language":       func(f url.Values) { f.Add("language", "<b>") },
		"question twice":    func(f url.Values) { f.Add("question", f.Get("question")) },
		"question of no id": func(f url.Values) { f.Add("question", "../x") },
		"too many questions": func(f url.Values) {
			for i := range assess.MaxQuestions {
				id := fmt.Sprintf("00000000-0000-7000-8000-%012d", i)
				f.Add("question", id)
				f.Set("question."+id+".maxAnswer", "60")
				f.Set("question."+id+".points", "1")
				f.Set("question."+id+".preparation", "0")
			}
		},
		"control character": func(f url.Values) { f.Set("name", "a\x01b") },
	} {
		form := e.form()
		spoil(form)
		p := e.press(form, "save")
		p.want(t, http.StatusUnprocessableEntity, "There is a problem")
		if t.Failed() {
			t.Fatalf("with %s", name)
		}
	}
	e.post(e.path, url.Values{"name": {"a\x00b"}}).want(t, http.StatusBadRequest)
	if after := e.stored(); after.Revision != before.Revision {
		t.Errorf("the draft was changed: %+v", after.Draft)
	}
}

func TestALargeAssessmentIsEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	c := e.stored().Draft
	c.Languages = []string{"en", "es", "de", "fr", "el"}
	c.Questions = nil
	for range assess.MaxQuestions {
		q := assess.NewQuestion(s.NewQuestionID())
		for _, language := range c.Languages {
			q.Prompts[language] = strings.Repeat("Τι χτίσατε; ", 40)
		}
		c.Questions = append(c.Questions, q)
	}
	_, err := s.SaveDraft(t.Context(), s.owner.Actor(assess.Live), e.id, e.stored().Revision, c)
	s.must(err)
	p := e.get(e.path)
	if packed := len(gzipped(t, p.body)); packed > 100<<10 {
		t.Errorf("the page has %d bytes compressed", packed)
	}
	form := p.fields(t, "editor")
	form.Set(question(form, 99, "points"), "77")
	e.press(form, "save").want(t, http.StatusOK, "Saved.")
	if got := e.stored().Draft.Questions[99].Points; got != 77 {
		t.Errorf("the last question has %d points", got)
	}
}
