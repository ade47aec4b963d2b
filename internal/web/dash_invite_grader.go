package web

import (
	"fmt"
	"net/url"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) inviteGradingRoutes() []route {
	return []route{
		{"POST /invites/{id}/graders", member(assess.AssignGraders), s.assignGrader},
		{"POST /invites/{id}/evaluations/{evaluation}/remove", member(assess.AssignGraders), s.unassignGrader},
		{"POST /invites/{id}/evaluations/{evaluation}/reopen", member(assess.AssignGraders), s.reopenForGrader},
		{"POST /invites/{id}/decision", member(assess.DecideCandidates), s.decide},
	}
}

// assignGrader has a member grade the invite, or adjudicate. The fields may be in the address, as undoing has them.
func (s *Server) assignGrader(c *call) error {
	return c.inviteStep("graders", "Assigned.", func(id assess.InviteID) error {
		grader := assess.MemberID(c.value("grader"))
		if grader == "" {
			return assess.InvalidFields(assess.Problem{Field: "grader", Message: "must be chosen"})
		}
		return s.app.Assign(c.ctx(), c.who(), id, grader, c.value("adjudicates") != "")
	})
}

// unassignGrader takes the invite from a grader, and offers to give it back.
func (s *Server) unassignGrader(c *call) error {
	v, err := c.inviteView()
	if err != nil {
		return err
	}
	e, err := v.evaluation(assess.EvaluationID(c.r.PathValue("evaluation")))
	if err != nil {
		return err
	}
	if err := s.app.Unassign(c.ctx(), c.who(), v.Invite.ID, e.ID); err != nil {
		return err
	}
	again := url.Values{"grader": {string(e.Grader)}}
	if e.Adjudicates {
		again.Set("adjudicates", "on")
	}
	c.say(ui.Toast{
		Tone: ui.Success, Text: e.GraderName + " no longer grades this candidate. Their scores are kept, and count for nothing.",
		Undo: &ui.Undo{Label: "Undo", Action: invitePath(v.Invite.ID) + "/graders?" + again.Encode()},
	})
	return c.redirect(invitePath(v.Invite.ID))
}

func (s *Server) reopenForGrader(c *call) error {
	v, err := c.inviteView()
	if err != nil {
		return err
	}
	e, err := v.evaluation(assess.EvaluationID(c.r.PathValue("evaluation")))
	if err != nil {
		return err
	}
	return c.inviteStep("reopen "+string(e.ID), "Reopened. "+e.GraderName+" gets a mail about it.", func(assess.InviteID) error {
		return s.app.ReopenEvaluation(c.ctx(), c.who(), e.ID, c.value("reason"))
	})
}

// evaluation is one of the invite's. Errors: NotFound.
func (v inviteView) evaluation(id assess.EvaluationID) (assess.Evaluation, error) {
	for _, e := range v.Results.Evaluations {
		if e.ID == id {
			return e.Evaluation, nil
		}
	}
	return assess.Evaluation{}, assess.Errorf(assess.NotFound, "evaluation not found")
}

// gradable reports whether there is anything to say of graders.
func (v inviteView) gradable() bool {
	return v.Status == assess.Completed || len(v.Results.Evaluations) > 0 || v.assigns()
}

// assigns reports whether who looks at the invite may have it graded.
func (v inviteView) assigns() bool {
	return v.MayAssign && (v.Status.Open() || v.Status == assess.Completed)
}

// adjudicable reports whether somebody is wanted to decide between graders.
func (v inviteView) adjudicable() bool {
	for _, e := range v.Results.Evaluations {
		if e.Adjudicates {
			return false
		}
	}
	return v.Results.Grade.State == assess.Disputed
}

// freeGraders are the members who could grade the invite and do not, to choose from.
func (v inviteView) freeGraders() []ui.Option {
	options := []ui.Option{{Label: "Choose somebody"}}
	taken := map[assess.MemberID]bool{}
	for _, e := range v.Results.Evaluations {
		taken[e.Grader] = true
	}
	for _, m := range v.Members {
		if !taken[m.ID] {
			options = append(options, ui.Option{Value: string(m.ID), Label: m.Name() + " (" + roleName(m.Role) + ")"})
		}
	}
	return options
}

func (v inviteView) evaluationPath(e assess.Evaluation, what string) string {
	return invitePath(v.Invite.ID) + "/evaluations/" + string(e.ID) + "/" + what
}

// evaluationBadge says where an evaluation stands.
func (v inviteView) evaluationBadge(e assess.Evaluation) ui.Badge {
	switch {
	case e.State == assess.EvaluationSubmitted:
		return ui.Badge{Label: "Submitted", Tone: ui.Success, Dot: true}
	case e.ReadyAt.IsZero():
		return ui.Badge{Label: "Waits for the candidate"}
	case e.Overdue(v.Now):
		return ui.Badge{Label: "Overdue", Tone: ui.Bad, Dot: true}
	case e.Reopened != "":
		return ui.Badge{Label: "Reopened", Tone: ui.Warning, Dot: true}
	default:
		return ui.Badge{Label: "To grade", Tone: ui.Info, Dot: true}
	}
}

// given is the score of a submitted evaluation; empty where it is not to be seen.
func (v inviteView) given(e app.GivenEvaluation) string {
	if e.State != assess.EvaluationSubmitted || v.Results.Hidden || v.Results.Grade.Max == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %d points", ui.Number(e.Points), v.Results.Grade.Max)
}

// traits are what is special about an evaluation.
func traits(e assess.Evaluation) (list []string) {
	if e.Adjudicates {
		list = append(list, "Adjudicates: these scores count alone")
	}
	if e.Hides() {
		list = append(list, "Grades blind")
	}
	return list
}
