package api_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"alfaone/internal/api"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// A body is either refused as invalid, in words that are valid text, or it is one that the standard library reads alike.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"assessmentId":"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9","recipientEmail":"candidate@example.com"}`,
		`{"assessmentId":"7CAC8EB9-09A8-4CEC-B28E-DFC50DB8D0F9","recipientEmail":"","expiresInDays":3e1,"tags":[],"recipientName":null}`,
		`{"proctoringSettings":{"screenRecording":false},"questionReplayLimit":-0.0,"customMessage":"\ud83d\ude00"}`,
		`{"recipientEmail":"a","recipientEmail":"b"}`, `{"recipientName":"\ud800"}`, `{"recipientName":"\u0000"}`, "{\"recipientName\":\"\xff\"}",
		`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`, `{}{}`, `null`, ``, "\ufeff{}", `{"expiresInDays":1e400}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got wire.InviteRequest
		if err := api.Decode(body, &got); err != nil {
			if assess.KindOf(err) != assess.Invalid || err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q is refused with %q", body, err)
			}
			return
		}
		if !json.Valid(body) || !assess.ValidID(got.AssessmentID) {
			t.Fatalf("%q is accepted as %+v", body, got)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var again wire.InviteRequest
		if err := api.Decode(text, &again); err != nil {
			t.Fatalf("%q is accepted, %s is not: %v", body, text, err)
		}
		if x, y := marshal(t, got.Canonical()), marshal(t, again.Canonical()); x != y {
			t.Fatalf("%s became %s", x, y)
		}
	})
}

// Whatever is sent to a route, its body is either refused as invalid or understood the same each time.
func FuzzBodies(f *testing.F) {
	takers := api.Takers()
	for _, taker := range takers {
		f.Add([]byte(marshal(f, taker.Example)))
	}
	for _, seed := range []string{
		`{}`, `{"invites":[{},{}]}`, `{"metadata":{"a":"b","":"\u0000"}}`, `{"expiresAt":"2025-01-15T12:00:00+24:00"}`, `{"force":null}`, `{"to":"completed","to":""}`,
		`{"questions":[{"text":{"en":1},"criteria":[{"levels":[{}]}]}]}`, `{"url":"https://\ud800","events":["*"]}`, `{"name":null,"color":"#1F6FEB"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, taker := range takers {
			in, err := taker.Decode(body)
			if err != nil {
				if assess.KindOf(err) != assess.Invalid || err.Error() == "" || !utf8.ValidString(err.Error()) {
					t.Fatalf("%s: %q is refused with %q", taker.Name, body, err)
				}
				continue
			}
			again, err := taker.Decode(bytes.Clone(body))
			if err != nil || !json.Valid(body) {
				t.Fatalf("%s: %q is accepted, and then %v", taker.Name, body, err)
			}
			first, err := api.Fingerprint(in)
			if err != nil {
				t.Fatalf("%s: %q: %v", taker.Name, body, err)
			}
			if second, _ := api.Fingerprint(again); first != second || first == "" {
				t.Fatalf("%s: %q is told apart from itself", taker.Name, body)
			}
		}
	})
}

// An idempotency key is either refused, or it is visible, and the same with quotes as without.
func FuzzIdempotencyKey(f *testing.F) {
	for _, seed := range []string{"", "k", `"k"`, `"`, `""`, `"k`, `k"`, `""k""`, " k", "a b", "\x7f", "é", strings.Repeat("x", 255), strings.Repeat("x", 256), `"\""`, "0", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		key, err := api.OnceKey([]string{value})
		if err != nil {
			if assess.KindOf(err) != assess.Invalid || key != "" {
				t.Fatalf("%q is refused with %q, %v", value, key, err)
			}
			return
		}
		if key == "" || len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("%q is the key %q", value, key)
		}
		if quoted, err := api.OnceKey([]string{`"` + key + `"`}); err != nil || quoted != key {
			t.Fatalf("%q in quotes is %q, %v", key, quoted, err)
		}
		if _, err := api.OnceKey([]string{value, value}); err == nil {
			t.Fatalf("%q is taken twice", value)
		}
	})
}

// A query is either refused as invalid, or it leads to a page within its limits.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "page=1&limit=20&sort=sent_at&order=desc", "page=0", "page=99999999999999999999", "limit=%31", "limit=+5", "sort=", "page=1&page=2",
		"status=pending&assessmentId=7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9", "assessmentId=x", "%zz", "a;b", "%ff=%00", "&&=&", "Page=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, r := range api.Routes() {
			if r.List && !r.Feed {
				fuzzQuery(t, r, query)
			}
		}
	})
}

func fuzzQuery(t *testing.T, r api.Route, query string) {
	t.Helper()
	page, filters, err := api.ReadQuery(r.Name, query)
	if err != nil {
		if assess.KindOf(err) != assess.Invalid || err.Error() == "" || !utf8.ValidString(err.Error()) {
			t.Fatalf("%s: %q is refused with %q", r.Name, query, err)
		}
		return
	}
	if page.Number < 0 || page.Limit < 1 || page.Limit > assess.MaxPageLimit || page.Number > 0 && page.Offset() < 0 || !slices.Contains(r.Sorts, page.Sort) {
		t.Fatalf("%s: %q leads to %+v", r.Name, query, page)
	}
	for _, name := range []string{"assessmentId", "tag", "graderId"} {
		if id := filters[name]; id != "" && !assess.ValidID(id) {
			t.Fatalf("%s: %q asks for the %s %q", r.Name, query, name, id)
		}
	}
}
