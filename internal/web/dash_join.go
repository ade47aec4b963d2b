package web

import (
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// joinForm is what an invited colleague fills in.
type joinForm struct {
	Token, FirstName, LastName string
	Errors                     []ui.FieldError
}

func (s *Server) joinPage(c *call) error { return c.showJoin(http.StatusOK, joinForm{}) }

// join makes an invited colleague a member and signs them in.
func (s *Server) join(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	in := joinForm{FirstName: c.value("firstName"), LastName: c.value("lastName")}
	m, err := s.app.Join(c.ctx(), c.r.PathValue("token"), in.FirstName, in.LastName, c.value("password"))
	if err == nil {
		c.say(ui.Toast{Tone: ui.Success, Text: "Welcome, " + m.FirstName + "."})
		return c.enter(m.Email, c.value("password"))
	}
	if assess.KindOf(err) == assess.NotFound {
		return c.showJoin(http.StatusNotFound, in)
	}
	if in.Errors, err = fieldErrors(err, memberLabels()); err != nil {
		return err
	}
	return c.showJoin(http.StatusUnprocessableEntity, in)
}

// showJoin shows the form to join with, or what to do when the link is dead.
func (c *call) showJoin(status int, in joinForm) error {
	in.Token = c.r.PathValue("token")
	invited, org, err := c.s.app.Joining(c.ctx(), in.Token)
	if assess.KindOf(err) == assess.NotFound {
		return c.render(http.StatusNotFound, deadJoinPage(c.narrow("Link not valid")))
	}
	if err != nil {
		return err
	}
	return c.render(status, joinPage(c.narrowOf(org, "Join "+org.Name), org, invited, in))
}
