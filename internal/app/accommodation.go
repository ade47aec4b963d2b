package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Accommodate sets what a candidate is allowed beyond the invite. During an attempt it takes effect at once, the deadline
// included; it never shortens one. Errors: Forbidden, NotFound, Invalid; Conflict when the invite is over.
func (a *App) Accommodate(ctx context.Context, who assess.Actor, granted assess.Accommodation) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	if err := granted.Validate(); err != nil {
		return err
	}
	granted.Org = who.Org
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, err := accommodable(tx, who, granted.Invite)
		if err != nil {
			return err
		}
		if err := tx.SetAccommodation(granted); err != nil {
			return err
		}
		if err := redeem(tx, inv, granted); err != nil {
			return err
		}
		return a.emit(tx, assess.InviteAccommodated, who, inv, granted.Summary())
	})
}

// accommodable holds an invite whose candidate can still make use of what is granted.
func accommodable(tx *store.Tx, who assess.Actor, id assess.InviteID) (assess.Invite, error) {
	inv, err := held(tx, who.Org, who.Mode, id)
	if err != nil {
		return inv, err
	}
	switch status := inv.StatusAt(tx.Now()); {
	case !status.Open():
		return inv, assess.Errorf(assess.Conflict, "Not possible: this invite is %s.", status)
	case inv.Overdue(tx.Now()):
		return inv, assess.Errorf(assess.Conflict, "Not possible: the time of this attempt is up.")
	default:
		return inv, nil
	}
}

// redeem moves the deadline of an attempt that is under way to what the accommodation makes of it.
func redeem(tx *store.Tx, inv assess.Invite, granted assess.Accommodation) error {
	if inv.Stored != assess.Started {
		return nil
	}
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return err
	}
	now := inv
	now.CompleteBy = inv.Prolonged(content, granted)
	_, err = tx.MoveInvite(inv, now)
	return err
}

// Accommodation reads what a candidate is allowed beyond the invite. Errors: Forbidden, NotFound.
func (a *App) Accommodation(ctx context.Context, who assess.Actor, id assess.InviteID) (granted assess.Accommodation, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return granted, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Invite(who.Org, who.Mode, id); err != nil {
			return err
		}
		granted, err = tx.Accommodation(who.Org, id)
		return err
	})
	return granted, err
}
