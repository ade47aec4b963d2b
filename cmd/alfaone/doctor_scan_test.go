package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nobodysKey is well-formed.
const nobodysKey = "ak_live_0123456789ABCDEFGHIJKLMN26oFuJ"

func TestKeysInFilesAreFoundByLineAndNotPrinted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := strings.Repeat("x ", 1<<17)
	files := map[string]string{
		"clean.txt":        "ak_live_ ak_live_EXAMPLEexampleEXAMPLEexample00 x" + nobodysKey + " " + nobodysKey + "0\n",
		"deep/down/.env":   "A=1\nKEY=" + nobodysKey + "\n",
		"deep/minified.js": long + nobodysKey + ";" + long + "\n\n'" + nobodysKey + "'",
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	none := []string{"ALFAONE_DATA_DIR=" + filepath.Join(dir, "none")}
	code, out, errOut := command(t, none, "doctor", "scan", dir)
	want := filepath.Join(dir, "deep/down/.env") + ":2  ak_live_0123…\n" +
		filepath.Join(dir, "deep/minified.js") + ":1  ak_live_0123…\n" + filepath.Join(dir, "deep/minified.js") + ":3  ak_live_0123…\n"
	if code != 1 || out != want || !strings.Contains(errOut, "API keys found: 3") {
		t.Errorf("%d:\n%s%s", code, out, errOut)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("scanning has made a data directory")
	}
	if code, out, _ := command(t, none, "doctor", "scan", filepath.Join(dir, "clean.txt")); code != 0 || out != "" {
		t.Errorf("a clean file: %d %s", code, out)
	}
	if code, _, errOut := command(t, none, "doctor", "scan", filepath.Join(dir, "missing")); code != 1 || !strings.Contains(errOut, "missing") {
		t.Errorf("a file that is not there: %d %s", code, errOut)
	}
}

func TestWithADatabaseItIsSaidWhichKeysStillWork(t *testing.T) {
	t.Parallel()
	environ := []string{"ALFAONE_DATA_DIR=" + t.TempDir()}
	must := func(args ...string) string {
		t.Helper()
		code, out, errOut := command(t, environ, args...)
		if code != 0 {
			t.Fatalf("%v: %d %s", args, code, errOut)
		}
		return strings.TrimSpace(out)
	}
	must("member", "add", "owner@example.com", "--first-name", "Ada", "--last-name", "Owner", "--new-organization", "Example")
	old := must("apikey", "create", "ATS", "--scopes", "invites:read,tags:write")
	if list := must("apikey", "list"); !strings.Contains(list, "usable") || !strings.Contains(list, "[invites:read tags:write]") {
		t.Errorf("listed as %s", list)
	}
	id, _, _ := strings.Cut(must("apikey", "list"), " ")
	next := must("apikey", "rotate", id, "--overlap", "0")

	leaks := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(leaks, []byte(old+"\n"+next+"\n"+nobodysKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := command(t, environ, "doctor", "scan", leaks)
	lines := strings.Split(out, "\n")
	if code != 1 || len(lines) != 4 || !strings.Contains(lines[0], `"ATS" of this instance, which works no more`) ||
		!strings.Contains(lines[1], `WORKS: revoke "ATS"`) || !strings.HasSuffix(lines[2], "not of this instance") {
		t.Errorf("%d:\n%s%s", code, out, errOut)
	}
	if strings.Contains(out+errOut, old) || strings.Contains(out+errOut, next) {
		t.Error("a key is printed whole")
	}
	if code, _, errOut := command(t, environ, "apikey", "create", "k", "--scopes", "everything"); code != 1 || !strings.Contains(errOut, "scopes must be of") {
		t.Errorf("a scope that is none: %d %s", code, errOut)
	}
}
