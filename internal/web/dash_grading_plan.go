package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) gradingPlanRoutes() []route {
	return []route{
		{"GET /assessments/{id}/grading", member(assess.ReadAssessments), s.gradingPlanPage},
		{"POST /assessments/{id}/grading", member(assess.AssignGraders), s.saveGradingPlan},
		{"POST /assessments/{id}/grading/assign", member(assess.AssignGraders), s.assignWaiting},
	}
}

// gradingPlanPath is where the grading plan of an assessment is shown.
func gradingPlanPath(id assess.AssessmentID) string { return assessmentPath(id) + "/grading" }

// gradingPlanButton leads to the grading plan of an assessment.
func gradingPlanButton(id assess.AssessmentID) ui.Button {
	return ui.Button{Label: "Grading plan", Icon: ui.IconStar, Href: gradingPlanPath(id)}
}

// gradingPlanView is what the page of a grading plan shows.
type gradingPlanView struct {
	Assessment assess.Assessment
	Plan       assess.GradingPlan
	Members    []assess.Member // who can grade
	Ungraded   int             // completed invites that nobody is to grade
	MayAssign  bool
	Form       gradingPlanForm
	Errors     []ui.FieldError
}

// gradingPlanForm is a plan as it was typed.
type gradingPlanForm struct {
	Graders                 []assess.MemberID
	PerInvite, Gap, DueDays string
	Blind                   bool
	Revision                int
}

func gradingPlanFormOf(p assess.GradingPlan) gradingPlanForm {
	return gradingPlanForm{
		Graders: p.Graders, PerInvite: strconv.Itoa(p.PerInvite), Gap: strconv.Itoa(p.Gap), DueDays: strconv.Itoa(p.DueDays),
		Blind: p.Blind, Revision: p.Revision,
	}
}

func (c *call) gradingPlanForm() gradingPlanForm {
	f := gradingPlanForm{
		PerInvite: c.line("perInvite"), Gap: c.line("gap"), DueDays: c.line("dueDays"), Blind: c.value("blind") != "",
		Revision: numberOr0(c.value("revision")),
	}
	for _, id := range c.r.Form["graders"] {
		f.Graders = append(f.Graders, assess.MemberID(id))
	}
	return f
}

// plan is the plan that the form asks for. Who can no longer grade takes no turns.
func (f gradingPlanForm) plan(id assess.AssessmentID, members []assess.Member) assess.GradingPlan {
	p := assess.GradingPlan{
		Assessment: id, PerInvite: numberOrBad(f.PerInvite), Blind: f.Blind, Gap: numberOrBad(f.Gap), DueDays: numberOrBad(f.DueDays), Revision: f.Revision,
	}
	for _, m := range members {
		if slices.Contains(f.Graders, m.ID) {
			p.Graders = append(p.Graders, m.ID)
		}
	}
	return p
}

// numberOrBad is the number that was typed, or one that no rule allows.
func numberOrBad(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func gradingPlanLabels() map[string]string {
	return map[string]string{
		"graders": "The members who take turns", "perInvite": "How many grade each candidate", "gap": "The gap", "dueDays": "The days to grade",
	}
}

// gradingPlanView reads the plan of the assessment that the path names.
func (c *call) gradingPlanView() (v gradingPlanView, err error) {
	if v.Assessment, err = c.assessment(); err != nil {
		return v, err
	}
	if v.Plan, err = c.s.app.GradingPlan(c.ctx(), c.who(), v.Assessment.ID); err != nil {
		return v, err
	}
	if v.Members, err = c.graders(); err != nil {
		return v, err
	}
	counts, err := c.s.app.GradeCounts(c.ctx(), c.who(), v.Assessment.ID)
	v.Ungraded, v.MayAssign, v.Form = counts[assess.Ungraded], c.who().Can(assess.AssignGraders), gradingPlanFormOf(v.Plan)
	return v, err
}

// graders are the members who can grade.
func (c *call) graders() ([]assess.Member, error) {
	members, err := c.s.app.AllMembers(c.ctx(), c.who())
	return slices.DeleteFunc(members, func(m assess.Member) bool { return !m.Joined() || !m.Role.May(assess.GradeAssigned) }), err
}

func (s *Server) gradingPlanPage(c *call) error {
	v, err := c.gradingPlanView()
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, gradingPlanPage(c.dashboard("Grading plan"), v))
}

func (s *Server) saveGradingPlan(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v, err := c.gradingPlanView()
	if err != nil {
		return err
	}
	v.Form = c.gradingPlanForm()
	err = s.app.SetGradingPlan(c.ctx(), c.who(), v.Form.plan(v.Assessment.ID, v.Members))
	if err == nil {
		return c.done("The grading plan is saved.", gradingPlanPath(v.Assessment.ID))
	}
	if v.Errors, err = fieldErrors(err, gradingPlanLabels()); err != nil {
		return err
	}
	if v.Form.Revision != v.Plan.Revision {
		v.Form.Revision = v.Plan.Revision
		v.Errors = []ui.FieldError{{Message: "Somebody else has changed the plan in the meantime. What you see is what you chose; save it again to replace theirs."}}
	}
	return c.render(http.StatusUnprocessableEntity, gradingPlanPage(c.dashboard("Grading plan"), v))
}

// assignWaiting has the graders take turns with what is completed and not to be graded by anybody.
func (s *Server) assignWaiting(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	n, err := s.app.AssignWaiting(c.ctx(), c.who(), assess.AssessmentID(id))
	back := gradingPlanPath(assess.AssessmentID(id))
	switch {
	case assess.KindOf(err) == assess.Conflict:
		c.say(ui.Toast{Tone: ui.Warning, Text: "Say first who takes turns, and save the plan."})
		return c.redirect(back)
	case err != nil:
		return err
	case n == 0:
		return c.done("Every completed candidate has graders already.", back)
	default:
		return c.done(counted(n, "candidate")+" assigned.", back)
	}
}

// turns names the members who take turns, for who may only read the plan.
func (v gradingPlanView) turns() string {
	var names []string
	for _, m := range v.Members {
		if slices.Contains(v.Plan.Graders, m.ID) {
			names = append(names, m.Name())
		}
	}
	return cmp.Or(strings.Join(names, ", "), "Nobody yet")
}

// facts tell the plan in words, for who may only read it.
func (v gradingPlanView) facts() ui.Facts {
	blind, gap, days := "They see names and each other's scores", "Never", "No deadline"
	if v.Plan.Blind {
		blind = "They learn neither names nor each other's scores before they submit"
	}
	if v.Plan.Gap > 0 {
		gap = fmt.Sprintf("Where graders lie further apart than %d %% of all points", v.Plan.Gap)
	}
	if v.Plan.DueDays > 0 {
		days = counted(v.Plan.DueDays, "day")
	}
	return ui.Facts{
		{Term: "Who takes turns", Value: ui.Text(v.turns())},
		{Term: "Graders for each candidate", Value: ui.Text(strconv.Itoa(v.Plan.PerInvite))},
		{Term: "What graders see", Value: ui.Text(blind)},
		{Term: "Somebody adjudicates", Value: ui.Text(gap)},
		{Term: "Time to grade", Value: ui.Text(days)},
	}
}
