package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"alfaone/internal/job"
)

func TestRunDueWorksWhatIsDueAndWhatFollowsFromIt(t *testing.T) {
	t.Parallel()
	b := newBench()
	var done []string
	b.Handle("mail", func(_ context.Context, j job.Job) error {
		done = append(done, j.ID)
		if j.ID == "first" {
			b.enqueue(t, "follows")
		}
		return nil
	})
	b.enqueue(t, "first")
	b.put(t, job.Job{ID: "later", RunAt: time.Now().Add(time.Hour)})
	if err := b.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(done) != 2 || done[0] != "first" || done[1] != "follows" {
		t.Errorf("worked %v, want first and follows", done)
	}
}

func TestRunDueStopsWithItsContext(t *testing.T) {
	t.Parallel()
	b := newBench()
	ctx, cancel := context.WithCancel(t.Context())
	b.Handle("mail", func(context.Context, job.Job) error {
		cancel()
		return nil
	})
	b.enqueue(t, "one", "two")
	if err := b.RunDue(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("RunDue: %v, want %v", err, context.Canceled)
	}
}
