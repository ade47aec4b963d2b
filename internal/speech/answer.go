package speech

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Result is what is said in a recording. Without segments the service knows no times, and Text is all there is. Both are empty
// when nothing is said.
type Result struct {
	Text     string
	Segments []Segment // none is empty; in the order of their beginnings
}

// Segment is a stretch of the recording with what is said in it: printable text on one line.
type Segment struct {
	Start, End time.Duration // End is not before Start
	Text       string
}

// Parse reads an answer: {"text": …}, with "segments" or "words" that have a start and an end in seconds where the service knows
// them. Errors: a permanent [*Error].
func Parse(answer []byte) (Result, error) {
	var a struct {
		Text     *string
		Segments []stretch
		Words    []stretch
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Text == nil && a.Segments == nil && a.Words == nil {
		return Result{}, &Error{Permanent: true, Message: "answers what is no transcription"}
	}
	result := Result{Segments: segmentsOf(a.Segments)}
	if len(result.Segments) == 0 {
		result.Segments = phrases(segmentsOf(a.Words))
	}
	if a.Text != nil {
		result.Text = plain(*a.Text)
	}
	if result.Text == "" {
		result.Text = join(result.Segments)
	}
	return result, nil
}

// stretch is a segment or a word as services write it.
type stretch struct {
	Start, End float64
	Text, Word string
}

func segmentsOf(stretches []stretch) (out []Segment) {
	for _, s := range stretches {
		text := plain(cmp.Or(s.Text, s.Word))
		if text == "" {
			continue
		}
		start := seconds(s.Start)
		out = append(out, Segment{Start: start, End: max(start, seconds(s.End)), Text: text})
	}
	slices.SortStableFunc(out, func(a, b Segment) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// latest is how late in a recording something can be said.
const latest = 100 * time.Hour

func seconds(s float64) time.Duration {
	s = max(0, min(s, latest.Seconds()))
	return time.Duration(s * float64(time.Second)).Truncate(time.Millisecond)
}

// plain is text on one line without what cannot be seen.
func plain(s string) string {
	printable := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsGraphic(r) && !joins(r):
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(printable), " ")
}

// joins reports whether the rune shapes those beside it, as some scripts and emoji need.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// Where a line of words ends: it is long, a sentence ends, or the speaker pauses.
const (
	phraseBytes = 90
	phrasePause = time.Second
)

// phrases puts words together into lines that can be read.
func phrases(words []Segment) (out []Segment) {
	for _, w := range words {
		last := len(out) - 1
		if last < 0 || ends(out[last]) || len(out[last].Text)+len(w.Text) > phraseBytes || w.Start-out[last].End > phrasePause {
			out = append(out, w)
			continue
		}
		out[last].Text += " " + w.Text
		out[last].End = max(out[last].End, w.End)
	}
	return out
}

// ends reports whether a sentence ends with the line.
func ends(line Segment) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line.Text, `"'”’»)`))
	return strings.ContainsRune(".!?…。！？", last)
}

func join(segments []Segment) string {
	texts := make([]string, len(segments))
	for i, s := range segments {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}
