package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that was started for the run.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string // the file that it writes to
	url   string
	token string // what it says callers should send; empty when it says nothing
	ended chan error
}

const (
	startTimeout = 2 * time.Minute // PocketBase copies its rows first
	stopTimeout  = 15 * time.Second
)

// launch starts a server and does not wait for it.
func (b *bench) launch(ctx context.Context, name, program string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(b.dir, name+".log"), ended: make(chan error, 1)}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	p.cmd = exec.CommandContext(ctx, program, args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopTimeout
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	b.running = append(b.running, p)
	return p, nil
}

// start starts a server and waits until it says where it serves.
func (b *bench) start(ctx context.Context, name, program string, args ...string) (*process, error) {
	p, err := b.launch(ctx, name, program, args...)
	if err != nil {
		return nil, err
	}
	if err := p.await(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// startProgram starts the program where its rows are.
func (b *bench) startProgram(ctx context.Context, name string, h home, args ...string) (*process, error) {
	return b.start(ctx, name, b.binary, slices.Concat([]string{"serve", "--listen", "127.0.0.1:0"}, h.flags(), args)...)
}

// startLimit starts this program again, as the limit.
func (b *bench) startLimit(ctx context.Context, name string, h home, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return b.start(ctx, name, self, append([]string{limitCommand, "-data-dir", h.dir, "-database-url", h.url}, args...)...)
}

var servingLine = regexp.MustCompile(`msg=serving url=(\S+) (?:token=(\S+) )?`)

// await waits for the line that says where the process serves.
func (p *process) await() error {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		said, err := os.ReadFile(p.log)
		if err != nil {
			return err
		}
		if found := servingLine.FindSubmatch(said); found != nil {
			p.url, p.token = string(found[1]), string(found[2])
			return nil
		}
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("ended: %w\n%s", err, bytes.TrimSpace(said))
		default:
		}
	}
	return fmt.Errorf("does not serve after %s", startTimeout)
}

// stopAll ends what was started.
func (b *bench) stopAll() {
	for _, p := range b.running {
		p.stop()
	}
	b.running = nil
}

// stop ends the process; it may have ended already.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		p.ended <- err
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		p.ended <- <-p.ended
	}
}

// address is the host and port.
func (p *process) address() string {
	u, err := url.Parse(p.url)
	if err != nil {
		return p.url
	}
	return u.Host
}

// cpu is the processor time that the process has used; 0 where the system does not tell.
func (p *process) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // the name before may hold anything
	const user, system = 11, 12                                               // proc_pid_stat(5), counted from the state
	if len(fields) <= system {
		return 0
	}
	u, _ := strconv.Atoi(fields[user])
	s, _ := strconv.Atoi(fields[system])
	return time.Duration(u+s) * (time.Second / clockTicks)
}

// clockTicks a second is what Linux counts processor time in, on every architecture that Go knows.
const clockTicks = 100

// memory is how many bytes of the process are in memory; ok is false where the system does not tell.
func (p *process) memory() (bytes int64, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kilobytes, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kilobytes << 10, err == nil
		}
	}
	return 0, false
}

// do sends one request and returns the body of the answer.
func (p *process) do(ctx context.Context, method, path, body string, header http.Header, status int) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	resp, err := (&http.Client{Timeout: 30 * time.Second}).Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != status {
		err = fmt.Errorf("%s: %s %s: %s\n%s", p.name, method, path, resp.Status, answer)
	}
	return answer, err
}
