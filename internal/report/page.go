package report

import (
	"bytes"
	_ "embed" // the fonts
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // logos
	"image/png"
	"math"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The fonts, under the SIL Open Font License: see font/OFL.txt.
var (
	//go:embed font/NotoSans-Regular.ttf
	regular []byte
	//go:embed font/NotoSans-Bold.ttf
	bold []byte
)

// The page, in millimetres.
const (
	pageWidth, pageHeight = 210, 297
	left, right           = 24, pageWidth - 24
	top, bottom           = 22, pageHeight - 27
	width                 = right - left
)

type colour struct{ r, g, b int }

var (
	ink   = colour{0x1c, 0x1f, 0x23}
	muted = colour{0x5f, 0x66, 0x70}
	faint = colour{0xdd, 0xe0, 0xe4}
)

// style is how a text looks.
type style struct {
	size float64 // in points
	bold bool
	ink  colour
}

var (
	body    = style{size: 9.5, ink: ink}
	strong  = style{size: 9.5, bold: true, ink: ink}
	small   = style{size: 8, ink: muted}
	heading = style{size: 12, bold: true, ink: ink}
)

// pages stands for how many pages there are, until that is known.
const pages = "{pages}"

const millimetres = 25.4 / 72 // in a point

// leading is the distance between two lines.
func (s style) leading() float64 { return s.size * millimetres * 1.45 }

// page is the report as far as it is set. y is the top of what comes next.
type page struct {
	pdf     *fpdf.Fpdf
	letters *letters
	accent  colour
	footers [2]string
	y       float64
}

func newPage(r Report) (*page, error) {
	letters, err := newLetters(regular)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	p := &page{pdf: fpdf.New("P", "mm", "A4", ""), letters: letters, accent: accent(r.Accent)}
	p.pdf.AddUTF8FontFromBytes("noto", "", regular)
	p.pdf.AddUTF8FontFromBytes("noto", "B", bold)
	p.pdf.SetCatalogSort(true)
	p.pdf.SetCreationDate(r.Generated.UTC())
	p.pdf.SetModificationDate(r.Generated.UTC())
	p.pdf.SetProducer("AlfaOne", true)
	p.pdf.SetTitle(p.who(r)+": "+p.letters.line(r.Assessment), true)
	p.pdf.SetAuthor(p.letters.line(r.Organization), true)
	p.pdf.SetLang("en")
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.AliasNbPages(pages)
	p.footers = p.footersOf(r)
	p.pdf.SetFooterFunc(p.foot)
	p.next()
	return p, p.pdf.Error()
}

// accent reads a colour as "#2563eb".
func accent(s string) colour {
	if len(s) == 7 && s[0] == '#' {
		if n, err := strconv.ParseUint(s[1:], 16, 32); err == nil {
			return colour{int(n >> 16), int(n >> 8 & 0xff), int(n & 0xff)}
		}
	}
	return muted
}

// footersOf are the lines at the bottom of each page.
func (p *page) footersOf(r Report) (lines [2]string) {
	made := "Confidential. Made"
	if !r.Generated.IsZero() {
		made += " on " + moment(r.Generated)
	}
	if r.GeneratedBy != "" {
		made += " for " + r.GeneratedBy
	}
	for i, line := range []string{p.who(r) + " · " + p.letters.line(r.Assessment), p.letters.line(made + ".")} {
		lines[i] = p.shorten(line, width-30, small)
	}
	return lines
}

// foot sets what stands at the bottom of each page.
func (p *page) foot() {
	const y = pageHeight - 18
	p.rule(y - 5)
	for i, line := range p.footers {
		p.text(left, y+float64(i)*small.leading(), small, line)
	}
	number := fmt.Sprintf("Page %d of ", p.pdf.PageNo())
	p.use(small)
	wide := p.pdf.GetStringWidth(number + strconv.Itoa(p.pdf.PageNo())) // how many there will be is not known yet
	p.text(right-wide, y, small, number+pages)
}

// next begins a new page.
func (p *page) next() {
	p.pdf.AddPage()
	p.y = top
}

// room begins a new page unless so much is left on this one.
func (p *page) room(height float64) {
	if p.y+height > bottom && p.y > top {
		p.next()
	}
}

// skip leaves so much room, but not at the top of a page.
func (p *page) skip(height float64) {
	if p.y > top {
		p.y += height
	}
}

func (p *page) use(s style) {
	weight := ""
	if s.bold {
		weight = "B"
	}
	p.pdf.SetFont("noto", weight, s.size)
}

// text sets a line with its base at y.
func (p *page) text(x, y float64, s style, line string) {
	if line == "" {
		return
	}
	p.use(s)
	p.pdf.SetTextColor(s.ink.r, s.ink.g, s.ink.b)
	p.pdf.Text(x, y, line)
}

// rule draws a hairline at y.
func (p *page) rule(y float64) {
	p.pdf.SetDrawColor(faint.r, faint.g, faint.b)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Line(left, y, right, y)
}

// bar draws at y how much of the whole the share is.
func (p *page) bar(x, y, w, share float64) {
	const h = 1.2
	p.pdf.SetFillColor(faint.r, faint.g, faint.b)
	p.pdf.Rect(x, y, w, h, "F")
	if share = math.Min(share, 1); share > 0 {
		p.pdf.SetFillColor(p.accent.r, p.accent.g, p.accent.b)
		p.pdf.Rect(x, y, w*share, h, "F")
	}
}

// cell is a text in a column.
type cell struct {
	x, w  float64
	style style
	right bool // whether it ends at the column's right edge
	text  string
}

// row sets texts side by side, over as many pages as they need. Of several lines, at least two stay together.
func (p *page) row(cells ...cell) {
	lines, most, leading, size := make([][]string, len(cells)), 0, 0.0, 0.0
	for i, c := range cells {
		p.use(c.style)
		lines[i] = wrap(c.text, c.w, p.pdf.GetStringWidth)
		most = max(most, len(lines[i]))
		leading, size = max(leading, c.style.leading()), max(size, c.style.size)
	}
	for n := range most {
		together := 1
		if most > 1 && (n == 0 || n == most-2) {
			together = 2
		}
		p.room(float64(together) * leading)
		base := p.y + leading/2 + size*millimetres*0.36
		for i, c := range cells {
			if n < len(lines[i]) {
				p.text(c.start(p, lines[i][n]), base, c.style, lines[i][n])
			}
		}
		p.y += leading
	}
}

// start is where a line of the cell begins.
func (c cell) start(p *page, line string) float64 {
	if !c.right {
		return c.x
	}
	p.use(c.style)
	return c.x + c.w - p.pdf.GetStringWidth(line)
}

// paragraph sets a text over the whole width.
func (p *page) paragraph(s style, text string) {
	p.row(cell{x: left, w: width, style: s, text: text})
}

// heading sets the heading of a section, with what stands beside it, and enters it into the outline. It stays with what follows.
func (p *page) heading(text, beside string) {
	p.skip(6)
	p.room(34)
	if p.y > top {
		p.rule(p.y)
		p.y += 4
	}
	p.pdf.Bookmark(text, 0, p.y)
	p.row(
		cell{x: left, w: width - 60, style: heading, text: text},
		cell{x: right - 60, w: 60, style: style{size: heading.size, ink: ink}, right: true, text: beside},
	)
	p.y += 1.5
}

// shorten is the line, cut to the width with a mark.
func (p *page) shorten(line string, width float64, s style) string {
	p.use(s)
	lines := wrap(line, width-p.pdf.GetStringWidth("…"), p.pdf.GetStringWidth)
	if p.pdf.GetStringWidth(line) <= width {
		return line
	}
	return lines[0] + "…"
}

// logo sets the logo with its top at y, and reports whether it could.
func (p *page) logo(file []byte, y float64) bool {
	const mostPixels, w, h = 4096, 46, 12
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width < 1 || config.Height < 1 || max(config.Width, config.Height) > mostPixels {
		return false
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return false
	}
	// Of all kinds of PNG, what sets the page reads the plain ones.
	plain := image.NewNRGBA(picture.Bounds())
	draw.Draw(plain, plain.Bounds(), picture, picture.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, plain); err != nil {
		return false
	}
	scale := math.Min(w/float64(config.Width), h/float64(config.Height))
	options := fpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader("logo", options, &out)
	p.pdf.ImageOptions("logo", left, y, float64(config.Width)*scale, float64(config.Height)*scale, false, options, 0, "")
	return true
}

// moment is a time for people, with its zone.
func moment(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") }
