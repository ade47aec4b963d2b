package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// contestant is a server under load, and what it is asked.
type contestant struct {
	name    string
	process *process
	others  []*process           // that share the load with it, by connections
	request func(n int64) []byte // the bytes of the n-th request
	status  int                  // that every answer must have
	sent    atomic.Int64
}

// turn is what a contestant did in one turn, or in the middle of several.
type turn struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
	cpu      time.Duration // of the server, a request; 0 where the system does not tell
}

// load keeps the connections busy for so long.
func (c *contestant) load(ctx context.Context, connections int, length time.Duration) (turn, error) {
	var clients sync.WaitGroup
	latencies := make([][]time.Duration, connections)
	errs := make([]error, connections)
	all := append([]*process{c.process}, c.others...)
	before := cpuOf(all)
	begin := time.Now()
	for i := range connections {
		clients.Go(func() { latencies[i], errs[i] = c.client(ctx, all[i%len(all)], begin.Add(length)) })
	}
	clients.Wait()
	took := time.Since(begin)
	after := cpuOf(all)
	if err := errors.Join(errs...); err != nil {
		return turn{}, fmt.Errorf("%s: %w", c.name, err)
	}
	flat := slices.Concat(latencies...)
	slices.Sort(flat)
	n := len(flat)
	return turn{
		rate: float64(n) / took.Seconds(), p50: flat[n/2], p99: flat[n*99/100], cpu: (after - before) / time.Duration(n),
	}, nil
}

// cpuOf is the processor time that processes have used together.
func cpuOf(all []*process) (sum time.Duration) {
	for _, p := range all {
		sum += p.cpu()
	}
	return sum
}

// answerTimeout bounds the wait for one answer.
const answerTimeout = 30 * time.Second

// client sends one request after the other over a connection, at least one, and returns how long each took.
func (c *contestant) client(ctx context.Context, to *process, until time.Time) (latencies []time.Duration, err error) {
	conn, err := (&net.Dialer{Timeout: answerTimeout}).DialContext(ctx, "tcp", to.address())
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(until.Add(answerTimeout)); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	for now := time.Now(); len(latencies) == 0 || now.Before(until) && ctx.Err() == nil; {
		if _, err := conn.Write(c.request(c.sent.Add(1))); err != nil {
			return nil, err
		}
		if err := readAnswer(in, c.status); err != nil {
			return nil, err
		}
		done := time.Now()
		latencies = append(latencies, done.Sub(now))
		now = done
	}
	return latencies, ctx.Err()
}

// readAnswer reads one answer as a client does that cares for nothing but its status. It is spare, so that the load takes as
// little as possible from the servers beside it.
func readAnswer(in *bufio.Reader, want int) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	status := -1
	if len(line) > len("HTTP/1.1 200") {
		status, _ = strconv.Atoi(string(line[9:12]))
	}
	body, err := readHeader(in)
	if err != nil {
		return err
	}
	if status != want {
		text, err := io.ReadAll(io.LimitReader(body, 1<<10))
		return errors.Join(fmt.Errorf("status %d instead of %d: %s", status, want, text), err)
	}
	_, err = io.Copy(io.Discard, body)
	return err
}

// readHeader reads to the end of the header and returns the body.
func readHeader(in *bufio.Reader) (body io.Reader, err error) {
	length, chunked := int64(-1), false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		name, value, found := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		switch {
		case !found && chunked:
			return &chunks{Reader: httputil.NewChunkedReader(in), in: in}, nil
		case !found && length < 0:
			return nil, errors.New("an answer that does not say how long it is")
		case !found:
			return io.LimitReader(in, length), nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return nil, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
}

// chunks is a chunked body (RFC 9112, section 7.1) to the empty line that ends its trailer.
type chunks struct {
	io.Reader
	in *bufio.Reader
}

// Read implements io.Reader.
func (c *chunks) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		if _, err := c.in.ReadSlice('\n'); err != nil {
			return n, io.ErrUnexpectedEOF
		}
	}
	return n, err
}
