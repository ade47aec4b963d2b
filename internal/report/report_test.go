package report_test

import (
	"bytes"
	"compress/zlib"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/report"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

var berlin = time.FixedZone("CET", 3600)

func at(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, berlin) }

// sample is a report with all its parts.
func sample() report.Report {
	return report.Report{
		Organization: "Nordwind Logistik", Accent: "#0f766e",
		Candidate: "Zoë Müller-Ångström", Email: "zoe@example.org", Tags: []string{"Berlin", "Spring intake"},
		Assessment: "Customer support, spring", Version: 3,
		Sent: at(2, 9, 0), Started: at(3, 18, 4), Completed: at(3, 18, 41), Taken: 37*time.Minute + 12*time.Second,
		Grade:    report.Grade{State: "Graded: the mean of two evaluations", Scored: true, Points: 18.5, Max: 25},
		Decision: &report.Decision{Outcome: "Advance", Reason: "Calm under pressure, and the clearest written answer of the week.", By: "Ines Duarte", At: at(6, 10, 30)},
		Evaluations: []report.Evaluation{
			{Grader: "Ana Pérez", State: "Submitted", Scored: true, Points: 19, Submitted: at(4, 11, 5), Note: "Would hire."},
			{Grader: "Ben Okafor", State: "Submitted", Scored: true, Points: 18, Submitted: at(5, 16, 20)},
			{Grader: "Chiara Conti", State: "In progress"},
		},
		Observed: []report.Fact{{Label: "Page left", Value: "2 times, 0:41"}, {Label: "Copied or pasted", Value: "once"}},
		Questions: []report.Question{
			{
				Number: 1, Prompt: "A customer writes that her parcel has been on its way for nine days. What do you say to her?",
				Answer: report.Answer{Form: "Video, 1:12, second take", Transcript: "Good afternoon, and thank you for waiting. I can see your parcel, and I see that it has been standing still since Tuesday. That is not what we promised you, and I am sorry."},
				Scored: true, Points: 8.5, Max: 10,
				Criteria: []report.Criterion{
					{Name: "Empathy", Points: 4.5, Max: 5, Scores: []report.Score{{Grader: "Ana Pérez", Points: 5, Level: "Names the customer's trouble before the solution."}, {Grader: "Ben Okafor", Points: 4, Level: "Friendly, in general terms."}}},
					{Name: "Next step", Points: 4, Max: 5, Scores: []report.Score{{Grader: "Ana Pérez", Points: 4}, {Grader: "Ben Okafor", Points: 4}}},
				},
				Remarks: []report.Remark{{Grader: "Ana Pérez", Text: "Sounds honest.", Comments: []report.Comment{{At: 14 * time.Second, Text: "Says sorry without being asked."}, {At: 61 * time.Second, Text: "Promises a call back."}}}},
			},
			{
				Number: 2, Prompt: "Write the e-mail that you would send an hour later.",
				Answer: report.Answer{Form: "Written, 41 words", Text: "Dear Ms Roth,\n\nyour parcel has left Hanover this morning:\n- it is due tomorrow before noon\n- I will call you at one o'clock\n\nKind regards"},
				Scored: true, Points: 10, Max: 10,
				Criteria: []report.Criterion{{Name: "The answer as a whole", Points: 10, Max: 10, Scores: []report.Score{{Grader: "Ana Pérez", Points: 10}, {Grader: "Ben Okafor", Points: 10}}}},
			},
			{Number: 3, Prompt: "Anything else?", Answer: report.Answer{Form: "Not answered"}},
		},
		Generated: at(9, 8, 15), GeneratedBy: "Ines Duarte",
	}
}

func write(t testing.TB, r report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	streams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	shown   = regexp.MustCompile(`(?s)BT [\d.]+ [\d.]+ Td \((.*?[^\\]|)\) Tj ET`)
	escaped = regexp.MustCompile(`(?s)\\(.)`)
)

// texts is what the PDF shows, page by page, a line each time that something is set.
func texts(t testing.TB, pdf []byte) (pages [][]string) {
	t.Helper()
	for _, stream := range streams.FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(content, []byte(" Tj ET")) {
			continue
		}
		var lines []string
		for _, text := range shown.FindAllSubmatch(content, -1) {
			raw := escaped.ReplaceAllFunc(text[1], func(b []byte) []byte {
				if b[1] == 'r' {
					return []byte{'\r'}
				}
				return b[1:]
			})
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			lines = append(lines, string(utf16.Decode(units)))
		}
		pages = append(pages, lines)
	}
	return pages
}

// all is the text of all pages, in one line.
func all(t testing.TB, r report.Report) string {
	t.Helper()
	var b strings.Builder
	for _, page := range texts(t, write(t, r)) {
		b.WriteString(strings.Join(page, " ") + " ")
	}
	return b.String()
}

func TestReportSaysEverything(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for i, page := range texts(t, write(t, sample())) {
		fmt.Fprintf(&got, "--- page %d\n%s\n", i+1, strings.Join(page, "\n"))
	}
	const golden = "testdata/report.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the report differs from %s (-want +got):\n%s", golden, diff)
	}
}

func TestSameReportGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first := write(t, sample())
	for range 3 {
		if !bytes.Equal(first, write(t, sample())) {
			t.Fatal("the same report gave other bytes")
		}
	}
}

func TestEmptyReportIsAPage(t *testing.T) {
	t.Parallel()
	if n := len(texts(t, write(t, report.Report{}))); n != 1 {
		t.Errorf("got %d pages, want 1", n)
	}
}

func TestHostileTextsArePrintedAndStayOnThePage(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a word without end":   strings.Repeat("x", 10_000),
		"many words":           strings.Repeat("words ", 2_000),
		"many lines":           strings.Repeat("a line\n", 500),
		"empty lines":          strings.Repeat("\n", 500) + "x",
		"spaces":               strings.Repeat(" ", 10_000) + "x",
		"PDF's own characters": strings.Repeat(`(\) Tj ET \r `, 50),
		"controls":             "a\x00b\x1b\u202e\u200bc\xff",
		"combining marks":      "a" + strings.Repeat("\u0301", 2_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := everywhere(text)
			pdf := write(t, r)
			if n := len(texts(t, pdf)); n > 160 {
				t.Errorf("got %d pages", n)
			}
			inside(t, pdf)
		})
	}
}

// everywhere is a report with the text wherever there is one.
func everywhere(text string) report.Report {
	r := sample()
	for _, s := range []*string{
		&r.Organization, &r.Accent, &r.Candidate, &r.Email, &r.Assessment, &r.GeneratedBy, &r.Grade.State, &r.Decision.Outcome,
		&r.Decision.Reason, &r.Decision.By, &r.Tags[0], &r.Observed[0].Label, &r.Observed[0].Value,
	} {
		*s = text
	}
	r.Logo, r.Notices = []byte(text), []string{text}
	r.Evaluations[0] = report.Evaluation{Grader: text, State: text, Note: text, Scored: true}
	r.Questions[0].Prompt, r.Questions[0].Answer = text, report.Answer{Form: text, Text: text, Transcript: text}
	r.Questions[0].Criteria[0] = report.Criterion{Name: text, Scores: []report.Score{{Grader: text, Level: text}}}
	r.Questions[0].Remarks = []report.Remark{{Grader: text, Text: text, Comments: []report.Comment{{Text: text}}}}
	return r
}

var place = regexp.MustCompile(`BT ([-\d.]+) ([-\d.]+) Td`)

// inside checks that whatever is set begins within the page.
func inside(t *testing.T, pdf []byte) {
	t.Helper()
	for _, stream := range streams.FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range place.FindAllSubmatch(content, -1) {
			var x, y float64
			if _, err := fmt.Sscan(string(m[1])+" "+string(m[2]), &x, &y); err != nil {
				t.Fatal(err)
			}
			if x < 50 || x > 595-60 || y < 35 || y > 842-40 {
				t.Fatalf("something is set at %.0f, %.0f, outside of the margins", x, y)
			}
		}
	}
}

func TestALongAnswerIsPrintedWhole(t *testing.T) {
	t.Parallel()
	var words []string
	for n := range 4_000 {
		words = append(words, fmt.Sprintf("w%d", n))
	}
	r := sample()
	r.Questions[1].Answer.Text = strings.Join(words, " ")
	got := all(t, r)
	for _, word := range words {
		if !strings.Contains(got, word+" ") {
			t.Fatalf("%s is not printed", word)
		}
	}
}

func TestAHeadingIsNeverTheLastOfItsPage(t *testing.T) {
	t.Parallel()
	heading := regexp.MustCompile(`^(Question \d+|Result|Decision|Evaluations|Questions|Transcript|Scores|Comment by .*)$`)
	for lines := range 60 {
		r := sample()
		r.Decision.Reason = strings.Repeat("line\n", lines) + "end"
		for i, page := range texts(t, write(t, r)) {
			last := page[len(page)-4] // the footer's three come after it
			if heading.MatchString(last) {
				t.Errorf("with %d lines before, page %d ends with the heading %q", lines, i+1, last)
			}
		}
	}
}

func TestPagesAreNumbered(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Decision.Reason = strings.Repeat("line\n", 300)
	pdf := write(t, r)
	pages := texts(t, pdf)
	for i, page := range pages {
		if want := fmt.Sprintf("Page %d of %d", i+1, len(pages)); page[len(page)-1] != want {
			t.Errorf("page %d says %q, want %q", i+1, page[len(page)-1], want)
		}
	}
	if n := bytes.Count(pdf, []byte("/Type /Page\n")); n != len(pages) {
		t.Errorf("found the text of %d pages, the file has %d", len(pages), n)
	}
}

func TestWhatHasNoLettersIsMarkedAndSaid(t *testing.T) {
	t.Parallel()
	const said = "stands for characters that this report has no letters for"
	tests := map[string]struct {
		text, want string
		says       bool
	}{
		"Latin, Greek, Cyrillic": {"Zażółć Ελληνικά Київ Việt", "Zażółć Ελληνικά Київ Việt", false},
		"decomposed":             {"Zoe\u0308", "Zoë", false},
		"stand-ins":              {"a → b, 3 ≤ 4, ✓", "a -> b, 3 <= 4, [x]", false},
		"compatible forms":       {"Ａ ﬁ ① ㎏", "A \ufb01 1 kg", false},
		"emoji":                  {"great 👩‍👩‍👧👍🏽 job", "great � job", true},
		"a word of Chinese":      {"we say 你好 to everybody", "we say � to everybody", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sample()
			r.Questions[1].Answer.Text = test.text
			got := all(t, r)
			if !strings.Contains(got, test.want) || strings.Contains(got, said) != test.says {
				t.Errorf("%q: want %q, and to say so: %v; got %q", test.text, test.want, test.says, got)
			}
		})
	}
}

func TestATextInAScriptThatCannotBePrintedIsReplaced(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"مرحبا بالعالم", "שלום עולם", "你好，世界", "नमस्ते दुनिया", "안녕하세요"} {
		r := sample()
		r.Questions[1].Answer.Text = text
		if got := all(t, r); !strings.Contains(got, "This text is in a script that the report cannot print. AlfaOne shows it.") {
			t.Errorf("%q is printed as %q", text, got)
		}
	}
}

func TestACandidateWhoseNameCannotBePrintedIsCalledByAddress(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "王小明", "محمد"} {
		r := sample()
		r.Candidate = name
		if got := texts(t, write(t, r))[0][2]; got != "zoe@example.org" {
			t.Errorf("%q is called %q", name, got)
		}
	}
}

func TestLogosOfEveryKindArePrinted(t *testing.T) {
	t.Parallel()
	wide := image.NewRGBA64(image.Rect(5, 5, 305, 65)) // 16 bits, and not at the origin
	for x := 5; x < 305; x++ {
		wide.Set(x, 20, color.NRGBA{R: 200, A: 128})
	}
	var deep, grey bytes.Buffer
	if err := png.Encode(&deep, wide); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&grey, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		logo    []byte
		printed bool
	}{
		"16 bits":   {deep.Bytes(), true},
		"one pixel": {grey.Bytes(), true},
		"cut off":   {deep.Bytes()[:60], false},
		"none":      {nil, false},
	} {
		r := sample()
		r.Logo = test.logo
		pdf := write(t, r)
		named := strings.Contains(strings.Join(texts(t, pdf)[0], "\n"), r.Organization)
		if has := bytes.Contains(pdf, []byte("/Subtype /Image")); has != test.printed || named == test.printed {
			t.Errorf("%s: the logo is printed: %v, the name: %v; want one of them", name, has, named)
		}
	}
}

func TestAFullDestinationIsTold(t *testing.T) {
	t.Parallel()
	if err := report.Write(full{}, sample()); err == nil {
		t.Error("got no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
