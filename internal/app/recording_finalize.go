package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/job"
	"alfaone/internal/media"
	"alfaone/internal/store"
)

// recordingJob is a job about a recording.
type recordingJob struct {
	Org       assess.OrgID
	Recording assess.RecordingID
}

// finalizeRecording is the job handler that makes one file of a recording's slices and finds out whether it is what it should
// be. It can be cut off anywhere and run again.
func (a *App) finalizeRecording(ctx context.Context, j job.Job) error {
	var args recordingJob
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	return a.finalizeNow(ctx, args, j.Attempt)
}

// finalizeNow is finalizeRecording, at the given attempt of it.
func (a *App) finalizeNow(ctx context.Context, args recordingJob, attempt int) error {
	rec, chunks, err := a.uploaded(ctx, args)
	if err != nil {
		return err
	}
	if rec.State == assess.RecordingUploaded {
		if rec.State, err = a.finalize(ctx, rec, chunks, attempt); err != nil {
			return err
		}
	}
	if rec.State != assess.RecordingReady || len(chunks) > rec.Chunks {
		return nil // what cannot be used, or came behind a gap, is kept: somebody may be able to help
	}
	return a.dropChunks(ctx, rec)
}

func (a *App) uploaded(ctx context.Context, args recordingJob) (rec assess.Recording, chunks []assess.Chunk, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if rec, err = tx.Recording(args.Org, args.Recording); err != nil {
			return err
		}
		chunks, err = tx.Chunks(args.Org, args.Recording)
		return err
	})
	if assess.KindOf(err) == assess.NotFound { // it was erased
		return assess.Recording{}, nil, nil
	}
	return rec, chunks, err
}

// finalize makes the file, at the given attempt, and writes down what has become of the recording.
func (a *App) finalize(ctx context.Context, rec assess.Recording, chunks []assess.Chunk, attempt int) (assess.RecordingState, error) {
	dir, err := os.MkdirTemp(a.temp, "recording-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	w := workshop{App: a, rec: rec, dir: dir, attempt: attempt}
	failure, err := w.make(ctx, chunks)
	if err != nil {
		return "", err
	}
	if failure != "" {
		return assess.RecordingFailed, a.tx(ctx, func(tx *store.Tx) error { return a.failRecording(tx, rec, failure) })
	}
	return assess.RecordingReady, a.tx(ctx, func(tx *store.Tx) error { return a.readyRecording(tx, w.rec) })
}

// readyRecording notes that a recording is whole and verified.
func (a *App) readyRecording(tx *store.Tx, rec assess.Recording) error {
	from := rec.State
	if err := from.Become(assess.RecordingReady); err != nil {
		return err
	}
	rec.State, rec.FinishedAt = assess.RecordingReady, tx.Now()
	moved, err := tx.MoveRecording(rec, from)
	if err != nil || !moved {
		return err
	}
	switch {
	case rec.Purpose == assess.ForAnswer:
		if err := a.queueTranscript(tx, rec); err != nil {
			return err
		}
		if err := a.answerArrived(tx, rec); err != nil {
			return err
		}
		return a.emitTake(tx, assess.InviteAnswered, rec, fmt.Sprintf("take %d, %s", rec.Number, length(rec.Media.Duration)))
	case rec.Purpose.Photo():
		inv, err := tx.Invite(rec.Org, rec.Mode, rec.Invite)
		if err != nil {
			return err
		}
		return a.emit(tx, assess.InviteIdentified, candidate(inv), inv, photoNote(rec.Purpose))
	default:
		return nil
	}
}

func photoNote(p assess.Purpose) string {
	if p == assess.ForDocument {
		return "photo of a document"
	}
	return "photo of the face"
}

// length is a duration as players show it.
func length(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// dropChunks removes the slices of a recording.
func (a *App) dropChunks(ctx context.Context, rec assess.Recording) error {
	if err := a.dropBlobs(ctx, recordingKey(rec)+"chunks/"); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteChunks(rec.Org, rec.ID) })
}

// workshop is where one recording is made.
type workshop struct {
	*App
	rec     assess.Recording
	dir     string
	attempt int // counts from 1
}

// toolTries is how often the tools may fail with a recording, for no fault of its own, before it does without them.
const toolTries = 3

// spares reports whether the recording does without the work of a tool that answered err: the tool is not there, or crashes or
// takes too long each time. Nobody shall wait for days for a waveform.
func (w *workshop) spares(ctx context.Context, err error) bool {
	if errors.Is(err, media.ErrNoTool) {
		return true
	}
	if err == nil || errors.Is(err, media.ErrCorrupt) || ctx.Err() != nil || w.attempt <= toolTries {
		return false
	}
	w.log.WarnContext(ctx, "a tool keeps failing, the recording does without it", "recording", w.rec.ID, "error", err)
	return true
}

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

// make makes the file and what belongs to it, and stores them. A failure says that nothing comes of the recording; an error,
// that it has to be tried again.
func (w *workshop) make(ctx context.Context, chunks []assess.Chunk) (assess.Failure, error) {
	if len(chunks) == 0 {
		return assess.Empty, nil
	}
	switch err := w.join(ctx, chunks); {
	case errors.Is(err, blob.ErrNotFound) || errors.Is(err, errSum):
		w.log.ErrorContext(ctx, "a slice is not as it was stored", "recording", w.rec.ID, "error", err)
		return assess.Undecodable, nil
	case err != nil:
		return "", err
	}
	failure, err := w.convert(ctx)
	if errors.Is(err, media.ErrCorrupt) {
		return assess.Undecodable, nil
	}
	if err != nil || failure != "" {
		return failure, err
	}
	return "", w.store(ctx, mediaKey(w.rec), "media")
}

// join writes the slices into one file, each checked against its sum.
func (w *workshop) join(ctx context.Context, chunks []assess.Chunk) error {
	file, err := os.Create(w.path("joined"))
	if err != nil {
		return err
	}
	for _, c := range chunks[:min(len(chunks), w.rec.Chunks)] {
		if err := w.append(ctx, file, c); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return file.Close()
}

func (w *workshop) append(ctx context.Context, file io.Writer, c assess.Chunk) error {
	object, err := w.blobs.Open(ctx, chunkKey(w.rec, c))
	if err != nil {
		return err
	}
	_, err = io.Copy(file, verify(object, c.SHA256))
	return errors.Join(err, object.Close())
}

// convert makes "media" of "joined" and fills in what is known of it.
func (w *workshop) convert(ctx context.Context) (assess.Failure, error) {
	if w.rec.Purpose.Photo() {
		return "", w.photo()
	}
	info, err := w.playable(ctx)
	if err != nil {
		return "", err
	}
	m := &w.rec.Media
	m.ContentType, m.Duration, m.Width, m.Height, m.Sound = info.Kind.ContentType(info.Video), info.Duration, info.Width, info.Height, info.Audio
	if failure := unfit(w.rec, info); failure != "" {
		return failure, nil
	}
	return w.examine(ctx)
}

// unfit says why a file is not what the recording should have been; empty if it is.
func unfit(rec assess.Recording, info media.Info) assess.Failure {
	switch {
	case rec.Purpose == assess.ForScreen || rec.Purpose == assess.ForWebcam:
		return ""
	case filmed(rec) && !info.Video, !info.Audio && rec.Purpose != assess.ForPrompt, !info.Audio && !info.Video:
		return assess.Mismatched
	case info.Duration < assess.MinTake:
		return assess.TooShort
	case rec.Purpose == assess.ForAnswer && info.Duration > assess.MaxLength(rec.Length):
		return assess.TooLong
	default:
		return ""
	}
}

// playable makes a file that players can seek in. What members upload may be anything; where it is not what every browser
// plays, it is made so.
func (w *workshop) playable(ctx context.Context) (media.Info, error) {
	info, err := w.seekable(ctx)
	if w.rec.Purpose != assess.ForPrompt || !errors.Is(err, media.ErrCorrupt) {
		return info, err
	}
	if err := w.normalize(ctx); err != nil {
		return info, err
	}
	return w.seekable(ctx)
}

// seekable makes a file that players can seek in of one that a browser has recorded.
func (w *workshop) seekable(ctx context.Context) (media.Info, error) {
	in, err := os.Open(w.path("joined"))
	if err != nil {
		return media.Info{}, err
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, media.SniffLen)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return media.Info{}, err
	}
	switch media.Sniff(head[:n]) {
	case media.WebM:
		return w.indexWebM(in)
	case media.MP4:
		return w.seekableMP4(ctx, in)
	default:
		return media.Info{}, fmt.Errorf("%w: not what browsers record", media.ErrCorrupt)
	}
}

// suits is nil for a file that a prompt can be, else ErrCorrupt: each codec is one that every browser plays, and there is no
// picture where only sound was asked for.
func (w *workshop) suits(info media.Info) error {
	played := func(codec string) bool { return codec == "" || slices.Contains(browserCodecs, codec) }
	switch {
	case w.rec.Purpose != assess.ForPrompt:
		return nil
	case !played(info.AudioCodec) || !played(info.VideoCodec):
		return fmt.Errorf("%w: not every browser plays %s %s", media.ErrCorrupt, info.VideoCodec, info.AudioCodec)
	case info.Video && !filmed(w.rec):
		return fmt.Errorf("%w: a picture where only sound was asked for", media.ErrCorrupt)
	default:
		return nil
	}
}

// browserCodecs are what browsers play, whichever of the two containers it is in.
var browserCodecs = []string{"h264", "vp8", "vp9", "av1", "aac", "opus", "vorbis"}

// filmed reports whether the recording is to have a picture.
func filmed(rec assess.Recording) bool { return strings.HasPrefix(rec.MIME, "video/") }

func (w *workshop) indexWebM(in io.ReadSeeker) (media.Info, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return media.Info{}, err
	}
	out, err := os.Create(w.path("media"))
	if err != nil {
		return media.Info{}, err
	}
	info, err := media.IndexWebM(in, out)
	if err == nil {
		err = w.suits(info)
	}
	return info, errors.Join(err, out.Close())
}

// seekableMP4 has the index moved to the front where ffmpeg is there; elsewhere players make do.
func (w *workshop) seekableMP4(ctx context.Context, in *os.File) (media.Info, error) {
	stat, err := in.Stat()
	if err != nil {
		return media.Info{}, err
	}
	info, err := media.InspectMP4(in, stat.Size())
	if err == nil {
		err = w.suits(info)
	}
	if err != nil {
		return info, err
	}
	err = w.tools.Faststart(ctx, w.path("joined"), w.path("media"))
	if w.spares(ctx, err) {
		err = os.Rename(w.path("joined"), w.path("media"))
	}
	return info, err
}

// normalize makes what every browser plays of what a member has uploaded.
func (w *workshop) normalize(ctx context.Context) error {
	err := w.tools.Normalize(ctx, w.path("joined"), w.path("normal"), filmed(w.rec))
	if w.spares(ctx, err) {
		return fmt.Errorf("%w: without ffmpeg only what browsers play can be used", media.ErrCorrupt)
	}
	if err != nil {
		return err
	}
	return os.Rename(w.path("normal"), w.path("joined"))
}

// examine listens to the file and looks at it, where ffmpeg is there.
func (w *workshop) examine(ctx context.Context) (assess.Failure, error) {
	m := &w.rec.Media
	if m.Sound {
		heard, err := w.tools.Analyze(ctx, w.path("media"))
		if w.spares(ctx, err) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if w.rec.Purpose == assess.ForAnswer && heard.Silent() {
			return assess.Silent, nil
		}
		m.Quiet = heard.Quiet()
		if err := w.waveform(ctx, heard); err != nil {
			return "", err
		}
	}
	if m.Picture() {
		return "", w.poster(ctx)
	}
	return "", nil
}

func (w *workshop) waveform(ctx context.Context, heard media.Analysis) error {
	points, err := json.Marshal(heard.Waveform)
	if err != nil {
		return err
	}
	if err := os.WriteFile(w.path("waveform.json"), points, 0o600); err != nil {
		return err
	}
	w.rec.Media.Waveform = true
	return w.putFile(ctx, waveformKey(w.rec), "waveform.json")
}

// poster keeps a still picture; a recording without one is none the worse.
func (w *workshop) poster(ctx context.Context) error {
	picture, err := w.tools.Poster(ctx, w.path("media"), min(2*time.Second, w.rec.Media.Duration/2))
	if err != nil {
		if !errors.Is(err, media.ErrNoTool) {
			w.log.WarnContext(ctx, "no still picture could be made", "recording", w.rec.ID, "error", err)
		}
		return ctx.Err()
	}
	if err := os.WriteFile(w.path("poster.jpg"), picture, 0o600); err != nil {
		return err
	}
	w.rec.Media.Poster = true
	return w.putFile(ctx, posterKey(w.rec), "poster.jpg")
}

// photo makes a new picture of the uploaded one: only what is to be seen survives.
func (w *workshop) photo() error {
	in, err := os.Open(w.path("joined"))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	picture, err := media.Photo(in, assess.MaxPhotoBytes)
	if err != nil {
		return err
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	m := &w.rec.Media
	m.ContentType, m.Width, m.Height = media.JPEG.ContentType(false), size.Width, size.Height
	return os.WriteFile(w.path("media"), picture, 0o600)
}

// store puts the finished file to where it is kept, and takes its sum on the way.
func (w *workshop) store(ctx context.Context, key, name string) error {
	sum, size, err := sumFile(w.path(name))
	if err != nil {
		return err
	}
	w.rec.Media.SHA256, w.rec.Media.Bytes = sum, size
	return w.putFile(ctx, key, name)
}

func (w *workshop) putFile(ctx context.Context, key, name string) error {
	file, err := os.Open(w.path(name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		return err
	}
	return w.blobs.Put(ctx, key, file, stat.Size())
}
