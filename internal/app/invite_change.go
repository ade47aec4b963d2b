package app

import (
	"context"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// ChangeInvite changes what the update names and leaves the rest. To ask for what is so already changes nothing. Errors:
// Forbidden; Invalid; NotFound (no such invite, tag or grader); Conflict when the invite's status forbids it, the client's
// name for it is taken, or somebody other than the grader to be replaced scores it.
func (a *App) ChangeInvite(ctx context.Context, who assess.Actor, id assess.InviteID, u assess.InviteUpdate) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	if err := u.Validate(); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if u.Grader != nil {
			if err := a.handOver(tx, who, id, *u.Grader); err != nil {
				return err
			}
		}
		inv, err := held(tx, who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		if u.Extends(inv, tx.Now()) {
			if inv, err = a.extendTo(tx, who, inv, u); err != nil {
				return err
			}
		}
		return a.rewriteInvite(tx, who, inv, u)
	})
}

// extendTo gives the invite another deadline, and returns it as it is then.
func (a *App) extendTo(tx *store.Tx, who assess.Actor, inv assess.Invite, u assess.InviteUpdate) (assess.Invite, error) {
	err := a.extend(tx, who, inv.ID, func(inv *assess.Invite) (time.Time, error) {
		return inv.ExtendTo(tx.Now(), *u.ExpiresAt)
	})
	if err != nil {
		return inv, err
	}
	return tx.Invite(who.Org, who.Mode, inv.ID)
}

// rewriteInvite writes what the update changes but for deadline and grader, with the event that says what it was.
func (a *App) rewriteInvite(tx *store.Tx, who assess.Actor, was assess.Invite, u assess.InviteUpdate) error {
	inv, what, err := was.Changed(u, tx.Now())
	if err != nil || len(what) == 0 {
		return err
	}
	if err := tx.UpdateInvite(inv); err != nil {
		return err
	}
	if err := tx.SetInviteTags(inv.Org, inv.ID, inv.Tags); err != nil {
		return err
	}
	return a.emit(tx, assess.InviteChanged, who, inv, strings.Join(what, ", "))
}

// handOver has one member grade the invite instead of the one who was to, or (empty) nobody. Errors: NotFound; Conflict when
// that is not possible any more, or not the only one's matter.
func (a *App) handOver(tx *store.Tx, who assess.Actor, id assess.InviteID, to assess.MemberID) error {
	inv, plan, err := heldForGrading(tx, who.Org, who.Mode, id)
	if err != nil {
		return err
	}
	from, err := onlyEvaluation(tx, inv)
	if err != nil || from.Grader == to {
		return err
	}
	if from.State == assess.EvaluationSubmitted {
		return assess.Errorf(assess.Conflict, "The grader of this invite has submitted an evaluation. Members can have others grade it too.")
	}
	if from.Grader != "" {
		if err := a.withdraw(tx, who, inv, from); err != nil {
			return err
		}
	}
	if to != "" {
		if _, err := a.assign(tx, who, inv, plan, to, false); err != nil {
			return err
		}
	}
	return a.regrade(tx, who, inv, plan)
}

// onlyEvaluation is the evaluation of an invite that one member grades, which others wait for; the zero one where nobody does.
// Errors: Conflict when several do.
func onlyEvaluation(tx *store.Tx, inv assess.Invite) (only assess.Evaluation, err error) {
	evaluations, err := tx.Evaluations(inv.Org, inv.ID)
	if err != nil {
		return only, err
	}
	for _, e := range evaluations {
		switch {
		case e.State == assess.EvaluationWithdrawn:
		case only.Grader != "":
			return only, assess.Errorf(assess.Conflict, "Several members grade this invite. Change who does in the dashboard.")
		default:
			only = e
		}
	}
	if only.Grader == "" {
		return only, nil
	}
	return evaluationOf(tx, inv, only.ID)
}

// TagInvite replaces the tags of an invite. Errors: Forbidden, NotFound, Invalid.
func (a *App) TagInvite(ctx context.Context, who assess.Actor, id assess.InviteID, tags []assess.TagID) error {
	return a.ChangeInvite(ctx, who, id, assess.InviteUpdate{Tags: &tags})
}
