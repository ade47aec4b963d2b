package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// How many invites of one assessment are completed and graded, and as many in a smoke test; and how many of them are opened.
const (
	gradedInvites = 10_000
	gradedQuickly = 200
	openedInvites = 100
	answersOfOne  = 10
	gradersOfOne  = 2
)

// results measures P7 where it is hardest, on the pages of those who look at answers and grade them; and the export of results.
func (b *bench) results(ctx context.Context) error {
	g, err := b.startGraded(ctx)
	if err != nil {
		return err
	}
	if err := g.pages(ctx); err != nil {
		return err
	}
	for _, format := range []string{"csv", "xlsx"} {
		if err := g.export(ctx, format); err != nil {
			return err
		}
	}
	return nil
}

// graded is the program with an assessment whose candidates are graded.
type graded struct {
	*bench
	graduates
	process *process
	cookie  string // of the owner's session
}

func (b *bench) startGraded(ctx context.Context) (*graded, error) {
	n := gradedInvites
	if b.quick {
		n = gradedQuickly
	}
	b.progress("P7  grading %d invites", n)
	dir, err := b.copyOfSeed("alfaone-graded")
	if err != nil {
		return nil, err
	}
	g := &graded{bench: b}
	if g.graduates, err = graduate(ctx, dir, n); err != nil {
		return nil, fmt.Errorf("grading: %w", err)
	}
	if g.process, err = b.startProgram(ctx, "alfaone-graded", home{dir: dir}, b.profiling()...); err != nil {
		return nil, err
	}
	return g, g.signIn(ctx)
}

// signIn begins a session of the owner.
func (g *graded) signIn(ctx context.Context) error {
	form := url.Values{"email": {owner}, "password": {g.password}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.process.url+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := (&http.Transport{}).RoundTrip(r) // which follows no redirect
	if err != nil {
		return err
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Name == "alfaone_session" {
			g.cookie = cookie.Name + "=" + cookie.Value
		}
	}
	err = resp.Body.Close()
	if g.cookie == "" {
		err = errors.Join(fmt.Errorf("signing in answers %s without a session", resp.Status), err)
	}
	return err
}

// get asks for a page or a file as the owner.
func (g *graded) get(ctx context.Context, path string) ([]byte, error) {
	return g.process.do(ctx, http.MethodGet, path, "", http.Header{"Cookie": {g.cookie}}, http.StatusOK)
}

// pages measures opening a completed invite, and the page on which its first answer is scored: by one person, and by many at once.
func (g *graded) pages(ctx context.Context) error {
	what := fmt.Sprintf(": %d answers, %d evaluations", answersOfOne, gradersOfOne)
	for _, page := range []struct {
		title   string
		paths   []string
		players int // on each
	}{
		{"P7  GET /invites/{id}" + what, g.completed, answersOfOne},
		{"P7  GET /grading/{id}/questions/1" + what, g.cockpits, 1},
	} {
		if err := g.whole(ctx, page.paths[0], page.players); err != nil {
			return err
		}
		for _, connections := range []int{1, g.connections} {
			if err := g.open(ctx, contest{title: page.title, connections: connections, contestants: []*contestant{g.opener(page.paths)}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole makes sure that a page shows all that it should.
func (g *graded) whole(ctx context.Context, path string, players int) error {
	body, err := g.get(ctx, path)
	if err == nil && (bytes.Count(body, []byte("<answer-player")) != players || !bytes.Contains(body, []byte("Question 0: "))) {
		err = fmt.Errorf("GET %s shows other than %d players:\n%s", path, players, body)
	}
	return err
}

func (g *graded) open(ctx context.Context, c contest) error {
	turns, err := g.measure(ctx, c)
	if err != nil {
		return err
	}
	p99 := goal{what: "at p99", got: turns[0].p99.Seconds() * 1000, unit: milliseconds, target: 50, atMost: true}
	return errors.Join(report{contest: c, turns: turns, goals: []goal{p99}}.print(g.out), g.profile(ctx, c))
}

// opener opens one page after the other.
func (g *graded) opener(paths []string) *contestant {
	requests := make([][]byte, len(paths))
	for i, path := range paths {
		requests[i] = request(g.process, http.MethodGet, path, "", "Cookie", g.cookie)
	}
	return &contestant{name: nameProgram, process: g.process, status: http.StatusOK, request: func(n int64) []byte {
		return requests[int(n)%len(requests)]
	}}
}

// export measures how long an export takes, and how much memory.
func (g *graded) export(ctx context.Context, format string) error {
	g.progress("    exporting %s", format)
	path := "/assessments/" + string(g.assessment.ID) + "/results." + format
	time.Sleep(min(idleFor, g.duration))
	idle, known := g.process.memory()
	var file []byte
	begin := time.Now()
	most, err := g.process.mostMemory(func() (err error) {
		file, err = g.get(ctx, path)
		return err
	})
	took := time.Since(begin)
	if err != nil {
		return err
	}
	if lines := bytes.Count(file, []byte("\n")); format == "csv" && lines != 1+g.n || format == "xlsx" && !bytes.HasPrefix(file, []byte("PK")) {
		return fmt.Errorf("GET %s answers %d lines:\n%.1000s", path, lines, file)
	}
	r := report{contest: contest{title: fmt.Sprintf("    GET /assessments/{id}/results.%s: %d invites", format, g.n)}, goals: []goal{
		{what: "from the request to the last byte", got: took.Seconds() * 1000, unit: milliseconds},
		{what: "of file", got: float64(len(file)) / megabyte, unit: megabytes},
	}}
	if known {
		r.goals = append(r.goals, goal{what: "above idle", got: float64(most-idle) / megabyte, unit: megabytes, target: 40, atMost: true})
	}
	return r.print(g.out)
}
