package web

import (
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) forgotPage(c *call) error {
	return c.render(http.StatusOK, forgotPage(c.narrow("Forgotten password"), "", nil))
}

// forgot answers the same whether or not the address has an account.
func (s *Server) forgot(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	email := c.line("email")
	err := s.app.ForgotPassword(c.ctx(), email, c.client())
	if assess.KindOf(err) == assess.RateLimited {
		problems := []ui.FieldError{{Message: messageOf(err, http.StatusTooManyRequests)}}
		return c.render(http.StatusTooManyRequests, forgotPage(c.narrow("Forgotten password"), email, problems))
	}
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, forgotDonePage(c.narrow("Look into your mail"), s.capture))
}

func (s *Server) resetPage(c *call) error { return c.chooseReset(http.StatusOK, nil) }

func (s *Server) reset(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	_, err := s.app.ResetPassword(c.ctx(), c.r.PathValue("token"), c.value("password"))
	if err == nil {
		return c.done("Your new password is set. Sign in with it.", "/signin")
	}
	if assess.KindOf(err) == assess.NotFound {
		return c.chooseReset(http.StatusNotFound, nil)
	}
	problems, err := fieldErrors(err, memberLabels())
	if err != nil {
		return err
	}
	return c.chooseReset(http.StatusUnprocessableEntity, problems)
}

// chooseReset shows the form for a new password, or what to do when the link is dead.
func (c *call) chooseReset(status int, problems []ui.FieldError) error {
	token := c.r.PathValue("token")
	m, org, err := c.s.app.Resetting(c.ctx(), token)
	if assess.KindOf(err) == assess.NotFound {
		return c.render(http.StatusNotFound, deadResetPage(c.narrow("Link not valid")))
	}
	if err != nil {
		return err
	}
	return c.render(status, resetPage(c.narrowOf(org, "Set a new password"), token, m.Email, problems))
}
