package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Front makes the page the tab that is looked at; the browser hides the one that was.
func (p *Page) Front() {
	p.tb.Helper()
	p.do("bring to the front", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.BringToFront, cdp.Empty{})
		return err
	}))
}

// Close closes the tab. Nothing can be done with the page any more.
func (p *Page) Close() { p.close() }

// Patient returns the same page with its verbs waiting for up to so long.
func (p *Page) Patient(most time.Duration) *Page {
	patient := *p
	patient.patience = most
	return &patient
}

// AskedToStay tells how often the browser has asked, because the page wished it, whether to leave the page. It is always told
// yes.
func (p *Page) AskedToStay() int {
	p.seen.Lock()
	defer p.seen.Unlock()
	return p.seen.stays
}

// leave answers the browser's questions whether to leave the page. Any other dialog stays, and stops the test.
func (p *Page) leave() {
	dialogs := chromedp.Events(p.ctx, page.JavascriptDialogOpening)
	go func() {
		for dialog, err := range dialogs {
			if err != nil {
				return
			}
			if dialog.Type != page.DialogTypeBeforeunload {
				continue
			}
			p.seen.stay()
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // if it is gone, so is the page
		}
	}()
}
