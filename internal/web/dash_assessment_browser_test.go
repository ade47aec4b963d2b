package web_test

import (
	"net/http"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// author opens the editor of a new assessment in Chromium.
func (s *site) author(t *testing.T) (*chromium.Page, editing) {
	t.Helper()
	e := s.edit()
	p := s.member(t)
	p.Open(s.url + e.path)
	return p, e
}

func (e editing) prompts() (texts []string) {
	e.s.t.Helper()
	for _, q := range e.stored().Draft.Questions {
		texts = append(texts, q.Prompts["en"])
	}
	return texts
}

func (e editing) wantPrompts(want ...string) {
	e.s.t.Helper()
	got := e.prompts()
	if len(got) != len(want) {
		e.s.t.Fatalf("the questions are %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			e.s.t.Fatalf("the questions are %q, want %q", got, want)
		}
	}
}

func TestAnAuthorWritesAndPublishes(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.WaitText("Question 1: The prompt has no text.")
	p.Fill("Question", "What did you build last?")
	p.WaitText("Saved")
	p.WaitGone("The prompt has no text.")
	p.WaitText("Nothing to mend.")
	e.wantPrompts("What did you build last?")

	p.Fill("Name", "Senior Engineer")
	p.Press("Enter") // saves at once and presses nothing
	p.WaitText("Senior Engineer")
	p.Click("Add question")
	p.WaitURL("?question=")
	if focused := chromium.Eval[bool](p, "document.activeElement.matches('textarea')"); !focused {
		t.Error("the new question does not have the focus")
	}
	for _, key := range "Why?" {
		p.Press(string(key))
	}
	p.WaitText("Saved")
	e.wantPrompts("What did you build last?", "Why?")

	p.Press("Alt+ArrowUp")
	p.WaitText("2 questions")
	p.Click("Publish") // waits for what is on its way
	p.WaitText("Publish version 1?")
	e.wantPrompts("Why?", "What did you build last?")
	p.Click("Publish version 1")
	p.WaitText("Version 1 is published.")
	if asm := e.stored(); asm.Version != 1 || asm.Status != assess.Published {
		t.Errorf("version %d, %s", asm.Version, asm.Status)
	}
}

func TestADeletedQuestionComesBackByUndo(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.Fill("Question", "Keep me")
	p.WaitText("Nothing to mend.")
	p.Click("Delete question")
	p.WaitText("Question deleted")
	p.WaitText("Add at least one question.")
	e.wantPrompts()
	p.Click("Undo")
	p.WaitText("Nothing to mend.")
	e.wantPrompts("Keep me")
	p.Click("Delete question")
	p.WaitText("Add at least one question.")
	p.Reload()
	p.WaitText("No questions yet")
}

func TestTwoTabsOfTheEditorConflictWithoutLoss(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, e := s.author(t)
	p.AllowError("409")
	other := e.form()
	other.Set("name", "Other tab")
	e.press(other, "save").want(t, http.StatusOK, "Saved.")
	p.Fill("Question", "Typed here")
	p.WaitText("Someone else changed this while you were editing.")
	if got := p.Value("Question"); got != "Typed here" {
		t.Errorf("the field holds %q", got)
	}
	p.Click("Replace their version with mine")
	p.WaitText("Your version has replaced the other one.")
	e.wantPrompts("Typed here")
}

func TestTheEditorAndItsListsAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, e := s.author(t)
	form := e.form()
	form.Set("newLanguage", "Spanish")
	e.press(form, "add-language")
	form = e.form()
	form.Set(question(form, 0, "prompts.en"), "What did you build last?")
	e.press(form, "save")
	s.send(s.publish(), "candidate@example.com", 2)
	for name, path := range map[string]string{
		"editor": e.path, "publish": e.path + "?ask=ask-publish", "preview": e.path + "/preview", "assessments": "/assessments",
		"new-assessment": "/assessments/new", "overview": "/overview",
	} {
		p.Open(s.url + path)
		accessible(t, p, name)
	}
}
