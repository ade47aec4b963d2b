package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestAListIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	t.Parallel()
	ana := []candidateRow{{"ana@example.com", "Ana Díaz", "es"}, {"ben@example.com", "Ben, the second", ""}}
	for name, text := range map[string]string{
		"commas":             "email,name,language\nana@example.com,Ana Díaz,es\nben@example.com,\"Ben, the second\",\n",
		"semicolons, CRLF":   "E-Mail;Name;Language\r\nana@example.com;Ana Díaz;ES\r\nben@example.com;Ben, the second;\r\n",
		"tabs":               "email\tname\tlanguage\nana@example.com\tAna Díaz\tes\nben@example.com\tBen, the second\t",
		"no heading":         "ana@example.com, Ana Díaz, es\nben@example.com,\"Ben, the second\"\n",
		"byte order mark":    "\ufeffemail,name,language\nana@example.com,Ana Díaz,es\nben@example.com,\"Ben, the second\",\n",
		"Windows-1252":       "email,name,language\nana@example.com,Ana D\xedaz,es\nben@example.com,\"Ben, the second\",\n",
		"old line ends":      "email;name;language\rana@example.com;Ana Díaz;es\rben@example.com;Ben, the second;\r",
		"another order":      "language;email;full name\nes;ana@example.com;Ana Díaz\n;ben@example.com;Ben, the second\n",
		"names in two":       "First name;Last name;email;lang\nAna;Díaz;ana@example.com;es\n;Ben, the second;ben@example.com;\n",
		"empty rows, spaces": "\n email ; name ; language\n\n ana@example.com ; Ana Díaz ; es\n;;\n ben@example.com ; Ben, the second ;\n\n",
		"columns of others":  "id;email;name;phone;language\n1;ana@example.com;Ana Díaz;+34 1;es\n2;ben@example.com;Ben, the second;;\n",
	} {
		got, err := parseCandidates([]byte(text), 10)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(ana, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAListThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := parseCandidates([]byte("name;phone\nAna;123\n"), 10); err == nil || !strings.Contains(err.Error(), "no column that is called email") {
		t.Errorf("a list without addresses: %v", err)
	}
	long := strings.Repeat("ana@example.com\n", 11)
	if _, err := parseCandidates([]byte(long), 10); !errors.Is(err, errTooManyRows) {
		t.Errorf("eleven rows of ten: %v", err)
	}
	if rows, err := parseCandidates([]byte("email\n"+strings.Repeat("ana@example.com\n", 10)), 10); err != nil || len(rows) != 10 {
		t.Errorf("a heading and ten rows of ten: %d, %v", len(rows), err)
	}
	if rows, err := parseCandidates([]byte(" \n\n"), 10); err != nil || len(rows) != 0 {
		t.Errorf("nothing at all: %v, %v", rows, err)
	}
}

func TestACellOfAFileIsNeverAFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", " =1": "' =1", "＝1": "'＝1",
		"\x00=1": "'=1", "Ana": "Ana", "a=b": "a=b", "": "", "'=1": "'=1",
	} {
		if got := plainCell(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func FuzzParseCandidates(f *testing.F) {
	f.Add([]byte("email,name,language\nana@example.com,\"Ana \"\"A\"\" Díaz\",es\n"))
	f.Add([]byte("\xef\xbb\xbfa@b;c\r\n\x80;\xff"))
	f.Add([]byte("\"a@b"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := parseCandidates(text, 50)
		if err != nil {
			return
		}
		if len(rows) > 50 {
			t.Fatalf("%d rows", len(rows))
		}
		for _, row := range rows {
			for _, s := range []string{row.Email, row.Name, row.Language} {
				if !utf8.ValidString(s) || s != strings.TrimSpace(s) {
					t.Fatalf("%q of %q", s, text)
				}
			}
		}
	})
}

func FuzzWriteCSV(f *testing.F) {
	f.Add("=1+1", "a;=b")
	f.Add("\"\n=x", "\t,\"")
	f.Fuzz(func(t *testing.T, one, other string) {
		var out bytes.Buffer
		if err := writeCSV(&out, [][]string{{one, other, "end"}}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 3 {
			t.Fatalf("%q, %q become %q, %v", one, other, rows, err)
		}
		for _, cell := range rows[0] {
			if cell != "" && strings.ContainsAny(strings.TrimLeft(cell, " ")[:min(1, len(strings.TrimLeft(cell, " ")))], "=+-@\t\r") {
				t.Fatalf("%q of %q and %q", cell, one, other)
			}
		}
	})
}
