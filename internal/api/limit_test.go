package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bound is a value at a limit, and whether it is still good.
type bound struct {
	field string
	value any
	good  bool
}

func TestEveryFieldEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tags := w.tags(21)
	word := func(n int) string { return strings.Repeat("ä", n) }
	domain := strings.Repeat(strings.Repeat("d", 62)+".", 2) + strings.Repeat("d", 58) + ".org" // 188 bytes
	bounds := []bound{
		{"recipientEmail", strings.Repeat("l", 64) + "@" + domain, true},
		{"recipientEmail", strings.Repeat("l", 65) + "@" + domain, false},
		{"recipientEmail", strings.Repeat("l", 64) + "@d" + domain, true}, // 254 bytes
		{"recipientEmail", strings.Repeat("l", 64) + "@dd" + domain, false},
		{"recipientName", word(200), true},
		{"recipientName", word(201), false},
		{"customMessage", word(2000), true},
		{"customMessage", word(2001), false},
		{"tags", tags[:20], true},
		{"tags", tags, false},
		{"language", "pt", true},
		{"language", "pt-BR", false},
	}
	for field, limit := range map[string]int{"questionReplayLimit": 100, "answerRecordLimit": 100, "expiresInDays": 365} {
		bounds = append(bounds, bound{field, 0, false}, bound{field, 1, true}, bound{field, limit, true}, bound{field, limit + 1, false})
	}
	for i, b := range bounds {
		body := map[string]any{"assessmentId": w.published, "recipientEmail": fmt.Sprintf("limit%d@example.com", i)}
		body[b.field] = b.value
		w.wantBound(b, 201, w.post("/api/v1/invites", marshal(t, body)))
	}

	one := "/api/v1/tags/" + string(w.tag)
	for i, b := range []bound{
		{"name", "", false},
		{"name", "ä", true},
		{"name", word(50), true},
		{"name", word(51), false},
		{"color", "#abcDEF", true},
		{"color", "#abcDE", false},
		{"color", "#abcDEF0", false},
		{"color", "#abcDEG", false},
	} {
		body := map[string]any{"name": fmt.Sprint("limit ", i)}
		body[b.field] = b.value
		created := w.post("/api/v1/tags", marshal(t, body))
		w.wantBound(b, 201, created)
		if id, ok := strings.CutPrefix(created.body, `{"tag":{"id":"`); ok { // a name can be given once only
			w.send("DELETE", "/api/v1/tags/"+id[:36], w.key, "")
		}
		w.wantBound(b, 200, w.send("PATCH", one, w.key, marshal(t, map[string]any{b.field: b.value})))
	}
}

// tags makes tags.
func (w *world) tags(n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		got := w.post("/api/v1/tags", fmt.Sprintf(`{"name":"made %d"}`, i))
		ids = append(ids, strings.TrimPrefix(got.body, `{"tag":{"id":"`)[:36])
		w.clock.advance(time.Second)
	}
	return ids
}

func marshal(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (w *world) wantBound(b bound, success int, got answer) {
	w.t.Helper()
	w.clock.advance(time.Second)
	switch {
	case b.good && got.status != success:
		w.t.Errorf("%s %v: %d %s, want %d", b.field, b.value, got.status, got.body, success)
	case !b.good && (got.status != 400 || !strings.Contains(w.message(got), b.field+" ")):
		w.t.Errorf("%s %v: %d %s, want 400 that names it", b.field, b.value, got.status, got.body)
	}
}

func TestEveryParameterEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{
		"/api/v1/assessments", "/api/v1/assessments/" + string(w.published) + "/questions", "/api/v1/invites", "/api/v1/members", "/api/v1/tags",
	} {
		for _, b := range []bound{
			{"page", "0", false},
			{"page", "1", true},
			{"page", "1000000000", true},
			{"page", "1000000001", false},
			{"page", "18446744073709551617", false},
			{"page", "01", false},
			{"page", "%2B1", false},
			{"page", "", false},
			{"limit", "0", false},
			{"limit", "1", true},
			{"limit", "100", true},
			{"limit", "101", false},
			{"limit", "1.0", false},
		} {
			w.wantBound(b, 200, w.get(path+fmt.Sprintf("?%s=%s", b.field, b.value)))
		}
	}
}

func TestBodiesEndAtTheirLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := func(size int) string { return `{"name":"big"` + strings.Repeat(" ", size-len(`{"name":"big"}`)) + `}` }
	send := func(body string, length int64) answer {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/tags", io.NopCloser(strings.NewReader(body)))
		r.Header.Set("X-Api-Key", w.key)
		r.ContentLength = length
		return w.do(r)
	}
	const limit = 256 << 10
	if got := send(body(limit), limit); got.status != 201 {
		t.Errorf("256 KB: %d %s", got.status, got.body)
	}
	for _, length := range []int64{limit + 1, -1} {
		if got := send(body(limit+1), length); got.status != 413 || w.message(got) != "The request body must be at most 256 KB." {
			t.Errorf("one byte more, said to be %d: %d %s", length, got.status, got.body)
		}
	}
	deep := func(levels int) string {
		return `{"name":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	if got := w.message(w.post("/api/v1/tags", deep(32))); got != "name must be a string" {
		t.Errorf("32 levels: %s", got)
	}
	if got := w.message(w.post("/api/v1/tags", deep(33))); !strings.Contains(got, "nested") {
		t.Errorf("33 levels: %s", got)
	}
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, mediaType := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"", ""} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/tags", strings.NewReader(fmt.Sprintf(`{"name":"media %d"}`, i)))
		r.Header.Set("X-Api-Key", w.key)
		if mediaType != "" {
			r.Header.Set("Content-Type", mediaType)
		}
		if got := w.do(r); got.status != 201 {
			t.Errorf("%q: %d %s", mediaType, got.status, got.body)
		}
	}
	for _, mediaType := range []string{"text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded", "application/jsonx", "json", ";", "multipart/form-data; boundary=x"} {
		got := w.send("POST", "/api/v1/tags", w.key, `{"name":"media"}`, "Content-Type", mediaType)
		if got.status != 415 || !strings.Contains(w.message(got), "application/json") {
			t.Errorf("%q: %d %s", mediaType, got.status, got.body)
		}
	}
}

func TestPagesNeverOverlapAndTotalsAreExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tags(44) // and the one that was there
	for _, query := range []string{"sort=name", "sort=created_at", "sort=name&order=asc", "sort=created_at&order=asc", "", "limit=7"} {
		seen := map[string]bool{}
		for page := 1; ; page++ {
			w.clock.advance(time.Second)
			got := w.get(fmt.Sprintf("/api/v1/tags?%s&page=%d", query, page))
			var list struct {
				Tags       []struct{ ID string }
				Pagination struct{ Page, Limit, Total, TotalPages int }
			}
			w.must(json.Unmarshal([]byte(got.body), &list))
			p := list.Pagination
			if p.Total != 45 || p.Page != page || p.TotalPages != (45+p.Limit-1)/p.Limit {
				t.Fatalf("%s page %d: %+v", query, page, p)
			}
			for _, tag := range list.Tags {
				if seen[tag.ID] {
					t.Errorf("%s: %s is on two pages", query, tag.ID)
				}
				seen[tag.ID] = true
			}
			if page > p.TotalPages {
				if !strings.Contains(got.body, `"tags":[]`) {
					t.Errorf("past the last page: %s", got.body)
				}
				break
			}
		}
		if len(seen) != 45 {
			t.Errorf("%s: %d of 45", query, len(seen))
		}
	}
}
