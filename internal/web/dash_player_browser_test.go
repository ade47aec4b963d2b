package web_test

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

	broken atomic.Int64 // status that the recording is answered with, in place of the file
	cut    atomic.Int64 // bytes of it that are sent; 0: all
}

// spokenLines is what the recording of a stage says.
var spokenLines = []string{"I built a queue that survives crashes.", "It keeps <leases> & attempts.", "Then we measured it.", "I would do it again."}

// onStage shows a player of sound, with comments and captions, and one of a picture.
func onStage(t *testing.T, change ...func(*web.Playback)) *stage {
	t.Helper()
	s := &stage{t: t}
	sound, film := s.make("sound.webm", "-map", "0:a", "-c:a", "libopus"), s.make("film.webm", "-c:v", "libvpx", "-b:v", "200k", "-c:a", "libopus")
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
	mux.Handle("GET /{$}", web.PlayerPage(files, first, web.Playback{Label: "Answer to question 2", Media: "/film.webm", Width: 320, Height: 240, Length: 12 * time.Second}))
	mux.Handle("GET /sound.webm", s.recording("audio/webm", sound))
	mux.Handle("GET /film.webm", s.recording("video/webm", film))
	mux.Handle("GET /waveform", fixed("application/json", s.waveform()))
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

// make makes a recording of the bursts.
func (s *stage) make(name string, args ...string) []byte {
	s.t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatal(err)
		}
		s.t.Skip(err)
	}
	path := filepath.Join(s.t.TempDir(), name)
	args = append([]string{"-v", "error", "-f", "lavfi", "-i", bursts, "-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=12"}, args...)
	if out, err := exec.CommandContext(s.t.Context(), program, append(args, path)...).CombinedOutput(); err != nil {
		s.t.Fatalf("make %s: %v\n%s", name, err, out)
	}
	file, err := os.ReadFile(path)
	s.must(err)
	return file
}

// waveform is that of the bursts, made as the product makes it.
func (s *stage) waveform() []byte {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "sound.webm")
	s.must(os.WriteFile(path, s.make("sound.webm", "-map", "0:a", "-c:a", "libopus"), 0o600))
	heard, err := media.Find(exec.LookPath).Analyze(s.t.Context(), path)
	s.must(err)
	points, err := json.Marshal(heard.Waveform)
	s.must(err)
	return points
}

func fixed(kind string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(body)
	})
}

// recording sends a file as long as the stage is not broken.
func (s *stage) recording(kind string, file []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := s.broken.Load(); status != 0 {
			http.Error(w, "broken", int(status))
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	})
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

func (s *stage) at(second float64) {
	s.t.Helper()
	if got := eval[float64](s, "player.seconds"); math.Abs(got-second) > 0.3 {
		s.t.Errorf("playing is at %.2f seconds, want %.2f", got, second)
	}
}

func TestThePlayerLooksRightAndIsAccessible(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.page.WaitText("skips 0:05")
	s.page.WaitText(strings.TrimSpace(spokenLines[1]))
	eval[bool](s, "player.seek(5.2), player.skipSilence = true")
	glance(t, s.page, "player")
	s.page.Screenshot("player-dark-wide", 1280, true)
	s.page.Screenshot("player-narrow", 320, false)
	if over := chromium.Eval[int](s.page, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		t.Errorf("at 320: %d pixels too wide", over)
	}
}
