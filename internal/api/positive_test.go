package api_test

import (
	"flag"
	"testing"
	"time"
)

var goodCount = flag.Int("good-requests", 5_000, "how many good requests to send")

// slowest is how long an answer may take, with the machine busy with other tests.
const slowest = 2 * time.Second

// What the document allows is accepted, on every path alike, and answered as it says.
func TestGoodRequestsAreAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := newGenerator(w, chance(t))
	n := *goodCount
	if testing.Short() {
		n /= 10
	}
	for i := range n {
		op := g.operations[i%len(g.operations)]
		q := g.good(op)
		started := time.Now()
		got := g.send(q)
		if took := time.Since(started); took > slowest {
			t.Errorf("%d: %s %s took %v", i, q.method, q.target, took)
		}
		if got.status < 200 || got.status > 299 {
			t.Fatalf("%d: %s %s %q %s is answered with %d %s", i, q.method, q.target, q.headers, shorten(q.body), got.status, got.body)
		}
		g.follow(op, q, got)
		g.made(op, q, got)
		g.tidy()
	}
}
