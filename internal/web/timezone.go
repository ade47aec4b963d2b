package web

import (
	_ "embed"
	"slices"
	"strings"

	"alfaone/internal/web/ui"
)

// zoneNames are the zones of the IANA time zone database that people live in (zone.tab), one a line.
//
//go:embed timezone.txt
var zoneNames string

// zoneOptions are the time zones to choose from, the one chosen already among them.
func zoneOptions(chosen string) []ui.Option {
	names := append([]string{"UTC"}, strings.Fields(zoneNames)...)
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append(names, chosen)
	}
	options := make([]ui.Option, len(names))
	for i, name := range names {
		options[i] = ui.Option{Value: name, Label: strings.ReplaceAll(name, "_", " ")}
	}
	return options
}
