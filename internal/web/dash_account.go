package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// accountRoutes are the ways in and out, and what members set for themselves.
func (s *Server) accountRoutes() []route {
	return []route{
		{"GET /setup/{token}", forNewcomer(), s.setupPage},
		{"POST /setup/{token}", forNewcomer(), s.setUp},
		{"GET /signin", public(), s.signInPage},
		{"POST /signin", public(), s.signIn},
		{"POST /signout", public(), s.signOut},
		{"GET /forgot", public(), s.forgotPage},
		{"POST /forgot", public(), s.forgot},
		{"GET /reset/{token}", public(), s.resetPage},
		{"POST /reset/{token}", public(), s.reset},
		{"GET /join/{token}", public(), s.joinPage},
		{"POST /join/{token}", public(), s.join},
		{"GET /profile", member(assess.ManageSelf), s.profilePage},
		{"POST /profile", member(assess.ManageSelf), s.saveProfile},
		{"POST /profile/password", member(assess.ManageSelf), s.changePassword},
		{"POST /profile/mode", member(assess.ManageSelf), s.switchMode},
		{"POST /profile/sessions/end", member(assess.ManageSelf), s.endOtherSessions},
		{"POST /profile/sessions/{id}/end", member(assess.ManageSelf), s.endSession},
	}
}

// memberLabels are what forms call the fields of a person.
func memberLabels() map[string]string {
	return map[string]string{
		"organization": "The organization's name", "timeZone": "The time zone", "firstName": "The first name", "lastName": "The last name",
		"email": "The e-mail address", "password": "The password", "current": "The current password", "role": "The role",
	}
}

// line is a field of one line, without the spaces that slip in around it.
func (c *call) line(name string) string { return strings.TrimSpace(c.value(name)) }

func (s *Server) setupPage(c *call) error {
	token := c.r.PathValue("token")
	if err := s.app.CheckSetupToken(c.ctx(), token); err != nil {
		return err
	}
	return c.render(http.StatusOK, setupPage(c.narrow("Set up AlfaOne"), token, app.NewOwner{TimeZone: "UTC"}, nil))
}

// setUp makes the first organization and signs its owner in.
func (s *Server) setUp(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	token := c.r.PathValue("token")
	if err := s.app.CheckSetupToken(c.ctx(), token); err != nil {
		return err
	}
	in := app.NewOwner{
		Organization: c.value("organization"), TimeZone: c.value("timeZone"), FirstName: c.value("firstName"),
		LastName: c.value("lastName"), Email: c.line("email"), Password: c.value("password"),
	}
	_, err := s.app.SetUp(c.ctx(), token, in)
	if err == nil {
		c.say(ui.Toast{Tone: ui.Success, Text: "Your organization is ready."})
		return c.enter(in.Email, in.Password)
	}
	problems, err := fieldErrors(err, memberLabels())
	if err != nil {
		return err
	}
	return c.render(http.StatusUnprocessableEntity, setupPage(c.narrow("Set up AlfaOne"), token, in, problems))
}

// enter signs in somebody who has just chosen a password. If that is refused for the moment, they do it by hand.
func (c *call) enter(email, password string) error {
	in, err := c.s.app.SignIn(c.ctx(), app.Credentials{Email: email, Password: password}, c.client())
	if assess.KindOf(err) == assess.RateLimited {
		return c.done("All set. Sign in with your new password.", "/signin")
	}
	if err != nil {
		return err
	}
	return c.welcome(in, "/")
}

// welcome keeps the session in the browser and goes on to a page of ours. What session the browser had before is over.
func (c *call) welcome(in app.SignedIn, next string) error {
	if err := c.endVisit(); err != nil {
		return err
	}
	c.setCookie(sessionCookie, in.Token, 0)
	c.setCookie(deviceCookie, in.Device, deviceLife)
	return c.redirect(cmp.Or(localPath(next), "/"))
}

// endVisit ends the session that the browser shows, if it shows one that counts.
func (c *call) endVisit() error {
	token := c.cookie(sessionCookie)
	if token == "" {
		return nil
	}
	visit, err := c.s.app.Visit(c.ctx(), token, c.client())
	if err == nil {
		err = c.s.app.SignOut(c.ctx(), visit)
	}
	if kind := assess.KindOf(err); kind == assess.Unauthenticated || kind == assess.NotFound {
		return nil
	}
	return err
}

// signInForm is what the sign-in page shows again after a failed try.
type signInForm struct {
	Email, Next string
	Errors      []ui.FieldError
}

func (s *Server) signInPage(c *call) error {
	next := localPath(c.value("next"))
	if c.admit(member(assess.ManageSelf)) == nil {
		return c.redirect(cmp.Or(next, "/"))
	}
	return c.render(http.StatusOK, signInPage(c.narrow("Sign in"), signInForm{Next: next}))
}

func (s *Server) signIn(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	in := signInForm{Email: c.line("email"), Next: localPath(c.value("next"))}
	signedIn, err := s.app.SignIn(c.ctx(), app.Credentials{
		Email: in.Email, Password: c.value("password"), Device: c.cookie(deviceCookie),
	}, c.client())
	status, refused := http.StatusUnprocessableEntity, (*assess.Error)(nil)
	switch kind := assess.KindOf(err); {
	case err == nil:
		return c.welcome(signedIn, in.Next)
	case kind == assess.RateLimited:
		status = http.StatusTooManyRequests
	case kind != assess.Unauthenticated:
		return err
	}
	errors.As(err, &refused)
	in.Errors = []ui.FieldError{{Message: sentence(refused.Message)}}
	return c.render(status, signInPage(c.narrow("Sign in"), in))
}

func (s *Server) signOut(c *call) error {
	if err := c.endVisit(); err != nil {
		return err
	}
	c.dropCookie(sessionCookie)
	return c.done("You are signed out.", "/signin")
}
