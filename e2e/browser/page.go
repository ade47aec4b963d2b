package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is one tab, used by one test. Its verbs wait until the page shows what they need and fail the test when it
// does not in time. They see what a person sees: not what is hidden, inert, or behind an open dialog.
type Page struct {
	tb    testing.TB
	ctx   context.Context
	close func()
	seen  *record
	scope string // CSS selector; verbs look inside it

	patience time.Duration // how long a verb waits
}

// In returns the same page with its verbs looking only inside the first element that matches css.
func (p *Page) In(css string) *Page {
	inside := *p
	inside.scope = css
	return &inside
}

// Open goes to a URL and waits until it has loaded. From then on the page may ask that URL's origin for anything.
func (p *Page) Open(url string) {
	p.tb.Helper()
	p.seen.open(url)
	p.do("open "+url, chromedp.Navigate(url))
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.tb.Helper()
	p.do("reload", chromedp.Reload())
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.tb.Helper()
	return Eval[string](p, "location.href")
}

// WaitURL waits until the address of the page contains part.
func (p *Page) WaitURL(part string) {
	p.tb.Helper()
	p.find("url", part)
}

// Click clicks the button, link, tab, box or other control with this visible or accessible name.
// The whole name is tried first, then a part of it; two controls that fit equally well fail the test.
func (p *Page) Click(name string) {
	p.tb.Helper()
	p.click(p.find("control", name))
}

// ClickOn clicks the first visible element that matches a CSS selector.
func (p *Page) ClickOn(css string) {
	p.tb.Helper()
	p.click(p.find("css", css))
}

// Fill replaces what is in the field with this label; in a list it chooses the option with this text.
func (p *Page) Fill(label, value string) {
	p.tb.Helper()
	if p.find("field", label, value).Done {
		return
	}
	p.do("fill "+label, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: value})
		return err
	}))
}

// Upload puts files into the file field with this label, once the page has loaded.
func (p *Page) Upload(label string, files ...string) {
	p.tb.Helper()
	p.find("complete", "before an upload")
	p.do("upload to "+label, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		field, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: p.call("file", label)})
		if err != nil {
			return err
		}
		if field.Result.ObjectID == "" {
			return errors.New("no such file field")
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, ObjectID: field.Result.ObjectID})
		return err
	}))
}

// Press presses keys one after another, where the focus is: "Tab", "Enter", "Control+a", "x".
// It waits until the page has loaded, so that its scripts hear them.
func (p *Page) Press(keys ...string) {
	p.tb.Helper()
	p.find("complete", "before keys")
	for _, key := range keys {
		press, err := stroke(key)
		if err != nil {
			p.tb.Fatal(err)
		}
		p.do("press "+key, press)
	}
}

// Text returns the visible text of the first visible element that matches a CSS selector.
func (p *Page) Text(css string) string {
	p.tb.Helper()
	return p.find("shown", css).Text
}

// Value returns what stands in the field with this label; for a box "true" or "false".
func (p *Page) Value(label string) string {
	p.tb.Helper()
	return p.find("value", label).Text
}

// WaitText waits until the page shows a text. White space counts as one space.
func (p *Page) WaitText(text string) {
	p.tb.Helper()
	p.find("text", text)
}

// WaitControl waits until the page offers a control with this name, as Click does.
func (p *Page) WaitControl(name string) {
	p.tb.Helper()
	p.find("control", name)
}

// WaitGone waits until the page does not show a text any more.
func (p *Page) WaitGone(text string) {
	p.tb.Helper()
	p.find("gone", text)
}

// Viewport sets the size of the page in CSS pixels.
func (p *Page) Viewport(width, height int) {
	p.tb.Helper()
	p.do("set the viewport", chromedp.EmulateViewport(int64(width), int64(height)))
}

// Dark chooses the colour scheme that the browser tells pages to prefer.
func (p *Page) Dark(dark bool) {
	p.tb.Helper()
	p.media(dark)
}

// media also asks for reduced motion, so that no picture or click falls into an animation.
func (p *Page) media(dark bool) {
	p.tb.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	p.do("prefer "+scheme, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
}

// Languages sets what the browser asks servers for, as an Accept-Language header: "de, en;q=0.8".
func (p *Page) Languages(header string) {
	p.tb.Helper()
	agent := Eval[string](p, "navigator.userAgent")
	p.do("ask for "+header, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: agent, AcceptLanguage: header,
		})
		return err
	}))
}

// Offline cuts the page off the network, or joins it again.
func (p *Page) Offline(offline bool) {
	p.tb.Helper()
	p.do("change the network", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		return err
	}))
}

// Screenshot takes a picture of the whole page at a width and writes it as name.png into the test's artifact directory,
// which go test keeps when given -artifacts. It returns the file's name. The page keeps the width and the scheme.
func (p *Page) Screenshot(name string, width int, dark bool) string {
	p.tb.Helper()
	p.Viewport(width, 800)
	p.Dark(dark)
	picture, err := p.picture()
	if err != nil {
		p.tb.Fatalf("take a picture: %v", err)
	}
	file := filepath.Join(p.tb.ArtifactDir(), name+".png")
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		p.tb.Fatal(err)
	}
	return file
}

func (p *Page) picture() ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.FullScreenshot(100))
}

// AllowError announces an error on the console, one whose text contains part, that is meant to happen.
func (p *Page) AllowError(part string) { p.seen.allow(part) }

// Requests are the methods and addresses of all that the page has asked for: "GET http://127.0.0.1:8080/".
func (p *Page) Requests() []string {
	p.seen.Lock()
	defer p.seen.Unlock()
	return slices.Clone(p.seen.requests)
}

// Eval returns the value of a JavaScript expression in the page; it waits for a promise.
func Eval[T any](p *Page, expression string) T {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.tb.Fatalf("evaluate %.100s: %v", expression, err)
	}
	return value
}

// verdict ends a test: it fails it for what the page did wrong, and keeps a picture of a page whose test failed.
func (p *Page) verdict() {
	for _, complaint := range p.seen.unexpected() {
		p.tb.Errorf("the page complained: %s", complaint)
	}
	for _, request := range p.seen.foreign() {
		p.tb.Errorf("the page asked another origin: %s", request)
	}
	if p.tb.Failed() {
		if picture, err := p.picture(); err == nil {
			file := filepath.Join(p.tb.ArtifactDir(), "failed.png")
			if os.WriteFile(file, picture, 0o644) == nil {
				p.tb.Logf("the page when the test failed (kept by go test -artifacts): %s", file)
			}
		}
	}
}

//go:embed find.js
var finder string

// found is the answer of find.js.
type found struct {
	Why  string  // what is missing, or "" when found
	X, Y float64 // the middle of the element
	Text string  // its text
	Done bool    // nothing is left to do
}

// find looks until the page shows what is sought. A control must also have come to rest.
func (p *Page) find(kind, what string, value ...string) found {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	var last found
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		now, err := chromedp.Run(ctx, chromedp.Evaluate[found](p.call(kind, what, value...)))
		if err == nil && now.Why == "" && (now == last || now.X == 0 && now.Y == 0) {
			tick.Stop()
			return now
		}
		if err == nil { // between two pages there is nothing to ask; that passes
			last = now
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.tb.Fatalf("%s %q: %s %v", kind, what, last.Why, err)
		}
	}
}

func (p *Page) call(kind, what string, value ...string) string {
	arguments, err := json.Marshal([]string{p.scope, kind, what, strings.Join(value, "")})
	if err != nil {
		p.tb.Fatal(err)
	}
	return fmt.Sprintf("(%s)(...%s)", strings.TrimRight(finder, ";\n"), arguments)
}

func (p *Page) click(at found) {
	p.tb.Helper()
	p.do("click", chromedp.MouseClickXY(at.X, at.Y))
}

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.tb.Fatalf("%s: %v", what, err)
	}
}
