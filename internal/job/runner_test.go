package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"alfaone/internal/job"
)

// bench is a runner on a queue in memory, on the fake clock of a synctest bubble.
type bench struct {
	*job.Runner
	queue  *job.Memory
	log    *bytes.Buffer // read only when the runner rests
	stop   context.CancelFunc
	ended  chan struct{}
	tokens int
}

func newBench(change ...func(*job.Config)) *bench {
	b := &bench{queue: new(job.Memory), log: new(bytes.Buffer), ended: make(chan struct{})}
	c := job.Config{
		Queue: b.queue,
		Log:   slog.New(slog.NewTextHandler(b.log, nil)),
		Now:   time.Now,
		Rand:  func() float64 { return 0.5 },
		Token: func() string { b.tokens++; return fmt.Sprint("token-", b.tokens) },
		Lease: time.Minute,
	}
	for _, f := range change {
		f(&c)
	}
	b.Runner = job.NewRunner(c)
	return b
}

func (b *bench) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b.stop = cancel
	go func() { defer close(b.ended); b.Run(ctx) }()
}

// end stops the runner and waits for it.
func (b *bench) end() { b.stop(); <-b.ended }

func (b *bench) enqueue(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		b.put(t, job.Job{ID: id})
	}
}

func (b *bench) put(t *testing.T, j job.Job) {
	t.Helper()
	j.Args = []byte("null")
	j.CreatedAt = time.Now()
	if j.RunAt.IsZero() {
		j.RunAt = time.Now()
	}
	if j.Kind == "" {
		j.Kind = "mail"
	}
	if j.MaxAttempts == 0 {
		j.MaxAttempts = 3
	}
	if added, err := b.queue.Enqueue(t.Context(), j); err != nil || !added {
		t.Fatalf("Enqueue = %v, %v", added, err)
	}
}

func (b *bench) want(t *testing.T, id string, want job.State) job.Job {
	t.Helper()
	j := load(t, b.queue, id)
	if j.State != want {
		t.Errorf("job %s is %s; want %s", id, j.State, want)
	}
	return j
}

// pass lets fake time go by and the runner come to rest.
func pass(d time.Duration) {
	time.Sleep(d) // fake: the bubble's clock jumps
	synctest.Wait()
}

func always(err error) job.Handler { return func(context.Context, job.Job) error { return err } }

func TestRunnerFindsADueJobByPollingAndByWake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", always(nil))
		b.run(t)
		synctest.Wait()
		b.enqueue(t, "polled")
		pass(999 * time.Millisecond)
		b.want(t, "polled", job.Queued)
		pass(time.Millisecond)
		b.want(t, "polled", job.Done)

		b.enqueue(t, "woken")
		b.Wake([]string{"of another runner"})
		synctest.Wait()
		b.want(t, "woken", job.Queued)
		for range 3 { // never blocks
			b.Wake([]string{"of another runner", "mail"})
		}
		synctest.Wait()
		b.want(t, "woken", job.Done)
		b.end()
	})
}

func TestRunnerCountsTheAttemptAndWritesTheLeaseBeforeTheHandlerRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(_ context.Context, j job.Job) error {
			if s := b.want(t, j.ID, job.Running); s.Attempt != 1 || s.Token != j.Token || j.Token == "" {
				t.Errorf("in the handler the stored job is attempt %d, token %q; given %q", s.Attempt, s.Token, j.Token)
			}
			return nil
		})
		b.enqueue(t, "a")
		b.run(t)
		synctest.Wait()
		b.want(t, "a", job.Done)
		b.end()
	})
}

func TestRunnerLeavesUnknownKindsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", always(nil))
		b.put(t, job.Job{ID: "a", Kind: "of a later release"})
		b.run(t)
		pass(time.Minute)
		if j := b.want(t, "a", job.Queued); j.Attempt != 0 {
			t.Errorf("attempt %d", j.Attempt)
		}
		b.end()
	})
}

func TestRunnerBoundsConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(c *job.Config) { c.Workers = 3 })
		var mu sync.Mutex
		var running, most int
		b.Handle("mail", func(context.Context, job.Job) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(10 * time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return nil
		})
		for i := range 9 {
			b.enqueue(t, fmt.Sprint("job-", i))
		}
		b.run(t)
		pass(30 * time.Second)
		for i := range 9 {
			b.want(t, fmt.Sprint("job-", i), job.Done)
		}
		if most != 3 {
			t.Errorf("%d handlers at once; want 3", most)
		}
		b.end()
	})
}

func TestErrorsSteerWhatHappensNext(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	tests := map[string]struct {
		err     error
		state   job.State
		attempt int
		wait    time.Duration
	}{
		"nil is done":                   {nil, job.Done, 1, 0},
		"plain error backs off":         {boom, job.Queued, 1, 5 * time.Second},
		"permanent parks":               {fmt.Errorf("sending: %w", job.Permanent(boom)), job.Parked, 1, 0},
		"retry after waits as told":     {job.RetryAfter(boom, time.Hour), job.Queued, 1, time.Hour},
		"snooze does not count":         {job.Snooze(time.Minute), job.Queued, 0, time.Minute},
		"pause does not count":          {job.Pause(boom, time.Minute), job.Queued, 0, time.Minute},
		"cancellation of its own fails": {context.Canceled, job.Queued, 1, 5 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench()
				b.Handle("mail", always(tt.err))
				start := time.Now()
				b.enqueue(t, "a")
				b.run(t)
				synctest.Wait()
				j := b.want(t, "a", tt.state)
				if j.Attempt != tt.attempt || !j.RunAt.Equal(start.Add(tt.wait)) {
					t.Errorf("attempt %d, runs in %s; want %d, %s", j.Attempt, j.RunAt.Sub(start), tt.attempt, tt.wait)
				}
				b.end()
			})
		})
	}
}

func TestTheLastFailedAttemptParks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", always(errors.New("boom")))
		b.enqueue(t, "a")
		b.run(t)
		pass(19 * time.Second) // attempts at 0 s and 5 s, the third at 20 s
		b.want(t, "a", job.Queued)
		pass(2 * time.Second)
		if j := b.want(t, "a", job.Parked); j.Attempt != 3 || j.LastError != "boom" {
			t.Errorf("parked at attempt %d with %q", j.Attempt, j.LastError)
		}
		b.end()
	})
}

func TestPauseRestsTheWholeKindAndNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(c *job.Config) { c.Workers = 1 })
		sent := 0
		b.Handle("mail", func(context.Context, job.Job) error {
			if sent++; sent == 1 {
				return job.Pause(errors.New("535 bad password"), time.Minute)
			}
			return nil
		})
		b.Handle("purge", always(nil))
		b.enqueue(t, "a", "b")
		b.put(t, job.Job{ID: "other", Kind: "purge"})
		b.run(t)
		pass(59 * time.Second)
		b.want(t, "a", job.Queued)
		b.want(t, "b", job.Queued)
		b.want(t, "other", job.Done)
		if !strings.Contains(b.log.String(), "level=ERROR") {
			t.Error("pausing a kind raised no alarm")
		}
		pass(2 * time.Second)
		b.want(t, "a", job.Done)
		b.want(t, "b", job.Done)
		b.end()
	})
}

func TestAPanicIsAFailedAttemptWithItsStackLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(context.Context, job.Job) error { panic("nil map") })
		b.enqueue(t, "a")
		b.run(t)
		synctest.Wait()
		if j := b.want(t, "a", job.Queued); j.Attempt != 1 || j.LastError != "panic: nil map" {
			t.Errorf("attempt %d, cause %q", j.Attempt, j.LastError)
		}
		if !strings.Contains(b.log.String(), "runner_test.go") {
			t.Errorf("no stack in the log:\n%s", b.log)
		}
		b.end()
	})
}

func TestHeartbeatsKeepALongJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(ctx context.Context, _ job.Job) error {
			time.Sleep(10 * time.Minute) // ten leases
			return ctx.Err()
		})
		b.enqueue(t, "a")
		b.run(t)
		pass(10*time.Minute + time.Second)
		if j := b.want(t, "a", job.Done); j.Attempt != 1 {
			t.Errorf("done at attempt %d; want 1", j.Attempt)
		}
		b.end()
	})
}

func TestALostLeaseCancelsTheHandlerAndSettlesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		var cause error
		b.Handle("mail", func(ctx context.Context, j job.Job) error {
			if j.Attempt > 1 {
				return job.Permanent(errors.New("the second holder's word"))
			}
			<-ctx.Done()
			cause = context.Cause(ctx)
			return nil
		})
		b.enqueue(t, "a")
		b.run(t)
		synctest.Wait()
		// Another process decides that the lease is over.
		if n, err := b.queue.Reclaim(t.Context(), []string{"mail"}, time.Now().Add(time.Hour), time.Now()); n != 1 || err != nil {
			t.Fatalf("Reclaim = %d, %v", n, err)
		}
		pass(20 * time.Second) // a third of the lease
		if !errors.Is(cause, job.ErrLeaseLost) {
			t.Errorf("the handler's context ended by %v; want ErrLeaseLost", cause)
		}
		pass(time.Hour)
		if j := b.want(t, "a", job.Parked); j.LastError != "the second holder's word" {
			t.Errorf("settled with %q", j.LastError)
		}
		b.end()
	})
}

// deaf is a queue that cannot be reached for heartbeats.
type deaf struct{ *job.Memory }

func (deaf) Heartbeat(context.Context, job.Job, time.Time) error {
	return errors.New("database is away")
}

func TestWhoWorksAloneTakesUpAtOnceWhatADeadProcessHeld(t *testing.T) {
	t.Parallel()
	for alone, want := range map[bool]job.State{true: job.Done, false: job.Running} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(func(c *job.Config) { c.Alone = alone })
			b.Handle("mail", always(nil))
			b.enqueue(t, "a")
			claim := job.Claim{Now: time.Now(), Until: time.Now().Add(time.Minute), Token: "of the dead", Kinds: []string{"mail"}, Limit: 1}
			if got, err := b.queue.Claim(t.Context(), claim); len(got) != 1 || err != nil {
				t.Fatalf("claimed %v, %v", got, err)
			}
			b.run(t)
			pass(time.Second)
			b.want(t, "a", want)
			pass(time.Minute)
			b.want(t, "a", job.Done)
			b.end()
		})
	}
}

func TestAnUnrenewedLeaseCancelsTheHandlerWhenItRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(c *job.Config) { c.Queue = deaf{c.Queue.(*job.Memory)} })
		start, ended := time.Now(), time.Duration(0)
		b.Handle("mail", func(ctx context.Context, j job.Job) error {
			if j.Attempt == 1 {
				<-ctx.Done()
				ended = time.Since(start)
			}
			return nil
		})
		b.enqueue(t, "a")
		b.run(t)
		pass(2 * time.Minute)
		if ended != time.Minute {
			t.Errorf("the handler was cancelled after %s; want 1m0s", ended)
		}
		b.end()
	})
}

// broken is a queue whose database is away for the first claims.
type broken struct {
	*job.Memory
	left int
}

func (q *broken) Claim(ctx context.Context, c job.Claim) ([]job.Job, error) {
	if q.left--; q.left >= 0 {
		return nil, errors.New("database is away")
	}
	return q.Memory.Claim(ctx, c)
}

func TestTheRunnerOutlivesTroubleWithTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(c *job.Config) { c.Queue = &broken{c.Queue.(*job.Memory), 3} })
		b.Handle("mail", always(nil))
		b.enqueue(t, "a")
		b.run(t)
		pass(5 * time.Second)
		b.want(t, "a", job.Done)
		if n := strings.Count(b.log.String(), "database is away"); n != 3 {
			t.Errorf("trouble logged %d times; want 3", n)
		}
		b.end()
	})
}

func TestAHandlerMayFinishItsJobItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(ctx context.Context, j job.Job) error { return b.queue.Finish(ctx, j, time.Now()) })
		b.enqueue(t, "a")
		b.run(t)
		synctest.Wait()
		b.want(t, "a", job.Done)
		if b.log.Len() != 0 {
			t.Errorf("something was logged:\n%s", b.log)
		}
		b.end()
	})
}
