package web

import (
	"net/http"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) docsRoutes() []route {
	return []route{
		{"GET /docs", public(), s.quickstart},
		{"GET /docs/authentication", public(), s.authenticationDocs},
		{"GET /docs/api", public(), s.referenceDocs},
	}
}

// Keys in the docs have a wrong checksum: no server and no scanner takes them for real.
const (
	exampleLiveKey = "ak_live_EXAMPLEexampleEXAMPLEexample00"
	exampleTestKey = "ak_test_EXAMPLEexampleEXAMPLEexample00"
)

// docs is what the pages of the docs have in common.
type docs struct {
	member    bool
	dashboard ui.Dashboard // of a member
	narrow    ui.Narrow    // of anybody else
	title     string
	lead      string
	path      string
	signIn    string
	contents  []docsEntry
	reference *reference
}

// docsEntry leads to a part of a page.
type docsEntry struct{ id, title string }

// docs prepares a page of the docs, which members read in the dashboard and everybody else without it.
func (c *call) docs(title, lead string, contents ...docsEntry) docs {
	d := docs{
		title: title, lead: lead, path: c.r.URL.Path, signIn: signInPath(c.r.URL), contents: contents, reference: c.s.reference,
	}
	if d.member = c.admit(member(assess.ReadAssessments)) == nil; d.member {
		d.dashboard = c.dashboard(title)
	} else {
		d.narrow = c.narrow(title)
	}
	return d
}

// tabs lead to the other pages.
func (d docs) tabs() ui.Tabs {
	t := ui.Tabs{Label: "Docs"}
	for _, item := range []struct{ label, path string }{
		{"Quickstart", "/docs"}, {"Authentication", "/docs/authentication"}, {"API reference", "/docs/api"},
	} {
		t.Items = append(t.Items, ui.Tab{Label: item.label, Href: item.path, Current: item.path == d.path})
	}
	return t
}

// quickstart takes an integrator from a key to an invited candidate.
func (s *Server) quickstart(c *call) error {
	return c.render(http.StatusOK, quickstartPage(c.docs("Quickstart", "From an API key to an invited candidate, in four steps.",
		docsEntry{"key", "1. Generate an API key"}, docsEntry{"assessments", "2. Find the assessment"},
		docsEntry{"invite", "3. Invite a candidate"}, docsEntry{"follow", "4. Follow what happens"},
	)))
}

func (s *Server) authenticationDocs(c *call) error {
	return c.render(http.StatusOK, authenticationPage(c.docs("Authentication", "Keys, errors, limits, lists and safe retries: what holds for every call.",
		docsEntry{"header", "The header"}, docsEntry{"modes", "Live and test"}, docsEntry{"refusals", "Refused keys"},
		docsEntry{"rotation", "Changing a key"}, docsEntry{"errors", "Errors"}, docsEntry{"limits", "Rate limits"},
		docsEntry{"lists", "Lists and pages"}, docsEntry{"retries", "Safe retries"},
	)))
}

func (s *Server) referenceDocs(c *call) error {
	var contents []docsEntry
	for _, section := range s.reference.sections {
		for _, call := range section.calls {
			contents = append(contents, docsEntry{call.id, call.title})
		}
	}
	return c.render(http.StatusOK, referencePage(c.docs("API reference", "Every call, made from the same document that tools read.", contents...)))
}

// codeParts splits a text at its backquotes: every second part is code.
func codeParts(text string) []string { return strings.Split(text, "`") }
