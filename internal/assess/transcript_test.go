package assess_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

func spokenLines(texts ...string) assess.Transcript {
	t := assess.Transcript{State: assess.TranscriptReady}
	for i, text := range texts {
		t.Segments = append(t.Segments, assess.Segment{Start: time.Duration(i) * time.Second, End: time.Duration(i+1) * time.Second, Text: text})
	}
	return t
}

func TestCaptionsEscapeWhatIsSaid(t *testing.T) {
	t.Parallel()
	tr := spokenLines("a < b && b > c", "", "x --> y\nz")
	tr.Segments[2].Start, tr.Segments[2].End = time.Hour+2*time.Minute+3456*time.Millisecond, 0
	want := "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\na &lt; b &amp;&amp; b &gt; c\n\n3\n01:02:03.456 --> 01:02:03.457\nx --&gt; y z\n"
	if diff := cmp.Diff(want, tr.WebVTT()); diff != "" {
		t.Error(diff)
	}
	if got := tr.Text(); got != "a < b && b > c\nx --> y\nz" {
		t.Errorf("as text: %q", got)
	}
}

func TestEditsMeetOnlyWhereTheyTouchTheSameLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edits []assess.LineEdit
		want  []string
		kind  assess.Kind
		code  assess.Code
	}{
		"one line":             {[]assess.LineEdit{{1, "two", " Two  lines\n"}}, []string{"one", "Two lines", "three"}, "", ""},
		"struck out":           {[]assess.LineEdit{{0, "one", ""}}, []string{"", "two", "three"}, "", ""},
		"several":              {[]assess.LineEdit{{0, "one", "1"}, {2, "three", "3"}}, []string{"1", "two", "3"}, "", ""},
		"as it is already":     {[]assess.LineEdit{{0, "once", "one"}}, []string{"one", "two", "three"}, "", ""},
		"changed meanwhile":    {[]assess.LineEdit{{0, "one", "1"}, {1, "too", "2"}}, nil, assess.Conflict, assess.Differs},
		"no such line":         {[]assess.LineEdit{{3, "", "four"}}, nil, assess.Conflict, assess.Differs},
		"before the beginning": {[]assess.LineEdit{{-1, "", "zero"}}, nil, assess.Conflict, assess.Differs},
		"too long":             {[]assess.LineEdit{{0, "one", strings.Repeat("x", assess.MaxSegmentRunes+1)}}, nil, assess.Invalid, ""},
		"turns the page":       {[]assess.LineEdit{{0, "one", "a\u202eb"}}, nil, assess.Invalid, ""},
	}
	for name, test := range tests {
		before := spokenLines("one", "two", "three")
		got, err := before.Edit(test.edits)
		if assess.KindOf(err) != test.kind || assess.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(spokenLines(test.want...), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(spokenLines("one", "two", "three"), before); diff != "" {
			t.Errorf("%s changed the original: %s", name, diff)
		}
	}
}

func TestWhatIsBeingTranscribedCannotBeEdited(t *testing.T) {
	t.Parallel()
	for _, state := range []assess.TranscriptState{assess.TranscriptQueued, assess.TranscriptFailed} {
		tr := spokenLines("one")
		tr.State = state
		if _, err := tr.Edit([]assess.LineEdit{{0, "one", "1"}}); assess.KindOf(err) != assess.Conflict || assess.CodeOf(err) == assess.Differs {
			t.Errorf("%s: %v", state, err)
		}
	}
}

func TestLongSegmentsAreCutIntoLines(t *testing.T) {
	t.Parallel()
	short := assess.Segment{Start: time.Second, End: 2 * time.Second, Text: "Short. As it is."}
	if diff := cmp.Diff([]assess.Segment{short}, short.Lines()); diff != "" {
		t.Error(diff)
	}
	if got := short.Sentences(); len(got) != 2 || got[0].Text != "Short." || got[1].Text != "As it is." {
		t.Errorf("its sentences are %+v", got)
	}
	long := assess.Segment{Start: 10 * time.Second, End: 30 * time.Second, Text: strings.Repeat("Nine char ", 9) + "end. " + strings.Repeat("Nine char ", 10) + "end!"}
	got := long.Lines()
	if len(got) != 2 || !strings.HasSuffix(got[0].Text, "end.") || !strings.HasSuffix(got[1].Text, "end!") {
		t.Fatalf("cut into %+v", got)
	}
	if got[0].Start != long.Start || got[1].End != long.End || got[0].End != got[1].Start || got[0].End >= 20*time.Second {
		t.Errorf("said at %+v", got)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("Hello there. How are you? "+strings.Repeat("word ", 100), int64(5000))
	f.Add(strings.Repeat("漢字。", 200), int64(0))
	f.Add(strings.Repeat("x", 1000), int64(1))
	f.Fuzz(func(t *testing.T, text string, ms int64) {
		text = assess.CleanLine(strings.ToValidUTF8(text, ""))
		s := assess.Segment{Start: time.Second, End: time.Second + time.Duration(ms%1e9)*time.Millisecond, Text: text}
		if s.End < s.Start {
			return
		}
		var again []string
		last := s.Start
		for _, line := range s.Sentences() {
			if line.Start < last || line.End < line.Start || line.End > s.End || len([]rune(line.Text)) > 140 {
				t.Fatalf("line %+v of %+v", line, s)
			}
			again, last = append(again, line.Text), line.Start
		}
		if fold(strings.Join(again, "")) != fold(text) {
			t.Fatalf("%q became %q", text, again)
		}
	})
}

// fold leaves out the white space.
func fold(s string) string { return strings.Join(strings.Fields(s), "") }

func ExampleTranscript_WebVTT() {
	t := assess.Transcript{Segments: []assess.Segment{{Start: time.Second, End: 2 * time.Second, Text: "Hello."}}}
	fmt.Print(t.WebVTT())
	// Output:
	// WEBVTT
	//
	// 1
	// 00:00:01.000 --> 00:00:02.000
	// Hello.
}
