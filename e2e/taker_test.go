package e2e_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"alfaone/e2e/browser"
)

// sampleData is a data directory with the demo's sample organization, made once, and where its mails say that the server is.
var sampleData = sync.OnceValues(func() (sample sampleServer, err error) {
	sample = sampleServer{dir: filepath.Join(filepath.Dir(alfaone), "sample")}
	if sample.listen, err = freePort(); err != nil {
		return sample, err
	}
	var errs bytes.Buffer
	cmd := exec.CommandContext(context.Background(), alfaone, "demo", "--json", "--data-dir", sample.dir, "--listen", sample.listen) //nolint:gosec // our own program
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return sample, err
	}
	if err := cmd.Start(); err != nil {
		return sample, err
	}
	_, err = io.ReadFull(out, make([]byte, 1)) // it has made everything once it says how to get in
	err = errors.Join(err, cmd.Process.Signal(syscall.SIGTERM))
	_, _ = io.Copy(io.Discard, out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return sample, fmt.Errorf("making the sample data: %w\n%s", err, errs.String())
	}
	return sample, nil
})

type sampleServer struct{ dir, listen string }

// freePort is an address of this machine that nobody listens on.
func freePort() (string, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// candidate is somebody who is invited to the sample's short assessment, on a server of their own: one question is answered by
// voice, one on camera, one in writing.
type candidate struct {
	t      *testing.T
	server *program
	access access
	dir    string // the server's data
	listen string // where it listens
	id     string // of the invite
	email  string
	link   string
}

// arrive starts a server with the sample's data; args are further settings.
func arrive(t *testing.T, args ...string) *candidate {
	t.Helper()
	listen, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return arriveAt(t, listen, args...)
}

// arriveAt is arrive for a server that listens at an address.
func arriveAt(t *testing.T, listen string, args ...string) *candidate {
	t.Helper()
	sample, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	c := &candidate{t: t, dir: t.TempDir(), listen: listen}
	if err := os.CopyFS(c.dir, os.DirFS(sample.dir)); err != nil {
		t.Fatal(err)
	}
	c.start(args...)
	return c
}

// invite starts a server and invites a candidate. options are further fields of the invite as JSON, such as `"answerRecordLimit":2`;
// args are further settings of the server.
func invite(t *testing.T, options string, args ...string) *candidate {
	t.Helper()
	c := arrive(t, args...)
	c.summon(c.shortAssessment(), "candidate@example.com", "Ada", options)
	return c
}

// summon invites the candidate, by that address and name.
func (c *candidate) summon(assessment, email, name, options string) {
	c.t.Helper()
	c.email = email
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":%q,"recipientName":%q,
		"proctoringSettings":{"screenRecording":false,"webcamMonitoring":false,"requireIdCapture":false}`, assessment, email, name)
	if options != "" {
		body += "," + options
	}
	status, answer := call(c.t, http.MethodPost, c.access.URL+"/api/v1/invites", c.access.APIKey, body+"}")
	if status != http.StatusCreated {
		c.t.Fatalf("inviting: %d %s", status, answer)
	}
	c.id = decode[struct{ Invite struct{ ID string } }](c.t, answer).Invite.ID
	c.link = c.access.mail(c.t, c.email).inviteLink(c.t)
}

// start starts the server, at the same address as before.
func (c *candidate) start(args ...string) {
	c.t.Helper()
	c.server, c.access = demo(c.t, append([]string{"--data-dir", c.dir, "--listen", c.listen}, args...)...)
}

func (c *candidate) shortAssessment() string {
	c.t.Helper()
	_, answer := call(c.t, http.MethodGet, c.access.URL+"/api/v1/assessments", c.access.APIKey, "")
	for _, a := range decode[struct {
		Assessments []struct{ ID, Name string }
	}](c.t, answer).Assessments {
		if a.Name == "Three Minutes With Us" {
			return a.ID
		}
	}
	c.t.Fatalf("no short assessment in %s", answer)
	return ""
}

// times are the public status of an invite and when it came to that.
type times struct {
	Status                                     string
	SentAt, AcceptedAt, StartedAt, CompletedAt time.Time
}

// status asks the API.
func (c *candidate) status() times {
	c.t.Helper()
	_, answer := call(c.t, http.MethodGet, c.access.URL+"/api/v1/invites/"+c.id, c.access.APIKey, "")
	return decode[times](c.t, answer)
}

// agree opens the link and agrees to take part.
func (c *candidate) agree(page *browser.Page) {
	c.t.Helper()
	page.Open(c.link)
	page.ClickOn("input[name=agree]")
	page.Click("Continue")
	page.WaitText("Your place is reserved")
}

// begin agrees and starts, which leads to the first question.
func (c *candidate) begin(page *browser.Page) {
	c.t.Helper()
	c.agree(page)
	page.Click("Start the assessment")
	page.WaitText("Question 1 of 3")
}

// comeBack opens the link once more, where the browser may have forgotten it.
func (c *candidate) comeBack(page *browser.Page) {
	c.t.Helper()
	page.Open(c.link)
	if strings.Contains(page.URL(), "/c/") {
		page.Click("Continue")
	}
	page.WaitURL("/take")
}

// phase waits until the recorder is there.
func phase(page *browser.Page, name string) {
	page.Text("take-recorder[data-phase=" + name + "]")
}

// arm turns the devices on, for the first take or another.
func arm(page *browser.Page) {
	button := browser.Eval[string](page, `(recorder => recorder.dataset.phase !== "idle" ? "Record again" :
		recorder.getAttribute("kind") === "video" ? "Turn on camera and microphone" : "Turn on the microphone")(document.querySelector("take-recorder"))`)
	page.In("take-recorder").Click(button)
	phase(page, "armed")
}

// recording is what is known, from outside, of a recording in progress.
type recording struct {
	page  *browser.Page
	begun time.Time
}

// record turns the devices on and begins a recording.
func record(page *browser.Page) recording {
	arm(page)
	return shoot(page)
}

// shoot begins a recording with devices that are on.
func shoot(page *browser.Page) recording {
	page.Click("Start recording")
	begun := time.Now()
	phase(page, "recording")
	return recording{page, begun}
}

// until waits until the page says that so many seconds are recorded, or more: nobody can look at it all the time.
func (r recording) until(seconds int) {
	browser.Eval[bool](r.page, fmt.Sprintf(`new Promise((done) => {
		const look = () => {
			const shown = /(\d+):(\d\d) of /.exec(document.body.innerText);
			if (shown && 60 * shown[1] + Number(shown[2]) >= %d) done(true);
			else setTimeout(look, 20);
		};
		look();
	})`, seconds))
}

// most is the longest that the recording can be by now.
func (r recording) most() time.Duration { return time.Since(r.begun) }

// stored is a recording as the server keeps it.
type stored struct {
	id, state, failure string
	number, chunks     int
	duration           time.Duration
}

// query reads the server's database with nothing of ours in between.
func query[T any](c *candidate, sqlText string, scan func(*sql.Rows, *T) error, args ...any) (out []T) {
	c.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "alfaone.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(c.t.Context(), sqlText, args...)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			c.t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		c.t.Fatal(err)
	}
	return out
}

// takes are the recordings of the candidate's answers, in order.
func (c *candidate) takes() []stored {
	c.t.Helper()
	return query(c, `SELECT id, state, failure, number, chunks, duration_ms FROM recordings WHERE invite_id = ? AND purpose = 'answer'
		ORDER BY created_at, number`,
		func(rows *sql.Rows, s *stored) error {
			var ms int64
			err := rows.Scan(&s.id, &s.state, &s.failure, &s.number, &s.chunks, &ms)
			s.duration = time.Duration(ms) * time.Millisecond
			return err
		}, c.id)
}

// count is the number that a query about the invite answers with.
func (c *candidate) count(sqlText string) (n int) {
	c.t.Helper()
	for _, found := range query(c, sqlText, func(rows *sql.Rows, n *int) error { return rows.Scan(n) }, c.id) {
		n += found
	}
	return n
}

// counted tells how many takes the candidate's answers have cost.
func (c *candidate) counted() int {
	c.t.Helper()
	return c.count("SELECT takes FROM answers WHERE invite_id = ?")
}

// media asks for the file of a recording as its candidate may.
func (c *candidate) media(id, byteRange string) (int, []byte) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.mediaURL(id), http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Cookie", c.cookie())
	if byteRange != "" {
		r.Header.Set("Range", byteRange)
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, body
}

func (c *candidate) mediaURL(id string) string {
	return c.access.URL + "/take/recordings/" + id + "/media"
}

// cookie is what the candidate's browser holds.
func (c *candidate) cookie() string { return "alfaone_invite=" + path.Base(c.link) }

// kept checks that a recording can be played and sought in, is as long as it should be, and has in it what was heard, second
// for second.
func (c *candidate) kept(s stored, least, most time.Duration) {
	c.t.Helper()
	if s.state != "ready" {
		c.t.Errorf("take %d is %s (%s)", s.number, s.state, s.failure)
		return
	}
	status, whole := c.media(s.id, "")
	if status != http.StatusOK {
		c.t.Fatalf("the media answers %d: %s", status, whole)
	}
	file := filepath.Join(c.t.TempDir(), "answer")
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		c.t.Fatal(err)
	}
	length := duration(c.t, file)
	if length < least-slack || length > most+slack {
		c.t.Errorf("%s were kept, want %s to %s", length, least, most)
	}
	if difference := (length - s.duration).Abs(); difference > 100*time.Millisecond {
		c.t.Errorf("the file lasts %s, the server says %s", length, s.duration)
	}
	samples := listen(c.t, file)
	unbroken(c.t, samples)
	c.sought(s.id, whole, length/2, samples)
}

// sought checks that players can begin in the middle.
func (c *candidate) sought(id string, whole []byte, middle time.Duration, samples []int16) {
	c.t.Helper()
	half := len(whole) / 2
	if status, part := c.media(id, fmt.Sprintf("bytes=%d-", half)); status != http.StatusPartialContent || !bytes.Equal(part, whole[half:]) {
		c.t.Errorf("asked for the second half, the media answers %d and %d bytes", status, len(part))
	}
	from := int(middle * heardAt / time.Second)
	want := toneOf(samples[from : from+heardAt/4])
	sought := listen(c.t, c.mediaURL(id), "-headers", "Cookie: "+c.cookie()+"\r\n", "-ss", fmt.Sprint(middle.Seconds()))
	if got := toneOf(sought[:heardAt/4]); got != want && want >= 0 {
		c.t.Errorf("in the middle second %d is heard, want %d", got, want)
	}
}

// duration asks ffprobe.
func duration(t *testing.T, file string) time.Duration {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, "ffprobe"), "-v", "error", "-show_entries", "format=duration", "-of", "json", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probe struct {
		Format struct{ Duration json.Number }
	}
	if err := json.Unmarshal(out, &probe); err != nil {
		t.Fatal(err)
	}
	seconds, err := probe.Format.Duration.Float64()
	if err != nil {
		t.Fatalf("no duration in %s", out)
	}
	return time.Duration(seconds * float64(time.Second))
}

// tool finds a program that the test needs. Without it the test is skipped, or fails when CI=true.
func tool(t *testing.T, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return found
}

// ask sends a request as a script of the candidate's page would, and returns the status of the answer. The headers are pairs
// of a name and a value.
func (c *candidate) ask(method, path, body string, headers ...string) int {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.access.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Cookie", c.cookie())
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Seat", "a-tab")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}
