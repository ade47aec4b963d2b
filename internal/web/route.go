package web

import (
	"net/http"
	"strings"

	"alfaone/internal/assess"
)

// route is one line of the table of everything that the server answers.
type route struct {
	pattern string // as http.ServeMux reads it
	access  access // who may; there is no default
	serve   func(*call) error
}

// access says who may use a route.
type access struct {
	who        audience
	permission assess.Permission // of a signed-in member
}

type audience string

const (
	anybody   audience = "anybody"   // no account needed; secrets in the path are checked by the handler
	newcomer  audience = "newcomer"  // holds the set-up link, before there is a member
	signedIn  audience = "signed in" // a member with the permission
	candidate audience = "candidate" // holds an invite's link, in the path or the cookie
	operator  audience = "operator"  // holds the secret of the operator's mailbox
)

func public() access                    { return access{who: anybody} }
func member(p assess.Permission) access { return access{who: signedIn, permission: p} }
func forCandidate() access              { return access{who: candidate} }
func forNewcomer() access               { return access{who: newcomer} }
func forOperator() access               { return access{who: operator} }

// routes is the whole table. A test walks it: every line is tried by everybody.
func (s *Server) routes(development bool) []route {
	table := []route{
		{"GET /{$}", public(), s.home},
		{"GET /healthz", public(), s.healthy},
		{"GET /readyz", public(), s.ready},
		{"GET /robots.txt", public(), s.robots},
		{"GET /logo/{id}", public(), s.logo},
	}
	table = append(table, s.accountRoutes()...)
	table = append(table, s.settingsRoutes()...)
	table = append(table, s.webhookRoutes()...)
	table = append(table, s.assessmentRoutes()...)
	table = append(table, s.assessmentDocumentRoutes()...)
	table = append(table, s.promptRoutes()...)
	table = append(table, s.inviteRoutes()...)
	table = append(table, s.resultRoutes()...)
	table = append(table, s.answerRoutes()...)
	table = append(table, s.gradingRoutes()...)
	table = append(table, s.gradingPlanRoutes()...)
	table = append(table, s.inviteGradingRoutes()...)
	table = append(table, s.mediaRoutes()...)
	table = append(table, s.transcriptRoutes()...)
	table = append(table, s.exportRoutes()...)
	table = append(table, s.mailboxRoutes()...)
	table = append(table, s.docsRoutes()...)
	table = append(table, s.takeRoutes()...)
	table = append(table, s.prepareRoutes()...)
	table = append(table, s.attemptRoutes()...)
	if development {
		table = append(table, route{"GET /styleguide", public(), s.styleguide})
	}
	return table
}

// mux serves the table, the assets, the API and, for all else, a page that says so.
func (s *Server) mux(table []route) http.Handler {
	mux := http.NewServeMux()
	for _, route := range table {
		mux.Handle(route.pattern, s.answer(route))
	}
	mux.Handle("GET /static/", s.assets.Handler())
	mux.Handle("/", s.answer(route{"/", public(), s.notFound(mux)}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") { // not by the mux, which answers unclean paths with a page that redirects
			s.api.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// notFound answers what no route fits: 405 where only the method is wrong, else 404.
func (s *Server) notFound(mux *http.ServeMux) func(*call) error {
	return func(c *call) error {
		if allowed := allowedMethods(mux, c.r); len(allowed) > 0 {
			c.w.Header().Set("Allow", strings.Join(allowed, ", "))
			return errMethod
		}
		return assess.Errorf(assess.NotFound, "There is no page at this address.")
	}
}

func allowedMethods(mux *http.ServeMux, r *http.Request) (allowed []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := mux.Handler(probe); pattern != "/" && strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	return allowed
}
