package blob

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// newTransport makes connections that break when nothing moves on them, however long the whole of it takes.
func newTransport(patience time.Duration) http.RoundTripper {
	dialer := &net.Dialer{Timeout: min(patience, 10*time.Second)}
	return settled{&http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &impatientConn{conn, patience}, nil
		},
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: patience,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     patience / 2,
		DisableCompression:  true, // what is kept is what is read
	}}
}

// impatientConn fails when nothing could be read or written for a while. Writing counts for the reader too, which waits for
// an answer meanwhile.
type impatientConn struct {
	net.Conn
	patience time.Duration
}

func (c *impatientConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *impatientConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *impatientConn) deadline() time.Time {
	return time.Now().Add(c.patience) //nolint:forbidigo // the system compares it with its own clock
}

// settled is a transport that reads nothing of a request once it has returned. That of net/http may, when the answer came
// early, while the client rewinds the same content for another try.
type settled struct{ http.RoundTripper }

func (t settled) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return t.RoundTripper.RoundTrip(r)
	}
	body := &lentBody{ReadCloser: r.Body}
	defer body.takeBack()
	r = r.WithContext(r.Context())
	r.Body = body
	return t.RoundTripper.RoundTrip(r)
}

// lentBody ends when it is taken back.
type lentBody struct {
	io.ReadCloser
	mu    sync.Mutex
	taken bool
}

func (b *lentBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken {
		return 0, io.EOF
	}
	return b.ReadCloser.Read(p)
}

func (b *lentBody) takeBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = true
}
