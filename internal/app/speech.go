package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/job"
	"alfaone/internal/media"
	"alfaone/internal/speech"
	"alfaone/internal/store"
)

// utterance is the text of a prompt that has no recording, to be read out.
type utterance struct {
	Org            assess.OrgID
	Text, Language string
}

// key is where the utterance is kept as a voice of the service reads it, or (without one) espeak-ng.
func (u utterance) key(voice ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(append(voice, u.Language, u.Text), "\x00")))
	return string(u.Org) + "/speech/" + hex.EncodeToString(sum[:])
}

// keys are where the utterance may be kept, the best first.
func (a *App) keys(u utterance) []string {
	if a.speaker == nil {
		return []string{u.key()}
	}
	return []string{u.key(a.speaker.Voice()), u.key()}
}

// openSpeech opens what has been made of the utterance by [App.readOut]. Errors: NotFound, Unavailable.
func (a *App) openSpeech(ctx context.Context, u utterance) (MediaFile, error) {
	var object blob.Object
	var err error
	var key string
	for _, key = range a.keys(u) {
		if object, err = a.blobs.Open(ctx, key); !errors.Is(err, blob.ErrNotFound) {
			break
		}
	}
	if err != nil {
		return MediaFile{}, blobError(err)
	}
	head, err := io.ReadAll(io.LimitReader(object, media.SniffLen))
	if err == nil {
		_, err = object.Seek(0, io.SeekStart)
	}
	if err != nil {
		return MediaFile{}, errors.Join(blobError(err), object.Close())
	}
	kind := media.Sniff(head)
	return MediaFile{ReadSeekCloser: object, ContentType: kind.ContentType(false), Tag: path.Base(key), Modified: object.Info().Modified}, nil
}

const (
	listenerWait  = 10 * time.Second // how long a candidate waits for the service before something else reads out
	dictationWait = 5 * time.Minute  // how long a job waits for it
)

// readOut has the utterance made, unless it is kept, and reports whether there is anything to hear: from the service, which goes on
// being asked by a job if that may help, or else from espeak-ng.
func (a *App) readOut(ctx context.Context, u utterance) bool {
	err := a.dictate(ctx, u, listenerWait)
	if err == nil {
		return true
	}
	if !errors.Is(err, errNoSpeaker) && ctx.Err() == nil {
		a.log.WarnContext(ctx, "the speech service does not read a prompt out", "error", err)
		if err := a.dictateLater(ctx, u, err); err != nil {
			a.log.ErrorContext(ctx, "it is not asked again", "error", err)
		}
	}
	err = a.keepSpeech(ctx, u.key(), func(dir string) (string, error) {
		out := filepath.Join(dir, "speech.webm")
		return out, a.tools.Speak(ctx, u.Text, u.Language, out)
	})
	if err != nil && !errors.Is(err, media.ErrNoTool) && ctx.Err() == nil {
		a.log.WarnContext(ctx, "a prompt is not read out", "error", err)
	}
	return err == nil
}

// keepSpeech keeps under the key the file that is made in a directory of its own, unless one is kept there.
func (a *App) keepSpeech(ctx context.Context, key string, produce func(dir string) (file string, err error)) error {
	if _, err := a.blobs.Stat(ctx, key); !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	dir, err := os.MkdirTemp(a.temp, "speech-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name, err := produce(dir)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return a.blobs.Put(ctx, key, file, -1)
}

// errNoSpeaker means that no service is set up to read out.
var errNoSpeaker = errors.New("no speech service is set up")

// dictate has the service read the utterance out, unless what it has read is kept.
func (a *App) dictate(ctx context.Context, u utterance, wait time.Duration) error {
	if a.speaker == nil {
		return errNoSpeaker
	}
	return a.keepSpeech(ctx, u.key(a.speaker.Voice()), func(dir string) (string, error) {
		limited, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		sound, err := a.speaker.Speak(limited, u.Text)
		if limited.Err() != nil && ctx.Err() == nil {
			err = &speech.Error{Message: "takes too long", Err: err}
		}
		if err != nil {
			return "", err
		}
		return a.playable(ctx, dir, sound)
	})
}

// playable writes what a service has sent into a file that every browser plays. MP3 and WAV are played as they are, but without
// ffmpeg nobody knows whether they decode.
func (a *App) playable(ctx context.Context, dir string, sound []byte) (string, error) {
	kind := media.Sniff(sound[:min(len(sound), media.SniffLen)])
	in, out := filepath.Join(dir, "sound"), filepath.Join(dir, "speech.webm")
	if err := copyInto(in, bytes.NewReader(sound)); err != nil {
		return "", err
	}
	err := a.tools.Voice(ctx, in, out)
	switch {
	case errors.Is(err, media.ErrNoTool) && (kind == media.MP3 || kind == media.WAV):
		return in, nil
	case errors.Is(err, media.ErrNoTool), errors.Is(err, media.ErrCorrupt):
		return "", &speech.Error{Permanent: true, Message: "answers what is no sound", Err: err}
	}
	return out, err
}

// dictateLater has the service asked again by a job, unless it will fail again for the same cause.
func (a *App) dictateLater(ctx context.Context, u utterance, cause error) error {
	if e, ok := errors.AsType[*speech.Error](cause); ok && e.Permanent && !e.Refused() {
		return nil
	}
	args, err := json.Marshal(u)
	if err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		_, err := tx.Enqueue(job.Job{
			ID: a.newID(), Kind: jobDictate, Key: jobDictate, UniqueKey: u.key(a.speaker.Voice()), Args: args,
			RunAt: tx.Now().Add(listenerWait), CreatedAt: tx.Now(), MaxAttempts: serviceTries,
		})
		return err
	})
}

// dictateAgain is the job handler that has a service read out what it could not before.
func (a *App) dictateAgain(ctx context.Context, j job.Job) error {
	var u utterance
	if err := json.Unmarshal(j.Args, &u); err != nil {
		return job.Permanent(err)
	}
	err := a.dictate(ctx, u, dictationWait)
	if errors.Is(err, errNoSpeaker) {
		return nil
	}
	return askAgain(err)
}

// askAgain is what failed at a speech service as a job's error, which says when it is asked again.
func askAgain(err error) error {
	e, ok := errors.AsType[*speech.Error](err)
	switch {
	case ok && e.Refused(): // as it will everything else, until the key is mended
		return job.Pause(err, refusedPause)
	case ok && e.Permanent:
		return job.Permanent(err)
	case ok && e.RetryAfter > 0:
		return job.RetryAfter(err, min(e.RetryAfter, longestRetry))
	default:
		return err
	}
}
