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

// bulk is one step asked for several invites at once.
type bulk struct {
	Step   assess.InviteStep
	Back   string // the list that they were chosen from
	Days   string // for extending
	Rows   []bulkRow
	Errors []ui.FieldError
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
		return b, assess.Errorf(assess.Invalid, "Choose what to do: send again, extend or revoke.")
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
		_, problem := d.Status.Step(b.Step, !d.Invite.AcceptedAt.IsZero())
		b.Rows = append(b.Rows, bulkRow{d, problem})
	}
	return b, nil
}

// applyBulk does the step to each invite and says how each went.
func (s *Server) applyBulk(c *call) error {
	b, err := c.typedBulk()
	if err != nil {
		return err
	}
	days := numberOr0(b.Days)
	if b.Step == assess.StepExtend && (days < 1 || days > assess.MaxExpiresInDays) {
		b.Errors = []ui.FieldError{{Field: "expiresInDays", Message: "The days must be between 1 and " + strconv.Itoa(assess.MaxExpiresInDays) + "."}}
		return c.render(http.StatusUnprocessableEntity, bulkPage(c.dashboard(b.verb()), b))
	}
	for i, row := range b.Rows {
		if row.Problem == nil {
			b.Rows[i].Problem = c.bulkStep(b.Step, row.Invite.Invite.ID, days)
		}
	}
	return c.render(http.StatusOK, bulkResultPage(c.dashboard(bulkSteps[b.Step].done), b))
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
