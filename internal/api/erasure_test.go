package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestErasingAnswersTheSameEachTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		path := "/api/v1/invites/" + string(w.invite)
		first := w.send("DELETE", path, w.key, "")
		want := fmt.Sprintf(`{"erasure":{"inviteId":%q,"assessmentId":%q,"status":"pending","answers":0,"recordings":0,"bytes":0,"erasedAt":"2025-01-15T12:00:00.000Z"}}`,
			w.invite, w.published)
		if first.status != 200 || first.body != want {
			t.Fatalf("%d %s, want %s", first.status, first.body, want)
		}
		w.clock.advance(time.Hour)
		if again := w.send("DELETE", path, w.key, ""); again.status != 200 || again.body != first.body {
			t.Errorf("again: %d %s", again.status, again.body)
		}
		for _, gone := range []string{path, path + "/results", path + "/timeline"} {
			if got := w.get(gone); got.status != 404 {
				t.Errorf("%s: %d %s", gone, got.status, got.body)
			}
		}
		if got := w.send("DELETE", path, w.testKey, ""); got.status != 404 {
			t.Errorf("with a test key: %d %s", got.status, got.body)
		}
		if got := w.get("/api/v1/invites"); !strings.Contains(got.body, `"invites":[]`) || !strings.Contains(got.body, `"total":0`) {
			t.Errorf("the list is %s", got.body)
		}
	})
}

// What is remembered of a candidate for the sake of repeated requests goes with them.
func TestErasingForgetsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"gone@example.com"}`, w.published)
		first := w.post("/api/v1/invites", body, "Idempotency-Key", "gone")
		id := first.body[len(`{"invite":{"id":"`):][:36]
		if got := w.send("DELETE", "/api/v1/invites/"+id, w.key, ""); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := w.post("/api/v1/invites", body, "Idempotency-Key", "gone"); got.status != 201 || got.header.Get("Idempotent-Replayed") != "" || strings.Contains(got.body, id) {
			t.Errorf("the same request is another one now: %d %s", got.status, got.body)
		}
	})
}
