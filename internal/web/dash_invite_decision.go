package web

import (
	"slices"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// decide writes down what the member decides about the candidate.
func (s *Server) decide(c *call) error {
	return c.inviteStep("decision", "The decision is saved.", func(id assess.InviteID) error {
		_, err := s.app.Decide(c.ctx(), c.who(), id, numberOr0(c.value("seen")), assess.Outcome(c.value("outcome")), c.value("reason"))
		return err
	})
}

// seen is the number of the decision that the page shows; 0 for none.
func (v inviteView) seen() string {
	if d := v.Results.Decision(); d != nil {
		return strconv.Itoa(d.Number)
	}
	return "0"
}

func outcomeOptions() []ui.Option {
	var options []ui.Option
	for _, outcome := range assess.Outcomes() {
		options = append(options, ui.Option{Value: string(outcome), Label: ui.Outcome(string(outcome)).Label})
	}
	return options
}

// earlier are the decisions that no longer hold, the newest first.
func (v inviteView) earlier() []assess.Decision {
	if len(v.Results.Decisions) < 2 {
		return nil
	}
	past := slices.Clone(v.Results.Decisions[:len(v.Results.Decisions)-1])
	slices.Reverse(past)
	return past
}
