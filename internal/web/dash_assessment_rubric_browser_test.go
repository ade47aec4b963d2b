package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
)

// types presses the keys of a text.
func types(p *chromium.Page, text string) {
	for _, r := range text {
		p.Press(string(r))
	}
}

// focused is what the focused element is called to those who cannot see it.
func focused(p *chromium.Page) string {
	return chromium.Eval[string](p, `(e => e.labels?.[0]?.textContent.trim() || e.textContent.trim())(document.activeElement)`)
}

func wantFocus(t *testing.T, p *chromium.Page, name string) {
	t.Helper()
	if got := focused(p); got != name {
		t.Fatalf("the focus is on %q, want %q", got, name)
	}
}

func TestARubricIsWrittenByKeyboardAlone(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.AllowError("422")
	chromium.Eval[bool](p, `document.querySelector("textarea[name$='prompts.en']").focus(), document.body.dataset.same = "page", true`)
	types(p, "Why?")
	tabTo(t, p, "summary")
	p.Press("Enter")
	tabTo(t, p, "[value^=add-criterion]")
	p.Press("Enter")
	p.WaitText("1 criterion, 10 points")
	wantFocus(t, p, "Name")
	types(p, "Depth")
	tabTo(t, p, "[data-criterion] [name$='.points']")
	p.Press("Control+a", "4")
	p.WaitText("1 criterion, 4 points")
	tabTo(t, p, "[value^=lay-levels]")
	p.Press("Enter")
	p.WaitControl("Description of level 5")
	wantFocus(t, p, "Description of level 1 (optional)")
	e.wantScored("Depth 4 0:Nothing of it in the answer. 1:A beginning, with large gaps. 2:The basics, with some gaps. 3:Solid, with a minor gap. 4:Complete and convincing. = 4")

	tabTo(t, p, "[name$='.level.4.points']")
	p.Press("Control+a", "3")
	p.WaitText("there is one with 3 already.")
	p.Press("Control+a", "8")
	p.WaitText("1 criterion, 8 points") // at once
	p.WaitGone("there is one with 3 already.")
	p.WaitText("1 question · 8 points")
	tabTo(t, p, "[value^=add-criterion]")
	p.Press("Enter")
	p.WaitText("2 criteria, 12 points")
	wantFocus(t, p, "Name")
	types(p, "Clarity")
	p.Press("Alt+ArrowUp")
	wantFocus(t, p, "Name")
	p.WaitText("criterion without name is now 1 of 2")
	p.WaitText("Saved")
	tabTo(t, p, "[data-criterion] [data-gone]")
	p.Press(" ")
	p.WaitText("1 criterion, 4 points")
	p.WaitText("Criterion deleted")
	p.Press(" ")
	p.WaitText("2 criteria, 12 points")
	p.WaitText("1 question · 12 points")
	p.WaitText("Saved")
	e.wantScored("Clarity 4, Depth 8 0:Nothing of it in the answer. 1:A beginning, with large gaps. 2:The basics, with some gaps. 3:Solid, with a minor gap. 8:Complete and convincing. = 12")
	if chromium.Eval[string](p, "document.body.dataset.same") != "page" {
		t.Error("the page was loaded anew")
	}
}

func TestTwoTabsOfARubricConflictWithoutLoss(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	e.judged()
	p := s.member(t)
	p.AllowError("409")
	p.Open(s.url + e.path)
	p.Click("Rubric")
	other := e.form()
	other.Set("name", "Other tab")
	e.press(other, "save")
	p.Click("Add criterion")
	p.WaitText("Not saved: somebody else has changed this assessment")
	p.Click("Replace their version with mine")
	p.WaitText("Your version has replaced the other one.")
	e.wantScored("Depth 6 0:Nothing 6:Everything, Clarity 2 = 8")
}

func TestWhatIsTypedWhileACriterionIsAddedIsKept(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.Click("Rubric")
	p.Offline(true)
	p.Click("Add criterion")
	p.WaitText("Could not save, will retry")
	p.Fill("Question", "Typed off line")
	p.Offline(false)
	p.WaitText("Saved")
	p.Click("Add criterion")
	p.Fill("Question", "Typed at once")
	p.WaitText("1 criterion, 10 points")
	p.WaitText("Question 1: Criterion 1 has no name.")
	e.wantPrompts("Typed at once")
}

func TestRubricsAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	e := s.edit()
	e.judged()
	form := e.form()
	form.Set(question(form, 0, "prompts.en"), "What did you build last?")
	e.press(form, "lay-levels:"+about(form, 0, 1))
	e.press(e.form(), "add")
	form = e.form()
	p := s.member(t)
	p.AllowError("422")
	p.Open(s.url + e.path + "?question=" + form["question"][0] + "&field=" + criterion(form, 0, 0, "name"))
	accessible(t, p, "rubric")
	p.In("li li:first-child [data-criterion]").Click("Remove level 1")
	p.WaitText("Criterion “Depth” has a single level")
	p.In("li li + li [data-criterion]").Fill("Points of level 3", "1")
	p.WaitText("there is one with 1 already.")
	accessible(t, p, "rubric-refused")
	p.In("li li + li [data-criterion]").Fill("Points of level 3", "2")
	p.WaitGone("there is one with 1 already.")
	p.WaitText("Saved")
	p.Open(s.url + e.path + "?ask=ask-copy&question=" + form["question"][1])
	accessible(t, p, "rubric-copy")
	e.post(e.path+"/archive", nil)
	p.Open(s.url + e.path)
	p.Click("Rubric: 2 criteria, 8 points")
	accessible(t, p, "rubric-read")
}
