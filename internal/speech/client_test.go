package speech_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/speech"
)

const key = "sk-a-very-secret-key"

// heard is one request as the service saw it.
type heard struct {
	Path, Authorization, Model, Format, Language, Granularity, Name, Sound string
	Length                                                                 int64
}

// service is a server that speaks the protocol: it checks the key, reads the form whole and answers by what answer says.
func service(t *testing.T, answer func(w http.ResponseWriter, h heard)) (url string, requests func() []heard) {
	t.Helper()
	var all []heard
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := heard{Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Length: r.ContentLength}
		if h.Authorization != "Bearer "+key {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s"}}`, strings.TrimPrefix(h.Authorization, "Bearer "))
			return
		}
		if r.Method == http.MethodPost {
			file, header, err := r.FormFile("file")
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			sound, err := io.ReadAll(file)
			if err != nil {
				t.Error(err)
			}
			h.Name, h.Sound = header.Filename, string(sound)
			h.Model, h.Format, h.Language, h.Granularity = r.FormValue("model"), r.FormValue("response_format"), r.FormValue("language"), r.FormValue("timestamp_granularities[]")
		}
		all = append(all, h) // one request at a time
		answer(w, h)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL + "/v1", func() []heard { return all }
}

func says(status int, body string) func(http.ResponseWriter, heard) {
	return func(w http.ResponseWriter, _ heard) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func client(t *testing.T, url, key string) *speech.Client {
	t.Helper()
	c, err := speech.New(speech.Config{URL: url, Key: key, Model: "whisper-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sound() speech.Sound {
	return speech.Sound{File: strings.NewReader("the sound"), Name: "sound.webm", Language: "pt-BR"}
}

func TestSendsTheSoundAndReadsWhatIsSaid(t *testing.T) {
	t.Parallel()
	url, requests := service(t, says(http.StatusOK, `{"task":"transcribe","language":"portuguese","duration":3.5,"text":"Olá. Tudo bem?",
		"segments":[{"id":0,"start":0.0,"end":1.25,"text":" Olá."},{"id":1,"start":1.5,"end":3.5,"text":" Tudo  bem?"}]}`))
	got, err := client(t, url, key).Transcribe(t.Context(), sound())
	if err != nil {
		t.Fatal(err)
	}
	want := speech.Result{Text: "Olá. Tudo bem?", Segments: []speech.Segment{
		{End: 1250 * time.Millisecond, Text: "Olá."},
		{Start: 1500 * time.Millisecond, End: 3500 * time.Millisecond, Text: "Tudo bem?"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	seen := requests()
	if len(seen) != 1 || seen[0].Length <= int64(len("the sound")) {
		t.Fatalf("the service saw %+v, want one request of a known length", seen)
	}
	seen[0].Length = 0
	if diff := cmp.Diff(heard{
		Path: "/v1/audio/transcriptions", Authorization: "Bearer " + key, Model: "whisper-1", Format: "verbose_json", Language: "pt",
		Granularity: "segment", Name: "sound.webm", Sound: "the sound",
	}, seen[0]); diff != "" {
		t.Error(diff)
	}
}

func TestTheAddressMayBeTheBaseOrTheWhole(t *testing.T) {
	t.Parallel()
	url, requests := service(t, says(http.StatusOK, `{"text":""}`))
	for _, form := range []string{url, url + "/", url + "/audio/transcriptions", url + "/audio/transcriptions/"} {
		if _, err := client(t, form, key).Transcribe(t.Context(), sound()); err != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
	for _, r := range requests() {
		if r.Path != "/v1/audio/transcriptions" {
			t.Errorf("asked %s", r.Path)
		}
	}
}

func TestAsksForPlainJSONWhereTimesAreRefused(t *testing.T) {
	t.Parallel()
	url, requests := service(t, func(w http.ResponseWriter, h heard) {
		if h.Format != "json" {
			says(http.StatusBadRequest, `{"error":{"message":"response_format 'verbose_json' is not compatible with model"}}`)(w, h)
			return
		}
		says(http.StatusOK, `{"text":"Hello."}`)(w, h)
	})
	got, err := client(t, url, key).Transcribe(t.Context(), sound())
	if err != nil || got.Text != "Hello." || got.Segments != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	seen := requests()
	if len(seen) != 2 || seen[1].Sound != "the sound" || seen[1].Granularity != "" {
		t.Errorf("the service saw %+v, want the whole sound a second time", seen)
	}
}

func TestFailuresSayWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer func(http.ResponseWriter, heard)
		want   speech.Error
	}{
		"refused sound": {says(http.StatusBadRequest, `{"error":{"message":"Audio file is\ntoo short."}}`), speech.Error{Status: 400, Permanent: true, Message: "answers 400: Audio file is too short"}},
		"no model":      {says(http.StatusNotFound, `{"detail":"Model x not found"}`), speech.Error{Status: 404, Permanent: true, Message: "answers 404: Model x not found"}},
		"too large":     {says(http.StatusRequestEntityTooLarge, `<html>nginx</html>`), speech.Error{Status: 413, Permanent: true, Message: "answers 413 Request Entity Too Large"}},
		"too often": {func(w http.ResponseWriter, h heard) {
			w.Header().Set("Retry-After", "20")
			says(http.StatusTooManyRequests, `{"error":"slow down"}`)(w, h)
		}, speech.Error{Status: 429, RetryAfter: 20 * time.Second, Message: "answers 429: slow down"}},
		"own trouble": {says(http.StatusInternalServerError, `{"error":{"message":"oops, `+key+` failed"}}`), speech.Error{Status: 500, Message: "answers 500: oops, [key] failed"}},
		"garbage":     {says(http.StatusOK, `<html>welcome</html>`), speech.Error{Permanent: true, Message: "answers what is no transcription"}},
		"other JSON":  {says(http.StatusOK, `{"status":"queued"}`), speech.Error{Permanent: true, Message: "answers what is no transcription"}},
		"elsewhere": {func(w http.ResponseWriter, _ heard) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, speech.Error{Status: 307, Permanent: true, Message: "answers that it is elsewhere (307): its address must be set as it is"}},
		"huge": {func(w http.ResponseWriter, _ heard) {
			_, _ = io.WriteString(w, `{"text":"`)
			_, _ = io.Copy(w, io.LimitReader(endless('a'), 64<<20))
		}, speech.Error{Permanent: true, Message: "answers more than 16777216 bytes"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := service(t, test.answer)
			_, err := client(t, url, key).Transcribe(t.Context(), sound())
			got, ok := errors.AsType[*speech.Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// endless reads as the same byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestOnlySomeStatusesPass(t *testing.T) {
	t.Parallel()
	for status, permanent := range map[int]bool{
		400: true, 401: true, 403: true, 404: true, 408: false, 409: false, 413: true, 415: true, 422: true, 425: false, 429: false,
		500: false, 502: false, 503: false, 504: false,
	} {
		url, _ := service(t, says(status, ""))
		_, err := client(t, url, key).Transcribe(t.Context(), sound())
		if e, ok := errors.AsType[*speech.Error](err); !ok || e.Permanent != permanent || e.Status != status {
			t.Errorf("%d: %v, want permanent %v", status, err, permanent)
		}
	}
}

func TestAWrongKeyIsToldApartAndNeverRepeated(t *testing.T) {
	t.Parallel()
	url, _ := service(t, says(http.StatusOK, `{"text":""}`))
	wrong := client(t, url, "sk-wrong-key")
	_, transcribing := wrong.Transcribe(t.Context(), sound())
	for _, err := range []error{transcribing, wrong.Check(t.Context())} {
		e, ok := errors.AsType[*speech.Error](err)
		if !ok || !e.Refused() || !e.Permanent || strings.Contains(err.Error(), "wrong-key") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAServiceThatIsNotThereMayComeBack(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := client(t, server.URL, key).Transcribe(t.Context(), sound())
	if e, ok := errors.AsType[*speech.Error](err); !ok || e.Permanent || e.Status != 0 || e.Message != "does not answer" {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatBreaksOffMayComeWhole(t *testing.T) {
	t.Parallel()
	url, _ := service(t, func(w http.ResponseWriter, _ heard) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"text":"He`)
	})
	_, err := client(t, url, key).Transcribe(t.Context(), sound())
	if e, ok := errors.AsType[*speech.Error](err); !ok || e.Permanent {
		t.Errorf("got %v", err)
	}
}

func TestTheCallerSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	released := make(chan struct{})
	url, _ := service(t, func(http.ResponseWriter, heard) {
		cancel(errors.New("waited long enough"))
		<-released
	})
	defer close(released)
	if _, err := client(t, url, key).Transcribe(ctx, sound()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func TestAFileThatCannotBeReadIsNotTheServicesFault(t *testing.T) {
	t.Parallel()
	url, _ := service(t, says(http.StatusOK, `{"text":""}`))
	s := sound()
	s.File = broken{}
	_, err := client(t, url, key).Transcribe(t.Context(), s)
	if _, blames := errors.AsType[*speech.Error](err); blames || !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

var errBroken = errors.New("the disk is gone")

type broken struct{ *bytes.Reader }

func (broken) Seek(int64, int) (int64, error) { return 0, errBroken }

func TestCheckFindsAServiceThatLetsUsIn(t *testing.T) {
	t.Parallel()
	for status, fine := range map[int]bool{200: true, 404: true, 405: true, 403: false, 500: false} {
		url, requests := service(t, says(status, `{"object":"list","data":[]}`))
		if err := client(t, url, key).Check(t.Context()); (err == nil) != fine {
			t.Errorf("%d: %v", status, err)
		}
		if seen := requests(); len(seen) != 1 || seen[0].Path != "/v1/models" {
			t.Errorf("asked %+v", seen)
		}
	}
}

func TestNewRefusesWhatIsNoAddressWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	for _, c := range []speech.Config{
		{URL: ""},
		{URL: "api.openai.com/v1"},
		{URL: "ftp://example.com"},
		{URL: "http://"},
		{URL: "https://user:hunter2@example.com/v1"},
		{URL: "https://example.com/v1?key=hunter2"},
		{URL: "https://example.com/hunter2\x00"},
		{URL: "https://example.com/v1", Key: "hunter2\nX-Evil: yes"},
	} {
		_, err := speech.New(c)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", c.URL, err)
		}
	}
}

func TestParseReadsWhatServicesAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		want   speech.Result
	}{
		"text alone":     {`{"text":" Hello,\n there. "}`, speech.Result{Text: "Hello, there."}},
		"nothing said":   {`{"text":"","segments":[]}`, speech.Result{}},
		"segments alone": {`{"segments":[{"start":1,"end":2,"text":"b"},{"start":0,"end":1,"text":"a"}]}`, speech.Result{Text: "a b", Segments: []speech.Segment{seg(0, 1, "a"), seg(1, 2, "b")}}},
		"words alone": {
			`{"words":[{"word":"Hello","start":0,"end":0.5},{"word":"there.","start":0.5,"end":1},{"word":"And","start":1,"end":1.2},{"word":"now","start":4,"end":4.5}]}`,
			speech.Result{Text: "Hello there. And now", Segments: []speech.Segment{seg(0, 1, "Hello there."), seg(1, 1.2, "And"), seg(4, 4.5, "now")}},
		},
		"impossible times":   {`{"text":"x","segments":[{"start":-4,"end":-5,"text":"a"},{"start":7,"end":2,"text":"b"},{"start":1e300,"end":1e301,"text":"c"}]}`, speech.Result{Text: "x", Segments: []speech.Segment{seg(0, 0, "a"), seg(7, 7, "b"), seg(360000, 360000, "c")}}},
		"silence in between": {`{"text":"a","segments":[{"start":0,"end":1,"text":"a"},{"start":1,"end":2,"text":"  "}]}`, speech.Result{Text: "a", Segments: []speech.Segment{seg(0, 1, "a")}}},
		"what is not seen":   {`{"text":"a\u0000b\u202e c\u200d"}`, speech.Result{Text: "ab c\u200d"}},
	}
	for name, test := range tests {
		got, err := speech.Parse([]byte(test.answer))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func seg(start, end float64, text string) speech.Segment {
	return speech.Segment{Start: time.Duration(start * float64(time.Second)), End: time.Duration(end * float64(time.Second)), Text: text}
}

func TestLinesOfWordsStayShort(t *testing.T) {
	t.Parallel()
	var words []map[string]any
	for i := range 200 {
		words = append(words, map[string]any{"word": "word", "start": float64(i) / 4, "end": float64(i+1) / 4})
	}
	answer, err := json.Marshal(map[string]any{"words": words})
	if err != nil {
		t.Fatal(err)
	}
	got, err := speech.Parse(answer)
	if err != nil || len(got.Segments) < 10 {
		t.Fatalf("got %d lines, %v", len(got.Segments), err)
	}
	for _, s := range got.Segments {
		if len(s.Text) > 100 {
			t.Errorf("a line of %d bytes", len(s.Text))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"text":"Hello.","segments":[{"start":0,"end":1.5,"text":" Hello."}]}`))
	f.Add([]byte(`{"words":[{"word":"a","start":-1,"end":1e300},{"word":"\u202e\u0000","start":2,"end":1}]}`))
	f.Add([]byte(`{"text":null,"segments":{}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := speech.Parse(answer)
		if err != nil {
			if e, ok := errors.AsType[*speech.Error](err); !ok || !e.Permanent {
				t.Fatalf("an error of no class: %v", err)
			}
			return
		}
		var last time.Duration
		for _, s := range got.Segments {
			if s.Start < last || s.End < s.Start || s.Text == "" || strings.ContainsAny(s.Text, "\x00\r\n") {
				t.Fatalf("segment %+v after %s", s, last)
			}
			last = s.Start
		}
	})
}
