package app

import (
	"context"

	"alfaone/internal/assess"
)

// uploadTestsPerMinute is how often a candidate's connection can be measured: a test sends twice, and somebody who moves about
// the house for a better place tries again and again.
const uploadTestsPerMinute = 20

// AllowUploadTest is nil when a candidate may send bytes for nothing but to see how fast they arrive. Errors: NotFound,
// RateLimited, Gone, Conflict.
func (a *App) AllowUploadTest(ctx context.Context, t Taker) error {
	l, err := a.Landing(ctx, t.Token, "", t.Client)
	if err != nil {
		return err
	}
	if _, err := l.Status.Step(assess.StepObserve, true); err != nil {
		return err
	}
	return a.take(ctx, "upload-test:"+string(l.Invite.ID), uploadTestsPerMinute)
}
