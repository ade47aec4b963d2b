package job

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Permanent makes a handler's error park the job at once, whatever attempts remain.
func Permanent(err error) error { return &steer{err: err, do: park} }

// RetryAfter makes a failed job wait for d instead of the usual [Backoff]. The attempt counts.
func RetryAfter(err error, d time.Duration) error { return &steer{err: err, do: retry, wait: d} }

// Snooze sends a job back to the queue for d without counting the attempt: there was nothing to do yet.
func Snooze(d time.Duration) error {
	return &steer{err: fmt.Errorf("snoozed for %s", d), do: release, wait: d}
}

// Pause sends the job back like [Snooze] and keeps this process from claiming any job of its kind for d: err is a trouble
// of ours that each of them would meet. The runner logs it as an error.
func Pause(err error, d time.Duration) error { return &steer{err: err, do: pause, wait: d} }

type action int

const (
	retry action = iota
	park
	release
	pause
)

type steer struct {
	err  error
	do   action
	wait time.Duration
}

func (s *steer) Error() string { return s.err.Error() }
func (s *steer) Unwrap() error { return s.err }

// steering reads what a handler's error asks for; a plain error means a retry after the usual wait.
func steering(err error, attempt int, rnd float64) (action, time.Duration) {
	if s, ok := errors.AsType[*steer](err); ok {
		return s.do, s.wait
	}
	return retry, Backoff(attempt, rnd)
}

// Backoff is the wait after a failed attempt, the first being 1: 5 s, then three times longer each time up to 6 hours,
// spread by ±20 % by rnd in [0, 1). An hour after the first failure no wait is shorter than 30 minutes, as RFC 5321
// section 4.5.4.1 wants of mail.
func Backoff(attempt int, rnd float64) time.Duration {
	const first, longest = 5 * time.Second, 6 * time.Hour
	wait := min(float64(first)*math.Pow(3, float64(max(attempt, 1)-1)), float64(longest))
	return time.Duration(wait * (0.8 + 0.4*rnd))
}
