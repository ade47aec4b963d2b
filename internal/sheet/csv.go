package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// CSV is comma-separated values as of RFC 4180, in UTF-8 with a byte order mark, by which Excel recognizes it.
//
// A text that a spreadsheet program could take for a formula is guarded by an apostrophe, as ASVS 5.0 requirement 1.2.10 asks:
// wherever a cell could begin (at the beginning of the text, and after a comma, semicolon, tab or line end in it, since a program
// may separate by another character than we do), an apostrophe is put before what begins, perhaps after white space and quotes,
// with = + - @ or their full-width twins, and before a tab or line end that a text begins with. [Unguard] takes them away again.
type CSV struct{}

// MediaType implements Format.
func (CSV) MediaType() string { return "text/csv; charset=utf-8" }

// Extension implements Format.
func (CSV) Extension() string { return ".csv" }

// Write implements Format.
func (CSV) Write(w io.Writer, t Table) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	record := make([]string, 0, len(t.Columns))
	for _, c := range t.Columns {
		record = append(record, Guard(clean(c.Title)))
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row, err := range t.Rows {
		if err != nil {
			return fmt.Errorf("the table breaks off: %w", err)
		}
		record = record[:0]
		for _, c := range row {
			record = append(record, c.csv())
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csv is the cell as a field. Numbers and times need no guard: a leading minus is theirs.
func (c Cell) csv() string {
	switch c.kind {
	case text:
		return Guard(c.text)
	case whole, decimal:
		return strconv.FormatFloat(c.number, 'f', c.digits, 64)
	case moment:
		return c.time.Format("2006-01-02 15:04:05")
	default:
		return ""
	}
}
