package browser

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// record collects what a page did besides showing itself.
type record struct {
	sync.Mutex
	complaints []string // console errors, uncaught exceptions, violations of the content security policy
	requests   []string // methods and URLs
	stays      int      // times that the browser asked whether to leave
	origins    []string // opened by the test
	allowed    []string // parts of complaints that the test expects
}

// event is called by chromedp, in order, for everything the page's target tells.
func (r *record) event(ev any) {
	r.Lock()
	defer r.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Source == log.EntrySourceSecurity {
			r.complaints = append(r.complaints, strings.TrimSpace(ev.Entry.Text+" "+ev.Entry.URL))
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "assert" {
			r.complaints = append(r.complaints, "console."+string(ev.Type)+": "+arguments(ev.Args))
		}
	case *runtime.EventExceptionThrown:
		r.complaints = append(r.complaints, exception(ev.ExceptionDetails))
	case *network.EventRequestWillBeSent:
		r.requests = append(r.requests, ev.Request.Method+" "+ev.Request.URL)
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var texts []string
	for _, arg := range args {
		if arg.Description != "" {
			texts = append(texts, arg.Description)
		} else {
			texts = append(texts, string(arg.Value))
		}
	}
	return strings.Join(texts, " ")
}

func exception(d *runtime.ExceptionDetails) string {
	text := d.Text
	if d.Exception != nil {
		text += " " + d.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", text, d.URL, d.LineNumber+1)
}

// unexpected returns the complaints that the test did not announce.
func (r *record) unexpected() []string {
	r.Lock()
	defer r.Unlock()
	return slices.DeleteFunc(slices.Clone(r.complaints), func(complaint string) bool {
		return slices.ContainsFunc(r.allowed, func(part string) bool { return strings.Contains(complaint, part) })
	})
}

// foreign returns the requests that went to an origin which the test did not open.
func (r *record) foreign() []string {
	r.Lock()
	defer r.Unlock()
	return slices.DeleteFunc(slices.Clone(r.requests), func(request string) bool {
		_, address, _ := strings.Cut(request, " ")
		u, err := url.Parse(address)
		if err != nil {
			return false
		}
		onNetwork := u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ws" || u.Scheme == "wss"
		return !onNetwork || slices.Contains(r.origins, u.Host)
	})
}

func (r *record) open(rawURL string) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return // the navigation itself tells
	}
	r.Lock()
	defer r.Unlock()
	r.origins = append(r.origins, u.Host)
}

func (r *record) stay() {
	r.Lock()
	defer r.Unlock()
	r.stays++
}

func (r *record) allow(part string) {
	r.Lock()
	defer r.Unlock()
	r.allowed = append(r.allowed, part)
}
