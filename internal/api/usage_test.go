package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// used is what was counted of the world's live key, by route: requests and how many of them were refused.
func (w *world) used(t *testing.T) (key assess.APIKey, used map[string][2]int) {
	t.Helper()
	w.must(w.app.FlushKeyUsage(t.Context()))
	who := w.owner.Actor(assess.Live)
	keys, err := w.app.APIKeys(t.Context(), who)
	w.must(err)
	uses, err := w.app.KeyUsage(t.Context(), who, 1)
	w.must(err)
	used = map[string][2]int{}
	for _, k := range keys {
		for _, u := range uses {
			if u.Key == k.ID && k.Mode == assess.Live {
				key, used[u.Route] = k, [2]int{u.Requests, u.Refused}
			}
		}
	}
	return key, used
}

func TestCallsAreCountedByRouteAndWhetherTheyWereRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 2 {
		w.get("/api/v1/tags")
	}
	w.get("/api/v1/tags?page=0")
	w.get("/api/v1/assessments/" + string(w.published))
	w.get("/api/v1/assessments/" + string(w.draft) + "x")
	w.get("/api/v1/nothing")
	w.send("PUT", "/api/v1/tags", w.key, "")
	w.send("GET", "/api/v1/tags", "", "")
	w.send("GET", "/api/v1/tags", "ak_live_nonsense", "")

	key, used := w.used(t)
	want := map[string][2]int{"GET /tags": {3, 1}, "GET /assessments/{assessmentId}": {2, 1}, "": {2, 2}}
	if diff := cmp.Diff(want, used); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	w.must(w.app.RevokeAPIKey(t.Context(), w.owner.Actor(assess.Live), key.ID))
	w.get("/api/v1/tags")
	if _, used := w.used(t); used["GET /tags"] != [2]int{4, 2} {
		t.Errorf("a revoked key that is still used is counted as %v", used)
	}
}

func TestAKeyInAURLIsRememberedAndTheRequestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.advance(time.Hour)
	for _, query := range []string{"?key=" + w.key, "?a=b&x-api-key=" + w.key} {
		if got := w.send(http.MethodGet, "/api/v1/tags"+query, w.testKey, ""); got.status != http.StatusBadRequest {
			t.Errorf("%s is answered with %d", query, got.status)
		}
	}
	w.get("/api/v1/tags?api_key=something")
	key, used := w.used(t)
	if !key.ExposedAt.Equal(w.clock.Now()) {
		t.Errorf("the key that was in a URL says %v, want %v", key.ExposedAt, w.clock.Now())
	}
	if diff := cmp.Diff(map[string][2]int{"": {2, 2}}, used); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	uses, err := w.app.KeyUsage(t.Context(), w.owner.Actor(assess.Live), 1)
	w.must(err)
	if len(uses) != 1 {
		t.Errorf("the key in the header is counted too: %v", uses)
	}
}
