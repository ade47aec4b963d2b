package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestBundlesAreUpToDate(t *testing.T) {
	t.Chdir("../..")
	if err := run(true); err != nil {
		t.Error(err)
	}
}

func TestStaleFilesAreFoundAndMended(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, sources+"/app.ts", `import { greet } from "./lib/greet"; console.log(greet("<b>"));`)
	put(t, sources+"/lib/greet.ts", `export const greet = (name: string): string => "Hello, " + name;`)
	put(t, dist+"/gone.js", "old")

	if err := run(true); err == nil {
		t.Error("a missing bundle passes the check")
	}
	if err := run(false); err != nil {
		t.Fatal(err)
	}
	if err := run(true); err != nil {
		t.Error(err)
	}
	names, err := filepath.Glob(dist + "/*")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names, []string{dist + "/app.js"}) {
		t.Errorf("dist holds %v", names)
	}
	put(t, dist+"/app.js", "edited by hand")
	if err := run(true); err == nil {
		t.Error("a changed bundle passes the check")
	}
}

func TestSyntaxErrorIsReported(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, sources+"/app.ts", "const = 1")
	if err := run(false); err == nil {
		t.Error("no error")
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
