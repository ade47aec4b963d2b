package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"alfaone/internal/assess"
)

// ticked are the values of the checkboxes of a name that are ticked.
func (p page) ticked(t *testing.T, name string) (values []string) {
	t.Helper()
	for _, n := range p.all(t, "input") {
		if attr(n, "name") == name && has(n, "checked") {
			values = append(values, attr(n, "value"))
		}
	}
	return values
}

// field is the value of a field.
func (p page) field(t *testing.T, name string) string {
	t.Helper()
	for _, n := range p.all(t, "input") {
		if attr(n, "name") == name {
			return attr(n, "value")
		}
	}
	t.Fatalf("there is no field %q", name)
	return ""
}

func TestAGradingPlanIsSavedAndChecked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dev := s.colleague(assess.Grader)
	viewer := s.colleague(assess.Viewer)
	path := "/assessments/" + string(s.invitation().Assessment) + "/grading"
	b := s.signIn(ownerEmail)
	form := url.Values{
		"revision": {b.get(path).field(t, "revision")}, "graders": {string(dev.ID), string(viewer.ID)},
		"perInvite": {"2"}, "gap": {"25"}, "dueDays": {"5"}, "blind": {"on"},
	}
	wrong := b.post(path, form) // viewers do not grade: there is one grader for two
	if wrong.status != http.StatusUnprocessableEntity || wrong.field(t, "gap") != "25" || !slices.Equal(wrong.ticked(t, "graders"), []string{string(dev.ID)}) {
		t.Errorf("with too few graders: %d, gap %q, %v", wrong.status, wrong.field(t, "gap"), wrong.ticked(t, "graders"))
	}
	form.Set("perInvite", "1")
	if p := b.post(path, form); p.status != http.StatusOK || p.field(t, "perInvite") != "1" || p.field(t, "dueDays") != "5" || len(p.ticked(t, "blind")) != 1 {
		t.Errorf("saved: %d:\n%s", p.status, p.body)
	}
	form.Set("gap", "30")
	stale := b.post(path, form)
	if stale.status != http.StatusUnprocessableEntity || stale.field(t, "gap") != "30" {
		t.Errorf("over another's plan: %d, gap %q", stale.status, stale.field(t, "gap"))
	}
	form.Set("revision", stale.field(t, "revision"))
	if p := b.post(path, form); p.status != http.StatusOK || p.field(t, "gap") != "30" {
		t.Errorf("once more: %d, gap %q", p.status, p.field(t, "gap"))
	}
	form.Set("gap", "many")
	if p := b.post(path, form); p.status != http.StatusUnprocessableEntity || p.field(t, "gap") != "many" {
		t.Errorf("with a gap of %q: %d", p.field(t, "gap"), p.status)
	}
	if p := s.signIn(viewer.Email).get(path); len(p.all(t, "textarea"))+len(p.ticked(t, "graders")) != 0 || p.status != http.StatusOK {
		t.Errorf("a viewer gets %d with a form", p.status)
	}
}

func TestWhoWaitsForAGraderIsAssignedAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dev := s.colleague(assess.Grader)
	i := s.invitation()
	i.completed()
	path := "/assessments/" + string(i.Assessment) + "/grading"
	b := s.signIn(ownerEmail)
	if p := b.post(path+"/assign", nil); len(s.graded(i)) != 0 || p.status != http.StatusOK {
		t.Errorf("without a plan: %d, %v", p.status, s.graded(i))
	}
	b.post(path, url.Values{"graders": {string(dev.ID)}, "perInvite": {"1"}, "gap": {"0"}, "dueDays": {"0"}, "revision": {"0"}})
	b.post(path+"/assign", nil)
	if got := s.graded(i); !slices.Equal(got, []assess.MemberID{dev.ID}) {
		t.Errorf("assigned to %v", got)
	}
}

// graded are the members who grade an invite.
func (s *site) graded(i invitationOf) (graders []assess.MemberID) {
	s.t.Helper()
	r, err := s.Results(s.t.Context(), s.owner.Actor(assess.Live), i.ID)
	s.must(err)
	for _, e := range r.Evaluations {
		graders = append(graders, e.Grader)
	}
	return graders
}
