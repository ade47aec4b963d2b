package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestEventsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org, other := w.org(), w.org()
		inv := w.invite(newInvite(w.assessment(org, "Go"), "a@example.com"))
		who := assess.Actor{Kind: assess.ByMember, ID: "m", Name: "Ada"}
		add := func(e assess.Event) assess.Event {
			w.tx(func(tx *store.Tx) (err error) { e, _, err = tx.InsertEvent(e); return err })
			return e
		}
		created := add(assess.EventOf("e1", assess.InviteCreated, who, inv, "", noon))
		published := add(assess.Event{ID: "e2", Org: org, Mode: assess.Live, Type: assess.AssessmentPublished, Assessment: inv.Assessment, At: noon})
		extended := add(assess.EventOf("e3", assess.InviteExtended, who, inv, "until 14 February 2025", noon.Add(time.Second)))
		if tried := add(assess.Event{ID: "e4", Org: org, Mode: assess.Test, At: noon}); tried.Sequence != 1 {
			t.Errorf("the first event of the test mode is number %d", tried.Sequence)
		}
		add(assess.Event{ID: "e5", Org: other, Mode: assess.Live, Invite: inv.ID, At: noon})

		same(w, []assess.Event{created, extended}, func(tx *store.Tx) ([]assess.Event, error) { return tx.InviteEvents(org, inv.ID) })
		same(w, []assess.Event{}, func(tx *store.Tx) ([]assess.Event, error) { return tx.InviteEvents(org, "") })
		same(w, []assess.Event{extended, published, created}, func(tx *store.Tx) ([]assess.Event, error) {
			return tx.RecentEvents(org, assess.Live, nil, 9)
		})
		same(w, []assess.Event{extended}, func(tx *store.Tx) ([]assess.Event, error) { return tx.RecentEvents(org, assess.Live, nil, 1) })
		w.fails(assess.NotFound, func(tx *store.Tx) error { _, _, err := tx.InsertEvent(assess.Event{Org: "nobody"}); return err })
	})
}

func TestEventsAreNumberedWithoutGapsWhoeverWrites(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		orgs := []assess.OrgID{w.org(), w.org()}
		const writers, perWriter = 8, 25
		abandoned := errors.New("abandoned")
		var wg sync.WaitGroup
		for writer := range writers {
			wg.Go(func() {
				for i := range perWriter {
					err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
						e := assess.Event{ID: newID[assess.EventID](), Org: orgs[writer%2], Mode: assess.Live, At: noon}
						if _, _, err := tx.InsertEvent(e); err != nil {
							return err
						}
						if i%5 == 0 {
							return abandoned
						}
						return nil
					})
					if err != nil && !errors.Is(err, abandoned) {
						w.Error(err)
					}
				}
			})
		}
		wg.Wait()
		want := make([]string, writers*perWriter/2*4/5)
		for i := range want {
			want[i] = fmt.Sprint(i + 1)
		}
		for _, org := range orgs {
			same(w, strings.Join(want, " "), func(tx *store.Tx) (string, error) {
				got, err := tx.Strings("SELECT CAST(sequence AS TEXT) FROM events WHERE org_id = $1 ORDER BY events.sequence", org)
				return strings.Join(got, " "), err
			})
		}
	})
}

func TestAKeyIsClaimedOnceAndReplayed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		k := store.IdempotencyKey{Org: w.org(), Mode: assess.Live, Route: "POST /x", Key: "k"}
		done := store.Replay{Fingerprint: "f", Resource: "r", Status: 201, Body: `{"ü":1}`}
		const rivals = 8
		var wg sync.WaitGroup
		var firsts atomic.Int32
		for range rivals {
			wg.Go(func() {
				err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
					replay, first, err := tx.ClaimIdempotencyKey(k, "f")
					switch {
					case err != nil:
						return err
					case first:
						firsts.Add(1)
						return tx.CompleteIdempotencyKey(k, done)
					case replay != done:
						w.Errorf("replayed %+v, want %+v", replay, done)
					}
					return nil
				})
				if err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		if firsts.Load() != 1 {
			w.Errorf("%d were first", firsts.Load())
		}
	})
}

func TestAnAbandonedClaimLeavesTheKeyFree(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		k := store.IdempotencyKey{Org: w.org(), Mode: assess.Live, Route: "POST /x", Key: "k"}
		claim := func(k store.IdempotencyKey, want bool, end error) {
			w.Helper()
			err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
				if _, first, err := tx.ClaimIdempotencyKey(k, "f"); err != nil || first != want {
					w.Errorf("%+v: first %v, %v; want %v", k, first, err, want)
				}
				return end
			})
			if !errors.Is(err, end) {
				w.Error(err)
			}
		}
		claim(k, true, errors.New("abandoned"))
		claim(k, true, nil)
		claim(k, false, nil)
		for _, other := range []store.IdempotencyKey{
			{Org: w.org(), Mode: k.Mode, Route: k.Route, Key: k.Key},
			{Org: k.Org, Mode: assess.Test, Route: k.Route, Key: k.Key},
			{Org: k.Org, Mode: k.Mode, Route: "POST /y", Key: k.Key},
			{Org: k.Org, Mode: k.Mode, Route: k.Route, Key: "K"},
		} {
			claim(other, true, nil)
		}
		w.tx(func(tx *store.Tx) error { return tx.DeleteIdempotencyKeysBefore(noon) })
		claim(k, false, nil)
		w.tx(func(tx *store.Tx) error { return tx.DeleteIdempotencyKeysBefore(noon.Add(time.Millisecond)) })
		claim(k, true, nil)
	})
}

// Whoever makes a webhook is told all events that are written after it, also those whose writing had begun and waited.
func TestAnEventThatWaitedForAWebhookIsFollowed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		hook := assess.Webhook{Org: w.org(), Mode: assess.Live, ID: newID[assess.WebhookID](), State: assess.WebhookEnabled, CreatedAt: noon}
		var writer sync.WaitGroup
		var followed bool
		w.tx(func(tx *store.Tx) error {
			if err := errors.Join(tx.LockOrganization(hook.Org), tx.InsertWebhook(hook)); err != nil {
				return err
			}
			writer.Go(func() {
				err := w.db.Tx(w.Context(), func(tx *store.Tx) (err error) {
					_, followed, err = tx.InsertEvent(assess.Event{ID: "e", Org: hook.Org, Mode: hook.Mode, At: noon})
					return err
				})
				if err != nil {
					w.Error(err)
				}
			})
			return w.awaitWaiting(tx)
		})
		if writer.Wait(); !followed {
			w.Error("the event is not followed")
		}
	})
}

// awaitWaiting returns when another transaction waits for this one; on SQLite at once, where nobody begins before it has ended.
func (w *world) awaitWaiting(tx *store.Tx) error {
	if w.db.Engine() == "sqlite" {
		return nil
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		waiting, err := tx.Int("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
		if err != nil || waiting > 0 {
			return err
		}
	}
	return errors.New("nobody waits")
}
