package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestTheHundredAndFirstCallIsOneTooMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 100 {
		got := w.get("/api/v1/tags")
		if got.status != 200 || got.header.Get("RateLimit-Policy") != `"default";q=100;w=60` {
			t.Fatalf("call %d: %d %v", i+1, got.status, got.header)
		}
		if want := fmt.Sprintf(`"default";r=%d;`, 99-i); !strings.HasPrefix(got.header.Get("RateLimit"), want) {
			t.Fatalf("call %d: RateLimit %s, want %s…", i+1, got.header.Get("RateLimit"), want)
		}
	}
	got := w.get("/api/v1/tags")
	if got.status != 429 || got.body != `{"error":"Rate limit exceeded. Try again in 1 seconds."}` ||
		got.header.Get("Retry-After") != "1" || got.header.Get("RateLimit") != `"default";r=0;t=1` {
		t.Errorf("call 101: %d %s %v", got.status, got.body, got.header)
	}
	if got := w.send("GET", "/api/v1/tags", w.testKey, ""); got.status != 429 {
		t.Errorf("another key of the organization: %d", got.status)
	}
	if got := w.post("/api/v1/tags", `{`); got.status != 429 {
		t.Errorf("a bad request: %d, want the limit to come before it", got.status)
	}
	if got := w.get("/api/v1/nothing"); got.status != 429 {
		t.Errorf("a path that is not there: %d", got.status)
	}
	foreign := w.newTenant("Foreign GmbH", "foreign")
	if got := w.send("GET", "/api/v1/tags", foreign.key, ""); got.status != 200 {
		t.Errorf("another organization: %d", got.status)
	}
	w.clock.advance(time.Second)
	if got := w.get("/api/v1/tags"); got.status != 200 {
		t.Errorf("after waiting as told: %d %s", got.status, got.body)
	}
}

// A client that waits as it is told, once there is nothing left, is never refused.
func TestWhoWaitsAsToldIsNeverRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused := 0
	for i := range 1000 {
		got := w.get("/api/v1/tags")
		if got.status == 429 {
			refused++
		}
		remaining, wait, ok := strings.Cut(strings.TrimPrefix(got.header.Get("RateLimit"), `"default";r=`), ";t=")
		seconds, err := strconv.Atoi(wait)
		if !ok || err != nil {
			t.Fatalf("RateLimit: %s", got.header.Get("RateLimit"))
		}
		w.clock.advance(time.Duration(i%7) * time.Millisecond)
		if remaining == "0" {
			w.clock.advance(time.Duration(seconds) * time.Second)
		}
	}
	if refused > 0 {
		t.Errorf("refused %d times of 1000", refused)
	}
}

// Ten thousand clients come one after the other, call until they are refused, wait as they were told, and call again: none of them
// is refused twice.
func TestWhoWaitsAfterARefusalIsNotRefusedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chance := rand.New(rand.NewPCG(1, 5))
	call := func() *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/members", nil)
		r.Header.Set("X-Api-Key", w.key)
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, r)
		return recorder
	}
	for client := range 10_000 {
		w.clock.advance(time.Duration(chance.IntN(3_000_000)) * time.Microsecond)
		got := call()
		for calls := 1; got.Code == 200; calls++ {
			if calls > 101 {
				t.Fatalf("client %d has called %d times and is not refused", client, calls)
			}
			got = call()
		}
		var left, wait int
		if n, err := fmt.Sscanf(got.Header().Get("RateLimit"), `"default";r=%d;t=%d`, &left, &wait); n != 2 || left != 0 || got.Code != 429 {
			t.Fatalf("client %d: %d %v (%v)", client, got.Code, got.Header(), err)
		}
		if after := got.Header().Get("Retry-After"); after != strconv.Itoa(wait) || wait < 1 || wait > 60 {
			t.Fatalf("client %d: Retry-After %s, RateLimit says %d", client, after, wait)
		}
		w.clock.advance(time.Duration(wait) * time.Second)
		if again := call(); again.Code != 200 {
			t.Fatalf("client %d waited %d seconds as told: %d %v", client, wait, again.Code, again.Header())
		}
	}
}

func TestEveryAnswerToAKeyTellsTheLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := map[string]answer{
		"ok":             w.get("/api/v1/tags"),
		"created":        w.post("/api/v1/tags", `{"name":"x"}`),
		"invalid":        w.post("/api/v1/tags", `{}`),
		"unknown field":  w.post("/api/v1/tags", `{"nme":"x"}`),
		"not JSON":       w.post("/api/v1/tags", `x`),
		"media type":     w.send("POST", "/api/v1/tags", w.key, "", "Content-Type", "text/plain"),
		"not found":      w.get("/api/v1/tags/nothing"),
		"no path":        w.get("/api/v1/nothing"),
		"no method":      w.send("PUT", "/api/v1/tags", w.key, ""),
		"conflict":       w.post("/api/v1/tags", `{"name":"X"}`),
		"deleted":        w.send("DELETE", "/api/v1/tags/"+string(w.tag), w.key, ""),
		"chunked floods": w.send("POST", "/api/v1/tags", w.key, strings.Repeat(" ", 256<<10)),
	}
	for name, got := range tests {
		if got.header.Get("RateLimit-Policy") != `"default";q=100;w=60` || !strings.HasPrefix(got.header.Get("RateLimit"), `"default";r=`) {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
	}
}

func TestTryingKeysIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, limited := w.send("GET", "/api/v1/tags", "ak_live_x", ""), 0
	if first.status != 401 || first.header.Get("RateLimit") != `"authentication";r=299;t=1` {
		t.Errorf("the first: %d %v", first.status, first.header)
	}
	for range 999 {
		got := w.send("GET", "/api/v1/tags", "ak_live_0123456789ABCDEFGHIJKLMN26oFuJ", "")
		if got.status == 429 && got.header.Get("Retry-After") == "1" {
			limited++
		}
	}
	if limited != 700 {
		t.Errorf("%d of 1000 were too many, want 700", limited)
	}
	if got := w.get("/api/v1/tags"); got.status != 200 {
		t.Errorf("a key that is fine, from the same network: %d", got.status)
	}
}

func TestCallsWithoutAUsableKeySayWhereTheirNetworkStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, secret, err := w.app.CreateAPIKey(t.Context(), w.owner.Actor(assess.Live), assess.NewAPIKey{Name: "Gone", Mode: assess.Live})
	w.must(err)
	w.must(w.app.RevokeAPIKey(t.Context(), w.owner.Actor(assess.Live), key.ID))
	for i, tt := range []struct {
		method, path, key string
		status            int
	}{
		{"GET", "/api/v1/tags", "", 401},
		{"GET", "/api/v1/tags", "ak_live_x", 401},
		{"GET", "/api/v1/tags", secret, 401},
		{"GET", "/api/v1/tags?api_key=x", "", 400},
		{"GET", "/api/v1/nothing", "", 404},
		{"PUT", "/api/v1/tags", "", 405},
	} {
		got := w.send(tt.method, tt.path, tt.key, "")
		want := fmt.Sprintf(`"authentication";r=%d;`, 299-i)
		if got.status != tt.status || got.header.Get("RateLimit-Policy") != `"authentication";q=300;w=60` || !strings.HasPrefix(got.header.Get("RateLimit"), want) {
			t.Errorf("%s %s with key %q: %d %v", tt.method, tt.path, tt.key, got.status, got.header)
		}
	}
}
