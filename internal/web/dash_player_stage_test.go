package web_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
	"alfaone/internal/media"
	"alfaone/internal/web"
	"alfaone/internal/web/assets"
)

// Twelve seconds: sound, two seconds of silence from 2, sound, three and a half from 6, sound.
const bursts = "aevalsrc=0.5*sin(880*t)*(between(t\\,0\\,2)+between(t\\,4\\,6)+between(t\\,9.5\\,12)):d=12:s=48000"

// stage is a page of players and what they play, for one test.
type stage struct {
	t    *testing.T
	page *chromium.Page
	url  string

	broken atomic.Int64 // status that recordings are answered with, in place of the file
	cut    atomic.Int64 // bytes of them that arrive before the connection breaks; 0: all
}

// spokenLines is what the recording of a stage says.
var spokenLines = []string{"I built a queue that survives crashes.", "It keeps <leases> & attempts.", "Then we measured it.", "I would do it again."}

// onStage shows a player of sound, with comments and captions, and one of a picture.
func onStage(t *testing.T, change ...func(*web.Playback)) *stage {
	t.Helper()
	s := &stage{t: t}
	sound := s.sound()
	files, err := assets.New()
	s.must(err)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	first := web.Playback{
		Label: "Answer to question 1", Media: "/sound.webm", Waveform: "/waveform", Captions: "/captions", Language: "en", Length: 12 * time.Second, Commentable: true, Eager: true,
		Comments: []web.PlayerComment{{ID: "a", At: 1000, Text: "Good example"}, {ID: "b", At: 8000, Text: "Which one?"}, {ID: "c", At: 8100, Text: "Ask again"}},
	}
	for _, f := range change {
		f(&first)
	}
	mux.Handle("GET /static/", files.Handler())
	mux.Handle("GET /{$}", web.PlayerPage(files, first, web.Playback{Label: "Answer to question 2", Media: "/video.webm", Width: 160, Height: 120, Length: 3 * time.Second}))
	mux.Handle("GET /sound.webm", s.recording("audio/webm", sound))
	mux.Handle("GET /video.webm", s.recording("video/webm", read(t, "../media/testdata/video.webm")))
	mux.Handle("GET /sound.wav", s.recording("audio/wav", tone()))
	mux.Handle("GET /waveform", fixed("application/json", s.waveform(sound)))
	mux.Handle("GET /captions", fixed("text/vtt", []byte(transcript().WebVTT())))
	s.page = chromium.New(t)
	s.page.Open(s.url)
	s.page.In("answer-player").WaitControl("Play")
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func transcript() (tr assess.Transcript) {
	for i, at := range []float64{0.2, 4, 5, 9.6} {
		start := time.Duration(at * float64(time.Second))
		tr.Segments = append(tr.Segments, assess.Segment{Start: start, End: start + 900*time.Millisecond, Text: spokenLines[i]})
	}
	return tr
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// sound is a recording of the bursts.
func (s *stage) sound() []byte {
	s.t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatal(err)
		}
		s.t.Skip(err)
	}
	path := filepath.Join(s.t.TempDir(), "sound.webm")
	if out, err := exec.CommandContext(s.t.Context(), program, "-v", "error", "-f", "lavfi", "-i", bursts, "-c:a", "libopus", path).CombinedOutput(); err != nil {
		s.t.Fatalf("make a sound: %v\n%s", err, out)
	}
	return read(s.t, path)
}

// waveform is made as the product makes it.
func (s *stage) waveform(sound []byte) []byte {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "heard.webm")
	s.must(os.WriteFile(path, sound, 0o600))
	heard, err := media.Find(exec.LookPath).Analyze(s.t.Context(), path)
	s.must(err)
	points, err := json.Marshal(heard.Waveform)
	s.must(err)
	return points
}

// tone is a minute that needs no index, as a WAV file of 96 kB a second.
func tone() []byte {
	const rate, bytesOf = 48_000, 60 * 2 * 48_000
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, 36+bytesOf)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, 2*rate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, bytesOf)
	for at := range bytesOf / 2 {
		b = binary.LittleEndian.AppendUint16(b, uint16(at%96*100))
	}
	return b
}

func fixed(kind string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(body)
	})
}

// recording sends a file as long as the stage is whole.
func (s *stage) recording(kind string, file []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := s.broken.Load(); status != 0 {
			http.Error(w, "broken", int(status))
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		if cut := s.cut.Load(); cut != 0 {
			var from int64
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			if r.Method == http.MethodHead {
				from = cut
			}
			w = &brokenWire{w, cut - from}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	})
}

// brokenWire breaks off after so many bytes.
type brokenWire struct {
	http.ResponseWriter
	left int64
}

func (w *brokenWire) WriteHeader(status int) {
	if w.left <= 0 {
		panic(http.ErrAbortHandler)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *brokenWire) Write(b []byte) (int, error) {
	if w.left -= int64(len(b)); w.left <= 0 {
		panic(http.ErrAbortHandler)
	}
	return w.ResponseWriter.Write(b)
}

// eval evaluates an expression about the first player.
func eval[T any](s *stage, expression string) T {
	s.t.Helper()
	return chromium.Eval[T](s.page, `(async () => {
		const player = document.querySelector("answer-player"), media = player.querySelector("audio, video");
		const until = async (fact) => { while (!fact()) await new Promise((later) => setTimeout(later, 10)) };
		return `+expression+`;
	})()`)
}

// wantAt says that playing is near a second.
func (s *stage) wantAt(second float64) {
	s.t.Helper()
	if got := eval[float64](s, "player.seconds"); math.Abs(got-second) > 0.05 {
		s.t.Errorf("playing is at %.2f seconds, want %.2f", got, second)
	}
}

// wantMoment says what a screen reader hears of the seek bar.
func (s *stage) wantMoment(text string) {
	s.t.Helper()
	if got := eval[string](s, `player.querySelector("[role=slider]").getAttribute("aria-valuetext")`); got != text {
		s.t.Errorf("the seek bar says %q, want %q", got, text)
	}
}

// first is the first player alone.
func (s *stage) first() *chromium.Page { return s.page.In("answer-player") }
