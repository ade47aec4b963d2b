package assess

import (
	"fmt"
	"strings"
	"time"
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
	Language  string // of what is said, as far as it is known
	Segments  []Segment
	Failure   string // why there is none
	Revision  int    // rises with every change
	EditedBy  string // the name of the member who changed it last; empty while it is as it was heard
	EditedAt  time.Time
	UpdatedAt time.Time
}

// Segment is a stretch of a recording with what is said in it.
type Segment struct {
	Start, End time.Duration
	Text       string
}

// The limits of a transcript.
const (
	MaxSegments     = 20_000
	MaxSegmentRunes = 2_000
)

// Text is the whole transcript, a line each segment.
func (t Transcript) Text() string {
	lines := make([]string, len(t.Segments))
	for i, s := range t.Segments {
		lines[i] = s.Text
	}
	return strings.Join(lines, "\n")
}

// WebVTT is the transcript as captions, in the format of the W3C (https://www.w3.org/TR/webvtt1/).
func (t Transcript) WebVTT() string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ")
	for i, s := range t.Segments {
		fmt.Fprintf(&b, "\n%d\n%s --> %s\n%s\n", i+1, vttTime(s.Start), vttTime(max(s.End, s.Start+time.Millisecond)), escape.Replace(s.Text))
	}
	return b.String()
}

func vttTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
