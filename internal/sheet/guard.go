package sheet

import (
	"strings"
	"unicode"
)

// Guard puts an apostrophe before each part of a text that a spreadsheet program could take for a formula. [CSV] says which these
// are.
func Guard(text string) string {
	return mapParts(text, func(part string, first bool) string {
		if dangerous(part, first) {
			return "'" + part
		}
		return part
	})
}

// Unguard takes away what Guard has put: Unguard(Guard(text)) is text.
func Unguard(text string) string {
	return mapParts(text, func(part string, first bool) string {
		if rest, ok := strings.CutPrefix(part, "'"); ok && dangerous(rest, first) {
			return rest
		}
		return part
	})
}

// separators are what a program may take for the end of a cell.
const separators = ",;\t\r\n"

// mapParts replaces each part of the text, up to and with a separator, by what f makes of it.
func mapParts(text string, f func(part string, first bool) string) string {
	if !strings.ContainsAny(text, "=+-@＝＋－＠"+separators+"\x00") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 8)
	for first := true; text != ""; first = false {
		end := strings.IndexAny(text, separators) + 1
		if end == 0 {
			end = len(text)
		}
		b.WriteString(f(text[:end], first))
		text = text[end:]
	}
	return b.String()
}

// dangerous reports whether the part begins like a formula, or, at the beginning of a text, with a control character. It says so
// too of a part with any apostrophes before that, by which Unguard tells ours from the text's own.
func dangerous(part string, first bool) bool {
	begins := strings.TrimLeft(part, `'"`)
	if first && begins != "" && strings.IndexByte("\t\r\n\x00", begins[0]) >= 0 {
		return true
	}
	begins = strings.TrimLeftFunc(part, passedOver)
	return begins != "" && strings.ContainsAny(begins[:1], "=+-@") || hasPrefix(begins, "＝", "＋", "－", "＠")
}

// passedOver reports whether a program may pass over the character at the beginning of a cell.
func passedOver(r rune) bool {
	return r == '\'' || r == '"' || unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Cf)
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
