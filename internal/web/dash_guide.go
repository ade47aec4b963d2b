package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// guideFiles are the guides as they are written: each a title, a paragraph that leads in, and sections.
//
//go:embed guides/*.md
var guideFiles embed.FS

// placeholderURL stands for an instance's own address in the guides.
const placeholderURL = "https://assess.example.org"

// shelf is a part of the docs, and shelves are all of them in the order in which one reads.
type shelf struct {
	title string
	names []string // of guides
}

func shelves() []shelf {
	return []shelf{
		{"Begin", []string{"quickstart", "authentication", "test-mode", "clients"}},
		{"Candidates", []string{"inviting", "assessments", "ats"}},
		{"Keep up", []string{"webhooks", "events"}},
		{"Every call", []string{"errors", "idempotency", "pagination"}},
		{"Look up", []string{referenceName, "changes"}},
	}
}

// guideNames are the guides of all shelves.
func guideNames() (names []string) {
	for _, shelf := range shelves() {
		for _, name := range shelf.names {
			if name != referenceName {
				names = append(names, name)
			}
		}
	}
	return names
}

// guide is a page of the docs that people wrote.
type guide struct {
	name, title, lead string
	source            string // Markdown, with this instance's address
	contents          []docsEntry
	body              []templ.Component
}

// newGuides reads the guides for an instance at the address.
func newGuides(baseURL string) (map[string]*guide, error) {
	guides := map[string]*guide{}
	for _, name := range guideNames() {
		source, err := guideFiles.ReadFile("guides/" + name + ".md")
		if err != nil {
			return nil, fmt.Errorf("reading a guide: %w", err)
		}
		source = bytes.ReplaceAll(source, []byte(placeholderURL), []byte(baseURL))
		if guides[name], err = newGuide(name, source); err != nil {
			return nil, fmt.Errorf("reading the guide %s: %w", name, err)
		}
	}
	return guides, nil
}

func newGuide(name string, source []byte) (*guide, error) {
	r := &guideReader{
		guide: &guide{name: name, source: string(source)}, source: source,
		markdown: goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID())),
	}
	document := r.markdown.Parser().Parse(text.NewReader(source))
	title, lead := document.FirstChild(), document.FirstChild().NextSibling()
	if title.Kind() != ast.KindHeading || lead.Kind() != ast.KindParagraph {
		return nil, errors.New("it does not begin with a title and a paragraph")
	}
	r.guide.title, r.guide.lead = r.words(title), r.words(lead)
	leadToPages(document)
	for n := lead.NextSibling(); n != nil; n = n.NextSibling() {
		if err := r.read(&n); err != nil {
			return nil, err
		}
	}
	r.endText()
	return r.guide, nil
}

// guideReader makes a guide of its Markdown.
type guideReader struct {
	guide    *guide
	source   []byte
	markdown goldmark.Markdown
	html     bytes.Buffer // text since the last part that the kit shows
	section  string       // the heading above
	boxes    int
}

// read turns one block into HTML; of blocks of code, all that follow each other.
func (r *guideReader) read(n *ast.Node) error {
	switch block := (*n).(type) {
	case *ast.FencedCodeBlock:
		r.endText()
		r.guide.body = append(r.guide.body, r.code(n))
		return nil
	case *ast.Heading:
		r.heading(block)
		return nil
	}
	if (*n).Kind().String() == "Table" {
		fmt.Fprintf(&r.html, `<div class="docs-table" role="region" aria-label="%s" tabindex="0">`, templ.EscapeString(r.section))
		defer r.html.WriteString("</div>")
	}
	return r.markdown.Renderer().Render(&r.html, r.source, *n)
}

// heading leads to itself, and is listed among the contents if it begins a section.
func (r *guideReader) heading(h *ast.Heading) {
	attribute, _ := h.AttributeString("id")
	id, _ := attribute.([]byte)
	r.section = r.words(h)
	if h.Level == 2 {
		r.guide.contents = append(r.guide.contents, docsEntry{string(id), r.section})
	}
	fmt.Fprintf(&r.html, `<h%d id="%s"><a href="#%[2]s">%s</a></h%[1]d>`, h.Level, id, templ.EscapeString(r.section))
}

// code is a block of code, or several that say the same in different languages. n is left at the last.
func (r *guideReader) code(n *ast.Node) templ.Component {
	var e examples
	for block, ok := (*n).(*ast.FencedCodeBlock); ok; block, ok = (*n).NextSibling().(*ast.FencedCodeBlock) {
		language := string(block.Language(r.source))
		if len(e) > 0 && (exampleLanguage(language) == "" || e.has(language)) {
			break
		}
		*n = block
		r.boxes++
		e = append(e, example{
			id: fmt.Sprintf("code-%d", r.boxes), language: language, title: r.section, text: strings.TrimSuffix(string(block.Lines().Value(r.source)), "\n"),
		})
		if exampleLanguage(language) == "" {
			break
		}
	}
	return e
}

// endText adds the text that was read to the body.
func (r *guideReader) endText() {
	if r.html.Len() > 0 {
		r.guide.body = append(r.guide.body, templ.Raw(r.html.String()))
		r.html.Reset()
	}
}

// words are a block's text without its form.
func (r *guideReader) words(block ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Value(r.source))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	}) // it fails only if the function does
	return b.String()
}

// leadToPages makes links between the files, by which editors and programs follow them, lead to the pages.
func leadToPages(document ast.Node) {
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		file, fragment, _ := strings.Cut(string(link.Destination), "#")
		if name, ok := strings.CutSuffix(file, ".md"); ok {
			path := "/docs/" + name
			if fragment != "" {
				path += "#" + fragment
			}
			link.Destination = []byte(path)
		}
		return ast.WalkContinue, nil
	})
}
