package assess_test

import (
	"strings"
	"testing"

	"alfaone/internal/assess"
)

// lines and texts name every field that takes a text of one line, or of several.
var (
	lines = map[string]func(string) error{
		"recipientName": func(s string) error { return invite(func(n *assess.NewInvite) { n.Name = s }) },
		"name":          func(s string) error { return content(func(c *assess.Content) { c.Name = s }) },
		"senderName":    func(s string) error { return organization(func(o *assess.Organization) { o.SenderName = s }) },
		"firstName":     func(s string) error { return member(func(m *assess.Member) { m.FirstName = s }) },
		"lastName":      func(s string) error { return member(func(m *assess.Member) { m.LastName = s }) },
	}
	ownLines = map[string]func(string) error{ // these may hold a web address: no mail shows them
		"tag's name": func(s string) error { return tag(func(tag *assess.Tag) { tag.Name = s }) },
		"key's name": func(s string) error { return key(func(k *assess.NewAPIKey) { k.Name = s }) },
	}
	texts = map[string]func(string) error{
		"customMessage": func(s string) error { return invite(func(n *assess.NewInvite) { n.Message = s }) },
		"description":   func(s string) error { return content(func(c *assess.Content) { c.Description = s }) },
		"introduction": func(s string) error {
			return content(func(c *assess.Content) { c.Introduction = map[string]string{"en": s} })
		},
		"closing": func(s string) error {
			return content(func(c *assess.Content) { c.Closing = map[string]string{"en": s} })
		},
		"prompt": func(s string) error {
			return question(func(q *assess.Question) { q.Prompts = map[string]string{"en": s} })
		},
		"notice": func(s string) error {
			return organization(func(o *assess.Organization) { o.Notices = map[string]string{"en": s} })
		},
	}
)

func TestTextsRefuseWhatBreaksLinesOrReordersThem(t *testing.T) {
	t.Parallel()
	everywhere := []string{"a\x00b", "a\x1bb", "a\x7fb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u202eb", "a\u2066b", "a\xffb"}
	inLines := append([]string{"a\nb", "a\rb", "a\tb"}, everywhere...)
	for _, fields := range []map[string]func(string) error{lines, ownLines} {
		for field, set := range fields {
			for _, s := range inLines {
				if err := set(s); assess.KindOf(err) != assess.Invalid {
					t.Errorf("%s %q: %v, want it refused", field, s, err)
				}
			}
		}
	}
	for field, set := range texts {
		for _, s := range everywhere {
			if err := set(s); assess.KindOf(err) != assess.Invalid {
				t.Errorf("%s %q: %v, want it refused", field, s, err)
			}
		}
	}
}

func TestANameMustShowSomething(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", "\u00a0", "\u200b", "\u2060\ufeff", " \u200d "} {
		onlyProblem(t, tag(func(tag *assess.Tag) { tag.Name = s }), "name", "is required")
	}
}

func TestTextsTakeWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for field, set := range texts {
		if err := set("Hallo,\r\n\tschön, dass Sie da sind 🎉\nمرحبا https://example.com"); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
	for field, set := range lines {
		for _, s := range []string{"Zoë O’Neill-Ångström", "李小龍", "Dr. J. St.John", "Smith & Sons, Ltd.", "🎉"} {
			if err := set(s); err != nil {
				t.Errorf("%s %q: %v", field, s, err)
			}
		}
	}
}

func TestNamesInMailsCarryNoLinks(t *testing.T) {
	t.Parallel()
	for field, set := range lines {
		if err := set("win at evil.com"); assess.KindOf(err) != assess.Invalid {
			t.Errorf("%s with a web address: %v, want it refused", field, err)
		}
	}
	for field, set := range ownLines {
		if err := set("careers.example.com"); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestWebAddressesAreRecognized(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"http://x": true, "HTTPS://X": true, "ftp://x": true, "www.x": true, "evil.com": true, "see EVIL.COM/x": true, "пример.com": true,
		"a-b.shop": true, "x.click!": true, "mailto:a@b.c": true, "https:x": true, "(evil.net)": true,
		"": false, "Ada": false, "St. Pauli": false, "J.de Vries": false, "a.community": false, "Node. Online": false, ".net": false, "Q: yes": false,
	} {
		if got := assess.LooksLikeURL(s); got != want {
			t.Errorf("LooksLikeURL(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestCleaning(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{" a \t b\n c ": "a b c", "": "", " \u00a0 ": ""} {
		if got := assess.CleanLine(in); got != want {
			t.Errorf("CleanLine(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{" a\r\nb\rc\n\n": "a\nb\nc", "": "", "a  b": "a  b"} {
		if got := assess.CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
}

// emails are addresses with what they become; "" means refused.
var emails = map[string]string{
	"candidate@example.com":                  "candidate@example.com",
	"Ada.Lovelace@EXAMPLE.com":               "Ada.Lovelace@example.com",
	"a+b_c-d@sub.example.org":                "a+b_c-d@sub.example.org",
	"jürgen@bücher.example":                  "jürgen@bücher.example",
	"a@xn--bcher-kva.example":                "a@xn--bcher-kva.example",
	"a@उदाहरण.भारत":                          "a@उदाहरण.भारत",
	"o'neill@example.ie":                     "o'neill@example.ie",
	"a@1.example":                            "a@1.example",
	strings.Repeat("a", 64) + "@example.com": strings.Repeat("a", 64) + "@example.com",
	longEmail(254):                           longEmail(254),

	"":                                       "",
	"a":                                      "",
	"a@b":                                    "",
	"@example.com":                           "",
	"a@":                                     "",
	"a@@example.com":                         "",
	"Bob <a@example.com>":                    "",
	"<a@example.com>":                        "",
	" a@example.com ":                        "",
	"a@example.com ":                         "",
	`"a b"@example.com`:                      "",
	"a@[127.0.0.1]":                          "",
	"a@127.0.0.1":                            "",
	"a@-b.com":                               "",
	"a@b-.com":                               "",
	"a@b..com":                               "",
	"a@.com":                                 "",
	"a@b.com.":                               "",
	"a@b_c.com":                              "",
	"a..b@example.com":                       "",
	".a@example.com":                         "",
	"a.@example.com":                         "",
	"a@example.com, b@example.com":           "",
	"a@example.com (home)":                   "",
	"a@example.com\r\nBcc: b@example.com":    "",
	"a\x00@example.com":                      "",
	"a\u202e@example.com":                    "",
	"a@example.com\n":                        "",
	"a b@example.com":                        "",
	strings.Repeat("a", 65) + "@example.com": "",
	longEmail(255):                           "",
	"a@" + strings.Repeat("b", 64) + ".com":  "",
}

// longEmail is an address of n bytes that is well-formed but for its length.
func longEmail(n int) string {
	domain := strings.Repeat(strings.Repeat("b", 62)+".", 3)
	return "a@" + domain + strings.Repeat("c", n-len("a@")-len(domain))
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for in, want := range emails {
		got, ok := assess.Email(in)
		if got != want || ok != (want != "") {
			t.Errorf("Email(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func FuzzEmail(f *testing.F) {
	for s := range emails {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, ok := assess.Email(s)
		switch {
		case !ok && address != "":
			t.Errorf("refused, yet %q was returned", address)
		case !ok:
		case len(address) > assess.MaxEmailBytes || strings.ContainsAny(address, " \r\n\t\x00<>,;\"()[]") || strings.Count(address, "@") != 1:
			t.Errorf("took %q as %q", s, address)
		default:
			if again, ok := assess.Email(address); !ok || again != address {
				t.Errorf("%q became %q, which becomes %q, %v", s, address, again, ok)
			}
		}
	})
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		someID: true, strings.ToUpper(someID): true, "00000000-0000-0000-0000-000000000000": true,
		"": false, someID[1:]: false, someID + "0": false, "7cac8eb9009a8-4cec-b28e-dfc50db8d0f9": false,
		"7cac8eb9-09a8-4cec-b28e-dfc50db8d0fg": false, "{7cac8eb9-09a8-4cec-b28e-dfc50db8d0f}": false,
		"7cac8eb9-09a8-4cec-b28e-dfc50db8d0é": false,
	} {
		if got := assess.ValidID(s); got != want {
			t.Errorf("ValidID(%q) = %v, want %v", s, got, want)
		}
	}
	onlyProblem(t, invite(func(n *assess.NewInvite) { n.Assessment = "x" }), "assessmentId", "must be a UUID")
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"en": true, "pt-BR": true, "zh-Hant": true, "zh-Hant-TW": true, "gsw": true,
		"": false, "EN": false, "e": false, "engl": false, "en-": false, "en_US": false, "en-us": false, "pt-BRA": false, "en\n": false,
	} {
		if got := assess.ValidLanguage(s); got != want {
			t.Errorf("ValidLanguage(%q) = %v, want %v", s, got, want)
		}
	}
	for _, l := range assess.InterfaceLanguages() {
		if !assess.ValidLanguage(l) {
			t.Errorf("the product speaks %q, which is no language", l)
		}
	}
	named := func(tags ...string) error { return content(func(c *assess.Content) { c.Languages = tags }) }
	onlyProblem(t, named("en", "es", "en"), "languages", "must not name en twice")
	onlyProblem(t, named("en", "es", "English"), "languages", `must hold language codes such as en or pt-BR, not "English"`)
	onlyProblem(t, invite(func(n *assess.NewInvite) { n.Language = "it" }), "language", "must be one of en, es, de, fr, pt")
	if err := invite(func(n *assess.NewInvite) { n.Language = "pt" }); err != nil {
		t.Error(err)
	}
	onlyProblem(t, organization(func(o *assess.Organization) { o.Notices = map[string]string{"x": "y"} }), "notice", `has an unknown language "x"`)
	onlyProblem(t, question(func(q *assess.Question) { q.Prompts["x"] = "y" }), "questions[0].prompts", `has an unknown language "x"`)
}

func TestColours(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{
		"#1f6feb": true, "#FFFFFF": true, "#00000a": true,
		"": false, "1f6feb": false, "#fff": false, "#1f6feg": false, "#1f6feb0": false, "#1f6feb\n": false, "red": false,
	} {
		for field, err := range map[string]error{
			"color":  tag(func(t *assess.Tag) { t.Color = s }),
			"accent": organization(func(o *assess.Organization) { o.Accent = s }),
		} {
			if ok && err != nil {
				t.Errorf("%s %q: %v", field, s, err)
			}
			if !ok {
				onlyProblem(t, err, field, "must be a colour like #1f6feb")
			}
		}
	}
}

func TestTimeZones(t *testing.T) {
	t.Parallel()
	for zone, ok := range map[string]bool{
		"UTC": true, "Europe/Berlin": true, "Asia/Kathmandu": true,
		"": false, "Local": false, "Berlin": false, "../UTC": false, "/etc/localtime": false,
	} {
		err := organization(func(o *assess.Organization) { o.TimeZone = zone })
		if ok && err != nil {
			t.Errorf("%q: %v", zone, err)
		}
		if !ok {
			onlyProblem(t, err, "timeZone", "must be a time zone such as Europe/Berlin")
		}
	}
	o := validOrganization()
	if o.TimeZone = "Nowhere/Land"; o.Location().String() != "UTC" {
		t.Errorf("an unknown zone is told as %s, want UTC", o.Location())
	}
}
