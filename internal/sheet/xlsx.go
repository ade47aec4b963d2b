package sheet

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// XLSX is a workbook of one sheet (ECMA-376), with the titles in bold and kept in view. Texts are written as strings, which no
// program evaluates, and cut at the 32,767 UTF-16 units that Excel holds in a cell, with a mark where.
//
// A workbook is put together in a temporary file, of which at most 32 MiB are held in memory, and written once its last row is
// known: until then w gets nothing.
type XLSX struct {
	TempDir string // for the temporary file; empty for the system's
}

// MediaType implements Format.
func (XLSX) MediaType() string {
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// Extension implements Format.
func (XLSX) Extension() string { return ".xlsx" }

// Write implements Format.
func (x XLSX) Write(w io.Writer, t Table) (err error) {
	file := excelize.NewFile(excelize.Options{TmpDir: x.TempDir})
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := describe(file, t); err != nil {
		return fmt.Errorf("name the sheet: %w", err)
	}
	out, err := newWorkbook(file, t)
	if err != nil {
		return fmt.Errorf("begin the sheet: %w", err)
	}
	for row, err := range t.Rows {
		if err != nil {
			return fmt.Errorf("the table breaks off: %w", err)
		}
		if err := out.write(row); err != nil {
			return err
		}
	}
	if err := out.stream.Flush(); err != nil {
		return err
	}
	// The library packs into memory whatever it is given to write to; it is made to pack straight to w.
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return file.Write(io.Discard)
}

// describe names the sheet, and says who made the file: without, the library says that its author did.
func describe(file *excelize.File, t Table) error {
	name := sheetName(t.Name)
	if err := file.SetDocProps(&excelize.DocProperties{Title: name, Creator: cmp.Or(clean(t.Author), name)}); err != nil {
		return err
	}
	return file.SetSheetName("Sheet1", name)
}

// workbook is a sheet that is being written.
type workbook struct {
	stream *excelize.StreamWriter
	row    int // that was written last, from 1
	values []any
	day    int         // the style of times
	digits map[int]int // the styles of numbers, by digits after the point
	file   *excelize.File
}

// newWorkbook begins a sheet with its titles.
func newWorkbook(file *excelize.File, t Table) (*workbook, error) {
	out := &workbook{file: file, digits: map[int]int{}}
	var err error
	if out.stream, err = file.NewStreamWriter(sheetName(t.Name)); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	if out.day, err = file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	top := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := out.stream.SetPanes(top); err != nil {
		return nil, err
	}
	for i, c := range t.Columns {
		if c.Width > 0 {
			if err := out.stream.SetColWidth(i+1, i+1, c.Width); err != nil {
				return nil, err
			}
		}
		out.values = append(out.values, excelize.Cell{StyleID: bold, Value: fit(clean(c.Title))})
	}
	out.row = 1
	return out, out.stream.SetRow("A1", out.values)
}

func (b *workbook) write(row []Cell) error {
	b.values = b.values[:0]
	for _, c := range row {
		value, err := b.value(c)
		if err != nil {
			return err
		}
		b.values = append(b.values, value)
	}
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return fmt.Errorf("row %d: %w", b.row, err)
	}
	return b.stream.SetRow(at, b.values)
}

// value is the cell as the library takes it.
func (b *workbook) value(c Cell) (any, error) {
	switch c.kind {
	case text:
		return fit(c.text), nil
	case whole:
		return c.number, nil
	case decimal:
		style, err := b.decimals(c.digits)
		return excelize.Cell{StyleID: style, Value: c.number}, err
	case moment:
		return excelize.Cell{StyleID: b.day, Value: c.time}, nil
	default:
		return nil, nil
	}
}

// decimals is the style of numbers with so many digits after the point.
func (b *workbook) decimals(digits int) (int, error) {
	if style, ok := b.digits[digits]; ok {
		return style, nil
	}
	format := strings.TrimSuffix("0."+strings.Repeat("0", digits), ".")
	style, err := b.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	b.digits[digits] = style
	return style, err
}

// cut marks where a text was cut.
const cut = " […]"

// fit is the text, cut to what a cell holds.
func fit(text string) string {
	if len(text) <= excelize.TotalCellChars { // bytes are never fewer than UTF-16 units
		return text
	}
	room, units := excelize.TotalCellChars-len([]rune(cut)), 0
	end := -1 // where the text is cut if it does not fit
	for at, r := range text {
		units += utf16.RuneLen(r)
		if units > room && end < 0 {
			end = at
		}
		if units > excelize.TotalCellChars {
			return text[:end] + cut
		}
	}
	return text
}

// sheetName is the name as Excel allows it: at most 31 UTF-16 units, without some characters, and not empty.
func sheetName(name string) string {
	var b strings.Builder
	units := 0
	for _, r := range strings.Trim(clean(name), "' ") {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			r = ' '
		}
		if units += utf16.RuneLen(r); units > 31 {
			break
		}
		b.WriteRune(r)
	}
	if name := strings.Trim(b.String(), "' "); name != "" {
		return name
	}
	return "Sheet"
}
