package job_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"alfaone/internal/job"
)

func TestStopWaitsForRunningHandlersAndClaimsNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(c *job.Config) { c.Workers = 1 })
		b.Handle("mail", func(ctx context.Context, _ job.Job) error {
			time.Sleep(8 * time.Second)
			return ctx.Err()
		})
		b.enqueue(t, "a", "b")
		b.run(t)
		pass(time.Second)
		start := time.Now()
		b.end()
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("stop took %s; want 7s", took)
		}
		b.want(t, "a", job.Done)
		b.want(t, "b", job.Queued)
	})
}

func TestStopReturnsWhatItCancelsUncounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			return fmt.Errorf("sending: %w", ctx.Err())
		})
		b.enqueue(t, "a")
		b.run(t)
		pass(time.Second)
		start := time.Now()
		b.end()
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("stop took %s; want 10s", took)
		}
		if j := b.want(t, "a", job.Queued); j.Attempt != 0 || j.RunAt.After(time.Now()) {
			t.Errorf("returned with attempt %d for %s", j.Attempt, j.RunAt)
		}
	})
}

func TestStopDoesNotWaitForAHandlerThatIgnoresItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.Handle("mail", func(context.Context, job.Job) error { time.Sleep(time.Hour); return nil })
		b.enqueue(t, "a")
		b.run(t)
		pass(time.Second)
		start := time.Now()
		b.end()
		if took := time.Since(start); took != 11*time.Second {
			t.Errorf("stop took %s; want 11s", took)
		}
		b.want(t, "a", job.Running) // its lease returns it, not sooner
		pass(time.Hour)
	})
}
