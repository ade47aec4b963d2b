package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/api"
	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store/storetest"
)

func TestRepeatedRequestsAreCarriedOutOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"once@example.com"}`, w.published)
		first := w.post("/api/v1/invites", body, "Idempotency-Key", "key-1")
		if first.status != 201 || first.header.Get("Idempotent-Replayed") != "" {
			t.Fatalf("first: %d %s %v", first.status, first.body, first.header)
		}
		spelt := fmt.Sprintf(`{ "expiresInDays": 3e1, "recipientEmail": "once@example.com", "tags": [],
			"proctoringSettings": {}, "recipientName": null, "assessmentId": %q }`, strings.ToUpper(string(w.published)))
		for _, again := range []answer{
			w.post("/api/v1/invites", body, "Idempotency-Key", "key-1"),
			w.post("/api/v1/invites", body, "Idempotency-Key", `"key-1"`),
			w.post("/api/v1/invites", spelt, "Idempotency-Key", "key-1"),
		} {
			if again.status != 201 || again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("again: %d %s %v", again.status, again.body, again.header)
			}
		}

		id := assess.InviteID(first.body[len(`{"invite":{"id":"`):][:36])
		w.must(w.app.Revoke(t.Context(), w.owner.Actor(assess.Live), id, false))
		w.clock.advance(24 * time.Hour)
		if again := w.post("/api/v1/invites", body, "Idempotency-Key", "key-1"); again.status != 201 || again.body != first.body {
			t.Errorf("after it was revoked: %d %s", again.status, again.body)
		}

		other := strings.Replace(body, "once@", "other@", 1)
		for name, body := range map[string]string{"another request": other, "a wrong request": strings.Replace(body, "once@", "", 1)} {
			got := w.post("/api/v1/invites", body, "Idempotency-Key", "key-1", "Accept", "application/problem+json")
			if got.status != 422 || !strings.Contains(got.body, `"code":"idempotency_key_reused"`) {
				t.Errorf("%s under the same key: %d %s", name, got.status, got.body)
			}
		}
		if got := w.send("POST", "/api/v1/invites", w.testKey, body, "Idempotency-Key", "key-1"); got.status != 201 || got.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("the test world under the same key: %d %s %v", got.status, got.body, got.header)
		}
		foreign := w.newTenant("Foreign GmbH", "foreign")
		theirs := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"once@example.com"}`, foreign.published)
		if got := w.send("POST", "/api/v1/invites", foreign.key, theirs, "Idempotency-Key", "key-1"); got.status != 201 {
			t.Errorf("another organization under the same key: %d %s", got.status, got.body)
		}
	})
}

func TestRefusedRequestsDoNotUseUpTheirKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"later@example.com"}`, w.published)
	for _, bad := range []string{
		strings.Replace(body, "later@", "@", 1), strings.Replace(body, string(w.published), string(w.draft), 1),
		strings.Replace(body, "later@example.com", w.invited, 1), strings.Replace(body, string(w.published), "01949999-0000-7000-8000-000000000000", 1),
	} {
		if got := w.post("/api/v1/invites", bad, "Idempotency-Key", "key-2"); got.status < 400 || got.status == 422 {
			t.Errorf("%s: %d %s", bad, got.status, got.body)
		}
	}
	if got := w.post("/api/v1/invites", body, "Idempotency-Key", "key-2"); got.status != 201 || got.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("mended: %d %s", got.status, got.body)
	}
}

func TestOneOfManyAtOnceIsCarriedOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		const clients, keys = 8, 10
		bodies := make([][]string, keys)
		for k := range keys {
			bodies[k] = make([]string, clients)
			var wg sync.WaitGroup
			for c := range clients {
				wg.Go(func() {
					body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"many%d@example.com"}`, w.published, k)
					r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/invites", strings.NewReader(body))
					r.Header.Set("X-Api-Key", w.key)
					r.Header.Set("Idempotency-Key", fmt.Sprintf("many-%d", k))
					recorder := httptest.NewRecorder()
					w.handler.ServeHTTP(recorder, r)
					bodies[k][c] = fmt.Sprint(recorder.Code, recorder.Body)
				})
			}
			wg.Wait()
			for c := range clients {
				if bodies[k][c] != bodies[k][0] || !strings.HasPrefix(bodies[k][c], "201") {
					t.Errorf("key %d, client %d: %s, another got %s", k, c, bodies[k][c], bodies[k][0])
				}
			}
			w.clock.advance(time.Minute)
		}
		if got := w.get("/api/v1/invites"); !strings.Contains(got.body, fmt.Sprintf(`"total":%d,`, keys+1)) {
			t.Errorf("want %d invites: %s", keys+1, got.body)
		}
	})
}

func TestIdempotencyKeysHaveAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, key := range []string{"a", strings.Repeat("k", 255), `"quoted"`, `"` + strings.Repeat("q", 255) + `"`, "!~", "8e03978e-40d5-43e8-bc93-6894a57f9324"} {
		body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"key%d@example.com"}`, w.published, i)
		if got := w.post("/api/v1/invites", body, "Idempotency-Key", key); got.status != 201 {
			t.Errorf("%q: %d %s", key, got.status, got.body)
		}
	}
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"none@example.com"}`, w.published)
	for _, keys := range [][]string{{""}, {strings.Repeat("k", 256)}, {`"`}, {`""`}, {`"open`}, {"two words"}, {"ключ"}, {"a\tb"}, {"a", "b"}, {"a", "a"}} {
		var headers []string
		for _, key := range keys {
			headers = append(headers, "Idempotency-Key", key)
		}
		got := w.post("/api/v1/invites", body, headers...)
		if got.status != 400 || w.message(got) != "Idempotency-Key must be 1 to 255 visible ASCII characters, sent once" {
			t.Errorf("%q: %d %s", keys, got.status, got.body)
		}
	}
	if got := w.send("GET", "/api/v1/invites", w.key, "", "Idempotency-Key", "two words"); got.status != 200 {
		t.Errorf("on a GET: %d, want it to be passed over", got.status)
	}
}

func TestEveryPostAnswersTheSameWhenItIsRepeated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, r := range api.Routes() {
			if r.Method != http.MethodPost {
				continue
			}
			path, key, body := w.pathOf(t, r), w.keyOf(r), w.bodyOf(t, r)
			w.clock.advance(2 * time.Minute) // resending has its pause
			first := w.send("POST", path, key, body, "Idempotency-Key", "repeated")
			if first.status < 200 || first.status > 299 || first.header.Get("Idempotent-Replayed") != "" {
				t.Errorf("%s: %d %s", r.Name, first.status, first.body)
				continue
			}
			w.clock.advance(2 * time.Minute) // a second answer would differ
			again := w.send("POST", path, key, body, "Idempotency-Key", "repeated")
			if again.status != first.status || again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%s: %d %s\nwas %d %s", r.Name, again.status, again.body, first.status, first.body)
			}
		}
	})
}

// TestARequestWaitsAMomentForAnotherOfItsKey holds a key back in a transaction of its own. SQLite lets only one at a time write.
func TestARequestWaitsAMomentForAnotherOfItsKey(t *testing.T) {
	t.Parallel()
	c := newClock()
	w := newWorldOn(t, c, storetest.OpenEngine(t, "postgres", c.Now))
	once := app.Once{Route: "POST /api/v1/tags", Key: "held", Fingerprint: "other"}
	held, release := make(chan struct{}), make(chan struct{})
	holding := make(chan error, 1)
	go func() {
		_, err := w.app.CarryOutOnce(t.Context(), w.owner.Actor(assess.Live), once, func(context.Context) (app.Reply, error) {
			close(held)
			<-release
			return app.Reply{Status: 201, Body: "{}"}, nil
		})
		holding <- err
	}()
	<-held
	began := time.Now()
	got := w.post("/api/v1/tags", `{"name":"Held"}`, "Idempotency-Key", "held", "Accept", problemJSON)
	if waited := time.Since(began); waited < time.Second || waited > 10*time.Second {
		t.Errorf("it waited for %s, want about 2 s", waited)
	}
	if got.status != 409 || got.header.Get("Retry-After") != "1" || !strings.Contains(got.body, `"code":"idempotency_in_progress"`) {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	if got := w.post("/api/v1/tags", `{"name":"Free"}`, "Idempotency-Key", "free"); got.status != 201 {
		t.Errorf("another key: %d %s", got.status, got.body)
	}
	close(release)
	w.must(<-holding)
	if got := w.post("/api/v1/tags", `{"name":"Held"}`, "Idempotency-Key", "held"); got.status != 422 {
		t.Errorf("once it is answered: %d %s", got.status, got.body)
	}
}
