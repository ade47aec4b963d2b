package browser

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Settings are how a Chromium of a test's own differs from the one that all tests share.
type Settings struct {
	Profile string   // directory of the profile, which outlives the browser; empty: a new one
	Sound   string   // WAV file that the fake microphone hears, over and over; empty: a beep
	Flags   []string // more flags, "name" or "name=value"; they win over the usual ones
	Without []string // names of usual flags that are left out
}

// Browser is a Chromium of a test's own.
type Browser struct {
	tb  testing.TB
	ctx context.Context
	cmd *exec.Cmd
}

// Start starts a Chromium for one test alone. It ends with the test.
func Start(tb testing.TB, s Settings) *Browser {
	tb.Helper()
	program := installed(tb)
	b := &Browser{tb: tb}
	all := append(options(program), chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { b.cmd = cmd }))
	if s.Profile != "" {
		all = append(all, chromedp.UserDataDir(s.Profile))
	}
	if s.Sound != "" {
		all = append(all, chromedp.Flag("use-file-for-fake-audio-capture", s.Sound))
	}
	for _, flag := range s.Flags {
		name, value, valued := strings.Cut(flag, "=")
		if valued {
			all = append(all, chromedp.Flag(name, value))
		} else {
			all = append(all, chromedp.Flag(name, true))
		}
	}
	for _, name := range s.Without {
		all = append(all, chromedp.Flag(name, false))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), all...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	tb.Cleanup(func() { stopBrowser(); stopAllocator() })
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("start %s: %v", program, err)
	}
	b.ctx = ctx
	return b
}

// Tab opens an empty page, 1280 × 800, in the browser's window, in front of its other tabs. It shares cookies and storage with them.
func (b *Browser) Tab() *Page {
	b.tb.Helper()
	p := &Page{tb: b.tb, seen: &record{}, patience: patience}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewWindow(false), chromedp.WithListener(p.seen.event))
	return p.begin(ctx, cancel)
}

// Kill ends the browser as a crash does: it gets no chance to tidy up.
func (b *Browser) Kill() {
	b.tb.Helper()
	if err := b.cmd.Process.Kill(); err != nil {
		b.tb.Fatal(err)
	}
	<-b.ctx.Done()
}

// installed finds Chromium. Without it it skips the test, or fails it when CI=true.
func installed(tb testing.TB) string {
	tb.Helper()
	program, err := find("chromium", "chromium-browser", "google-chrome")
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	return program
}
