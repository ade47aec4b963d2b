package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/assess"
)

// marking is what a grader does with an invite.
type marking struct {
	attempt
	grader assess.Member
	id     assess.EvaluationID
}

// gradedBy assigns an attempt to a grader.
func (a attempt) gradedBy(m assess.Member, adjudicates bool) marking {
	a.s.t.Helper()
	a.s.must(a.s.Assign(a.s.t.Context(), a.s.owner.Actor(assess.Live), a.ID, m.ID, adjudicates))
	return a.evaluationOf(m)
}

// gives scores every answer with so many points, notes something and hands it in.
func (m marking) gives(points int) {
	s, ctx, who := m.s, m.s.t.Context(), m.grader.Actor(assess.Live)
	s.t.Helper()
	d, err := s.Evaluation(ctx, who, m.id)
	s.must(err)
	for i, answer := range d.Answers {
		mark := assess.Mark{Revision: answer.Mark.Revision, Scores: map[assess.CriterionID]int{}}
		for _, c := range answer.Question.Rubric() {
			mark.Scores[c.ID] = points
		}
		if i == 0 {
			mark.Comment = "Knows the trade."
			s.must(s.SaveComment(ctx, who, m.id, assess.Comment{ID: assess.CommentID(uuid.NewString()), Question: answer.Question.ID, At: 1500 * time.Millisecond, Text: "Here it gets good."}))
		}
		_, err := s.SaveMark(ctx, who, m.id, i+1, mark)
		s.must(err)
	}
	d, err = s.Evaluation(ctx, who, m.id)
	s.must(err)
	s.must(s.SubmitEvaluation(ctx, who, m.id, d.Stamp()))
}

// plan makes the grading plan of the attempt's assessment.
func (a attempt) plan(p assess.GradingPlan) {
	a.s.t.Helper()
	p.Assessment = a.Assessment
	a.s.must(a.s.SetGradingPlan(a.s.t.Context(), a.s.owner.Actor(assess.Live), p))
}

// card is the text of the card with the title; empty without one.
func (p page) card(t *testing.T, title string) string {
	t.Helper()
	for _, section := range p.all(t, "section") {
		for d := range section.Descendants() {
			if d.Data == "h2" && words(d) == title {
				return words(section)
			}
		}
	}
	return ""
}

func wantSaid(t *testing.T, where, said string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s does not say %q; it says %q", where, text, said)
		}
	}
}

func TestTheInvitePageShowsWhatGradersGave(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader, recruiter := s.colleague(assess.Grader), s.colleague(assess.Recruiter)
	a := s.finished()
	a.plan(assess.GradingPlan{Gap: 10, Blind: true, DueDays: 3})
	b, blind := s.signIn(ownerEmail), s.signIn(recruiter.Email)
	if p := b.get(a.page()); !strings.Contains(p.card(t, "Graders"), "Nobody grades this candidate yet") || !strings.Contains(p.card(t, "Results"), "Not graded") {
		t.Errorf("before anybody grades it: %q, %q", p.card(t, "Graders"), p.card(t, "Results"))
	}
	one, two := a.gradedBy(grader, false), a.gradedBy(recruiter, false)
	one.gives(1)
	p := b.get(a.page())
	wantSaid(t, "Graders", p.card(t, "Graders"), "Submitted", "To grade", "Grades blind", "Due")
	wantSaid(t, "Results", p.card(t, "Results"), "Being graded", "What did you build last?")
	if said := blind.get(a.page()).body; strings.Contains(said, "Knows the trade") || strings.Contains(said, "Here it gets good") || !strings.Contains(said, "You grade this candidate blind") {
		t.Error("who grades it blind is shown what another gave")
	}

	two.gives(9)
	p = b.get(a.page())
	wantSaid(t, "Results", p.card(t, "Results"), "Disputed", "The graders differ", "Ask somebody to adjudicate", "Mean")
	p.tells(t, 1, "Knows the trade.", "0:01", "Here it gets good.")
	a.gradedBy(s.owner, true).gives(5)
	p = blind.get(a.page())
	wantSaid(t, "Results", p.card(t, "Results"), "Graded", "Counts", "50 %")
	wantSaid(t, "Graders", p.card(t, "Graders"), "Adjudicates: these scores count alone")
}

func TestGradersAreAskedTakenAwayAndAskedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	a := s.finished()
	b := s.signIn(ownerEmail)
	if p := b.post(a.page()+"/graders", nil); p.status != http.StatusUnprocessableEntity {
		t.Errorf("nobody was chosen: %d", p.status)
	}
	p := b.post(a.page()+"/graders", url.Values{"grader": {string(grader.ID)}})
	wantSaid(t, "Graders", p.card(t, "Graders"), grader.Name(), "To grade")
	if p := b.post(a.page()+"/graders", url.Values{"grader": {string(grader.ID)}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("the same member twice: %d", p.status)
	}
	m := a.evaluationOf(grader)
	m.gives(3)
	reopen := a.page() + "/evaluations/" + string(m.id) + "/reopen"
	if p := b.post(reopen, url.Values{"reason": {""}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("reopened without a reason: %d", p.status)
	}
	p = b.post(reopen, url.Values{"reason": {"Question 2 was misread."}})
	wantSaid(t, "Graders", p.card(t, "Graders"), "Reopened: Question 2 was misread.")
	p = b.post(a.page()+"/evaluations/"+string(m.id)+"/remove", nil)
	wantSaid(t, "Graders", p.card(t, "Graders"), "Nobody grades this candidate yet")
	undo := ""
	for _, form := range p.all(t, "form") {
		if strings.Contains(attr(form, "action"), "/graders?grader=") {
			undo = attr(form, "action")
		}
	}
	p = b.post(undo, nil)
	wantSaid(t, "Graders", p.card(t, "Graders"), grader.Name())
}

// evaluationOf is what a member has to grade of the attempt.
func (a attempt) evaluationOf(m assess.Member) marking {
	a.s.t.Helper()
	r, err := a.s.Results(a.s.t.Context(), a.s.owner.Actor(assess.Live), a.ID)
	a.s.must(err)
	for _, e := range r.Evaluations {
		if e.Grader == m.ID {
			return marking{a, m, e.ID}
		}
	}
	a.s.t.Fatalf("%s has nothing to grade", m.Email)
	return marking{}
}

func TestADecisionIsMadeWithAReasonAndNotOverAnothers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	recruiter := s.colleague(assess.Recruiter)
	a := s.finished()
	mine, theirs := s.signIn(ownerEmail), s.signIn(recruiter.Email)
	if p := mine.post(a.page()+"/decision", url.Values{"outcome": {"advance"}, "reason": {" "}, "seen": {"0"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", p.status)
	}
	theirs.post(a.page()+"/decision", url.Values{"outcome": {"hold"}, "reason": {"Wait for the others."}, "seen": {"0"}})
	late := mine.post(a.page()+"/decision", url.Values{"outcome": {"advance"}, "reason": {"Clear and calm."}, "seen": {"0"}})
	if late.status != http.StatusUnprocessableEntity || late.field(t, "seen") != "1" {
		t.Errorf("over a decision that was not seen: %d, seen %s", late.status, late.field(t, "seen"))
	}
	wantSaid(t, "Decision", late.card(t, "Decision"), "Wait for the others.", "Somebody else has decided", "Clear and calm.")
	p := mine.post(a.page()+"/decision", url.Values{"outcome": {"advance"}, "reason": {"Clear and calm."}, "seen": {"1"}})
	wantSaid(t, "Decision", p.card(t, "Decision"), "Advance", "Clear and calm.", s.owner.Name(), "Earlier decisions", "Wait for the others.")
	wantSaid(t, "Timeline", p.card(t, "Timeline"), "Advance decided by "+s.owner.Name(), "Hold decided by "+recruiter.Name())
	if card := s.signIn(s.colleague(assess.Viewer).Email).get(a.page()).card(t, "Decision"); !strings.Contains(card, "Clear and calm.") || strings.Contains(card, "Save the decision") {
		t.Errorf("a viewer sees %q", card)
	}
}

func TestTheListOfInvitesTellsGradesAndIsNarrowedByThem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader, recruiter := s.colleague(assess.Grader), s.colleague(assess.Recruiter)
	a := s.finished()
	a.plan(assess.GradingPlan{Blind: true})
	s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "pending@example.com" })
	b, blind := s.signIn(ownerEmail), s.signIn(recruiter.Email)
	wantSaid(t, "the list", words(b.get("/invites?grade=ungraded").all(t, "tbody")[0]), a.Email, "Nobody grades it")
	a.gradedBy(grader, false).gives(4)
	a.gradedBy(recruiter, false)
	wantSaid(t, "the list", words(blind.get("/invites").all(t, "tbody")[0]), "Being graded")
	s.must(s.Unassign(t.Context(), s.owner.Actor(assess.Live), a.ID, a.evaluationOf(recruiter).id))
	b.post(a.page()+"/decision", url.Values{"outcome": {"hold"}, "reason": {"Later."}, "seen": {"0"}})
	for query, found := range map[string]bool{
		"grade=graded": true, "grade=disputed": false, "decision=hold": true, "decision=advance": false, "decision=undecided": false,
		"grader=" + string(grader.ID): true, "grader=" + string(recruiter.ID): false,
	} {
		p := b.get("/invites?" + query)
		if got := strings.Contains(p.main(t), a.Email); got != found {
			t.Errorf("%s: found %v, want %v", query, got, found)
		}
		if found {
			wantSaid(t, query, words(p.all(t, "tbody")[0]), "40 %", "Hold")
		}
	}
}

func TestSeveralInvitesAreAssignedAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	a := s.finished()
	gone := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "gone@example.com" })
	gone.revoked()
	b := s.signIn(ownerEmail)
	form := url.Values{"action": {"assign"}, "back": {"/invites"}, "id": {string(a.ID), string(gone.ID)}}
	wantSaid(t, "the question", b.post("/invites/bulk", form).main(t), "Assign 1 candidate", "There will be nothing to grade.", grader.Name())
	if p := b.post("/invites/bulk/apply", form); p.status != http.StatusUnprocessableEntity {
		t.Errorf("to nobody: %d", p.status)
	}
	form["graders"] = []string{string(grader.ID)}
	wantSaid(t, "the outcome", b.post("/invites/bulk/apply", form).main(t), "Assigned: 1 of 2", "There will be nothing to grade.")
	a.evaluationOf(grader)
}
