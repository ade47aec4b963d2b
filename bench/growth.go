package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// The sizes of P3, each ten times the one before.
var (
	sizes      = []int{10_000, 100_000, 1_000_000}
	quickSizes = []int{400, 4_000, 40_000}
)

// row is one request of the growth table, and what it took at each size; 0 where the program does not know it.
type row struct {
	name string
	took []time.Duration // the median over one connection
}

// The rows that have targets.
const (
	rowFirst  = "page 1"
	rowMiddle = "middle page"
	rowLast   = "last page"
)

// growth measures P3: what each list of invites costs as they become more.
func (b *bench) growth(ctx context.Context) error {
	if err := b.grow(ctx, home{dir: b.dir + "/growth"}); err != nil {
		return err
	}
	if b.postgres == "" {
		b.noPostgres("P3")
		return nil
	}
	h, drop, err := b.postgresHome(ctx, "growth-postgres")
	if err != nil {
		return err
	}
	defer drop()
	return b.grow(ctx, h)
}

func (b *bench) noPostgres(what string) {
	fmt.Fprintf(b.out, "\n%s on PostgreSQL: not measured, there is no server (scripts/with-postgres --fsync go run ./bench)\n", what)
}

func (b *bench) grow(ctx context.Context, h home) error {
	all := sizes
	if b.quick {
		all = quickSizes
	}
	all = all[:min(b.steps, len(all))]
	b.progress("P3  making %d invites in %s", all[0], h.engine())
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	s, err := b.settle(ctx, h, all[0])
	if err != nil {
		return err
	}
	var table []row
	for i, size := range all {
		if i > 0 {
			b.progress("P3  making %d of them", size)
			if err := tenfold(ctx, h, i-1); err != nil {
				return err
			}
		}
		b.progress("P3  asking for lists of %d invites", size)
		if table, err = b.askLists(ctx, s, size, table); err != nil {
			return err
		}
	}
	return printGrowth(b.out, h.engine(), all, table)
}

// askLists adds a column to the table.
func (b *bench) askLists(ctx context.Context, s settled, size int, table []row) ([]row, error) {
	p, err := b.startProgram(ctx, fmt.Sprintf("growth-%s-%d", s.engine(), size), s.home)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	asked, err := b.lookAround(ctx, p, s.key, size)
	if err != nil {
		return nil, err
	}
	for i, a := range asked {
		if len(table) <= i {
			table = append(table, row{name: a.name})
		}
		took, err := b.ask(ctx, p, s.key, a.query)
		if err != nil {
			return nil, err
		}
		table[i].took = append(table[i].took, took)
	}
	return table, nil
}

// ask asks for a list over one connection for a while.
func (b *bench) ask(ctx context.Context, p *process, key, query string) (time.Duration, error) {
	path := "/api/v1/invites?" + query
	if _, err := p.do(ctx, http.MethodGet, path, "", http.Header{"X-Api-Key": {key}}, http.StatusOK); err != nil {
		return 0, err
	}
	t, err := getter(nameProgram, p, path, "X-Api-Key", key).load(ctx, 1, b.duration/4)
	return t.p50, err
}

// question is what is asked of the list of invites.
type question struct{ name, query string }

// lookAround finds out what can be asked: where the middle is, and what filters find something.
func (b *bench) lookAround(ctx context.Context, p *process, key string, size int) ([]question, error) {
	first, err := part(ctx, p, key, "")
	if err != nil {
		return nil, err
	}
	middle, last := size/pageSize/2, size/pageSize
	cursor, err := walkHalf(ctx, p, key, size)
	if err != nil {
		return nil, err
	}
	asked := []question{
		{rowFirst, ""},
		{rowMiddle, fmt.Sprintf("page=%d", middle)},
		{rowLast, fmt.Sprintf("page=%d", last)},
		{"cursor, beginning", "cursor="},
		{"cursor, far in", "limit=20&cursor=" + cursor},
		{"sort=sent_at, asc", "order=asc"},
		{"sort=status", "sort=status"},
		{"sort=status, last page", fmt.Sprintf("sort=status&page=%d", last)},
		{"sort=status, cursor", "sort=status&cursor="},
		{"sort=expires_at", "sort=expires_at"},
		{"sort=expires_at, last page", fmt.Sprintf("sort=expires_at&page=%d", last)},
	}
	for _, status := range []string{"pending", "accepted", "started", "completed", "expired", "revoked"} {
		asked = append(asked, question{"status=" + status, "status=" + status})
	}
	in := first.Invites[0]
	for _, filter := range [][2]string{
		{"assessmentId", in.AssessmentID},
		{"recipientEmail", in.RecipientEmail},
		{"updatedSince", in.SentAt},
	} {
		asked = append(asked, question{filter[0], filter[0] + "=" + url.QueryEscape(filter[1])})
	}
	asked = append(asked, question{"assessmentId, status", "status=pending&assessmentId=" + in.AssessmentID})
	return asked, nil
}

// part reads a part of the list of invites.
func part(ctx context.Context, p *process, key, query string) (list struct {
	Invites    []invite
	Pagination struct{ NextCursor string }
}, err error,
) {
	body, err := p.do(ctx, http.MethodGet, "/api/v1/invites?"+query, "", http.Header{"X-Api-Key": {key}}, http.StatusOK)
	if err != nil {
		return list, err
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.Invites) == 0 {
		return list, fmt.Errorf("no invites at %q: %w", query, err)
	}
	return list, nil
}

// walkHalf walks to the middle of the list, or at most so many parts, and returns the cursor there.
func walkHalf(ctx context.Context, p *process, key string, size int) (cursor string, err error) {
	const most, limit = 1000, 100
	for range min(size/limit/2, most) {
		list, err := part(ctx, p, key, fmt.Sprintf("limit=%d&cursor=%s", limit, cursor))
		if err != nil {
			return "", err
		}
		cursor = list.Pagination.NextCursor
	}
	return cursor, nil
}

func printGrowth(out io.Writer, engine string, sizes []int, table []row) error {
	var head, line []string
	for _, size := range sizes {
		head, line = append(head, fmt.Sprintf("%d", size)), append(line, "--:")
	}
	fmt.Fprintf(out, "\nP3  growth on %s: GET /invites over one connection, median\n\n| | %s | growth |\n| --- | %s | --: |\n", engine, strings.Join(head, " | "), strings.Join(line, " | "))
	for _, r := range table {
		var cells []string
		for _, took := range r.took {
			cells = append(cells, short(took))
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", r.name, strings.Join(cells, " | "), times.of(r.growth()))
	}
	of := func(name string) row {
		return table[slices.IndexFunc(table, func(r row) bool { return r.name == name })]
	}
	middle := of(rowMiddle).took[len(sizes)-1].Seconds() / of(rowFirst).took[len(sizes)-1].Seconds()
	for _, g := range []goal{
		{what: "what page 1 costs with the fewest", got: of(rowFirst).growth(), unit: times, target: 2, atMost: true},
		{what: "what the last page costs with the fewest", got: of(rowLast).growth(), unit: times, target: 2, atMost: true},
		{what: "page 1 costs the middle page with the most", got: middle, unit: times, target: 10, atMost: true},
	} {
		if _, err := fmt.Fprintf(out, "    → %s\n", g); err != nil {
			return err
		}
	}
	return nil
}

// growth is what the request costs with the most invites, against what it costs with the fewest.
func (r row) growth() float64 { return r.took[len(r.took)-1].Seconds() / r.took[0].Seconds() }
