package app

import (
	"context"
	"time"

	"alfaone/internal/job"
	"alfaone/internal/store"
)

// Kinds of jobs.
const (
	jobInviteMail = "invite.mail"
	jobMemberMail = "member.mail"
	jobExpire     = "invites.expire"
	jobTidy       = "tidy"
)

// How long things are kept that nobody needs to see for ever.
const (
	keepJobs        = 30 * 24 * time.Hour
	keepLetters     = 30 * 24 * time.Hour
	keepIdempotency = 7 * 24 * time.Hour
	keepFailures    = 7 * 24 * time.Hour
	keepSessions    = 24 * time.Hour
)

// Register tells the runner what can be done, and what is done by the calendar.
func (a *App) Register(r *job.Runner) {
	r.Handle(jobInviteMail, a.sendInviteMail)
	r.Handle(jobMemberMail, a.sendMemberMail)
	r.Every(jobExpire, time.Minute, func(ctx context.Context, _ job.Job) error { return a.ExpireOverdue(ctx) })
	r.Every(jobTidy, time.Hour, a.tidy)
}

// expireBatch is how many invites one transaction expires.
const expireBatch = 200

// ExpireOverdue writes down which invites have expired. Nothing depends on when it runs: reading computes expiry.
func (a *App) ExpireOverdue(ctx context.Context) error {
	for {
		n := 0
		err := a.tx(ctx, func(tx *store.Tx) error {
			overdue, err := tx.OverdueInvites(expireBatch)
			if err != nil {
				return err
			}
			n = len(overdue)
			for _, inv := range overdue {
				if err := a.expire(tx, inv); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < expireBatch {
			return err
		}
	}
}

// tidy forgets what has been kept long enough.
func (a *App) tidy(ctx context.Context, _ job.Job) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		now := tx.Now()
		for _, forget := range []struct {
			what func(time.Time) error
			keep time.Duration
		}{
			{tx.DeleteJobsBefore, keepJobs},
			{tx.DeleteLettersBefore, keepLetters},
			{tx.DeleteIdempotencyKeysBefore, keepIdempotency},
			{tx.DeleteStaleLoginFailures, keepFailures},
			{tx.DeleteStaleSessions, keepSessions},
			{tx.DeleteRatesBefore, time.Hour},
		} {
			if err := forget.what(now.Add(-forget.keep)); err != nil {
				return err
			}
		}
		return nil
	})
}
