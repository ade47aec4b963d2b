package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Decide writes down what a member decides about the candidate of an invite, and why. number is that of the decision that they
// have seen, 0 for none. Errors: Forbidden, also for whoever is not a person; NotFound; Invalid; Conflict when the assessment is
// not completed, when they have yet to grade the candidate blind, or when somebody else has decided meanwhile.
func (a *App) Decide(ctx context.Context, who assess.Actor, id assess.InviteID, seen int, outcome assess.Outcome, reason string) (d assess.Decision, err error) {
	err = a.tx(ctx, func(tx *store.Tx) error {
		inv, err := held(tx, who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		if d, err = assess.Decide(who, inv, outcome, reason, tx.Now()); err != nil {
			return err
		}
		evaluations, err := tx.Evaluations(who.Org, id)
		if err != nil {
			return err
		}
		if hides(who, evaluations) {
			return assess.Errorf(assess.Conflict, "You grade this candidate blind. Submit your own scores before you decide.")
		}
		if d.Number, err = tx.InsertDecision(who.Org, d); err != nil {
			return err
		}
		if d.Number != seen+1 {
			return assess.Errorf(assess.Conflict, "Somebody else has decided about this candidate in the meantime. Look at their decision first.").With(assess.Differs)
		}
		return a.emit(tx, assess.InviteDecided, who, inv, string(outcome))
	})
	return d, err
}
