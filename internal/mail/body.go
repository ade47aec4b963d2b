package mail

import (
	"embed"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Body is the content of a message, in the order in which it is read. Everything is plain text; the HTML version escapes
// it. A line break within a text is kept.
type Body struct {
	Language    string // of the texts, as a BCP 47 tag
	RightToLeft bool

	Logo   Logo   // optional, the HTML version only
	Accent string // of the button, as #rrggbb; anything else is a quiet blue

	Heading    string
	Paragraphs []string
	Quote      Quote // optional: another's words
	Facts      []Fact
	Button     Button   // optional
	Notes      []string // after the button
	Footer     []string // small print: why this message came, who reads an answer
}

// Logo is a picture over the heading.
type Logo struct {
	URL string // https, http, or an inline data:image/png;base64 (also jpeg, gif)
	Alt string // shown where pictures are not
}

// Quote is a text by somebody else, set apart under a title that says whose it is.
type Quote struct{ Title, Text string }

// Fact is a labelled value, such as a deadline.
type Fact struct{ Label, Value string }

// Button is the one thing to do. The address stands in words below it, after Plain, for readers where buttons fail.
type Button struct{ Label, URL, Plain string }

// Render returns the text and the HTML version. It fails if the button's or the logo's URL is of a kind that a mail must
// not carry.
func (b Body) Render() (text, html string, err error) {
	v, err := b.view()
	if err != nil {
		return "", "", err
	}
	var out strings.Builder
	if err := bodyTemplate.Execute(&out, v); err != nil {
		return "", "", fmt.Errorf("mail: rendering: %w", err)
	}
	return b.text(), out.String(), nil
}

//go:embed body.html
var bodyFile embed.FS

var bodyTemplate = template.Must(template.New("body.html").
	Funcs(template.FuncMap{"lines": func(s string) []string { return strings.Split(tidy(s), "\n") }}).
	ParseFS(bodyFile, "body.html"))

// view is what the template needs beside the body.
type view struct {
	Body
	Direction string
	LogoURL   template.URL
	Accent    template.CSS
	OnAccent  template.CSS // black or white, whichever is easier to read
}

const usualAccent = "#2f5bd0"

var (
	hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	dataImage = regexp.MustCompile(`^data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}$`)
)

func (b Body) view() (view, error) {
	v := view{Body: b, Direction: "ltr", LogoURL: template.URL(b.Logo.URL)} //nolint:gosec // checked below
	if b.RightToLeft {
		v.Direction = "rtl"
	}
	if b.Logo.URL != "" && !webURL(b.Logo.URL) && !dataImage.MatchString(b.Logo.URL) {
		return view{}, fmt.Errorf("mail: logo must be a web address or an inline picture")
	}
	if b.Button.URL != "" && !webURL(b.Button.URL) {
		return view{}, fmt.Errorf("mail: button must lead to a web address")
	}
	accent := b.Accent
	if !hexColour.MatchString(accent) {
		accent = usualAccent
	}
	v.Accent, v.OnAccent = template.CSS(accent), template.CSS(readableOn(accent)) //nolint:gosec // a colour by now
	return v, nil
}

func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " <>\"")
}

// readableOn returns white, or black where it has the higher contrast by WCAG 2.2 on a background of #rrggbb.
func readableOn(background string) string {
	l := luminance(background)
	if 1.05/(l+0.05) >= (l+0.05)/0.05 {
		return "#ffffff"
	}
	return "#000000"
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(colour string) float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, weight := range weights {
		n, _ := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8) // the caller has seen that it is hexadecimal
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// text renders the plain version: blank lines between parts, the quote indented by "> ".
func (b Body) text() string {
	var parts []string
	add := func(s string) {
		if s = tidy(s); s != "" {
			parts = append(parts, s)
		}
	}
	add(b.Heading)
	for _, p := range b.Paragraphs {
		add(p)
	}
	if q := tidy(b.Quote.Text); q != "" {
		add(b.Quote.Title + "\n> " + strings.ReplaceAll(q, "\n", "\n> "))
	}
	var facts []string
	for _, f := range b.Facts {
		facts = append(facts, f.Label+": "+f.Value)
	}
	add(strings.Join(facts, "\n"))
	if b.Button.URL != "" {
		add(b.Button.Label + ":\n" + b.Button.URL)
	}
	for _, n := range b.Notes {
		add(n)
	}
	if len(b.Footer) > 0 {
		add("-- \n" + strings.Join(b.Footer, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// tidy makes line ends "\n" and cuts white space from both ends.
func tidy(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}
