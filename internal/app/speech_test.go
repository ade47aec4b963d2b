package app_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/media"
	"alfaone/internal/speech"
)

// narrator is a speech service: an HTTP server that answers as it is told to, and notes what it was to read out.
type narrator struct {
	mu     sync.Mutex
	status int
	answer []byte
	texts  []string
}

// narrated is the world with a service that reads out.
func (w *world) narrated(answer []byte) (*world, *narrator) {
	w.t.Helper()
	n := &narrator{status: http.StatusOK, answer: answer}
	server := httptest.NewServer(n)
	w.t.Cleanup(server.Close)
	client, err := speech.New(speech.Config{URL: server.URL + "/v1", Key: "sk-secret", Model: "tts-1", Voice: "alloy"})
	w.must(err)
	return w.with(func(o *app.Options) { o.Speaker = client }), n
}

// ServeHTTP implements http.Handler.
func (n *narrator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var in struct{ Input string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n.texts = append(n.texts, in.Input)
	w.WriteHeader(n.status)
	_, _ = w.Write(n.answer)
}

// says changes what the service answers from now on.
func (n *narrator) says(status int, answer []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.status, n.answer = status, answer
}

// asked is how often the service was asked, always for the same text.
func (n *narrator) asked(t *testing.T, text string) int {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, got := range n.texts {
		if got != text {
			t.Errorf("the service was to read out %q, want %q", got, text)
		}
	}
	return len(n.texts)
}

// aloud asks the first question by sound, without a recording.
func aloud(n *assess.NewInvite, c *assess.Content) {
	n.ReplayLimit = 5
	c.Questions[0].Format = assess.AudioFormat
}

// toned is a WAV of a second of a rising and falling line.
func toned() []byte {
	samples := make([]int16, 8000)
	for i := range samples {
		samples[i] = int16((i%20 - 10) * 1000)
	}
	var b bytes.Buffer
	for _, part := range []any{
		[]byte("RIFF"), uint32(36 + 2*len(samples)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000),
		uint16(2), uint16(16), []byte("data"), uint32(2 * len(samples)), samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a buffer takes everything
	}
	return b.Bytes()
}

// hears plays the first question: what is heard, and whether anything is to be.
func (s sitting) hears() (data []byte, contentType string, audible bool) {
	s.t.Helper()
	play, err := s.play(spoken)
	s.must(err)
	if !play.Audible {
		_, err := s.heard(play)
		s.wantKind(err, assess.NotFound)
		return nil, "", false
	}
	file, err := s.PlayMedia(s.t.Context(), s.Taker, play.ID, "")
	s.must(err)
	defer func() { _ = file.Close() }()
	data, err = io.ReadAll(file)
	s.must(err)
	return data, file.ContentType, true
}

func noTools(o *app.Options) { o.Tools = media.NewTools("", "") }

func TestAServiceReadsPromptsOutOnce(t *testing.T) {
	each(t, func(w *world) {
		w, service := w.narrated(toned())
		if w.options.Tools.FFmpeg == "" {
			t.Skip("no ffmpeg here")
		}
		s := w.started(aloud)
		first, contentType, audible := s.hears()
		if !audible || contentType != "audio/webm" || media.Sniff(first) != media.WebM {
			t.Errorf("%d bytes of %s, audible: %v", len(first), contentType, audible)
		}
		again, _, _ := s.hears()
		if !bytes.Equal(first, again) || service.asked(t, "Why?") != 1 {
			t.Errorf("the service was asked %d times", service.asked(t, "Why?"))
		}
	})
}

func TestWithoutFFmpegWhatTheServiceSendsIsPlayedAsItIs(t *testing.T) {
	each(t, func(w *world) {
		w, _ = w.with(noTools).narrated(toned())
		data, contentType, _ := w.started(aloud).hears()
		if !bytes.Equal(data, toned()) || contentType != "audio/wav" {
			t.Errorf("%d bytes of %s", len(data), contentType)
		}
	})
}

func TestWhatAServiceSendsMustBeSound(t *testing.T) {
	each(t, func(w *world) {
		for name, tools := range map[string]media.Tools{"bare": media.NewTools("", ""), "ffmpeg": media.NewTools(w.options.Tools.FFmpeg, "")} {
			w, service := w.with(func(o *app.Options) { o.Tools = tools }).narrated([]byte("<html>Welcome</html>"))
			s := w.started(aloud)
			if data, _, audible := s.hears(); audible {
				t.Errorf("%s: %q is played", name, data)
			}
			w.clock.advance(time.Hour)
			w.work()
			if n := service.asked(t, "Why?"); n != 1 {
				t.Errorf("%s: the service was asked %d times, as if that could help", name, n)
			}
		}
	})
}

func TestEspeakReadsOutUntilTheServiceDoes(t *testing.T) {
	each(t, func(w *world) {
		if w.options.Tools.Speech == "" || w.options.Tools.FFmpeg == "" {
			t.Skip("no synthesizer here")
		}
		plain, _, _ := w.started(aloud).hears()
		w, service := w.narrated(nil)
		for _, status := range []int{http.StatusInternalServerError, http.StatusUnauthorized, http.StatusNotFound} {
			service.says(status, nil)
			if got, _, audible := w.started(aloud).hears(); !audible || !bytes.Equal(got, plain) {
				t.Errorf("%d: %d bytes, want the %d of espeak-ng", status, len(got), len(plain))
			}
		}
		service.says(http.StatusOK, toned())
		if got, _, audible := w.started(aloud).hears(); !audible || bytes.Equal(got, plain) {
			t.Error("espeak-ng reads out where a service does")
		}
	})
}

func TestAServiceThatFailsForAWhileIsAskedAgain(t *testing.T) {
	each(t, func(w *world) {
		for _, status := range []int{http.StatusServiceUnavailable, http.StatusUnauthorized} {
			w, service := w.with(noTools).narrated(nil)
			service.says(status, nil)
			s := w.started(aloud)
			for range 2 {
				if _, _, audible := s.hears(); audible {
					t.Errorf("%d: there is something to hear", status)
				}
			}
			w.clock.advance(time.Minute)
			w.work()
			if n := service.asked(t, "Why?"); n != 3 {
				t.Errorf("%d: the service was asked %d times, want once a play and once more", status, n)
			}
			service.says(http.StatusOK, toned())
			w.clock.advance(time.Hour)
			w.work()
			if n := service.asked(t, "Why?"); n != 4 {
				t.Errorf("%d: the service was asked %d times, want once more after an hour", status, n)
			}
			if data, _, _ := w.started(aloud).hears(); !bytes.Equal(data, toned()) || service.asked(t, "Why?") != 4 {
				t.Errorf("%d: %d bytes, after %d requests", status, len(data), service.asked(t, "Why?"))
			}
		}
	})
}
