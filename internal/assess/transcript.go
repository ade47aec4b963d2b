package assess

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// TranscriptState is where a transcript stands.
type TranscriptState string

// The states.
const (
	TranscriptQueued TranscriptState = "queued" // somebody is listening
	TranscriptReady  TranscriptState = "ready"
	TranscriptFailed TranscriptState = "failed"
)

// Transcript is what is said in a recording, as text.
type Transcript struct {
	Org       OrgID
	Recording RecordingID
	State     TranscriptState
	Language  string    // of what is said, as far as it is known
	Segments  []Segment // of one that is queued or failed: what was there before
	Failure   string    // why the last try came to nothing
	Revision  int       // rises with every change
	EditedBy  string    // the name of the member who changed it last; empty while it is as it was heard
	EditedAt  time.Time
	UpdatedAt time.Time
}

// Segment is a stretch of a recording with what is said in it: one line, or empty where a member has found that nothing is.
type Segment struct {
	Start, End time.Duration
	Text       string
}

// The limits of a transcript.
const (
	MaxSegments     = 20_000
	MaxSegmentRunes = 2_000
)

// Text is the whole transcript, a line each segment in which something is said.
func (t Transcript) Text() string {
	var b strings.Builder
	for _, s := range t.Segments {
		if s.Text != "" {
			b.WriteString(s.Text + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// WebVTT is the transcript as captions, in the format of the W3C (https://www.w3.org/TR/webvtt1/).
func (t Transcript) WebVTT() string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ")
	for i, s := range t.Segments {
		if s.Text != "" {
			fmt.Fprintf(&b, "\n%d\n%s --> %s\n%s\n", i+1, vttTime(s.Start), vttTime(max(s.End, s.Start+time.Millisecond)), escape.Replace(s.Text))
		}
	}
	return b.String()
}

func vttTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// CheckSegments is nil for what a transcript can be made of. Errors: Invalid, of the fields "segments" and "segments[n]".
func CheckSegments(segments []Segment) error {
	var found problems
	found.when(len(segments) > MaxSegments, "segments", "must be at most %d", MaxSegments)
	last := time.Duration(0)
	for i, s := range segments {
		field := fmt.Sprintf("segments[%d]", i)
		found.line(field, s.Text, false, MaxSegmentRunes)
		found.when(s.Start < last || s.End < s.Start, field, "must not begin before the last one, nor end before it begins")
		last = s.Start
	}
	return found.err()
}

// LineEdit changes what one segment says, from what its editor has seen to what they want.
type LineEdit struct {
	Line      int // from 0
	Was, Text string
}

// Edit is the transcript with the edits, all of them or none. Who edits need not have seen the newest revision: only a line that
// now says neither what they saw nor what they want is in their way. Errors: Conflict, also with the code Differs; Invalid, of the
// field "lines[n]".
func (t Transcript) Edit(edits []LineEdit) (Transcript, error) {
	if t.State != TranscriptReady {
		return t, Errorf(Conflict, "The recording is being transcribed anew.")
	}
	t.Segments = slices.Clone(t.Segments)
	var found problems
	for _, e := range edits {
		if e.Line < 0 || e.Line >= len(t.Segments) || t.Segments[e.Line].Text != e.Was && t.Segments[e.Line].Text != CleanLine(e.Text) {
			return t, Errorf(Conflict, "Somebody else has changed the same line.").With(Differs)
		}
		text := CleanLine(e.Text)
		found.line(fmt.Sprintf("lines[%d]", e.Line), text, false, MaxSegmentRunes)
		t.Segments[e.Line].Text = text
	}
	return t, found.err()
}

// lineRunes is how long a line can be that is read at a glance.
const lineRunes = 140

// Lines cuts a segment that is too long to be read at a glance into its sentences.
func (s Segment) Lines() []Segment {
	if utf8.RuneCountInString(s.Text) <= lineRunes {
		return []Segment{s}
	}
	return s.Sentences()
}

// Sentences cuts a segment into its sentences, and those into parts that are too long to be read at a glance. When in the segment
// each is said is guessed by its length.
func (s Segment) Sentences() []Segment {
	var lines []Segment
	said, all, length := int64(0), int64(utf8.RuneCountInString(s.Text)), (s.End - s.Start).Milliseconds()
	when := func() time.Duration { return s.Start + time.Duration(length*said/all)*time.Millisecond }
	for rest := []rune(s.Text); len(rest) > 0; {
		n := lineEnd(rest)
		start := when()
		said += int64(n)
		if text := CleanLine(string(rest[:n])); text != "" {
			lines = append(lines, Segment{start, when(), text})
		}
		rest = rest[n:]
	}
	return lines
}

// lineEnd is how many runes the first line of a text takes: up to the end of a sentence, else of a word.
func lineEnd(text []rune) int {
	word := 0
	for i, r := range text {
		switch {
		case i == lineRunes && word > 0:
			return word
		case i == lineRunes:
			return i
		case strings.ContainsRune("。！？", r):
			return i + 1
		case unicode.IsSpace(r) && i > 0 && strings.ContainsRune(".!?…", text[i-1]):
			return i + 1
		case unicode.IsSpace(r):
			word = i + 1
		}
	}
	return len(text)
}
