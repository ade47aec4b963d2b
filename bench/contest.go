package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// contest is a comparison of contestants under the same load.
type contest struct {
	title       string
	connections int
	contestants []*contestant
	notes       []string // what is to be said besides
}

// String is the title with the number of connections.
func (c contest) String() string {
	if c.connections == 0 {
		return c.title
	}
	return c.title + ", " + plural(c.connections, "connection")
}

// warmUp is how long each contestant runs at most before its first turn, to prepare its statements.
const warmUp = 200 * time.Millisecond

// measure lets the contestants take turns and returns the median of each.
func (b *bench) measure(ctx context.Context, c contest) ([]turn, error) {
	b.progress("%s", c)
	turns := make([][]turn, len(c.contestants))
	for _, contestant := range c.contestants {
		if _, err := contestant.load(ctx, c.connections, min(warmUp, b.duration)); err != nil {
			return nil, err
		}
	}
	for range b.rounds {
		for i, contestant := range c.contestants {
			t, err := contestant.load(ctx, c.connections, b.duration)
			if err != nil {
				return nil, err
			}
			turns[i] = append(turns[i], t)
		}
	}
	medians := make([]turn, len(turns))
	for i, of := range turns {
		medians[i] = turn{
			rate: median(of, func(t turn) float64 { return t.rate }),
			p50:  median(of, func(t turn) time.Duration { return t.p50 }),
			p99:  median(of, func(t turn) time.Duration { return t.p99 }),
			cpu:  median(of, func(t turn) time.Duration { return t.cpu }),
		}
	}
	return medians, nil
}

// median is the figure in the middle; of an even number of turns, the lower of the two.
func median[T float64 | time.Duration](turns []turn, figure func(turn) T) T {
	figures := make([]T, len(turns))
	for i, t := range turns {
		figures[i] = figure(t)
	}
	slices.Sort(figures)
	return figures[(len(figures)-1)/2]
}

// request is a request as bytes. Header lines come in pairs of name and value.
func request(p *process, method, path, body string, header ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, p.address())
	for i := 0; i < len(header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// getter asks for the same thing over and over.
func getter(name string, p *process, path string, header ...string) *contestant {
	fixed := request(p, http.MethodGet, path, "", header...)
	return &contestant{name: name, process: p, status: http.StatusOK, request: func(int64) []byte { return fixed }}
}

// sameBytes makes sure that two servers answer alike, and with something.
func (b *bench) sameBytes(ctx context.Context, one, other *process, path string) error {
	return b.sameBytesWith(ctx, b.key, one, other, path)
}

func (b *bench) sameBytesWith(ctx context.Context, key string, one, other *process, path string) error {
	header := http.Header{"X-Api-Key": {key}}
	x, err := one.do(ctx, http.MethodGet, path, "", header, http.StatusOK)
	if err != nil {
		return err
	}
	y, err := other.do(ctx, http.MethodGet, path, "", header, http.StatusOK)
	if err != nil {
		return err
	}
	if !bytes.Equal(x, y) || strings.Count(string(x), `"id":`) < pageSize {
		return fmt.Errorf("GET %s: %s and %s do not answer the same full page:\n%s\n%s", path, one.name, other.name, x, y)
	}
	return nil
}
