package report

import (
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// missing stands for what has no letter.
const missing = '\uFFFD'

// standIns are printed for signs that answers hold and the font does not.
var standIns = map[rune]string{
	'→': "->", '←': "<-", '⇒': "=>", '↔': "<->", '≤': "<=", '≥': ">=", '≠': "!=", '≈': "~", '−': "-", '×': "x", '✓': "[x]", '✔': "[x]",
	'✗': "[ ]", '✘': "[ ]", '■': "-", '●': "•", '▪': "•", '▫': "•", '◦': "•", '★': "*", '☆': "*",
}

// letters tells what a font can print. It is not safe for concurrent use.
type letters struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	lacked bool // whether something was asked for that the font cannot print
}

func newLetters(file []byte) (*letters, error) {
	font, err := sfnt.Parse(file)
	return &letters{font: font}, err
}

func (l *letters) has(r rune) bool {
	index, err := l.font.GlyphIndex(&l.buffer, r)
	return err == nil && index != 0 && r < 0x10000 // what sets the page knows no characters beyond
}

// printable is the text with stand-ins for what the font lacks. lost is how many of its characters have none, which are marked, a
// run of them by one mark; kept is how many of its letters are printed.
func (l *letters) printable(s string) (out string, lost, kept int) {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		text := l.stand(r)
		if text == string(missing) {
			lost++
			if gap {
				continue
			}
			l.lacked = true
		} else if unicode.IsLetter(r) {
			kept++
		}
		gap = text == string(missing) || text == "" && gap
		b.WriteString(text)
	}
	return b.String(), lost, kept
}

// stand is what is printed for a character.
func (l *letters) stand(r rune) string {
	switch {
	case r == '\n':
		return "\n"
	case unicode.Is(unicode.White_Space, r) && r != '\u00a0':
		return " "
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		return ""
	case l.has(r):
		return string(r)
	}
	if text, ok := standIns[r]; ok {
		return text
	}
	like := norm.NFKC.String(string(r))
	for _, r := range like {
		if !l.has(r) {
			return string(missing)
		}
	}
	return like
}

// unread replaces a text of which little could be printed.
const unread = "This text is in a script that the report cannot print. AlfaOne shows it."

// line is a short text for print, in one line.
func (l *letters) line(s string) string {
	out, _, _ := l.printable(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(out)
}

// block is a longer text for print. Where more of it would be lost than kept, it is replaced by a sentence, and ok is false.
func (l *letters) block(s string) (out string, ok bool) {
	out, lost, kept := l.printable(strings.TrimSpace(s))
	if lost > kept {
		return unread, false
	}
	return out, true
}

// wrap breaks the text into lines of at most width, by measure. Words that are wider are broken where they must be.
func wrap(text string, width float64, measure func(string) float64) (lines []string) {
	space := measure(" ")
	for paragraph := range strings.SplitSeq(text, "\n") {
		line, used := "", 0.0
		for word := range strings.SplitSeq(paragraph, " ") {
			for _, part := range breakWord(word, width, measure) {
				if w := measure(part); line == "" {
					line, used = part, w
				} else if used+space+w <= width && part != "" {
					line, used = line+" "+part, used+space+w
				} else if part != "" {
					lines = append(lines, line)
					line, used = part, w
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// breakWord is the word in parts that are no wider than width, but for single letters that are.
func breakWord(word string, width float64, measure func(string) float64) (parts []string) {
	if measure(word) <= width {
		return []string{word}
	}
	begin, used := 0, 0.0
	for at, r := range word {
		w := measure(string(r))
		if used+w > width && at > begin {
			parts = append(parts, word[begin:at])
			begin, used = at, 0
		}
		used += w
	}
	return append(parts, word[begin:])
}
