package mail_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/mail"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", path, diff)
	}
}

func fullBody() mail.Body {
	return mail.Body{
		Language: "en",
		Logo:     mail.Logo{URL: "https://assess.meridian.example/logo.png", Alt: "Meridian Labs"},
		Accent:   "#0b6e4f",
		Heading:  "Your invitation",
		Paragraphs: []string{
			"Hello Ana,",
			"Meridian Labs invites you to the Software Engineer Assessment.",
		},
		Quote:  mail.Quote{Title: "A message from Meridian Labs", Text: "Take your time.\r\nGood luck!\n\nSam"},
		Facts:  []mail.Fact{{Label: "Questions", Value: "10"}, {Label: "Open until", Value: "Friday, 14 February 2025 at 12:00 UTC"}},
		Button: mail.Button{Label: "Open the invitation", URL: "https://assess.meridian.example/c/abc?x=1&y=2", Plain: "Or copy this address into your browser:"},
		Notes:  []string{"Opening the link commits you to nothing."},
		Footer: []string{"You got this mail because you were invited.", "Replies go to people@meridian.example."},
	}
}

func renderBody(t *testing.T, b mail.Body) (text, html string) {
	t.Helper()
	text, html, err := b.Render()
	if err != nil {
		t.Fatal(err)
	}
	return text, html
}

func TestAFullBodyRendersAsRecorded(t *testing.T) {
	t.Parallel()
	text, html := renderBody(t, fullBody())
	golden(t, "full.txt", text)
	golden(t, "full.html", html)
}

func TestABareBodyRendersAsRecorded(t *testing.T) {
	t.Parallel()
	text, html := renderBody(t, mail.Body{
		Language: "ar", RightToLeft: true, Heading: "Heading", Paragraphs: []string{"One line."},
	})
	golden(t, "bare.txt", text)
	golden(t, "bare.html", html)
}

func TestNothingInABodyBecomesMarkup(t *testing.T) {
	t.Parallel()
	const evil = `</td></style><script>alert(1)</script><img src=x onerror=alert(1)>"' {{.}} &amp;`
	b := mail.Body{
		Language: evil, Accent: `red;}</style>` + evil, Heading: evil, Paragraphs: []string{evil},
		Logo:   mail.Logo{URL: "https://logo.example/a.png", Alt: evil},
		Quote:  mail.Quote{Title: evil, Text: evil + "\n" + evil},
		Facts:  []mail.Fact{{Label: evil, Value: evil}},
		Button: mail.Button{Label: evil, URL: "https://meridian.example/", Plain: evil},
		Notes:  []string{evil}, Footer: []string{evil},
	}
	plain := b
	plain.Language, plain.Accent, plain.Heading, plain.Paragraphs = "x", "", "x", []string{"x"}
	plain.Logo.Alt, plain.Quote, plain.Facts = "x", mail.Quote{Title: "x", Text: "x\nx"}, []mail.Fact{{Label: "x", Value: "x"}}
	plain.Button.Label, plain.Button.Plain, plain.Notes, plain.Footer = "x", "x", []string{"x"}, []string{"x"}

	_, got := renderBody(t, b)
	_, want := renderBody(t, plain)
	tags := regexp.MustCompile(`<[a-zA-Z/!][^>\s]*`)
	if diff := cmp.Diff(tags.FindAllString(want, -1), tags.FindAllString(got, -1)); diff != "" {
		t.Errorf("tags (-harmless +evil):\n%s", diff)
	}
}

func TestABodyLoadsNothingButItsLogo(t *testing.T) {
	t.Parallel()
	_, html := renderBody(t, fullBody())
	loads := regexp.MustCompile(`(?i)(src|srcset|background|poster)\s*=\s*"([^"]*)"|url\(|@import|<link|<script|<iframe`)
	found := loads.FindAllString(html, -1)
	if diff := cmp.Diff([]string{`src="https://assess.meridian.example/logo.png"`}, found); diff != "" {
		t.Errorf("what the mail loads (-want +got):\n%s", diff)
	}
}

func TestOnlyWebAddressesAreLinked(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"javascript:alert(1)", "data:text/html,x", "/c/abc", "mailto:a@b.example", "https://", "https://a.example/ b", "ftp://a.example/",
	} {
		if _, _, err := (mail.Body{Button: mail.Button{URL: u}}).Render(); err == nil {
			t.Errorf("a button may lead to %s", u)
		}
		if _, _, err := (mail.Body{Logo: mail.Logo{URL: u}}).Render(); err == nil {
			t.Errorf("a logo may be %s", u)
		}
	}
	const inline = "data:image/png;base64,iVBORw0KGgo="
	_, html := renderBody(t, mail.Body{Logo: mail.Logo{URL: inline}})
	if !strings.Contains(html, `src="`+inline+`"`) {
		t.Error("an inline logo is lost")
	}
}

func TestTheButtonCanBeReadOnEveryAccent(t *testing.T) {
	t.Parallel()
	for accent, want := range map[string]string{
		"#000000": "#ffffff", "#ffffff": "#000000", "#0b6e4f": "#ffffff", "#ffe34d": "#000000", "#2f5bd0": "#ffffff",
		"#757575": "#ffffff", "#777777": "#000000",
	} {
		_, html := renderBody(t, mail.Body{Accent: accent, Button: mail.Button{Label: "Go", URL: "https://a.example/"}})
		if !strings.Contains(html, "background:"+accent+";color:"+want+";") {
			t.Errorf("on %s the label is not %s", accent, want)
		}
	}
}
