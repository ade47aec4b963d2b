package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func TestAnswersAboutTheLifeOfInvites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.populate()
	w.clock.advance(time.Second)
	for _, s := range lifeScenarios(w, m) {
		w.clock.advance(time.Second)
		got := w.send(s.method, s.path, w.key, s.body, s.headers...)
		if got.status != s.status {
			t.Errorf("%s: %d %s, want %d", s.name, got.status, got.body, s.status)
		}
		got.body = strings.ReplaceAll(got.body, linkIn(got.body), "https://assess.example.org/c/…")
		golden(t, "testdata/invite_life/"+s.name+".http", dump(s, got))
	}
}

// linkIn is the candidate's link in a body.
func linkIn(body string) string {
	_, after, found := strings.Cut(body, `"url":"`)
	if !found {
		return "\x00"
	}
	link, _, _ := strings.Cut(after, `"`)
	return link
}

func lifeScenarios(w *world, m more) []scenario {
	const invites = "/api/v1/invites"
	one := invites + "/" + string(w.invite)
	create := func(name string, status int, fields string, headers ...string) scenario {
		body := fmt.Sprintf(`{"assessmentId":%q,%s}`, w.published, fields)
		return scenario{name: name, method: "POST", path: invites, body: body, status: status, headers: headers}
	}
	patch := func(name string, status int, body string) scenario {
		return scenario{name: name, method: "PATCH", path: one, body: body, status: status}
	}
	list := func(name, query string) scenario {
		return scenario{name: "list_" + name, method: "GET", path: invites + "?" + query, status: 200}
	}
	return []scenario{
		create("create_additive", 201, `"recipientEmail":"ats@example.com","externalId":"application-4711","metadata":{"source":"careers","job":"7"},
 "redirectUrl":"https://jobs.example.com/thanks","language":"es"`),
		create("create_without_mail", 201, `"recipientEmail":"quiet@example.com","sendEmail":false`, "Idempotency-Key", "quiet"),
		create("create_without_mail_replayed", 201, `"recipientEmail":"quiet@example.com","sendEmail":false`, "Idempotency-Key", "quiet"),
		create("create_returns", 200, `"recipientEmail":"ATS@example.com","onDuplicate":"return"`),
		create("create_returns_by_name", 200, `"recipientEmail":"ats@example.com","externalId":"application-4711","onDuplicate":"return","sendEmail":false`),
		create("create_beside", 201, `"recipientEmail":"ats@example.com","onDuplicate":"create"`),
		create("create_name_taken", 409, `"recipientEmail":"other@example.com","externalId":"application-4711","onDuplicate":"create"`),
		create("create_additive_bad", 400, `"recipientEmail":"a@example.com","externalId":"a\u202eb","metadata":{"":"x"},"redirectUrl":"http://x.example","onDuplicate":"replace"`),
		create("create_additive_bad_types", 400, `"recipientEmail":"a@example.com","externalId":7,"metadata":{"a":1,"b":null},"redirectUrl":[],"sendEmail":"no","onDuplicate":null`),
		create("create_bad_metadata", 400, `"recipientEmail":"a@example.com","metadata":["a"]`),
		patch("patch_words", 200, fmt.Sprintf(`{"recipientName":"Casey Candidate","customMessage":"Hello","tags":[%q],"metadata":{"a":"1"},"externalId":"x-1","redirectUrl":"https://x.example/"}`, w.tag)),
		patch("patch_nothing", 200, `{}`),
		patch("patch_null", 200, `{"recipientName":null,"customMessage":null,"tags":null,"metadata":null,"externalId":null,"redirectUrl":null,"assignedGraderId":null}`),
		patch("patch_grader", 200, fmt.Sprintf(`{"assignedGraderId":%q}`, strings.ToUpper(string(w.owner.ID)))),
		patch("patch_limits", 200, `{"questionReplayLimit":3,"answerRecordLimit":4}`),
		patch("patch_lower_limits", 400, `{"questionReplayLimit":1,"answerRecordLimit":1}`),
		patch("patch_deadline", 200, `{"expiresAt":"2025-03-01T12:00:00+01:00"}`),
		patch("patch_deadline_again", 200, `{"expiresAt":"2025-03-01T11:00:00.0009Z"}`),
		patch("patch_earlier_deadline", 400, `{"expiresAt":"2025-02-01T00:00:00Z"}`),
		patch("patch_past_deadline", 400, `{"expiresAt":"2024-02-01T00:00:00Z"}`),
		patch("patch_far_deadline", 400, `{"expiresAt":"2027-01-01T00:00:00Z"}`),
		patch("patch_name_taken", 409, `{"externalId":"application-4711"}`),
		patch("patch_foreign_tag", 404, `{"tags":["01949999-0000-7000-8000-000000000000"]}`),
		patch("patch_bad", 400, `{"recipientName":"www.evil.example","tags":"x","metadata":{"a":[]},"expiresAt":"tomorrow","questionReplayLimit":null,"recipientEmail":"b@example.com"}`),
		{name: "patch_expired", method: "PATCH", path: invites + "/" + string(m.expired), body: `{"expiresAt":"2025-02-01T00:00:00Z"}`, status: 200},
		{name: "patch_revoked_deadline", method: "PATCH", path: invites + "/" + string(m.revoked), body: `{"expiresAt":"2026-01-01T00:00:00Z"}`, status: 409},
		{name: "patch_revoked_limits", method: "PATCH", path: invites + "/" + string(m.revoked), body: `{"answerRecordLimit":50}`, status: 409},
		{name: "resend", method: "POST", path: one + "/resend", status: 200},
		{name: "resend_at_once", method: "POST", path: one + "/resend", status: 429},
		{name: "resend_revoked", method: "POST", path: invites + "/" + string(m.revoked) + "/resend", status: 409},
		{name: "revoke", method: "POST", path: one + "/revoke", status: 200},
		{name: "revoke_again", method: "POST", path: one + "/revoke", body: `{"force":true}`, status: 200},
		{name: "revoke_bad", method: "POST", path: one + "/revoke", body: `{"force":"yes","reason":"x"}`, status: 400},
		list("by_address", "recipientEmail=ATS%40EXAMPLE.com"),
		list("by_name", "externalId=application-4711"),
		list("by_tag", "tag="+string(w.tag)),
		list("by_grader", "graderId="+string(w.owner.ID)),
		list("by_update", "updatedSince=2025-01-16T13:03:02.000Z&sort=expires_at&order=asc"),
		{name: "list_bad_filters", method: "GET", path: invites + "?recipientEmail=x&externalId=%20&tag=1&graderId=&updatedSince=2025-01-16", status: 400},
		{name: "batch", method: "POST", path: invites + "/batch", status: 200, body: fmt.Sprintf(`{"invites":[
 {"assessmentId":%q,"recipientEmail":"b1@example.com"},
 {"assessmentId":%[1]q,"recipientEmail":"b1@example.com"},
 {"assessmentId":%[1]q,"recipientEmail":"B1@example.com","onDuplicate":"return","sendEmail":false},
 {"assessmentId":%[1]q,"recipientEmail":"no address","expiresInDays":0},
 {"assessmentId":"01949999-0000-7000-8000-000000000000","recipientEmail":"b2@example.com"}]}`, w.published)},
		{name: "batch_empty", method: "POST", path: invites + "/batch", status: 400, body: `{"invites":[]}`},
		{name: "batch_malformed", method: "POST", path: invites + "/batch", status: 400, body: fmt.Sprintf(`{"invites":[{"assessmentId":%q},{"assessmentId":1,"recipientEmail":"x","recipientMail":"y"},null]}`, w.published)},
	}
}

// batchOf is a batch of n wishes, each with more text around it than a wish usually has.
func (w *world) batchOf(n int, prefix string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"assessmentId":%q,"recipientEmail":"%s%d@example.com","customMessage":%q,"metadata":{"index":"%d"}}`,
			w.published, prefix, i, strings.Repeat("Welcome. ", 100), i)
	}
	return `{"invites":[` + b.String()[1:] + `]}`
}

func (w *world) results(got answer) []wire.InviteBatchResult {
	w.t.Helper()
	var out wire.InviteBatchResults
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK {
		w.t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return out.Results
}

func TestABatchHoldsAThousandAndNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.post("/api/v1/invites/batch", w.batchOf(1000, "many"))
	for i, r := range w.results(got) {
		if r.Index != i || r.Status != 201 || r.Invite == nil || r.Invite.RecipientEmail != fmt.Sprintf("many%d@example.com", i) || r.Error != nil {
			t.Fatalf("the wish at %d became %+v", i, r)
		}
	}
	if got := w.post("/api/v1/invites/batch", w.batchOf(1001, "more")); got.status != 400 || w.message(got) != "invites must hold 1 to 1000 invites" {
		t.Errorf("1,001: %d %s", got.status, got.body)
	}
	body := w.batchOf(1, "large")
	large := body[:len(body)-1] + strings.Repeat(" ", 4<<20-len(body)) + "}"
	if got := w.post("/api/v1/invites/batch", large); got.status != 200 {
		t.Errorf("4 MB: %d %s", got.status, got.body)
	}
	if got := w.post("/api/v1/invites/batch", large+" "); got.status != 413 || w.message(got) != "The request body must be at most 4096 KB." {
		t.Errorf("4 MB and a byte: %d %s", got.status, got.body)
	}
}

func TestARepeatedBatchGoesOnWhereItWasRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.post("/api/v1/invites", fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"b3@example.com"}`, w.published))
		standing := assess.InviteID("")
		if id, err := w.app.OpenInvite(t.Context(), w.owner.Actor(assess.Live), w.published, "b3@example.com"); err == nil {
			standing = id
		}
		body := w.batchOf(8, "b")
		first := w.post("/api/v1/invites/batch", body, "Idempotency-Key", "batch-1")
		results := w.results(first)
		for i, r := range results {
			if (r.Status == 201) != (i != 3) {
				t.Errorf("the wish at %d: %d", i, r.Status)
			}
		}
		if results[3].Status != 409 || results[3].Invite != nil || !strings.Contains(*results[3].Error, string(standing)) {
			t.Errorf("the wish at 3 became %+v", results[3])
		}
		again := w.post("/api/v1/invites/batch", body, "Idempotency-Key", "batch-1")
		if again.status != 200 || again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("again: %d %s %v", again.status, again.body, again.header)
		}
		w.must(w.app.Revoke(t.Context(), w.owner.Actor(assess.Live), standing, false))
		for i, r := range w.results(w.post("/api/v1/invites/batch", body, "Idempotency-Key", "batch-1")) {
			if r.Status != 201 || i != 3 && r.Invite.ID != results[i].Invite.ID {
				t.Errorf("with the way free, the wish at %d became %+v", i, r)
			}
		}
		other := strings.Replace(body, "b7@", "b9@", 1)
		if got := w.post("/api/v1/invites/batch", other, "Idempotency-Key", "batch-1"); got.status != 422 {
			t.Errorf("another batch under the same key: %d %s", got.status, got.body)
		}
		if got := w.get("/api/v1/invites?recipientEmail=b9%40example.com"); !strings.Contains(got.body, `"invites":[]`) {
			t.Errorf("the other batch left %s", got.body)
		}
		if got := w.post("/api/v1/invites/batch", body, "Idempotency-Key", "bad key"); got.status != 400 {
			t.Errorf("a bad key: %d", got.status)
		}
	})
}

// Whoever may write may read what became of what was written, and nothing else.
func TestAKeyThatOnlyWritesLearnsWhatItHasChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.limitedKey(assess.Live, assess.ScopeWriteInvites)
	one := "/api/v1/invites/" + string(w.invite)
	for _, call := range []struct{ method, path, body string }{
		{"PATCH", one, `{"recipientName":"Casey"}`},
		{"POST", one + "/resend", ""},
		{"POST", one + "/revoke", ""},
	} {
		if got := w.send(call.method, call.path, key, call.body); got.status != 200 || !strings.Contains(got.body, `"recipientName":"Casey"`) {
			t.Errorf("%s %s: %d %s", call.method, call.path, got.status, got.body)
		}
	}
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"quiet@example.com","sendEmail":false}`, w.published)
	if got := w.send("POST", "/api/v1/invites", key, body); got.status != 201 || linkIn(got.body) == "\x00" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.send("GET", one, key, ""); got.status != 403 {
		t.Errorf("reading: %d %s", got.status, got.body)
	}
}

// limitedKey is a key that may do what the scope says and nothing else.
func (w *world) limitedKey(mode assess.Mode, scope assess.Scope) string {
	w.t.Helper()
	_, key, err := w.app.CreateAPIKey(w.t.Context(), w.owner.Actor(mode), assess.NewAPIKey{Name: "Limited", Mode: mode, Scopes: []assess.Scope{scope}})
	w.must(err)
	return key
}

func TestResendingTooSoonSaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/api/v1/invites/" + string(w.invite) + "/resend"
	if got := w.post(path, ""); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	w.clock.advance(59 * time.Second)
	if got := w.post(path, ""); got.status != 429 || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %v", got.status, got.header)
	}
	w.clock.advance(time.Second)
	if got := w.post(path, "", "Idempotency-Key", "resend-1"); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.post(path, "", "Idempotency-Key", "resend-1"); got.status != 200 || got.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("repeated: %d %s", got.status, got.body)
	}
}
