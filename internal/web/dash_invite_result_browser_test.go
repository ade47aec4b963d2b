package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

func TestTheGradeOfAnInviteIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader, recruiter := s.colleague(assess.Grader), s.colleague(assess.Recruiter)
	a := s.finished(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Criteria = criteria() })
	a.plan(assess.GradingPlan{Gap: 10, DueDays: 3, Graders: []assess.MemberID{grader.ID, recruiter.ID}, PerInvite: 2})
	p := s.member(t)
	p.Open(s.url + "/assessments/" + string(a.Assessment) + "/grading")
	glance(t, p, "grading-plan")
	p.Open(s.url + a.page())
	glance(t, p, "grade-none")

	a.gradedBy(grader, false).gives(1)
	a.gradedBy(recruiter, false).gives(4)
	p.Open(s.url + a.page())
	glance(t, p, "grade-disputed")
	p.ClickOn("#question-1 a[data-moment]")
	chromium.Eval[bool](p, `(async () => {
		const audio = document.querySelector("#question-1 audio");
		while (Math.abs(audio.currentTime - 1.5) > 0.3) await new Promise((later) => setTimeout(later, 20));
		return true;
	})()`)
	p.Open(s.url + "/overview")
	glance(t, p, "grade-overview")

	a.gradedBy(s.owner, true).gives(3)
	p.Open(s.url + a.page())
	p.Click("Advance")
	p.Fill("Reason", "Two of three would hire.\nThe third came round.")
	p.Click("Save the decision")
	p.WaitText("The decision is saved.")
	p.Click("Decide anew")
	glance(t, p, "grade-decided")
}
