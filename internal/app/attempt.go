package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// attemptGrace is what a candidate gets on top of the assessment's own time, for a slow network.
const attemptGrace = 30 * time.Second

// Start begins a candidate's attempt: from now on the deadline is that of the assessment's own time. Again it changes
// nothing. Errors: NotFound, Gone, Conflict.
func (a *App) Start(ctx context.Context, token string) error {
	return a.candidateStep(ctx, token, assess.StepStart, assess.InviteStarted, func(tx *store.Tx, inv *assess.Invite) error {
		content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
		inv.StartedAt, inv.CompleteBy = tx.Now(), tx.Now().Add(content.Duration()+attemptGrace)
		return err
	})
}

// Complete ends a candidate's attempt by the candidate's word. Again it changes nothing. Errors: NotFound, Gone, Conflict.
func (a *App) Complete(ctx context.Context, token string) error {
	return a.candidateStep(ctx, token, assess.StepComplete, assess.InviteCompleted, func(tx *store.Tx, inv *assess.Invite) error {
		inv.CompletedAt, inv.Reason = tx.Now(), assess.ReasonCandidate
		return nil
	})
}

// candidateStep takes the invite of a link through a step.
func (a *App) candidateStep(ctx context.Context, token string, s assess.InviteStep, typ assess.EventType, change func(*store.Tx, *assess.Invite) error) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		read := func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken(hashToken(token)) }
		inv, err := read(tx)
		if err != nil {
			return err
		}
		who := assess.Actor{Org: inv.Org, Mode: inv.Mode, Kind: assess.ByCandidate}
		_, err = a.step(tx, who, read, s, typ, func(inv *assess.Invite) (string, error) { return "", change(tx, inv) })
		return err
	})
}
