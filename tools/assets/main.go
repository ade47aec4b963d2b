// Command assets bundles the browser modules in internal/web/assets/ts into
// internal/web/assets/dist. Each file directly in ts is a bundle of its own; what
// they share is in the folders below it.
//
//	go run ./tools/assets         write the bundles
//	go run ./tools/assets -check  fail when they differ from what is in dist
//
// It is run from the root of the repository. Types are checked apart, by
// "npm run types" in tools/css.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	sources = "internal/web/assets/ts"
	dist    = "internal/web/assets/dist"
)

func main() {
	check := flag.Bool("check", false, "fail when dist differs from the sources")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	bundles, err := bundle()
	if err != nil {
		return err
	}
	stale, err := staleFiles(bundles)
	if err != nil {
		return err
	}
	if check {
		if len(stale) > 0 {
			return fmt.Errorf("out of date: %v; run: go run ./tools/assets", stale)
		}
		return nil
	}
	return write(bundles, stale)
}

// bundle returns the built scripts by path.
func bundle() (map[string][]byte, error) {
	entries, err := filepath.Glob(sources + "/*.ts")
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(name string) bool {
		ok, _ := filepath.Match("*.d.ts", filepath.Base(name))
		return ok
	})
	built := api.Build(api.BuildOptions{
		EntryPoints:       entries,
		Outdir:            dist,
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
	})
	if len(built.Errors) > 0 {
		return nil, errors.Join(messages(built.Errors)...)
	}
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range built.OutputFiles {
		name, err := filepath.Rel(root, f.Path)
		if err != nil {
			return nil, err
		}
		out[name] = f.Contents
	}
	return out, nil
}

func messages(list []api.Message) []error {
	var errs []error
	for _, text := range api.FormatMessages(list, api.FormatMessagesOptions{Kind: api.ErrorMessage}) {
		errs = append(errs, errors.New(text))
	}
	return errs
}

// staleFiles returns the scripts in dist that are missing, differ from what was
// built, or have no source any more.
func staleFiles(bundles map[string][]byte) ([]string, error) {
	names, err := filepath.Glob(dist + "/*.js")
	if err != nil {
		return nil, err
	}
	for name := range bundles {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		body, err := os.ReadFile(name)
		return err == nil && bundles[name] != nil && bytes.Equal(body, bundles[name])
	}), nil
}

func write(bundles map[string][]byte, stale []string) error {
	for _, name := range stale {
		body, ok := bundles[name]
		if !ok {
			if err := os.Remove(name); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(name, body, 0o644); err != nil {
			return err
		}
	}
	return nil
}
