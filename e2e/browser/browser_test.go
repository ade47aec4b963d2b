package browser_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"alfaone/e2e/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Run(m)) }

const form = `<!doctype html><html lang="en"><title>Sample</title>
<style>
	body { background: #fff; color: #000 } @media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }
	#narrow { display: none } @media (max-width: 400px) { #narrow { display: block } }
</style>
<main>
<h1>Sample   page</h1>
<form action="/sent">
	<label>Name <input name="name" value="old"></label>
	<label for="day">Day</label> <input id="day" type="date" name="day">
	<label>Tongue <select name="tongue"><option value="en">English</option><option value="de">German</option></select></label>
	<label><input type="checkbox" name="agree" value="yes"> I agree</label>
	<label>List <input type="file" name="list"></label>
	<button>Send</button> <button disabled>Send later</button>
</form>
<p id="narrow">Narrow</p>
<button id="one">Open</button> <section><button id="two">Open</button></section>
<button onclick="document.querySelector('dialog').showModal()">Delete</button>
<dialog aria-label="Sure?"><p>Sure?</p><button onclick="this.closest('dialog').close()">Keep</button></dialog>
<output></output>
</main>
<script>
	document.querySelectorAll("#one, #two").forEach(b => b.onclick = e => document.querySelector("output").textContent = e.target.id + " trusted " + e.isTrusted);
	document.querySelector("[type=file]").onchange = e => document.querySelector("output").textContent = e.target.files[0].name;
	document.onkeydown = e => { if (e.ctrlKey) document.querySelector("output").textContent = "Control and " + e.key };
</script>`

func TestPageIsUsedLikeAPersonDoes(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form, "/sent": "<!doctype html><title>Sent</title>Thank you"}))

	if got := p.Text("h1"); got != "Sample page" {
		t.Errorf("heading %q", got)
	}
	p.Fill("Name", "Ada Łovelace")
	p.Fill("Day", "2026-03-01")
	p.Fill("Tongue", "German")
	p.Click("I agree")
	if got := p.Value("I agree"); got != "true" {
		t.Errorf("the box is %q", got)
	}
	p.Click("Send")
	p.WaitURL("/sent")
	p.WaitText("Thank you")
	if got, want := p.URL(), "name=Ada+%C5%81ovelace&day=2026-03-01&tongue=de&agree=yes&list="; !strings.HasSuffix(got, want) {
		t.Errorf("sent %s, want ...%s", got, want)
	}
}

func TestControlsAreFoundInPartOfAPage(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	p.In("section").Click("Open")
	p.WaitText("two trusted true")
	p.ClickOn("#one")
	p.WaitText("one trusted true")
}

func TestModalDialogHidesWhatIsBehind(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	p.Click("Delete")
	p.WaitText("Sure?")
	p.WaitGone("Sample page")
	p.Click("Keep")
	p.WaitText("Sample page")
}

func TestKeysReachThePage(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	p.Press("Control+k")
	p.WaitText("Control and k")
	p.Press("Tab", "x", "y")
	if got := p.Value("Name"); got != "xy" {
		t.Errorf("typed %q", got)
	}
}

func TestAKeyThatThePageTakesTypesNothing(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": `<!doctype html><html lang="en"><title>Keys</title><label>Name <input></label><script>
		addEventListener("keydown", (event) => {
			if (event.key !== "n") return;
			event.preventDefault();
			document.querySelector("input").focus();
		});
	</script>`}))
	p.Press("n", "x", "y")
	if got := p.Value("Name"); got != "xy" {
		t.Errorf("typed %q", got)
	}
}

func TestFileIsUploaded(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Upload("List", file)
	p.WaitText("people.csv")
}

func TestScreenshotShowsWidthAndScheme(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	file, err := os.Open(p.Screenshot("sample", 390, true))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := picture.At(1, 1).RGBA(); picture.Bounds().Dx() != 390 || r != 0 {
		t.Errorf("width %d, red %d of the corner; want 390, 0", picture.Bounds().Dx(), r)
	}
	p.WaitText("Narrow")
}

func TestTwoTestsShareNoCookies(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": "<!doctype html><title>Cookies</title>"})
	one, other := browser.New(t), browser.New(t)
	one.Open(site)
	other.Open(site)
	browser.Eval[string](one, `document.cookie = "who=one"`)
	if got := browser.Eval[string](other, "document.cookie"); got != "" {
		t.Errorf("the other page sees the cookie %q", got)
	}
}

func TestFakeCameraAndMicrophoneRecord(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": "<!doctype html><title>Camera</title>"}))
	size := browser.Eval[int](p, `navigator.mediaDevices.getUserMedia({audio: true, video: true}).then(stream => new Promise(done => {
		const recorder = new MediaRecorder(stream);
		recorder.ondataavailable = e => { if (e.data.size) { recorder.stop(); done(e.data.size) } };
		recorder.start(200);
	}))`)
	if size == 0 {
		t.Error("recorded nothing")
	}
}

func TestOfflinePageCannotFetch(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.Open(serve(t, map[string]string{"/": "<!doctype html><title>Offline</title>"}))
	const fetched = `fetch("/").then(() => true, () => false)`
	p.Offline(true)
	if browser.Eval[bool](p, fetched) {
		t.Error("fetched while offline")
	}
	p.Offline(false)
	if !browser.Eval[bool](p, fetched) {
		t.Error("not fetched while on line again")
	}
}

func TestServerIsAskedForTheLanguage(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<!doctype html><title>x</title><link rel=icon href=data:,>%s", r.Header.Get("Accept-Language"))
	}))
	t.Cleanup(site.Close)
	p := browser.New(t)
	p.Languages("de, en;q=0.8")
	p.Open(site.URL)
	p.WaitText("de, en;q=0.8")
}

func TestAccessiblePagePasses(t *testing.T) {
	t.Parallel()
	p := browser.New(t)
	p.Open(serve(t, map[string]string{"/": form}))
	p.Axe()
}

// badPages are pages that must fail a test, with a part of the message they must fail with.
var badPages = map[string]struct{ page, want string }{
	"error on the console":    {`<script>console.error("wrong turn")</script>`, "console.error: \"wrong turn\""},
	"uncaught exception":      {`<script>throw new Error("no such thing")</script>`, "Error: no such thing"},
	"rejected promise":        {`<script>Promise.reject(new Error("late"))</script>`, "Error: late"},
	"security policy":         {`<script nonce="wrong">1</script>`, "Content Security Policy"},
	"request elsewhere":       {`<img alt="" src="http://localhost:1/x.png">`, "another origin: GET http://localhost:1/x.png"},
	"missing file":            {`<img alt="" src="/missing.png">`, "404"},
	"image without a text":    {`<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`, "image-alt"},
	"target too small":        {`<button style="all:unset;width:9px;height:9px">a</button><button style="all:unset;width:9px;height:9px">b</button>`, "target-size"},
	"text too faint":          {`<p style="color:#ccc;background:#fff">faint</p>`, "color-contrast"},
	"text that never comes":   {`<p>something else</p>`, "the page shows: Bad something else"},
	"two controls of a name":  {`<button>Go</button><button>Go</button>`, "2 of these fit"},
	"control under another":   {`<button>Go</button><div style="position:fixed;inset:0"></div>`, "covered by <div"},
	"control that is greyed":  {`<button disabled>Go</button>`, "disabled"},
	"control nobody can see":  {`<button style="visibility:hidden">Go</button>`, "0 of these fit"},
	"control that is no more": {`<button inert>Go</button>`, "0 of these fit"},
}

// The test binary runs itself over the bad pages, because only a whole run shows that a test fails in the end.
func TestBadPageFailsItsTest(t *testing.T) {
	t.Parallel()
	browser.New(t) // skips where there is no browser
	out, _ := rerun(t, "TestVisitBadPages", "VISIT_BAD_PAGES=1")
	for name, bad := range badPages {
		_, visit, _ := strings.Cut(out, "=== RUN   TestVisitBadPages/"+strings.ReplaceAll(name, " ", "_")+"\n")
		visit, _, _ = strings.Cut(visit, "=== RUN ")
		if !strings.Contains(visit, bad.want) {
			t.Errorf("%s: want a failure that says %q, got:\n%s", name, bad.want, visit)
		}
	}
	if passed := strings.Count(out, "    --- PASS: TestVisitBadPages"); passed > 0 {
		t.Errorf("%d bad pages passed", passed)
	}
}

// TestVisitBadPages is run by TestBadPageFailsItsTest alone; each of its parts fails.
func TestVisitBadPages(t *testing.T) {
	if os.Getenv("VISIT_BAD_PAGES") == "" {
		t.Skip("run by TestBadPageFailsItsTest")
	}
	for name, bad := range badPages {
		t.Run(name, func(t *testing.T) {
			p := browser.New(t)
			p.Open(serve(t, map[string]string{"/": `<!doctype html><html lang="en"><title>Bad</title><main><h1>Bad</h1>` + bad.page + `</main>`}))
			switch {
			case strings.Contains(bad.page, "Go"):
				p.Impatient()
				p.Click("Go")
			case strings.Contains(bad.page, "something else"):
				p.WaitText("something")
				p.Impatient()
				p.WaitText("never")
			default:
				p.Axe()
			}
		})
	}
}

func TestMissingBrowserSkipsButFailsInCI(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ ci, want string }{
		"on a desk": {ci: "", want: "--- SKIP"},
		"in CI":     {ci: "true", want: "--- FAIL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := rerun(t, "TestAccessiblePagePasses", "PATH=", "CI="+test.ci)
			if !strings.Contains(out, test.want) || !strings.Contains(out, "no browser") {
				t.Errorf("want %q and why, got %v:\n%s", test.want, err, out)
			}
		})
	}
}

func rerun(t *testing.T, test string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// serve serves pages by path under a content security policy, and returns the URL of "/".
func serve(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src * data:; form-action 'self'; connect-src 'self'; media-src blob:")
		if strings.Contains(page, "nonce") {
			w.Header().Set("Content-Security-Policy", "script-src 'nonce-right'")
		}
		fmt.Fprint(w, strings.Replace(page, "</title>", "</title><link rel=icon href=data:,>", 1))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
