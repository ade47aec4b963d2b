package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Overview is what a member sees first.
type Overview struct {
	Counts      store.InviteCounts
	Recent      []assess.Event         // the newest first
	Invites     []assess.InviteSummary // the newest first
	Assessments int                    // drafts and published ones
	Undelivered int                    // open invites whose mail was refused for good
	Keys        int                    // usable API keys, for who may manage them
}

const recentShown = 12

// Overview reads the start page. Errors: Forbidden.
func (a *App) Overview(ctx context.Context, who assess.Actor) (o Overview, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return o, err
	}
	newest := assess.Page{Number: 1, Limit: 5, Sort: assess.InviteSorts()[0]}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if o.Counts, err = tx.InviteCounts(who.Org, who.Mode, assess.InviteFilter{}); err != nil {
			return err
		}
		if o.Recent, err = tx.RecentEvents(who.Org, who.Mode, recentShown); err != nil {
			return err
		}
		if o.Invites, _, err = tx.Invites(who.Org, who.Mode, assess.InviteFilter{}, newest); err != nil {
			return err
		}
		failed := assess.InviteFilter{Delivery: assess.MailFailed, Status: assess.Pending}
		if _, o.Undelivered, err = tx.Invites(who.Org, who.Mode, failed, newest); err != nil {
			return err
		}
		if o.Assessments, err = countAssessments(tx, who); err != nil || !who.Can(assess.ManageKeys) {
			return err
		}
		o.Keys, err = countKeys(tx, who)
		return err
	})
	return o, err
}

func countAssessments(tx *store.Tx, who assess.Actor) (int, error) {
	_, n, err := tx.Assessments(who.Org, who.Mode, assess.AssessmentFilter{}, assess.Page{Number: 1, Limit: 1, Sort: assess.AssessmentSorts()[0]})
	return n, err
}

func countKeys(tx *store.Tx, who assess.Actor) (n int, err error) {
	keys, err := tx.APIKeys(who.Org)
	for _, k := range keys {
		if k.Usable(tx.Now()) == nil {
			n++
		}
	}
	return n, err
}
