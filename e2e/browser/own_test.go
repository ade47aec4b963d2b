package browser_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"alfaone/e2e/browser"
)

// What a page has written down is there after the browser was killed, if it is started with the same profile.
func TestAProfileOutlivesItsBrowser(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Page</title><link rel=icon href=data:,><h1>Page</h1>"))
	}))
	defer server.Close()
	profile := t.TempDir()
	first := browser.Start(t, browser.Settings{Profile: profile, Flags: []string{"lang=de"}})
	page := first.Tab()
	page.Open(server.URL)
	browser.Eval[bool](page, `new Promise(done => {
		const open = indexedDB.open("kept");
		open.onupgradeneeded = () => open.result.createObjectStore("words");
		open.onsuccess = () => {
			const write = open.result.transaction("words", "readwrite", { durability: "strict" });
			write.objectStore("words").put("still here", 1);
			write.oncomplete = () => done(true);
		};
	})`)
	first.Kill()

	page = browser.Start(t, browser.Settings{Profile: profile}).Tab()
	page.Open(server.URL)
	got := browser.Eval[string](page, `new Promise(done => {
		const open = indexedDB.open("kept");
		open.onsuccess = () => {
			const read = open.result.transaction("words").objectStore("words").get(1);
			read.onsuccess = () => done(read.result);
		};
	})`)
	if got != "still here" {
		t.Errorf("after the crash there is %q", got)
	}
}

func TestATabHidesTheOneBehindIt(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": "<!doctype html><title>Page</title>"})
	own := browser.Start(t, browser.Settings{})
	first := own.Tab()
	first.Open(site)
	second := own.Tab()
	second.Open(site)
	if got := browser.Eval[string](first, "document.visibilityState"); got != "hidden" {
		t.Errorf("behind another tab the first is %s", got)
	}
	first.Front()
	if got := browser.Eval[string](first, "document.visibilityState"); got != "visible" {
		t.Errorf("in front the first tab is %s", got)
	}
	second.Close()
}

func TestAPageThatAsksIsLeft(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": `<!doctype html><html lang="en"><title>Page</title><button>Press</button>
		<script>onbeforeunload = e => e.preventDefault()</script>`}))
	p.Click("Press")
	p.Reload()
	p.WaitText("Press")
	if got := p.AskedToStay(); got != 1 {
		t.Errorf("the page asked %d times", got)
	}
}
