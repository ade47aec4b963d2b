package web

import (
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// styleguide shows every component of the kit, while developing.
func (s *Server) styleguide(c *call) error {
	return c.render(http.StatusOK, ui.Styleguide(s.assets.Links(assess.DefaultAccent), c.r.URL))
}
