package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// The difference between the two is what this package costs a request: routing, checks, headers and the pooled buffer.
func BenchmarkListInvites(b *testing.B) {
	w := newWorld(b)
	for i := range 20 {
		_, err := w.app.Invite(b.Context(), w.owner.Actor(assess.Live), assess.NewInvite{
			Assessment: w.published, Email: fmt.Sprintf("bench%d@example.com", i), ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		})
		w.must(err)
	}
	plain := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		who, _, err := w.app.AuthenticateKey(r.Context(), r.Header.Get("X-Api-Key"))
		w.must(err)
		page := assess.Page{Number: 1, Limit: 20, Sort: "sent_at"}
		items, total, err := w.app.Invites(r.Context(), who, assess.InviteFilter{}, page)
		w.must(err)
		body, err := json.Marshal(wire.InviteListOf(items, wire.PaginationOf(page, total), w.clock.Now()))
		w.must(err)
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write(body)
	})
	for name, handler := range map[string]http.Handler{"api": w.handler, "plain": plain} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequestWithContext(b.Context(), "GET", "/api/v1/invites", nil)
			r.Header.Set("X-Api-Key", w.key)
			for b.Loop() {
				w.clock.advance(time.Second)
				recorder := httptest.NewRecorder()
				handler.ServeHTTP(recorder, r)
				if recorder.Code != 200 {
					b.Fatal(recorder.Code, recorder.Body)
				}
			}
		})
	}
}
