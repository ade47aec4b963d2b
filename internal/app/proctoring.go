package app

import (
	"context"
	"slices"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// OpenEvidence begins a recording that observes the candidate, or takes a photo. Errors: NotFound, Gone, Conflict, TooLarge;
// Invalid when the invite does not ask for it.
func (a *App) OpenEvidence(ctx context.Context, t Taker, p assess.Purpose, mime string) (rec assess.Recording, err error) {
	if !p.Evidence() {
		return rec, assess.InvalidFields(assess.Problem{Field: "purpose", Message: "must be screen, webcam, identity_document or identity_face"})
	}
	if err := assess.CheckMIME(p, mime); err != nil {
		return rec, err
	}
	err = a.taking(ctx, t, assess.StepObserve, func(tx *store.Tx, inv assess.Invite) error {
		if !inv.Proctoring.Asks(p) {
			return assess.Errorf(assess.Conflict, "This invitation does not ask for that.")
		}
		if again, ok, err := opened(tx, inv, t, p, ""); ok || err != nil {
			rec = again
			return err
		}
		rec, err = a.openRecording(tx, assess.Recording{
			Org: inv.Org, Mode: inv.Mode, Purpose: p, Invite: inv.ID, MIME: mime, Key: t.Key, Length: assess.MaxObservation,
		})
		return err
	})
	return rec, err
}

// AddSignals keeps what the candidate's browser has noticed. browser is its clock's time of sending, by which the signals' times
// are put right. Errors: NotFound, Gone, Conflict, Invalid.
func (a *App) AddSignals(ctx context.Context, t Taker, browser time.Time, signals []assess.Signal) error {
	if err := assess.CheckSignals(signals); err != nil {
		return err
	}
	return a.taking(ctx, t, assess.StepObserve, func(tx *store.Tx, inv assess.Invite) error {
		placed := slices.Clone(signals) // this may run again
		for i, s := range signals {
			age := min(max(browser.Sub(s.At), 0), tx.Now().Sub(inv.AcceptedAt))
			placed[i].At = tx.Now().Add(-age)
		}
		return tx.InsertSignals(inv.Org, inv.ID, placed)
	})
}
