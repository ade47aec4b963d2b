package app

import (
	"context"
	"errors"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
)

// Kinds of jobs.
const (
	jobInviteMail = "invite.mail"
	jobMemberMail = "member.mail"
	jobFinalize   = "recording.finalize"
	jobTranscribe = "recording.transcribe"
	jobDictate    = "prompt.dictate"
	jobErase      = "attempt.erase"
	jobDrop       = "recording.drop"
	jobScrub      = "database.scrub"
	jobReceipt    = "receipt.mail"
	jobDigest     = "digest.mail"
	jobExpire     = "invites.expire"
	jobTell       = "graders.tell"
	jobForsaken   = "recordings.forsaken"
	jobSweep      = "blobs.sweep"
	jobTidy       = "tidy"
)

// How long things are kept that nobody needs to see for ever.
const (
	keepJobs        = 30 * 24 * time.Hour
	keepLetters     = 30 * 24 * time.Hour
	keepDeliveries  = 30 * 24 * time.Hour
	keepIdempotency = 7 * 24 * time.Hour
	keepFailures    = 7 * 24 * time.Hour
	keepSessions    = 24 * time.Hour
	keepUnfinished  = 24 * time.Hour      // uploads to where recordings are kept that broke off
	keepFailed      = 30 * 24 * time.Hour // slices of recordings that came to nothing
)

// Register tells the runner what can be done, and what is done by the calendar: all but what RegisterMedia and RegisterDeliveries
// do.
func (a *App) Register(r *job.Runner) {
	r.Handle(jobInviteMail, a.sendInviteMail)
	r.Handle(jobMemberMail, a.sendMemberMail)
	r.Handle(jobReceipt, a.sendReceipt)
	r.Handle(jobDigest, a.sendDigest)
	r.Handle(jobWebhookMail, a.sendWebhookMail)
	r.Handle(jobErase, a.eraseAttempt)
	r.Handle(jobDrop, a.dropRecording)
	r.Handle(jobScrub, a.scrub)
	r.Every(jobExpire, time.Minute, func(ctx context.Context, _ job.Job) error {
		return errors.Join(a.ExpireOverdue(ctx), a.endOverdue(ctx))
	})
	r.Every(jobForsaken, time.Hour, func(ctx context.Context, _ job.Job) error {
		return errors.Join(a.endForsaken(ctx), a.dropFailed(ctx))
	})
	r.Every(jobTell, digestEvery, func(ctx context.Context, _ job.Job) error { return a.TellGraders(ctx) })
	r.Every(jobTidy, time.Hour, a.tidy)
	r.Every(jobSweep, keepUnfinished, a.sweepBlobs)
}

// RegisterMedia tells the runner how to work on recordings. It wants a runner of its own, so that no mail waits for them.
func (a *App) RegisterMedia(r *job.Runner) {
	r.Handle(jobFinalize, a.finalizeRecording)
	r.Handle(jobTranscribe, a.transcribeRecording)
	r.Handle(jobDictate, a.dictateAgain)
}

// expireBatch is how many invites one transaction expires.
const expireBatch = 200

// ExpireOverdue writes down which invites have expired. Nothing depends on when it runs: reading computes expiry.
func (a *App) ExpireOverdue(ctx context.Context) error {
	return a.inBatches(ctx, func(tx *store.Tx) (int, error) {
		overdue, err := tx.OverdueInvites(expireBatch)
		if err != nil {
			return 0, err
		}
		for _, inv := range overdue {
			if err := a.expire(tx, inv); err != nil {
				return 0, err
			}
		}
		return len(overdue), nil
	})
}

// inBatches runs transactions until one finds less to do than a batch.
func (a *App) inBatches(ctx context.Context, batch func(*store.Tx) (found int, err error)) error {
	for {
		found := 0
		err := a.tx(ctx, func(tx *store.Tx) (err error) {
			found, err = batch(tx)
			return err
		})
		if err != nil || found < expireBatch {
			return err
		}
	}
}

// endForsaken makes what can be made of recordings whose browser does not come back: what has arrived without a gap is put
// together, so that what was said is heard.
func (a *App) endForsaken(ctx context.Context) error {
	var forsaken []assess.Recording
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		forsaken, err = tx.ForsakenRecordings(tx.Now().Add(-assess.LateDelivery), forsakenBatch)
		return err
	})
	for _, rec := range forsaken { // each by itself: one that cannot be ended must not keep the others
		err = errors.Join(err, a.tx(ctx, func(tx *store.Tx) error { return a.endRecording(tx, rec) }))
	}
	return err
}

// forsakenBatch is how many recordings one run looks after.
const forsakenBatch = 1_000

// dropFailed removes what is left of recordings that came to nothing long ago.
func (a *App) dropFailed(ctx context.Context) error {
	for {
		var failed []assess.Recording
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			failed, err = tx.FailedRecordings(tx.Now().Add(-keepFailed), expireBatch)
			return err
		})
		if err != nil {
			return err
		}
		for _, rec := range failed {
			if err := a.dropChunks(ctx, rec); err != nil {
				return err
			}
		}
		if len(failed) < expireBatch {
			return nil
		}
	}
}

func (a *App) endRecording(tx *store.Tx, rec assess.Recording) error {
	if err := tx.HoldRecording(rec.Org, rec.ID); err != nil {
		return err
	}
	now, err := tx.Recording(rec.Org, rec.ID)
	if err != nil || now.State != rec.State || !now.TouchedAt.Equal(rec.TouchedAt) {
		return err // somebody came back after all
	}
	if goesOn, err := attemptGoesOn(tx, rec); err != nil || goesOn {
		return err
	}
	chunks, err := tx.Chunks(rec.Org, rec.ID)
	if err != nil {
		return err
	}
	whole := assess.Ranges(chunks)
	if len(whole) == 0 || whole[0][0] != 0 {
		return a.failRecording(tx, rec, assess.Empty)
	}
	return a.uploadedRecording(tx, rec, whole[0][1]+1)
}

// attemptGoesOn reports whether the candidate may still come back to the attempt that the recording belongs to.
func attemptGoesOn(tx *store.Tx, rec assess.Recording) (bool, error) {
	if rec.Invite == "" {
		return false, nil
	}
	inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
	return err == nil && inv.Stored == assess.Started && !inv.Overdue(tx.Now()), err
}

// sweepBlobs removes what broken uploads have left where recordings are kept.
func (a *App) sweepBlobs(ctx context.Context, j job.Job) error {
	n, err := a.blobs.Sweep(ctx, j.RunAt.Add(-keepUnfinished))
	if n > 0 {
		a.log.InfoContext(ctx, "removed what broken uploads had left", "objects", n)
	}
	return err
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
			{tx.DeleteDeliveriesBefore, keepDeliveries},
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
