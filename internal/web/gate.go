package web

import (
	"net/http"
	"strings"

	"alfaone/internal/assess"
)

// openBeforeSetup are the paths that answer while there is no member yet: what setting up needs, and health.
var openBeforeSetup = []string{"/setup/", "/static/", "/healthz", "/readyz"}

// gate keeps everything else closed until the first owner exists: a server that nobody owns must do nothing for strangers.
func (s *Server) gate(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.owned.Load() || beforeSetup(r.URL.Path) {
			h.ServeHTTP(w, r)
			return
		}
		needs, err := s.app.NeedsSetup(r.Context())
		switch {
		case err != nil:
			s.fail(w, r, err)
		case needs:
			s.closed(&call{s: s, w: w, r: r})
		default:
			s.owned.Store(true) // for good: the last owner cannot be removed
			h.ServeHTTP(w, r)
		}
	})
}

func beforeSetup(path string) bool {
	for _, open := range openBeforeSetup {
		if path == open || strings.HasSuffix(open, "/") && strings.HasPrefix(path, open) {
			return true
		}
	}
	return false
}

// closed says that the server is not set up yet.
func (s *Server) closed(c *call) {
	if c.wantsJSON() {
		c.fail(assess.Errorf(assess.Unavailable, "This server is not set up yet."))
		return
	}
	if err := c.render(http.StatusServiceUnavailable, notSetUpPage(c.narrow("Not set up yet"))); err != nil {
		c.fail(err)
	}
}
