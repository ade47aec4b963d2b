package ui_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
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

const policy = "default-src 'none'; script-src 'nonce-guide' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// guide serves the styleguide under the policy of the product.
func guide(t *testing.T) *httptest.Server {
	t.Helper()
	files, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	page := func(show func(*http.Request) templ.Component) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := show(r).Render(templ.WithNonce(r.Context(), "guide"), w); err != nil {
				t.Error(err)
			}
		}
	}
	links := files.Links(ui.DefaultAccent)
	mux := http.NewServeMux()
	mux.Handle(assets.Prefix, files.Handler())
	mux.Handle("GET /styleguide", page(func(r *http.Request) templ.Component { return ui.Styleguide(links, r.URL) }))
	mux.Handle("GET /styleguide/narrow", page(func(r *http.Request) templ.Component { return ui.StyleguideNarrow(links, r.URL) }))
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

func TestStyleguideScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("run with -shots DIR")
	}
	srv, ctx := guide(t), browser(t)
	for _, shot := range []struct {
		name, path, theme string
		width             int64
	}{
		{"1280-light", "/styleguide", "light", 1280},
		{"1280-dark", "/styleguide", "dark", 1280},
		{"375-light", "/styleguide", "light", 375},
		{"320-dark", "/styleguide", "dark", 320},
		{"narrow-1280-light", "/styleguide/narrow", "light", 1280},
		{"narrow-320-dark", "/styleguide/narrow", "dark", 320},
	} {
		err := chromedp.Do(ctx,
			chromedp.EmulateViewport(shot.width, 800),
			prefers(shot.theme),
			chromedp.Navigate(srv.URL+shot.path),
			chromedp.WaitReady(":root[data-js]"))
		if err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, shot.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// prefers emulates a viewer whose system is light or dark.
func prefers(theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
		})
		return err
	})
}
