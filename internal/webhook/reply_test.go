package webhook_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/webhook"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

// patience is what a receiver gets here instead of 15 seconds.
const patience = time.Second

// at is when the messages of this file are sent.
var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// reply is what a receiver does with the connection once it has read the request.
type reply struct {
	name string
	do   func(conn net.Conn)
}

// TestEveryReplyHasItsDocumentedResult keeps the table of docs/webhook-replies.md.
func TestEveryReplyHasItsDocumentedResult(t *testing.T) {
	t.Parallel()
	elsewhere := new(atomic.Int64)
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(target.Close)

	replies := allReplies(target.URL)
	if len(replies) < 60 {
		t.Fatalf("there are %d replies, want 60 at least", len(replies))
	}
	client := webhook.New(webhook.Config{Allow: loopback, Timeout: patience})
	rows := make([]string, len(replies))
	t.Run("replies", func(t *testing.T) {
		for i, r := range replies {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				rows[i] = row(r.name, postTo(t, client, receiver(t, r.do)))
			})
		}
	})
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("redirects were followed %d times", n)
	}
	compareWithFile(t, filepath.Join("..", "..", "docs", "webhook-replies.md"), table(rows))
}

// receiver serves one reply to whoever connects.
func receiver(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
					do(conn)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func postTo(t *testing.T, client *webhook.Client, url string) webhook.Result {
	t.Helper()
	m := message(url)
	m.At = at
	result := client.Post(t.Context(), m)
	if result.Duration <= 0 || result.Duration > 10*patience || len(result.Response) > 1024 {
		t.Errorf("took %v and kept %d bytes", result.Duration, len(result.Response))
	}
	return result
}

func allReplies(elsewhere string) []reply {
	var replies []reply
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299} {
		replies = append(replies, answer(status, ""))
	}
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		replies = append(replies, answer(status, "Location: "+elsewhere+"\r\n"))
	}
	for _, status := range []int{
		400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499,
		500, 501, 502, 503, 504, 505, 507, 508, 510, 511, 599, 600, 999,
	} {
		replies = append(replies, answer(status, ""))
	}
	return append(append(replies, waits()...), misbehaving()...)
}

// waits are answers that ask to be left alone for a while.
func waits() []reply {
	return []reply{
		{"429 with Retry-After: 120", raw("HTTP/1.1 429 x\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n")},
		{"503 with Retry-After: an hour from now, as a date", raw("HTTP/1.1 503 x\r\nRetry-After: Sun, 01 Mar 2026 13:00:00 GMT\r\nContent-Length: 0\r\n\r\n")},
		{"503 with Retry-After: a date gone by", raw("HTTP/1.1 503 x\r\nRetry-After: Sun, 01 Mar 2026 11:00:00 GMT\r\nContent-Length: 0\r\n\r\n")},
		{"503 with Retry-After: soon", raw("HTTP/1.1 503 x\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n")},
		{"503 with Retry-After: -5", raw("HTTP/1.1 503 x\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n")},
	}
}

// misbehaving are receivers that do not answer as HTTP has it, or do so in a way that would cost us something.
func misbehaving() []reply {
	const ok, bad, unbounded = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 500 x\r\n", "Content-Length: 10000000000\r\n\r\n"
	return []reply{
		{"nothing, for ever", stall("")},
		{"half of a status line, then nothing", stall("HTTP/1.1 2")},
		{"a head without an end, a line now and then", drip(ok, "X-Wait: 1\r\n")},
		{"a head without an end, fast", flood(ok, "X-Flood: "+strings.Repeat("x", 1000)+"\r\n")},
		{"200, then a body that never comes", stall(ok + "Content-Length: 9\r\n\r\n")},
		{"200, then a body by drops", drip(ok+unbounded, "x")},
		{"500, then a body that never comes", stall(bad + "Content-Length: 9\r\n\r\n")},
		{"200 with a body of 10 GB", flood(ok+unbounded, strings.Repeat("x", 64<<10))},
		{"500 with a body of 10 GB", flood(bad+unbounded, strings.Repeat("x", 64<<10))},
		{"200 with a gzip bomb", raw(ok + "Content-Encoding: gzip\r\n\r\n" + bomb())},
		{"500 with a gzip bomb", raw(bad + "Content-Encoding: gzip\r\n\r\n" + bomb())},
		{"200 with a body cut short", raw(ok + "Content-Length: 99\r\n\r\nthan")},
		{"200 with chunks that are none", raw(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")},
		{"the connection reset before an answer", reset("")},
		{"the connection reset in the head", reset(ok + "X: ")},
		{"the connection closed without a word", raw("")},
		{"something else than HTTP", raw("220 mail.example ESMTP\r\n")},
		{"HTTP/0.9: a body alone", raw("<html>")},
		{"HTTP/1.0", raw("HTTP/1.0 200 OK\r\n\r\nfine")},
		{"HTTP/2 without being asked", raw("\x00\x00\x12\x04\x00\x00\x00\x00\x00")},
		{"a status of two digits", raw("HTTP/1.1 20 OK\r\n\r\n")},
		{"a status below zero", raw("HTTP/1.1 -20 OK\r\n\r\n")},
		{"101, to speak another protocol", raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")},
		{"103 and then 200", raw("HTTP/1.1 103 Early Hints\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n")},
		{"103 for ever", flood("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")},
		{"two lengths that differ", raw(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")},
		{"200 with control characters and bytes that are no text", raw(ok + "Content-Length: 9\r\n\r\na\x00\x1b[31m\xff\nb")},
		{"200 with a cookie", raw(ok + "Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")},
	}
}

func answer(status int, header string) reply {
	body := "it says so"
	if status == http.StatusNoContent || status == http.StatusNotModified {
		body = ""
	}
	head := fmt.Sprintf("HTTP/1.1 %d x\r\n%s", status, header)
	if body != "" {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	name := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	if header != "" {
		name += ", with another address"
	}
	return reply{name, raw(head + "\r\n" + body)}
}

func raw(answer string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, answer) }
}

// stall begins an answer and waits until the client has gone.
func stall(begin string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, begin)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// drip goes on a little at a time, always before one might think that nothing more comes.
func drip(begin, again string) func(net.Conn) {
	return func(conn net.Conn) {
		tick := time.NewTicker(patience / 20)
		defer tick.Stop()
		for _, err := io.WriteString(conn, begin); err == nil; _, err = io.WriteString(conn, again) {
			<-tick.C
		}
	}
}

func flood(begin, again string) func(net.Conn) {
	return func(conn net.Conn) {
		for _, err := io.WriteString(conn, begin); err == nil; {
			_, err = io.WriteString(conn, again)
		}
	}
}

// reset breaks the connection off as a crashed machine does.
func reset(begin string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, begin)
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
}

// bomb is 16 MB that fit into 16 KB.
func bomb() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(bytes.Repeat([]byte("boom"), 4<<20))
	_ = w.Close()
	return b.String()
}

func row(name string, r webhook.Result) string {
	outcome, said, wait := "delivered", "", ""
	if r.Err != nil {
		outcome, said = "failed", strings.ReplaceAll(r.Err.Error(), patience.String(), "15s")
	}
	if r.RetryAfter != 0 {
		wait = fmt.Sprintf("%.0f s", r.RetryAfter.Seconds())
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", name, outcome, said, wait)
}

func table(rows []string) string {
	return introduction + "| The receiver answers | The attempt has | Reason shown | Wait asked for |\n| --- | --- | --- | --- |\n" + strings.Join(rows, "")
}

const introduction = `# What comes of a webhook receiver's answer

Any 2xx means that the message has arrived, however the body of the answer ends. Everything else is a failure, and the message is
sent again later. An attempt may take 15 seconds, of which connecting has 5; of an answer 16 KB are read, and 1 KB is kept for the
delivery log. Each row of this table is tested against a receiver that does what it says.

`

func compareWithFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (rewrite it with -update):\n%s", path, diff)
	}
}

func TestWhatIsKeptOfAnAnswerIsShortText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"control characters":  {"a\x00\x1b[31m\r\nb\tc", "a[31m\nb\tc"},
		"bytes without sense": {"a\xff\xfeb", "a\uFFFDb"},
		"a long one":          {strings.Repeat("é", 600), strings.Repeat("é", 512)},
		"a cut character":     {"a" + strings.Repeat("é", 600), "a" + strings.Repeat("é", 511)},
	}
	client := webhook.New(webhook.Config{Allow: loopback, Timeout: patience})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := receiver(t, raw(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(test.body), test.body)))
			if got := postTo(t, client, url).Response; got != test.want {
				t.Errorf("kept %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnAnswerWithoutEndIsLeftAtOnce(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	url := receiver(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
		block := make([]byte, 64<<10)
		for {
			n, err := conn.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	result := postTo(t, webhook.New(webhook.Config{Allow: loopback}), url)
	if most := int64(32 << 20); result.Err != nil || sent.Load() > most { // the system takes some megabytes that nobody reads
		t.Errorf("%d bytes were taken, want at most %d; %+v", sent.Load(), most, result)
	}
}

func TestTroubleBeforeTheRequestIsNamed(t *testing.T) {
	t.Parallel()
	client := func(c webhook.Config) *webhook.Client {
		c.Allow, c.Timeout = loopback, patience
		return webhook.New(c)
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())
	trusting := secure.Client().Transport.(*http.Transport).TLSClientConfig
	home := resolver(t, func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
	nowhere := resolver(t, func(string) []netip.Addr { return nil })
	mute := receiver(t, raw(""))

	tests := map[string]struct {
		client *webhook.Client
		url    string
		want   string
	}{
		"nobody listens":            {client(webhook.Config{}), "http://" + closedPort(t), "connection refused"},
		"unknown name":              {client(webhook.Config{Resolver: nowhere}), "https://gone.example/", "the name is not known to the DNS"},
		"certificate of nobody":     {client(webhook.Config{}), secure.URL, "the certificate is not trusted"},
		"certificate of others":     {client(webhook.Config{TLS: trusting, Resolver: home}), "https://other.test:" + port, "the certificate is for another name"},
		"certificate of times past": {client(webhook.Config{TLS: inYear2100(trusting)}), secure.URL, "the certificate has expired or is not valid yet"},
		"no TLS":                    {client(webhook.Config{}), strings.Replace(plain.URL, "http:", "https:", 1), "the receiver does not speak TLS"},
		"neither TLS nor HTTP":      {client(webhook.Config{}), strings.Replace(mute, "http:", "https:", 1), "the connection ended without an answer that can be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := postTo(t, test.client, test.url)
			if result.Err == nil || result.Err.Error() != test.want || result.Status != 0 {
				t.Errorf("Post = %+v, want %q", result, test.want)
			}
		})
	}
}

// closedPort is an address that nobody listens at.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	return listener.Addr().String()
}

func inYear2100(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.Time = func() time.Time { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) }
	return c
}
