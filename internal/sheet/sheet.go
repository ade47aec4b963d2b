// Package sheet writes tables as files that spreadsheet programs open: CSV and XLSX. A row is written before the next one is
// asked for, so that a table may be longer than memory.
//
// Texts in a table come from strangers, and a spreadsheet program runs what looks like a formula: see [CSV] and [XLSX] for how
// each keeps a text a text.
//
// The package must not know what a table is about, nor who may read it: it imports nothing of ours.
package sheet

import (
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// Format is a kind of file.
type Format interface {
	// Write writes the table to w. It stops at the first error, of the rows or of w, and returns it; what w has got by then is no
	// complete file.
	Write(w io.Writer, t Table) error
	MediaType() string // as in Content-Type
	Extension() string // of file names, with its dot
}

// Table is what to write.
type Table struct {
	Name    string // of the sheet, where the format has one; cut and mended to what it allows
	Author  string // of the file, where the format says; may be empty
	Columns []Column
	Rows    iter.Seq2[[]Cell, error] // the rows below the titles; an error ends them
}

// Column is a column's title and how wide it is shown, in characters; 0 leaves the width to the program.
type Column struct {
	Title string
	Width float64
}

// Cell is a value of a table. The zero value is an empty cell.
type Cell struct {
	kind   kind
	text   string
	number float64
	digits int // after the point
	time   time.Time
}

type kind int

const (
	empty kind = iota
	text
	whole
	decimal
	moment
)

// Text is a cell with a text. Line ends become LF; what is not UTF-8, and characters that XML 1.0 cannot hold, are left out.
func Text(s string) Cell { return Cell{kind: text, text: clean(s)} }

// Int is a cell with a whole number, exact up to 2⁵³.
func Int(n int) Cell { return Cell{kind: whole, number: float64(n)} }

// Decimal is a cell with a number, shown with the given number of digits after the point.
func Decimal(f float64, digits int) Cell {
	return Cell{kind: decimal, number: f, digits: digits}
}

// Time is a cell with a date and a time of day, to the second, in t's own zone: spreadsheets know no zones. The zero time is an
// empty cell.
func Time(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: moment, time: t}
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// clean leaves what both formats can hold.
func clean(s string) string {
	s = lineEnds.Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if inXML(r) {
			return r
		}
		return -1
	}, s)
}

// inXML reports whether XML 1.0 has the character (https://www.w3.org/TR/xml/#charsets).
func inXML(r rune) bool {
	if r < ' ' {
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r != 0xFFFE && r != 0xFFFF && utf8.ValidRune(r)
}
