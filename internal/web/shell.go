package web

import (
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// place is an entry of the main navigation.
type place struct {
	label, path string
	icon        ui.Icon
	permission  assess.Permission
}

func places() []place {
	return []place{
		{"Overview", "/overview", ui.IconOverview, assess.ReadInvites},
		{"Assessments", "/assessments", ui.IconAssessment, assess.ReadAssessments},
		{"Invites", "/invites", ui.IconInvite, assess.ReadInvites},
		{"Grading", gradingHome, ui.IconStar, assess.GradeAssigned},
		{"Mailbox", "/mailbox", ui.IconMail, assess.ReadMail},
		{"Settings", "/settings", ui.IconSettings, assess.ReadTags},
		{"Docs", "/docs", ui.IconDocs, assess.ReadAssessments},
	}
}

// dashboard is the shell of a member's page.
func (c *call) dashboard(title string) ui.Dashboard {
	org, m := c.visit.Organization, c.visit.Member
	d := ui.Dashboard{
		Page:   ui.Page{Title: title, Site: org.Name, Links: c.s.assets.Links(org.Accent), Toasts: c.heard()},
		Org:    ui.Brand{Name: org.Name, Logo: logoPath(org), Home: "/"},
		Member: ui.Member{Name: m.Name(), Email: m.Email, Role: roleName(m.Role), Profile: "/profile", SignOut: "/signout"},
		Mode:   ui.Mode{Test: c.testMode(), Switch: "/profile/mode", Back: c.place()},
	}
	for _, p := range places() {
		if !m.Role.May(p.permission) || p.path == "/mailbox" && !c.s.capture && !c.testMode() {
			continue
		}
		d.Nav = append(d.Nav, ui.NavItem{
			Label: p.label, Href: p.path, Icon: p.icon,
			Current: c.r.URL.Path == p.path || strings.HasPrefix(c.r.URL.Path, p.path+"/"), Count: c.waiting(p),
		})
	}
	return d
}

// place is the place of the navigation that the page belongs to: unlike the page, it is there in both modes.
func (c *call) place() string {
	for _, p := range places() {
		if p.path != "/mailbox" && (c.r.URL.Path == p.path || strings.HasPrefix(c.r.URL.Path, p.path+"/")) {
			return p.path
		}
	}
	return "/"
}

// waiting is how much waits for the member at a place; empty where that is nothing, or not known.
func (c *call) waiting(p place) string {
	if p.path != gradingHome {
		return ""
	}
	n, err := c.s.app.CountQueue(c.ctx(), c.who())
	if err != nil || n == 0 {
		return ""
	}
	return ui.Number(n)
}

// narrow is the shell of a page for somebody who is not signed in.
func (c *call) narrow(title string) ui.Narrow {
	return ui.Narrow{
		Page: ui.Page{Title: title, Site: "AlfaOne", Links: c.s.assets.Links(assess.DefaultAccent), Toasts: c.heard()},
		Org:  ui.Brand{Name: "AlfaOne", Home: "/"},
	}
}

// narrowOf is narrow, in the looks of an organization.
func (c *call) narrowOf(org assess.Organization, title string) ui.Narrow {
	n := c.narrow(title)
	n.Page.Site, n.Page.Links = org.Name, c.s.assets.Links(org.Accent)
	n.Org = ui.Brand{Name: org.Name, Logo: logoPath(org), Home: "/"}
	return n
}

func logoPath(o assess.Organization) string {
	if o.LogoID == "" {
		return ""
	}
	return "/logo/" + o.LogoID
}

// roleName is a role as people read it.
func roleName(r assess.Role) string {
	if r == "" {
		return ""
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// home leads members to what they do here.
func (s *Server) home(c *call) error {
	switch err := c.admit(member(assess.ReadInvites)); assess.KindOf(err) {
	case assess.Unauthenticated:
		return c.redirect("/signin")
	case assess.Forbidden:
		return c.redirect(gradingHome)
	default:
		if err != nil {
			return err
		}
		return c.redirect("/overview")
	}
}
