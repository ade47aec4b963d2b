package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"alfaone/internal/sheet"
)

var formats = map[string]sheet.Format{"CSV": sheet.CSV{}, "XLSX": sheet.XLSX{}}

// of is a table with one column for each cell of its rows.
func of(rows ...[]sheet.Cell) sheet.Table {
	t := sheet.Table{Name: "Results", Rows: func(yield func([]sheet.Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}}
	for range rows[0] {
		t.Columns = append(t.Columns, sheet.Column{Title: "Title", Width: 12})
	}
	return t
}

func write(t testing.TB, f sheet.Format, table sheet.Table) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, table); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func records(t testing.TB, data []byte) [][]string {
	t.Helper()
	rest, ok := bytes.CutPrefix(data, []byte("\uFEFF"))
	if !ok {
		t.Fatal("the file does not begin with a byte order mark")
	}
	records, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func workbook(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func typed() []sheet.Cell {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	return []sheet.Cell{
		sheet.Text("Ana, \"the\" first\nÜberall"), sheet.Int(-7), sheet.Decimal(66.666, 1), sheet.Decimal(3, 0), sheet.Time(at),
		sheet.Time(time.Time{}),
		{},
		sheet.Text(""),
	}
}

func TestCSVHoldsEachKindOfCell(t *testing.T) {
	t.Parallel()
	got := records(t, write(t, sheet.CSV{}, of(typed())))[1]
	want := []string{"Ana, \"the\" first\nÜberall", "-7", "66.7", "3", "2026-03-04 05:06:07", "", "", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestXLSXHoldsEachKindOfCell(t *testing.T) {
	t.Parallel()
	file := workbook(t, write(t, sheet.XLSX{}, of(typed())))
	rows, err := file.GetRows("Results")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Title", "Title", "Title", "Title", "Title", "Title", "Title", "Title"},
		{"Ana, \"the\" first\nÜberall", "-7", "66.7", "3", "2026-03-04 05:06:07"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for at, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "E2": excelize.CellTypeUnset,
	} {
		if kind, err := file.GetCellType("Results", at); err != nil || kind != want {
			t.Errorf("%s is of type %v (%v), want %v", at, kind, err, want)
		}
	}
	raw, err := file.GetCellValue("Results", "C2", excelize.Options{RawCellValue: true})
	if err != nil || raw != "66.666" {
		t.Errorf("the number is kept as %q (%v), want all its digits", raw, err)
	}
}

func TestXLSXNeverHoldsAFormula(t *testing.T) {
	t.Parallel()
	texts := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "_x003D_1+1", "<f>1+1</f>", "{=1}"}
	var row []sheet.Cell
	for _, text := range texts {
		row = append(row, sheet.Text(text))
	}
	file := workbook(t, write(t, sheet.XLSX{}, of(row)))
	for i, want := range texts {
		at, err := excelize.CoordinatesToCellName(i+1, 2)
		if err != nil {
			t.Fatal(err)
		}
		value, err := file.GetCellValue("Results", at)
		formula, ferr := file.GetCellFormula("Results", at)
		if err != nil || ferr != nil || value != want || formula != "" {
			t.Errorf("%q came back as %q with the formula %q (%v, %v)", want, value, formula, err, ferr)
		}
	}
}

func TestXLSXSaysWhoMadeIt(t *testing.T) {
	t.Parallel()
	for author, want := range map[string]string{"AlfaOne": "AlfaOne", "": "Results"} {
		table := of(typed())
		table.Author = author
		if props, err := workbook(t, write(t, sheet.XLSX{}, table)).GetDocProps(); err != nil || props.Creator != want {
			t.Errorf("the author %q is written as %+v (%v)", author, props, err)
		}
	}
}

func TestWhatCannotBeHeldIsLeftOut(t *testing.T) {
	t.Parallel()
	const text, want = "a\x00b\x1b[31m\x0bc\r\nd\re\xff\uffffé😀", "ab[31mc\nd\neé😀"
	if got := records(t, write(t, sheet.CSV{}, of([]sheet.Cell{sheet.Text(text)})))[1][0]; got != want {
		t.Errorf("CSV has %q, want %q", got, want)
	}
	file := workbook(t, write(t, sheet.XLSX{}, of([]sheet.Cell{sheet.Text(text)})))
	if got, err := file.GetCellValue("Results", "A2"); err != nil || got != want {
		t.Errorf("XLSX has %q (%v), want %q", got, err, want)
	}
}

func TestXLSXCutsLongTextsWithAMark(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"just fits":           {strings.Repeat("x", 32767), strings.Repeat("x", 32767)},
		"one too many":        {strings.Repeat("x", 32768), strings.Repeat("x", 32763) + " […]"},
		"fits, in many bytes": {strings.Repeat("é", 32767), strings.Repeat("é", 32767)},
		"in pairs of units":   {strings.Repeat("😀", 20000), strings.Repeat("😀", 16381) + " […]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := workbook(t, write(t, sheet.XLSX{}, of([]sheet.Cell{sheet.Text(test.text)})))
			got, err := file.GetCellValue("Results", "A2")
			if err != nil || got != test.want {
				t.Errorf("%d bytes came back as %d that end with %q (%v)", len(test.text), len(got), got[max(0, len(got)-12):], err)
			}
		})
	}
}

func TestXLSXTakesAnyNameForItsSheet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                                "Sheet",
		"'":                               "Sheet",
		"Sales [EMEA]: 1/2?":              "Sales  EMEA   1 2",
		strings.Repeat("n", 40):           strings.Repeat("n", 31),
		strings.Repeat("n", 30) + "😀":     strings.Repeat("n", 30),
		"'quoted'":                        "quoted",
		strings.Repeat("n", 30) + "'tail": strings.Repeat("n", 30),
		"two\nlines":                      "two lines",
	} {
		table := of(typed())
		table.Name = name
		if got := workbook(t, write(t, sheet.XLSX{}, table)).GetSheetList(); !cmp.Equal(got, []string{want}) {
			t.Errorf("%q names the sheets %q, want %q", name, got, want)
		}
	}
}

func TestAnErrorOfTheRowsEndsTheFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, format := range formats {
		table := of(typed())
		good := table.Rows
		table.Rows = func(yield func([]sheet.Cell, error) bool) {
			good(yield)
			yield(nil, broken)
		}
		if err := format.Write(io.Discard, table); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want the error of the rows", name, err)
		}
	}
}

func TestAnErrorOfTheDestinationIsTold(t *testing.T) {
	t.Parallel()
	for name, format := range formats {
		for _, room := range []int{0, 1000} {
			if err := format.Write(&full{room}, long(500, 10)); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("%s: got %v, want the error of the destination", name, err)
			}
		}
	}
}

// full is a destination with so much room.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFilesAreTheSameForTheSameTable(t *testing.T) {
	t.Parallel()
	for name, format := range formats {
		if !bytes.Equal(write(t, format, of(typed())), write(t, format, of(typed()))) {
			t.Errorf("%s differs from one time to the next", name)
		}
	}
}

func TestGuardPutsAnApostropheWhereACellCouldBegin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"plain - not at all":     "plain - not at all",
		"ana@example.org":        "ana@example.org",
		"2+2=4":                  "2+2=4",
		"=1+1":                   "'=1+1",
		"+49 30 1234":            "'+49 30 1234",
		"-5":                     "'-5",
		"@SUM(A1)":               "'@SUM(A1)",
		"\tx":                    "'\tx",
		"\nx":                    "'\nx",
		"\rx":                    "'\rx",
		"\x00x":                  "'\x00x",
		"＝1":                     "'＝1",
		"＋1":                     "'＋1",
		"－1":                     "'－1",
		"＠a":                     "'＠a",
		"  =1":                   "'  =1",
		"\u00a0\u200b=1":         "'\u00a0\u200b=1",
		`"=1`:                    `'"=1`,
		"'=1":                    "''=1",
		"'tis":                   "'tis",
		"first;=1+1":             "first;'=1+1",
		"first, -1":              "first,' -1",
		"- one\n- two":           "'- one\n'- two",
		"x\t@y":                  "x\t'@y",
		`x;"=HYPERLINK("a";"b")`: `x;'"=HYPERLINK("a";"b")`,
	} {
		if got := sheet.Guard(text); got != want {
			t.Errorf("Guard(%q) = %q, want %q", text, got, want)
		}
	}
}

// checkGuarded checks what CSV promises of any text.
func checkGuarded(t testing.TB, text string) {
	t.Helper()
	if got := sheet.Unguard(sheet.Guard(text)); got != text {
		t.Fatalf("%q came back as %q", text, got)
	}
	file := write(t, sheet.CSV{}, of([]sheet.Cell{sheet.Text("x"), sheet.Text(text), sheet.Text("x")}))
	held := records(t, write(t, sheet.CSV{}, of([]sheet.Cell{sheet.Text(text)})))
	if len(held) == 2 && sheet.Guard(sheet.Unguard(held[1][0])) != held[1][0] {
		t.Fatalf("%q is held as %q, which is not guarded", text, held[1][0])
	}
	whole := records(t, file)[1][1]
	if r := first(whole); strings.ContainsRune("=+-@＝＋－＠\t\r\n\x00", r) {
		t.Fatalf("%q is held as %q, which begins with %q", text, whole, r)
	}
	for _, separators := range []string{",", ";", "\t", ",;\t"} {
		split := func(r rune) bool { return r == '\n' || r == '\r' || strings.ContainsRune(separators, r) }
		for _, cell := range strings.FieldsFunc(strings.TrimPrefix(string(file), "\uFEFF"), split) {
			cell = strings.TrimLeftFunc(cell, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
			if r := first(cell); strings.ContainsRune("=+-@＝＋－＠\x00", r) {
				t.Fatalf("read with %q as separators, %q has the cell %q", separators, text, cell)
			}
		}
	}
}

func first(s string) rune {
	for _, r := range s {
		return r
	}
	return 'x'
}

func TestGuardedTextsComeBackAndNeverBeginAFormula(t *testing.T) {
	t.Parallel()
	alphabet := []rune("=+-@＝＋－＠\t\r\n\x00 ,;'\"|ax1\u00a0\u200b\ufeff(é😀")
	rapid.Check(t, func(rt *rapid.T) {
		checkGuarded(t, rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 20, -1).Draw(rt, "text"))
	})
}

func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"=1", "a;=1", "'\t", "\r\n-x", "x,\"\"=1", "\xff=1", "\ufeff@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkGuarded(t, text) })
}

// long is a table of so many rows and columns of all kinds.
func long(rows, columns int) sheet.Table {
	table := sheet.Table{Name: "Long", Rows: manyRows(rows, columns, func(int) {})}
	for range columns {
		table.Columns = append(table.Columns, sheet.Column{Title: "Column"})
	}
	return table
}

func manyRows(rows, columns int, each func(row int)) iter.Seq2[[]sheet.Cell, error] {
	filler := strings.Repeat("words and words ", 4)
	return func(yield func([]sheet.Cell, error) bool) {
		row := make([]sheet.Cell, columns)
		for n := range rows {
			for i := range row {
				row[i] = []sheet.Cell{sheet.Int(n), sheet.Text(filler), sheet.Decimal(float64(n)/3, 1)}[i%3]
			}
			each(n)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// It measures the whole process, so it runs by itself.
func TestALongTableIsWrittenInBoundedMemory(t *testing.T) {
	for name, format := range map[string]sheet.Format{"CSV": sheet.CSV{}, "XLSX": sheet.XLSX{TempDir: t.TempDir()}} {
		before, most := heap(), uint64(0)
		table := long(10_000, 40)
		table.Rows = manyRows(10_000, 40, func(row int) {
			if row%1000 == 999 {
				most = max(most, heap())
			}
		})
		written := &counter{}
		began := time.Now()
		if err := format.Write(written, table); err != nil {
			t.Fatal(err)
		}
		grown := float64(max(most, before)-before) / (1 << 20)
		t.Logf("%s: %.1f MiB in %v, %.1f MiB of them in memory", name, float64(written.n)/(1<<20), time.Since(began).Round(time.Millisecond), grown)
		if limit := map[string]float64{"CSV": 2, "XLSX": 40}[name]; grown > limit {
			t.Errorf("%s holds %.1f MiB in memory, want at most %.0f", name, grown, limit)
		}
	}
}

func TestXLSXLeavesNoTemporaryFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stopped := errors.New("stopped")
	table := long(0, 40)
	table.Rows = func(yield func([]sheet.Cell, error) bool) {
		if manyRows(10_000, 40, func(int) {})(yield); len(entries(t, dir)) == 0 {
			t.Error("nothing was put into the directory that was given")
		}
		yield(nil, stopped)
	}
	if err := (sheet.XLSX{TempDir: dir}).Write(io.Discard, table); !errors.Is(err, stopped) {
		t.Fatalf("got %v, want the error of the rows", err)
	}
	if left := entries(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func entries(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func TestNumbersAreNeverWrittenInPowersOfTen(t *testing.T) {
	t.Parallel()
	got := records(t, write(t, sheet.CSV{}, of([]sheet.Cell{sheet.Int(1 << 53), sheet.Decimal(1e21, 1), sheet.Decimal(math.SmallestNonzeroFloat64, 2)})))[1]
	if want := []string{"9007199254740992", "1000000000000000000000.0", "0.00"}; !cmp.Equal(want, got) {
		t.Errorf("got %q, want %q", got, want)
	}
}
