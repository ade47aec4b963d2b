package e2e_test

import (
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/e2e/browser"
)

// longWait is how long a page may take to get over a fault: it tries again after at most ten seconds.
const longWait = time.Minute

// hearing is a tab of a browser of the candidate's own, whose microphone hears the scale.
func (c *candidate) hearing(s browser.Settings) (*browser.Browser, *browser.Page) {
	c.t.Helper()
	s.Sound = scale(c.t)
	own := browser.Start(c.t, s)
	return own, c.phone(own)
}

// phone is a tab as large as a phone's.
func (c *candidate) phone(own *browser.Browser) *browser.Page {
	c.t.Helper()
	page := own.Tab().Patient(longWait)
	page.Viewport(375, 812)
	page.AllowError("net::ERR_") // faults of the network are what these tests are about
	return page
}

// only is the one take that there is.
func (c *candidate) only() stored {
	c.t.Helper()
	all := c.takes()
	if len(all) != 1 {
		c.t.Fatalf("there are %d takes: %+v", len(all), all)
	}
	return all[0]
}

// costs checks how many takes are counted.
func (c *candidate) costs(want int) {
	c.t.Helper()
	if got := c.counted(); got != want {
		c.t.Errorf("%d takes are counted, want %d", got, want)
	}
}

// slice is what a crash may cost: what the browser had not handed over yet.
const slice = time.Second

func TestCutNetworkLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	take := record(page)
	take.until(2)
	page.Offline(true)
	page.WaitText("Go on: recording continues and will be uploaded later.")
	take.until(6)
	page.Click("Stop recording")
	most := take.most()
	page.WaitText("No connection. Saved on this device, uploaded so far:")
	page.Offline(false)
	phase(page, "ready")
	c.kept(c.only(), 6*time.Second, most)
	c.costs(1)
}

// tunnel is a line to a server that can be held up: what is sent then waits on the way.
type tunnel struct {
	held     sync.RWMutex
	listener net.Listener
	server   string
}

// dig lays a tunnel to whoever listens at server.
func dig(t *testing.T, server string) *tunnel {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	tun := &tunnel{listener: listener, server: server}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go tun.carry(t, conn)
		}
	}()
	return tun
}

func (tun *tunnel) carry(t *testing.T, near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", tun.server)
	if err != nil {
		_ = near.Close()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { tun.pass(far, near) })
	both.Go(func() { tun.pass(near, far) })
	both.Wait()
}

// pass carries bytes in one direction, as long as nobody holds the tunnel.
func (tun *tunnel) pass(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		tun.held.RLock()
		_, failed := to.Write(buffer[:n])
		tun.held.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

func TestStalledLineLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	line := dig(t, c.listen)
	c.link = strings.Replace(c.link, c.listen, line.listener.Addr().String(), 1)
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	take := record(page)
	take.until(2)
	line.held.Lock()
	take.until(6)
	page.Click("Stop recording")
	most := take.most()
	phase(page, "uploading")
	line.held.Unlock()
	phase(page, "ready")
	c.kept(c.only(), 6*time.Second, most)
	c.costs(1)
}

// interrupted records a few seconds, loads the page again, and returns how long the recording can be.
func interrupted(page *browser.Page, seconds int) (most time.Duration) {
	take := record(page)
	take.until(seconds)
	page.Reload()
	most = take.most()
	page.WaitText("Your recording was interrupted")
	return most
}

func TestWhatWasRecordedBeforeAReloadCanBeUsed(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	most := interrupted(page, 5)
	if page.AskedToStay() != 1 {
		t.Error("the page was left in the middle of a recording without a question")
	}
	page.Axe()
	page.Click("Use it")
	phase(page, "ready")
	c.kept(c.only(), 5*time.Second-slice, most)
	c.costs(1)
}

func TestRecordingAgainAfterAReloadCostsNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":1`)
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	interrupted(page, 3)
	page.Click("Record again at no cost")
	phase(page, "armed")
	c.costs(0)
	take := shoot(page)
	take.until(4)
	page.Click("Stop recording")
	most := take.most()
	phase(page, "ready")
	all := c.takes()
	if len(all) != 2 || all[0].state != "failed" || all[0].failure != "interrupted" {
		t.Fatalf("the takes are %+v", all)
	}
	c.kept(all[1], 4*time.Second, most)
	c.costs(1)
}

func TestKillingTheBrowserLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	profile := t.TempDir()
	own, page := c.hearing(browser.Settings{Profile: profile})
	c.begin(page)
	take := record(page)
	take.until(2)
	page.Offline(true) // so that something is in the browser alone
	take.until(5)
	own.Kill()
	most := take.most()

	_, page = c.hearing(browser.Settings{Profile: profile})
	c.comeBack(page)
	page.WaitText("Your recording was interrupted")
	page.Click("Use it")
	phase(page, "ready")
	c.kept(c.only(), 5*time.Second-slice, most)
	c.costs(1)
}

// The server is killed while somebody films themselves.
func TestKillingTheServerWhileRecordingLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	page.Click("Answer later")
	page.WaitText("Question 2 of 3")
	page.Click("Show the question") // this turns the devices on, since it leaves little time to prepare
	phase(page, "armed")
	take := shoot(page)
	take.until(2)
	c.server.kill()
	take.until(5)
	c.start()
	take.until(7)
	page.Click("Stop recording")
	most := take.most()
	phase(page, "ready")
	c.kept(c.only(), 7*time.Second, most)
	c.costs(1)
}

func TestWhatWasFinishedOfflineIsSentOnTheNextVisit(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	own, page := c.hearing(browser.Settings{})
	c.begin(page)
	take := record(page)
	take.until(1)
	page.Offline(true)
	take.until(5)
	page.Click("Stop recording")
	most := take.most()
	phase(page, "uploading")
	page.WaitText("Saved on this device")
	page.Close()

	page = c.phone(own)
	c.comeBack(page)
	phase(page, "ready")
	c.kept(c.only(), 5*time.Second, most)
	c.costs(1)
}

func TestAnotherTabTakesOverAndLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":2`)
	own, first := c.hearing(browser.Settings{})
	c.begin(first)
	take := record(first)
	take.until(3)

	second := c.phone(own)
	c.comeBack(second)
	second.WaitText("The assessment is open elsewhere")
	second.Axe()
	take.until(5)
	second.Click("Continue here")
	second.WaitGone("The assessment is open elsewhere")
	second.WaitText("Question 1 of 3")

	first.Front()
	first.WaitText("The assessment is open elsewhere")
	most := take.most()
	second.Front()
	second.Reload()
	phase(second, "ready")
	c.kept(c.only(), 5*time.Second-slice, most)

	// What is left to do is done here, and cannot be done there.
	second.Click("Send and continue")
	second.WaitText("Question 2 of 3")
}

func TestAnotherDeviceTakesOverAndLosesNothing(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	own, first := c.hearing(browser.Settings{})
	c.begin(first)
	take := record(first)
	take.until(4)

	second := browser.New(t).Patient(longWait)
	c.comeBack(second)
	second.WaitText("The assessment is open elsewhere")
	second.Click("Continue here")
	second.WaitText("Question 1 of 3")
	own.Tab()
	first.Front() // who looks away and comes back is told at once, others within half a minute
	first.WaitText("The assessment is open elsewhere")
	most := take.most()
	second.Open(c.access.URL + "/take/review")
	second.WaitText("Question 1 Answered")
	c.kept(c.only(), 4*time.Second, most)
}

func TestHiddenTabGoesOnRecording(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	own, page := c.hearing(browser.Settings{})
	c.begin(page)
	take := record(page)
	take.until(2)
	other := own.Tab()
	other.Open(c.access.URL + "/healthz")
	if seen := browser.Eval[string](page, "document.visibilityState"); seen != "hidden" {
		t.Fatalf("the tab is %s", seen)
	}
	take.until(6)
	page.Front()
	page.Click("Stop recording")
	most := take.most()
	phase(page, "ready")
	c.kept(c.only(), 6*time.Second, most)
}

func TestTakesAreLimited(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":2`)
	_, page := c.hearing(browser.Settings{})
	c.begin(page)
	for range 2 {
		take := record(page)
		take.until(2)
		page.Click("Stop recording")
		phase(page, "ready")
	}
	page.WaitText("This was the last recording for this question.")
	page.WaitGone("Record again")
	c.costs(2)

	// A page that does not know better is told by the server.
	page.AllowError("409")
	status := browser.Eval[int](page, `fetch("/take/questions/1/takes", {method: "POST", body: '{"mime":"audio/webm;codecs=opus"}',
		headers: {"Content-Type": "application/json", "X-Seat": sessionStorage.getItem("seat")}}).then(answer => answer.status)`)
	if status != http.StatusConflict {
		t.Errorf("asking for a third take answers %d", status)
	}
	c.costs(2)
}

func TestWithoutADeviceThePageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings browser.Settings
		question int
		title    string
	}{
		"permission denied": {
			browser.Settings{Without: []string{"use-fake-ui-for-media-stream"}, Flags: []string{"deny-permission-prompts"}},
			1, "The browser may not use the microphone or camera",
		},
		"no camera": {
			browser.Settings{Flags: []string{"use-fake-device-for-media-stream=device-count=0"}},
			2, "No microphone or camera was found",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := invite(t, "")
			page := c.phone(browser.Start(t, test.settings))
			c.begin(page)
			if test.question == 2 {
				page.Click("Answer later")
				page.WaitText("Question 2 of 3")
				page.Click("Show the question") // this turns the devices on, since it leaves little time to prepare
			} else {
				page.Click("Turn on the microphone")
			}
			page.WaitText(test.title)
			page.Axe()
			page.Click("Try again")
			page.WaitText(test.title)
			if all := c.takes(); len(all) != 0 {
				t.Errorf("takes were opened: %+v", all)
			}
		})
	}
}

func TestSilentTakeIsToldAtOnceAndNotCounted(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":1`)
	page := c.phone(browser.Start(t, browser.Settings{Sound: silence(t)}))
	c.begin(page)
	take := record(page)
	take.until(2)
	page.Click("Stop recording")
	page.WaitText("There is no sound in it.")
	page.Axe()
	if s := c.only(); s.state != "failed" || s.failure != "silent" {
		t.Errorf("the take is %+v", s)
	}
	c.costs(0)
	page.Click("Record again")
	phase(page, "armed")
}

func TestNothingIsRecordedBeforeTheCandidateAgrees(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	page := browser.New(t)
	page.AllowError("Permissions policy violation")
	page.Open(c.link)
	refused := browser.Eval[string](page, `navigator.mediaDevices.getUserMedia({audio: true}).then(() => "", error => error.name)`)
	if refused != "NotAllowedError" {
		t.Errorf("asking for the microphone: %q", refused)
	}
	page.Click("If you do not want to be recorded")
	for _, request := range page.Requests() {
		method, address, _ := strings.Cut(request, " ")
		if method != http.MethodGet || strings.Contains(address, "/take") {
			t.Errorf("before the candidate has agreed, the page asked %s", request)
		}
	}

	files := c.files()
	for _, way := range []struct{ method, path, body string }{
		{http.MethodPost, "/take/start", ""},
		{http.MethodPost, "/take/seat", ""},
		{http.MethodPost, "/take/questions/1/begin", ""},
		{http.MethodPost, "/take/questions/1/plays", ""},
		{http.MethodPost, "/take/questions/1/takes", `{"mime":"audio/webm;codecs=opus"}`},
		{http.MethodPut, "/take/questions/3/text", `{"text":"x","revision":0}`},
		{http.MethodPost, "/take/questions/3/send", ""},
		{http.MethodPost, "/take/evidence", `{"purpose":"screen","mime":"video/webm;codecs=vp9"}`},
		{http.MethodPost, "/take/evidence", `{"purpose":"identity_face","mime":"image/jpeg"}`},
		{http.MethodPost, "/take/signals", `{"now":0,"signals":[{"type":"tab_hidden","at":0,"ms":0,"detail":""}]}`},
		{http.MethodPost, "/take/submit", ""},
	} {
		if status := c.ask(way.method, way.path, way.body); status < http.StatusSeeOther {
			t.Errorf("%s %s answers %d before the candidate has agreed", way.method, way.path, status)
		}
	}
	for _, table := range []string{"recordings", "answers", "plays", "signals", "attempts"} {
		if got := c.count("SELECT COUNT(*) FROM " + table + " WHERE invite_id = ?"); got != 0 {
			t.Errorf("there are %d %s", got, table)
		}
	}
	if got := c.files(); got != files {
		t.Errorf("there were %d files of media and are %d", files, got)
	}
	if got := c.status(); got.Status != "pending" {
		t.Errorf("the invite is %s", got.Status)
	}
}

// files counts the files of media that the server keeps.
func (c *candidate) files() (n int) {
	c.t.Helper()
	err := filepath.WalkDir(filepath.Join(c.dir, "media"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}
