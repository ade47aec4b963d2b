package ui_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"alfaone/internal/web/ui"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestStyleguideFitsEveryWidth(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	for _, path := range guidePaths {
		for _, width := range []int64{320, 375, 640, 800, 1024, 1280, 2560} {
			do(t, ctx, view(width, "light"))
			open(t, ctx, srv.URL+path)
			if over := eval[int](t, ctx, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("%s at %d px: %d px too wide", path, width, over)
			}
		}
	}
}

func TestTargetsAreLargeEnough(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	do(t, ctx, view(375, "light"))
	open(t, ctx, srv.URL+"/styleguide")
	small := eval[[]string](t, ctx, `[...document.querySelectorAll("button, summary, input:not([type=hidden],[type=checkbox],[type=radio]), select, .nav a, .tabs a, .btn")]
		.filter(e => e.checkVisibility() && !e.closest(".sr-only") && !e.classList.contains("sr-only"))
		.filter(e => { const b = e.closest(".input")?.getBoundingClientRect() ?? e.getBoundingClientRect(); return b.width < 24 || b.height < 24 })
		.map(e => e.outerHTML.slice(0, 120))`)
	if len(small) > 0 {
		t.Errorf("targets under 24 px:\n%s", strings.Join(small, "\n"))
	}
}

// axe-core is installed with the packages of tools/css.
func TestStyleguideHasNoAccessibilityFaults(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("../../../tools/css/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe-core is not installed: npm ci --prefix tools/css")
	}
	srv, ctx := serve(t, guidePages, nil), browser(t)
	for _, path := range guidePaths {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{320, 1280} {
				do(t, ctx, view(width, theme))
				open(t, ctx, srv.URL+path)
				until(t, ctx, still)
				eval[bool](t, ctx, string(axe)+"; true")
				faults := eval[[]string](t, ctx, `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
					.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
				for _, f := range faults {
					t.Errorf("%s, %s, %d px: %s", path, theme, width, f)
				}
			}
		}
	}
}

func TestThemeSwitchIsRemembered(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	const paper = "getComputedStyle(document.documentElement).backgroundColor"
	do(t, ctx, view(1280, "light"))
	open(t, ctx, srv.URL+"/styleguide")
	light := eval[string](t, ctx, paper)

	do(t, ctx, chromedp.Click(".sidebar .member summary"), chromedp.Click(".sidebar [data-theme-switch] [value=dark]"))
	open(t, ctx, srv.URL+"/styleguide")

	if dark := eval[string](t, ctx, paper); dark == light {
		t.Errorf("after choosing dark the page is still %s", dark)
	}
}

func TestMenuIsOperatedByKeyboard(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	open(t, ctx, srv.URL+"/styleguide")
	const focused = "document.activeElement.textContent.trim()"
	do(t, ctx, chromedp.Focus(".page-header .menu summary"), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	if got := eval[string](t, ctx, focused); got != "Export" {
		t.Errorf("second item: focus is on %q", got)
	}
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	if got := eval[string](t, ctx, focused); got != "More" {
		t.Errorf("after Escape: focus is on %q", got)
	}
	if eval[bool](t, ctx, `document.querySelector(".page-header .menu").open`) {
		t.Error("after Escape the menu is open")
	}
}

func TestDialogOpensAndCloses(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	open(t, ctx, srv.URL+"/styleguide")
	do(t, ctx, chromedp.Click(".page-header .actions > [commandfor]"))
	until(t, ctx, `document.querySelector("#guide-dialog").matches(":modal")`)
	do(t, ctx, chromedp.Click("#guide-dialog [command=close]"))
	until(t, ctx, `!document.querySelector("#guide-dialog").open`)
}

// posts remembers what was posted.
type posts struct {
	mu     sync.Mutex
	bodies []url.Values
	answer func(n int, w http.ResponseWriter) // to the nth, from 1
}

func (p *posts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies = append(p.bodies, r.PostForm)
	if p.answer != nil {
		p.answer(len(p.bodies), w)
	}
}

func (p *posts) all() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.bodies)
}

// within shows a component inside one that holds content.
func within(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}

// onPage serves one page with the component at /.
func onPage(c templ.Component) pages {
	return pages{"/{$}": func(l ui.Links, _ *url.URL) templ.Component {
		return within(ui.Page{Title: "Test", Links: l}.With(), c)
	}}
}

func TestDangerousFormIsSentOnceAndOnlyAfterConfirmation(t *testing.T) {
	t.Parallel()
	got := &posts{answer: func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }}
	form := ui.Form{Action: "/post", Confirm: &ui.Confirm{Title: "Revoke?", Text: "It ends.", Yes: "Revoke it"}}
	srv, ctx := serve(t, onPage(within(form.With(), ui.Button{Label: "Revoke", Name: "do", Value: "revoke"})), got.ServeHTTP), browser(t)
	open(t, ctx, srv.URL)

	do(t, ctx, chromedp.Click("form .btn"), chromedp.Click("dialog .btn:not(.btn-error)"), chromedp.WaitNotPresent("dialog"))
	if n := len(got.all()); n != 0 {
		t.Fatalf("sent %d times after Cancel", n)
	}
	do(t, ctx, chromedp.Click("form .btn"), chromedp.Click("dialog .btn-error"), chromedp.WaitReady("form [aria-busy=true]"))
	eval[bool](t, ctx, `document.querySelector("form").dispatchEvent(new SubmitEvent("submit", {cancelable: true, bubbles: true}))`)
	if want := []url.Values{{"do": {"revoke"}}}; fmt.Sprint(got.all()) != fmt.Sprint(want) {
		t.Errorf("posted %v, want %v", got.all(), want)
	}
}

func TestOrderIsPostedAfterKeyboardMove(t *testing.T) {
	t.Parallel()
	got := &posts{}
	list := ui.Reorder{Label: "Questions", Action: "/post"}
	for _, id := range []string{"a", "b", "c"} {
		list.Items = append(list.Items, ui.ReorderItem{ID: id, Label: "Question " + id, Content: ui.Text(id)})
	}
	srv, ctx := serve(t, onPage(list), got.ServeHTTP), browser(t)
	open(t, ctx, srv.URL)

	do(t, ctx, chromedp.Focus("li[data-id=a] [data-move=down]"), chromedp.KeyEvent(kb.ArrowDown, chromedp.KeyModifiers(kb.ModifierAlt)))
	until(t, ctx, `document.querySelector("output").textContent === "Question a is now 2 of 3"`)
	do(t, ctx, chromedp.Click("li[data-id=a] [data-move=down]"))
	until(t, ctx, `document.querySelector("output").textContent === "Question a is now 3 of 3"`)
	if focus := eval[string](t, ctx, `document.activeElement.dataset.move`); focus != "up" {
		t.Errorf("at the end focus is on %q, want the other button", focus)
	}
	want := []url.Values{{"order": {"b", "a", "c"}}, {"order": {"b", "c", "a"}}}
	if fmt.Sprint(got.all()) != fmt.Sprint(want) {
		t.Errorf("posted %v, want %v", got.all(), want)
	}
}

func autosaveForm(value string) templ.Component {
	return within(ui.Form{ID: "f", Action: "/post", Autosave: true, Version: 7}.With(),
		templ.Join(ui.Input{Name: "name", Label: "Name", Value: value}, ui.SaveStatus("f")))
}

func status(text string) string {
	return fmt.Sprintf(`document.querySelector("[data-save-status]").textContent === %q`, text)
}

func TestAutosaveRetriesUntilTheServerConfirms(t *testing.T) {
	t.Parallel()
	got := &posts{answer: func(n int, w http.ResponseWriter) {
		if n == 1 {
			http.Error(w, "{}", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, `{"version": %d}`, 6+n)
	}}
	srv, ctx := serve(t, onPage(autosaveForm("old")), got.ServeHTTP), browser(t)
	open(t, ctx, srv.URL)

	do(t, ctx, chromedp.SendKeys("#f-name", kb.End+"er"))
	until(t, ctx, status("Could not save, will retry"))
	if kept := eval[string](t, ctx, `localStorage.getItem("draft:/post")`); !strings.Contains(kept, "older") {
		t.Errorf("kept in the browser: %s", kept)
	}
	until(t, ctx, status("Saved"))
	if n := eval[int](t, ctx, "localStorage.length"); n != 0 {
		t.Error("a draft is kept after it was saved")
	}
	if v := eval[string](t, ctx, `document.querySelector("[name=version]").value`); v != "8" {
		t.Errorf("version %s, want 8", v)
	}
	want := []url.Values{{"version": {"7"}, "name": {"older"}}, {"version": {"7"}, "name": {"older"}}}
	if fmt.Sprint(got.all()) != fmt.Sprint(want) {
		t.Errorf("posted %v, want %v", got.all(), want)
	}
}

func TestAutosaveStopsWhenSomeoneElseSaved(t *testing.T) {
	t.Parallel()
	got := &posts{answer: func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusConflict) }}
	srv, ctx := serve(t, onPage(autosaveForm("old")), got.ServeHTTP), browser(t)
	open(t, ctx, srv.URL)

	do(t, ctx, chromedp.SendKeys("#f-name", kb.End+"er"), chromedp.WaitVisible("form .banner[role=alert]"))
	if v := eval[string](t, ctx, `document.querySelector("#f-name").value`); v != "older" {
		t.Errorf("the field holds %q", v)
	}
	do(t, ctx, chromedp.Click("form .banner button"), chromedp.WaitNotPresent("form .banner"), chromedp.WaitReady(":root[data-js]"))
	if v := eval[string](t, ctx, `document.querySelector("#f-name").value`); v != "old" {
		t.Errorf("after reloading the field holds %q", v)
	}
}

func TestUnsavedTextComesBack(t *testing.T) {
	t.Parallel()
	got := &posts{answer: func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"version": 8}`) }}
	srv, ctx := serve(t, onPage(autosaveForm("old")), got.ServeHTTP), browser(t)
	open(t, ctx, srv.URL)
	eval[bool](t, ctx, `localStorage.setItem("draft:/post", JSON.stringify({version: "7", values: [["name", "typed before the crash"]]})), true`)

	open(t, ctx, srv.URL)

	if v := eval[string](t, ctx, `document.querySelector("#f-name").value`); v != "typed before the crash" {
		t.Errorf("the field holds %q", v)
	}
	until(t, ctx, status("Saved"))
}

func TestBulkActionsAppearWithChoices(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	do(t, ctx, view(1280, "light"))
	open(t, ctx, srv.URL+"/styleguide")
	if eval[bool](t, ctx, `document.querySelector("[data-bulk-bar]").checkVisibility()`) {
		t.Error("shown with nothing chosen")
	}
	do(t, ctx, chromedp.Click("[data-bulk-all]"))
	until(t, ctx, `document.querySelector("[data-bulk-count]").textContent === "4 selected"`)
	do(t, ctx, chromedp.Click("tbody .cell-check input"))
	until(t, ctx, `document.querySelector("[data-bulk-all]").indeterminate`)
}

func TestCSVIsPreviewedAsTheServerWillReadIt(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, onPage(ui.CSV{Name: "rows", Label: "Candidates"}), nil), browser(t)
	open(t, ctx, srv.URL)
	for _, c := range []struct{ text, cells string }{
		{"a,b\n1,2\n", `[["a","b"],["1","2"]]`},
		{"a;b\r\n\"1;\"\"x\"\"\";2", `[["a","b"],["1;\"x\"","2"]]`},
		{"a\tb\n\n\"line\nbreak\"\t<b>2</b>", `[["a","b"],["line\nbreak","<b>2</b>"]]`},
	} {
		eval[bool](t, ctx, fmt.Sprintf(`(e => { e.value = %q; return e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("textarea"))`, c.text))
		got := eval[string](t, ctx, `JSON.stringify([...document.querySelectorAll(".csv-preview tr")].map(r => [...r.cells].map(c => c.textContent)))`)
		if got != c.cells {
			t.Errorf("%q is previewed as %s, want %s", c.text, got, c.cells)
		}
	}
}

func TestChoosingAFilterChangesTheAddress(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	open(t, ctx, srv.URL+"/styleguide?sort=name&page=3")
	eval[bool](t, ctx, `(s => { s.value = "pending"; return s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("[name=status]"))`)
	do(t, ctx, chromedp.WaitReady(`[name=status] [value=pending][selected]`))
	if got := eval[string](t, ctx, "location.search"); got != "?sort=name&status=pending" {
		t.Errorf("the address ends in %s", got)
	}
}

func TestDialogsMenusAndFiltersWorkWithoutScripts(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	off := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	do(t, ctx, off, view(1280, "light"), chromedp.Navigate(srv.URL+"/styleguide"),
		chromedp.Click(".page-header .actions > [commandfor]"), chromedp.WaitVisible("#guide-dialog #f-address"),
		chromedp.Click("#guide-dialog [command=close]"), chromedp.WaitNotVisible("#guide-dialog #f-address"),
		chromedp.Click(".page-header .menu summary"), chromedp.WaitVisible(".page-header .menu-item"),
		chromedp.WaitVisible("form[data-filters] [type=submit]"),
		chromedp.WaitNotVisible("[data-copy]"))
}

func TestTimesAreShownInTheViewersZone(t *testing.T) {
	t.Parallel()
	srv, ctx := serve(t, guidePages, nil), browser(t)
	open(t, ctx, srv.URL+"/styleguide")
	got := eval[string](t, ctx, `document.querySelector("[data-time=deadline]").textContent`)
	want := eval[string](t, ctx, `new Intl.DateTimeFormat(navigator.language, {year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short"}).format(new Date("2026-12-04T09:30:00Z"))`)
	if got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}
