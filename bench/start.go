package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"
)

// coldStarts is how often the start is measured; the median counts.
const coldStarts = 5

// idleFor is how long the program is left alone before its memory is read.
const idleFor = 2 * time.Second

const megabyte = 1 << 20

// starts measures P5: the start on a migrated database, memory when idle, the size of the binary.
func (b *bench) starts(ctx context.Context) error {
	b.progress("P5  start")
	var took []time.Duration
	for range coldStarts {
		p, d, err := b.coldStart(ctx)
		if err != nil {
			return err
		}
		p.stop()
		took = append(took, d)
	}
	slices.Sort(took)
	file, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	r := report{contest: contest{title: "P5  alfaone serve"}, goals: []goal{
		{what: "from exec to the first 200 of /readyz", got: took[len(took)/2].Seconds() * 1000, unit: milliseconds, target: 300, atMost: true},
		{what: "size of the binary", got: float64(file.Size()) / megabyte, unit: megabytes, target: 60, atMost: true},
	}}
	memory, ok, err := b.idleMemory(ctx)
	if err != nil {
		return err
	}
	if ok {
		r.goals = append(r.goals, goal{what: "of memory when idle", got: float64(memory) / megabyte, unit: megabytes, target: 60, atMost: true})
	}
	return r.print(b.out)
}

func (b *bench) idleMemory(ctx context.Context) (bytes int64, ok bool, err error) {
	p, _, err := b.coldStart(ctx)
	if err != nil {
		return 0, false, err
	}
	time.Sleep(min(idleFor, b.duration))
	bytes, ok = p.memory()
	return bytes, ok, nil
}

// coldStart starts the program and returns how long it took until it was ready.
func (b *bench) coldStart(ctx context.Context) (*process, time.Duration, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	p, err := b.launch(ctx, "alfaone-start", b.binary, "serve", "--data-dir", b.seed, "--listen", address)
	if err != nil {
		return nil, 0, err
	}
	p.url = "http://" + address
	for time.Since(begin) < startTimeout && ctx.Err() == nil {
		if _, err = p.do(ctx, http.MethodGet, "/readyz", "", nil, http.StatusOK); err == nil {
			return p, time.Since(begin), nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil, 0, fmt.Errorf("the program does not become ready: %w", err)
}

// freeAddress is a port of the loopback interface that nobody listens on now.
func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
