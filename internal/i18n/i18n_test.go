package i18n_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"

	"alfaone/internal/i18n"
)

func bundle(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// texts reads a language's file as it stands, without falling back to English: key, with its plural form, → text.
func texts(t *testing.T, code string) map[string]string {
	t.Helper()
	path := "locales/" + code + ".toml"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := goi18n.ParseMessageFileBytes(raw, path, map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range file.Messages {
		for form, text := range map[string]string{
			"": m.Other, " zero": m.Zero, " one": m.One, " two": m.Two, " few": m.Few, " many": m.Many,
		} {
			if text != "" || form == "" {
				all[m.ID+form] = text
			}
		}
	}
	return all
}

// gap is filled here, or with single braces by a script.
var gap = regexp.MustCompile(`\{\{[^}]*\}\}|\{\w+\}`)

func TestEveryLanguageHasEveryTextWithTheSameGaps(t *testing.T) {
	t.Parallel()
	english := texts(t, "en")
	if len(english) < 80 {
		t.Fatalf("only %d English texts were read", len(english))
	}
	for _, l := range i18n.Languages() {
		own := texts(t, l.Code)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(own))); diff != "" {
			t.Errorf("keys of %s (-en +%s):\n%s", l.Code, l.Code, diff)
		}
		for key, text := range own {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", l.Code, key)
			}
			want, got := gap.FindAllString(english[key], -1), gap.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: gaps of %s (-en +%s):\n%s", l.Code, key, l.Code, diff)
			}
		}
	}
}

func TestEveryTextIsTranslated(t *testing.T) {
	t.Parallel()
	same := map[string]bool{ // by the nature of the languages
		"duration.hours_minutes de": true, "duration.hours_minutes fr": true, "duration.minutes_seconds de": true, "duration.minutes_seconds fr": true,
		"take.question.name fr": true, "duration.minutes fr": true,
		"duration.minutes one fr": true, "mail.invite.questions_label fr": true, "take.landing.questions_label fr": true,
		"take.landing.questions fr": true, "take.landing.questions one fr": true, "mail.invite.questions fr": true,
		"mail.invite.questions one fr": true, "words.error es": true,
	}
	english := texts(t, "en")
	for _, l := range i18n.Languages()[1:] {
		for key, text := range texts(t, l.Code) {
			if equal := text == english[key]; equal != same[key+" "+l.Code] {
				t.Errorf("%s: %s equals the English text: %v", l.Code, key, equal)
			}
		}
	}
}

func TestEveryLanguageKeepsItsTypography(t *testing.T) {
	t.Parallel()
	wrong := map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`["„«»]|  | $`),
		"es": regexp.MustCompile(`["„“”]|  | $|^[^¿]*\?|^[^¡]*!`),
		"de": regexp.MustCompile(`["«»”]|  | $`),
		"fr": regexp.MustCompile(`["„“”']|  | $| [:;!?»]|« |[^\x{00a0}][:;!?»]`),
		"pt": regexp.MustCompile(`["„«»]|  | $`),
	}
	for _, l := range i18n.Languages() {
		for key, text := range texts(t, l.Code) {
			if found := wrong[l.Code].FindString(gap.ReplaceAllString(text, "x")); found != "" {
				t.Errorf("%s: %s has %q: %s", l.Code, key, found, text)
			}
		}
	}
}

func TestTextsAreFilledAndCounted(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	tests := []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"en", "mail.invite.greeting", []any{"name", "Ana"}, "Hello Ana,"},
		{"en", "mail.invite.greeting", []any{"name", "{{.Secret}} <b>"}, "Hello {{.Secret}} <b>,"},
		{"de", "mail.invite.button", nil, "Einladung öffnen"},
		{"en", "take.landing.questions", []any{"questions", 1}, "1 question"},
		{"en", "take.landing.questions", []any{"questions", 0}, "0 questions"},
		{"de", "take.landing.questions", []any{"questions", 1234}, "1.234 Fragen"},
		{"fr", "take.landing.questions", []any{"questions", 0}, "0 question"},
		{"pt", "take.landing.questions", []any{"questions", 2}, "2 perguntas"},
		{"es", "take.landing.questions", []any{"questions", 1_000_000}, "1.000.000 preguntas"},
		{"pl", "mail.invite.button", nil, "Open the invitation"},
		{"", "mail.invite.button", nil, "Open the invitation"},
		{"de", "no.such.key", nil, "no.such.key"},
		{"de", "mail.invite.greeting", []any{"wrong", "Ana"}, "mail.invite.greeting"},
	}
	for _, tt := range tests {
		if got := b.For(tt.lang).T(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s: T(%s, %v) = %q; want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
}

func TestAGroupIsTheTextsRightBelowAKey(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	want := map[string]string{
		"title": "Dieser Link funktioniert nicht",
		"what":  b.For("de").T("take.unknown.what"),
		"todo":  b.For("de").T("take.unknown.todo"),
	}
	if diff := cmp.Diff(want, b.For("de").Group("take.unknown")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := b.For("en").Group("take.contact"); len(got) > 0 {
		t.Errorf("a text is a group: %v", got)
	}
	if got := b.For("fr").Group("take", "organization", "Ana", "replyTo", "ana@example.com")["contact"]; !strings.Contains(got, "ana@example.com") {
		t.Errorf("the gaps are not filled: %s", got)
	}
}

func TestForFallsBackToEnglish(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	for _, l := range i18n.Languages() {
		if got := b.For(l.Code).Language(); got != l {
			t.Errorf("For(%s) writes %v", l.Code, got)
		}
	}
	if got := b.For("xx").Language().Code; got != "en" {
		t.Errorf("For(xx) writes %s; want en", got)
	}
}

func TestMatchPicksWhatTheReaderPrefers(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	tests := []struct {
		preferences []string
		want        string
	}{
		{nil, "en"},
		{[]string{""}, "en"},
		{[]string{"de"}, "de"},
		{[]string{"de-AT,de;q=0.9,en;q=0.8"}, "de"},
		{[]string{"pt-PT"}, "pt"},
		{[]string{"es-419"}, "es"},
		{[]string{"pl, fr;q=0.5, en;q=0.1"}, "fr"},
		{[]string{"en;q=0.1, fr;q=0.9"}, "fr"},
		{[]string{"ja"}, "en"},
		{[]string{"not a language !!", "fr"}, "fr"},
		{[]string{"es", "de,en"}, "es"},
	}
	for _, tt := range tests {
		if got := b.Match(tt.preferences...); got != tt.want {
			t.Errorf("Match(%q) = %s; want %s", tt.preferences, got, tt.want)
		}
	}
}

func TestDateTimeIsWrittenInFullWithItsZone(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	noon := time.Date(2025, 2, 14, 12, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{
		"en": "Friday, 14 February 2025 at 12:00 UTC",
		"es": "viernes, 14 de febrero de 2025, 12:00 UTC",
		"de": "Freitag, 14. Februar 2025 um 12:00 UTC",
		"fr": "vendredi 14 février 2025 à 12:00 UTC",
		"pt": "sexta-feira, 14 de fevereiro de 2025 às 12:00 UTC",
	} {
		if got := b.For(lang).DateTime(noon); got != want {
			t.Errorf("%s: %q; want %q", lang, got, want)
		}
	}
	first := time.Date(2025, 3, 1, 9, 5, 0, 0, time.UTC)
	for lang, want := range map[string]string{
		"en": "1 March 2025", "es": "1 de marzo de 2025", "de": "1. März 2025", "fr": "1er mars 2025", "pt": "1 de março de 2025",
	} {
		if got := b.For(lang).Date(first); got != want {
			t.Errorf("%s: %q; want %q", lang, got, want)
		}
	}
}

func TestEveryDayAndMonthHasItsOwnName(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	for _, l := range i18n.Languages() {
		seen := map[string]bool{}
		for day := range 365 {
			seen[b.For(l.Code).DateTime(time.Date(2025, 1, 1+day, 0, 0, 0, 0, time.UTC))] = true
		}
		if len(seen) != 365 {
			t.Errorf("%s: the days of a year have %d names", l.Code, len(seen))
		}
		for name := range seen {
			if strings.Contains(name, "%!") {
				t.Errorf("%s: %s", l.Code, name)
			}
		}
	}
}

func TestZonesCannotBeMistaken(t *testing.T) {
	t.Parallel()
	load := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	winter := time.Date(2025, 2, 14, 12, 0, 0, 0, time.UTC)
	summer := winter.AddDate(0, 6, 0)
	tests := []struct {
		at   time.Time
		want string
	}{
		{winter, "UTC"},
		{winter.In(load("Etc/UTC")), "UTC"},
		{winter.In(load("Europe/Madrid")), "UTC+1 (Europe/Madrid)"},
		{summer.In(load("Europe/Madrid")), "UTC+2 (Europe/Madrid)"},
		{winter.In(load("Europe/London")), "UTC (Europe/London)"},
		{winter.In(load("America/Sao_Paulo")), "UTC−3 (America/Sao Paulo)"},
		{winter.In(load("America/St_Johns")), "UTC−3:30 (America/St Johns)"},
		{winter.In(load("Asia/Kathmandu")), "UTC+5:45 (Asia/Kathmandu)"},
		{winter.In(time.FixedZone("", -30*60)), "UTC−0:30"},
		{winter.In(time.FixedZone("CST", 8*3600)), "UTC+8"},
	}
	for _, tt := range tests {
		if got := i18n.Zone(tt.at); got != tt.want {
			t.Errorf("Zone in %s = %q; want %q", tt.at.Location(), got, tt.want)
		}
	}
}

func TestAboutRoundsAsPeopleDo(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	tests := []struct {
		lang string
		d    time.Duration
		want string
	}{
		{"en", 0, "about 1 minute"},
		{"en", 3*time.Minute + 20*time.Second, "about 3 minutes"},
		{"en", 9*time.Minute + 40*time.Second, "about 10 minutes"},
		{"en", 23 * time.Minute, "about 25 minutes"},
		{"en", 58 * time.Minute, "about 1 hour"},
		{"en", 88 * time.Minute, "about 1 hour 30 minutes"},
		{"en", 2 * time.Hour, "about 2 hours"},
		{"es", 25 * time.Minute, "aproximadamente 25 minutos"},
		{"es", 90 * time.Minute, "aproximadamente 1 hora y 30 minutos"},
		{"de", 25 * time.Minute, "etwa 25 Minuten"},
		{"fr", 25 * time.Minute, "environ 25 minutes"},
		{"pt", 65 * time.Minute, "cerca de 1 hora e 5 minutos"},
	}
	for _, tt := range tests {
		if got := b.For(tt.lang).About(tt.d); got != tt.want {
			t.Errorf("%s: About(%s) = %q; want %q", tt.lang, tt.d, got, tt.want)
		}
	}
}

func TestLengthLeavesOutWhatIsNought(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	tests := []struct {
		lang string
		d    time.Duration
		want string
	}{
		{"en", 0, "0 seconds"},
		{"en", time.Second, "1 second"},
		{"en", 30*time.Second + time.Millisecond, "30 seconds"},
		{"en", 90 * time.Second, "1 minute 30 seconds"},
		{"es", 90 * time.Second, "1 minuto y 30 segundos"},
		{"de", 2 * time.Minute, "2 Minuten"},
		{"pt", 2 * time.Hour, "2 horas"},
		{"fr", 90*time.Minute + 20*time.Second, "1 heure 30 minutes"},
	}
	for _, tt := range tests {
		if got := b.For(tt.lang).Length(tt.d); got != tt.want {
			t.Errorf("%s: Length(%s) = %q; want %q", tt.lang, tt.d, got, tt.want)
		}
	}
}

func TestNumbersHaveTheSeparatorsOfTheLanguage(t *testing.T) {
	t.Parallel()
	b := bundle(t)
	for lang, want := range map[string]string{
		"en": "1,234,567", "es": "1.234.567", "de": "1.234.567", "fr": "1\u202f234\u202f567", "pt": "1.234.567",
	} {
		if got := b.For(lang).Number(1234567); strings.ReplaceAll(got, "\u00a0", "\u202f") != want {
			t.Errorf("%s: %q; want %q", lang, got, want)
		}
	}
}
