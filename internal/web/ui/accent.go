package ui

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
)

// ErrColour reports a colour that is not written as #rgb or #rrggbb.
var ErrColour = errors.New("colour must be written as #rrggbb")

// DefaultAccent is the accent of an organization that has chosen none.
const DefaultAccent = "#3b5bdb"

// minContrast is what WCAG 2.2, 1.4.3 asks of text.
const minContrast = 4.5

// The surfaces on which the accent must be legible: the darkest of the light
// theme and the lightest of the dark one (see assets/css/theme.css).
var (
	lightSurface = rgb{0xf1, 0xf2, 0xf4}
	darkSurface  = rgb{0x24, 0x26, 0x2b}
	white        = rgb{0xff, 0xff, 0xff}
	black        = rgb{0, 0, 0}
)

// Accent derives from an organization's colour the nearest shades that can be
// read as text on every surface of the light and of the dark theme, with a
// contrast of at least 4.5. White is therefore legible on light, and the dark
// theme's ink on dark. The error is ErrColour.
func Accent(colour string) (light, dark string, err error) {
	c, err := parseHex(colour)
	if err != nil {
		return "", "", err
	}
	return c.towards(black, lightSurface).String(), c.towards(white, darkSurface).String(), nil
}

// AccentCSS returns the stylesheet that gives a page the accent of a colour. The
// error is ErrColour.
func AccentCSS(colour string) (string, error) {
	light, dark, err := Accent(colour)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(":root{--accent-light:%s;--accent-dark:%s}\n", light, dark), nil
}

// Contrast returns the contrast ratio of two colours, 1 to 21, as WCAG 2.2
// defines it. The error is ErrColour.
func Contrast(a, b string) (float64, error) {
	x, err := parseHex(a)
	if err != nil {
		return 0, err
	}
	y, err := parseHex(b)
	if err != nil {
		return 0, err
	}
	return x.contrast(y), nil
}

// Legible reports whether text of a colour can be read on white, as WCAG 2.2,
// 1.4.3 asks. Accent changes one that cannot.
func Legible(hex string) bool {
	c, err := parseHex(hex)
	return err == nil && c.contrast(white) >= minContrast
}

type rgb [3]uint8

func parseHex(s string) (rgb, error) {
	if len(s) == 4 {
		s = string([]byte{s[0], s[1], s[1], s[2], s[2], s[3], s[3]})
	}
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, ErrColour
	}
	channels, err := hex.DecodeString(s[1:])
	if err != nil {
		return rgb{}, ErrColour
	}
	return rgb(channels), nil
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
}

// towards mixes as little of end into c as makes it legible on surface.
func (c rgb) towards(end, surface rgb) rgb {
	const steps = 256
	for i := range steps {
		if m := c.mix(end, float64(i)/steps); m.contrast(surface) >= minContrast {
			return m
		}
	}
	return end
}

func (c rgb) mix(end rgb, share float64) rgb {
	var m rgb
	for i := range m {
		m[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(end[i])*share))
	}
	return m
}

func (c rgb) contrast(d rgb) float64 {
	hi, lo := c.luminance(), d.luminance()
	if hi < lo {
		hi, lo = lo, hi
	}
	return (hi + 0.05) / (lo + 0.05)
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
