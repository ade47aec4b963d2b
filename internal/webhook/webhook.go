// Package webhook signs messages as Standard Webhooks 1.0.0 wants it, and posts them to addresses that strangers chose: to those of
// the public internet, and to no others unless the operator allows them.
//
// It must not know what a message is about, decide when one is sent again, or keep anything: it imports nothing of ours.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Config is what a [Client] may do.
type Config struct {
	// Allow names addresses of one's own network that may be posted to all the same, by http and on any port too.
	Allow []netip.Prefix
	// Timeout bounds an attempt from its beginning to the end of the answer; 0: 15 seconds. Connecting has 5 seconds of it.
	Timeout time.Duration
	// Resolver finds addresses; nil: the system's.
	Resolver *net.Resolver
	// TLS is the base of the client's configuration; nil: the system's roots and TLS 1.2.
	TLS *tls.Config
}

// Limits of an attempt.
const (
	usualTimeout   = 15 * time.Second
	connectTimeout = 5 * time.Second
	maxRead        = 16 << 10 // bytes of an answer's head, and of its body
	maxKept        = 1 << 10  // bytes of an answer's body
)

// Client posts messages, each over a connection of its own: what an address leads to is judged anew every time. It is safe for
// concurrent use.
type Client struct {
	guard   *guard
	dialer  *net.Dialer
	timeout time.Duration
	http    *http.Client
}

// New returns a client.
func New(c Config) *Client {
	if c.Timeout == 0 {
		c.Timeout = usualTimeout
	}
	if c.TLS == nil {
		c.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	g := newGuard(c.Allow)
	dialer := &net.Dialer{Timeout: connectTimeout, Resolver: c.Resolver, ControlContext: g.control}
	return &Client{guard: g, dialer: dialer, timeout: c.Timeout, http: &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // it would be dialled in the receiver's stead
			DialContext:            dialer.DialContext,
			TLSClientConfig:        c.TLS,
			TLSHandshakeTimeout:    connectTimeout,
			MaxResponseHeaderBytes: maxRead,
			DisableCompression:     true, // an answer may be small only until it is unpacked
			DisableKeepAlives:      true,
		},
		// Where a receiver points to was chosen by nobody here, and would get a message that was not signed for it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Message is one message on one attempt.
type Message struct {
	URL     string
	ID      string // the same on every attempt, so that receivers can tell a message that they have
	At      time.Time
	Body    []byte   // JSON; these bytes are signed and sent
	Secrets []string // of which each signs
}

// Result is what came of an attempt.
type Result struct {
	Status   int // that the receiver answered; 0: it did not
	Duration time.Duration
	// Err is nil when the receiver took the message, which any 2xx says, however its body ends. Otherwise it tells people what
	// happened, in a phrase that stands by itself, and wraps the end of the caller's context if that was it.
	Err        error
	Response   string        // how the answer's body begins: at most 1 KB, without control characters
	RetryAfter time.Duration // how long the receiver wants to be left alone; 0 if it did not say
}

// Post delivers the message, and returns when the receiver has answered or time is up.
func (c *Client) Post(ctx context.Context, m Message) Result {
	start := time.Now() //nolint:forbidigo // a stopwatch, whatever the time of day
	result := c.post(ctx, m)
	result.Duration = time.Since(start) //nolint:forbidigo // as above
	return result
}

func (c *Client) post(ctx context.Context, m Message) Result {
	if err := c.CheckURL(m.URL); err != nil {
		return Result{Err: fmt.Errorf("the address %w", err)}
	}
	attempt, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := newRequest(attempt, m)
	if err != nil {
		return Result{Err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unanswered(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRead)) // the status has said all that matters
	return Result{
		Status:     resp.StatusCode,
		Err:        refusal(resp.StatusCode),
		Response:   beginning(body),
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), m.At),
	}
}

func newRequest(ctx context.Context, m Message) (*http.Request, error) {
	signature, err := signAll(m)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"content-type":      {"application/json"},
		"user-agent":        {"AlfaOne-Webhooks/1.0"},
		"webhook-id":        {m.ID},
		"webhook-timestamp": {seconds(m.At)},
		"webhook-signature": {signature},
	}
	return req, nil
}

// beginning is what is kept of a body: text, whatever it was.
func beginning(body []byte) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(body), "\uFFFD"))
	if len(text) > maxKept {
		text = strings.ToValidUTF8(text[:maxKept], "")
	}
	return text
}

// retryAfter reads the header of that name, which holds seconds or a date.
func retryAfter(header string, at time.Time) time.Duration {
	if n, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(at))
	}
	return 0
}
