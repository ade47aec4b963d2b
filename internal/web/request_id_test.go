package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/store/storetest"
)

// idLog is a log that keeps of each line the id, and nothing else.
type idLog struct {
	mu  sync.Mutex
	ids map[uuid.UUID]int // how many lines have it
}

func (l *idLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *idLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *idLog) WithGroup(string) slog.Handler            { return l }

func (l *idLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if id, err := uuid.Parse(a.Value.String()); a.Key == "id" && err == nil {
			l.mu.Lock()
			l.ids[id]++
			l.mu.Unlock()
		}
		return a.Key != "id"
	})
	return nil
}

// idOnly is the answer of which only the id is looked at.
type idOnly struct {
	header http.Header
}

func (a idOnly) Header() http.Header       { return a.header }
func (idOnly) Write(p []byte) (int, error) { return len(p), nil }
func (idOnly) WriteHeader(int)             {}

func TestAMillionAnswersHaveAMillionIdsThatTheLogKnows(t *testing.T) {
	t.Parallel()
	log := &idLog{ids: map[uuid.UUID]int{}}
	s := newSiteOn(t, storetest.Open(t, time.Now), func(p *parts) { p.web.Log, p.server = slog.New(log), nil })
	n, workers := 1_000_000, 4
	if testing.Short() {
		n = 20_000
	}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/robots.txt", nil)
			for range n / workers {
				a := idOnly{http.Header{}}
				s.handler.ServeHTTP(a, r)
				id, err := uuid.Parse(a.header.Get("X-Request-Id"))
				log.mu.Lock()
				lines := log.ids[id]
				log.mu.Unlock()
				if err != nil || lines != 1 {
					t.Errorf("%q (%v) is on %d lines of the log, want 1", a.header.Get("X-Request-Id"), err, lines)
					return
				}
			}
		})
	}
	all.Wait()
	if len(log.ids) != n {
		t.Errorf("%d requests have %d ids", n, len(log.ids))
	}
}

// Whatever the answer, its id is the one that the log has.
func TestEveryKindOfAnswerCanBeTraced(t *testing.T) {
	t.Parallel()
	log := &idLog{ids: map[uuid.UUID]int{}}
	s := newSiteOn(t, storetest.Open(t, time.Now), func(p *parts) { p.web.Log, p.server = slog.New(log), nil })
	for _, asked := range []struct{ method, path, key string }{
		{"GET", "/healthz", ""},
		{"GET", "/nothing", ""},
		{"GET", "/invites", ""},
		{"POST", "/signin", ""},
		{"DELETE", "/", ""},
		{"GET", "/c/unknown", ""},
		{"GET", "/static/nothing.js", ""},
		{"GET", "/media/x", ""},
		{"GET", "/api/v1/tags", ""},
		{"GET", "/api/v1/tags", "ak_live_x"},
		{"GET", "/api/v1/nothing", ""},
		{"PUT", "/api/v1/tags", ""},
		{"GET", "/api/v1/openapi.json", ""},
		{"OPTIONS", "/api/v1/tags", ""},
		{"GET", "//api/v1/tags", ""},
	} {
		r := httptest.NewRequestWithContext(t.Context(), asked.method, asked.path, nil)
		r.Header.Set("X-Api-Key", asked.key)
		r.Header.Set("X-Request-Id", "00000000-0000-0000-0000-000000000001") // not the client's to choose
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		id, err := uuid.Parse(w.Header().Get("X-Request-Id"))
		if err != nil || log.ids[id] == 0 || id.Version() != 7 {
			t.Errorf("%s %s: %d, X-Request-Id %q is on %d lines of the log", asked.method, asked.path, w.Code, w.Header().Get("X-Request-Id"), log.ids[id])
		}
	}
}
