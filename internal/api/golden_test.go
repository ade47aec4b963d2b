package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

const problemJSON = "application/problem+json"

// scenario is one call and the file that holds its answer.
type scenario struct {
	name, method, path, body string
	status                   int
	headers                  []string
	anonymous                bool // without a key
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	more := w.populate()
	for _, s := range slices.Concat(
		assessmentScenarios(w, more), inviteScenarios(w, more), memberScenarios(w), tagScenarios(w), refusalScenarios(w), problemScenarios(w),
		assessmentDocumentScenarios(w),
	) {
		w.clock.advance(time.Second)
		key := w.key
		if s.anonymous {
			key = ""
		}
		got := w.send(s.method, s.path, key, s.body, s.headers...)
		if got.status != s.status {
			t.Errorf("%s: %d %s, want %d", s.name, got.status, got.body, s.status)
		}
		golden(t, "testdata/"+s.name+".http", dump(s, got))
	}
}

// dump writes a call and its answer as they went over the wire.
func dump(s scenario, got answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", s.method, s.path)
	for i := 0; i < len(s.headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\n", s.headers[i], s.headers[i+1])
	}
	if s.body != "" {
		fmt.Fprintf(&b, "\n%s\n", s.body)
	}
	fmt.Fprintf(&b, "\n%d\n", got.status)
	for _, name := range slices.Sorted(maps.Keys(got.header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(got.header[name], ", "))
	}
	if got.body != "" {
		fmt.Fprintf(&b, "\n%s\n", got.body)
	}
	return b.String()
}

// more is what the scenarios need besides one of everything.
type more struct {
	revoked, accepted, expired assess.InviteID
	archived                   assess.AssessmentID
}

func (w *world) populate() more {
	w.t.Helper()
	ctx, owner := w.t.Context(), w.owner.Actor(assess.Live)
	invite := func(email, name, message string, days int) assess.InviteID {
		w.clock.advance(time.Minute)
		out, err := w.app.Invite(ctx, owner, assess.NewInvite{
			Assessment: w.published, Email: email, Name: name, Message: message, ReplayLimit: 2, RecordLimit: 3, ExpiresInDays: days,
		})
		w.must(err)
		return out.Invite.ID
	}
	var m more
	m.archived = w.publish(owner, "Archived", 1)
	w.must(w.app.Archive(ctx, owner, m.archived))
	m.expired = invite("late@example.com", "Lee Late", "", 1)
	w.clock.advance(25 * time.Hour)
	m.revoked = invite("gone@example.com", "Gus Gone", "We look forward to <hearing> from you & \"yours\".\nBest", 30)
	w.must(w.app.Revoke(ctx, owner, m.revoked, false))
	m.accepted = invite("yes@example.com", "Yara Yes", "", 60)
	url, err := w.app.InviteURL(ctx, owner, m.accepted)
	w.must(err)
	token := url[strings.LastIndexByte(url, '/')+1:]
	candidate := app.Client{Address: "192.0.2.1"}
	landing, err := w.app.Landing(ctx, token, "", candidate)
	w.must(err)
	w.must(w.app.Accept(ctx, token, app.Agreement{Ticked: true, Shown: landing.NoticeSHA256}, candidate))
	return m
}

func assessmentScenarios(w *world, m more) []scenario {
	one := "/api/v1/assessments/" + string(w.published)
	return []scenario{
		{name: "assessment/list", method: "GET", path: "/api/v1/assessments", status: 200},
		{name: "assessment/list_by_name", method: "GET", path: "/api/v1/assessments?sort=name&order=asc&limit=1&page=2", status: 200},
		{name: "assessment/list_archived", method: "GET", path: "/api/v1/assessments?status=archived", status: 200},
		{name: "assessment/list_past_the_end", method: "GET", path: "/api/v1/assessments?page=1000000000", status: 200},
		{name: "assessment/list_bad_query", method: "GET", path: "/api/v1/assessments?page=0&limit=101&sort=size&order=up&status=gone&filter=x&limt=5", status: 400},
		{name: "assessment/get", method: "GET", path: one, status: 200},
		{name: "assessment/get_draft", method: "GET", path: "/api/v1/assessments/" + string(w.draft), status: 200},
		{name: "assessment/get_archived", method: "GET", path: "/api/v1/assessments/" + string(m.archived), status: 200},
		{name: "assessment/get_in_capitals", method: "GET", path: "/api/v1/assessments/" + strings.ToUpper(string(w.published)), status: 200},
		{name: "assessment/get_with_query", method: "GET", path: one + "?page=1", status: 400},
		{name: "assessment/get_unknown", method: "GET", path: "/api/v1/assessments/01949999-0000-7000-8000-000000000000", status: 404},
		{name: "question/list", method: "GET", path: one + "/questions", status: 200},
		{name: "question/list_descending", method: "GET", path: one + "/questions?order=desc&limit=2", status: 200},
		{name: "question/list_second_page", method: "GET", path: one + "/questions?limit=2&page=2&sort=position", status: 200},
		{name: "question/list_past_the_end", method: "GET", path: one + "/questions?page=9", status: 200},
		{name: "question/list_bad_sort", method: "GET", path: one + "/questions?sort=points", status: 400},
		{name: "question/list_unknown", method: "GET", path: "/api/v1/assessments/nothing/questions", status: 404},
	}
}

func inviteScenarios(w *world, m more) []scenario {
	create := func(name string, status int, body string, headers ...string) scenario {
		return scenario{name: "invite/create_" + name, method: "POST", path: "/api/v1/invites", body: body, status: status, headers: headers}
	}
	base := fmt.Sprintf(`"assessmentId":%q,"recipientEmail"`, w.published)
	return []scenario{
		{name: "invite/list", method: "GET", path: "/api/v1/invites", status: 200},
		{name: "invite/list_expired", method: "GET", path: "/api/v1/invites?status=expired", status: 200},
		{name: "invite/list_by_status", method: "GET", path: "/api/v1/invites?sort=status&order=asc&limit=2", status: 200},
		{name: "invite/list_of_assessment", method: "GET", path: "/api/v1/invites?assessmentId=" + string(w.published) + "&sort=expires_at&limit=1", status: 200},
		{name: "invite/list_of_nothing", method: "GET", path: "/api/v1/invites?assessmentId=01949999-0000-7000-8000-000000000000", status: 200},
		{name: "invite/list_bad_query", method: "GET", path: "/api/v1/invites?assessmentId=x&status=open&sort=sentAt&page=1&page=2", status: 400},
		{name: "invite/get", method: "GET", path: "/api/v1/invites/" + string(w.invite), status: 200},
		{name: "invite/get_revoked", method: "GET", path: "/api/v1/invites/" + string(m.revoked), status: 200},
		{name: "invite/get_accepted", method: "GET", path: "/api/v1/invites/" + string(m.accepted), status: 200},
		{name: "invite/get_expired", method: "GET", path: "/api/v1/invites/" + string(m.expired), status: 200},
		{name: "invite/get_of_the_test_world", method: "GET", path: "/api/v1/invites/" + string(w.testInvite), status: 404},
		create("with_defaults", 201, fmt.Sprintf(`{%s:"plain@example.com"}`, base)),
		create("with_everything", 201, fmt.Sprintf(`{%s:"Full@EXAMPLE.com","recipientName":"  Fay   Full ","language":"de","customMessage":"Viel Erfolg!",
 "questionReplayLimit":100,"answerRecordLimit":100,"expiresInDays":365,"proctoringSettings":{"screenRecording":false},
 "assignedGraderId":%q,"tags":[%q]}`, base, w.owner.ID, w.tag)),
		create("with_key", 201, fmt.Sprintf(`{%s:"key@example.com"}`, base), "Idempotency-Key", "k1"),
		create("replayed", 201, fmt.Sprintf(`{%s:"key@example.com"}`, base), "Idempotency-Key", "k1"),
		create("key_reused", 422, fmt.Sprintf(`{%s:"other@example.com"}`, base), "Idempotency-Key", "k1"),
		create("duplicate", 409, fmt.Sprintf(`{%s:"PLAIN@example.com"}`, base)),
		create("of_draft", 409, fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"a@example.com"}`, w.draft)),
		create("of_archived", 409, fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"a@example.com"}`, m.archived)),
		create("of_nothing", 404, `{"assessmentId":"01949999-0000-7000-8000-000000000000","recipientEmail":"a@example.com"}`),
		create("with_typo", 400, fmt.Sprintf(`{%s:"a@example.com","recipientMail":"b@example.com"}`, base)),
		create("with_nothing", 400, `{}`),
		create("with_bad_values", 400, fmt.Sprintf(`{%s:"Bob <b@example.com>","questionReplayLimit":0,"answerRecordLimit":101,"expiresInDays":366,"language":"xx"}`, base)),
		create("with_bad_types", 400, `{"assessmentId":1,"recipientEmail":null,"questionReplayLimit":"1","answerRecordLimit":1.5,"expiresInDays":true,
 "proctoringSettings":{"screenRecording":"yes","webcam":true},"tags":[1,"x"],"customMessage":[],"Language":"en"}`),
	}
}

func memberScenarios(w *world) []scenario {
	return []scenario{
		{name: "member/list", method: "GET", path: "/api/v1/members", status: 200},
		{name: "member/list_by_name", method: "GET", path: "/api/v1/members?sort=last_name&order=asc", status: 200},
		{name: "member/list_bad_sort", method: "GET", path: "/api/v1/members?sort=role", status: 400},
		{name: "member/get", method: "GET", path: "/api/v1/members/" + string(w.owner.ID), status: 200},
		{name: "member/get_unknown", method: "GET", path: "/api/v1/members/nobody", status: 404},
	}
}

func tagScenarios(w *world) []scenario {
	one := "/api/v1/tags/" + string(w.tag)
	return []scenario{
		{name: "tag/list", method: "GET", path: "/api/v1/tags", status: 200},
		{name: "tag/list_bad_sort", method: "GET", path: "/api/v1/tags?sort=color", status: 400},
		{name: "tag/get", method: "GET", path: one, status: 200},
		{name: "tag/create", method: "POST", path: "/api/v1/tags", body: `{"name":" Spring  intake ","color":"#1F6FEB"}`, status: 201},
		{name: "tag/create_without_color", method: "POST", path: "/api/v1/tags", body: `{"name":"R&D"}`, status: 201},
		{name: "tag/create_taken", method: "POST", path: "/api/v1/tags", body: `{"name":"SPRING INTAKE"}`, status: 409},
		{name: "tag/create_bad", method: "POST", path: "/api/v1/tags", body: `{"name":"","color":"red"}`, status: 400},
		{name: "tag/create_null", method: "POST", path: "/api/v1/tags", body: `{"name":"x","color":null}`, status: 400},
		{name: "tag/update", method: "PATCH", path: one, body: `{"color":"#000000"}`, status: 200},
		{name: "tag/update_name", method: "PATCH", path: one, body: `{"name":"Renamed"}`, status: 200},
		{name: "tag/update_nothing", method: "PATCH", path: one, body: `{}`, status: 200},
		{name: "tag/update_taken", method: "PATCH", path: one, body: `{"name":"spring intake"}`, status: 409},
		{name: "tag/update_bad", method: "PATCH", path: one, body: `{"name":null,"color":"#12345","id":"x"}`, status: 400},
		{name: "tag/update_unknown", method: "PATCH", path: "/api/v1/tags/nothing", body: `{}`, status: 404},
		{name: "tag/delete", method: "DELETE", path: one, status: 204},
		{name: "tag/delete_again", method: "DELETE", path: one, status: 404},
	}
}

func refusalScenarios(w *world) []scenario {
	post := func(name string, status int, body string, headers ...string) scenario {
		return scenario{name: "refusal/" + name, method: "POST", path: "/api/v1/tags", body: body, status: status, headers: headers}
	}
	return []scenario{
		{name: "refusal/no_key", method: "GET", path: "/api/v1/tags", status: 401, anonymous: true},
		{name: "refusal/wrong_key", method: "GET", path: "/api/v1/tags", status: 401, anonymous: true, headers: []string{"x-api-key", "ak_live_x"}},
		{name: "refusal/key_in_url", method: "GET", path: "/api/v1/tags?api_key=secret", status: 400},
		{name: "refusal/no_path", method: "GET", path: "/api/v1/candidates", status: 404},
		{name: "refusal/no_method", method: "PUT", path: "/api/v1/tags", status: 405},
		{name: "refusal/options", method: "OPTIONS", path: "/api/v1/tags", status: 204, anonymous: true},
		{name: "refusal/bad_escape", method: "GET", path: "/api/v1/tags?sort=%zz", status: 400},
		post("not_json", 400, `{"name":`),
		post("no_body", 400, " "),
		post("no_object", 400, `["name"]`),
		post("two_values", 400, `{"name":"a"}{"name":"b"}`),
		post("duplicate_field", 400, `{"name":"a","name":"b"}`),
		post("nested_duplicate_field", 400, `{"x":[{"y":1,"y":2}]}`),
		post("too_deep", 400, strings.Repeat(`{"a":`, 33)+`1`+strings.Repeat(`}`, 33)),
		post("null_character", 400, `{"name":"a\u0000b"}`),
		post("half_a_surrogate_pair", 400, `{"name":"a\ud800b"}`),
		post("form", 415, `name=x`, "Content-Type", "application/x-www-form-urlencoded"),
		post("compressed", 415, `x`, "Content-Encoding", "gzip"),
	}
}

func problemScenarios(w *world) []scenario {
	return []scenario{
		{name: "problem/unauthorized", method: "GET", path: "/api/v1/tags", status: 401, anonymous: true, headers: []string{"Accept", problemJSON}},
		{name: "problem/no_path", method: "GET", path: "/api/v1/candidates", status: 404, headers: []string{"Accept", problemJSON + ", application/json;q=0.5"}},
		{name: "problem/no_method", method: "PUT", path: "/api/v1/tags", status: 405, headers: []string{"Accept", problemJSON}},
		{
			name: "problem/fields", method: "POST", path: "/api/v1/invites", status: 400, headers: []string{"Accept", problemJSON},
			body: fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"x","expiresInDays":0}`, w.published),
		},
		{name: "problem/media_type", method: "POST", path: "/api/v1/invites", status: 415, body: "x", headers: []string{"Accept", problemJSON, "Content-Encoding", "br"}},
		{name: "problem/not_wanted", method: "GET", path: "/api/v1/candidates", status: 404, headers: []string{"Accept", problemJSON + ";q=0, */*"}},
	}
}
