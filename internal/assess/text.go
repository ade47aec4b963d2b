package assess

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on text, in runes.
const (
	MaxNameRunes    = 200    // a person's, an assessment's, a tag's, a key's name
	MaxMessageRunes = 2_000  // a message to a candidate
	MaxTextRunes    = 10_000 // a prompt, an introduction, a notice
	MaxEmailBytes   = 254    // RFC 5321, section 4.5.3.1.3
	maxLocalBytes   = 64     // RFC 5321, section 4.5.3.1.1
)

// CleanLine trims s and folds every run of white space in it to one space, as people expect of a name.
func CleanLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// CleanText trims s and normalizes its line ends to "\n".
func CleanText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// OneLine reports whether s is a line as CleanLine leaves it, that can be seen, of at most limit characters.
func OneLine(s string, limit int) bool {
	var p problems
	p.line("", s, true, limit)
	return len(p) == 0 && CleanLine(s) == s
}

// line checks a one-line text: required or not, at most limit runes, no control or direction-changing characters.
func (p *problems) line(field, s string, required bool, limit int) {
	p.when(required && !strings.ContainsFunc(s, visible), field, "is required")
	p.when(utf8.RuneCountInString(s) > limit, field, "must be at most %d characters long", limit)
	p.when(strings.ContainsFunc(s, unsafeInLine), field, "must not contain control characters")
	p.when(!utf8.ValidString(s), field, "must be valid UTF-8 text")
}

// name checks a line that our mails show: it must not carry a stranger's link.
func (p *problems) name(field, s string, required bool) {
	p.line(field, s, required, MaxNameRunes)
	p.when(LooksLikeURL(s), field, "must not contain a web address")
}

// texts checks a text in several languages, named field.language.
func (p *problems) texts(field string, texts map[string]string) {
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		p.when(!ValidLanguage(language), field, "has an unknown language %q", language)
		p.text(field+"."+language, texts[language], MaxTextRunes)
	}
}

// text checks a text of several lines like line does, but for line breaks and tabs.
func (p *problems) text(field, s string, limit int) {
	p.when(utf8.RuneCountInString(s) > limit, field, "must be at most %d characters long", limit)
	unsafe := func(r rune) bool { return r != '\n' && r != '\t' && r != '\r' && unsafeInLine(r) }
	p.when(strings.ContainsFunc(s, unsafe), field, "must not contain control characters")
	p.when(!utf8.ValidString(s), field, "must be valid UTF-8 text")
}

// visible reports characters that can be seen; joiners and spaces of no width cannot.
func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// unsafeInLine reports characters that break lines or reorder text: control characters, the line and paragraph separators,
// and Unicode's bidirectional embeddings, overrides and isolates (UAX #9), which can make a name read as something else.
func unsafeInLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
		r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// Email checks an address and returns it with its domain in lower case; ok is false for anything but a bare mailbox address
// with a real-looking domain. It is stricter than RFC 5322 on purpose: no display name, no quoting, no address literal.
func Email(s string) (address string, ok bool) {
	if len(s) > MaxEmailBytes || strings.ContainsFunc(s, unsafeInLine) {
		return "", false
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	address = s[:at+1] + strings.ToLower(s[at+1:])
	if at > maxLocalBytes || len(address) > MaxEmailBytes || !isDomain(address[at+1:]) {
		return "", false
	}
	return address, true
}

// domainName is two or more labels of letters (any script), digits and inner hyphens.
var domainName = regexp.MustCompile(`^(` + domainLabel + `\.)+` + domainLabel + `$`)

const domainLabel = `[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`

// isDomain reports a name that mail could be sent to: one whose last label is no number, for four numbers are a machine's
// address.
func isDomain(s string) bool {
	return domainName.MatchString(s) && strings.ContainsFunc(s[strings.LastIndexByte(s, '.'):], unicode.IsLetter)
}

func (p *problems) email(field, s string) {
	if s == "" {
		p.add(field, "is required")
		return
	}
	_, ok := Email(s)
	p.when(!ok, field, "must be a valid email address")
}

// colour is six hexadecimal digits behind a hash, as CSS writes it.
var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func (p *problems) colour(field, s string) {
	p.when(!colour.MatchString(s), field, "must be a colour like #1f6feb")
}

// webAddress finds what mail programs turn into a link. A name that holds one would make our mail carry a stranger's link.
var webAddress = regexp.MustCompile(`(?i)://|https?:|mailto:|www\.|[\p{L}\p{N}]\.(com|net|org|info|biz|io|app|dev|xyz|top|ru|cn|link|click|site|online|shop)\b`)

// LooksLikeURL reports whether a name holds something that mail programs would turn into a link.
func LooksLikeURL(name string) bool { return webAddress.MatchString(name) }
