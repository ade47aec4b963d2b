package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/media"
)

// sample is a file that a browser has recorded: three seconds.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "media", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// record answers a question with a file, whatever it is, and has it verified.
func (s sitting) record(number int, mime string, file []byte) assess.Recording {
	s.t.Helper()
	rec := s.upload(number, mime, file)
	s.work()
	return s.state(rec.ID)
}

// upload is record before it is verified.
func (s sitting) upload(number int, mime string, file []byte) assess.Recording {
	s.t.Helper()
	rec, _, err := s.OpenTake(s.t.Context(), s.Taker, number, mime)
	s.must(err)
	d := s.ByCandidate(s.Taker)
	n := 0
	for part := range slices.Chunk(file, max(5000, len(file)/20)) {
		s.must(d.PutChunk(s.t.Context(), rec.ID, chunkOf(n, part), bytes.NewReader(part)))
		n++
	}
	_, err = d.Finish(s.t.Context(), rec.ID, n, int64(len(file)))
	s.must(err)
	return rec
}

func (s sitting) state(id assess.RecordingID) assess.Recording {
	s.t.Helper()
	got, err := s.ByCandidate(s.Taker).Recording(s.t.Context(), id)
	s.must(err)
	return got.Recording
}

// served is what a candidate gets of their recording.
func (s sitting) served(id assess.RecordingID) ([]byte, error) {
	s.t.Helper()
	file, err := s.ByCandidate(s.Taker).Media(s.t.Context(), id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	s.must(err)
	return data, nil
}

func TestWhatABrowserRecordsBecomesAPlayableFile(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		for _, test := range []struct {
			file, mime string
			number     int
			want       assess.Media
		}{
			{"sound.webm", opus, spoken, assess.Media{ContentType: "audio/webm", Sound: true, Waveform: true}},
			{"video.webm", "video/webm;codecs=vp9,opus", onCamera, assess.Media{ContentType: "video/webm", Width: 160, Height: 120, Sound: true, Waveform: true, Poster: true}},
			{"video.mp4", "video/mp4;codecs=vp9,opus", onCamera, assess.Media{ContentType: "video/mp4", Width: 160, Height: 120, Sound: true, Waveform: true, Poster: true}},
		} {
			rec := s.record(test.number, test.mime, sample(t, test.file))
			if rec.State != assess.RecordingReady || rec.FinishedAt.IsZero() {
				t.Errorf("%s is %s because of %q", test.file, rec.State, rec.Failure)
				continue
			}
			data, err := s.served(rec.ID)
			w.must(err)
			got := rec.Media
			if sum := chunkOf(0, data); got.SHA256 != sum.SHA256 || got.Bytes != sum.Bytes {
				t.Errorf("%s: the sum of what is served is not the one that is kept", test.file)
			}
			if got.Duration < 2900*time.Millisecond || got.Duration > 3200*time.Millisecond {
				t.Errorf("%s lasts %s", test.file, got.Duration)
			}
			test.want.Width, test.want.Height = got.Width, got.Height
			if (test.number == onCamera) != got.Picture() {
				t.Errorf("%s is %d × %d pixels", test.file, got.Width, got.Height)
			}
			got.SHA256, got.Bytes, got.Duration = "", 0, 0
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s: %s", test.file, diff)
			}
			want := []string{"media", "waveform.json"}
			if test.number == onCamera {
				want = []string{"media", "poster.jpg", "waveform.json"}
			}
			if keys := w.keys(rec.ID); !slices.Equal(keys, want) {
				t.Errorf("%s: kept are %q, want %q", test.file, keys, want)
			}
		}
		w.waveformMakesSense(s.question(spoken).Take.ID)
		if notes := w.notes(s.invite, assess.InviteAnswered); len(notes) != 3 || notes[0] != "question 1, take 1, 0:03" {
			t.Errorf("the timeline says %q", notes)
		}
	})
}

func (w *world) waveformMakesSense(id assess.RecordingID) {
	w.t.Helper()
	object, err := w.blobs.Open(w.t.Context(), string(w.owner.Org)+"/recordings/"+string(id)+"/waveform.json")
	w.must(err)
	defer func() { _ = object.Close() }()
	var wave media.Waveform
	w.must(json.NewDecoder(object).Decode(&wave))
	if wave.Length < 800 || wave.Length > 2000 || len(wave.Data) != 2*wave.Length || slices.Max(wave.Data) < 1 {
		w.t.Errorf("a waveform of %d points, the highest %d", wave.Length, slices.Max(wave.Data))
	}
}

// misfits are uploads of which no answer can come, and what the candidate is told. The question allows six seconds.
func misfits(t *testing.T) map[string]misfit {
	t.Helper()
	sound, film := sample(t, "sound.webm"), sample(t, "video.webm")
	webm := func(args ...string) []byte { return ffmpeg(t, "made.webm", args...) }
	audio := []string{"-map", "0:a", "-c:a", "libopus"}
	head := sound[:bytes.Index(sound, []byte("\x1f\x43\xb6\x75"))] // up to the first cluster
	all := map[string]misfit{
		"silent":                   {opus, spoken, webm(append([]string{"-af", "volume=0"}, audio...)...), assess.Silent},
		"half a second":            {opus, spoken, webm(append([]string{"-t", "0.5"}, audio...)...), assess.TooShort},
		"much longer than allowed": {opus, spoken, webm(append([]string{"-af", "apad", "-t", "80"}, audio...)...), assess.TooLong},
		"sound instead of a film":  {"video/webm;codecs=vp9,opus", onCamera, sound, assess.Mismatched},
		"a film without sound":     {"video/webm;codecs=vp9,opus", onCamera, webm("-map", "1:v", "-c:v", "libvpx-vp9", "-cpu-used", "8"), assess.Mismatched},
		"the end without the head": {opus, spoken, sound[1000:], assess.Undecodable},
		"the head alone":           {opus, spoken, head, assess.Undecodable},
		"a head and nonsense":      {opus, spoken, slices.Concat(head, bytes.Repeat([]byte("\x1f\x43nonsense"), 2000)), assess.Undecodable},
		"a page behind a head":     {opus, spoken, slices.Concat(head, []byte("<!doctype html><script>alert(1)</script>")), assess.Undecodable},
		"a page before a film":     {"video/webm", onCamera, slices.Concat([]byte("<!doctype html><script>alert(1)</script>"), film), assess.Undecodable},
		"a playlist":               {opus, spoken, []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), assess.Undecodable},
		"a concat script":          {opus, spoken, []byte("ffconcat version 1.0\nfile /etc/passwd\n"), assess.Undecodable},
		"zeroes":                   {opus, spoken, make([]byte, 20_000), assess.Undecodable},
		"one byte":                 {opus, spoken, []byte("x"), assess.Undecodable},
		"a raw audio file":         {opus, spoken, ffmpeg(t, "made.wav", "-map", "0:a"), assess.Undecodable},
	}
	for name, file := range map[string]string{
		"a page":      "<!doctype html><title>x</title><script>alert(1)</script>",
		"a drawing":   `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"an archive":  "PK\x03\x04\x14\x00\x00\x00\x00\x00",
		"a picture":   "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00",
		"a program":   "\x7fELF\x02\x01\x01\x00",
		"a document":  "%PDF-1.7\n",
		"a script":    "GIF89a/*<script>alert(1)</script>*/=0;",
		"a photo":     "\xff\xd8\xff\xe0\x00\x10JFIF\x00",
		"white space": " \n\t ",
	} {
		all[name] = misfit{opus, spoken, []byte(file), assess.Undecodable}
		all[name+" before sound"] = misfit{opus, spoken, slices.Concat([]byte(file), sound), assess.Undecodable}
	}
	return all
}

type misfit struct {
	mime   string
	number int
	file   []byte
	why    assess.Failure
}

func TestWhatIsNotWhatItShouldBeIsNeitherAnAnswerNorServedNorCounted(t *testing.T) {
	files := misfits(t)
	each(t, func(w *world) {
		s := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].MaxAnswer = 6 })
		for name, m := range files {
			rec := s.record(m.number, m.mime, m.file)
			if rec.State != assess.RecordingFailed || rec.Failure != m.why || rec.FinishedAt.IsZero() {
				t.Errorf("%s is %s because of %q, want %q", name, rec.State, rec.Failure, m.why)
			}
			if _, err := s.served(rec.ID); assess.KindOf(err) != assess.NotFound {
				t.Errorf("%s is served: %v", name, err)
			}
			if slices.Contains(w.keys(rec.ID), "media") {
				t.Errorf("%s is kept as media", name)
			}
			if q := s.question(m.number); q.Answer.Takes != 0 || q.State != assess.Unanswered || q.Failed == nil || q.Failed.ID != rec.ID {
				t.Errorf("%s: %d takes are used, the question is %s", name, q.Answer.Takes, q.State)
			}
		}
		if told := len(w.notes(s.invite, assess.InviteTakeFailed)); told != len(files) {
			t.Errorf("the timeline tells of %d of %d", told, len(files))
		}
	})
}

func TestWhatStandsBehindAFilmIsNotServedWithIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		page := []byte("<!doctype html><script>alert(1)</script>")
		rec := s.record(spoken, opus, slices.Concat(sample(t, "sound.webm"), page))
		data, err := s.served(rec.ID)
		if err != nil || bytes.Contains(data, page) || !bytes.HasPrefix(data, []byte("\x1a\x45\xdf\xa3")) {
			t.Errorf("served are %d bytes, with the page: %v; %v", len(data), bytes.Contains(data, page), err)
		}
	})
}

func TestAFilmThatBreaksOffCountsUpToThere(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		file := sample(t, "video.webm")
		rec := s.record(onCamera, "video/webm", file[:len(file)*2/3])
		if rec.State != assess.RecordingReady || rec.Media.Duration < time.Second || rec.Media.Duration > 2900*time.Millisecond {
			t.Errorf("%s because of %q, %s long", rec.State, rec.Failure, rec.Media.Duration)
		}
	})
}

func TestASliceThatHasChangedWhereItLiesIsNotPassedOffAsTheCandidates(t *testing.T) {
	for name, spoil := range map[string]func(w *world, key string) error{
		"changed": func(w *world, key string) error {
			return w.blobs.Put(w.t.Context(), key, strings.NewReader("other"), 5)
		},
		"lost": func(w *world, key string) error { return w.blobs.Delete(w.t.Context(), key) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				s := w.started()
				rec := s.upload(spoken, opus, sample(t, "sound.webm"))
				w.must(spoil(w, string(w.owner.Org)+"/recordings/"+string(rec.ID)+"/"+w.keys(rec.ID)[1]))
				w.work()
				if got := s.state(rec.ID); got.State != assess.RecordingFailed || got.Failure != assess.Undecodable {
					t.Errorf("%s because of %q", got.State, got.Failure)
				}
			})
		})
	}
}

// TestFinalizingCanBeCutOffAnywhere lets each call to the storage fail in turn, tries again, and wants what comes out without
// trouble.
func TestFinalizingCanBeCutOffAnywhere(t *testing.T) {
	for name, test := range map[string]struct {
		file, mime string
		number     int
	}{
		"sound":    {"sound.webm", opus, spoken},
		"film":     {"video.webm", "video/webm;codecs=vp9,opus", onCamera},
		"film MP4": {"video.mp4", "video/mp4", onCamera},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				file := sample(t, test.file)
				want := w.started().record(test.number, test.mime, file)
				for at := 1; ; at++ {
					s := w.started()
					rec := s.upload(test.number, test.mime, file)
					trouble := &faulty{Store: w.blobs, at: at}
					w.with(func(o *app.Options) { o.Blobs = trouble }).work()
					if trouble.calls < at {
						if at < 5 {
							w.t.Fatalf("the storage was called %d times", trouble.calls)
						}
						break
					}
					w.clock.advance(time.Hour)
					w.work()
					got := s.state(rec.ID)
					if diff := cmp.Diff(want.Media, got.Media); diff != "" || got.State != assess.RecordingReady {
						t.Errorf("cut off at call %d: %s because of %q: %s", at, got.State, got.Failure, diff)
					}
					if left := slices.DeleteFunc(w.keys(rec.ID), func(key string) bool { return !strings.HasPrefix(key, "chunks/") }); len(left) > 0 {
						t.Errorf("cut off at call %d: %q are left", at, left)
					}
					if n := len(w.notes(s.invite, assess.InviteAnswered)); n != 1 {
						t.Errorf("cut off at call %d: answered %d times", at, n)
					}
				}
			})
		})
	}
}

func TestWithoutToolsEverythingWorksButTheirWork(t *testing.T) {
	each(t, func(w *world) {
		s := w.with(func(o *app.Options) { o.Tools = media.Tools{} }).started()
		for number, test := range map[int]struct{ file, mime string }{spoken: {"sound.webm", opus}, onCamera: {"video.mp4", "video/mp4"}} {
			rec := s.record(number, test.mime, sample(t, test.file))
			if rec.State != assess.RecordingReady || rec.Media.Duration < 2*time.Second || rec.Media.Waveform || rec.Media.Poster {
				t.Errorf("%s is %s because of %q: %+v", test.file, rec.State, rec.Failure, rec.Media)
			}
			if data, err := s.served(rec.ID); err != nil || int64(len(data)) != rec.Media.Bytes {
				t.Errorf("%s: served are %d of %d bytes, %v", test.file, len(data), rec.Media.Bytes, err)
			}
			if keys := w.keys(rec.ID); !slices.Equal(keys, []string{"media"}) {
				t.Errorf("kept are %q", keys)
			}
		}
		if rec := s.record(spoken, opus, []byte("<!doctype html>")); rec.Failure != assess.Undecodable {
			t.Errorf("a page is %s because of %q", rec.State, rec.Failure)
		}
	})
}

func TestToolsThatKeepFailingDelayARecordingButDoNotCostIt(t *testing.T) {
	crashing := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(crashing, []byte("#!/bin/sh\nkill -9 $$\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	each(t, func(w *world) {
		s := w.with(func(o *app.Options) { o.Tools = media.NewTools(crashing, "") }).started()
		for number, test := range map[int]struct{ file, mime string }{spoken: {"sound.webm", opus}, onCamera: {"video.mp4", "video/mp4"}} {
			rec := s.upload(number, test.mime, sample(t, test.file))
			for range 3 {
				s.work()
				if got := s.state(rec.ID); got.State != assess.RecordingUploaded {
					t.Errorf("%s is %s because of %q before the tools were given another chance", test.file, got.State, got.Failure)
				}
				w.clock.advance(time.Minute)
			}
			s.work()
			if got := s.state(rec.ID); got.State != assess.RecordingReady || got.Media.Waveform || got.Media.Poster {
				t.Errorf("%s is %s because of %q: %+v", test.file, got.State, got.Failure, got.Media)
			}
		}
	})
}

func TestScreenWebcamAndPhotosAreKeptAsWhatTheyAre(t *testing.T) {
	each(t, func(w *world) {
		s := w.sitting()
		for _, test := range []struct {
			purpose    assess.Purpose
			mime       string
			file       []byte
			state      assess.RecordingState
			kind, note string
		}{
			{assess.ForScreen, "video/webm", sample(t, "video.webm"), assess.RecordingReady, "video/webm", ""},
			{assess.ForWebcam, "video/webm", sample(t, "video.webm"), assess.RecordingReady, "video/webm", ""},
			{assess.ForScreen, "video/webm", []byte("<html>"), assess.RecordingFailed, "", ""},
			{assess.ForDocument, "image/jpeg", ffmpeg(t, "a.jpg", "-map", "1:v", "-frames:v", "1"), assess.RecordingReady, "image/jpeg", "photo of a document"},
			{assess.ForFace, "image/png", ffmpeg(t, "a.png", "-map", "1:v", "-frames:v", "1"), assess.RecordingReady, "image/jpeg", "photo of the face"},
			{assess.ForFace, "image/jpeg", sample(t, "video.webm"), assess.RecordingFailed, "", ""},
			{assess.ForFace, "image/svg+xml", []byte("<svg onload=alert(1)>"), assess.RecordingFailed, "", ""},
		} {
			before := len(w.notes(s.invite, assess.InviteIdentified))
			rec, err := s.OpenEvidence(t.Context(), s.Taker, test.purpose, test.mime)
			w.must(err)
			d := s.ByCandidate(s.Taker)
			w.must(d.PutChunk(t.Context(), rec.ID, chunkOf(0, test.file), bytes.NewReader(test.file)))
			_, err = d.Finish(t.Context(), rec.ID, 1, int64(len(test.file)))
			w.must(err)
			w.work()
			got := s.state(rec.ID)
			if got.State != test.state || got.Media.ContentType != test.kind || got.State == assess.RecordingReady && !got.Media.Picture() {
				t.Errorf("%s of %s is %s because of %q: %+v", test.purpose, test.mime, got.State, got.Failure, got.Media)
			}
			if notes := w.notes(s.invite, assess.InviteIdentified)[before:]; strings.Join(notes, "") != test.note {
				t.Errorf("%s: the timeline says %q", test.purpose, notes)
			}
			if data, err := s.served(rec.ID); err == nil && test.purpose.Photo() && bytes.Equal(data, test.file) {
				t.Errorf("%s is served as it was sent", test.purpose)
			}
		}
	})
}

func TestWhileTheStorageIsAwayNothingIsDecided(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.upload(spoken, opus, sample(t, "sound.webm"))
		for range 5 {
			w.with(func(o *app.Options) { o.Blobs = &faulty{Store: w.blobs, at: 1} }).work()
			w.clock.advance(6 * time.Hour)
		}
		if got := s.state(rec.ID); got.State != assess.RecordingUploaded {
			t.Errorf("while the storage is away the recording is %s because of %q", got.State, got.Failure)
		}
		w.work()
		if got := s.state(rec.ID); got.State != assess.RecordingReady {
			t.Errorf("when it is back the recording is %s because of %q", got.State, got.Failure)
		}
	})
}
