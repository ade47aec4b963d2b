package ui_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/e2e/browser"
	"alfaone/internal/web/assets"
	"alfaone/internal/web/ui"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { os.Exit(browser.Run(m)) }

// policy is what every page of the product allows itself; package browser fails a
// test whose page breaks it.
const policy = "default-src 'none'; script-src 'nonce-guide' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// serve shows a page at / and gives what it posts to /post to post.
func serve(t *testing.T, page func(ui.Links, *url.URL) templ.Component, post http.Handler) string {
	t.Helper()
	files, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, files.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		c := page(files.Links(ui.DefaultAccent), r.URL)
		if err := c.Render(templ.WithNonce(r.Context(), "guide"), w); err != nil {
			t.Error(err)
		}
	})
	if post != nil {
		mux.Handle("POST /post", post)
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}

// open shows a component on a page of its own, with its scripts running.
func open(t *testing.T, c templ.Component, post http.Handler) *browser.Page {
	t.Helper()
	page := func(l ui.Links, _ *url.URL) templ.Component {
		return within(ui.Page{Title: "Test", Links: l}.With(), c)
	}
	p := browser.New(t)
	p.Open(serve(t, page, post))
	until(p, "'js' in document.documentElement.dataset")
	return p
}

// within shows a component inside one that holds content.
func within(outer, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}

// until waits for a script to become true.
func until(p *browser.Page, script string) {
	browser.Eval[bool](p, `new Promise((resolve, reject) => {
		const end = Date.now() + 10_000;
		const look = () => `+script+` ? resolve(true) : Date.now() > end ? reject("never true") : setTimeout(look, 20);
		look();
	})`)
}

// posts is a server that passes on what is posted to it.
type posts struct {
	bodies chan url.Values
	answer func(n int, w http.ResponseWriter) // to the nth, from 1
	n      atomic.Int32
}

func newPosts(answer func(n int, w http.ResponseWriter)) *posts {
	return &posts{bodies: make(chan url.Values, 10), answer: answer}
}

func (p *posts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.bodies <- r.PostForm
	p.answer(int(p.n.Add(1)), w)
}

// want waits for these posts, and wants no others.
func (p *posts) want(t *testing.T, want ...url.Values) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-p.bodies:
			if diff := cmp.Diff(w, got); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("not posted: %v", w)
		}
	}
	select {
	case more := <-p.bodies:
		t.Errorf("posted too: %v", more)
	default:
	}
}

func noContent(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

func TestStyleguideIsAccessibleAndFitsEveryWidth(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "?shell=narrow"} {
		p := browser.New(t)
		address := serve(t, ui.Styleguide, nil)
		for _, dark := range []bool{false, true} {
			p.Dark(dark)
			p.Viewport(320, 800)
			p.Open(address + query)
			if query == "" {
				p.WaitText("Invite sent") // the toasts have come
			}
			for _, width := range []int{320, 800, 1280} {
				p.Viewport(width, 800)
				p.Axe()
			}
			for _, width := range []int{320, 375, 640, 800, 1024, 1280, 2560} {
				p.Viewport(width, 800)
				if over := browser.Eval[int](p, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
					t.Errorf("%q at %d px is %d px too wide", query, width, over)
				}
			}
		}
	}
}

func TestStyleguideScreenshots(t *testing.T) {
	t.Parallel()
	if f := flag.Lookup("test.artifacts"); f == nil || f.Value.String() != "true" {
		t.Skip("run with -artifacts to keep the pictures")
	}
	p := browser.New(t)
	address := serve(t, ui.Styleguide, nil)
	for _, shot := range []struct {
		name, query, click string
		width              int
	}{
		{"whole", "", "", 1280},
		{"whole-phone", "", "", 375},
		{"menu-phone", "", ".topbar-menu > summary", 375},
		{"row", "", ".cell-actions summary", 1280},
		{"dialog", "", ".page-header .actions > [commandfor]", 1280},
		{"narrow", "?shell=narrow", "", 1280},
		{"narrow-phone", "?shell=narrow", "", 320},
	} {
		for _, dark := range []bool{false, true} {
			p.Viewport(shot.width, 800)
			p.Open(address + shot.query)
			if shot.click != "" {
				p.ClickOn(shot.click)
			}
			p.Screenshot(fmt.Sprintf("%s-dark-%t", shot.name, dark), shot.width, dark)
		}
	}
}

func TestDialogsMenusAndFiltersWorkWithoutScripts(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, func(l ui.Links, at *url.URL) templ.Component {
		l.Script = ""
		return ui.Styleguide(l, at)
	}, nil))
	p.ClickOn(".page-header .actions > [commandfor]")
	p.WaitText("Fix the address")
	p.Click("Cancel")
	p.WaitGone("Fix the address")
	p.Click("More")
	p.WaitText("Duplicate")
	p.Fill("Search invites", "maria")
	p.Click("Apply")
	p.WaitURL("search=maria")
}

func TestThemeSwitchIsRemembered(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, ui.Styleguide, nil))
	const paper = "getComputedStyle(document.documentElement).backgroundColor"
	light := browser.Eval[string](p, paper)

	p.ClickOn(".sidebar .member summary")
	p.In(".sidebar").Click("Dark")
	p.Reload()

	if dark := browser.Eval[string](p, paper); dark == light {
		t.Errorf("after choosing dark the page is still %s", dark)
	}
}

func TestMenuIsOperatedByKeyboard(t *testing.T) {
	t.Parallel()
	p := open(t, ui.Menu{Label: "More", Items: []ui.MenuItem{{Label: "Copy", Post: "/post"}, {Label: "Export", Href: "#"}}}, nil)
	browser.Eval[bool](p, `!document.querySelector("summary").focus()`)
	for _, step := range []struct{ key, focus string }{
		{"ArrowDown", "Copy"},
		{"ArrowDown", "Export"},
		{"ArrowDown", "Copy"},
		{"ArrowUp", "Export"},
		{"Escape", "More"},
	} {
		p.Press(step.key)
		if got := browser.Eval[string](p, "document.activeElement.textContent.trim()"); got != step.focus {
			t.Fatalf("after %s focus is on %q, want %q", step.key, got, step.focus)
		}
	}
	if browser.Eval[bool](p, `document.querySelector("details").open`) {
		t.Error("after Escape the menu is open")
	}
}

func TestDangerousFormIsSentOnceAndOnlyAfterConfirmation(t *testing.T) {
	t.Parallel()
	got := newPosts(noContent)
	form := ui.Form{Action: "/post", Confirm: &ui.Confirm{Title: "Revoke?", Text: "It ends.", Yes: "Revoke it"}}
	p := open(t, within(form.With(), ui.Button{Label: "End it", Name: "do", Value: "revoke"}), got)

	p.Click("End it")
	p.Click("Cancel")
	p.WaitGone("Revoke?")
	got.want(t)
	p.Click("End it")
	p.Click("Revoke it")
	until(p, `document.querySelector("form [aria-busy=true]")`)
	if browser.Eval[bool](p, `document.querySelector("form").dispatchEvent(new SubmitEvent("submit", {cancelable: true, bubbles: true}))`) {
		t.Error("the form can be sent again")
	}
	got.want(t, url.Values{"do": {"revoke"}})
}

func TestOrderIsPostedAfterEachMove(t *testing.T) {
	t.Parallel()
	got := newPosts(noContent)
	list := ui.Reorder{Label: "Questions", Action: "/post"}
	for _, id := range []string{"a", "b", "c"} {
		list.Items = append(list.Items, ui.ReorderItem{ID: id, Label: "Question " + id, Content: ui.Text(id)})
	}
	p := open(t, list, got)
	announced := func(text string) { until(p, fmt.Sprintf(`document.querySelector("output").textContent === %q`, text)) }

	browser.Eval[bool](p, `!document.querySelector("li[data-id=a] [data-move=down]").focus()`)
	p.Press("Alt+ArrowDown")
	announced("Question a is now 2 of 3")
	p.Click("Move Question a down")
	announced("Question a is now 3 of 3")
	if focus := browser.Eval[string](p, `document.activeElement.textContent.trim()`); focus != "Move Question a up" {
		t.Errorf("at the end focus is on %q, want the other button", focus)
	}
	got.want(t, url.Values{"order": {"b", "a", "c"}}, url.Values{"order": {"b", "c", "a"}})
}

func TestOrderGoesBackWhenItCannotBeSaved(t *testing.T) {
	t.Parallel()
	got := newPosts(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) })
	p := open(t, ui.Reorder{Label: "Questions", Action: "/post", Items: []ui.ReorderItem{
		{ID: "a", Label: "A", Content: ui.Text("a")}, {ID: "b", Label: "B", Content: ui.Text("b")},
	}}, got)
	p.AllowError("500")

	p.Click("Move A down")
	p.WaitText("The new order could not be saved.")

	if order := browser.Eval[string](p, `[...document.querySelectorAll("li")].map(i => i.dataset.id).join()`); order != "a,b" {
		t.Errorf("the order is %s", order)
	}
	if browser.Eval[bool](p, `document.querySelector("li[data-id=b] [data-move=up]").disabled`) {
		t.Error("the second item cannot be moved up")
	}
}

func autosave(value string) templ.Component {
	return within(ui.Form{ID: "f", Action: "/post", Autosave: true, Version: 7}.With(),
		templ.Join(ui.Input{Name: "name", Label: "Name", Value: value}, ui.SaveStatus("f")))
}

func TestAutosaveRetriesUntilTheServerConfirms(t *testing.T) {
	t.Parallel()
	got := newPosts(func(n int, w http.ResponseWriter) {
		if n == 1 {
			http.Error(w, "{}", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"version": 8}`)
	})
	p := open(t, autosave("old"), got)
	p.AllowError("503")

	p.Fill("Name", "new")
	p.WaitText("Could not save, will retry")
	if kept := browser.Eval[string](p, `localStorage.getItem("draft:/post")`); !strings.Contains(kept, "new") {
		t.Errorf("kept in the browser: %s", kept)
	}
	until(p, `document.querySelector("output").textContent === "Saved"`)
	if browser.Eval[bool](p, `localStorage.getItem("draft:/post") !== null`) {
		t.Error("a draft is kept after it was saved")
	}
	if v := browser.Eval[string](p, `document.querySelector("[name=version]").value`); v != "8" {
		t.Errorf("version %s, want 8", v)
	}
	sent := url.Values{"version": {"7"}, "name": {"new"}}
	got.want(t, sent, sent)
}

func TestAutosaveStopsWhenSomeoneElseSaved(t *testing.T) {
	t.Parallel()
	got := newPosts(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusConflict) })
	p := open(t, autosave("old"), got)
	p.AllowError("409")

	p.Fill("Name", "mine")
	p.WaitText("Someone else changed this")
	if v := p.Value("Name"); v != "mine" {
		t.Errorf("the field holds %q", v)
	}
	p.Click("Reload")
	p.WaitGone("Someone else changed this")
	if v := p.Value("Name"); v != "old" {
		t.Errorf("after reloading the field holds %q", v)
	}
}

func TestUnsavedTextComesBack(t *testing.T) {
	t.Parallel()
	got := newPosts(func(_ int, w http.ResponseWriter) { fmt.Fprint(w, `{"version": 8}`) })
	p := open(t, autosave("old"), got)
	browser.Eval[bool](p, `localStorage.setItem("draft:/post", JSON.stringify({version: "7", values: [["name", "typed before the crash"]]})), true`)

	p.Reload()
	p.WaitText("Saved")

	if v := p.Value("Name"); v != "typed before the crash" {
		t.Errorf("the field holds %q", v)
	}
	got.want(t, url.Values{"version": {"7"}, "name": {"typed before the crash"}})
}

func TestBulkActionsAppearWithChoices(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, ui.Styleguide, nil))
	until(p, `!document.querySelector("[data-bulk-bar]").checkVisibility()`)
	p.Click("Select all")
	p.WaitText("4 selected")
	p.Click("Select Jun Tanaka")
	p.WaitText("3 selected")
	if !browser.Eval[bool](p, `document.querySelector("[data-bulk-all]").indeterminate`) {
		t.Error("the box for all is not half checked")
	}
}

func TestChoosingAFilterChangesTheAddress(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, ui.Styleguide, nil) + "?sort=name&page=3")
	p.Fill("Status", "Pending")
	p.WaitURL("/?sort=name&status=pending")
	if v := p.Value("Status"); v != "Pending" && v != "pending" {
		t.Errorf("after that the filter shows %q", v)
	}
}

func TestCSVIsPreviewedAsATable(t *testing.T) {
	t.Parallel()
	p := open(t, ui.CSV{Name: "rows", Label: "Candidates"}, nil)
	for _, c := range []struct{ text, cells string }{
		{"a,b\n1,2\n", `[["a","b"],["1","2"]]`},
		{"a;b\r\n\"1;\"\"x\"\"\";2", `[["a","b"],["1;\"x\"","2"]]`},
		{"a\tb\n\n\"line\nbreak\"\t<b>2</b>", `[["a","b"],["line\nbreak","<b>2</b>"]]`},
	} {
		browser.Eval[bool](p, fmt.Sprintf(`(e => { e.value = %q; return e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("textarea"))`, c.text))
		got := browser.Eval[string](p, `JSON.stringify([...document.querySelectorAll(".csv-preview tr")].map(r => [...r.cells].map(c => c.textContent)))`)
		if got != c.cells {
			t.Errorf("%q is previewed as %s, want %s", c.text, got, c.cells)
		}
	}
}

func TestTimesAreShownInTheViewersZone(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, ui.Styleguide, nil))
	until(p, "'js' in document.documentElement.dataset")
	got := browser.Eval[string](p, `document.querySelector("[data-time=deadline]").textContent`)
	want := browser.Eval[string](p, `new Intl.DateTimeFormat(navigator.language, {year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short"}).format(new Date("2026-12-04T09:30:00Z"))`)
	if got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}
