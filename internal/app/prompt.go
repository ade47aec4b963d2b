package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// OpenPrompt begins the recording, or the upload, of a prompt. It becomes part of the assessment when a draft names it. Errors:
// Forbidden, NotFound, Invalid.
func (a *App) OpenPrompt(ctx context.Context, who assess.Actor, assessment assess.AssessmentID, question assess.QuestionID, mime string) (rec assess.Recording, err error) {
	if err := who.May(assess.WriteAssessments); err != nil {
		return rec, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Assessment(who.Org, assessment); err != nil {
			return err
		}
		if err := assess.CheckMIME(assess.ForPrompt, mime); err != nil {
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

// Converts reports whether prompts may be files of any kind: what browsers do not play is made into what they do.
func (a *App) Converts() bool { return a.tools.FFmpeg != "" }

// promptsOf reads the recordings that a content names, as far as they are prompts of the organization.
func promptsOf(tx *store.Tx, org assess.OrgID, c assess.Content) (map[assess.RecordingID]assess.Recording, error) {
	out := map[assess.RecordingID]assess.Recording{}
	for _, q := range c.Questions {
		for _, id := range q.Recordings {
			if _, known := out[id]; known {
				continue
			}
			rec, err := tx.Recording(org, id)
			switch {
			case assess.KindOf(err) == assess.NotFound:
			case err != nil:
				return nil, err
			case rec.Purpose == assess.ForPrompt:
				out[id] = rec
			}
		}
	}
	return out, nil
}

// checkRecordings refuses a draft that names what is no prompt of the organization. One that has not been verified yet, or
// came to nothing, only keeps the draft from being published. Errors: Invalid.
func checkRecordings(tx *store.Tx, org assess.OrgID, was, now assess.Content) error {
	kept := map[assess.RecordingID]bool{}
	for _, q := range was.Questions {
		for _, id := range q.Recordings {
			kept[id] = true
		}
	}
	known, err := promptsOf(tx, org, now)
	if err != nil {
		return err
	}
	var problems []assess.Problem
	for i, q := range now.Questions {
		for language, id := range q.Recordings {
			if _, ok := known[id]; !ok && !kept[id] {
				problems = append(problems, assess.Problem{Field: fmt.Sprintf("questions[%d].recordings.%s", i, language), Message: "is not there"})
			}
		}
	}
	if len(problems) > 0 {
		return assess.InvalidFields(problems...)
	}
	return nil
}

// Prompts reads the recordings that a content names, as far as they are there. Errors: Forbidden.
func (a *App) Prompts(ctx context.Context, who assess.Actor, c assess.Content) (out map[assess.RecordingID]assess.Recording, err error) {
	if err := who.May(assess.ReadAssessments); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		out, err = promptsOf(tx, who.Org, c)
		return err
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
