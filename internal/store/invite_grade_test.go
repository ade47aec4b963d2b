package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// gradedInvites are invites in every state of grading: of nobody, disputed, graded, and pending but assigned.
func (w *world) gradedInvites() (asm assess.Assessment, all map[string]assess.Invite) {
	asm = w.assessment(w.org(), "Go")
	all = map[string]assess.Invite{}
	for _, name := range []string{"ungraded", "disputed", "graded"} {
		all[name] = w.completedInvite(asm, name+"@example.com")
	}
	all["pending"] = w.invite(newInvite(asm, "pending@example.com"))
	w.grade(all["disputed"], assess.Disputed, 5.5)
	w.grade(all["graded"], assess.Graded, 8)
	w.grade(all["pending"], assess.Grading, 0)
	w.decide(all["graded"], assess.Hold, assess.Advance)
	return asm, all
}

func TestGradesAreCountedOverCompletedInvites(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm, _ := w.gradedInvites()
		other := w.assessment(asm.Org, "Rust")
		w.completedInvite(other, "ferris@example.com")
		for assessment, ungraded := range map[assess.AssessmentID]int{asm.ID: 1, other.ID: 1, "": 2} {
			want := store.GradeCounts{assess.Ungraded: ungraded, assess.Disputed: 1, assess.Graded: 1}
			if assessment == other.ID {
				want = store.GradeCounts{assess.Ungraded: 1}
			}
			same(w, want, func(tx *store.Tx) (store.GradeCounts, error) { return tx.GradeCounts(asm.Org, assess.Live, assessment) })
		}
		same(w, store.GradeCounts{assess.Ungraded: 0}, func(tx *store.Tx) (store.GradeCounts, error) { return tx.GradeCounts(w.org(), assess.Live, "") })
	})
}

func TestAListKnowsTheGradeAndTheDecisionThatHolds(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm, all := w.gradedInvites()
		viewer := w.member(asm.Org, "dev@example.com").ID
		w.evaluation(all["disputed"], viewer, ready(noon), func(e *assess.Evaluation) { e.Blind = true })
		ids := []assess.InviteID{all["ungraded"].ID, all["disputed"].ID, all["graded"].ID}
		same(w, map[assess.InviteID]store.InviteGrade{
			ids[0]: {},
			ids[1]: {Grade: assess.Grade{State: assess.Disputed, Points: 5.5, Max: 10, GradedAt: noon}, Blind: true},
			ids[2]: {Grade: assess.Grade{State: assess.Graded, Points: 8, Max: 10, GradedAt: noon}, Outcome: assess.Advance},
		}, func(tx *store.Tx) (map[assess.InviteID]store.InviteGrade, error) {
			return tx.InviteGrades(asm.Org, ids, viewer)
		})
		same(w, map[assess.InviteID]store.InviteGrade{}, func(tx *store.Tx) (map[assess.InviteID]store.InviteGrade, error) {
			return tx.InviteGrades(w.org(), ids, viewer)
		})
	})
}

func TestAListIsNarrowedByGradeAndDecision(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		asm, _ := w.gradedInvites()
		for _, test := range []struct {
			filter assess.InviteFilter
			want   []string
		}{
			{assess.InviteFilter{Grade: assess.FilterUngraded}, []string{"ungraded@example.com"}},
			{assess.InviteFilter{Grade: assess.GradeFilter(assess.Disputed)}, []string{"disputed@example.com"}},
			{assess.InviteFilter{Grade: assess.GradeFilter(assess.Grading)}, nil},
			{assess.InviteFilter{Decision: assess.DecisionFilter(assess.Advance)}, []string{"graded@example.com"}},
			{assess.InviteFilter{Decision: assess.DecisionFilter(assess.Hold)}, nil},
			{assess.InviteFilter{Decision: assess.FilterUndecided}, []string{"disputed@example.com", "ungraded@example.com"}},
			{assess.InviteFilter{Decision: assess.FilterUndecided, Status: assess.Pending}, nil},
		} {
			for _, sort := range assess.InviteSorts() {
				page := assess.Page{Number: 1, Limit: 10, Sort: sort}
				got := []string(nil)
				total := read(w, func(tx *store.Tx) (int, error) {
					items, total, err := tx.Invites(asm.Org, assess.Live, test.filter, page)
					for _, inv := range items {
						got = append(got, inv.Email)
					}
					return total, err
				})
				slices.Sort(got)
				if diff := cmp.Diff(test.want, got); diff != "" || total != len(test.want) {
					t.Errorf("%+v by %s: %d (-want +got):\n%s", test.filter, sort, total, diff)
				}
			}
		}
	})
}
