package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Taker is a candidate at work: whoever holds the invite's link, in one tab of one browser.
type Taker struct {
	Token  string // of the link
	Tab    string // made up at random by the tab; empty where nothing depends on it
	Key    string // of a request for a recording or a play: who did not hear the answer asks again under it; may be empty
	Client Client
}

// errTimeUp is what a candidate is told who is too late.
func errTimeUp() error {
	return assess.Errorf(assess.Conflict, "The time for this assessment has passed. What you had recorded has been handed in.").With(assess.Over)
}

// taking runs fn in a transaction with the candidate's invite, which nobody else can change meanwhile, if the step is possible
// for it now. An attempt whose time has passed ends here, whoever notices it first.
func (a *App) taking(ctx context.Context, t Taker, s assess.InviteStep, fn func(*store.Tx, assess.Invite) error) error {
	var late bool
	err := a.byLink(ctx, t.Token, t.Client, func(tx *store.Tx, found assess.Invite) error {
		if s == assess.StepComplete || found.Overdue(tx.Now()) { // which gives it to graders
			if err := tx.HoldGradingPlan(found.Org, found.Assessment); err != nil {
				return err
			}
		}
		if err := tx.HoldInvite(found.Org, found.ID); err != nil {
			return err
		}
		inv, err := ofLink(t.Token)(tx)
		if err != nil {
			return err
		}
		if late = inv.Overdue(tx.Now()); late {
			return a.timeUp(tx, inv)
		}
		if _, err := inv.StatusAt(tx.Now()).Step(s, !inv.AcceptedAt.IsZero()); err != nil {
			return err
		}
		return fn(tx, inv)
	})
	if err == nil && late && s != assess.StepComplete {
		return errTimeUp()
	}
	return err
}

// viewing is taking for what changes nothing.
func (a *App) viewing(ctx context.Context, t Taker, s assess.InviteStep, fn func(*store.Tx, assess.Invite) error) error {
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		inv, err := ofLink(t.Token)(tx)
		if err != nil {
			return err
		}
		if inv.Overdue(tx.Now()) {
			return errTimeUp()
		}
		if _, err := inv.StatusAt(tx.Now()).Step(s, !inv.AcceptedAt.IsZero()); err != nil {
			return err
		}
		return fn(tx, inv)
	})
	return a.countUnknown(ctx, t.Client, err)
}

// asking is taking for what concerns one question, counted from 1. Errors: NotFound.
func (a *App) asking(ctx context.Context, t Taker, number int, fn func(*store.Tx, asked) error) error {
	return a.taking(ctx, t, assess.StepAnswer, func(tx *store.Tx, inv assess.Invite) error {
		q, err := ask(tx, inv, number)
		if err != nil {
			return err
		}
		return fn(tx, q)
	})
}

// asked is a question as one candidate has it.
type asked struct {
	invite    assess.Invite
	content   assess.Content
	question  assess.Question
	answer    assess.Answer
	allowance assess.Allowance
}

func ask(tx *store.Tx, inv assess.Invite, number int) (q asked, err error) {
	q.invite = inv
	if q.content, err = tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version); err != nil {
		return q, err
	}
	if number < 1 || number > len(q.content.Questions) {
		return q, assess.Errorf(assess.NotFound, "There is no question %d.", number)
	}
	q.question = q.content.Questions[number-1]
	if q.answer, err = tx.Answer(inv.Org, inv.ID, q.question.ID); err != nil {
		return q, err
	}
	granted, err := tx.Accommodation(inv.Org, inv.ID)
	q.allowance = inv.Allowance(q.content, q.question, granted, q.answer.ExtraTakes)
	return q, err
}

// refused explains why a conditional statement on the answer changed nothing: the attempt is held elsewhere, or else what the
// caller says.
func refused(tx *store.Tx, inv assess.Invite, tab string, otherwise error) error {
	holder, err := tx.Tab(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	if holder != tab {
		return assess.Errorf(assess.Conflict, "This assessment is open in another tab or on another device.").With(assess.Elsewhere)
	}
	return otherwise
}
