package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// sealed is all that is kept of an attempt's answers: rows, and bytes by key.
type sealed struct {
	Invite        assess.Invite
	Answers       []assess.Answer
	Recordings    []assess.Recording
	Chunks        map[assess.RecordingID][]assess.Chunk
	Signals       []assess.Signal
	Accommodation assess.Accommodation
	Tab           string
	Events        int
	Blobs         map[string]string
}

func (a attempt) kept() (k sealed) {
	a.s.t.Helper()
	ctx := a.s.t.Context()
	k.Chunks, k.Blobs = map[assess.RecordingID][]assess.Chunk{}, map[string]string{}
	a.s.must(a.s.db.Read(ctx, func(tx *store.Tx) (err error) {
		if k.Invite, err = tx.Invite(a.Org, a.Mode, a.ID); err != nil {
			return err
		}
		if k.Answers, err = tx.Answers(a.Org, a.ID); err != nil {
			return err
		}
		if k.Recordings, err = tx.Recordings(a.Org, a.ID); err != nil {
			return err
		}
		for _, rec := range k.Recordings {
			if k.Chunks[rec.ID], err = tx.Chunks(a.Org, rec.ID); err != nil {
				return err
			}
		}
		if k.Signals, err = tx.Signals(a.Org, a.ID); err != nil {
			return err
		}
		if k.Accommodation, err = tx.Accommodation(a.Org, a.ID); err != nil {
			return err
		}
		events, err := tx.InviteEvents(a.Org, a.ID)
		if err != nil {
			return err
		}
		k.Events = len(events)
		k.Tab, err = tx.Tab(a.Org, a.ID)
		return err
	}))
	for info, err := range a.s.blobs.List(ctx, string(a.Org)+"/") {
		a.s.must(err)
		object, err := a.s.blobs.Open(ctx, info.Key)
		a.s.must(err)
		content, err := io.ReadAll(object)
		a.s.must(err)
		a.s.must(object.Close())
		k.Blobs[info.Key] = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return k
}

// request asks as the candidate's page would, or as a member's.
type request struct {
	method, path, body string
	json               bool
}

func (a attempt) asCandidate(r request) page {
	a.s.t.Helper()
	return a.s.browser().ask(r, func(h *http.Request) {
		h.AddCookie(&http.Cookie{Name: "alfaone_invite", Value: a.token})
		h.Header.Set("X-Seat", a.Tab)
	})
}

func (b *browser) ask(r request, dress func(*http.Request)) page {
	b.s.t.Helper()
	h, err := http.NewRequestWithContext(b.s.t.Context(), r.method, b.s.url+r.path, strings.NewReader(r.body))
	b.s.must(err)
	h.Header.Set("Sec-Fetch-Site", "same-origin")
	h.Header.Set("Accept", "application/json")
	switch {
	case strings.Contains(r.path, "/chunks/"):
		sum := sha256.Sum256([]byte(r.body))
		h.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	case r.json:
		h.Header.Set("Content-Type", "application/json")
	default:
		h.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if dress != nil {
		dress(h)
	}
	return b.do(h)
}

func asJSON(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// Whoever tries, and by whatever address: what was handed in stays as it is, to the byte.
func TestNothingOfASubmittedAnswerEverChanges(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newSiteOn(t, storetest.OpenEngine(t, engine, time.Now))
			yes := true
			a := s.attempt(func(n *assess.NewInvite, c *assess.Content) {
				n.Proctoring = assess.ProctoringChoice{WebcamMonitoring: &yes}
			})
			play, err := s.GrantPlay(t.Context(), a.Taker, spoken, "en")
			s.must(err)
			rec := a.record(spoken, opus, "sound.webm")
			lost := a.open(onCamera, vp9)
			s.must(s.ByCandidate(a.Taker).Abandon(t.Context(), lost.ID))
			a.write("Welcome!")
			a.submit()
			before := a.kept()

			sound := string(s.fixture("sound.webm"))
			first := sound[:4<<10]
			own, failed, take := "/take/recordings/"+string(rec.ID), "/take/recordings/"+string(lost.ID), "/take/questions/1"
			members, invite := "/recordings/"+string(rec.ID), a.page()
			whole := asJSON(map[string]any{"chunks": 2, "bytes": len(sound)})
			for _, r := range []struct {
				name string
				request
			}{
				{"a text", request{"PUT", "/take/questions/3/text", `{"text":"Changed","revision":1}`, true}},
				{"a text instead of a take", request{"PUT", take + "/text", `{"text":"Changed","revision":0}`, true}},
				{"a take", request{"POST", take + "/takes", `{"mime":"audio/webm"}`, true}},
				{"a slice that is there", request{"PUT", own + "/chunks/0", first, false}},
				{"another slice of that number", request{"PUT", own + "/chunks/0", "changed", false}},
				{"a further slice", request{"PUT", own + "/chunks/7", "more", false}},
				{"a slice of a take that failed", request{"PUT", failed + "/chunks/0", first, false}},
				{"giving a take up", request{"POST", own + "/abandon", "", true}},
				{"opening a question", request{"POST", take + "/begin", "", false}},
				{"hearing a question", request{"POST", take + "/plays", "", false}},
				{"an interrupted play", request{"POST", "/take/plays/" + string(play.ID) + "/interrupted", "", false}},
				{"evidence", request{"POST", "/take/evidence", `{"purpose":"webcam","mime":"video/webm"}`, true}},
				{"signals", request{"POST", "/take/signals", asJSON(map[string]any{"now": time.Now().UnixMilli(), "signals": []any{}}), true}},
				{"another seat", request{"POST", "/take/seat", "", false}},
			} {
				if got := a.asCandidate(r.request); got.status != http.StatusConflict {
					t.Errorf("the candidate, %s: %d %s", r.name, got.status, got.body)
				}
			}
			member := s.signIn(ownerEmail)
			for _, r := range []struct {
				name string
				want int
				request
			}{
				{"a slice that is there", 409, request{"PUT", members + "/chunks/0", first, false}},
				{"another slice of that number", 409, request{"PUT", members + "/chunks/0", "changed", false}},
				{"giving a take up", 409, request{"POST", members + "/abandon", "", true}},
				{"a file for an answered question", 409, request{"POST", invite + "/questions/1/import", asJSON(map[string]any{"recording": uuid.NewString(), "mime": opus, "whole": true}), true}},
				{"the file of the very take", 409, request{"POST", invite + "/questions/1/import", asJSON(map[string]any{"recording": rec.ID, "mime": opus, "whole": false}), true}},
				{"another take", 422, request{"POST", invite + "/questions/1/retake", "", false}}, // the page, with the reason
				{"accommodations", 422, request{"POST", invite + "/accommodation", "timeFactor=200", false}},
			} {
				if got := member.ask(r.request, nil); got.status != r.want {
					t.Errorf("a member, %s: %d %s", r.name, got.status, got.body)
				}
			}
			// Forms lead to the page that says that all is handed in.
			for _, path := range []string{take + "/send", "/take/submit", "/take/start"} {
				if got := a.asCandidate(request{"POST", path, "seat=tab&anyway=yes", false}); got.url.Path != "/take/done" {
					t.Errorf("%s: %d at %s", path, got.status, got.url)
				}
			}
			// Saying again what is true already is no error, and changes nothing either.
			for _, r := range []request{{"POST", own + "/finish", whole, true}, {"POST", failed + "/finish", whole, true}} {
				if got := a.asCandidate(r); got.status != http.StatusAccepted {
					t.Errorf("%s again: %d %s", r.path, got.status, got.body)
				}
			}
			s.must(s.Complete(t.Context(), a.Taker, true))
			s.work()
			if diff := cmp.Diff(before, a.kept()); diff != "" {
				t.Errorf("something has changed (-before +after):\n%s", diff)
			}
			if len(before.Blobs) < 1 || len(before.Recordings) != 2 || len(before.Answers) < 2 {
				t.Errorf("there was too little to change: %+v", before)
			}
		})
	}
}

func TestAWithdrawnOrUnknownLinkWritesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	rec := a.open(spoken, opus)
	other := s.attempt(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	put := request{"PUT", "/take/recordings/" + string(rec.ID) + "/chunks/0", "bytes", false}
	if got := other.asCandidate(put); got.status != http.StatusNotFound {
		t.Errorf("another candidate's slice: %d", got.status)
	}
	s.must(s.Revoke(t.Context(), s.owner.Actor(assess.Live), a.ID, true))
	before := a.kept()
	for _, r := range []request{
		put,
		{"POST", "/take/questions/1/takes", `{"mime":"audio/webm"}`, true},
		{"PUT", "/take/questions/3/text", `{"text":"late","revision":0}`, true},
		{"POST", "/take/recordings/" + string(rec.ID) + "/abandon", "", true},
	} {
		if got := a.asCandidate(r); got.status != http.StatusGone {
			t.Errorf("%s %s after the invite was revoked: %d %s", r.method, r.path, got.status, got.body)
		}
	}
	if diff := cmp.Diff(before, a.kept()); diff != "" {
		t.Errorf("something has changed (-before +after):\n%s", diff)
	}
}

func TestAMemberPutsInAFileThatACandidateHasSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	rec := a.open(spoken, opus)
	file := s.fixture("sound.webm")
	slices := s.put(s.ByCandidate(a.Taker), rec.ID, file, 1)
	a.submit()
	member := s.signIn(ownerEmail)
	if p := member.get(a.page()); !strings.Contains(p.body, "<rescue-import") {
		t.Error("the page takes no file")
	}
	opened := member.ask(request{"POST", a.page() + "/questions/1/import", asJSON(map[string]any{"recording": rec.ID, "mime": opus, "whole": false}), true}, nil)
	var to struct{ ID, URL string }
	if err := json.Unmarshal([]byte(opened.body), &to); opened.status != http.StatusCreated || err != nil || to.ID != string(rec.ID) || to.URL != "/recordings/"+string(rec.ID) {
		t.Fatalf("opened with %d: %s", opened.status, opened.body)
	}
	last := len(slices) - 1
	for _, r := range []struct {
		want int
		request
	}{
		{http.StatusNoContent, request{"PUT", fmt.Sprintf("%s/chunks/%d", to.URL, last), string(slices[last]), false}},
		{http.StatusAccepted, request{"POST", to.URL + "/finish", asJSON(map[string]any{"chunks": len(slices), "bytes": len(file)}), true}},
	} {
		if got := member.ask(r.request, nil); got.status != r.want {
			t.Fatalf("%s: %d %s", r.path, got.status, got.body)
		}
	}
	s.work()
	p := member.get(a.page())
	p.says(t, http.StatusOK, "Import of a saved recording begun by Olivia Owner")
	p.tells(t, spoken, "Answered", "the last part arrived after that")
	for name, r := range map[string]struct {
		want int
		body string
	}{
		"no JSON":             {http.StatusBadRequest, "recording"},
		"an unknown field":    {http.StatusBadRequest, `{"mime":"audio/webm","answer":1}`},
		"an unsuitable type":  {http.StatusBadRequest, `{"mime":"text/html","whole":true}`},
		"a type too long":     {http.StatusBadRequest, asJSON(map[string]any{"mime": "video/" + strings.Repeat("x", 1000), "whole": true})},
		"too much at once":    {http.StatusRequestEntityTooLarge, asJSON(map[string]any{"mime": strings.Repeat("x", 2<<20)})},
		"no id":               {http.StatusBadRequest, `{"recording":"' OR 1=1","mime":"video/webm","whole":false}`},
		"an unknown id":       {http.StatusConflict, asJSON(map[string]any{"recording": uuid.NewString(), "mime": vp9, "whole": false})},
		"an id of other data": {http.StatusConflict, asJSON(map[string]any{"recording": rec.ID, "mime": vp9, "whole": false})},
	} {
		if got := member.ask(request{"POST", a.page() + "/questions/2/import", r.body, true}, nil); got.status != r.want {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
