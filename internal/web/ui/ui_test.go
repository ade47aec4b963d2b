package ui_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"alfaone/internal/web/ui"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// components are all that can be rendered: those that hold content are opened.
var components = []any{
	ui.Avatar{},
	ui.Badge{},
	ui.Banner{},
	ui.Bars{},
	ui.Button{},
	ui.CSV{},
	ui.Checkbox{},
	ui.Columns{},
	ui.Copy{},
	ui.Empty{},
	ui.Facts{},
	ui.File{},
	ui.Filters{},
	ui.Input{},
	ui.Menu{},
	ui.PageHeader{},
	ui.Pagination{},
	ui.Password{},
	ui.Progress{},
	ui.Radios{},
	ui.Reorder{},
	ui.Select{},
	ui.Skeleton{},
	ui.Sparkline{},
	ui.Spread{},
	ui.Table{},
	ui.Tabs{},
	ui.Tag{},
	ui.Textarea{},
	ui.ThemeSwitch{},
	ui.Time{},
	ui.Timeline{},
	ui.IconCopy,
	ui.Card{},
	ui.Dashboard{},
	ui.Dialog{},
	ui.Disclosure{},
	ui.Form{},
	ui.Narrow{},
	ui.Page{},
	ui.Section{},
}

type opener interface{ With() templ.Component }

func render(t *testing.T, component any) string {
	t.Helper()
	c, ok := component.(templ.Component)
	if !ok {
		c = component.(opener).With()
	}
	var out strings.Builder
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatalf("%T: %v", component, err)
	}
	return out.String()
}

func TestEveryComponentIsInTheStyleguideAndInTheseTests(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("styleguide.templ")
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, c := range components {
		tested[reflect.TypeOf(c).Name()] = true
	}
	for _, name := range exportedComponents(t) {
		if !tested[name] {
			t.Errorf("%s is missing from components in this file", name)
		}
		if !regexp.MustCompile(`\b`+name+`\b`).Match(guide) && name != "ThemeSwitch" { // in the member menu
			t.Errorf("%s is missing from styleguide.templ", name)
		}
	}
}

// exportedComponents returns the exported types with a method Render or With.
func exportedComponents(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || (fn.Name.Name != "Render" && fn.Name.Name != "With") {
				continue
			}
			if id, ok := fn.Recv.List[0].Type.(*ast.Ident); ok && id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	if len(names) < 30 {
		t.Fatalf("found only %d components", len(names))
	}
	return names
}

func TestNoTextBecomesMarkupOrScript(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{
		`"><script>alert(1)</script>`,
		`' onfocus='alert(1)' autofocus='`,
		`</title></textarea></style><img src=x onerror=alert(1)>`,
		"javascript:alert(1)",
		"data:text/html,<script>alert(1)</script>",
	} {
		for _, c := range components {
			filled := reflect.New(reflect.TypeOf(c)).Elem()
			filled.Set(reflect.ValueOf(c))
			fill(filled, payload)
			markup := render(t, filled.Interface())
			for _, fault := range dangers(t, markup) {
				t.Errorf("%T filled with %s: %s", c, payload, fault)
			}
		}
	}
}

// fill puts text into every string of a component, and one element into every list.
func fill(v reflect.Value, text string) {
	switch v.Interface().(type) {
	case templ.Component:
		if v.Kind() == reflect.Interface {
			return
		}
	case *url.URL:
		v.Set(reflect.ValueOf(&url.URL{Path: "/list", RawQuery: url.Values{"sort": {text}, "search": {text}}.Encode()}))
		return
	case time.Time, templ.Attributes, *time.Location, ui.Links: // from the program, never from people
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Interface:
		v.Set(reflect.ValueOf(ui.Text(text)))
	}
}

// dangers lists what in the markup could run.
func dangers(t *testing.T, markup string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && n.FirstChild != nil && !strings.Contains(n.FirstChild.Data, "localStorage") {
			found = append(found, "a script: "+n.FirstChild.Data)
		}
		for _, a := range n.Attr {
			scheme, _, _ := strings.Cut(a.Val, ":")
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "autofocus":
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			case n.Data == "img": // loads nothing that runs
			case a.Key == "href", a.Key == "src", a.Key == "action", a.Key == "formaction":
				if scheme == "javascript" || scheme == "data" {
					found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
				}
			}
		}
	}
	return found
}

func TestLinksKeepTheStateOfAList(t *testing.T) {
	t.Parallel()
	at, err := url.Parse("/invites?page=3&search=a+b&sort=name&status=pending")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pairs []string
		want  templ.SafeURL
	}{
		{nil, "/invites?page=3&search=a+b&sort=name&status=pending"},
		{[]string{"page", "4"}, "/invites?page=4&search=a+b&sort=name&status=pending"},
		{[]string{"page", "", "search", "", "sort", "", "status", ""}, "/invites"},
		{[]string{"tag", "a&b=c"}, "/invites?page=3&search=a+b&sort=name&status=pending&tag=a%26b%3Dc"},
	} {
		if got := ui.With(at, c.pairs...); got != c.want {
			t.Errorf("With(%q) = %s, want %s", c.pairs, got, c.want)
		}
	}
}

func TestSortLinksTurnRoundAndGoToTheFirstPage(t *testing.T) {
	t.Parallel()
	at := &url.URL{Path: "/invites", RawQuery: "page=2&sort=name&order=asc"}
	table := ui.Table{
		Columns: []ui.Column{{Label: "Name", Key: "name"}, {Label: "Sent", Key: "sent_at"}},
		Rows:    []ui.Row{{Cells: []templ.Component{ui.Text("a"), ui.Text("b")}}},
		Order:   ui.Order{URL: at, Sort: "name"},
	}
	want := []string{"/invites?order=desc&sort=name", "/invites?order=asc&sort=sent_at"}
	if diff := cmp.Diff(want, hrefs(t, render(t, table))); diff != "" {
		t.Error(diff)
	}
}

func hrefs(t *testing.T, markup string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" {
				found = append(found, a.Val)
			}
		}
	}
	return found
}

func TestPaginationOffersTheEndsAndTheNeighbours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page, total int
		summary     string
		pages       string
	}{
		{1, 0, "", ""},
		{1, 20, "1–20 of 20", ""},
		{1, 21, "1–20 of 21", "12"},
		{2, 21, "21–21 of 21", "12"},
		{1, 200, "1–20 of 200", "12…10"},
		{5, 200, "81–100 of 200", "1…456…10"},
		{10, 200, "181–200 of 200", "1…910"},
		{99, 200, "None of 200", "1…10"},
		{1, 1200, "1–20 of 1\u202f200", "12…60"},
	} {
		got := text(t, render(t, ui.Pagination{URL: &url.URL{Path: "/"}, Page: c.page, Limit: 20, Total: c.total}))
		want := c.summary
		if c.pages != "" {
			want += "Previous" + c.pages + "Next"
		}
		if got != want {
			t.Errorf("page %d of %d: %q, want %q", c.page, c.total, got, want)
		}
	}
}

// text returns what the markup says, without space between elements.
func text(t *testing.T, markup string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			out.WriteString(strings.TrimSpace(n.Data))
		}
	}
	return out.String()
}

func TestErrorIsTiedToItsField(t *testing.T) {
	t.Parallel()
	got := render(t, ui.Input{Name: "email", Label: "E-mail", Hint: "Yours", Error: "Missing"})
	for _, want := range []string{
		`for="f-email"`, `id="f-email"`, `aria-describedby="f-email-hint f-email-error"`, `aria-invalid="true"`,
		`id="f-email-hint"`, `id="f-email-error"`, ` required`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s in %s", want, got)
		}
	}
}

func TestNumbersAreGroupedByThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567", -1000: "−1\u202f000"} {
		if got := ui.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestTimeNamesItsZoneWithoutScripts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)
	kyiv := time.FixedZone("EET", 2*60*60)
	spanish := ui.English()
	spanish.Months[10] = "nov"
	for _, c := range []struct {
		ctx  context.Context
		time ui.Time
		want string
	}{
		{t.Context(), ui.Time{At: at}, "23 Nov 2026, 23:30 UTC"},
		{t.Context(), ui.Time{At: at, In: kyiv, Style: ui.Deadline}, "24 Nov 2026, 01:30 EET"},
		{t.Context(), ui.Time{At: at, In: kyiv, Style: ui.Date}, "24 Nov 2026"},
		{ui.WithWords(t.Context(), spanish), ui.Time{At: at, Style: ui.Ago}, "23 nov 2026, 23:30 UTC"},
		{t.Context(), ui.Time{}, "–"},
	} {
		var out strings.Builder
		if err := c.time.Render(c.ctx, &out); err != nil {
			t.Fatal(err)
		}
		if got := text(t, out.String()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.time, got, c.want)
		}
	}
}

func TestStatusesHaveTheirOwnBadges(t *testing.T) {
	t.Parallel()
	seen := map[ui.Badge]string{}
	for _, s := range []string{"pending", "accepted", "started", "completed", "expired", "revoked"} {
		b := ui.InviteStatus(s)
		if other, ok := seen[b]; ok || b.Label == s {
			t.Errorf("%s has the badge %+v, like %q", s, b, other)
		}
		seen[b] = s
	}
}

func TestAFunnelOfNothingIsEmptyAndNotAnError(t *testing.T) {
	t.Parallel()
	got := text(t, render(t, ui.Bars{Title: "Funnel", Funnel: true, Bars: []ui.Bar{{Label: "Invited"}, {Label: "Completed"}}}))
	if want := "FunnelInvited00 %Completed00 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
