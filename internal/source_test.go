package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is a Go file of the product: not a test, though it may be generated.
type source struct {
	name string // slash-separated, from the root of the repository
	fset *token.FileSet
	ast  *ast.File
}

type function struct {
	name, at string
	lines    int
}

func (s source) pkg() string { return path.Dir(s.name) }

func (s source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

func (s source) lines() int { return s.fset.Position(s.ast.FileEnd).Line }

// functions returns the functions written by hand; a literal counts as part of the function around it.
func (s source) functions() []function {
	if ast.IsGenerated(s.ast) {
		return nil
	}
	var all []function
	for _, decl := range s.ast.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			all = append(all, function{name: f.Name.Name, at: s.at(f), lines: lines})
		}
	}
	return all
}

// namesOf returns the names under which the file imports a package.
func (s source) namesOf(imported string) []string {
	var names []string
	for _, spec := range s.ast.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p == imported {
			name := path.Base(imported)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names = append(names, name)
		}
	}
	return names
}

func parse(t *testing.T, name, code string) source {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, code, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{name: name, fset: fset, ast: file}
}

// sources parses every Go file of the repository that is not a test, whatever its build tags.
func sources(t *testing.T) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		code, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, parse(t, strings.TrimPrefix(filepath.ToSlash(name), "../"), string(code)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
