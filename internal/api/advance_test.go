package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// advance asks for a status of the test invite, with the test key.
func (w *world) advance(to string, headers ...string) answer {
	w.t.Helper()
	return w.send("POST", "/api/v1/test/invites/"+string(w.testInvite)+"/advance", w.testKey, `{"to":"`+to+`"}`, headers...)
}

func TestIntegratorsSeeEveryStatusEventAndResultWithoutAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		one := "/api/v1/invites/" + string(w.testInvite)
		for _, status := range []string{"accepted", "accepted", "started", "completed", "completed"} {
			got := w.advance(status)
			if read := w.send("GET", one, w.testKey, ""); got.status != 200 || got.body != read.body || !strings.Contains(got.body, `"status":"`+status+`"`) {
				t.Fatalf("%s: %d %s, read is %s", status, got.status, got.body, read.body)
			}
		}
		var timeline struct{ Events []struct{ Type string } }
		w.must(json.Unmarshal([]byte(w.send("GET", one+"/timeline", w.testKey, "").body), &timeline))
		var types []string
		for _, e := range timeline.Events {
			types = append(types, strings.TrimPrefix(e.Type, "invite."))
		}
		want := "created assigned accepted started answered answered answered completed"
		if diff := cmp.Diff(want, strings.Join(types, " ")); diff != "" {
			t.Error(diff)
		}
		results := w.send("GET", one+"/results", w.testKey, "")
		if n := strings.Count(results.body, `"contentType":"audio/webm"`); n != 3 {
			t.Errorf("%d answers can be played, want 3: %s", n, results.body)
		}
		for _, status := range []string{"accepted", "started", "expired"} {
			if got := w.advance(status); got.status != 409 || w.message(got) != "Not possible: this invite is completed, which does not lead to "+status+"." {
				t.Errorf("%s of a completed invite: %d %s", status, got.status, got.body)
			}
		}
	})
}

func TestAKeyThatOnlyWritesInvitesAdvancesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.limitedKey(assess.Test, assess.ScopeWriteInvites)
	got := w.send("POST", "/api/v1/test/invites/"+string(w.testInvite)+"/advance", key, `{"to":"accepted"}`)
	if got.status != 200 || !strings.Contains(got.body, `"status":"accepted"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestOnlyTestKeysAdvance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{string(w.invite), string(w.testInvite), "x"} {
		got := w.post("/api/v1/test/invites/"+id+"/advance", `{"to":"completed"}`)
		if got.status != 403 || w.message(got) != "Synthetic candidates exist in test mode only." {
			t.Errorf("%s: %d %s", id, got.status, got.body)
		}
	}
	if got := w.get("/api/v1/invites/" + string(w.invite)); !strings.Contains(got.body, `"status":"pending"`) {
		t.Errorf("the live invite is %s", got.body)
	}
	for to, message := range map[string]string{
		"pending": "to must be one of accepted, started, completed, expired", "": "to must be one of accepted, started, completed, expired",
	} {
		if got := w.advance(to); got.status != 400 || w.message(got) != message {
			t.Errorf("to %q: %d %s", to, got.status, got.body)
		}
	}
	if got := w.advance("expired"); got.status != 200 || !strings.Contains(got.body, `"status":"expired"`) || !strings.Contains(got.body, `"expiresAt":"2025-01-15T12:00:00.000Z"`) {
		t.Errorf("expired: %d %s", got.status, got.body)
	}
}

// A call that is made of several transactions is remembered like any other.
func TestAdvancingUnderAKeyIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		first := w.advance("accepted", "Idempotency-Key", "k")
		if first.status != 200 || first.header.Get("Idempotent-Replayed") != "" {
			t.Fatalf("%d %s", first.status, first.body)
		}
		if got := w.advance("completed"); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		again := w.advance("accepted", "Idempotency-Key", "k")
		if again.status != 200 || again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again: %d %v %s", again.status, again.header, again.body)
		}
		if got := w.advance("completed", "Idempotency-Key", "k"); got.status != 422 {
			t.Errorf("something else under the key: %d %s", got.status, got.body)
		}
		if got := w.advance("accepted", "Idempotency-Key", "other"); got.status != 409 {
			t.Errorf("what is refused: %d %s", got.status, got.body)
		}
		if got := w.advance("completed", "Idempotency-Key", "other"); got.status != 200 || got.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("a key whose call was refused: %d %s", got.status, got.body)
		}
	})
}
