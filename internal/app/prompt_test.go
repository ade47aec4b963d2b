package app_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/media"
)

// prompt uploads a file as a prompt of the assessment's first question and lets it be verified.
func (w *world) prompt(asm assess.Assessment, mime string, file []byte) assess.Recording {
	w.t.Helper()
	rec := w.arrived(asm, mime, file)
	w.work()
	out, err := w.ByMember(w.who()).Recording(w.t.Context(), rec.ID)
	w.must(err)
	return out.Recording
}

// arrived is prompt before it is verified.
func (w *world) arrived(asm assess.Assessment, mime string, file []byte) assess.Recording {
	w.t.Helper()
	ctx := w.t.Context()
	rec, err := w.OpenPrompt(ctx, w.who(), asm.ID, asm.Draft.Questions[0].ID, mime)
	w.must(err)
	by := w.ByMember(w.who())
	const slice = 64 << 10
	n := 0
	for at := 0; at < len(file); at += slice {
		part := file[at:min(at+slice, len(file))]
		sum := sha256.Sum256(part)
		w.must(by.PutChunk(ctx, rec.ID, assess.Chunk{Number: n, Bytes: int64(len(part)), SHA256: hex.EncodeToString(sum[:])}, bytes.NewReader(part)))
		n++
	}
	_, err = by.Finish(ctx, rec.ID, n, int64(len(file)))
	w.must(err)
	return rec
}

// draft makes an assessment whose one question has its text.
func (w *world) draft() assess.Assessment {
	w.t.Helper()
	asm, err := w.CreateAssessment(w.t.Context(), w.who(), "Software Engineer Assessment")
	w.must(err)
	asm.Draft.Questions[0].Prompts = map[string]string{"en": "What did you build last?"}
	return w.save(asm, asm.Draft)
}

func named(id assess.RecordingID) map[string]assess.RecordingID {
	return map[string]assess.RecordingID{"en": id}
}

// ffmpeg makes a file of two seconds of sound, and picture if the name says so.
func ffmpeg(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), name)
	args = append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2"}, args...)
	if out, err := exec.CommandContext(t.Context(), program, append(args, path)...).CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", name, err, out)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "media", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUploadedPromptsBecomeWhatEveryBrowserPlays(t *testing.T) {
	sound, picture := []string{"-map", "0:a"}, []string{"-map", "0:a", "-map", "1:v"}
	files := map[string]struct {
		mime string
		file []byte
		want string // content type
	}{
		"wav":                        {"audio/wav", ffmpeg(t, "voice.wav", sound...), "audio/webm"},
		"mp3":                        {"audio/mpeg", ffmpeg(t, "voice.mp3", sound...), "audio/webm"},
		"flac":                       {"audio/flac", ffmpeg(t, "voice.flac", sound...), "audio/webm"},
		"m4a":                        {"audio/mp4", ffmpeg(t, "voice.m4a", sound...), "audio/mp4"},
		"ogg of an unknown name":     {"application/octet-stream", ffmpeg(t, "voice.ogg", sound...), "audio/webm"},
		"mov with a strange codec":   {"video/quicktime", ffmpeg(t, "film.mov", append(picture, "-c:v", "mjpeg", "-c:a", "pcm_s16le")...), "video/mp4"},
		"mkv":                        {"video/x-matroska", ffmpeg(t, "film.mkv", append(picture, "-c:v", "mpeg4")...), "video/mp4"},
		"film without words":         {"video/mp4", ffmpeg(t, "silent.mp4", "-map", "1:v", "-pix_fmt", "yuv420p"), "video/mp4"},
		"the sound of a film":        {"audio/mp4", ffmpeg(t, "spoken.mp4", append(picture, "-pix_fmt", "yuv420p")...), "audio/webm"},
		"what browsers record":       {"audio/webm;codecs=opus", recorded(t, "sound.webm"), "audio/webm"},
		"what browsers film":         {"video/webm;codecs=vp9,opus", recorded(t, "video.webm"), "video/webm"},
		"what other browsers film":   {"video/mp4", recorded(t, "h264.mp4"), "video/mp4"},
		"the sound that was filmed":  {"audio/webm", recorded(t, "video.webm"), "audio/webm"},
		"a film named after nothing": {"video/octet-stream", recorded(t, "video.webm"), "video/webm"},
	}
	each(t, func(w *world) {
		asm := w.draft()
		for name, f := range files {
			rec := w.prompt(asm, f.mime, f.file)
			m := rec.Media
			picture := strings.HasPrefix(f.want, "video/")
			if rec.State != assess.RecordingReady || m.ContentType != f.want || m.Picture() != picture || m.Duration < 1900*time.Millisecond || m.Duration > 3200*time.Millisecond {
				w.t.Errorf("%s: %s %s, %+v", name, rec.State, rec.Failure, m)
				continue
			}
			file, err := w.PromptMedia(w.t.Context(), w.who(), rec.ID)
			w.must(err)
			kept, err := io.ReadAll(file)
			w.must(err)
			w.must(file.Close())
			if kind := media.Sniff(kept); kind.ContentType(picture) != f.want || int64(len(kept)) != m.Bytes {
				w.t.Errorf("%s: %d bytes of %q are kept", name, len(kept), kind)
			}
		}
	})
}

func TestAPromptIsNothingButMedia(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	entry, err := z.Create("voice.wav")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := entry.Write(bytes.Repeat([]byte{0}, 4<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string]struct {
		mime string
		file []byte
		want assess.Failure
	}{
		"html":              {"audio/wav", []byte("<!DOCTYPE html><script>alert(1)</script>"), assess.Undecodable},
		"svg":               {"video/mp4", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), assess.Undecodable},
		"zip":               {"audio/mpeg", archive.Bytes(), assess.Undecodable},
		"playlist":          {"video/mp4", []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), assess.Undecodable},
		"photo":             {"video/mp4", append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), make([]byte, 100)...), assess.Undecodable},
		"html behind a WAV": {"audio/wav", []byte("RIFF\x24\x00\x00\x00WAVEfmt <script>alert(1)</script>"), assess.Undecodable},
		"only a head":       {"audio/webm", recorded(t, "sound.webm")[:300], assess.TooShort},
		"too short":         {"audio/wav", ffmpeg(t, "click.wav", "-map", "0:a", "-t", "0.4"), assess.TooShort},
		"no picture":        {"video/mp4", ffmpeg(t, "voice.m4a", "-map", "0:a"), assess.Mismatched},
	}
	each(t, func(w *world) {
		asm := w.draft()
		for name, f := range files {
			rec := w.prompt(asm, f.mime, f.file)
			if rec.State != assess.RecordingFailed || rec.Failure != f.want {
				w.t.Errorf("%s: %s %s, %+v", name, rec.State, rec.Failure, rec.Media)
			}
			_, err := w.PromptMedia(w.t.Context(), w.who(), rec.ID)
			w.wantKind(err, assess.NotFound)
		}
		for _, mime := range []string{"text/html", "image/svg+xml", "", "audio/" + strings.Repeat("x", 100), "audio/a\nb"} {
			_, err := w.OpenPrompt(w.t.Context(), w.who(), asm.ID, asm.Draft.Questions[0].ID, mime)
			w.wantKind(err, assess.Invalid)
		}
	})
}

func TestWithoutFFmpegOnlyWhatBrowsersPlayBecomesAPrompt(t *testing.T) {
	sound, film := ffmpeg(t, "voice.wav", "-map", "0:a"), ffmpeg(t, "spoken.mp4", "-map", "0:a", "-map", "1:v", "-pix_fmt", "yuv420p")
	each(t, func(w *world) {
		bare := w.with(func(o *app.Options) { o.Tools = media.Tools{} })
		if bare.Converts() {
			w.t.Error("it says that it converts")
		}
		asm := bare.draft()
		for name, f := range map[string]struct {
			mime string
			file []byte
			want assess.RecordingState
		}{
			"webm":            {"audio/webm", recorded(w.t, "sound.webm"), assess.RecordingReady},
			"mp4":             {"video/mp4", film, assess.RecordingReady},
			"wav":             {"audio/wav", sound, assess.RecordingFailed},
			"sound of a film": {"audio/mp4", film, assess.RecordingFailed},
		} {
			if rec := bare.prompt(asm, f.mime, f.file); rec.State != f.want {
				w.t.Errorf("%s: %s %s", name, rec.State, rec.Failure)
			}
		}
	})
}

func TestADraftIsPublishedOnlyWithRecordingsThatAreReady(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		asm := w.draft()
		rec := w.arrived(asm, "audio/webm", recorded(w.t, "sound.webm"))
		asm.Draft.Questions[0].Recordings = named(rec.ID)
		asm = w.save(asm, asm.Draft)
		err := w.Publish(ctx, w.who(), asm.ID)
		w.wantKind(err, assess.Conflict)
		if err == nil || !strings.Contains(err.Error(), "Question 1 (en): Its recording is still being checked.") {
			w.t.Errorf("publishing says %v", err)
		}
		w.work()
		w.must(w.Publish(ctx, w.who(), asm.ID))
		asm = w.reread(asm)

		broken := w.prompt(asm, "audio/wav", []byte("<p>no sound"))
		asm.Draft.Questions[0].Recordings = named(broken.ID)
		asm = w.save(asm, asm.Draft)
		w.wantKind(w.Publish(ctx, w.who(), asm.ID), assess.Conflict)
		if asm = w.reread(asm); asm.Published || asm.Version != 1 {
			w.t.Errorf("version %d, published %v", asm.Version, asm.Published)
		}
		w.must(w.DiscardDraft(ctx, w.who(), asm.ID, asm.Revision))
		if got := w.reread(asm).Draft.Questions[0].Recordings["en"]; got != rec.ID {
			w.t.Errorf("the version names %q, want %q", got, rec.ID)
		}
	})
}

func TestARecordingOrATimeLimitIsAChangeOfTheDraft(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		asm := w.published()
		rec := w.prompt(asm, "audio/webm", recorded(w.t, "sound.webm"))
		for _, change := range []func(*assess.Content){
			func(c *assess.Content) { c.Questions[0].Recordings = named(rec.ID) },
			func(c *assess.Content) { c.TimeLimit = 45 },
		} {
			before := asm.Revision
			change(&asm.Draft)
			if asm = w.save(asm, asm.Draft); asm.Revision != before+1 {
				w.t.Errorf("revision %d follows %d", asm.Revision, before)
			}
		}
		if asm.Published || asm.Draft.TimeLimit != 45 {
			w.t.Errorf("published %v, time limit %d", asm.Published, asm.Draft.TimeLimit)
		}
		copied, err := w.DuplicateAssessment(ctx, w.who(), asm.ID)
		w.must(err)
		if q := copied.Draft.Questions[0]; q.Recordings["en"] != rec.ID || copied.Draft.TimeLimit != 45 {
			w.t.Errorf("the copy is %+v", copied.Draft)
		}
		w.must(w.Publish(ctx, w.who(), copied.ID))
	})
}

func TestADraftNamesOnlyPromptsOfItsOrganization(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		theirs := w.draft()
		rec := w.prompt(theirs, "audio/webm", recorded(w.t, "sound.webm"))
		other, err := w.CreateOrganization(ctx, app.NewOwner{
			Organization: "Other Ltd", FirstName: "Sam", LastName: "Stranger", Email: "stranger@example.org", Password: password,
		})
		w.must(err)
		stranger := other.Actor(assess.Live)
		asm, err := w.CreateAssessment(ctx, stranger, "Assessment")
		w.must(err)
		asm.Draft.Questions[0].Recordings = named(rec.ID)
		_, err = w.SaveDraft(ctx, stranger, asm.ID, asm.Revision, asm.Draft)
		w.wantKind(err, assess.Invalid)
		if err == nil || !strings.Contains(err.Error(), "questions[0].recordings.en is not there") {
			w.t.Errorf("saving says %v", err)
		}

		_, err = w.OpenPrompt(ctx, stranger, theirs.ID, theirs.Draft.Questions[0].ID, "audio/webm")
		w.wantKind(err, assess.NotFound)
		_, err = w.PromptMedia(ctx, stranger, rec.ID)
		w.wantKind(err, assess.NotFound)
		_, err = w.ByMember(stranger).Recording(ctx, rec.ID)
		w.wantKind(err, assess.NotFound)
		w.wantKind(w.ByMember(stranger).Abandon(ctx, rec.ID), assess.NotFound)
		prompts, err := w.Prompts(ctx, stranger, assess.Content{Questions: []assess.Question{{Recordings: named(rec.ID)}}})
		if err != nil || len(prompts) > 0 {
			w.t.Errorf("a stranger reads %v, %v", prompts, err)
		}
	})
}

func TestWhoReadsAssessmentsListensToPromptsAndOnlyAuthorsDeliverThem(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		asm := w.draft()
		rec := w.prompt(asm, "audio/webm", recorded(w.t, "sound.webm"))
		for role, want := range map[assess.Role]struct{ listen, deliver assess.Kind }{
			assess.Recruiter: {"", ""}, assess.Viewer: {"", assess.Forbidden}, assess.Grader: {assess.Forbidden, assess.Forbidden},
		} {
			who := w.who()
			who.Role = role
			file, err := w.PromptMedia(ctx, who, rec.ID)
			if assess.KindOf(err) != want.listen {
				w.t.Errorf("%s listens: %v", role, err)
			}
			if err == nil {
				w.must(file.Close())
			}
			if _, err := w.ByMember(who).Recording(ctx, rec.ID); assess.KindOf(err) != want.deliver {
				w.t.Errorf("%s delivers: %v", role, err)
			}
			if _, err := w.OpenPrompt(ctx, who, asm.ID, asm.Draft.Questions[0].ID, "audio/webm"); assess.KindOf(err) != want.deliver {
				w.t.Errorf("%s records: %v", role, err)
			}
		}
	})
}
