package mail_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"alfaone/internal/mail"
)

// FuzzBody tries to smuggle a tag, an attribute, an address or a header through the texts that people write into a mail: names, a
// message of one's own, the link and the colour of its button.
func FuzzBody(f *testing.F) {
	const link = "https://meridian.example/c/abc?x=1&y=2"
	f.Add("Ana Pérez", "Take your time.\r\nGood luck!\n\nSam", link, "#0b6e4f")
	f.Add("Ana\r\nBcc: x@example.org", "</td></table><script>alert(1)</script>", "javascript:alert(1)", "red;}</style><b>")
	f.Add("{{.}} &amp; &lt;b&gt; <!-- ", "a\rb\x0bc\u2028d\x00e\xff\n> quoted\n-- \nAlfaOne", `https://a.example/"onclick="x`, "#00000")
	f.Add("<title></title></style>", "<plaintext>", "https://user@a.example:1/%zz?'<>#\"", "#ffffff")
	f.Add("", " \n ", "https://пример.рф/é", "")
	f.Fuzz(func(t *testing.T, name, words, link, accent string) {
		b := letter(func(s string) string { return s }, name, words)
		b.Accent, b.Button.URL = accent, link
		if _, _, err := b.Render(); err != nil {
			b.Button.URL = "https://meridian.example/"
		}
		plain := letter(harmless, name, words)
		plain.Button.URL = "https://meridian.example/"
		if sixDigits.MatchString(accent) {
			plain.Accent = accent
		}
		got, want := sent(t, name, b), sent(t, name, plain)
		if diff := cmp.Diff(want.elements, got.elements); diff != "" {
			t.Errorf("elements (-harmless +%q, %q):\n%s", name, words, diff)
		}
		if said := letters(name); letters(got.heading) != said {
			t.Errorf("%q becomes the heading %q", name, got.heading)
		}
		for _, address := range got.links {
			if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() != hostOf(b.Button.URL) {
				t.Errorf("the button to %q leads to %q", b.Button.URL, address)
			}
		}
		quoted, _ := renderBody(t, mail.Body{Quote: mail.Quote{Title: "Said", Text: words}})
		for _, line := range strings.Split(strings.TrimSuffix(quoted, "\n"), "\n")[1:] {
			if !strings.HasPrefix(line, "> ") {
				t.Errorf("%q leaves its quotation: %q", words, quoted)
			}
		}
	})
}

var sixDigits = regexp.MustCompile(`\A#[[:xdigit:]]{6}\z`)

// letter has the texts wherever a mail has any.
func letter(say func(string) string, name, words string) mail.Body {
	name, words = say(name), say(words)
	return mail.Body{
		Language: name, Logo: mail.Logo{URL: "https://logo.example/a.png", Alt: name}, Heading: name, Paragraphs: []string{name, words},
		Quote: mail.Quote{Title: name, Text: words}, Facts: []mail.Fact{{Label: name, Value: words}},
		Button: mail.Button{Label: name, Plain: words}, Notes: []string{words}, Footer: []string{name, words},
	}
}

// harmless is a text of as many lines.
func harmless(s string) string {
	if s == "" {
		return ""
	}
	s = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	return "x" + strings.Repeat("\nx", strings.Count(s, "\n"))
}

// letters leaves out what mail and HTML may write otherwise: white space, and what is no text.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsPunct(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// page is what a mail program makes of the HTML version.
type page struct {
	elements []string // tags with their attributes; only names of those that hold texts
	heading  string
	links    []string
}

// sent is the body as it arrives, in a message of the subject.
func sent(t *testing.T, subject string, b mail.Body) page {
	t.Helper()
	m := message()
	m.Subject, m.To.Name, m.From.Name = subject, subject, subject
	m.Text, m.HTML = renderBody(t, b)
	p := parse(t, render(t, m))
	checkHeaders(t, p, m)
	if len(p.bodies) != 2 {
		t.Fatalf("%d parts; want 2", len(p.bodies))
	}
	doc, err := html.Parse(strings.NewReader(p.bodies[1]))
	if err != nil {
		t.Fatal(err)
	}
	var found page
	for n := range doc.Descendants() {
		found.add(n)
	}
	return found
}

func (p *page) add(n *html.Node) {
	switch n.Type {
	case html.ElementNode:
		text := n.Data
		for _, a := range n.Attr {
			text += " " + a.Key
			if !slices.Contains([]string{"alt", "href", "lang"}, a.Key) {
				text += "=" + a.Val
			}
			if a.Key == "href" {
				p.links = append(p.links, a.Val)
			}
		}
		p.elements = append(p.elements, text)
	case html.CommentNode:
		p.elements = append(p.elements, "a comment")
	case html.TextNode:
		switch n.Parent.Data {
		case "h1":
			p.heading += n.Data
		case "style":
			p.elements = append(p.elements, n.Data)
		}
	}
}

// FuzzSMTPURL holds that the address of a mail server never gives its password away, wherever it is cut: neither an error nor
// who is called has a part of it.
func FuzzSMTPURL(f *testing.F) {
	const secret = "hunter2secret"
	f.Add("smtp", "", "", "mail.example:587")
	f.Add("smtps", "a@b:c", "%2F", "[::1]:465/")
	f.Add("smtp", "12/", "?", "mail.example")
	f.Add("smtp", "12?", "#", "mail.example:")
	f.Add("smtp", "%", "%zz", "mail example\r\n")
	f.Add("smtp", "12#", "/", "mail.example:99999?x=y")
	f.Add("SMTP", "", "", "%6d.example")
	f.Add("imap", "[", "]", "")
	f.Fuzz(func(t *testing.T, scheme, before, after, rest string) {
		var called []string
		server, err := mail.NewSMTP(mail.SMTPConfig{
			URL: scheme + "://user:" + before + secret + after + "@" + rest,
			Dial: func(_ context.Context, _, address string) (net.Conn, error) {
				called = append(called, address)
				return nil, errors.New("nobody answers at " + address)
			},
		})
		if err == nil {
			err = server.Check(t.Context())
			if host, port, splits := net.SplitHostPort(strings.Join(called, " ")); splits != nil || host == "" || port == "" {
				t.Errorf("%q leads to %q", rest, called)
			}
		}
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q, %q, %q and %q: %v", scheme, before, after, rest, err)
		}
	})
}
