package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// EventsAfter reads what happened after the event of the number, in the order in which it happened: no more than limit events,
// and none is left out. Whoever goes on after the last of them sees every event once. Errors: Forbidden.
func (a *App) EventsAfter(ctx context.Context, who assess.Actor, sequence int64, limit int) (events []assess.Event, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		events, err = tx.EventsAfter(who.Org, who.Mode, sequence, limit)
		return err
	})
	return events, err
}
