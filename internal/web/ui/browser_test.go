package ui_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"alfaone/internal/web/assets"
	"alfaone/internal/web/ui"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "directory for screenshots of the styleguide")

// policy is what every page of the product allows itself.
const policy = "default-src 'none'; script-src 'nonce-guide' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; report-uri /violation"

// still is true when nothing is appearing any more.
const still = `document.body.getAnimations({subtree: true}).every(a => a.animationName !== "appear")`

// pages are what a test serves, by path.
type pages map[string]func(ui.Links, *url.URL) templ.Component

var (
	guidePages = pages{"/styleguide": ui.Styleguide}
	guidePaths = []string{"/styleguide", "/styleguide?shell=narrow"}
)

// serve shows the pages under the policy, whose violation fails the test, and
// gives what they post to post.
func serve(t *testing.T, list pages, post http.HandlerFunc) *httptest.Server {
	t.Helper()
	files, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	links := files.Links(ui.DefaultAccent)
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, files.Handler())
	mux.HandleFunc("POST /violation", func(_ http.ResponseWriter, r *http.Request) {
		report, err := io.ReadAll(r.Body)
		t.Errorf("policy violated: %s %v", report, err)
	})
	if post != nil {
		mux.HandleFunc("POST /post", post)
	}
	for path, show := range list {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := show(links, r.URL).Render(templ.WithNonce(r.Context(), "guide"), w); err != nil {
				t.Error(err)
			}
		})
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// browser returns a context with a fresh browser, or skips where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is slow")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// do runs browser actions.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// open shows a page and waits for its scripts.
func open(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address), chromedp.WaitReady(":root[data-js]"))
}

// eval returns the value of a script.
func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// until waits for a script to become true.
func until(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](script, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		t.Fatalf("never true: %s: %v", script, err)
	}
}

// view sets the size of the window and whether the viewer's system is "light" or
// "dark"; nothing moves.
func view(width int64, theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.EmulateViewport(width, 800),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{
					{Name: "prefers-color-scheme", Value: theme},
					{Name: "prefers-reduced-motion", Value: "reduce"},
				},
			})
			return err
		}))
}

func TestStyleguideScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("run with -shots DIR to write them")
	}
	srv, ctx := serve(t, guidePages, nil), browser(t)
	for _, shot := range []struct {
		name, path, theme string
		width             int64
		click             string // opened for the picture
	}{
		{"2560-light", "/styleguide", "light", 2560, ""},
		{"1280-light", "/styleguide", "light", 1280, ""},
		{"1280-dark", "/styleguide", "dark", 1280, ""},
		{"800-light", "/styleguide", "light", 800, ""},
		{"375-light", "/styleguide", "light", 375, ""},
		{"320-dark", "/styleguide", "dark", 320, ""},
		{"menu-375-light", "/styleguide", "light", 375, ".topbar-menu > summary"},
		{"member-1280-dark", "/styleguide", "dark", 1280, ".sidebar .member > summary"},
		{"row-1280-light", "/styleguide", "light", 1280, ".cell-actions summary"},
		{"row-375-dark", "/styleguide", "dark", 375, ".cell-actions summary"},
		{"dialog-1280-light", "/styleguide", "light", 1280, ".page-header .actions > [commandfor]"},
		{"dialog-375-dark", "/styleguide", "dark", 375, ".page-header .actions > [commandfor]"},
		{"confirm-1280-light", "/styleguide", "light", 1280, "form[data-confirm].form .actions button"},
		{"narrow-1280-light", "/styleguide?shell=narrow", "light", 1280, ""},
		{"narrow-320-dark", "/styleguide?shell=narrow", "dark", 320, ""},
	} {
		do(t, ctx, view(shot.width, shot.theme))
		open(t, ctx, srv.URL+shot.path)
		take := chromedp.FullScreenshot(100)
		if shot.click != "" {
			do(t, ctx, chromedp.Click(shot.click))
			take = chromedp.CaptureScreenshot()
		}
		until(t, ctx, still)
		png, err := chromedp.Run(ctx, take)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, shot.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
