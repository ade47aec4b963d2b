package e2e_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// wire is a bad connection to a server: each connection through it has the fault that chance gives it.
type wire struct {
	listener net.Listener
	server   string // host and port
	faults   [len(faults)]atomic.Int64
}

// badWire lays one to the server at the URL. It ends with the test.
func badWire(t *testing.T, server string) *wire {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{server: u.Host}
	if w.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.listener.Close() })
	go func() {
		for {
			client, err := w.listener.Accept()
			if err != nil {
				return
			}
			go w.connect(t.Context(), client)
		}
	}()
	return w
}

func (w *wire) url() string { return "http://" + w.listener.Addr().String() }

// fault is what a wire does to a connection.
type fault struct {
	name       string
	weight     int
	there      int           // bytes to the server after which the connection breaks, at most; 0: any number
	back       int           // bytes of the answer after which it breaks, at most; -1: at once; 0: any number
	pause      time.Duration // before each piece, at most
	silently   bool          // what is broken stays open, and nobody hears anything
	unanswered bool          // nobody is reached
}

var faults = [...]fault{
	{name: "none", weight: 50},
	{name: "cut on the way there", weight: 12, there: 8_000},
	{name: "answer dropped", weight: 12, back: -1},
	{name: "answer cut", weight: 6, back: 400},
	{name: "delayed", weight: 12, pause: 30 * time.Millisecond},
	{name: "stalled", weight: 2, there: 8_000, silently: true},
	{name: "refused", weight: 5, unanswered: true},
}

func someFault() int {
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	n := rand.IntN(total)
	for i, f := range faults {
		if n -= f.weight; n < 0 {
			return i
		}
	}
	return 0
}

// connect carries one connection as far as its fault lets it.
func (w *wire) connect(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	i := someFault()
	w.faults[i].Add(1)
	f := faults[i]
	if f.unanswered {
		return
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", w.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	broken := make(chan struct{}, 2)
	go carry(server, client, f.there, f.pause, broken)
	go carry(client, server, f.back, f.pause, broken)
	<-broken
	if f.silently {
		select { // the client gives up some time
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

// carry passes bytes on until there are no more, or as many as break the connection.
func carry(to, from net.Conn, limit int, pause time.Duration, broken chan<- struct{}) {
	defer func() { broken <- struct{}{} }()
	if limit > 0 {
		limit = 1 + rand.IntN(limit)
	}
	buf := make([]byte, 2_000)
	for passed := 0; ; {
		n, err := from.Read(buf)
		if limit != 0 && passed+n > limit {
			_, _ = to.Write(buf[:max(0, limit-passed)])
			return
		}
		if pause > 0 {
			time.Sleep(rand.N(pause))
		}
		if passed += n; n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
