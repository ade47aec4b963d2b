package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/media"
	"alfaone/internal/store"
)

// OpenPrompt begins the recording, or the upload, of a prompt. It becomes part of the assessment when a draft names it. Errors:
// Forbidden, NotFound, Invalid.
func (a *App) OpenPrompt(ctx context.Context, who assess.Actor, assessment assess.AssessmentID, question assess.QuestionID, mime string) (rec assess.Recording, err error) {
	if err := who.May(assess.WriteAssessments); err != nil {
		return rec, err
	}
	if err := assess.CheckMIME(assess.ForPrompt, mime); err != nil {
		return rec, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Assessment(who.Org, assessment); err != nil {
			return err
		}
		rec, err = a.openRecording(tx, assess.Recording{
			Org: who.Org, Mode: who.Mode, Purpose: assess.ForPrompt, Assessment: assessment, Question: question, MIME: mime,
			Length: assess.MaxAnswer * time.Second,
		})
		return err
	})
	return rec, err
}

// knownRecordings refuses a draft that names recordings which are not prompts of the organization. Errors: Invalid.
func knownRecordings(tx *store.Tx, org assess.OrgID, was, now assess.Content) error {
	known := map[assess.RecordingID]bool{}
	for _, q := range was.Questions {
		for _, id := range q.Recordings {
			known[id] = true
		}
	}
	for _, q := range now.Questions {
		for _, id := range q.Recordings {
			if known[id] {
				continue
			}
			rec, err := tx.Recording(org, id)
			if assess.KindOf(err) == assess.NotFound || err == nil && (rec.Purpose != assess.ForPrompt || rec.State == assess.RecordingFailed) {
				return assess.InvalidFields(assess.Problem{Field: "recordings", Message: "must be recordings of prompts"})
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Prompts reads the recordings that a content names. Errors: Forbidden.
func (a *App) Prompts(ctx context.Context, who assess.Actor, c assess.Content) (map[assess.RecordingID]assess.Recording, error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return nil, err
	}
	out := map[assess.RecordingID]assess.Recording{}
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		for _, q := range c.Questions {
			for _, id := range q.Recordings {
				rec, err := tx.Recording(who.Org, id)
				if err != nil && assess.KindOf(err) != assess.NotFound {
					return err
				}
				out[id] = rec
			}
		}
		return nil
	})
	return out, err
}

// PromptMedia opens a prompt for a member. Errors: Forbidden, NotFound, Unavailable.
func (a *App) PromptMedia(ctx context.Context, who assess.Actor, id assess.RecordingID) (MediaFile, error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return MediaFile{}, err
	}
	var rec assess.Recording
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		rec, err = tx.Recording(who.Org, id)
		return err
	})
	if err == nil && rec.Purpose != assess.ForPrompt {
		err = assess.Errorf(assess.NotFound, "recording not found")
	}
	if err != nil {
		return MediaFile{}, err
	}
	return a.openMedia(ctx, who.Org, id)
}

// speech opens the prompt's text as a computer reads it out. It is made once and then kept. Errors: NotFound where there is no
// synthesizer.
func (a *App) speech(ctx context.Context, org assess.OrgID, text, language string) (MediaFile, error) {
	sum := sha256.Sum256([]byte(language + "\x00" + text))
	name := hex.EncodeToString(sum[:])
	key := string(org) + "/speech/" + name
	object, err := a.blobs.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		if err = a.speak(ctx, key, text, language); err == nil {
			object, err = a.blobs.Open(ctx, key)
		}
	}
	if err != nil {
		return MediaFile{}, blobError(err)
	}
	return MediaFile{ReadSeekCloser: object, ContentType: media.WebM.ContentType(false), Tag: name, Modified: object.Info().Modified}, nil
}

func (a *App) speak(ctx context.Context, key, text, language string) error {
	dir, err := os.MkdirTemp(a.temp, "speech-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "speech.webm")
	switch err := a.tools.Speak(ctx, text, language, path); {
	case errors.Is(err, media.ErrNoTool):
		return assess.Errorf(assess.NotFound, "there is no synthesizer here")
	case err != nil:
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return a.blobs.Put(ctx, key, file, -1)
}

// sumFile is the SHA-256 sum of a file, hexadecimal, and its size.
func sumFile(path string) (sum string, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}
