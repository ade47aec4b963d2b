package web

import (
	"net/http"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// membersView is what the page of the members shows; Email and Role are of the form to invite one.
type membersView struct {
	settings
	Who      assess.Actor
	Members  []assess.Member
	Email    string
	Role     assess.Role
	Errors   []ui.FieldError
	Captured bool // mail goes to the built-in mailbox
}

func (s *Server) membersPage(c *call) error {
	return c.showMembers(http.StatusOK, membersView{Role: assess.Recruiter})
}

func (c *call) showMembers(status int, v membersView) (err error) {
	v.settings, v.Who, v.Captured = c.settings("/settings/members"), c.who(), c.s.capture
	if v.Members, err = c.s.app.AllMembers(c.ctx(), v.Who); err != nil {
		return err
	}
	return c.render(status, membersPage(v))
}

func (s *Server) inviteMember(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v := membersView{Email: c.line("email"), Role: assess.Role(c.value("role"))}
	_, err := s.app.InviteMember(c.ctx(), c.who(), v.Email, v.Role)
	if err == nil {
		return c.done("The invitation to "+v.Email+" is on its way.", "/settings/members")
	}
	if v.Errors, err = fieldErrors(err, memberLabels()); err != nil {
		return err
	}
	return c.showMembers(http.StatusUnprocessableEntity, v)
}

func (s *Server) reinviteMember(c *call) error {
	return c.memberAction("The invitation is on its way again. The earlier link will stop working.", func(id assess.MemberID) error {
		return s.app.ReinviteMember(c.ctx(), c.who(), id)
	})
}

func (s *Server) setRole(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	return c.memberAction("The role is changed. It counts from the next sign-in, which is due now.", func(id assess.MemberID) error {
		return s.app.SetRole(c.ctx(), c.who(), id, assess.Role(c.value("role")))
	})
}

func (s *Server) removeMember(c *call) error {
	return c.memberAction("The member is removed and signed out.", func(id assess.MemberID) error {
		return s.app.RemoveMember(c.ctx(), c.who(), id)
	})
}

// memberAction does something to the member in the path and goes back to the list, which says what was wrong if it failed.
func (c *call) memberAction(done string, do func(assess.MemberID) error) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	err = do(assess.MemberID(id))
	if err == nil {
		return c.done(done, "/settings/members")
	}
	v := membersView{Role: assess.Recruiter}
	if v.Errors, err = fieldErrors(err, memberLabels()); err != nil {
		return err
	}
	return c.showMembers(http.StatusConflict, v)
}

// roleOptions are the roles that who may give.
func roleOptions(who assess.Actor) (options []ui.Option) {
	for _, r := range assess.Roles() {
		if assess.MayGrant(who.Role, r) {
			options = append(options, ui.Option{Value: string(r), Label: roleName(r)})
		}
	}
	return options
}

// roleFact says in a sentence what a role may do.
func roleFact(r assess.Role) string {
	switch r {
	case assess.Owner:
		return "Everything, making and removing owners included. There is always at least one."
	case assess.Admin:
		return "Everything but making, changing or removing owners."
	case assess.Recruiter:
		return "Writes assessments, invites candidates, sees results and manages tags."
	case assess.Grader:
		return "Sees the completed invites assigned to them, and nothing else."
	default:
		return "Sees assessments, invites and results, and changes nothing."
	}
}

func (v membersView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Members))
	for i, m := range v.Members {
		rows[i] = ui.Row{ID: string(m.ID), Name: m.Name(), Actions: v.actions(m), Cells: []templ.Component{
			nameCell(m, string(m.ID) == v.Who.ID), v.roleCell(m), memberStatus(m), ui.Time{At: m.LastSeenAt, Style: ui.Ago},
		}}
	}
	return rows
}

// fixed says why the member's role cannot be changed; empty when it can.
func (v membersView) fixed(m assess.Member) string {
	if !assess.MayGrant(v.Who.Role, m.Role) {
		return "Only an owner can change owners."
	}
	if m.Role != assess.Owner || !m.Joined() {
		return ""
	}
	for _, other := range v.Members {
		if other.ID != m.ID && other.Role == assess.Owner && other.Joined() {
			return ""
		}
	}
	return "The only owner. Make somebody else an owner to change this."
}

func (v membersView) actions(m assess.Member) []ui.MenuItem {
	if v.fixed(m) != "" {
		return nil
	}
	path := "/settings/members/" + string(m.ID)
	remove := ui.MenuItem{Label: "Remove", Icon: ui.IconTrash, Post: path + "/remove", Danger: true, Confirm: &ui.Confirm{
		Title: "Remove " + m.Name() + "?", Text: "They are signed out at once and cannot sign in any more. What they have made stays.", Yes: "Remove",
	}}
	if m.Joined() {
		return []ui.MenuItem{remove}
	}
	remove.Label, remove.Confirm.Title, remove.Confirm.Yes = "Take back invitation", "Take back the invitation?", "Take back"
	remove.Confirm.Text = "The link in the mail to " + m.Email + " will stop working."
	return []ui.MenuItem{{Label: "Invite again", Icon: ui.IconMail, Post: path + "/invite"}, remove}
}
