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
// nothing. Errors: NotFound, RateLimited, Gone, Conflict.
func (a *App) Start(ctx context.Context, token string, from Client) error {
	return a.byLink(ctx, token, from, func(tx *store.Tx, was assess.Invite) error {
		content, err := tx.AssessmentVersion(was.Org, was.Assessment, was.Version)
		if err != nil {
			return err
		}
		_, err = a.step(tx, candidate(was), ofLink(token), assess.StepStart, assess.InviteStarted, func(inv *assess.Invite) (string, error) {
			inv.StartedAt, inv.CompleteBy = tx.Now(), tx.Now().Add(content.Duration()+attemptGrace)
			return "", nil
		})
		return err
	})
}

// Complete ends a candidate's attempt by the candidate's word. Again it changes nothing. Errors: NotFound, RateLimited, Gone,
// Conflict.
func (a *App) Complete(ctx context.Context, token string, from Client) error {
	return a.byLink(ctx, token, from, func(tx *store.Tx, was assess.Invite) error {
		_, err := a.step(tx, candidate(was), ofLink(token), assess.StepComplete, assess.InviteCompleted, func(inv *assess.Invite) (string, error) {
			inv.CompletedAt, inv.Reason = tx.Now(), assess.ReasonCandidate
			return "", nil
		})
		return err
	})
}
