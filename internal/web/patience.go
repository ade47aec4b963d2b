package web

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"time"

	"alfaone/internal/assess"
)

// How slowly a body may arrive: in each stretch of patience at least so many bytes for every second of it.
const (
	patience      = 30 * time.Second
	slowestSender = 1 << 10
)

// patientBody reads a body whose sender is judged by progress, however long the whole may take.
type patientBody struct {
	body     io.Reader
	call     *call
	bytes    int64 // of the current stretch
	over     bool
	stranded error // why the rest will not come
}

// errTooSlow stands for 408.
var errTooSlow = errors.New("the sender is too slow")

// patientBody is the body of a request that may take longer than others.
func (c *call) patientBody() *patientBody {
	b := &patientBody{body: c.r.Body, call: c}
	b.wait()
	return b
}

// wait begins a stretch.
func (b *patientBody) wait() {
	b.bytes = 0
	_ = http.NewResponseController(b.call.w).SetReadDeadline(time.Now().Add(patience)) //nolint:forbidigo // deadlines of connections are in the machine's time
}

// Read implements io.Reader.
func (b *patientBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.bytes += int64(n)
	switch {
	case err != nil:
		b.end(err)
	case b.bytes >= slowestSender*int64(patience/time.Second):
		b.wait()
	}
	return n, err
}

// end notes how reading ended. Working on what has arrived, and answering, have no limit then.
func (b *patientBody) end(err error) {
	b.over = true
	switch {
	case errors.Is(err, io.EOF):
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.stranded = fmt.Errorf("%w: %w", errTooSlow, err)
	default:
		b.stranded = &assess.Error{Kind: assess.Invalid, Message: "The body did not arrive whole.", Err: err}
	}
	b.call.noReadDeadline()
	_ = http.NewResponseController(b.call.w).SetWriteDeadline(time.Time{})
}

// drain reads what is left: who is still sending does not hear the answer. It returns what kept the body from arriving whole.
func (b *patientBody) drain() error {
	if !b.over {
		_, _ = io.Copy(io.Discard, b)
	}
	return b.stranded
}

// listenerPatience is how long somebody who listens may take nothing before the connection ends. Players come back for the rest.
const listenerPatience = 2 * time.Minute

// patientWriter answers somebody who takes their time, for as long as they take something.
type patientWriter struct{ http.ResponseWriter }

func (w *patientWriter) wait() {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(listenerPatience)) //nolint:forbidigo // deadlines of connections are in the machine's time
}

// Write implements http.ResponseWriter.
func (w *patientWriter) Write(b []byte) (int, error) {
	w.wait()
	return w.ResponseWriter.Write(b)
}

// listenerPiece is how much is sent at a time, in bytes: who listens must take so much within the patience.
const listenerPiece = 256 << 10

// ReadFrom implements io.ReaderFrom: the pieces of a file go out without passing through here.
func (w *patientWriter) ReadFrom(src io.Reader) (sent int64, err error) {
	all, ok := src.(*io.LimitedReader)
	if !ok {
		all = &io.LimitedReader{R: src, N: math.MaxInt64}
	}
	for all.N > 0 && err == nil {
		w.wait()
		piece := min(all.N, listenerPiece)
		var n int64
		n, err = io.Copy(w.ResponseWriter, io.LimitReader(all.R, piece))
		sent += n
		if all.N -= n; n < piece {
			break
		}
	}
	return sent, err
}

// noReadDeadline lets the rest of the request take as long as it takes, now that its body is read: a deadline that passes would
// end the request's context.
func (c *call) noReadDeadline() {
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Time{}) // where that is not possible, the server's own limit stands
}
