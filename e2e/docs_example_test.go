package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// example is a piece of code in the docs, as the server shows it.
type example struct {
	page, language string
	words          []string // what stands behind the language
	text           string
	shows          string // the JSON that the page shows as its answer; empty for none
}

var fence = regexp.MustCompile("(?ms)^```(\\w+)([^\n]*)\n(.*?)^```$")

// examplesOf finds the code of a page in Markdown.
func examplesOf(page, markdown string) (all []example) {
	asked := -1 // the last call whose answer was not shown yet
	for _, found := range fence.FindAllStringSubmatch(markdown, -1) {
		switch e := (example{page: page, language: found[1], words: strings.Fields(found[2]), text: found[3]}); {
		case e.language == "bash":
			asked = len(all)
			all = append(all, e)
		case e.language == "go", e.language == "js", e.language == "python":
			all = append(all, e)
		case e.language == "json" && asked >= 0:
			all[asked].shows, asked = e.text, -1
		}
	}
	return all
}

// interpreter is what runs examples of a language. It is skipped where it is missing, unless everything has to be here.
func interpreter(t *testing.T, language string) string {
	t.Helper()
	name := map[string]string{"bash": "bash", "go": "go", "js": "node", "python": "python3"}[language]
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("no %s", name)
	} else if err != nil {
		t.Fatal(err)
	}
	return path
}

// goExamples are all examples in Go, built as one program that takes the number of the example to run.
type goExamples struct {
	program string
	texts   []string
}

var goMain = regexp.MustCompile(`(?m)^func main\(\)`)

// buildGo builds the examples of these texts.
func buildGo(t *testing.T, all []example) *goExamples {
	t.Helper()
	interpreter(t, "go")
	dir := t.TempDir()
	g := &goExamples{program: filepath.Join(dir, "examples")}
	var imports, cases strings.Builder
	for _, e := range all {
		if e.language != "go" || slices.Contains(g.texts, e.text) {
			continue
		}
		n := len(g.texts)
		g.texts = append(g.texts, e.text)
		code := strings.Replace(goMain.ReplaceAllString(e.text, "func Main()"), "package main", fmt.Sprintf("package example%d", n), 1)
		writeFile(t, filepath.Join(dir, fmt.Sprintf("example%d", n), "example.go"), code)
		fmt.Fprintf(&imports, "import %q\n", fmt.Sprintf("examples/example%d", n))
		fmt.Fprintf(&cases, "case \"%d\": example%[1]d.Main()\n", n)
	}
	writeFile(t, filepath.Join(dir, "go.mod"), "module examples\n\ngo 1.26\n")
	writeFile(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"os\"\n"+imports.String()+"func main() {\nswitch os.Args[1] {\n"+cases.String()+"}\n}\n")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", g.program, ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the examples in Go: %v\n%s", err, out)
	}
	return g
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command runs an example. Examples in Go take what they are about from the environment or from a proxy of the world's.
func (w *docsWorld) command(ctx context.Context, e example, text string) *exec.Cmd {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "example")
	switch path := interpreter(w.t, e.language); e.language {
	case "go":
		return exec.CommandContext(ctx, w.golang.program, strconv.Itoa(slices.Index(w.golang.texts, e.text)))
	case "js":
		writeFile(w.t, file+".mjs", text)
		return exec.CommandContext(ctx, path, file+".mjs")
	case "python":
		writeFile(w.t, file+".py", text)
		return exec.CommandContext(ctx, path, file+".py")
	default:
		interpreter(w.t, "bash")
		return exec.CommandContext(ctx, path, "-euo", "pipefail", "-c", reportingCurl+text)
	}
}

// reportingCurl tells the status of each answer, which curl otherwise keeps to itself.
const reportingCurl = `curl() { command curl -sS -w '%{stderr}@status %{http_code}\n' "$@"; }
`

// try runs an example and returns what it says and the statuses that curl got.
func (w *docsWorld) try(e example, text string, env ...string) (out string, statuses []string) {
	w.t.Helper()
	cmd := w.command(w.t.Context(), e, text)
	cmd.Dir, cmd.Env = w.t.TempDir(), append(os.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	stdout, err := cmd.Output()
	for line := range strings.Lines(errs.String()) {
		if status, ok := strings.CutPrefix(line, "@status "); ok {
			statuses = append(statuses, strings.TrimSpace(status))
		}
	}
	if err != nil {
		w.t.Errorf("%s, %s: %v\n%s\n%s%s", e.page, e.language, err, text, stdout, errs.String())
	}
	return string(stdout), statuses
}

// expect compares the statuses that an example got with those that it names; all others succeed.
func (e example) expect(t *testing.T, statuses []string, answer string) {
	t.Helper()
	if len(statuses) == 0 && strings.Contains(e.text, "curl ") {
		t.Errorf("%s: nothing was called by\n%s", e.page, e.text)
	}
	for i, status := range statuses {
		good := strings.HasPrefix(status, "2")
		if len(e.words) > 0 {
			good = status == e.words[min(i, len(e.words)-1)]
		}
		if !good {
			t.Errorf("%s: %s, want %v\n%s\n%s", e.page, status, e.words, e.text, answer)
		}
	}
}

// get reads a page of the server.
func get(t *testing.T, url string) string {
	t.Helper()
	status, body := call(t, http.MethodGet, url, "", "")
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", url, status, body)
	}
	return body
}
