// Package report sets the report of one candidate as a PDF for print: A4, in Noto Sans, of which the letters that occur are
// embedded. The same report gives the same bytes.
//
// Latin, Greek and Cyrillic letters are printed. Other scripts are not: a character that has no letter is shown as �, a longer
// text in such a script is replaced by a sentence, and the report says so.
//
// The package must not know where its words come from or who may read them: it imports nothing of ours, and prints what it is
// given.
package report

import (
	"fmt"
	"io"
	"time"
)

// Report is what is printed. Empty parts are left out. Times are printed in their own zones.
type Report struct {
	Organization string
	Accent       string // a colour as "#2563eb", of bars; anything else gives a dark grey
	Logo         []byte // PNG or JPEG; one that cannot be read is left out

	Candidate  string // by name; the address stands in where a name is missing or cannot be printed
	Email      string
	Tags       []string
	Assessment string
	Version    int
	Sent       time.Time
	Started    time.Time
	Completed  time.Time
	Taken      time.Duration

	Notices     []string // what the reader has to know first, such as what is kept from them
	Grade       Grade
	Decision    *Decision
	Evaluations []Evaluation
	Observed    []Fact // what was noted while the candidate worked
	Questions   []Question

	Generated   time.Time
	GeneratedBy string
}

// Grade is what the evaluations amount to.
type Grade struct {
	State  string // in words
	Scored bool   // whether Points mean something
	Points float64
	Max    int
}

// Decision is what was decided about the candidate.
type Decision struct {
	Outcome string // in words
	Reason  string
	By      string
	At      time.Time
}

// Evaluation is one grader's.
type Evaluation struct {
	Grader    string
	State     string // in words
	Scored    bool   // whether Points mean something
	Points    int
	Submitted time.Time
	Note      string
}

// Fact is a label with what there is to say about it.
type Fact struct{ Label, Value string }

// Question is a question with what was answered and how it was scored.
type Question struct {
	Number   int
	Prompt   string
	Answer   Answer
	Scored   bool // whether Points mean something
	Points   float64
	Max      int // 0 for a question that brings no points
	Criteria []Criterion
	Remarks  []Remark
}

// Answer is what the candidate gave.
type Answer struct {
	Form       string // how, in words: "Video, 1:12", "Not answered"
	Text       string // as written
	Transcript string // of what was said, or its beginning
}

// Criterion is one thing that the answer is scored by.
type Criterion struct {
	Name   string
	Points float64
	Max    int
	Scores []Score
}

// Score is what one grader gives for a criterion.
type Score struct {
	Grader string
	Points int
	Level  string // what so many points mean
}

// Remark is what one grader says about an answer.
type Remark struct {
	Grader   string
	Text     string
	Comments []Comment
}

// Comment is said about a moment of a recorded answer.
type Comment struct {
	At   time.Duration
	Text string
}

// Write writes the report to w as PDF 1.x. It fails only where w does.
func Write(w io.Writer, r Report) error {
	p, err := newPage(r)
	if err != nil {
		return fmt.Errorf("begin the report: %w", err)
	}
	p.front(r)
	p.answers(r)
	p.colophon()
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
