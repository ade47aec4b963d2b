package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/internal/store"
)

func TestExactlyTheLimitPassesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		const limit, requests, clients = 60, 104, 8
		var wg sync.WaitGroup
		var allowed atomic.Int32
		for range clients {
			wg.Go(func() {
				for range requests / clients {
					d, err := w.db.Limiter().Take(w.Context(), "org", limit, time.Minute)
					if err != nil {
						w.Error(err)
					}
					if d.Allowed {
						allowed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if allowed.Load() != limit {
			w.Errorf("%d of %d requests passed, want %d", allowed.Load(), requests, limit)
		}
		w.takes("another", true)
		w.takes("org", false)
		w.pass(time.Second - time.Millisecond)
		w.takes("org", false)
		w.pass(time.Millisecond)
		w.takes("org", true)
		w.takes("org", false)
	})
}

func (w *world) takes(key string, want bool) {
	w.Helper()
	if d, err := w.db.Limiter().Take(w.Context(), key, 60, time.Minute); err != nil || d.Allowed != want {
		w.Errorf("%s at %v: %+v, %v; want allowed %v", key, w.now(), d, err, want)
	}
}

func TestLimitsThatDoNotDivideTheWindowAreExactToo(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for _, limit := range []int{1, 7, 13, 100} {
			for n := 1; n <= limit+1; n++ {
				w.tx(func(tx *store.Tx) error {
					_, allowed, err := tx.TakeRate(string(rune('a'+limit)), limit, time.Minute)
					if allowed != (n <= limit) {
						w.Errorf("request %d of %d a minute: allowed %v", n, limit, allowed)
					}
					return err
				})
			}
		}
	})
}

func TestQuietKeysAreForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rates := func(tx *store.Tx) (int, error) { return tx.Int("SELECT COUNT(*) FROM rate_limits") }
		w.takes("a", true)
		w.tx(func(tx *store.Tx) error { return tx.DeleteRatesBefore(w.now()) })
		same(w, 1, rates)
		w.pass(time.Minute)
		w.tx(func(tx *store.Tx) error { return tx.DeleteRatesBefore(w.now()) })
		same(w, 0, rates)
	})
}

func TestAReturnedRequestIsFreeAgain(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for range 60 {
			w.takes("org", true)
		}
		w.takes("org", false)
		for _, key := range []string{"org", "nobody"} {
			if err := w.db.Limiter().Return(w.Context(), key, 60, time.Minute); err != nil {
				w.Fatal(err)
			}
		}
		w.takes("org", true)
		w.takes("org", false)
	})
}
