package e2e_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/e2e/browser"
)

// line is a bad line between a browser and the server: slices go wrong on it.
type line struct {
	*httptest.Server
	sync.Mutex
	tries map[string]int                                                         // by the path of a slice
	fault func(try int, w http.ResponseWriter, r *http.Request, on http.Handler) // what happens to a slice
}

// badLine lays a line to the candidate's server. A slice is given to fault, with the number of times it was tried before.
func badLine(t *testing.T, c *candidate, fault func(try int, w http.ResponseWriter, r *http.Request, on http.Handler)) *line {
	t.Helper()
	server, err := url.Parse(c.access.URL)
	if err != nil {
		t.Fatal(err)
	}
	on := httputil.NewSingleHostReverseProxy(server)
	l := &line{tries: map[string]int{}, fault: fault}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			on.ServeHTTP(w, r)
			return
		}
		l.Lock()
		try := l.tries[r.URL.Path]
		l.tries[r.URL.Path]++
		l.Unlock()
		l.fault(try, w, r, on)
	}))
	t.Cleanup(l.Close)
	c.link = strings.Replace(c.link, c.access.URL, l.URL, 1)
	return l
}

// hangUp breaks the connection.
func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func TestEachSliceArrivesWhateverHappensToItOnTheWay(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	faults := []func(http.ResponseWriter, *http.Request, http.Handler){
		func(w http.ResponseWriter, r *http.Request, on http.Handler) { // stored, but nobody hears of it
			on.ServeHTTP(httptest.NewRecorder(), r)
			hangUp(w)
		},
		func(w http.ResponseWriter, r *http.Request, _ http.Handler) { // half of it is lost
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			hangUp(w)
		},
		func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { // too much at once
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		func(w http.ResponseWriter, r *http.Request, on http.Handler) { // spoilt
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", int(r.ContentLength))))
			on.ServeHTTP(w, r)
		},
	}
	l := badLine(t, c, func(try int, w http.ResponseWriter, r *http.Request, on http.Handler) {
		number := strings.TrimPrefix(r.URL.Path[strings.LastIndex(r.URL.Path, "/"):], "/")
		if try > 0 || number == "" {
			on.ServeHTTP(w, r)
			return
		}
		faults[int(number[len(number)-1]-'0')%len(faults)](w, r, on)
	})

	page := browser.Start(t, browser.Settings{Sound: scale(t)}).Tab().Patient(time.Minute)
	page.AllowError("/chunks/")
	c.begin(page)
	take := record(page)
	take.until(6)
	page.Click("Stop recording")
	most := take.most()
	phase(page, "ready")

	all := c.takes()
	if len(all) != 1 {
		t.Fatalf("there are %d takes", len(all))
	}
	c.kept(all[0], 5*time.Second, most)
	l.Lock()
	defer l.Unlock()
	if len(l.tries) != all[0].chunks {
		t.Errorf("%d slices were sent, the server has %d", len(l.tries), all[0].chunks)
	}
	for path, tries := range l.tries {
		if tries != 2 {
			t.Errorf("%s was sent %d times, want 2", path, tries)
		}
	}
}

func TestWhatTheBrowserCannotStoreIsKeptInThePage(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]int{"from the beginning": 0, "in the middle": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := invite(t, "")
			page := browser.Start(t, browser.Settings{Sound: scale(t)}).Tab().Patient(time.Minute)
			page.AllowError("ERR_INTERNET_DISCONNECTED")
			c.begin(page)
			browser.Eval[bool](page, fmt.Sprintf(`{
				const { put } = IDBObjectStore.prototype;
				let left = %d;
				IDBObjectStore.prototype.put = function (...row) {
					if (left-- <= 0) throw new DOMException("full", "QuotaExceededError");
					return put.apply(this, row);
				};
				true;
			}`, writes))
			take := record(page)
			take.until(1)
			page.Offline(true)
			take.until(6)
			page.WaitText("Please leave the page open until all is uploaded.")
			page.Click("Stop recording")
			most := take.most()
			page.WaitText("No connection. Please leave this page open.")
			page.Axe()
			page.Offline(false)
			phase(page, "ready")
			c.kept(c.takes()[0], 5*time.Second, most)
		})
	}
}

func TestADeviceThatGoesAwayCostsNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":1`)
	page := browser.Start(t, browser.Settings{Sound: scale(t)}).Tab().Patient(time.Minute)
	c.begin(page)
	unplug := func() {
		browser.Eval[bool](page, `unplugged.getTracks()[0].dispatchEvent(new Event("ended"))`)
	}
	browser.Eval[bool](page, `{
		const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = async (wish) => (window.unplugged = await ask(wish));
		true;
	}`)

	first := record(page)
	first.until(2)
	unplug()
	page.WaitText("Your recording was interrupted")
	page.Axe()
	page.Click("Record again at no cost")
	phase(page, "armed")
	if n := c.counted(); n != 0 {
		t.Errorf("%d takes are counted", n)
	}

	page.Click("Start recording")
	phase(page, "recording")
	second := recording{page, time.Now()}
	second.until(3)
	unplug()
	most := second.most() + slack
	page.Click("Use it")
	phase(page, "ready")
	all := c.takes()
	if len(all) != 2 || all[0].failure != "interrupted" {
		t.Fatalf("the takes are %+v", all)
	}
	c.kept(all[1], 2*time.Second, most)
	if n := c.counted(); n != 1 {
		t.Errorf("%d takes are counted, want the one that is used", n)
	}
}

// spoil sends something else as a slice of a recording, before the page that records it can.
func (c *candidate) spoil(id string, number int) {
	c.t.Helper()
	body := "not what was recorded"
	sum := sha256.Sum256([]byte(body))
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	if status := c.ask(http.MethodPut, fmt.Sprintf("/take/recordings/%s/chunks/%d", id, number), body, "Content-Digest", digest); status != http.StatusNoContent {
		c.t.Fatalf("the other slice is answered with status %d", status)
	}
}

// arrived counts the slices that the server has of a recording.
func (c *candidate) arrived(id string) int {
	c.t.Helper()
	return query(c, "SELECT count(*) FROM recording_chunks WHERE recording_id = ?", func(rows *sql.Rows, n *int) error { return rows.Scan(n) }, id)[0]
}

func TestWhatTheServerRefusesCanBeSavedAsAFile(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	page := browser.New(t).Patient(time.Minute)
	page.AllowError("409")
	c.begin(page)
	take := record(page)
	take.until(2)
	c.spoil(c.takes()[0].id, 6)
	phase(page, "failed")
	page.WaitText("A recording could not be uploaded")
	page.Axe()

	browser.Eval[bool](page, `{
		const make = URL.createObjectURL;
		URL.createObjectURL = (file) => ((window.saved = file), make(file));
		true;
	}`)
	page.Click("Save as a file")
	head, body, _ := strings.Cut(browser.Eval[string](page, `new Promise((done) => {
		const look = () => (window.saved ? window.saved.arrayBuffer().then((all) => done(new TextDecoder("latin1").decode(all))) : setTimeout(look, 20));
		look();
	})`), "\n")
	var file struct {
		Recordings []struct {
			ID     string
			Chunks int
			Bytes  int
			Slices []struct{ Number, Bytes int }
		}
	}
	if err := json.Unmarshal([]byte(head), &file); err != nil || len(file.Recordings) != 1 {
		t.Fatalf("the file begins with %s: %v", head, err)
	}
	saved := file.Recordings[0]
	id := c.takes()[0].id
	bytes := 0
	for i, slice := range saved.Slices {
		bytes += slice.Bytes
		if want := saved.Chunks - len(saved.Slices) + i; slice.Number != want {
			t.Errorf("slice %d of the file is number %d, want %d", i, slice.Number, want)
		}
	}
	if arrived := c.arrived(id); saved.ID != id || len(saved.Slices) == 0 || saved.Chunks-len(saved.Slices) > arrived {
		t.Errorf("the file has %+v, the server has the first %d slices of %s", saved, arrived, id)
	}
	if got := len([]rune(body)); got != bytes { // a rune a byte, in Latin-1
		t.Errorf("the file holds %d bytes of slices, want %d", got, bytes)
	}
}

func TestACutTakeIsStillThereWhenTheServerCannotBeToldToForgetIt(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	page := browser.Start(t, browser.Settings{Sound: scale(t)}).Tab().Patient(time.Minute)
	page.AllowError("ERR_INTERNET_DISCONNECTED")
	c.begin(page)
	take := record(page)
	take.until(4)
	page.Reload()
	most := take.most()
	phase(page, "cut")
	page.Offline(true)
	page.Click("Record again at no cost")
	page.WaitText("There is no connection")
	page.Offline(false)
	page.Click("Use it")
	phase(page, "ready")
	c.kept(c.takes()[0], 3*time.Second-slack, most)
}

func TestTheRecorderSaysWhenItHearsNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	page := browser.Start(t, browser.Settings{Sound: silence(t)}).Tab().Patient(time.Minute)
	c.begin(page)
	arm(page)
	page.WaitText("We hear nothing.")
	page.Axe()
}
