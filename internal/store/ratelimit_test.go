package store_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
)

func TestExactlyTheLimitPassesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		const limit, requests, clients = 60, 104, 8
		processes := []ratelimit.Limiter{w.db.Limiter(), w.db.Limiter()}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var remaining []int
		for client := range clients {
			wg.Go(func() {
				for range requests / clients {
					d, err := processes[client%2].Take(w.Context(), "org", limit, time.Minute)
					if err != nil {
						w.Error(err)
					}
					if d.Allowed {
						mu.Lock()
						remaining = append(remaining, d.Remaining)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		slices.Sort(remaining)
		for i, n := range remaining {
			if n != i {
				w.Fatalf("each that passed must have been told another number of those that are left: %v", remaining)
			}
		}
		if len(remaining) != limit {
			w.Errorf("%d of %d requests passed, want %d", len(remaining), requests, limit)
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

func TestRequestsThatAreCountedTogetherAreCountedAsOneByOne(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, limit := range []int{1, 7, 60} {
			key, memory := strconv.Itoa(limit), ratelimit.NewMemory(w.now)
			for range 60 {
				w.pass(time.Duration(random.IntN(5000)) * time.Millisecond)
				n, want := 1+random.IntN(2*limit), 0
				var last ratelimit.Decision
				for range n {
					d, err := memory.Take(w.Context(), key, limit, time.Minute)
					if last = d; err == nil && d.Allowed {
						want++
					}
				}
				w.tx(func(tx *store.Tx) error {
					arrival, allowed, err := tx.TakeRate(key, n, limit, time.Minute)
					if reset := arrival.Sub(w.now()); allowed != want || (last.Reset-reset).Abs() > time.Millisecond {
						w.Errorf("%d requests against %d a minute: %d allowed and all free in %v; one by one %d and %v", n, limit, allowed, reset, want, last.Reset)
					}
					return err
				})
			}
		}
	})
}

func TestARequestThatIsGivenUpHoldsUpNobody(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		limiter := w.db.Limiter()
		gone, leave := context.WithCancel(w.Context())
		leave()
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				ctx := w.Context()
				if i%2 == 0 {
					ctx = gone
				}
				if _, err := limiter.Take(ctx, "org", 1000, time.Minute); err != nil && i%2 == 1 {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		d, err := limiter.Take(w.Context(), "org", 1000, time.Minute)
		if err != nil || d.Remaining != 1000-41 {
			w.Errorf("%+v, %v: every request is counted once", d, err)
		}
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
					_, allowed, err := tx.TakeRate(string(rune('a'+limit)), 1, limit, time.Minute)
					if (allowed == 1) != (n <= limit) {
						w.Errorf("request %d of %d a minute: %d allowed", n, limit, allowed)
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
