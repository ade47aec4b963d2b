package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// feed is a part of the list of events.
type feed struct {
	Events     []json.RawMessage
	NextCursor string
}

func (w *world) events(key, query string) (f feed) {
	w.t.Helper()
	got := w.send("GET", "/api/v1/events"+query, key, "")
	if got.status != 200 {
		w.t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	w.must(json.Unmarshal([]byte(got.body), &f))
	w.clock.advance(time.Second)
	return f
}

func TestEventsAreToldAsWebhooksTellThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.populate()
		w.newTenant("Foreign GmbH", "foreign")
		all, err := w.app.EventsAfter(t.Context(), w.owner.Actor(assess.Live), 0, 1000)
		w.must(err)
		var want, got []string
		for _, e := range all {
			body, err := wire.EventOf(e).Body()
			w.must(err)
			want = append(want, string(body))
		}
		after := ""
		for {
			f := w.events(w.key, "?limit=3&after="+after)
			for _, e := range f.Events {
				got = append(got, string(e))
			}
			if len(f.Events) == 0 {
				if f.NextCursor != after {
					t.Errorf("at the end, the cursor moves from %s to %s", after, f.NextCursor)
				}
				break
			}
			after = f.NextCursor
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 8 {
			t.Errorf("%d events (-want +got):\n%s", len(got), diff)
		}
		w.post("/api/v1/invites", fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"later@example.com"}`, w.published))
		if f := w.events(w.key, "?after="+after); len(f.Events) == 0 || !strings.Contains(string(f.Events[0]), `"type":"invite.created"`) {
			t.Errorf("what happened later: %s", f.Events)
		}
		if test := w.events(w.testKey, ""); len(test.Events) == 0 || strings.Contains(fmt.Sprintf("%s", test.Events), `"live"`) {
			t.Errorf("test events: %s", test.Events)
		}
		for _, query := range []string{"?after=x", "?after=" + after + "A", "?after=" + after + "&after=" + after, "?after=" + w.events(w.testKey, "").NextCursor} {
			if refused := w.send("GET", "/api/v1/events"+query, w.key, ""); refused.status != 400 || !strings.HasPrefix(w.message(refused), "after must ") {
				t.Errorf("%s: %d %s", query, refused.status, refused.body)
			}
			w.clock.advance(time.Second)
		}
	})
}

// However many write and read at the same time, who follows the events sees each of them once, in order.
func TestFollowingEventsLeavesNothingOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		const writers, readers, invites = 8, 4, 25
		who := w.owner.Actor(assess.Live)
		begin, err := w.app.EventsAfter(t.Context(), who, 0, 1000)
		w.must(err)
		want := int64(len(begin) + writers*invites)
		var wg sync.WaitGroup
		for writer := range writers {
			wg.Go(func() {
				for i := range invites {
					wish := assess.NewInvite{
						Assessment: w.published, Email: fmt.Sprintf("w%d-%d@example.com", writer, i), ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 1,
					}
					if _, err := w.app.Invite(t.Context(), who, wish); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for reader := range readers {
			wg.Go(func() {
				for last := int64(0); last < want && !t.Failed(); {
					events, err := w.app.EventsAfter(t.Context(), who, last, 1+reader*5)
					if err != nil {
						t.Error(err)
					}
					for _, e := range events {
						if e.Sequence != last+1 {
							t.Errorf("event %d comes after %d", e.Sequence, last)
						}
						last = e.Sequence
					}
				}
			})
		}
		wg.Wait()
	})
}
