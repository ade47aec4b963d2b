// Package browser lets a test use the program as a person does: it opens pages in Chromium, clicks what is visible and
// reads what is shown.
//
// Chromium runs once per test binary, with a fake camera and microphone; each test has a profile of its own in it.
// A test fails in the end if a page wrote an error to the console, broke its content security policy or asked another
// origin for anything. The package knows nothing of our pages: names of our buttons belong to the tests.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience bounds each verb: how long a page may take until it shows what the test waits for.
const patience = 15 * time.Second

// chromium is the browser that all tests of the binary share. A process cannot be passed to tests as an argument, so
// this is a package variable; TestMain owns it through Run.
var chromium struct {
	sync.Mutex
	running bool // Run is under way
	context context.Context
	stop    context.CancelFunc
}

// Run runs the tests of m and then stops the browser, if any test started it. TestMain calls it:
//
//	func TestMain(m *testing.M) { os.Exit(browser.Run(m)) }
func Run(m *testing.M) int {
	chromium.running = true
	defer func() {
		if chromium.stop != nil {
			chromium.stop()
		}
	}()
	return m.Run()
}

// New opens an empty page, 1280 × 800, in a profile without cookies, and closes it when the test ends.
// Without Chromium it skips the test, or fails it when CI=true.
func New(tb testing.TB) *Page {
	tb.Helper()
	if !chromium.running {
		tb.Fatal("TestMain must call browser.Run")
	}
	p := &Page{tb: tb, seen: &record{}, patience: patience}
	ctx, cancel := chromedp.NewContext(shared(tb), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.seen.event))
	return p.begin(ctx, cancel)
}

// begin makes the page a tab that ends with the test.
func (p *Page) begin(ctx context.Context, cancel func()) *Page {
	p.tb.Helper()
	p.ctx, p.close = ctx, cancel
	p.tb.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		p.tb.Fatalf("open a page: %v", err)
	}
	p.tb.Cleanup(p.verdict)
	p.leave()
	p.media(false)
	p.Viewport(1280, 800)
	return p
}

// shared returns the context of the running browser and starts it for the first test that asks.
func shared(tb testing.TB) context.Context {
	tb.Helper()
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.context != nil {
		return chromium.context
	}
	program := installed(tb)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options(program)...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	stop := func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		tb.Fatalf("start %s: %v", program, err)
	}
	chromium.context, chromium.stop = ctx, stop
	return ctx
}

func find(names ...string) (string, error) {
	for _, name := range names {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", fmt.Errorf("no browser: none of %v is installed (Debian: apt-get install chromium)", names)
}

func options(program string) []chromedp.ExecAllocatorOption {
	// The default options already leave out sync, first-run pages, updates of components and background requests.
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.DisableGPU,
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium's sandbox refuses root
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "user-gesture-required"), // as in a person's browser
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "en-US"),
	)
}
