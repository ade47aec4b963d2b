package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
)

// Erase removes all that is known of an invite's candidate, in whatever state the invite is; what is left is that it was
// done. Recordings follow by jobs. Again it changes nothing and answers the same. Errors: Forbidden, NotFound.
func (a *App) Erase(ctx context.Context, who assess.Actor, id assess.InviteID) (e assess.Erasure, err error) {
	if err := who.May(assess.EraseCandidates); err != nil {
		return e, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		inv, err := held(tx, who.Org, who.Mode, id)
		switch {
		case assess.KindOf(err) == assess.NotFound:
			e, err = tx.Erasure(who.Org, who.Mode, id)
			return err
		case err != nil:
			return err
		}
		if e, err = erasureOf(tx, who, inv); err != nil {
			return err
		}
		return a.erase(tx, inv, e)
	})
	return e, err
}

// erasureOf is what will be left of the invite.
func erasureOf(tx *store.Tx, who assess.Actor, inv assess.Invite) (assess.Erasure, error) {
	e := assess.ErasureOf(who, inv, tx.Now())
	use, err := tx.RecordingUse(inv.Org, inv.ID)
	if err != nil {
		return e, err
	}
	e.Recordings, e.Bytes = use.Recordings, use.Bytes
	e.Answers, err = tx.CountAnswers(inv.Org, inv.ID)
	return e, err
}

// erase removes an invite that is held. The invite goes first: who is at it waits, and finds nothing. What others write
// without holding it is looked for once the event has its number, because nobody can write another meanwhile.
func (a *App) erase(tx *store.Tx, inv assess.Invite, e assess.Erasure) error {
	if err := tx.DeleteInvite(inv); err != nil {
		return err
	}
	if err := a.dropRecordings(tx, inv.Org, inv.ID); err != nil {
		return err
	}
	if err := tx.InsertErasure(e); err != nil {
		return err
	}
	if err := a.record(tx, e.Event(assess.EventID(a.newID()))); err != nil {
		return err
	}
	if err := tx.EraseTraces(inv.Org, inv.ID); err != nil {
		return err
	}
	return a.enqueueKeyed(tx, jobScrub, jobScrub, struct{}{})
}

// scrub is the job handler that takes what was deleted out of the database's files.
func (a *App) scrub(ctx context.Context, _ job.Job) error { return a.db.Scrub(ctx) }

// Erasure reads what is left of an invite whose candidate was erased. Errors: Forbidden, NotFound.
func (a *App) Erasure(ctx context.Context, who assess.Actor, id assess.InviteID) (e assess.Erasure, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return e, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		e, err = tx.Erasure(who.Org, who.Mode, id)
		return err
	})
	return e, err
}
