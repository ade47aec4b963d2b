package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// prefix begins the name of every variable that we read.
const prefix = "ALFAONE_"

// environment gives flags their values from variables. It implements kong.Resolver.
type environment map[string]string

// readEnvironment keeps the variables that are ours. One that ends in _FILE gives what its file holds, but for line ends
// at the end; giving both is an error.
func readEnvironment(environ []string) (environment, error) {
	env, files := environment{}, environment{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, prefix+"TEST_") {
			continue
		}
		if setting, isFile := strings.CutSuffix(name, "_FILE"); isFile {
			files[setting] = value
		} else {
			env[name] = value
		}
	}
	for name, path := range files {
		if _, both := env[name]; both {
			return nil, fmt.Errorf("%s and %s_FILE are both set; set one", name, name)
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		env[name] = strings.TrimRight(string(content), "\r\n")
	}
	return env, nil
}

// variable is the name of the variable of a flag.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Validate implements kong.Resolver.
func (environment) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (e environment) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if value, ok := e[variable(flag.Name)]; ok {
		return value, nil
	}
	return nil, nil //nolint:nilnil // kong's way to say "not here"
}

// unknown names a variable that no flag of any command reads: it is probably misspelt, and would be passed over in silence.
func (e environment) unknown(app *kong.Application) error {
	known := map[string]bool{}
	for _, command := range app.Leaves(true) {
		for _, group := range command.AllFlags(true) {
			for _, flag := range group {
				known[variable(flag.Name)] = true
			}
		}
	}
	for name := range e {
		if !known[name] {
			return fmt.Errorf("%s is set, but there is no such setting", name)
		}
	}
	return nil
}
