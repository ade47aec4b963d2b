package app

import (
	"context"

	"alfaone/internal/job"
)

// ExpireInvites does what the job of that name does.
func (a *App) ExpireInvites(ctx context.Context) error { return a.expireInvites(ctx, job.Job{}) }
