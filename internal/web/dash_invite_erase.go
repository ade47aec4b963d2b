package web

import (
	"net/http"

	"alfaone/internal/assess"
)

func (s *Server) eraseInvite(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if _, err := s.app.Erase(c.ctx(), c.who(), assess.InviteID(id)); err != nil {
		return err
	}
	return c.done("The candidate's data are erased.", invitePath(assess.InviteID(id)))
}

// erasedPage says in the place of an invite that its candidate was erased; notFound if nothing is known of that either.
func (c *call) erasedPage(notFound error) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	e, err := c.s.app.Erasure(c.ctx(), c.who(), assess.InviteID(id))
	if assess.KindOf(err) == assess.NotFound {
		return notFound
	}
	if err != nil {
		return err
	}
	return c.render(http.StatusGone, erasedPage(c.dashboard("Erased candidate"), e))
}
