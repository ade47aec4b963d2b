package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// bulkAssign is what can be done to several invites at once beside the steps.
const bulkAssign assess.InviteStep = "assign"

// bulk is one step asked for several invites at once.
type bulk struct {
	Step assess.InviteStep
	Back string // the list that they were chosen from
	Days string // for extending

	Members []assess.Member   // who can grade, for assigning
	Graders []assess.MemberID // of them, those who were chosen
	Rows    []bulkRow
	Errors  []ui.FieldError
}

// bulkRow is one of the invites, and why the step is not possible for it or what went wrong.
type bulkRow struct {
	Invite  app.InviteDetail
	Problem error
}

// bulkSteps are what can be done to several invites at once, before and afterwards in words.
var bulkSteps = map[assess.InviteStep]struct{ one, many, will, done, tells string }{
	assess.StepResend: {
		"Send 1 mail again", "Send %s mails again", "Will be sent again", "Sent again",
		"The mail goes out once more, with the same link.",
	},
	assess.StepExtend: {
		"Extend 1 invite", "Extend %s invites", "Will be extended", "Extended",
		"They can start until the new deadline. Expired invites open again.",
	},
	assess.StepRevoke: {
		"Revoke 1 invite", "Revoke %s invites", "Will be revoked", "Revoked",
		"Their links stop working. This cannot be taken back; you can invite them anew.",
	},
	bulkAssign: {
		"Assign 1 candidate", "Assign %s candidates", "Will be assigned", "Assigned",
		"Everybody whom you choose grades every one of them, as soon as they are completed. Who grades one already goes on.",
	},
}

// confirmBulk shows what the step would do to the chosen invites, and asks.
func (s *Server) confirmBulk(c *call) error {
	b, err := c.typedBulk()
	if err != nil {
		return err
	}
	if len(b.Rows) == 0 {
		c.say(ui.Toast{Tone: ui.Warning, Text: "Choose at least one invite first."})
		return c.redirect(b.Back)
	}
	b.Days = strconv.Itoa(c.visit.Organization.Defaults.ExpiresInDays)
	return c.render(http.StatusOK, bulkPage(c.dashboard(b.verb()), b))
}

// typedBulk reads the posted step and the invites that it is asked for. Those that are gone are left out. Errors: Invalid.
func (c *call) typedBulk() (b bulk, err error) {
	if err := c.form(); err != nil {
		return b, err
	}
	b = bulk{Step: assess.InviteStep(c.value("action")), Back: cmp.Or(localPath(c.value("back")), "/invites"), Days: c.line("expiresInDays")}
	if _, known := bulkSteps[b.Step]; !known {
		return b, assess.Errorf(assess.Invalid, "Choose what to do: send again, extend, revoke or assign.")
	}
	ids := c.r.Form["id"]
	if len(ids) > assess.MaxPageLimit {
		return b, assess.Errorf(assess.TooLarge, "At most %d invites can be changed at once.", assess.MaxPageLimit)
	}
	for _, id := range ids {
		d, err := c.s.app.InviteDetail(c.ctx(), c.who(), assess.InviteID(id))
		if assess.KindOf(err) == assess.NotFound {
			continue
		}
		if err != nil {
			return b, err
		}
		b.Rows = append(b.Rows, bulkRow{d, b.obstacle(d)})
	}
	return b, c.chosenGraders(&b)
}

// obstacle is why the step is not possible for an invite, or nil.
func (b bulk) obstacle(d app.InviteDetail) error {
	if b.Step != bulkAssign {
		_, err := d.Status.Step(b.Step, !d.Invite.AcceptedAt.IsZero())
		return err
	}
	if !d.Status.Open() && d.Status != assess.Completed {
		return assess.Errorf(assess.Conflict, "There will be nothing to grade.")
	}
	return nil
}

// chosenGraders reads who can be assigned, and who was chosen.
func (c *call) chosenGraders(b *bulk) (err error) {
	if b.Step != bulkAssign {
		return nil
	}
	for _, id := range c.r.Form["graders"] {
		b.Graders = append(b.Graders, assess.MemberID(id))
	}
	b.Members, err = c.graders()
	return err
}

// applyBulk does the step to each invite and says how each went.
func (s *Server) applyBulk(c *call) error {
	b, err := c.typedBulk()
	if err != nil {
		return err
	}
	if b.Errors = b.mistakes(); len(b.Errors) > 0 {
		return c.render(http.StatusUnprocessableEntity, bulkPage(c.dashboard(b.verb()), b))
	}
	if b.Step == bulkAssign {
		err = c.assignBulk(&b)
	} else {
		c.stepBulk(&b)
	}
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, bulkResultPage(c.dashboard(bulkSteps[b.Step].done), b))
}

// mistakes are what is wrong with what was typed.
func (b bulk) mistakes() []ui.FieldError {
	switch days := numberOr0(b.Days); {
	case b.Step == assess.StepExtend && (days < 1 || days > assess.MaxExpiresInDays):
		return []ui.FieldError{{Field: "expiresInDays", Message: "The days must be between 1 and " + strconv.Itoa(assess.MaxExpiresInDays) + "."}}
	case b.Step == bulkAssign && len(b.Graders) == 0:
		return []ui.FieldError{{Field: "graders", Message: "Choose at least one member."}}
	default:
		return nil
	}
}

// stepBulk takes the step for the invites that nothing stands in the way of.
func (c *call) stepBulk(b *bulk) {
	for i, row := range b.Rows {
		if row.Problem == nil {
			b.Rows[i].Problem = c.bulkStep(b.Step, row.Invite.Invite.ID, numberOr0(b.Days))
		}
	}
}

// assignBulk has the chosen members grade the invites that nothing stands in the way of.
func (c *call) assignBulk(b *bulk) error {
	var ids []assess.InviteID
	var rows []*bulkRow
	for i := range b.Rows {
		if row := &b.Rows[i]; row.Problem == nil {
			ids, rows = append(ids, row.Invite.Invite.ID), append(rows, row)
		}
	}
	done, err := c.s.app.AssignMany(c.ctx(), c.who(), ids, b.Graders)
	for i, one := range done {
		rows[i].Problem = one.Err
	}
	return err
}

func (c *call) bulkStep(step assess.InviteStep, id assess.InviteID, days int) error {
	switch step {
	case assess.StepExtend:
		return c.s.app.Extend(c.ctx(), c.who(), id, days)
	case assess.StepRevoke:
		return c.s.app.Revoke(c.ctx(), c.who(), id, false)
	default:
		return c.s.app.Resend(c.ctx(), c.who(), id)
	}
}

// possible counts the invites that nothing stands in the way of.
func (b bulk) possible() (n int) {
	for _, row := range b.Rows {
		if row.Problem == nil {
			n++
		}
	}
	return n
}

// verb is what would be done, with the number of invites that it is possible for.
func (b bulk) verb() string {
	if n := b.possible(); n != 1 {
		return fmt.Sprintf(bulkSteps[b.Step].many, ui.Number(n))
	}
	return bulkSteps[b.Step].one
}
