package mail_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/mail"
)

func render(t *testing.T, m mail.Message) []byte {
	t.Helper()
	raw, err := mail.Raw(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// parsed is what a mail program makes of a message.
type parsed struct {
	headers netmail.Header
	types   []string
	bodies  []string
}

func parse(t *testing.T, raw []byte) parsed {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the message cannot be parsed: %v\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v; want multipart/alternative", kind, err)
	}
	p := parsed{headers: m.Header}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("part: %v", err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatalf("body: %v", err)
		}
		p.types = append(p.types, part.Header.Get("Content-Type"))
		p.bodies = append(p.bodies, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
}

func (p parsed) text(t *testing.T, name string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(p.headers.Get(name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

func TestAMessageSaysWhatItWasGiven(t *testing.T) {
	t.Parallel()
	m := message()
	p := parse(t, render(t, m))
	want := map[string]string{
		"Subject":          "Ihre Einladung: Prüfung für Köche",
		"From":             `"Meridian Labs" <assessments@meridian.example>`,
		"To":               `Ana Pérez <ana@example.com>`,
		"Reply-To":         "<people@meridian.example>",
		"Message-Id":       "<job-1@meridian.example>",
		"Date":             "Fri, 14 Feb 2025 12:00:00 +0000",
		"Content-Language": "de",
		"Auto-Submitted":   "auto-generated",
		"Mime-Version":     "1.0",
	}
	got := map[string]string{}
	for name := range p.headers {
		if name != "Content-Type" {
			got[name] = p.text(t, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}, p.types); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{m.Text, m.HTML}, p.bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestTheSameMessageRendersToTheSameBytes(t *testing.T) {
	t.Parallel()
	m := message()
	m.Headers["X-One"], m.Headers["X-Two"] = "1", "2"
	first := render(t, m)
	for range 20 {
		if !bytes.Equal(first, render(t, m)) {
			t.Fatal("a second rendering differs")
		}
	}
}

func TestWhatPeopleReadIsMadeHarmless(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Hi\r\nBcc: x@example.org":    "Hi Bcc: x@example.org",
		"a\x00b\tc\u2028d\u2029e":     "a b c d e",
		"pay \u202egnp.exe\u202c now": "pay gnp.exe now",
		"\u2066isolated\u2069":        "isolated",
		"  many   spaces  ":           "many spaces",
		"\xff\xfe":                    "\uFFFD",
		strings.Repeat("ä", 300):      strings.Repeat("ä", 254) + "…",
		"=?utf-8?q?=0D=0ABcc:_x?=":    "= ?utf-8?q?=0D=0ABcc:_x?=",
	} {
		m := message()
		m.Subject = in
		if got := parse(t, render(t, m)).text(t, "Subject"); got != want {
			t.Errorf("subject %q reads %q; want %q", in, got, want)
		}
		m = message()
		m.To.Name = in
		to, err := netmail.ParseAddress(parse(t, render(t, m)).headers.Get("To"))
		if err != nil || to.Address != "ana@example.com" || strings.ContainsFunc(to.Name, unsafe) {
			t.Errorf("name %q: recipient reads %v, %v", in, to, err)
		}
	}
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

func TestWhatMachinesReadIsRefusedWhenMalformed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*mail.Message){
		"no sender":                 func(m *mail.Message) { m.From.Address = "" },
		"recipient with a line":     func(m *mail.Message) { m.To.Address = "a@b.example\r\nBcc: c@d.example" },
		"recipient with NUL":        func(m *mail.Message) { m.To.Address = "a\x00@b.example" },
		"recipient with a name":     func(m *mail.Message) { m.To.Address = "A <a@b.example>" },
		"two recipients":            func(m *mail.Message) { m.To.Address = "a@b.example, c@d.example" },
		"recipient, right to left":  func(m *mail.Message) { m.To.Address = "a\u202e@b.example" },
		"recipient, line separator": func(m *mail.Message) { m.To.Address = "a\u2028@b.example" },
		"recipient not in ASCII":    func(m *mail.Message) { m.To.Address = "anä@b.example" },
		"quoted local part":         func(m *mail.Message) { m.To.Address = `"a b"@c.example` },
		"overlong recipient":        func(m *mail.Message) { m.To.Address = strings.Repeat("a", 250) + "@b.example" },
		"reply to nobody":           func(m *mail.Message) { m.ReplyTo = mail.Address{Name: "People"} },
		"no message id":             func(m *mail.Message) { m.MessageID = "" },
		"message id in brackets":    func(m *mail.Message) { m.MessageID = "<a@b>" },
		"message id with a line":    func(m *mail.Message) { m.MessageID = "a@b\r\nX: y" },
		"no date":                   func(m *mail.Message) { m.Date = time.Time{} },
		"no text":                   func(m *mail.Message) { m.Text = "" },
		"no HTML":                   func(m *mail.Message) { m.HTML = "" },
		"language with a line":      func(m *mail.Message) { m.Language = "de\r\nX: y" },
		"header name with a colon":  func(m *mail.Message) { m.Headers = map[string]string{"X: y": "z"} },
		"header value with a line":  func(m *mail.Message) { m.Headers = map[string]string{"X-A": "z\nBcc: a@b"} },
		"header value not in ASCII": func(m *mail.Message) { m.Headers = map[string]string{"X-A": "ä"} },
		"overlong header value":     func(m *mail.Message) { m.Headers = map[string]string{"X-A": strings.Repeat("a", 501)} },
		"a header of ours":          func(m *mail.Message) { m.Headers = map[string]string{"bcc": "a@b.example"} },
		"another header of ours":    func(m *mail.Message) { m.Headers = map[string]string{"Content-Type": "text/plain"} },
		"a forged signature":        func(m *mail.Message) { m.Headers = map[string]string{"DKIM-Signature": "v=1"} },
	} {
		m := message()
		spoil(&m)
		if raw, err := mail.Raw(m); err == nil {
			t.Errorf("%s is accepted:\n%s", name, raw)
		}
		var classed *mail.Error
		if err := new(mail.Recorder).Send(t.Context(), m); err == nil || errors.As(err, &classed) {
			t.Errorf("%s: the recorder says %v; want an error without class", name, err)
		}
	}
}

func TestTheRecorderKeepsWhatItDoesNotRefuse(t *testing.T) {
	t.Parallel()
	var r mail.Recorder
	m := message()
	if err := r.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	refusal := &mail.Error{Class: mail.Recipient, Stage: mail.StageRcpt, Err: errors.New("no such user")}
	r.Refuse = func(mail.Message) error { return refusal }
	if err := r.Send(t.Context(), m); !errors.Is(err, refusal) {
		t.Errorf("Send = %v; want the refusal", err)
	}
	if diff := cmp.Diff([]mail.Message{m}, r.Messages()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// FuzzMessage tries to smuggle a header, a part, a recipient or an overlong line through every field that people fill.
func FuzzMessage(f *testing.F) {
	f.Add("Ana", "Your invitation", "people@meridian.example", "Hello", "<p>Hello</p>")
	f.Add("Ana\r\nBcc: x@example.org", "a\r\n\r\nbody", "a@b.example\r\nX: y", "\r\n.\r\nQUIT\r\n", "\r\n--boundary--\r\n")
	f.Add("\u202eana\u2028", strings.Repeat("x", 2000), `"a b"@c.example`, strings.Repeat("long ", 400), "\x00\x1b[31m")
	f.Add(`"quoted\" <a@b.example>`, "=?utf-8?q?=0D=0ABcc:_x?=", "A <a@b.example>", "\xff", strings.Repeat("y", 3000))
	f.Fuzz(func(t *testing.T, name, subject, replyTo, text, html string) {
		m := message()
		m.From.Name, m.To.Name, m.Subject, m.Text, m.HTML = name, name, subject, text, html
		m.ReplyTo = mail.Address{Name: name, Address: replyTo}
		raw, err := mail.Raw(m)
		if err != nil {
			m.ReplyTo.Address = "people@meridian.example"
			m.Text, m.HTML = m.Text+".", m.HTML+"." // neither is empty
			raw = render(t, m)
		}
		checkLines(t, raw)
		p := parse(t, raw)
		checkHeaders(t, p, m)
		if len(p.bodies) != 2 {
			t.Errorf("%d parts; want 2", len(p.bodies))
		}
	})
}

func checkLines(t *testing.T, raw []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a stray line end or NUL in %q", line)
		}
	}
}

func checkHeaders(t *testing.T, p parsed, m mail.Message) {
	t.Helper()
	want := []string{
		"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Reply-To",
		"Subject", "To",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(p.headers))); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	for name, values := range p.headers {
		if len(values) != 1 {
			t.Errorf("%s stands %d times", name, len(values))
		}
	}
	for header, address := range map[string]string{
		"From": m.From.Address, "To": m.To.Address, "Reply-To": m.ReplyTo.Address,
	} {
		list, err := p.headers.AddressList(header)
		if err != nil || len(list) != 1 || list[0].Address != address {
			t.Errorf("%s reads %v, %v; want %s", header, list, err, address)
		} else if strings.ContainsFunc(list[0].Name, unsafe) {
			t.Errorf("%s has the name %q", header, list[0].Name)
		}
	}
	if s := p.text(t, "Subject"); strings.ContainsFunc(s, unsafe) {
		t.Errorf("subject reads %q", s)
	}
}
