// Package e2e uses the real program as its users do: as a process, over HTTP, in a browser.
package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"alfaone/e2e/browser"
)

// alfaone is the program under test, built once. A process cannot be passed to tests as an argument; TestMain owns it.
var alfaone string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "alfaone-e2e-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	alfaone = filepath.Join(dir, "alfaone")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", alfaone, "../cmd/alfaone")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return browser.Run(m)
}

// program is a running server.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	log    *lockedBuffer
	url    string
	ended  chan error
}

// lockedBuffer keeps what the program writes, also while it is being read.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// startTimeout bounds how long the program may take until it serves.
const startTimeout = 2 * time.Minute

// start runs the program, on a free port unless args say where, and waits until it serves.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	p, err := launch(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var servingLine = regexp.MustCompile(`msg=serving url=(\S+) `)

func launch(t *testing.T, args ...string) (*program, error) {
	t.Helper()
	p := &program{t: t, log: &lockedBuffer{}, ended: make(chan error, 1)}
	if !slices.Contains(args, "--listen") {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	p.cmd = exec.CommandContext(t.Context(), alfaone, args...) //nolint:gosec // our own program
	p.cmd.Stderr = p.log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = startTimeout
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdout = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the program's log:\n%s", p.log)
		}
	})
	return p, p.await()
}

// await waits for the line that says where the program serves.
func (p *program) await() error {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if found := servingLine.FindStringSubmatch(p.log.String()); found != nil {
			p.url = found[1]
			return nil
		}
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("the program ended: %w\n%s", err, p.log)
		default:
		}
	}
	return fmt.Errorf("the program does not serve:\n%s", p.log)
}

// kill ends the program as a power cut would, if it still runs.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	err := <-p.ended
	p.ended <- err
}

// stop asks the program to end and returns how it did.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := <-p.ended
	p.ended <- err
	return err
}

// operate runs a command of the program that ends by itself.
func operate(t *testing.T, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), alfaone, args...) //nolint:gosec // our own program
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("alfaone %s: %v\n%s%s", strings.Join(args, " "), err, out, errs.String())
	}
	return string(out)
}

// access is what the demo says with --json.
type access struct {
	URL, OwnerEmail, OwnerPassword, APIKey, TestAPIKey, AssessmentID, MailboxURL string
}

// demo starts the demo.
func demo(t *testing.T, args ...string) (*program, access) {
	t.Helper()
	p := start(t, append([]string{"demo", "--json"}, args...)...)
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var a access
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return p, a
}

// request calls the API with a key and returns status and body.
func request(ctx context.Context, method, url, key, body string, header ...string) (int, string, error) {
	resp, answer, err := exchange(ctx, method, url, key, body, header...) //nolint:bodyclose // exchange has
	if err != nil {
		return 0, "", err
	}
	return resp.StatusCode, answer, nil
}

// exchange is request with all that was answered.
func exchange(ctx context.Context, method, url, key, body string, header ...string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("X-Api-Key", key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		return nil, "", err
	}
	answer, err := io.ReadAll(resp.Body)
	return resp, string(answer), errors.Join(err, resp.Body.Close())
}

// call is request for a test that expects an answer; one of the API must be as the OpenAPI document says.
func call(t *testing.T, method, url, key, body string) (int, string) {
	t.Helper()
	resp, answer, err := exchange(t.Context(), method, url, key, body) //nolint:bodyclose // as above
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(resp.Request.URL.Path, "/api/v1/") {
		documented(t, resp, answer)
	}
	return resp.StatusCode, answer
}

// decode reads a JSON answer.
func decode[T any](t *testing.T, body string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// letter is a mail in the mailbox.
type letter struct {
	ID, To, From, Subject, Text, HTML string
	SentAt                            time.Time
}

// mail waits for the newest mail to an address.
func (a access) mail(t *testing.T, to string) letter {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		_, body := call(t, http.MethodGet, a.MailboxURL+".json", "", "")
		for _, l := range decode[[]letter](t, body) {
			if l.To == to {
				return l
			}
		}
	}
	t.Fatalf("no mail to %s arrived", to)
	return letter{}
}

// inviteLink finds the candidate's link in a mail.
func (l letter) inviteLink(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`http://\S+/c/[A-Za-z0-9_-]{43}`).FindString(l.Text)
	if found == "" {
		t.Fatalf("no link in: %s", l.Text)
	}
	return found
}
