package app

import (
	"context"
	"encoding/json"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
)

// eraseJob is the job that removes what a candidate has given.
type eraseJob struct {
	Org    assess.OrgID
	Mode   assess.Mode
	Invite assess.InviteID
}

// eraseAttempt is the job handler that removes what a candidate had recorded and written before they withdrew. A slice
// that arrives meanwhile finds no open recording and removes its bytes itself.
func (a *App) eraseAttempt(ctx context.Context, j job.Job) error {
	var args eraseJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	var recordings []assess.Recording
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		recordings, err = tx.Recordings(args.Org, args.Invite)
		return err
	})
	if err != nil {
		return err
	}
	for _, rec := range recordings {
		if err := a.eraseRecording(ctx, rec); err != nil {
			return err
		}
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.EraseAnswers(args.Org, args.Invite) })
}

// eraseRecording removes a recording. That it is gone is written down last, so that nothing is left behind by a crash.
func (a *App) eraseRecording(ctx context.Context, rec assess.Recording) error {
	from := rec.State
	if from != assess.RecordingFailed {
		rec.State, rec.Failure = assess.RecordingFailed, assess.Interrupted
		if err := a.db.Tx(ctx, func(tx *store.Tx) error { _, err := tx.MoveRecording(rec, from); return err }); err != nil {
			return err
		}
	}
	if err := a.dropBlobs(ctx, recordingKey(rec)); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteRecording(rec.Org, rec.ID) })
}

// dropBlobs removes everything whose key begins with the prefix.
func (a *App) dropBlobs(ctx context.Context, prefix string) error {
	var keys []string
	for info, err := range a.blobs.List(ctx, prefix) {
		if err != nil {
			return err
		}
		keys = append(keys, info.Key)
	}
	return a.blobs.Delete(ctx, keys...)
}
