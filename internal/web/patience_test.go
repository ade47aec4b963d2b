package web_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/store/storetest"
)

// The program's own limits of a request.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
)

// timeless runs a test of a candidate at work in a bubble of its own time, on a server that is reached by wire.
func timeless(t *testing.T, slow time.Duration, test func(t *testing.T, w wire)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var blobs blob.Store
		s := newSiteOn(t, storetest.Open(t, time.Now), func(p *parts) {
			p.server.Close()
			p.server = nil
			blobs = slowStore{p.app.Blobs, slow}
			p.app.Blobs = blobs
		})
		i := s.invitation()
		i.accepted()
		s.must(s.Start(t.Context(), app.Taker{Token: i.token, Tab: seat}))
		rec, _, err := s.OpenTake(t.Context(), app.Taker{Token: i.token, Tab: seat}, 1, opusSound)
		s.must(err)
		server := &http.Server{Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: readTimeout, WriteTimeout: writeTimeout}
		listener := make(pipes)
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { s.must(server.Close()) })
		test(t, wire{site: s, listener: listener, invitation: i, rec: rec})
	})
}

// pipes is a listener whose connections take no system's time.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// wire is a way to the server on which every byte is sent when the test says.
type wire struct {
	*site
	listener   pipes
	invitation invitationOf
	rec        assess.Recording
}

// begin sends the head of a request with a body that is still to come.
func (w wire) begin(method, path string, length int, header ...string) (net.Conn, *bufio.Reader) {
	w.t.Helper()
	client, server := net.Pipe()
	w.listener <- server
	head := fmt.Sprintf("%s /take/recordings/%s%s HTTP/1.1\r\nHost: %s\r\nCookie: alfaone_invite=%s\r\nContent-Length: %d\r\n",
		method, w.rec.ID, path, strings.TrimPrefix(w.url, "http://"), w.invitation.token, length)
	_, err := io.WriteString(client, head+strings.Join(header, "\r\n")+"\r\n\r\n")
	w.must(err)
	return client, bufio.NewReader(client)
}

func (w wire) slice(data []byte) (net.Conn, *bufio.Reader) {
	w.t.Helper()
	return w.begin(http.MethodPut, "/chunks/0", len(data), "Content-Digest: "+digest(data))
}

// wantAnswer reads the answer's status.
func (w wire) wantAnswer(r *bufio.Reader, want int) {
	w.t.Helper()
	answer, err := http.ReadResponse(r, nil)
	w.must(err)
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != want || err != nil {
		w.t.Errorf("%d %s, %v; want %d", answer.StatusCode, body, err, want)
	}
}

func (w wire) stored() bool {
	w.t.Helper()
	got, err := w.ByCandidate(app.Taker{Token: w.invitation.token}).Recording(w.t.Context(), w.rec.ID)
	w.must(err)
	return len(got.Have) > 0
}

func TestWhoSendsSlowlyAndSteadilyIsWaitedFor(t *testing.T) {
	timeless(t, 0, func(t *testing.T, w wire) {
		data := bytes.Repeat([]byte("slow "), 60_000)
		conn, r := w.slice(data)
		defer func() { _ = conn.Close() }()
		begin := time.Now()
		for part := range slicesOf(data, 1100) {
			time.Sleep(time.Second)
			_, err := conn.Write(part)
			w.must(err)
		}
		if took := time.Since(begin); took < 2*writeTimeout {
			t.Fatalf("sent in %s: the server's own limits were not tried", took)
		}
		w.wantAnswer(r, http.StatusNoContent)
		if !w.stored() {
			t.Error("it is not stored")
		}
	})
}

func slicesOf(data []byte, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(size, len(data))
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

func TestWhoStopsSendingIsWaitedForHalfAMinute(t *testing.T) {
	for name, sent := range map[string]int{"at once": 0, "soon": 5_000, "after most of it": 4 << 20} {
		t.Run(name, func(t *testing.T) {
			timeless(t, 0, func(t *testing.T, w wire) {
				data := make([]byte, 5<<20)
				conn, r := w.slice(data)
				defer func() { _ = conn.Close() }()
				begin := time.Now()
				_, err := conn.Write(data[:sent])
				w.must(err)
				w.wantAnswer(r, http.StatusRequestTimeout)
				if waited := time.Since(begin); waited != 30*time.Second {
					t.Errorf("waited for %s", waited)
				}
				if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
					t.Errorf("the connection is still open: %v", err)
				}
				if w.stored() {
					t.Error("it is stored")
				}
			})
		})
	}
}

func TestWhoSendsBytesOneByOneIsNotWaitedForEver(t *testing.T) {
	timeless(t, 0, func(t *testing.T, w wire) {
		data := make([]byte, 5000)
		conn, r := w.slice(data)
		begin := time.Now()
		var sender sync.WaitGroup
		sender.Go(func() {
			for i := range data {
				if _, err := conn.Write(data[i : i+1]); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		})
		defer sender.Wait()
		defer func() { _ = conn.Close() }()
		w.wantAnswer(r, http.StatusRequestTimeout)
		if waited := time.Since(begin); waited != 30*time.Second {
			t.Errorf("waited for %s", waited)
		}
	})
}

func TestASliceIsStoredHoweverLongThatTakes(t *testing.T) {
	timeless(t, 5*time.Minute, func(t *testing.T, w wire) {
		data := []byte("slice")
		conn, r := w.slice(data)
		defer func() { _ = conn.Close() }()
		_, err := conn.Write(data)
		w.must(err)
		w.wantAnswer(r, http.StatusNoContent)
		if !w.stored() {
			t.Error("acknowledged, and not stored")
		}
	})
}

func TestOtherBodiesHaveTheServersTime(t *testing.T) {
	timeless(t, 0, func(t *testing.T, w wire) {
		conn, r := w.begin(http.MethodPost, "/finish", 30, "Content-Type: application/json")
		defer func() { _ = conn.Close() }()
		begin := time.Now()
		w.wantAnswer(r, http.StatusBadRequest)
		if waited := time.Since(begin); waited != readTimeout {
			t.Errorf("waited for %s", waited)
		}
	})
}

// listen asks for the media of a film, once it is ready, from a store that goes by the request's context.
func (w wire) listen() (net.Conn, *http.Response) {
	w.t.Helper()
	file := sample(w.t, "video.webm")
	d := w.ByCandidate(app.Taker{Token: w.invitation.token})
	chunk := assess.Chunk{Bytes: int64(len(file)), SHA256: sumOf(file)}
	w.must(d.PutChunk(w.t.Context(), w.rec.ID, chunk, bytes.NewReader(file)))
	_, err := d.Finish(w.t.Context(), w.rec.ID, 1, chunk.Bytes)
	w.must(err)
	w.work()
	conn, r := w.begin(http.MethodGet, "/media", 0)
	answer, err := http.ReadResponse(r, nil)
	w.must(err)
	if answer.StatusCode != http.StatusOK {
		w.t.Fatal(answer.Status)
	}
	return conn, answer
}

func TestMediaIsServedHoweverLongSomebodyListens(t *testing.T) {
	timeless(t, 0, func(t *testing.T, w wire) {
		conn, answer := w.listen()
		defer func() { _, _ = conn.Close(), answer.Body.Close() }()
		got := 0
		for buf := make([]byte, 4000); ; time.Sleep(readTimeout / 2) {
			n, err := io.ReadFull(answer.Body, buf)
			got += n
			if err != nil {
				break
			}
		}
		if int64(got) != answer.ContentLength {
			t.Errorf("%d of %d bytes", got, answer.ContentLength)
		}
	})
}

func TestWhoDoesNotListenAnyMoreIsWaitedForTwoMinutes(t *testing.T) {
	timeless(t, 0, func(t *testing.T, w wire) {
		conn, answer := w.listen()
		defer func() { _, _ = conn.Close(), answer.Body.Close() }()
		time.Sleep(2*time.Minute + time.Second)
		got, err := io.ReadAll(answer.Body)
		if err == nil || int64(len(got)) == answer.ContentLength {
			t.Errorf("%d of %d bytes, %v", len(got), answer.ContentLength, err)
		}
	})
}
