package app

import (
	"context"
	"encoding/json"
	"time"

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

// eraseAttempt is the job handler that removes what a candidate had recorded and written before they withdrew.
func (a *App) eraseAttempt(ctx context.Context, j job.Job) error {
	var args eraseJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := a.dropRecordings(tx, args.Org, args.Invite); err != nil {
			return err
		}
		return tx.EraseAnswers(args.Org, args.Invite)
	})
}

// dropRecordings forgets the recordings of an invite and has their bytes removed. A slice that arrives meanwhile finds no
// recording and removes its bytes itself.
func (a *App) dropRecordings(tx *store.Tx, org assess.OrgID, invite assess.InviteID) error {
	ids, err := tx.DeleteRecordings(org, invite)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := a.enqueueDrop(tx, org, id); err != nil {
			return err
		}
	}
	return nil
}

// afterUploads is when no slice can be on its way any more that was when a recording was forgotten.
const afterUploads = time.Hour

// enqueueDrop has the bytes of a forgotten recording removed, never while they are put together: at once, and again for the
// sake of a slice that a crash kept from removing its bytes.
func (a *App) enqueueDrop(tx *store.Tx, org assess.OrgID, id assess.RecordingID) error {
	args, err := json.Marshal(recordingJob{Org: org, Recording: id})
	if err != nil {
		return err
	}
	for _, wait := range []time.Duration{0, afterUploads} {
		_, err := tx.Enqueue(job.Job{
			ID: a.newID(), Kind: jobDrop, Key: recordingTask(id), Args: args, RunAt: tx.Now().Add(wait), CreatedAt: tx.Now(),
			MaxAttempts: maxAttempts,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recordingTask is the key of jobs that work on the bytes of a recording.
func recordingTask(id assess.RecordingID) string { return "recording " + string(id) }

// dropRecording is the job handler that removes the bytes of a forgotten recording.
func (a *App) dropRecording(ctx context.Context, j job.Job) error {
	var args recordingJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	return a.dropBlobs(ctx, recordingKey(assess.Recording{Org: args.Org, ID: args.Recording}))
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
