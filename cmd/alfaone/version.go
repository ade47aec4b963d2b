package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"alfaone/internal/api"
)

// versionCommand prints the version.
type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintf(t.out, "alfaone %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is the module's version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return fmt.Sprintf("%s+%s", info.Main.Version, setting.Value[:12])
		}
	}
	return info.Main.Version
}

// openapiCommand prints the OpenAPI document.
type openapiCommand struct {
	BaseURL string `name:"base-url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Address of the server that the document describes (${default})."`
}

// Run implements the command.
func (o *openapiCommand) Run(_ context.Context, t terminal) error {
	document, err := api.OpenAPI(o.BaseURL)
	if err != nil {
		return err
	}
	_, err = t.out.Write(document)
	return err
}
