package ratelimit_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/internal/ratelimit"
)

var t0 = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

func take(t *testing.T, m *ratelimit.Memory, limit int) ratelimit.Decision {
	t.Helper()
	d, err := m.Take(t.Context(), "key", limit, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAllowsTheLimitAtOnceAndNoMore(t *testing.T) {
	t.Parallel()
	m := ratelimit.NewMemory(func() time.Time { return t0 })
	for i := range 100 {
		if d := take(t, m, 100); !d.Allowed || d.Remaining != 99-i {
			t.Fatalf("request %d: %+v", i+1, d)
		}
	}
	d := take(t, m, 100)
	if d.Allowed || d.Remaining != 0 || d.Wait != 600*time.Millisecond || d.Reset != time.Minute {
		t.Errorf("request 101: %+v", d)
	}
}

func TestWhoWaitsAsToldIsAllowed(t *testing.T) {
	t.Parallel()
	now := t0
	m := ratelimit.NewMemory(func() time.Time { return now })
	for range 7 {
		take(t, m, 7)
	}
	for range 50 {
		d := take(t, m, 7)
		if d.Allowed {
			t.Fatal("allowed one too many")
		}
		now = now.Add(d.Wait)
		if d := take(t, m, 7); !d.Allowed {
			t.Fatalf("refused after waiting as told: %+v", d)
		}
	}
}

func TestExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	m := ratelimit.NewMemory(func() time.Time { return t0 })
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if d, _ := m.Take(t.Context(), "key", 60, time.Minute); d.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 60 {
		t.Errorf("%d of 200 allowed, want 60", n)
	}
}

func TestKeysDoNotShare(t *testing.T) {
	t.Parallel()
	now := t0
	m := ratelimit.NewMemory(func() time.Time { return now })
	for i := range 20_000 {
		d, err := m.Take(t.Context(), fmt.Sprint(i), 1, time.Minute)
		if err != nil || !d.Allowed {
			t.Fatalf("first request of key %d: %+v, %v", i, d, err)
		}
		now = now.Add(time.Second) // old keys become free and are dropped; it must not show
	}
}

func TestAReturnedRequestIsFreeAgain(t *testing.T) {
	t.Parallel()
	m := ratelimit.NewMemory(func() time.Time { return t0 })
	for range 50 {
		if d := take(t, m, 3); !d.Allowed || d.Remaining != 2 {
			t.Fatalf("%+v", d)
		}
		if err := m.Return(t.Context(), "key", 3, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		take(t, m, 3)
	}
	if d := take(t, m, 3); d.Allowed {
		t.Errorf("one too many: %+v", d)
	}
	if err := m.Return(t.Context(), "unknown", 3, time.Minute); err != nil {
		t.Errorf("returning under a key that nobody has taken: %v", err)
	}
}
