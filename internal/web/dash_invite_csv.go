package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// candidateRow is a candidate of a list.
type candidateRow struct{ Email, Name, Language string }

// candidateColumns says in which cells of a row a candidate's data is; -1 is nowhere.
type candidateColumns struct{ email, name, first, last, language int }

// errTooManyRows stops reading a list that is longer than allowed.
var errTooManyRows = errors.New("too many rows")

// parseCandidates reads a list as spreadsheets write it: separated by commas, semicolons or tabs, in UTF-8 or Windows-1252, its
// first row naming the columns or, in the order address, name, language, already a candidate. Empty rows are passed over.
func parseCandidates(text []byte, limit int) ([]candidateRow, error) {
	records, err := parseCSV(text, limit+1)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	columns := candidateColumns{email: 0, name: 1, first: -1, last: -1, language: 2}
	if !isCandidate(records[0]) {
		if columns = namedColumns(records[0]); columns.email < 0 {
			return nil, fmt.Errorf("the first row has no column that is called email: %q", strings.Join(records[0], ", "))
		}
		records = records[1:]
	}
	if len(records) > limit {
		return nil, errTooManyRows
	}
	rows := make([]candidateRow, len(records))
	for i, record := range records {
		rows[i] = columns.read(record)
	}
	return rows, nil
}

// parseCSV reads the rows that are not empty, at most limit and one more.
func parseCSV(text []byte, limit int) (records [][]string, err error) {
	text = decodeText(text)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separatorOf(text), -1, true
	for len(records) <= limit {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("line %d cannot be read: %w", broken.Line, broken.Err)
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			records = append(records, record)
		}
	}
	return records, nil
}

// decodeText makes the text UTF-8 with "\n" at the end of its lines. Spreadsheets still write files in Windows-1252.
func decodeText(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		if decoded, err := charmap.Windows1252.NewDecoder().Bytes(text); err == nil {
			text = decoded
		}
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}

// separatorOf is what the first line is separated by, most likely.
func separatorOf(text []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(text, "\n"), []byte("\n"))
	best := ','
	for _, separator := range []rune{';', '\t'} {
		if bytes.Count(first, []byte(string(separator))) > bytes.Count(first, []byte(string(best))) {
			best = separator
		}
	}
	return best
}

// isCandidate reports a row that holds an address, and so is no heading.
func isCandidate(record []string) bool {
	return slices.ContainsFunc(record, func(cell string) bool { return strings.Contains(cell, "@") })
}

func namedColumns(head []string) candidateColumns {
	find := func(names ...string) int {
		return slices.IndexFunc(head, func(cell string) bool {
			return slices.Contains(names, strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(cell)))
		})
	}
	return candidateColumns{
		email: find("email", "mail", "address", "emailaddress", "mailaddress", "recipientemail", "candidateemail"),
		name:  find("name", "fullname", "candidate", "candidatename", "recipientname"),
		first: find("firstname", "givenname", "forename"), last: find("lastname", "surname", "familyname"),
		language: find("language", "lang", "locale"),
	}
}

func (c candidateColumns) read(record []string) candidateRow {
	cell := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	row := candidateRow{Email: cell(c.email), Name: cell(c.name), Language: strings.ToLower(cell(c.language))}
	if row.Name == "" {
		row.Name = strings.TrimSpace(cell(c.first) + " " + cell(c.last))
	}
	return row
}

// writeCSV writes rows that a spreadsheet shows as they are: no cell of it is taken for a formula (OWASP, CSV injection).
func writeCSV(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = plainCell(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plainCell puts an apostrophe before what spreadsheets take for the beginning of a formula, full-width signs included.
func plainCell(cell string) string {
	cell = strings.ReplaceAll(cell, "\x00", "")
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " ")); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
