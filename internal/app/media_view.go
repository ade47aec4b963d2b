package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// viewWindow is how long looking at a recording counts as one view: players fetch a recording in many parts.
const viewWindow = 15 * time.Minute

// viewed writes down that who looks at a recording of a candidate, before they get the first byte of it. Errors: Unavailable when
// that cannot be written down: then they must not see it.
func (a *App) viewed(ctx context.Context, who assess.Actor, rec assess.Recording) error {
	if rec.Invite == "" {
		return nil // a prompt is nobody's secret
	}
	var known bool
	at := time.Time{}
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		at = tx.Now().Truncate(viewWindow)
		known, err = tx.Viewed(rec, who, at)
		return err
	})
	if err == nil && !known {
		err = a.db.Tx(ctx, func(tx *store.Tx) error { return tx.InsertView(rec, who, at) })
	}
	if err != nil {
		return &assess.Error{Kind: assess.Unavailable, Message: "Recordings cannot be shown now. Try again in a moment.", Err: err}
	}
	return nil
}

// View is that somebody has looked at a recording, within a quarter of an hour from At.
type View = store.View

// Views reads who has looked at the recordings of an invite, the newest first. Errors: Forbidden, NotFound.
func (a *App) Views(ctx context.Context, who assess.Actor, id assess.InviteID) (views []View, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := inviteDetail(tx, who, id); err != nil {
			return err
		}
		views, err = tx.Views(who.Org, id, viewsShown)
		return err
	})
	return views, err
}

const viewsShown = 100
