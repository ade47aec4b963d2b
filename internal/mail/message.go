// Package mail composes messages and delivers them over SMTP.
//
// It must not know why a message is sent: words, links and recipients come from the caller. It keeps nothing and retries
// nothing; [Error] says what a failed delivery calls for.
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Sender delivers messages.
type Sender interface {
	// Send delivers m to its recipient, or returns an [*Error] that says whose trouble it is. Any other error means that
	// m cannot be rendered (see [Raw]) and nothing was sent.
	Send(ctx context.Context, m Message) error
}

// Address is a mailbox and the name shown for it.
type Address struct {
	Name    string // may be empty; shown with unsafe characters as spaces, and cut at 128 of them
	Address string // local@domain in ASCII: an international domain in its xn-- form
}

// Message is a mail to one recipient. Rendering reads neither clock nor chance: the same Message gives the same bytes, so
// that a second copy is recognized as one.
type Message struct {
	From    Address
	To      Address
	ReplyTo Address // optional
	Subject string  // shown with unsafe characters as spaces, and cut at 255 of them

	Text string // both bodies are required: a message is always multipart/alternative
	HTML string

	MessageID string    // unique, as in "id@domain", without angle brackets
	Date      time.Time // shown in its own zone
	Language  string    // of the text, as a BCP 47 tag; optional

	Headers map[string]string // further headers, such as Auto-Submitted; in printable ASCII
}

// Longest texts of a header, in characters. They keep every line below the 998 of RFC 5322 section 2.1.1.
const (
	maxName    = 128
	maxSubject = 255
	maxHeader  = 500
)

// Raw renders m as RFC 5322 bytes with CRLF line ends. What a machine reads (addresses, the message id, further headers)
// must be well-formed or it is an error; what people read is made harmless.
func Raw(m Message) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(m.boundary()))
	msg.FromMailAddress(m.From.header())
	msg.ToMailAddress(m.To.header())
	if m.ReplyTo.Address != "" {
		msg.ReplyToMailAddress(m.ReplyTo.header())
	}
	msg.Subject(display(m.Subject, maxSubject))
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(m.Date)
	if m.Language != "" {
		msg.SetGenHeader(gomail.HeaderContentLang, m.Language)
	}
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(textproto.CanonicalMIMEHeaderKey(name)), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, printable(m.Text))
	msg.AddAlternativeString(gomail.TypeTextHTML, printable(m.HTML))

	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return raw.Bytes(), nil
}

// boundary depends on the whole content, so that no content can contain it.
func (m Message) boundary() string {
	h := sha256.New()
	for _, s := range []string{m.MessageID, m.Text, m.HTML} {
		fmt.Fprintf(h, "%d %s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

var (
	messageID   = regexp.MustCompile(`^[!-~]{1,200}@[!-~]{1,200}$`)
	languageTag = regexp.MustCompile(`^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,5}$`)
	fieldName   = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
	fieldValue  = regexp.MustCompile(`^[!-~]+( [!-~]+)*$`)
)

// reserved are the headers that Raw itself writes, or that would change who gets the message or how it is read.
var reserved = regexp.MustCompile(`(?i)^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|` +
	`content-.*|dkim-signature|return-path|received|resent-.*)$`)

func (m Message) check() error {
	if err := m.checkAddresses(); err != nil {
		return err
	}
	if !messageID.MatchString(m.MessageID) || strings.ContainsAny(m.MessageID, "<>") {
		return fmt.Errorf("malformed message id %q", m.MessageID)
	}
	if m.Date.IsZero() {
		return errors.New("no date")
	}
	if m.Text == "" || m.HTML == "" {
		return errors.New("a text and an HTML body are required")
	}
	if m.Language != "" && !languageTag.MatchString(m.Language) {
		return fmt.Errorf("malformed language %q", m.Language)
	}
	for name, value := range m.Headers {
		if !fieldName.MatchString(name) || reserved.MatchString(name) {
			return fmt.Errorf("header %q is not allowed", name)
		}
		if !fieldValue.MatchString(value) || len(value) > maxHeader {
			return fmt.Errorf("value of header %s must be short, printable ASCII", name)
		}
	}
	return nil
}

func (m Message) checkAddresses() error {
	if err := checkAddress(m.From.Address); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := checkAddress(m.To.Address); err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	if m.ReplyTo == (Address{}) {
		return nil
	}
	if err := checkAddress(m.ReplyTo.Address); err != nil {
		return fmt.Errorf("reply to: %w", err)
	}
	return nil
}

// checkAddress demands a bare address that means the same to every program. Whether one may be invited is not its
// question.
func checkAddress(s string) error {
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > 254 {
		return fmt.Errorf("malformed address %q", s)
	}
	for _, r := range s {
		if r <= ' ' || r > '~' || strings.ContainsRune(`<>"(),;`, r) {
			return fmt.Errorf("address %q has a character that is not allowed", s)
		}
	}
	return nil
}

// header prepares a for net/mail, which leaves a backslash bare in an encoded word, where no parser takes it.
func (a Address) header() *mail.Address {
	return &mail.Address{Name: strings.ReplaceAll(display(a.Name, maxName), `\`, "/"), Address: a.Address}
}

// display makes s fit to be shown on one line: what could break it or change its direction becomes a space.
func display(s string, longest int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	s = strings.ReplaceAll(s, "=?", "= ?") // no encoded word of RFC 2047 but our own
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	return s
}

// printable removes from a body the control characters that are not white space.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
