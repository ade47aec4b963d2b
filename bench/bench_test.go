package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

// TestMain lets the tests' own program be started again as the limit.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == limitCommand {
		exit(serveLimit(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func TestSmokeTestMeasuresEverything(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds and starts the program")
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-quick"}, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"P5  alfaone serve", "first 200 of /readyz", "P1  GET /assessments: 20 of 40", "P2  GET /invites: page 1", "middle page", "last page",
		"sort=status", "status=expired", "P4  POST /invites, 1 connection\n", "P4  POST /invites, 64 connections", "P6  PUT …/chunks: 20 MB", "above idle",
		"GET …/media: 1 MB", nameFiles, nameNoKey, nameDelivers, "P7  GET /invites/{id}", "P7  GET /grading/{id}/questions/1", "results.csv: 200 invites",
		"results.xlsx: 200 invites", "P3  growth on SQLite", "| middle page |", "| status=expired |", "page 1 costs the middle page with the most",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing about %q in:\n%s", want, out.String())
		}
	}
	if os.Getenv(postgresVariable) != "" {
		for _, want := range []string{"P3  growth on PostgreSQL", "P4  POST /invites, PostgreSQL, 64 connections", "P8  two processes on one database", "0 doubled"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("nothing about %q in:\n%s", want, out.String())
			}
		}
	}
	if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), " 0/s") {
		t.Errorf("something was not measured:\n%s", out.String())
	}
}

func TestOptionsThatCannotBeMeasuredAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-invites=4010", "-assessments=10", "-assessments=200 -invites=2000", "-rounds=0", "-nonsense", "-parts=nothing", "-steps=9"} {
		if _, err := parse(strings.Fields(args), io.Discard); err == nil {
			t.Errorf("%s is taken", args)
		}
	}
	if _, err := parse(nil, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestDifferentAnswersAreNoticed(t *testing.T) {
	t.Parallel()
	page := strings.Repeat(`{"id":"x"}`, pageSize)
	one, same, other, empty := answering(t, page), answering(t, page), answering(t, page+" "), answering(t, "")
	b := &bench{}
	if err := b.sameBytes(t.Context(), one, same, "/"); err != nil {
		t.Error(err)
	}
	if b.sameBytes(t.Context(), one, other, "/") == nil {
		t.Error("another byte is not noticed")
	}
	if b.sameBytes(t.Context(), empty, empty, "/") == nil {
		t.Error("two empty answers pass for a page")
	}
}

func answering(t *testing.T, body string) *process {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	t.Cleanup(server.Close)
	return &process{name: "server", url: server.URL, cmd: nobody(t)}
}

// nobody is a command whose process is this one, for servers that run in it.
func nobody(t *testing.T) *exec.Cmd {
	t.Helper()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Process: self}
}

func TestLoadCountsAnswersAndRefusesOthers(t *testing.T) {
	t.Parallel()
	p := answering(t, strings.Repeat("x", 3000))
	c := getter("server", p, "/")
	turn, err := c.load(t.Context(), 2, 20*time.Millisecond)
	if err != nil || turn.rate <= 0 || turn.p50 <= 0 || turn.p99 < turn.p50 {
		t.Errorf("%+v, %v", turn, err)
	}
	c.status = http.StatusCreated
	if _, err := c.load(t.Context(), 2, 20*time.Millisecond); err == nil || !strings.Contains(err.Error(), "status 200 instead of 201: xxx") {
		t.Errorf("%v, want that the status is refused", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.load(ended, 1, time.Minute); err == nil {
		t.Error("a run that was called off goes on")
	}
}

func TestAnswersAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	in := bufio.NewReader(strings.NewReader("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" +
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Other: y\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
		"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" +
		"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"))
	for i := range 3 {
		if err := readAnswer(in, http.StatusOK); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
	if err := readAnswer(in, http.StatusOK); err == nil {
		t.Error("an answer without a length is taken")
	}
}

func TestTargetsAreJudged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		goal goal
		want string
	}{
		{goal{what: "of it", got: 0.6, unit: percent, target: 0.6}, "60 % of it (target ≥ 60 %): met"},
		{goal{what: "of it", got: 0.59, unit: percent, target: 0.6}, "59 % of it (target ≥ 60 %): missed"},
		{goal{what: "more", got: 2.1, unit: times, target: 2, atMost: true}, "2.1 × more (target ≤ 2.0 ×): missed"},
		{goal{what: "to start", got: 36, unit: milliseconds, target: 300, atMost: true}, "36 ms to start (target ≤ 300 ms): met"},
		{goal{what: "more", got: 2, unit: times}, "2.0 × more"},
	}
	for _, test := range tests {
		if got := test.goal.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestMedianIsTheMiddleTurn(t *testing.T) {
	t.Parallel()
	turns := []turn{{rate: 3}, {rate: 1}, {rate: 2}}
	if got := median(turns, func(t turn) float64 { return t.rate }); got != 2 {
		t.Errorf("median %v, want 2", got)
	}
}

func TestSeededInvitesHaveEveryStatusAndStayAsTheyAre(t *testing.T) {
	t.Parallel()
	now := time.Now()
	seen := map[assess.InviteStatus]bool{}
	for i := range 400 {
		inv := newInvite(assess.Assessment{}, i, i/20, 400, now)
		seen[inv.Stored] = true
		if today, tomorrow := inv.StatusAt(now), inv.StatusAt(now.Add(time.Hour)); today != inv.Stored || tomorrow != inv.Stored {
			t.Errorf("an invite that is stored as %s is %s, and %s an hour later", inv.Stored, today, tomorrow)
		}
	}
	if len(seen) != len(assess.InviteStatuses()) {
		t.Errorf("statuses %v, want every one", seen)
	}
}
