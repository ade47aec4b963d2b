package web

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// grantForm is the form that grants accommodations, as it was filled in.
type grantForm struct{ TimeFactor, ExtraTakes, ExtraPlays, Instead string }

func formOf(a assess.Accommodation) grantForm {
	return grantForm{
		strconv.Itoa(cmp.Or(a.TimeFactor, 100)), strconv.Itoa(a.ExtraTakes), strconv.Itoa(a.ExtraPlays), string(a.Instead),
	}
}

func (c *call) grantForm() grantForm {
	return grantForm{c.line("timeFactor"), c.line("extraTakes"), c.line("extraPlays"), c.line("instead")}
}

// accommodation is what the form grants; what is no number is out of bounds.
func (f grantForm) accommodation(id assess.InviteID) assess.Accommodation {
	number := func(s string) int {
		if n, err := strconv.Atoi(cmp.Or(s, "0")); err == nil {
			return n
		}
		return -2
	}
	return assess.Accommodation{
		Invite: id, TimeFactor: number(f.TimeFactor), ExtraTakes: number(f.ExtraTakes), ExtraPlays: number(f.ExtraPlays),
		Instead: assess.Format(f.Instead),
	}
}

func (s *Server) accommodate(c *call) error {
	return c.inviteStep("accommodation", "The accommodations are saved.", func(id assess.InviteID) error {
		return s.app.Accommodate(c.ctx(), c.who(), c.grantForm().accommodation(id))
	})
}

// grants reports whether accommodations can be granted.
func (v inviteView) grants() bool {
	return v.MayInvite && v.Status.Open() && !v.Invite.Overdue(v.Now)
}

// granted reports whether the candidate is allowed anything beyond the invite.
func (v inviteView) granted() bool {
	return v.Given.Accommodation.Summary() != assess.Accommodation{}.Summary()
}

// timeChoices are the time factors, each with what it would change.
func (v inviteView) timeChoices() (choices []ui.Option) {
	for _, factor := range assess.TimeFactors() {
		choices = append(choices, ui.Option{
			Value: strconv.Itoa(factor), Label: factorLabel(factor), More: v.effect(assess.Accommodation{TimeFactor: factor}),
		})
	}
	return choices
}

func factorLabel(factor int) string {
	switch factor {
	case 100:
		return "The same as for everybody"
	case assess.Unlimited:
		return "No time limits"
	default:
		return "× " + strconv.FormatFloat(float64(factor)/100, 'f', -1, 64)
	}
}

// effect says what granting a would change: of an attempt under way its deadline, else the time that it will have.
func (v inviteView) effect(a assess.Accommodation) templ.Component {
	limit := v.Given.Content.TimeLimit
	stretched, limited := a.Stretch(time.Duration(limit) * time.Minute)
	switch {
	case v.Status == assess.Started:
		return deadlineMoves(v.Invite.CompleteBy, v.Invite.Prolonged(v.Given.Content, a))
	case limit == 0:
		return ui.Text("")
	case !limited:
		return ui.Text("As long as they need")
	default:
		return ui.Text(fmt.Sprintf("%s from the start", counted(int(stretched.Minutes()), "minute")))
	}
}
