package web

import (
	"fmt"
	"net/http"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// referenceName is the name of the page that is made from the OpenAPI document.
const referenceName = "api"

func (s *Server) docsRoutes() []route {
	routes := []route{
		{"GET /docs", public(), s.showGuide("quickstart")},
		{"GET /docs/api", public(), s.referenceDocs},
		{"GET /docs/api.md", public(), func(c *call) error { return c.markdown(s.reference.markdown()) }},
		{"GET /llms.txt", public(), s.listForModels},
	}
	for _, name := range guideNames() {
		routes = append(
			routes,
			route{"GET /docs/" + name, public(), s.showGuide(name)},
			route{"GET /docs/" + name + ".md", public(), func(c *call) error { return c.markdown(s.guides[name].source) }},
		)
	}
	return routes
}

// docs is what the pages of the docs have in common.
type docs struct {
	member    bool
	dashboard ui.Dashboard // of a member
	narrow    ui.Narrow    // of anybody else
	name      string
	title     string
	lead      string
	signIn    string
	contents  []docsEntry
	shelves   []docsShelf
}

// docsEntry leads to a part of a page.
type docsEntry struct{ id, title string }

// docsShelf leads to pages.
type docsShelf struct {
	title string
	pages []docsPage
}

type docsPage struct{ name, title, lead string }

func (p docsPage) path() string { return "/docs/" + p.name }

const (
	referenceTitle = "API reference"
	referenceLead  = "Every call with its fields and examples, made from the same document that tools read."
)

// shelves are the pages in the order in which one reads them.
func (s *Server) shelves() (out []docsShelf) {
	for _, shelf := range shelves() {
		pages := docsShelf{title: shelf.title}
		for _, name := range shelf.names {
			page := docsPage{referenceName, referenceTitle, referenceLead}
			if guide, ok := s.guides[name]; ok {
				page = docsPage{name, guide.title, guide.lead}
			}
			pages.pages = append(pages.pages, page)
		}
		out = append(out, pages)
	}
	return out
}

// docs prepares a page of the docs, which members read in the dashboard and everybody else without it.
func (c *call) docs(page docsPage, contents []docsEntry) docs {
	d := docs{
		name: page.name, title: page.title, lead: page.lead, signIn: signInPath(c.r.URL), contents: contents, shelves: c.s.shelves(),
	}
	if d.member = c.admit(member(assess.ReadAssessments)) == nil; d.member {
		d.dashboard = c.dashboard(page.title)
	} else {
		d.narrow = c.narrow(page.title)
	}
	return d
}

// next is the page that follows; without a name on the last.
func (d docs) next() (next docsPage) {
	found := false
	for _, shelf := range d.shelves {
		for _, page := range shelf.pages {
			if found {
				return page
			}
			found = page.name == d.name
		}
	}
	return next
}

func (s *Server) showGuide(name string) func(*call) error {
	return func(c *call) error {
		g := s.guides[name]
		return c.render(http.StatusOK, guidePage(c.docs(docsPage{name, g.title, g.lead}, g.contents), g))
	}
}

func (s *Server) referenceDocs(c *call) error {
	var contents []docsEntry
	for _, section := range s.reference.sections {
		for _, call := range section.calls {
			contents = append(contents, docsEntry{call.id, call.title})
		}
	}
	return c.render(http.StatusOK, referencePage(c.docs(docsPage{referenceName, referenceTitle, referenceLead}, contents), s.reference))
}

// listForModels leads programs that read to the pages as Markdown (llmstxt.org).
func (s *Server) listForModels(c *call) error {
	var b strings.Builder
	base := s.app.BaseURL()
	fmt.Fprintf(&b, "# AlfaOne\n\n> Asynchronous assessments: candidates record or write their answers when it suits them, members score them. "+
		"This instance is at %s, its REST API at %s.\n", base, s.reference.base)
	for _, shelf := range s.shelves() {
		fmt.Fprintf(&b, "\n## %s\n\n", shelf.title)
		for _, page := range shelf.pages {
			fmt.Fprintf(&b, "- [%s](%s%s.md): %s\n", page.title, base, page.path(), page.lead)
		}
	}
	fmt.Fprintf(&b, "- [OpenAPI document](%s/openapi.json): OpenAPI 3.1, for generators and validators.\n", s.reference.base)
	return c.markdown(b.String())
}

// markdown answers with a text that programs read.
func (c *call) markdown(source string) error {
	c.w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	c.w.WriteHeader(http.StatusOK)
	_, err := fmt.Fprint(c.w, source)
	return ignoreWrite(err)
}

// codeParts splits a text at its backquotes: every second part is code.
func codeParts(text string) []string { return strings.Split(text, "`") }
