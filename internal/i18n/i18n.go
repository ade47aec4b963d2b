// Package i18n holds the texts that candidates read, in every language the product speaks, and writes dates, numbers and
// durations as that language does.
//
// It must not know who reads a text or where it stands: keys and values come from the caller, and what comes out is plain
// text, not HTML.
package i18n

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Language is one that the product speaks.
type Language struct {
	Code string // as in BCP 47
	Name string // as its speakers write it
}

// Languages returns all there are. The first, English, stands in for any other.
func Languages() []Language {
	return []Language{
		{"en", "English"}, {"es", "Español"}, {"de", "Deutsch"}, {"fr", "Français"}, {"pt", "Português"},
	}
}

//go:embed locales/*.toml
var locales embed.FS

// Bundle is the texts of all languages. It does not change and is safe for concurrent use.
type Bundle struct {
	localizers map[string]*Localizer
	matcher    language.Matcher
}

// New reads the embedded texts; an error means that the program was built wrong.
func New() (*Bundle, error) {
	texts := goi18n.NewBundle(language.English)
	texts.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	b := &Bundle{localizers: map[string]*Localizer{}}
	var tags []language.Tag
	var keys []string
	for _, l := range Languages() {
		file, err := texts.LoadMessageFileFS(locales, "locales/"+l.Code+".toml")
		if err != nil {
			return nil, fmt.Errorf("i18n: %s: %w", l.Code, err)
		}
		if keys == nil {
			keys = keysOf(file)
		}
		tag := language.MustParse(l.Code)
		tags = append(tags, tag)
		b.localizers[l.Code] = &Localizer{
			language: l,
			texts:    goi18n.NewLocalizer(texts, l.Code),
			printer:  message.NewPrinter(tag),
			calendar: calendars[l.Code],
			keys:     keys,
		}
	}
	b.matcher = language.NewMatcher(tags)
	return b, nil
}

// For returns the texts of a language, and the English ones for a language that the product does not speak.
func (b *Bundle) For(code string) *Localizer {
	if l := b.localizers[code]; l != nil {
		return l
	}
	return b.localizers[Languages()[0].Code]
}

// Match returns the code of the language that suits a reader best. Preferences are codes or values of Accept-Language, the
// most important first; what cannot be read is passed over.
func (b *Bundle) Match(preferences ...string) string {
	var wanted []language.Tag
	for _, p := range preferences {
		if tags, _, err := language.ParseAcceptLanguage(p); err == nil {
			wanted = append(wanted, tags...)
		}
	}
	_, i, _ := b.matcher.Match(wanted...)
	return Languages()[i].Code
}

// Localizer writes one language. It is safe for concurrent use.
type Localizer struct {
	language Language
	texts    *goi18n.Localizer
	printer  *message.Printer
	calendar calendar
	keys     []string // of all texts
}

func keysOf(file *goi18n.MessageFile) []string {
	keys := make([]string, len(file.Messages))
	for i, m := range file.Messages {
		keys[i] = m.ID
	}
	return keys
}

// Language is the one it writes.
func (l *Localizer) Language() Language { return l.language }

// T returns the text of a key, with args as alternating names and values for its gaps. The first value that is an int
// chooses between singular and plural. A key that does not exist, or whose gaps are not all given, comes back as it is.
func (l *Localizer) T(key string, args ...any) string {
	config := goi18n.LocalizeConfig{MessageID: key, TemplateParser: strict}
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		value := args[i+1]
		if n, ok := value.(int); ok {
			if config.PluralCount == nil {
				config.PluralCount = n
			}
			value = l.Number(n)
		}
		data[fmt.Sprint(args[i])] = value
	}
	config.TemplateData = data
	text, err := l.texts.Localize(&config)
	if err != nil && text == "" {
		return key
	}
	return text
}

// Group returns the texts right below a key, by the last part of their own: what one script says. args are as for T.
func (l *Localizer) Group(key string, args ...any) map[string]string {
	out := map[string]string{}
	for _, k := range l.keys {
		if name, ok := strings.CutPrefix(k, key+"."); ok && !strings.Contains(name, ".") {
			out[name] = l.T(k, args...)
		}
	}
	return out
}

// strict fails on a gap without a value, where the usual parser writes "<no value>".
var strict = &template.TextParser{Option: "missingkey=error"}

// Number writes n with the separators of the language.
func (l *Localizer) Number(n int) string { return l.printer.Sprint(number.Decimal(n)) }

// Length writes a length of time to the second, or from an hour on to the minute, leaving out what is nought: "30 seconds", "1 minute 30 seconds", "2 hours".
func (l *Localizer) Length(d time.Duration) string {
	count := func(key string, n time.Duration) string { return l.T("duration."+key, "count", int(n)) }
	d = d.Round(time.Second)
	hours, minutes, seconds := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	switch {
	case hours > 0 && minutes > 0:
		return l.T("duration.hours_minutes", "hours", count("hours", hours), "minutes", count("minutes", minutes))
	case hours > 0:
		return count("hours", hours)
	case minutes > 0 && seconds > 0:
		return l.T("duration.minutes_seconds", "minutes", count("minutes", minutes), "seconds", count("seconds", seconds))
	case minutes > 0:
		return count("minutes", minutes)
	default:
		return count("seconds", seconds)
	}
}

// About writes a length of time as people say it: "about 25 minutes", "about 1 hour 30 minutes". It rounds to whole
// minutes up to ten of them, above to the nearest five.
func (l *Localizer) About(d time.Duration) string {
	step := 5 * time.Minute
	if d < 10*time.Minute {
		step = time.Minute
	}
	d = max(d.Round(step), time.Minute)
	return l.T("duration.about", "duration", l.Length(d))
}
