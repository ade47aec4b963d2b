package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func TestTimesHaveMillisecondsAndZ(t *testing.T) {
	t.Parallel()
	kathmandu := time.FixedZone("Asia/Kathmandu", (5*60+45)*60)
	tests := map[string]time.Time{
		"2025-01-15T12:00:00.000Z": time.Date(2025, 1, 15, 17, 45, 0, 0, kathmandu),
		"2025-01-15T12:00:00.005Z": time.Date(2025, 1, 15, 12, 0, 0, 5_999_999, time.UTC),
		"1969-12-31T23:59:59.900Z": time.UnixMilli(-100),
		"0001-01-01T00:00:00.000Z": {},
	}
	for want, at := range tests {
		if got := string(wire.TimeOf(at)); got != want {
			t.Errorf("%v is %s, want %s", at, got, want)
		}
	}
}

func TestTimesAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "milliseconds")) // years 1 to 9999
		if got, want := string(wire.TimeOf(at)), at.UTC().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestRequestsThatAskForTheSameHaveOneCanonicalForm(t *testing.T) {
	t.Parallel()
	const id = "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9"
	plain := wire.InviteRequest{AssessmentID: id, RecipientEmail: "candidate@example.com", Tags: []string{"a", "b"}}
	spelt := wire.InviteRequest{
		AssessmentID: "7CAC8EB9-09A8-4CEC-B28E-DFC50DB8D0F9", RecipientEmail: "candidate@example.com", Tags: []string{"B", "a", "b"},
		QuestionReplayLimit: new(1), AnswerRecordLimit: new(1), ExpiresInDays: new(30), RecipientName: new(""), CustomMessage: new(""),
		ExternalID: new(""), Metadata: map[string]string{}, RedirectURL: new(""), SendEmail: new(true), OnDuplicate: new("error"),
	}
	if x, y := encode(t, plain.Canonical()), encode(t, spelt.Canonical()); x != y {
		t.Errorf("%s\nis not\n%s", x, y)
	}
	for name, change := range map[string]func(*wire.InviteRequest){
		"days":        func(r *wire.InviteRequest) { r.ExpiresInDays = new(31) },
		"externalId":  func(r *wire.InviteRequest) { r.ExternalID = new("x") },
		"metadata":    func(r *wire.InviteRequest) { r.Metadata = map[string]string{"x": ""} },
		"redirectUrl": func(r *wire.InviteRequest) { r.RedirectURL = new("https://x.example") },
		"sendEmail":   func(r *wire.InviteRequest) { r.SendEmail = new(false) },
		"onDuplicate": func(r *wire.InviteRequest) { r.OnDuplicate = new("return") },
	} {
		other := plain
		change(&other)
		if x, y := encode(t, plain.Canonical()), encode(t, other.Canonical()); x == y {
			t.Errorf("another value of %s makes no difference: %s", name, x)
		}
	}
}

func TestRequestsAboutWebhooksThatAskForTheSameHaveOneCanonicalForm(t *testing.T) {
	t.Parallel()
	type request interface{ Canonical() any }
	const since = "2025-01-15T12:00:00.000Z"
	for _, of := range []struct{ plain, spelt, other request }{
		{wire.RotateRequest{}, wire.RotateRequest{Force: new(false)}, wire.RotateRequest{Force: new(true)}},
		{wire.RedeliverRequest{Since: since}, wire.RedeliverRequest{Since: since, All: new(false)}, wire.RedeliverRequest{Since: since, All: new(true)}},
		{wire.WebhookRequest{URL: "x"}, wire.WebhookRequest{URL: "x", Description: new(""), Events: []string{}}, wire.WebhookRequest{URL: "x", Events: []string{"a"}}},
		{wire.WebhookRequest{Events: []string{"a", "b"}}, wire.WebhookRequest{Events: []string{"b", "a", "b"}}, wire.WebhookRequest{Events: []string{"b"}}},
	} {
		plain := encode(t, of.plain.Canonical())
		if spelt := encode(t, of.spelt.Canonical()); spelt != plain {
			t.Errorf("%s\nis not\n%s", spelt, plain)
		}
		if other := encode(t, of.other.Canonical()); other == plain {
			t.Errorf("another value makes no difference: %s", other)
		}
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Clients rely on every field being there, and on lists being lists.
func TestAnswersOmitNothing(t *testing.T) {
	t.Parallel()
	page := func(total int) wire.Pagination { return wire.PaginationOf(assess.Page{Number: 1, Limit: 20}, total) }
	tests := map[string]any{
		`{"assessments":[],"pagination":{"page":1,"limit":20,"total":0,"totalPages":0}}`:                     wire.AssessmentListOf(nil, page(0)),
		`{"members":[],"pagination":{"page":1,"limit":20,"total":41,"totalPages":3}}`:                        wire.MemberListOf(nil, page(41)),
		`{"tags":[],"pagination":{"page":1,"limit":20,"total":40,"totalPages":2}}`:                           wire.TagListOf(nil, page(40)),
		`{"invites":[],"pagination":{"page":1,"limit":20,"total":0,"totalPages":0}}`:                         wire.InviteListOf(nil, page(0), time.Time{}),
		`{"tags":[],"pagination":{"page":null,"limit":20,"total":null,"totalPages":null,"nextCursor":"x"}}`:  wire.TagListOf(nil, wire.PaginationAt(20, "x")),
		`{"tags":[],"pagination":{"page":null,"limit":20,"total":null,"totalPages":null,"nextCursor":null}}`: wire.TagListOf(nil, wire.PaginationAt(20, "")),
		`{"id":"","name":"","defaultQuestionFormat":"","defaultAnswerFormat":"","languages":[],"questionCount":0,"inviteCount":0,` +
			`"createdAt":"0001-01-01T00:00:00.000Z","updatedAt":"0001-01-01T00:00:00.000Z","totalPoints":0}`: wire.AssessmentDetailOf(assess.AssessmentSummary{}),
		`{"id":"","assessmentId":"","assessmentName":"","recipientEmail":"","recipientName":null,"status":"","questionReplayLimit":0,` +
			`"answerRecordLimit":0,"sentAt":"0001-01-01T00:00:00.000Z","expiresAt":"0001-01-01T00:00:00.000Z","acceptedAt":null,` +
			`"startedAt":null,"completedAt":null,"assignedGrader":null,"proctoringSettings":{"screenRecording":false,` +
			`"webcamMonitoring":false,"requireIdCapture":false},"customMessage":null,"revokedAt":null}`: wire.InviteDetailOf(assess.Invite{}, nil, time.Time{}),
	}
	for want, v := range tests {
		if got := encode(t, v); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}

func TestWhatWasAddedToAnInviteStandsBehindWhatIsFrozenAndOnlyWhereItIsSet(t *testing.T) {
	t.Parallel()
	frozen := encode(t, wire.InviteDetailOf(assess.Invite{}, nil, time.Time{}))
	plain := assess.Invite{Language: "en"}
	for _, delivery := range []assess.Delivery{assess.MailQueued, assess.MailSending, assess.MailSent, assess.MailCanceled} {
		plain.Delivery = delivery
		if got := encode(t, wire.InviteDetailOf(plain, nil, time.Time{})); got != frozen {
			t.Errorf("%s: %s\nwant\n%s", delivery, got, frozen)
		}
	}
	full := assess.Invite{
		External: "app-1", Language: "de", Tags: []assess.TagID{"t"}, Metadata: map[string]string{"b": "2", "a": "1"}, RedirectURL: "https://x.example",
	}
	full.Delivery = assess.MailNone
	want := frozen[:len(frozen)-1] + `,"externalId":"app-1","language":"de","tags":["t"],"metadata":{"a":"1","b":"2"},"redirectUrl":"https://x.example","delivery":"none"}`
	if got := encode(t, wire.InviteDetailOf(full, nil, time.Time{})); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := encode(t, wire.InviteCreatedOf(assess.Invite{}, "", time.Time{})); got != `{"invite":`+encode(t, wire.Invite{SentAt: "0001-01-01T00:00:00.000Z", ExpiresAt: "0001-01-01T00:00:00.000Z"})+`}` {
		t.Errorf("the answer to a plain wish is %s", got)
	}
}

func TestQuestionsTellByWhatAnswersAreJudged(t *testing.T) {
	t.Parallel()
	c := assess.Content{Questions: []assess.Question{{}, {Criteria: []assess.Criterion{
		{ID: "a", Name: "Depth", Points: 3}, {ID: "b", Description: "Look", Points: 2, Levels: []assess.Level{{Points: 0}, {Points: 2, Description: "All"}}},
	}}}}
	want := []string{
		`[]`,
		`[{"id":"a","name":"Depth","description":"","points":3,"levels":[]},` +
			`{"id":"b","name":"","description":"Look","points":2,"levels":[{"points":0,"description":""},{"points":2,"description":"All"}]}]`,
	}
	for i, q := range wire.QuestionsOf(c) {
		if got := encode(t, q.Criteria); got != want[i] {
			t.Errorf("%s\nwant\n%s", got, want[i])
		}
	}
}

// Where a request writes omitempty, an answer must not: the contract wants null. Only what was added to it later stays away.
func TestOnlyRequestsHaveOptionalFields(t *testing.T) {
	t.Parallel()
	for _, answer := range []any{
		wire.AssessmentList{},
		wire.AssessmentDetail{},
		wire.Assessment{},
		wire.Question{},
		wire.Criterion{},
		wire.Level{},
		wire.Invite{},
		wire.InviteDetail{},
		wire.Grader{},
		wire.ProctoringSettings{},
		wire.Member{},
		wire.Tag{},
		wire.Pagination{},
		wire.Error{},
		wire.Problem{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(answer)) {
			if strings.HasSuffix(field.Tag.Get("doc"), "An additive field.") {
				continue
			}
			if tag := field.Tag.Get("json"); !field.Anonymous && (tag == "" || !isName(tag)) {
				t.Errorf("%T.%s has the tag %q, want a name alone", answer, field.Name, tag)
			}
		}
	}
}

func isName(tag string) bool {
	for _, c := range tag {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func BenchmarkInviteList(b *testing.B) {
	now := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	items := make([]assess.InviteSummary, 20)
	for i := range items {
		items[i] = assess.InviteSummary{
			ID: "a1b2c3d4-e5f6-7890-abcd-ef1234567890", Assessment: "7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9",
			AssessmentName: "Software Engineer Assessment", Email: "candidate@example.com", Stored: assess.Started,
			ReplayLimit: 1, RecordLimit: 1, SentAt: now, ExpiresAt: now, AcceptedAt: now, StartedAt: now,
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(wire.InviteListOf(items, wire.PaginationOf(assess.Page{Number: 1, Limit: 20}, 87), now)); err != nil {
			b.Fatal(err)
		}
	}
}
