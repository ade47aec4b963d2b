package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// EvaluationMedia opens, for the grader, an answer that stands, or what the candidate was asked. Errors: Forbidden; NotFound, also
// for takes that the candidate has replaced and for all that was observed; Unavailable.
func (a *App) EvaluationMedia(ctx context.Context, who assess.Actor, id assess.EvaluationID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.heard(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	if err := a.viewed(ctx, who, rec); err != nil {
		return MediaFile{}, err
	}
	return a.openMedia(ctx, rec.Org, rec.ID)
}

// EvaluationPoster opens the still picture of what EvaluationMedia opens. Errors: as EvaluationMedia's.
func (a *App) EvaluationPoster(ctx context.Context, who assess.Actor, id assess.EvaluationID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.heard(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	return a.openBeside(ctx, rec, posterKey(rec), "image/jpeg", "poster")
}

// EvaluationWaveform opens the waveform of what EvaluationMedia opens. Errors: as EvaluationMedia's.
func (a *App) EvaluationWaveform(ctx context.Context, who assess.Actor, id assess.EvaluationID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.heard(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	return a.openBeside(ctx, rec, waveformKey(rec), "application/json", "waveform")
}

// EvaluationTranscript reads the transcript of what EvaluationMedia opens. Errors: as EvaluationMedia's; NotFound where there is none.
func (a *App) EvaluationTranscript(ctx context.Context, who assess.Actor, id assess.EvaluationID, recording assess.RecordingID) (assess.Transcript, error) {
	var t assess.Transcript
	rec, err := a.heard(ctx, who, id, recording)
	if err != nil {
		return t, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		t, err = tx.Transcript(rec.Org, rec.ID)
		return err
	})
	return t, err
}

// openBeside opens what was made of a recording beside its media.
func (a *App) openBeside(ctx context.Context, rec assess.Recording, key, contentType, tag string) (MediaFile, error) {
	object, err := a.blobs.Open(ctx, key)
	if err != nil {
		return MediaFile{}, blobError(err)
	}
	return MediaFile{ReadSeekCloser: object, ContentType: contentType, Tag: rec.Media.SHA256 + "-" + tag, Modified: rec.FinishedAt}, nil
}

// heard reads the recording of an answer, or of a prompt, for the grader of its invite.
func (a *App) heard(ctx context.Context, who assess.Actor, id assess.EvaluationID, recording assess.RecordingID) (rec assess.Recording, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		e, inv, err := mine(tx, who, id)
		if err == nil && e.State == assess.EvaluationWithdrawn {
			err = assess.Errorf(assess.NotFound, "recording not found")
		}
		if err != nil {
			return err
		}
		if rec, err = standing(tx, inv, recording); assess.KindOf(err) == assess.NotFound {
			rec, err = promptOf(tx, inv, recording)
		}
		return err
	})
	return rec, err
}

// promptOf reads a recording that the invite's version of the assessment asks with. Errors: NotFound.
func promptOf(tx *store.Tx, inv assess.Invite, recording assess.RecordingID) (assess.Recording, error) {
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return assess.Recording{}, err
	}
	prompts, err := promptsOf(tx, inv.Org, content)
	if err != nil {
		return assess.Recording{}, err
	}
	if rec, ok := prompts[recording]; ok {
		return rec, nil
	}
	return assess.Recording{}, assess.Errorf(assess.NotFound, "recording not found")
}

// standing reads the recording of an answer that was not replaced. Errors: NotFound.
func standing(tx *store.Tx, inv assess.Invite, recording assess.RecordingID) (assess.Recording, error) {
	all, err := tx.Recordings(inv.Org, inv.ID)
	if err != nil {
		return assess.Recording{}, err
	}
	for _, rec := range all {
		if rec.ID != recording {
			continue
		}
		if answer, _ := newestTakes(all, rec.Question); answer != nil && answer.ID == recording {
			return rec, nil
		}
	}
	return assess.Recording{}, assess.Errorf(assess.NotFound, "recording not found")
}
