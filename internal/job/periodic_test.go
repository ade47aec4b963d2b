package job_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"alfaone/internal/job"
)

func TestPeriodicJobsRunOncePerIntervalAcrossProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := newBench(), newBench()
		two.queue = one.queue
		two.Runner = job.NewRunner(job.Config{Queue: one.queue, Log: slog.New(slog.DiscardHandler), Now: time.Now})
		var mu sync.Mutex
		ran := 0
		count := func(context.Context, job.Job) error { mu.Lock(); ran++; mu.Unlock(); return nil }
		one.Every("sweep", time.Minute, count)
		two.Every("sweep", time.Minute, count)
		one.run(t)
		two.run(t)
		pass(10*time.Minute + 30*time.Second)
		one.end()
		two.end()
		if ran != 11 { // minutes 0 to 10
			t.Errorf("ran %d times in 10½ minutes; want 11", ran)
		}
	})
}

func TestAPeriodicJobDoesNotOverlapItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		ran := 0
		b.Every("sweep", time.Minute, func(context.Context, job.Job) error {
			ran++
			time.Sleep(90 * time.Second)
			return nil
		})
		b.run(t)
		pass(4*time.Minute - time.Second) // starts at 0 and 2 min: those of 1 and 3 fall away
		b.end()
		if ran != 2 {
			t.Errorf("ran %d times; want 2", ran)
		}
	})
}
