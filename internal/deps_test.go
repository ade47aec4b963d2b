// Package internal_test holds the house rules that a compiler does not check: who may import what, and how long a
// file and a function may grow.
package internal_test

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "alfaone"

// packages lists what each package may import of ours. A package that is not listed may import what it likes, but
// never cmd. "x/..." means x and everything below it; a package may always import what lies below it.
var packages = []struct {
	name string
	ours []string
	why  string
}{
	{"internal/assess", nil, "the field is stated without the machinery around it"},
	{"internal/job", nil, "a leaf: the runner knows no noun of ours"},
	{"internal/mail", nil, "a leaf: it delivers a message and does not know why it is sent"},
	{"internal/blob", nil, "a leaf: bytes under keys"},
	{"internal/media", nil, "a leaf: it knows what a file is, not whose"},
	{"internal/speech", nil, "a leaf: it has a service listen or read out, and does not know to whom or for whom"},
	{"internal/webhook", nil, "a leaf: it signs and posts what it is given"},
	{"internal/i18n", nil, "a leaf: texts in languages"},
	{"internal/ratelimit", nil, "a leaf: it counts keys"},
	{"internal/sheet", nil, "a leaf: rows and cells, of whatever"},
	{"internal/report", nil, "a leaf: it sets in print what it is given"},
	{"internal/agreement", nil, "a leaf: mathematics, whatever is rated"},
	{"internal/wire", []string{"internal/assess"}, "the public JSON changes only when the contract does"},
	{"internal/store", []string{"internal/assess", "internal/job", "internal/ratelimit"}, "SQL knows the nouns, implements the queue of job and the limiter of ratelimit, and knows nothing above"},
}

// libraries lists what only some packages may import. A name ends in "/..." to cover what lies below it.
var libraries = []struct {
	name  string
	users []string
	why   string
}{
	{"modernc.org/sqlite/...", []string{"internal/store", "bench/..."}, "one package knows which database it is; the bench measures against the bare driver"},
	{"github.com/jackc/pgx/...", []string{"internal/store", "internal/pgtest", "bench/..."}, "one package knows which database it is; the bench measures against the bare driver"},
	{"github.com/pressly/goose/...", []string{"internal/store"}, "the schema belongs to the store"},
	{"github.com/minio/minio-go/...", []string{"internal/blob"}, "S3 is one of two places for bytes"},
	{"github.com/wneessen/go-mail/...", []string{"internal/mail"}, "SMTP is one of two senders"},
	{"github.com/emersion/...", []string{"internal/mail"}, "signing and serving mail belong to mail"},
	{"github.com/xuri/excelize/...", []string{"internal/sheet"}, "XLSX is one of two kinds of table"},
	{"codeberg.org/go-pdf/fpdf/...", []string{"internal/report"}, "one package sets pages"},
	{"code.dny.dev/ssrf", []string{"internal/webhook"}, "addresses that strangers chose are posted to in one place"},
	{"github.com/standard-webhooks/...", nil, "it checks our signatures in tests; a signature is made in few lines of our own"},
	{"github.com/chromedp/...", []string{"e2e/..."}, "the browser is test equipment"},
	{module + "/internal/job", []string{"internal/store", "internal/app", "internal/job/...", "cmd/..."}, "slow work is queued by use cases"},
	{module + "/internal/mail", []string{"internal/app", "internal/mail/...", "cmd/..."}, "mail is sent by jobs of use cases"},
	{module + "/internal/blob", []string{"internal/app", "internal/blob/...", "cmd/..."}, "bytes are reached through use cases, which ask for permission"},
	{module + "/internal/media", []string{"internal/app", "internal/media/...", "cmd/...", "e2e/..."}, "files are opened by use cases, which know whose they are"},
	{module + "/internal/sheet", []string{"internal/app"}, "tables are made by use cases, which ask for permission"},
	{module + "/internal/report", []string{"internal/web"}, "what a report says is put in words beside the pages that say the same"},
	{module + "/internal/speech", []string{"internal/app", "internal/speech/...", "cmd/..."}, "recordings are listened to and prompts read out by use cases, which know whose they are"},
	{module + "/internal/webhook", []string{"internal/app", "internal/webhook/...", "cmd/..."}, "deliveries are made by jobs of use cases"},
	{"testing/...", []string{"internal/pgtest", "internal/store/storetest", "internal/job/jobtest", "internal/blob/blobtest", "e2e/..."}, "the product carries no test equipment"},
	{module + "/internal/store/...", []string{"internal/app", "cmd/...", "internal/store/...", "bench/..."}, "use cases alone see the database; the doors see use cases; the bench fills one"},
	{module + "/internal/api/...", []string{"internal/web/...", "cmd/..."}, "use cases do not know their doors"},
	{module + "/internal/web/...", []string{"cmd/...", "internal/web/..."}, "use cases do not know their doors"},
	{module + "/internal/pgtest", []string{"internal/store/storetest"}, "the product carries no test equipment"},
	{module + "/internal/store/storetest", nil, "the product carries no test equipment"},
	{module + "/internal/job/jobtest", nil, "the product carries no test equipment"},
	{module + "/internal/blob/blobtest", nil, "the product carries no test equipment"},
	{module + "/e2e/...", []string{"e2e/..."}, "the product carries no test equipment"},
	{module + "/cmd/...", []string{"cmd/..."}, "cmd wires the parts; no part knows of it"},
}

// fieldLibraries is all that internal/assess may import besides the standard library.
var fieldLibraries = []string{"github.com/google/uuid"}

// environment lists who may read the environment; everybody else gets configuration as a field.
var environment = []string{"cmd/...", "bench", "e2e/...", "internal/pgtest", "internal/store/storetest", "internal/blob/blobtest", "scripts/...", "tools/..."}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	files := sources(t)
	for _, file := range files {
		for _, violation := range slices.Concat(badImports(file), environmentReads(file)) {
			t.Error(violation)
		}
	}
}

// A check that cannot fail checks nothing: each rule is shown one file that breaks it.
func TestForbiddenImportsAreFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, code, why string }{
		"leaf imports the field":      {"internal/mail/x.go", `import _ "alfaone/internal/assess"`, "a leaf"},
		"leaf's child imports a leaf": {"internal/blob/s3/x.go", `import _ "alfaone/internal/mail"`, "a leaf"},
		"field imports a library":     {"internal/assess/x.go", `import _ "golang.org/x/text/language"`, "standard library"},
		"wire imports a use case":     {"internal/wire/x.go", `import _ "alfaone/internal/app"`, "public JSON"},
		"store imports a leaf":        {"internal/store/x.go", `import _ "alfaone/internal/blob"`, "nothing above"},
		"api imports store":           {"internal/api/x.go", `import _ "alfaone/internal/store"`, "use cases alone"},
		"web imports a driver":        {"internal/web/x.go", `import _ "github.com/jackc/pgx/v5/stdlib"`, "which database"},
		"web imports a leaf":          {"internal/web/x.go", `import _ "alfaone/internal/blob"`, "reached through use cases"},
		"app imports a door":          {"internal/app/x.go", `import _ "alfaone/internal/web"`, "their doors"},
		"app imports test equipment":  {"internal/app/x.go", `import _ "testing"`, "test equipment"},
		"anybody imports cmd":         {"internal/app/x.go", `import _ "alfaone/cmd/alfaone"`, "no part knows"},
		"app reads the environment":   {"internal/app/x.go", `import "os"; var x = os.Getenv("X")`, "only cmd reads the environment"},
		"and under another name":      {"internal/app/x.go", `import sys "os"; var x, _ = sys.LookupEnv("X")`, "only cmd reads the environment"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := parse(t, test.file, "package x; "+test.code)
			got := strings.Join(slices.Concat(badImports(file), environmentReads(file)), "\n")
			if !strings.HasPrefix(got, test.file+":1:") || !strings.Contains(got, test.why) {
				t.Errorf("got %q, want a line that begins with %s and says %q", got, test.file, test.why)
			}
		})
	}
}

func TestAllowedImportsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"internal/assess/x.go":                `import _ "github.com/google/uuid"; import _ "time"`,
		"internal/store/x.go":                 `import _ "alfaone/internal/job"; import _ "modernc.org/sqlite"`,
		"internal/store/storetest/x.go":       `import _ "alfaone/internal/store"; import _ "testing"; import _ "alfaone/internal/pgtest"`,
		"internal/web/x.go":                   `import _ "alfaone/internal/api"; import _ "alfaone/internal/web/templates"`,
		"internal/apiclient/neighbour/api.go": `import _ "alfaone/internal/wire"`,
		"cmd/alfaone/x.go":                    `import "os"; import _ "alfaone/internal/store"; var x = os.Getenv("X")`,
	}
	for name, code := range tests {
		file := parse(t, name, "package x; "+code)
		for _, violation := range slices.Concat(badImports(file), environmentReads(file)) {
			t.Error(violation)
		}
	}
}

func badImports(file source) []string {
	var bad []string
	for _, spec := range file.ast.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if why := forbidden(file.pkg(), imported); why != "" {
			bad = append(bad, fmt.Sprintf("%s imports %s: %s", file.at(spec), imported, why))
		}
	}
	return bad
}

// forbidden tells why pkg may not import imported, or "" when it may.
func forbidden(pkg, imported string) string {
	if pkg == "internal/assess" && strings.Contains(imported, ".") && !slices.Contains(fieldLibraries, imported) {
		return "the field needs the standard library only"
	}
	if ours, isOurs := strings.CutPrefix(imported, module+"/"); isOurs {
		for _, rule := range packages {
			below := rule.name + "/..."
			if covers(below, pkg) && !covers(below, ours) && !coveredBy(rule.ours, ours) && !testEquipment(pkg) {
				return rule.why
			}
		}
	}
	for _, rule := range libraries {
		if covers(rule.name, imported) && !coveredBy(rule.users, pkg) {
			return rule.why
		}
	}
	return ""
}

// testEquipment tells packages like storetest, which only tests import and which may therefore reach wider.
func testEquipment(pkg string) bool { return strings.HasSuffix(pkg, "test") }

func environmentReads(file source) []string {
	if coveredBy(environment, file.pkg()) {
		return nil
	}
	readers := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	var bad []string
	ast.Inspect(file.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(readers, sel.Sel.Name) {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(file.namesOf("os"), x.Name) {
				bad = append(bad, fmt.Sprintf("%s calls os.%s: only cmd reads the environment", file.at(sel), sel.Sel.Name))
			}
		}
		return true
	})
	return bad
}

func coveredBy(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, name) })
}

func covers(pattern, name string) bool {
	if root, below := strings.CutSuffix(pattern, "/..."); below {
		return name == root || strings.HasPrefix(name, root+"/")
	}
	return name == pattern
}
