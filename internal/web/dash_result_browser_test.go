package web_test

import (
	"testing"

	"alfaone/internal/assess"
)

func TestEveryPageOfResultsIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	names := []string{"Ben Ito", "Chloé Martin", "Dana Novak", "Emil Berg", "Farid Rahimi", "Gwen Moss", "Hanna Weiß", "Iván Ortiz", "Jo Park", "Kim Lund", "Lea Roy", "Max Otto"}
	c := s.contest(names...)
	c.evaluated(c.ID, given{grader: "ada", points: [4]int{9, 8, 7, 0}}, given{grader: "bo", points: [4]int{8, 9, 7, 0}})
	for i, other := range c.others[:11] {
		n := 3 + i*5%7
		c.evaluated(other.ID, given{grader: "ada", points: [4]int{n, n - 1, n, n - 3}}, given{grader: "bo", points: [4]int{n, n - i%3, n, n - 2}})
	}
	who := s.owner.Actor(assess.Live)
	for i, outcome := range assess.Outcomes() {
		_, err := s.Decide(t.Context(), who, c.others[i].ID, 0, outcome, "As agreed in the hiring meeting.")
		s.must(err)
	}
	empty, err := s.CreateAssessment(t.Context(), who, "Nobody yet")
	s.must(err)
	p := s.member(t)
	for name, path := range map[string]string{
		"results": c.results("?sort=score"), "results-none": c.results("?search=nobody"), "results-empty": "/assessments/" + string(empty.ID) + "/results",
		"questions": c.results("/questions"), "graders": c.results("/graders"),
		"compare": c.compare(c.ID, c.others[0].ID, c.others[1].ID), "compare-two": c.compare(c.ID, c.others[2].ID), "compare-one": c.compare(c.ID),
	} {
		p.Open(s.url + path)
		glance(t, p, name)
	}
	p.Open(s.url + c.results(""))
	p.Click("Select Ben Ito")
	p.Click("Select Casey Candidate")
	glance(t, p, "results-chosen")
	p.In("[data-bulk-bar]").Click("Compare")
	p.WaitText("Write a short note to a new colleague.")
	p.Open(s.url + c.results("/graders"))
	p.Click("What these figures mean")
	glance(t, p, "graders-explained")
}
