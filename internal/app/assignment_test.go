package app_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestCompletionHasGradersTakeTurns(t *testing.T) {
	each(t, func(w *world) {
		three := w.graders(3)
		plan := planOf(three, func(p *assess.GradingPlan) { p.PerInvite, p.DueDays = 2, 5 })
		s := w.started()
		plan.Assessment = s.stands().Assessment
		w.must(w.SetGradingPlan(t.Context(), w.who(), plan))
		given := map[assess.MemberID]int{}
		for i := range 3 {
			inv := s
			if i > 0 {
				n := wish(assess.Assessment{ID: plan.Assessment}, fmt.Sprintf("c%d@example.com", i))
				out, err := w.Invite(t.Context(), w.who(), n)
				w.must(err)
				token := w.linkToken(out.Invite.ID)
				w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
				inv = sitting{w, app.Taker{Token: token, Tab: "tab", Client: phone}, out.Invite.ID}
				w.must(w.Start(t.Context(), inv.Taker))
			}
			w.must(inv.Complete(t.Context(), inv.Taker, true))
			for _, e := range inv.results().Evaluations {
				given[e.Grader]++
				if !e.ReadyAt.Equal(w.clock.now) || !e.DueAt.Equal(w.clock.now.Add(5*24*time.Hour)) {
					t.Errorf("ready at %v, due at %v", e.ReadyAt, e.DueAt)
				}
			}
		}
		for _, m := range three {
			if given[m.ID] != 2 {
				t.Errorf("%s has %d of 3 × 2", m.Email, given[m.ID])
			}
		}
	})
}

func TestWhoLeavesHasNothingLeftToGrade(t *testing.T) {
	each(t, func(w *world) {
		ctx, three := t.Context(), w.graders(3)
		s := w.completed(planOf(three, func(*assess.GradingPlan) {}))
		s.grade(three[0], 6)
		w.must(w.SetRole(ctx, w.who(), three[1].ID, assess.Viewer))
		s.wantGrade(assess.Grading, 0)
		w.must(w.RemoveMember(ctx, w.who(), three[2].ID))
		s.wantGrade(assess.Graded, 6)
		w.must(w.RemoveMember(ctx, w.who(), three[0].ID))
		if r := s.results(); len(r.Evaluations) != 1 || r.Evaluations[0].GraderName == "" {
			t.Errorf("what a member graded before they left is %+v", r.Evaluations)
		}
	})
}

func TestAssigningByHandAndInBulk(t *testing.T) {
	each(t, func(w *world) {
		ctx, two := t.Context(), w.graders(2)
		viewer := w.join("viewer@example.com", assess.Viewer)
		s := w.started()
		w.must(s.Complete(ctx, s.Taker, true))
		asm := s.stands().Assessment
		_, err := w.AssignWaiting(ctx, w.who(), asm)
		w.wantKind(err, assess.Conflict)
		w.must(w.Assign(ctx, w.who(), s.invite, two[0].ID, false))
		w.wantKind(w.Assign(ctx, w.who(), s.invite, two[0].ID, false), assess.Conflict)
		w.wantKind(w.Assign(ctx, w.who(), s.invite, viewer.ID, false), assess.NotFound)
		w.wantKind(w.Assign(ctx, two[0].Actor(assess.Live), s.invite, two[1].ID, false), assess.Forbidden)
		s.score(two[0], 3)
		id := s.evaluation(two[0]).ID
		w.must(w.Unassign(ctx, w.who(), s.invite, id))
		w.must(w.Unassign(ctx, w.who(), s.invite, id))
		s.wantGrade(assess.Ungraded, 0)
		w.must(w.Assign(ctx, w.who(), s.invite, two[0].ID, false))
		if d := s.evaluation(two[0]); d.ID != id || d.Answers[written-1].Mark.Points() != 3 {
			t.Errorf("what was scored before is %+v", d.Answers[written-1].Mark)
		}
		all, err := w.AssignMany(ctx, w.who(), []assess.InviteID{s.invite, "unknown"}, []assess.MemberID{two[0].ID, two[1].ID})
		w.must(err)
		if all[0].Err != nil || assess.KindOf(all[1].Err) != assess.NotFound || len(s.results().Evaluations) != 2 {
			t.Errorf("in bulk: %+v", all)
		}
		w.must(w.Unassign(ctx, w.who(), s.invite, id))
		w.must(w.Unassign(ctx, w.who(), s.invite, s.evaluation(two[1]).ID))
		w.must(w.SetGradingPlan(ctx, w.who(), planOf(two, func(p *assess.GradingPlan) { p.Assessment, p.PerInvite = asm, 1 })))
		other := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
		w.must(other.Complete(ctx, other.Taker, true))
		w.must(w.SetGradingPlan(ctx, w.who(), planOf(two, func(p *assess.GradingPlan) { p.Assessment, p.PerInvite = other.stands().Assessment, 2 })))
		n, err := w.AssignWaiting(ctx, w.who(), other.stands().Assessment)
		w.must(err)
		if n != 1 || len(other.results().Evaluations) != 2 {
			t.Errorf("%d were waiting, the evaluations are %+v", n, other.results().Evaluations)
		}
	})
}

// TestWhoHasHadAnInviteDoesNotGetItByTurn: of what waits, nobody is left to take some, and that ends it.
func TestWhoHasHadAnInviteDoesNotGetItByTurn(t *testing.T) {
	each(t, func(w *world) {
		ctx, one := t.Context(), w.graders(1)
		s := w.completed(planOf(one, func(*assess.GradingPlan) {}))
		w.must(w.Unassign(ctx, w.who(), s.invite, s.evaluation(one[0]).ID))
		n, err := w.AssignWaiting(ctx, w.who(), s.stands().Assessment)
		w.must(err)
		if n != 0 {
			t.Errorf("%d have got a grader, want none", n)
		}
	})
}

// TestNothingIsLeftWithWhoLeavesMeanwhile removes members while they are given something to grade, and while they write.
func TestNothingIsLeftWithWhoLeavesMeanwhile(t *testing.T) {
	each(t, func(w *world) {
		ctx, leaving := t.Context(), w.graders(6)
		s := w.completed(assess.GradingPlan{})
		had := map[assess.MemberID]assess.EvaluationID{}
		for _, m := range leaving[3:] {
			w.must(w.Assign(ctx, w.who(), s.invite, m.ID, false))
			had[m.ID] = s.evaluation(m).ID
		}
		for _, m := range leaving {
			var wg sync.WaitGroup
			wg.Go(func() { w.must(w.RemoveMember(ctx, w.who(), m.ID)) })
			wg.Go(func() { // or comes too late
				if id := had[m.ID]; id != "" {
					_, _ = w.SaveNote(ctx, m.Actor(assess.Live), id, 1, "Good.")
				} else {
					_ = w.Assign(ctx, w.who(), s.invite, m.ID, false)
				}
			})
			wg.Wait()
		}
		if left := s.results().Evaluations; len(left) > 0 {
			t.Errorf("who has left has yet to grade %+v", left)
		}
	})
}
