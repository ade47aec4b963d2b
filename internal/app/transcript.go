package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/media"
	"alfaone/internal/speech"
	"alfaone/internal/store"
)

// Transcribes reports whether answers are written down, by a service that the operator has set up.
func (a *App) Transcribes() bool { return a.transcriber != nil }

// Transcript reads the transcript of an answer, wherever it stands. Errors: Forbidden; NotFound, also where there is none.
func (a *App) Transcript(ctx context.Context, who assess.Actor, invite assess.InviteID, recording assess.RecordingID) (t assess.Transcript, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		rec, err := watchable(tx, who, invite, recording)
		if err != nil {
			return err
		}
		t, err = tx.Transcript(rec.Org, rec.ID)
		return err
	})
	return t, err
}

// EditTranscript changes lines of a transcript, all or none, and returns what it is now; after a Conflict with the code Differs
// too, so that who edits can see what is in their way. Errors: Forbidden, NotFound, Conflict, Invalid.
func (a *App) EditTranscript(ctx context.Context, who assess.Actor, invite assess.InviteID, recording assess.RecordingID, edits []assess.LineEdit) (t assess.Transcript, err error) {
	if err := who.May(assess.AssignGraders); err != nil {
		return t, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if t, err = holdTranscript(tx, who, invite, recording); err != nil {
			return err
		}
		edited, err := t.Edit(edits)
		if err != nil || slices.Equal(edited.Segments, t.Segments) {
			return err
		}
		edited.EditedBy, edited.EditedAt = who.Name, tx.Now()
		if _, err = tx.UpdateTranscript(edited); err != nil {
			return err
		}
		t, err = tx.Transcript(t.Org, t.Recording)
		return err
	})
	return t, err
}

// holdTranscript reads a transcript that nobody else changes until the transaction ends.
func holdTranscript(tx *store.Tx, who assess.Actor, invite assess.InviteID, recording assess.RecordingID) (t assess.Transcript, err error) {
	rec, err := watchable(tx, who, invite, recording)
	if err != nil {
		return t, err
	}
	if err := tx.HoldRecording(rec.Org, rec.ID); err != nil {
		return t, err
	}
	return tx.Transcript(rec.Org, rec.ID)
}

// Retranscribe has an answer transcribed: for the first time, again after a failure, or anew. What a member has edited is not
// replaced. Errors: Forbidden, NotFound, Conflict.
func (a *App) Retranscribe(ctx context.Context, who assess.Actor, invite assess.InviteID, recording assess.RecordingID) error {
	if err := who.May(assess.AssignGraders); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		rec, err := watchable(tx, who, invite, recording)
		if err != nil {
			return err
		}
		if a.transcriber == nil || !transcribable(rec) {
			return assess.Errorf(assess.Conflict, "This recording cannot be transcribed here.")
		}
		t, err := holdTranscript(tx, who, invite, recording)
		switch {
		case assess.KindOf(err) == assess.NotFound:
			return a.queueTranscript(tx, rec)
		case err != nil:
			return err
		case t.EditedBy != "":
			return assess.Errorf(assess.Conflict, "%s has edited the transcript. A new one would replace that.", t.EditedBy)
		}
		if t.State != assess.TranscriptQueued {
			t.State, t.Failure = assess.TranscriptQueued, ""
			if _, err := tx.UpdateTranscript(t); err != nil {
				return err
			}
		}
		return a.enqueueTranscription(tx, rec)
	})
}

// ImportTranscript gives an answer a transcript that was made elsewhere. Errors: Forbidden; NotFound; Invalid; Conflict where there
// is one.
func (a *App) ImportTranscript(ctx context.Context, who assess.Actor, invite assess.InviteID, recording assess.RecordingID, segments []assess.Segment) error {
	if err := who.May(assess.AssignGraders); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		rec, err := watchable(tx, who, invite, recording)
		if err != nil {
			return err
		}
		inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
		if err != nil {
			return err
		}
		if err := assess.CheckSegments(segments); err != nil {
			return err
		}
		added, err := tx.InsertTranscript(assess.Transcript{
			Org: rec.Org, Recording: rec.ID, State: assess.TranscriptReady, Language: inv.Language, Segments: segments,
		})
		if err == nil && !added {
			err = assess.Errorf(assess.Conflict, "The recording has a transcript already.")
		}
		return err
	})
}

// transcriptsOf reads the transcripts of an invite's recordings.
func transcriptsOf(tx *store.Tx, inv assess.Invite) (map[assess.RecordingID]*assess.Transcript, error) {
	all, err := tx.Transcripts(inv.Org, inv.ID)
	out := make(map[assess.RecordingID]*assess.Transcript, len(all))
	for i := range all {
		out[all[i].Recording] = &all[i]
	}
	return out, err
}

// transcribable reports whether somebody may say something in a recording that stands.
func transcribable(rec assess.Recording) bool {
	return rec.Purpose == assess.ForAnswer && rec.State == assess.RecordingReady && rec.Media.Sound
}

// queueTranscript has an answer that is ready transcribed, if anything can.
func (a *App) queueTranscript(tx *store.Tx, rec assess.Recording) error {
	if a.transcriber == nil || !transcribable(rec) {
		return nil
	}
	inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
	if err != nil {
		return err
	}
	_, err = tx.InsertTranscript(assess.Transcript{Org: rec.Org, Recording: rec.ID, State: assess.TranscriptQueued, Language: inv.Language})
	if err != nil {
		return err
	}
	return a.enqueueTranscription(tx, rec)
}

// transcriptionLanes is how many recordings are transcribed at once: a service of one's own is busy with one, and other jobs must
// not wait until all are done.
const transcriptionLanes = 2

func (a *App) enqueueTranscription(tx *store.Tx, rec assess.Recording) error {
	args, err := json.Marshal(recordingJob{Org: rec.Org, Recording: rec.ID})
	if err != nil {
		return err
	}
	lane := int(rec.ID[len(rec.ID)-1]) % transcriptionLanes
	_, err = tx.Enqueue(job.Job{
		ID: a.newID(), Kind: jobTranscribe, Key: jobTranscribe + "/" + strconv.Itoa(lane), UniqueKey: string(rec.ID), Args: args,
		RunAt: tx.Now(), CreatedAt: tx.Now(), MaxAttempts: maxAttempts,
	})
	return err
}

// transcribeRecording is the job handler that has what is said in an answer written down.
func (a *App) transcribeRecording(ctx context.Context, j job.Job) error {
	var args recordingJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	rec, t, err := a.awaited(ctx, args)
	if assess.KindOf(err) == assess.NotFound || err == nil && (rec.State != assess.RecordingReady || t.State != assess.TranscriptQueued) {
		return nil // it was erased, or is settled
	}
	if err != nil {
		return err
	}
	said, err := a.listen(ctx, rec, t.Language)
	if err == nil {
		t.State, t.Segments, t.Failure = assess.TranscriptReady, linesOf(said, rec.Media.Duration), ""
		return a.writeTranscript(ctx, t)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return a.unheard(ctx, t, j, err)
}

func (a *App) awaited(ctx context.Context, args recordingJob) (rec assess.Recording, t assess.Transcript, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if rec, err = tx.Recording(args.Org, args.Recording); err != nil {
			return err
		}
		t, err = tx.Transcript(args.Org, args.Recording)
		return err
	})
	return rec, t, err
}

// writeTranscript writes the transcript down, unless somebody has changed or erased it since it was read.
func (a *App) writeTranscript(ctx context.Context, t assess.Transcript) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.UpdateTranscript(t)
		return err
	})
}

// How often a service that gives no answer is asked: for about ten hours.
const serviceTries = 10

// errNoTranscriber means that the service was taken out of the settings.
var errNoTranscriber = errors.New("no transcription service is set up")

// unheard writes down why nothing was heard, and answers when to try again. As long as that may help the transcript stays queued.
func (a *App) unheard(ctx context.Context, t assess.Transcript, j job.Job, cause error) error {
	e, answered := errors.AsType[*speech.Error](cause)
	t.Failure = unheardReason(cause)
	again := askAgain(cause)
	switch {
	case answered && e.Refused():
	case answered && e.Permanent, errors.Is(cause, errNoTranscriber), j.Attempt >= serviceTries:
		a.log.WarnContext(ctx, "a recording is not transcribed", "recording", t.Recording, "error", cause)
		t.State, again = assess.TranscriptFailed, nil
		if len(t.Segments) > 0 { // it was to be made better, and stays as it was
			t.State = assess.TranscriptReady
		}
	}
	return cmp.Or(a.writeTranscript(ctx, t), again)
}

func unheardReason(cause error) string {
	if e, ok := errors.AsType[*speech.Error](cause); ok {
		return "The transcription service " + e.Message + "."
	}
	if errors.Is(cause, errNoTranscriber) {
		return "No transcription service is set up."
	}
	return "Something went wrong on our side."
}

const (
	refusedPause = 15 * time.Minute
	longestRetry = 6 * time.Hour
)

// linesOf is what a service has heard as lines that can be read. Where it knows no times, or gives too much text one time, the times
// of lines are guessed.
func linesOf(said speech.Result, length time.Duration) (lines []assess.Segment) {
	if len(said.Segments) == 0 {
		lines = assess.Segment{End: length, Text: said.Text}.Sentences()
	}
	for _, s := range said.Segments {
		if s.Start >= length {
			continue // models go on hearing where nothing is
		}
		s.End = min(s.End, length)
		lines = append(lines, assess.Segment{Start: s.Start, End: s.End, Text: s.Text}.Lines()...)
	}
	return lines[:min(len(lines), assess.MaxSegments)]
}

// listen sends the sound of a recording to the service.
func (a *App) listen(ctx context.Context, rec assess.Recording, language string) (said speech.Result, err error) {
	if a.transcriber == nil {
		return said, errNoTranscriber
	}
	dir, err := os.MkdirTemp(a.temp, "transcribe-")
	if err != nil {
		return said, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file, err := a.soundOf(ctx, rec, dir)
	if err != nil {
		return said, err
	}
	defer func() { _ = file.Close() }()
	// Without a graphics card a service may need longer than the recording lasts.
	limited, cancel := context.WithTimeout(ctx, 10*time.Minute+3*rec.Media.Duration)
	defer cancel()
	said, err = a.transcriber.Transcribe(limited, speech.Sound{File: file, Name: "sound." + string(kindOf(rec)), Language: language})
	if limited.Err() != nil && ctx.Err() == nil {
		err = &speech.Error{Message: "takes too long", Err: err}
	}
	return said, err
}

// soundOf opens the sound of a recording: without its picture, if there is one and ffmpeg too.
func (a *App) soundOf(ctx context.Context, rec assess.Recording, dir string) (io.ReadSeekCloser, error) {
	object, err := a.blobs.Open(ctx, mediaKey(rec))
	if err != nil || !rec.Media.Picture() || a.tools.FFmpeg == "" {
		return object, err
	}
	whole, track := filepath.Join(dir, "whole"), filepath.Join(dir, "track")
	err = errors.Join(copyInto(whole, object), object.Close())
	if err != nil {
		return nil, err
	}
	if err := a.tools.Track(ctx, whole, track, kindOf(rec)); err != nil {
		if ctx.Err() == nil {
			a.log.WarnContext(ctx, "a recording is sent to be transcribed with its picture", "recording", rec.ID, "error", err)
		}
		track = whole
	}
	return os.Open(track)
}

func copyInto(path string, r io.Reader) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Close())
}

// kindOf is the kind of file that a finished recording is.
func kindOf(rec assess.Recording) media.Kind {
	if strings.HasSuffix(rec.Media.ContentType, "/mp4") {
		return media.MP4
	}
	return media.WebM
}
