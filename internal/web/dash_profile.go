package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// profile is what the profile page shows: each form has its own errors.
type profile struct {
	Member         assess.Member
	Sessions       []assess.Session
	Current        assess.SessionID
	Mode           assess.Mode
	NameErrors     []ui.FieldError
	PasswordErrors []ui.FieldError
}

func (s *Server) profilePage(c *call) error {
	return c.showProfile(http.StatusOK, profile{Member: c.visit.Member})
}

func (c *call) showProfile(status int, p profile) (err error) {
	p.Current, p.Mode = c.visit.Session.ID, c.visit.Session.Mode
	if p.Sessions, err = c.s.app.Sessions(c.ctx(), c.visit.Member); err != nil {
		return err
	}
	return c.render(status, profilePage(c.dashboard("Profile"), p))
}

func (s *Server) saveProfile(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	p := profile{Member: c.visit.Member}
	p.Member.FirstName, p.Member.LastName = c.value("firstName"), c.value("lastName")
	err := s.app.UpdateProfile(c.ctx(), c.visit, p.Member.FirstName, p.Member.LastName)
	if err == nil {
		return c.done("Your name is saved.", "/profile")
	}
	if p.NameErrors, err = fieldErrors(err, memberLabels()); err != nil {
		return err
	}
	return c.showProfile(http.StatusUnprocessableEntity, p)
}

// changePassword sets a new password and gives this browser a new session; all others are signed out.
func (s *Server) changePassword(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	in, err := s.app.ChangePassword(c.ctx(), c.visit, c.value("current"), c.value("password"), c.client())
	if err == nil {
		c.setCookie(sessionCookie, in.Token, 0)
		c.setCookie(deviceCookie, in.Device, deviceLife)
		return c.done("Your new password is set. All other browsers are signed out.", "/profile")
	}
	p, status := profile{Member: c.visit.Member}, http.StatusUnprocessableEntity
	if assess.KindOf(err) == assess.RateLimited {
		status = http.StatusTooManyRequests
		p.PasswordErrors = []ui.FieldError{{Message: messageOf(err, status)}}
	} else if p.PasswordErrors, err = fieldErrors(err, memberLabels()); err != nil {
		return err
	}
	return c.showProfile(status, p)
}

// switchMode turns the dashboard to live or test data, and goes on where the form says.
func (s *Server) switchMode(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	mode := assess.Mode(c.value("mode"))
	if err := s.app.SwitchMode(c.ctx(), c.visit, mode); err != nil {
		return err
	}
	return c.done("You see "+string(mode)+" data now.", cmp.Or(localPath(c.value("back")), "/profile#mode"))
}

func (s *Server) endSession(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.EndSession(c.ctx(), c.visit.Member, assess.SessionID(id)); err != nil {
		return err
	}
	return c.done("That browser is signed out.", "/profile#sessions")
}

func (s *Server) endOtherSessions(c *call) error {
	if err := s.app.EndOtherSessions(c.ctx(), c.visit); err != nil {
		return err
	}
	return c.done("All other browsers are signed out.", "/profile#sessions")
}

// sessionRows are the member's browsers, this one without a button to end it.
func (p profile) sessionRows() []ui.Row {
	rows := make([]ui.Row, len(p.Sessions))
	for i, s := range p.Sessions {
		browser := browserName(s.UserAgent)
		rows[i] = ui.Row{ID: string(s.ID), Name: browser, Cells: []templ.Component{
			ui.Text(browser), ui.Text(s.Address), ui.Time{At: s.CreatedAt}, ui.Time{At: s.LastSeenAt, Style: ui.Ago}, p.sessionAction(s),
		}}
	}
	return rows
}

// browserName tells a person which of their browsers a User-Agent header means. The order matters: most browsers also name
// those that they resemble.
func browserName(userAgent string) string {
	find := func(names ...string) string {
		i := slices.IndexFunc(names, func(n string) bool {
			sign, _, _ := strings.Cut(n, "=")
			return strings.Contains(userAgent, sign)
		})
		if i < 0 {
			return ""
		}
		_, name, _ := strings.Cut(names[i], "=")
		return name
	}
	browser := find("Edg=Edge", "OPR/=Opera", "Firefox/=Firefox", "FxiOS=Firefox", "CriOS=Chrome", "Chrome/=Chrome", "Safari/=Safari")
	system := find("iPhone=iPhone", "iPad=iPad", "Android=Android", "CrOS=ChromeOS", "Windows=Windows", "Mac OS X=macOS", "Linux=Linux")
	switch {
	case browser == "":
		return "Unknown browser"
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}
