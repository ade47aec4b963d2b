package api_test

import (
	"encoding/json"
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

// A query is either refused as invalid, or it leads to a page within its limits.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "page=1&limit=20&sort=sent_at&order=desc", "page=0", "page=99999999999999999999", "limit=%31", "limit=+5", "sort=", "page=1&page=2",
		"status=pending&assessmentId=7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9", "assessmentId=x", "%zz", "a;b", "%ff=%00", "&&=&", "Page=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		page, filters, err := api.ReadQuery("listInvites", query)
		if err != nil {
			if assess.KindOf(err) != assess.Invalid || err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q is refused with %q", query, err)
			}
			return
		}
		if page.Number < 1 || page.Limit < 1 || page.Limit > assess.MaxPageLimit || page.Offset() < 0 || page.Sort == "" {
			t.Fatalf("%q leads to %+v", query, page)
		}
		if id := filters["assessmentId"]; id != "" && !assess.ValidID(id) {
			t.Fatalf("%q asks for assessment %q", query, id)
		}
	})
}
