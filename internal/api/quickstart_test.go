package api_test

import (
	"fmt"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestQuickstartIsAnsweredToTheByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.owner.Actor(assess.Live)
	w.must(w.app.Archive(t.Context(), owner, w.draft))
	w.must(w.app.Archive(t.Context(), owner, w.published))

	w.clock.set(time.Date(2025, 1, 1, 10, 0, 0, 0, time.UTC))
	w.ids.next = []string{"11111111-1111-7111-8111-111111111111", "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9"} // the first question, then the assessment
	asm, err := w.app.CreateAssessment(t.Context(), owner, "Software Engineer Assessment")
	w.must(err)
	w.clock.set(time.Date(2025, 1, 2, 15, 30, 0, 0, time.UTC))
	w.fill(owner, asm, 10)
	for i := range 25 {
		_, err := w.app.Invite(t.Context(), owner, assess.NewInvite{
			Assessment: asm.ID, Email: fmt.Sprintf("candidate%d@example.com", i), ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		})
		w.must(err)
	}

	w.clock.set(time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC))
	got := w.get("/api/v1/assessments")
	if want := `{"assessments":[{"id":"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9","name":"Software Engineer Assessment","defaultQuestionFormat":"audio",` +
		`"defaultAnswerFormat":"audio","languages":["en","es"],"questionCount":10,"inviteCount":25,` +
		`"createdAt":"2025-01-01T10:00:00.000Z","updatedAt":"2025-01-02T15:30:00.000Z"}],` +
		`"pagination":{"page":1,"limit":20,"total":1,"totalPages":1}}`; got.status != 200 || got.body != want {
		t.Errorf("%d\n%s\nwant 200\n%s", got.status, got.body, want)
	}

	w.ids.next = []string{"a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
	got = w.post("/api/v1/invites", `{
		"assessmentId": "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9",
		"recipientEmail": "candidate@example.com",
		"questionReplayLimit": 1,
		"answerRecordLimit": 1,
		"expiresInDays": 30,
		"proctoringSettings": {"screenRecording": true, "webcamMonitoring": true, "requireIdCapture": true}
	}`)
	if want := `{"invite":{"id":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","assessmentId":"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9",` +
		`"assessmentName":"Software Engineer Assessment","recipientEmail":"candidate@example.com","recipientName":null,` +
		`"status":"pending","questionReplayLimit":1,"answerRecordLimit":1,"sentAt":"2025-01-15T12:00:00.000Z",` +
		`"expiresAt":"2025-02-14T12:00:00.000Z","acceptedAt":null,"startedAt":null,"completedAt":null}}`; got.status != 201 || got.body != want {
		t.Errorf("%d\n%s\nwant 201\n%s", got.status, got.body, want)
	}
}

func TestAuthenticationIsRefusedToTheByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.owner.Actor(assess.Live)
	_, expired, err := w.app.CreateAPIKey(t.Context(), owner, assess.NewAPIKey{Name: "Short", Mode: assess.Live, ExpiresInDays: 1})
	w.must(err)
	revoked, revokedKey, err := w.app.CreateAPIKey(t.Context(), owner, assess.NewAPIKey{Name: "Gone", Mode: assess.Live})
	w.must(err)
	w.must(w.app.RevokeAPIKey(t.Context(), owner, revoked.ID))
	w.clock.advance(24 * time.Hour)

	tests := map[string]struct {
		keys []string
		want string
	}{
		"no header":        {nil, `{"error":"API key is required"}`},
		"an empty header":  {[]string{""}, `{"error":"API key is required"}`},
		"no key at all":    {[]string{"secret"}, `{"error":"Invalid API key"}`},
		"a wrong checksum": {[]string{w.key[:len(w.key)-1] + "!"}, `{"error":"Invalid API key"}`},
		"a swapped mode":   {[]string{"ak_test_" + w.key[len("ak_live_"):]}, `{"error":"Invalid API key"}`},
		"nobody's key":     {[]string{"ak_live_0123456789ABCDEFGHIJKLMN26oFuJ"}, `{"error":"Invalid API key"}`},
		"two keys":         {[]string{w.key, w.testKey}, `{"error":"Invalid API key"}`},
		"the key twice":    {[]string{w.key, w.key}, `{"error":"Invalid API key"}`},
		"an expired key":   {[]string{expired}, `{"error":"API key has expired"}`},
		"a revoked key":    {[]string{revokedKey}, `{"error":"API key has been revoked"}`},
	}
	for name, test := range tests {
		var headers []string
		for _, key := range test.keys {
			headers = append(headers, "x-api-key", key)
		}
		if got := w.send("GET", "/api/v1/assessments", "", "", headers...); got.status != 401 || got.body != test.want {
			t.Errorf("%s: %d %s, want 401 %s", name, got.status, got.body, test.want)
		}
	}
	if got := w.get("/api/v1/assessments"); got.status != 200 {
		t.Errorf("a key that is fine: %d %s", got.status, got.body)
	}
}
