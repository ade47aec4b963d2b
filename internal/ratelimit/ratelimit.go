// Package ratelimit counts requests against a limit by the generic cell rate algorithm: a burst of the whole limit is
// allowed, then one request every window/limit. It is exact: of more requests than that at once, exactly limit pass.
//
// The package must not know what is counted, nor for whom.
package ratelimit

import (
	"context"
	"sync"
	"time"
)

// Decision is the answer to one request.
type Decision struct {
	Allowed   bool
	Remaining int           // further requests that would be allowed now
	Reset     time.Duration // until the whole limit is free again
	Wait      time.Duration // until the next request is allowed; 0 when one is allowed now
}

// Limiter counts requests under keys.
type Limiter interface {
	// Take counts one request under key, unless it is one too many.
	Take(ctx context.Context, key string, limit int, window time.Duration) (Decision, error)

	// Return takes back one allowed request under key, of the same limit and window, as though it had not been made.
	Return(ctx context.Context, key string, limit int, window time.Duration) error
}

// Decide works out a decision from the theoretical arrival time that stands after the request.
func Decide(allowed bool, arrival, now time.Time, limit int, window time.Duration) Decision {
	emission := window / time.Duration(limit)
	reset := max(arrival.Sub(now), 0)
	free := window - reset
	d := Decision{Allowed: allowed, Reset: reset, Remaining: max(int(free/emission), 0)}
	if d.Remaining == 0 {
		d.Wait = emission - free
	}
	return d
}

// Memory is a Limiter for one process.
type Memory struct {
	now func() time.Time

	mu       sync.Mutex
	arrivals map[string]time.Time
	sweepAt  int
}

// NewMemory makes an empty limiter that reads the time from now.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, arrivals: map[string]time.Time{}, sweepAt: minSweep}
}

// minSweep is how many keys are held before those that are free again are looked for.
const minSweep = 4096

// Take implements Limiter. It never fails.
func (m *Memory) Take(_ context.Context, key string, limit int, window time.Duration) (Decision, error) {
	now := m.now()
	emission := window / time.Duration(limit)
	m.mu.Lock()
	defer m.mu.Unlock()
	arrival := m.arrivals[key]
	if arrival.Before(now) {
		arrival = now
	}
	allowed := arrival.Sub(now) <= window-emission
	if allowed {
		arrival = arrival.Add(emission)
		m.arrivals[key] = arrival
		m.sweep(now)
	}
	return Decide(allowed, arrival, now, limit, window), nil
}

// Return implements Limiter. It never fails.
func (m *Memory) Return(_ context.Context, key string, limit int, window time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if arrival, ok := m.arrivals[key]; ok {
		m.arrivals[key] = arrival.Add(-window / time.Duration(limit))
	}
	return nil
}

// sweep drops keys whose whole limit is free, each time the number of keys has doubled: the cost stays constant a request.
func (m *Memory) sweep(now time.Time) {
	if len(m.arrivals) < m.sweepAt {
		return
	}
	for key, arrival := range m.arrivals {
		if !arrival.After(now) {
			delete(m.arrivals, key)
		}
	}
	m.sweepAt = max(minSweep, 2*len(m.arrivals))
}
