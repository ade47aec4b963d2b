package speech_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/speech"
)

// told is one request to read out, as the service saw it.
type told struct {
	Method, Path, Authorization, ContentType string
	Body                                     map[string]string
}

// reader is a server that reads out: it checks the key and answers by what answer says.
func reader(t *testing.T, answer func(http.ResponseWriter, told)) (url string, requests func() []told) {
	t.Helper()
	var all []told
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		is := told{Method: r.Method, Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), ContentType: r.Header.Get("Content-Type")}
		if is.Authorization != "Bearer "+key {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&is.Body); err != nil {
			t.Error(err)
		}
		all = append(all, is) // one request at a time
		answer(w, is)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL + "/v1", func() []told { return all }
}

func sounds(status int, body string) func(http.ResponseWriter, told) {
	return func(w http.ResponseWriter, _ told) { says(status, body)(w, heard{}) }
}

func speaker(t *testing.T, url, key string) *speech.Client {
	t.Helper()
	c, err := speech.New(speech.Config{URL: url, Key: key, Model: "tts-1", Voice: "alloy"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSendsTheTextAndReturnsTheSound(t *testing.T) {
	t.Parallel()
	url, requests := reader(t, sounds(http.StatusOK, "\xff\xfbsound\x00"))
	for _, form := range []string{url, url + "/audio/speech/"} {
		got, err := speaker(t, form, key).Speak(t.Context(), "Why \"us\" & <you>?\nÀ bientôt!")
		if err != nil || string(got) != "\xff\xfbsound\x00" {
			t.Errorf("%s: %q, %v", form, got, err)
		}
	}
	want := told{
		Method: "POST", Path: "/v1/audio/speech", Authorization: "Bearer " + key, ContentType: "application/json",
		Body: map[string]string{"model": "tts-1", "voice": "alloy", "input": "Why \"us\" & <you>?\nÀ bientôt!", "response_format": "mp3"},
	}
	if diff := cmp.Diff([]told{want, want}, requests()); diff != "" {
		t.Error(diff)
	}
}

func TestAsksForAWAVWhereAnMP3IsRefused(t *testing.T) {
	t.Parallel()
	url, requests := reader(t, func(w http.ResponseWriter, is told) {
		if is.Body["response_format"] != "wav" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		_, _ = io.WriteString(w, "RIFF")
	})
	got, err := speaker(t, url, key).Speak(t.Context(), "Why?")
	if seen := requests(); err != nil || string(got) != "RIFF" || len(seen) != 2 {
		t.Errorf("got %q, %v after %d requests", got, err, len(seen))
	}
}

func TestWhatIsNotReadOutSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key    string
		answer func(http.ResponseWriter, told)
		want   speech.Error
	}{
		"wrong key":   {"sk-wrong", sounds(http.StatusOK, "sound"), speech.Error{Status: 401, Permanent: true, Message: "does not accept the key (401)"}},
		"own trouble": {key, sounds(http.StatusInternalServerError, `{"error":{"message":"oops, `+key+`"}}`), speech.Error{Status: 500, Message: "answers 500: oops, [key]"}},
		"no voice":    {key, sounds(http.StatusBadRequest, `{"error":{"message":"No voice alloy."}}`), speech.Error{Status: 400, Permanent: true, Message: "answers 400: No voice alloy"}},
		"huge": {key, func(w http.ResponseWriter, _ told) {
			_, _ = io.Copy(w, io.LimitReader(endless('a'), 64<<20))
		}, speech.Error{Permanent: true, Message: "answers more than 16777216 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := reader(t, test.answer)
			got, err := speaker(t, url, test.key).Speak(t.Context(), "Why?")
			e, ok := errors.AsType[*speech.Error](err)
			if !ok || len(got) > 0 || strings.Contains(err.Error(), test.key) {
				t.Fatalf("got %d bytes, %v", len(got), err)
			}
			if diff := cmp.Diff(test.want, *e); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNobodyWaitsLongerForASlowReaderThanTheyWant(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	released := make(chan struct{})
	url, _ := reader(t, func(w http.ResponseWriter, _ told) {
		_, _ = io.WriteString(w, "a part of the sound")
		_ = http.NewResponseController(w).Flush()
		cancel()
		<-released
	})
	defer close(released)
	if got, err := speaker(t, url, key).Speak(ctx, "Why?"); !errors.Is(err, context.Canceled) || len(got) > 0 {
		t.Errorf("got %q, %v, want the end of the context", got, err)
	}
}

func TestVoicesAreToldApart(t *testing.T) {
	t.Parallel()
	var voices []string
	for _, c := range []speech.Config{
		{URL: "http://localhost/v1", Model: "m", Voice: "v"},
		{URL: "http://localhost/v2", Model: "m", Voice: "v"},
		{URL: "http://localhost/v1", Model: "n", Voice: "v"},
		{URL: "http://localhost/v1", Model: "m", Voice: "w"},
	} {
		client, err := speech.New(c)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(voices, client.Voice()) {
			t.Errorf("%+v is %s, as another", c, client.Voice())
		}
		voices = append(voices, client.Voice())
	}
}
