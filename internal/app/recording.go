package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/store"
)

// openRecording adds an open recording, if the invite has room for it.
func (a *App) openRecording(tx *store.Tx, rec assess.Recording) (assess.Recording, error) {
	if rec.Invite != "" {
		use, err := tx.RecordingUse(rec.Org, rec.Invite)
		if err != nil {
			return rec, err
		}
		if use.Recordings >= assess.MaxRecordings || use.Bytes >= assess.MaxInviteBytes {
			return rec, errNoRoom()
		}
	}
	rec.ID, rec.State, rec.CreatedAt = assess.RecordingID(a.newID()), assess.RecordingOpen, tx.Now()
	number, err := tx.InsertRecording(rec)
	rec.Number, rec.TouchedAt = number, tx.Now()
	return rec, err
}

// Deliverer is somebody who delivers recordings slice by slice: a candidate, or a member.
type Deliverer struct {
	app  *App
	read func(context.Context, func(*store.Tx) error) error
	in   func(context.Context, func(*store.Tx) error) error // a transaction
	find func(*store.Tx, assess.RecordingID) (assess.Recording, error)
	ends bool // nothing more is taken long after the end of the attempt
}

// ByCandidate delivers what was recorded under the candidate's invite, in whichever tab.
func (a *App) ByCandidate(t Taker) Deliverer {
	find := func(tx *store.Tx, id assess.RecordingID) (assess.Recording, error) {
		inv, err := ofLink(t.Token)(tx)
		if err != nil {
			return assess.Recording{}, err
		}
		if _, err := inv.StatusAt(tx.Now()).Step(assess.StepDeliver, true); err != nil {
			return assess.Recording{}, err
		}
		rec, err := tx.Recording(inv.Org, id)
		if err == nil && rec.Invite != inv.ID {
			err = assess.Errorf(assess.NotFound, "recording not found")
		}
		return rec, err
	}
	counted := func(run func(context.Context, func(*store.Tx) error) error) func(context.Context, func(*store.Tx) error) error {
		return func(ctx context.Context, fn func(*store.Tx) error) error {
			return a.countUnknownLink(ctx, t, run(ctx, fn))
		}
	}
	return Deliverer{app: a, find: find, ends: true, read: counted(a.db.Read), in: counted(a.tx)}
}

// inTime refuses what comes long after the end of an attempt.
func (d Deliverer) inTime(tx *store.Tx, rec assess.Recording) error {
	if !d.ends {
		return nil
	}
	inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
	if err == nil && !inv.Delivers(tx.Now()) {
		err = assess.Errorf(assess.Conflict, "The assessment ended too long ago. Ask whoever invited you what to do with what is left.").With(assess.Over)
	}
	return err
}

// countUnknownLink is countUnknown for errors that say that the link, not the recording, is unknown.
func (a *App) countUnknownLink(ctx context.Context, t Taker, err error) error {
	if assess.KindOf(err) != assess.NotFound || a.knownLink(ctx, t) {
		return err
	}
	return a.countUnknown(ctx, t.Client, err)
}

func (a *App) knownLink(ctx context.Context, t Taker) bool {
	return a.db.Read(ctx, func(tx *store.Tx) error { _, err := ofLink(t.Token)(tx); return err }) == nil
}

// ByMember delivers prompts, and takes that the member puts in for a candidate.
func (a *App) ByMember(who assess.Actor) Deliverer {
	find := func(tx *store.Tx, id assess.RecordingID) (assess.Recording, error) {
		rec, err := tx.Recording(who.Org, id)
		if err != nil {
			return rec, err
		}
		if rec.Purpose == assess.ForPrompt {
			return rec, who.May(assess.WriteAssessments)
		}
		if rec.Purpose != assess.ForAnswer || rec.Mode != who.Mode {
			return rec, assess.Errorf(assess.NotFound, "recording not found")
		}
		return rec, who.May(assess.InviteCandidates)
	}
	return Deliverer{app: a, find: find, read: a.db.Read, in: a.tx}
}

// Delivered is where a recording stands.
type Delivered struct {
	assess.Recording
	Have      [][2]int // the slices that are stored, as ranges from first to last
	TakesLeft int      // of an answer
}

// Recording reads where a recording stands. Errors: NotFound, Gone, Forbidden.
func (d Deliverer) Recording(ctx context.Context, id assess.RecordingID) (out Delivered, err error) {
	err = d.read(ctx, func(tx *store.Tx) error {
		rec, err := d.find(tx, id)
		if err != nil {
			return err
		}
		chunks, err := tx.Chunks(rec.Org, rec.ID)
		if err != nil {
			return err
		}
		out = Delivered{Recording: rec, Have: assess.Ranges(chunks)}
		if rec.Purpose == assess.ForAnswer {
			out.TakesLeft, err = takesLeft(tx, rec)
		}
		return err
	})
	return out, err
}

func takesLeft(tx *store.Tx, rec assess.Recording) (int, error) {
	inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
	if err != nil {
		return 0, err
	}
	questions, err := questionsOf(tx, inv)
	for _, q := range questions {
		if q.Question.ID == rec.Question {
			return q.TakesLeft(), err
		}
	}
	return 0, err
}

// PutChunk stores a slice: the bytes first, then that they are there. The same slice again is stored already. Errors: NotFound,
// Gone, Forbidden; Invalid when body is not what c says; TooLarge; Conflict (Differs, Finished); Unavailable.
func (d Deliverer) PutChunk(ctx context.Context, id assess.RecordingID, c assess.Chunk, body io.Reader) error {
	rec, stored, err := d.expects(ctx, id, c)
	if err != nil || stored {
		return err
	}
	if err := d.app.take(ctx, "slices:"+string(cmp.Or(rec.Invite, assess.InviteID(rec.ID))), maxSlices); err != nil {
		return err
	}
	if err := d.app.blobs.Put(ctx, chunkKey(rec, c), verify(body, c.SHA256), c.Bytes); err != nil {
		return blobError(err)
	}
	err = d.in(ctx, func(tx *store.Tx) error {
		added, err := tx.InsertChunk(rec.Org, rec.ID, c, assess.MaxBytesOf(rec.Purpose, rec.Length))
		if err != nil || added {
			return err
		}
		_, stored, err := expects(tx, rec.Org, rec.ID, c)
		if err == nil && !stored {
			err = assess.Errorf(assess.TooLarge, "The recording is larger than one of its length can be.")
		}
		return err
	})
	if kind := assess.KindOf(err); kind == assess.Conflict || kind == assess.TooLarge || kind == assess.NotFound {
		_ = d.app.blobs.Delete(ctx, chunkKey(rec, c)) // what cannot be removed goes with the other slices
	}
	return err
}

// maxSlices is how many slices one invite may deliver a minute: a hundred times what recording makes, so that catching up is
// quick, and nobody fills the disk with crumbs.
const maxSlices = 6_000

// expects reports whether the slice is stored already, and refuses one that the recording does not take.
func (d Deliverer) expects(ctx context.Context, id assess.RecordingID, c assess.Chunk) (rec assess.Recording, stored bool, err error) {
	err = d.read(ctx, func(tx *store.Tx) error {
		if rec, err = d.find(tx, id); err != nil {
			return err
		}
		if rec, stored, err = expects(tx, rec.Org, rec.ID, c); err != nil || stored {
			return err
		}
		return d.inTime(tx, rec)
	})
	return rec, stored, err
}

func expects(tx *store.Tx, org assess.OrgID, id assess.RecordingID, c assess.Chunk) (rec assess.Recording, stored bool, err error) {
	if rec, err = tx.Recording(org, id); err == nil {
		err = within(rec, c)
	}
	if err != nil {
		return rec, false, err
	}
	have, stored, err := tx.Chunk(org, id, c.Number)
	switch {
	case err != nil:
		return rec, false, err
	case stored && have.SHA256 == c.SHA256:
		return rec, true, nil
	case rec.State != assess.RecordingOpen:
		return rec, false, errFinished()
	case stored:
		return rec, false, assess.Errorf(assess.Conflict, "Slice %d is stored with other bytes.", c.Number).With(assess.Differs)
	default:
		return rec, false, room(tx, rec, c.Bytes)
	}
}

// room refuses more bytes than all recordings of an invite may have.
func room(tx *store.Tx, rec assess.Recording, bytes int64) error {
	if rec.Invite == "" {
		return nil
	}
	use, err := tx.RecordingUse(rec.Org, rec.Invite)
	if err == nil && use.Bytes+bytes > assess.MaxInviteBytes {
		err = errNoRoom()
	}
	return err
}

func errNoRoom() error {
	return assess.Errorf(assess.TooLarge, "There is no more room for recordings of this invitation.").With(assess.LimitUsed)
}

// within refuses a slice that is out of bounds.
func within(rec assess.Recording, c assess.Chunk) error {
	switch {
	case c.Number < 0 || c.Number >= assess.MaxChunksOf(rec.Purpose, rec.Length):
		return assess.InvalidFields(assess.Problem{Field: "number", Message: fmt.Sprintf("must be below %d", assess.MaxChunksOf(rec.Purpose, rec.Length))})
	case c.Bytes < 1:
		return assess.InvalidFields(assess.Problem{Field: "slice", Message: "must not be empty"})
	case c.Bytes > assess.MaxChunkBytes:
		return assess.Errorf(assess.TooLarge, "A slice must be at most %d bytes.", assess.MaxChunkBytes)
	default:
		return nil
	}
}

// Finish says that all slices have been sent: the recording is put together and verified by a job. Again it changes nothing.
// Errors: NotFound, Gone, Forbidden; Conflict: Incomplete with the missing slices, Differs when the bytes do not add up.
func (d Deliverer) Finish(ctx context.Context, id assess.RecordingID, chunks int, bytes int64) (missing [][2]int, err error) {
	err = d.in(ctx, func(tx *store.Tx) error {
		rec, err := d.held(tx, id)
		if err != nil || rec.State != assess.RecordingOpen {
			return err
		}
		if err := d.inTime(tx, rec); err != nil {
			return err
		}
		have, err := tx.Chunks(rec.Org, rec.ID)
		if err != nil {
			return err
		}
		if chunks == 0 && len(have) == 0 {
			return d.app.failRecording(tx, rec, assess.Empty)
		}
		if missing = assess.Missing(have, chunks); len(missing) > 0 {
			return assess.Errorf(assess.Conflict, "Not all slices have arrived.").With(assess.Incomplete)
		}
		if len(have) != chunks || rec.Bytes != bytes {
			return assess.Errorf(assess.Conflict, "%d slices of %d bytes are stored.", len(have), rec.Bytes).With(assess.Differs)
		}
		return d.app.uploadedRecording(tx, rec, chunks)
	})
	return missing, err
}

// held finds a recording that nobody else can change until the transaction ends.
func (d Deliverer) held(tx *store.Tx, id assess.RecordingID) (assess.Recording, error) {
	rec, err := d.find(tx, id)
	if err != nil {
		return rec, err
	}
	if err := tx.HoldRecording(rec.Org, rec.ID); err != nil {
		return rec, err
	}
	return tx.Recording(rec.Org, rec.ID)
}

// uploadedRecording queues putting the recording together.
func (a *App) uploadedRecording(tx *store.Tx, rec assess.Recording, chunks int) error {
	from := rec.State
	if err := from.Become(assess.RecordingUploaded); err != nil {
		return err
	}
	rec.State, rec.Chunks = assess.RecordingUploaded, chunks
	moved, err := tx.MoveRecording(rec, from)
	if err != nil || !moved {
		return err
	}
	return a.enqueueKeyed(tx, jobFinalize, recordingTask(rec.ID), recordingJob{Org: rec.Org, Recording: rec.ID})
}

// maxInterruptions is how many takes of one answer may come to nothing by an interruption before what there is has to do:
// nobody shall get takes without end by loading the page again.
const maxInterruptions = 10

// Abandon gives a recording up that was interrupted: it does not count. Again it changes nothing. Errors: NotFound, Gone,
// Forbidden; Conflict (Finished; LimitUsed after too many interruptions).
func (d Deliverer) Abandon(ctx context.Context, id assess.RecordingID) error {
	return d.in(ctx, func(tx *store.Tx) error {
		rec, err := d.held(tx, id)
		if err != nil || rec.State == assess.RecordingFailed {
			return err
		}
		if rec.State != assess.RecordingOpen {
			return errFinished()
		}
		if err := interruptible(tx, rec); err != nil {
			return err
		}
		return d.app.failRecording(tx, rec, assess.Interrupted)
	})
}

func interruptible(tx *store.Tx, rec assess.Recording) error {
	if rec.Purpose != assess.ForAnswer {
		return nil
	}
	inv, err := held(tx, rec.Org, rec.Mode, rec.Invite)
	if err != nil {
		return err
	}
	if inv.Stored != assess.Started || inv.Overdue(tx.Now()) {
		return assess.Errorf(assess.Conflict, "The answers have been submitted.").With(assess.Over)
	}
	recordings, err := tx.Recordings(rec.Org, rec.Invite)
	n := 0
	for _, other := range recordings {
		if other.Question == rec.Question && other.Failure == assess.Interrupted {
			n++
		}
	}
	if n >= maxInterruptions {
		return assess.Errorf(assess.Conflict, "This answer was interrupted too often. What was recorded is kept and counts.").With(assess.LimitUsed)
	}
	return err
}

func errFinished() error {
	return assess.Errorf(assess.Conflict, "The recording is finished.").With(assess.Finished)
}

// failRecording ends a recording that came to nothing. A take is given back.
func (a *App) failRecording(tx *store.Tx, rec assess.Recording, why assess.Failure) error {
	from := rec.State
	if err := from.Become(assess.RecordingFailed); err != nil {
		return err
	}
	rec.State, rec.Failure, rec.FinishedAt = assess.RecordingFailed, why, tx.Now()
	moved, err := tx.MoveRecording(rec, from)
	if err != nil || !moved || rec.Purpose != assess.ForAnswer {
		return err
	}
	if err := tx.ReturnTake(rec.Org, rec.Invite, rec.Question); err != nil {
		return err
	}
	return a.emitTake(tx, assess.InviteTakeFailed, rec, why.Phrase())
}

// emitTake writes an event about a take.
func (a *App) emitTake(tx *store.Tx, typ assess.EventType, rec assess.Recording, what string) error {
	inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
	if err != nil {
		return err
	}
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return err
	}
	number := 0
	for i, q := range content.Questions {
		if q.ID == rec.Question {
			number = i + 1
		}
	}
	return a.emit(tx, typ, candidate(inv), inv, answeredNote(number, what))
}

func questionNote(number int) string { return fmt.Sprintf("question %d", number) }

func answeredNote(number int, what string) string { return questionNote(number) + ", " + what }

// MediaFile is media to be served. It must be closed.
type MediaFile struct {
	io.ReadSeekCloser
	ContentType string
	Tag         string // changes with the bytes
	Modified    time.Time
}

// Media opens a finished recording. Errors: NotFound, Gone, Forbidden, Unavailable.
func (d Deliverer) Media(ctx context.Context, id assess.RecordingID) (MediaFile, error) {
	var rec assess.Recording
	err := d.read(ctx, func(tx *store.Tx) (err error) {
		rec, err = d.find(tx, id)
		return err
	})
	if err != nil {
		return MediaFile{}, err
	}
	return d.app.openMedia(ctx, rec.Org, rec.ID)
}

// openMedia opens a finished recording of an organization.
func (a *App) openMedia(ctx context.Context, org assess.OrgID, id assess.RecordingID) (MediaFile, error) {
	var rec assess.Recording
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		rec, err = tx.Recording(org, id)
		return err
	})
	if err != nil {
		return MediaFile{}, err
	}
	if rec.State != assess.RecordingReady {
		return MediaFile{}, assess.Errorf(assess.NotFound, "recording not found")
	}
	object, err := a.blobs.Open(ctx, mediaKey(rec))
	if err != nil {
		return MediaFile{}, blobError(err)
	}
	return MediaFile{ReadSeekCloser: object, ContentType: rec.Media.ContentType, Tag: rec.Media.SHA256, Modified: rec.FinishedAt}, nil
}

// Keys of what is stored of a recording. They begin with the organization.

func recordingKey(rec assess.Recording) string {
	return string(rec.Org) + "/recordings/" + string(rec.ID) + "/"
}

func chunkKey(rec assess.Recording, c assess.Chunk) string {
	return fmt.Sprintf("%schunks/%06d-%s", recordingKey(rec), c.Number, c.SHA256)
}

func mediaKey(rec assess.Recording) string    { return recordingKey(rec) + "media" }
func waveformKey(rec assess.Recording) string { return recordingKey(rec) + "waveform.json" }
func posterKey(rec assess.Recording) string   { return recordingKey(rec) + "poster.jpg" }

// verifier reads through to the end only if the bytes have the sum.
type verifier struct {
	r    io.Reader
	hash hash.Hash
	want string
}

var errSum = errors.New("the bytes do not have the sum")

func verify(r io.Reader, want string) io.Reader { return &verifier{r, sha256.New(), want} }

// Read implements io.Reader.
func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(v.hash.Sum(nil)) != v.want {
		return n, errSum
	}
	return n, err
}

// blobError turns what the place for media says into a kind.
func blobError(err error) error {
	switch {
	case errors.Is(err, errSum):
		return assess.InvalidFields(assess.Problem{Field: "Content-Digest", Message: "must be the SHA-256 sum of the slice"})
	case errors.Is(err, blob.ErrNotFound):
		return &assess.Error{Kind: assess.NotFound, Message: "recording not found", Err: err}
	case errors.Is(err, blob.ErrFull):
		return &assess.Error{Kind: assess.Unavailable, Message: "The server's storage is full.", Err: err}
	case errors.Is(err, blob.ErrUnavailable):
		return &assess.Error{Kind: assess.Unavailable, Message: "The place where recordings are kept does not answer. Try again in a moment.", Err: err}
	default:
		return err
	}
}
