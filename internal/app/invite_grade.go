package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// InviteGrade is what a list shows of how an invite was graded.
type InviteGrade = store.InviteGrade

// GradeCounts is how many completed invites stand in each state of grading.
type GradeCounts = store.GradeCounts

// InviteGrades reads how invites of a list were graded. Scores and decisions are left out where who asks has yet to grade the invite blind.
// Errors: Forbidden.
func (a *App) InviteGrades(ctx context.Context, who assess.Actor, invites []assess.InviteSummary) (grades map[assess.InviteID]InviteGrade, err error) {
	if err := who.May(assess.ReadResults); err != nil {
		return nil, err
	}
	var completed []assess.InviteID
	for _, inv := range invites {
		if inv.Stored == assess.Completed {
			completed = append(completed, inv.ID)
		}
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		grades, err = tx.InviteGrades(who.Org, completed, assess.MemberID(who.ID))
		return err
	})
	for id, g := range grades {
		if g.Blind {
			g.Grade, g.Outcome = assess.Grade{State: assess.Grading}, ""
			grades[id] = g
		}
	}
	return grades, err
}

// GradeCounts is how many completed invites, of one assessment or of all if it is empty, stand in each state of grading. Errors:
// Forbidden.
func (a *App) GradeCounts(ctx context.Context, who assess.Actor, assessment assess.AssessmentID) (counts GradeCounts, err error) {
	if err := who.May(assess.ReadResults); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		counts, err = tx.GradeCounts(who.Org, who.Mode, assessment)
		return err
	})
	return counts, err
}
