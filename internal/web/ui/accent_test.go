package ui_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"alfaone/internal/web/ui"
)

func TestAccentIsLegibleOnEverySurface(t *testing.T) {
	t.Parallel()
	light := []string{"#ffffff", "#fafafb", "#f1f2f4"} // as in theme.css
	dark := []string{"#17181b", "#101113", "#24262b"}
	for _, colour := range []string{
		"#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff",
		"#ffd400", "#3b5bdb", "#123", "#FACADE", "#777777",
	} {
		onLight, onDark, err := ui.Accent(colour)
		if err != nil {
			t.Fatalf("%s: %v", colour, err)
		}
		for _, surface := range light {
			atLeast(t, onLight, surface, colour)
		}
		for _, surface := range dark {
			atLeast(t, onDark, surface, colour)
		}
		atLeast(t, "#ffffff", onLight, colour) // --accent-ink
		atLeast(t, "#101113", onDark, colour)
	}
}

func atLeast(t *testing.T, text, surface, colour string) {
	t.Helper()
	got, err := ui.Contrast(text, surface)
	if err != nil {
		t.Fatal(err)
	}
	if got < 4.5 {
		t.Errorf("accent of %s: %s on %s has contrast %.2f", colour, text, surface, got)
	}
}

func TestAccentKeepsAColourThatIsLegibleAlready(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ colour, light, dark string }{
		{"#1d3b8f", "#1d3b8f", ""},
		{"#9db2f9", "", "#9db2f9"},
		{"#1D3B8F", "#1d3b8f", ""},
		{"#039", "#003399", ""},
	} {
		light, dark, err := ui.Accent(c.colour)
		if err != nil {
			t.Fatal(err)
		}
		if c.light != "" && light != c.light {
			t.Errorf("light accent of %s is %s, want it unchanged", c.colour, light)
		}
		if c.dark != "" && dark != c.dark {
			t.Errorf("dark accent of %s is %s, want it unchanged", c.colour, dark)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#000", 21},
		{"#777777", "#ffffff", 4.48},
		{"#ff0000", "#ffffff", 4.00},
		{"#123456", "#123456", 1},
	} {
		got, err := ui.Contrast(c.a, c.b)
		if err != nil {
			t.Fatal(err)
		}
		if got < c.want-0.005 || got > c.want+0.005 {
			t.Errorf("contrast of %s and %s is %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestAccentRefusesWhatIsNoColour(t *testing.T) {
	t.Parallel()
	for _, colour := range []string{"", "#", "red", "#12", "#1234", "#12345g", "#+12345", "3b5bcc", "#3b5bdb;}", "#3b5bdb00"} {
		if _, _, err := ui.Accent(colour); !errors.Is(err, ui.ErrColour) {
			t.Errorf("Accent(%q): %v, want ErrColour", colour, err)
		}
		if css, err := ui.AccentCSS(colour); err == nil {
			t.Errorf("AccentCSS(%q) = %q", colour, css)
		}
	}
}

func TestStylesheetBeginsWithTheDefaultAccent(t *testing.T) {
	t.Parallel()
	theme, err := os.ReadFile("../assets/css/theme.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, err := ui.Accent(ui.DefaultAccent)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--accent-light: " + light + ";", "--accent-dark: " + dark + ";"} {
		if !strings.Contains(string(theme), want) {
			t.Errorf("theme.css lacks %q", want)
		}
	}
}
