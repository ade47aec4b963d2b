package app_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/media"
	"alfaone/internal/speech"
)

// listener is a transcription service: an HTTP server that speaks the protocol and says what it is told to.
type listener struct {
	mu     sync.Mutex
	status int
	answer string
	retry  string // the header Retry-After
	during func() // happens while it listens
	heard  []sent
}

// sent is what the service was sent.
type sent struct {
	name, language string
	sound          []byte
}

// saying is a service that answers every recording in the same way, and the world in which it is set up.
func (w *world) saying(answer string) (*world, *listener) {
	w.t.Helper()
	l := &listener{status: http.StatusOK, answer: answer}
	server := httptest.NewServer(l)
	w.t.Cleanup(server.Close)
	client, err := speech.New(speech.Config{URL: server.URL + "/v1", Key: "sk-secret", Model: "whisper-1"})
	w.must(err)
	return w.with(func(o *app.Options) { o.Transcriber = client }), l
}

// ServeHTTP implements http.Handler.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	file, header, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	data, err := io.ReadAll(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.heard = append(l.heard, sent{header.Filename, r.FormValue("language"), data})
	if l.during != nil {
		l.during()
	}
	w.Header().Set("Retry-After", l.retry)
	w.WriteHeader(l.status)
	_, _ = io.WriteString(w, l.answer)
}

// says changes what the service answers from now on.
func (l *listener) says(status int, answer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.answer = status, answer
}

func (l *listener) requests() []sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard
}

const twoLines = `{"text":"Hello. I fix things.","segments":[{"start":0.2,"end":1,"text":"Hello."},{"start":1.2,"end":2.9,"text":"I fix things."},{"start":3600,"end":3601,"text":"Thanks for watching."}]}`

func (s sitting) transcript(rec assess.Recording) assess.Transcript {
	s.t.Helper()
	t, err := s.Transcript(s.t.Context(), s.who(), s.invite, rec.ID)
	s.must(err)
	return t
}

func (s sitting) edit(rec assess.Recording, edits ...assess.LineEdit) (assess.Transcript, error) {
	return s.EditTranscript(s.t.Context(), s.who(), s.invite, rec.ID, edits)
}

// wantTranscript checks where a transcript stands and what it says.
func (s sitting) wantTranscript(rec assess.Recording, state assess.TranscriptState, text, failure string) {
	s.t.Helper()
	if t := s.transcript(rec); t.State != state || t.Text() != text || t.Failure != failure {
		s.t.Errorf("it is %s, says %q and failed because of %q; want %s, %q and %q", t.State, t.Text(), t.Failure, state, text, failure)
	}
}

func TestAnAnswerIsTranscribedOnceItIsReady(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(twoLines)
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Language = "es" })
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		got := s.transcript(rec)
		want := assess.Transcript{
			Org: rec.Org, Recording: rec.ID, State: assess.TranscriptReady, Language: "es", Revision: 2, UpdatedAt: w.clock.now,
			Segments: []assess.Segment{
				{Start: 200 * time.Millisecond, End: time.Second, Text: "Hello."},
				{Start: 1200 * time.Millisecond, End: 2900 * time.Millisecond, Text: "I fix things."},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		whole, err := s.served(rec.ID)
		w.must(err)
		if heard := service.requests(); len(heard) != 1 || heard[0].language != "es" || heard[0].name != "sound.webm" || !bytes.Equal(heard[0].sound, whole) {
			t.Errorf("the service was sent %d files", len(heard))
		}
		answers, err := answersGiven(w.Results(t.Context(), w.who(), s.invite))
		w.must(err)
		if diff := cmp.Diff(&want, answers.Questions[spoken-1].Transcript); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOfAVideoOnlyTheSoundIsSent(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(twoLines)
		for file, mime := range map[string]string{"video.webm": "video/webm;codecs=vp9,opus", "video.mp4": "video/mp4;codecs=vp9,opus"} {
			s := w.started()
			s.record(onCamera, mime, sample(t, file))
			heard := service.requests()
			got := heard[len(heard)-1]
			if ending := file[strings.LastIndexByte(file, '.'):]; got.name != "sound"+ending {
				t.Errorf("%s is called %s", file, got.name)
			}
			if info := described(t, got.sound); info.Video || !info.Audio || info.Duration < 2900*time.Millisecond {
				t.Errorf("of %s was sent %+v", file, info)
			}
		}
	})
}

func described(t *testing.T, file []byte) media.Info {
	t.Helper()
	read := func() (media.Info, error) { return media.InspectMP4(bytes.NewReader(file), int64(len(file))) }
	if media.Sniff(file) == media.WebM {
		read = func() (media.Info, error) { return media.IndexWebM(bytes.NewReader(file), discard{}) }
	}
	info, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// discard is a file that keeps nothing.
type discard struct{}

func (discard) Write(p []byte) (int, error)         { return len(p), nil }
func (discard) Seek(at int64, _ int) (int64, error) { return at, nil }

func TestWithoutFFmpegTheWholeFileIsSent(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(twoLines)
		w = w.with(func(o *app.Options) { o.Tools = media.NewTools("", "") })
		s := w.started()
		rec := s.record(onCamera, "video/webm;codecs=vp9,opus", sample(t, "video.webm"))
		if heard := service.requests(); len(heard) != 1 || !described(t, heard[0].sound).Video {
			t.Errorf("the service was sent %d files", len(heard))
		}
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "")
	})
}

func TestWithoutAServiceNothingIsTranscribed(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		_, err := w.Transcript(t.Context(), w.who(), s.invite, rec.ID)
		w.wantKind(err, assess.NotFound)
		w.wantKind(w.Retranscribe(t.Context(), w.who(), s.invite, rec.ID), assess.Conflict)
	})
}

func TestWhatWasRecordedBeforeCanBeTranscribedLater(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		s.world, _ = w.saying(twoLines)
		w.must(s.Retranscribe(t.Context(), w.who(), s.invite, rec.ID))
		s.wantTranscript(rec, assess.TranscriptQueued, "", "")
		s.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "")
	})
}

func TestARefusedRecordingFailsWithAReasonUntilSomebodyTriesAgain(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(`{"error":{"message":"Audio file is too short."}}`)
		service.status = http.StatusBadRequest
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		s.wantTranscript(rec, assess.TranscriptFailed, "", "The transcription service answers 400: Audio file is too short.")
		tried := len(service.requests())
		w.clock.advance(24 * time.Hour)
		w.work()
		if len(service.requests()) != tried {
			t.Error("it was tried again, though nothing can come of it")
		}
		service.says(http.StatusOK, twoLines)
		w.must(w.Retranscribe(t.Context(), w.who(), s.invite, rec.ID))
		w.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "")
	})
}

func TestTroubleThatPassesIsWaitedFor(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying("")
		service.status, service.retry = http.StatusTooManyRequests, "1000"
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		s.wantTranscript(rec, assess.TranscriptQueued, "", "The transcription service answers 429 Too Many Requests.")
		service.says(http.StatusOK, twoLines)
		w.clock.advance(999 * time.Second)
		w.work()
		s.wantTranscript(rec, assess.TranscriptQueued, "", "The transcription service answers 429 Too Many Requests.")
		w.clock.advance(2 * time.Second)
		w.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "")
	})
}

func TestTroubleThatDoesNotPassIsGivenUp(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying("")
		service.status = http.StatusBadGateway
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		for range 20 {
			w.clock.advance(6 * time.Hour)
			w.work()
		}
		s.wantTranscript(rec, assess.TranscriptFailed, "", "The transcription service answers 502 Bad Gateway.")
		if n := len(service.requests()); n != 10 {
			t.Errorf("it was tried %d times", n)
		}
	})
}

func TestARefusedKeyFailsNoRecording(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(`{"error":{"message":"Incorrect API key provided: sk-secret"}}`)
		service.status = http.StatusUnauthorized
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		for range 20 {
			w.clock.advance(6 * time.Hour)
			w.work()
		}
		s.wantTranscript(rec, assess.TranscriptQueued, "", "The transcription service does not accept the key (401).")
		service.says(http.StatusOK, twoLines)
		w.clock.advance(time.Hour)
		w.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "")
	})
}

func TestATextWithoutTimesIsSpreadOverTheRecording(t *testing.T) {
	each(t, func(w *world) {
		w, _ = w.saying(`{"text":"` + strings.Repeat("This is a sentence that goes on for quite a while. ", 6) + `"}`)
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		got := s.transcript(rec).Segments
		if len(got) != 6 || got[0].Start != 0 || got[5].End != rec.Media.Duration || got[2].Start != got[1].End {
			t.Errorf("the lines are %+v", got)
		}
	})
}

func TestLinesAreEditedByWhoMay(t *testing.T) {
	each(t, func(w *world) {
		w, _ = w.saying(twoLines)
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		for role, kind := range map[assess.Role]assess.Kind{assess.Viewer: assess.Forbidden, assess.Grader: assess.Forbidden, assess.Recruiter: ""} {
			who := w.who()
			who.Role, who.Name = role, string(role)
			_, err := w.EditTranscript(t.Context(), who, s.invite, rec.ID, []assess.LineEdit{{Line: 1, Was: "I fix things.", Text: " I fix  bikes. "}})
			w.wantKind(err, kind)
			w.wantKind(w.Retranscribe(t.Context(), who, s.invite, rec.ID), map[assess.Kind]assess.Kind{"": assess.Conflict, assess.Forbidden: assess.Forbidden}[kind])
		}
		got := s.transcript(rec)
		if got.EditedBy != "recruiter" || got.Text() != "Hello.\nI fix bikes." || !got.EditedAt.Equal(w.clock.now) {
			t.Errorf("got %+v", got)
		}
		_, err := w.EditTranscript(t.Context(), w.who(), s.invite, assess.RecordingID(s.invite), nil)
		w.wantKind(err, assess.NotFound)
	})
}

func TestWhoIsSecondAtALineSeesWhatIsInTheirWay(t *testing.T) {
	each(t, func(w *world) {
		w, _ = w.saying(twoLines)
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		_, err := s.edit(rec, assess.LineEdit{Line: 0, Was: "Hello.", Text: "Hallo."})
		w.must(err)
		_, err = s.edit(rec, assess.LineEdit{Line: 1, Was: "I fix things.", Text: "I mend things."})
		w.must(err) // another line
		now, err := s.edit(rec, assess.LineEdit{Line: 0, Was: "Hello.", Text: "Hullo."}, assess.LineEdit{Line: 1, Was: "I mend things.", Text: ""})
		w.wantCode(err, assess.Differs)
		if now.Text() != "Hallo.\nI mend things." {
			t.Errorf("shown is %q", now.Text())
		}
		s.wantTranscript(rec, assess.TranscriptReady, "Hallo.\nI mend things.", "")
	})
}

func TestWhatAMemberHasEditedIsNeverReplaced(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(twoLines)
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		w.must(w.Retranscribe(t.Context(), w.who(), s.invite, rec.ID))
		_, err := s.edit(rec, assess.LineEdit{Line: 0, Was: "Hello.", Text: "Hallo."})
		w.wantKind(err, assess.Conflict) // it is being replaced
		service.says(http.StatusBadRequest, "")
		w.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.\nI fix things.", "The transcription service answers 400 Bad Request.")
		_, err = s.edit(rec, assess.LineEdit{Line: 0, Was: "Hello.", Text: "Hallo."})
		w.must(err)
		w.wantKind(w.Retranscribe(t.Context(), w.who(), s.invite, rec.ID), assess.Conflict)
		w.wantKind(w.ImportTranscript(t.Context(), w.who(), s.invite, rec.ID, nil), assess.Conflict)
		w.work()
		s.wantTranscript(rec, assess.TranscriptReady, "Hallo.\nI fix things.", "The transcription service answers 400 Bad Request.")
	})
}

func TestARecordingThatIsErasedWhileItIsHeardEndsTheJob(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.saying(twoLines)
		s := w.started()
		service.during = func() {
			w.must(w.Withdraw(t.Context(), s.Token, app.Client{}))
		}
		rec := s.upload(spoken, opus, sample(t, "sound.webm"))
		w.work()
		if n := len(service.requests()); n != 1 {
			t.Errorf("it was heard %d times", n)
		}
		_, err := w.Transcript(t.Context(), w.who(), s.invite, rec.ID)
		w.wantKind(err, assess.NotFound)
	})
}

func TestATranscriptFromElsewhereIsTakenOnce(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.record(spoken, opus, sample(t, "sound.webm"))
		lines := []assess.Segment{{End: time.Second, Text: "Hello."}}
		bad := []assess.Segment{{Start: 2 * time.Second, End: time.Second, Text: "Hello."}}
		w.wantKind(w.ImportTranscript(t.Context(), w.who(), s.invite, rec.ID, bad), assess.Invalid)
		w.must(w.ImportTranscript(t.Context(), w.who(), s.invite, rec.ID, lines))
		s.wantTranscript(rec, assess.TranscriptReady, "Hello.", "")
		w.wantKind(w.ImportTranscript(t.Context(), w.who(), s.invite, rec.ID, lines), assess.Conflict)
	})
}
