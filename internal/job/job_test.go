package job_test

import (
	"errors"
	"testing"
	"time"

	"alfaone/internal/job"
	"alfaone/internal/job/jobtest"
)

func TestMemoryKeepsThePromisesOfAQueue(t *testing.T) {
	t.Parallel()
	jobtest.Run(t, func(*testing.T) jobtest.Fixture {
		m := new(job.Memory)
		return jobtest.Fixture{Queue: m, Load: func(t *testing.T, id string) job.Job { return load(t, m, id) }}
	})
}

func load(t *testing.T, m *job.Memory, id string) job.Job {
	t.Helper()
	j, ok := m.Job(id)
	if !ok {
		t.Fatalf("no job %s", id)
	}
	return j
}

func TestStateAllowsExactlyTheLegalSteps(t *testing.T) {
	t.Parallel()
	states := []job.State{job.Queued, job.Running, job.Done, job.Parked}
	legal := map[[2]job.State]bool{
		{job.Queued, job.Running}: true,
		{job.Running, job.Queued}: true,
		{job.Running, job.Done}:   true,
		{job.Running, job.Parked}: true,
		{job.Parked, job.Queued}:  true,
	}
	for _, from := range append(states, "unknown") {
		for _, to := range append(states, "unknown") {
			if got, want := from.CanBecome(to), legal[[2]job.State{from, to}]; got != want {
				t.Errorf("%s → %s is %v; want %v", from, to, got, want)
			}
		}
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	good := job.Job{
		ID: "a", Kind: "k", Args: []byte("null"), MaxAttempts: 1, RunAt: time.Unix(1, 0), CreatedAt: time.Unix(1, 0),
	}
	if err := good.Check(); err != nil {
		t.Errorf("a whole job is refused: %v", err)
	}
	for what, spoil := range map[string]func(*job.Job){
		"id":       func(j *job.Job) { j.ID = "" },
		"kind":     func(j *job.Job) { j.Kind = "" },
		"args":     func(j *job.Job) { j.Args = nil },
		"attempts": func(j *job.Job) { j.MaxAttempts = 0 },
		"run at":   func(j *job.Job) { j.RunAt = time.Time{} },
		"created":  func(j *job.Job) { j.CreatedAt = time.Time{} },
	} {
		j := good
		spoil(&j)
		if j.Check() == nil {
			t.Errorf("a job without %s is accepted", what)
		}
	}
}

func TestBackoffTriplesUpToSixHoursWithinItsSpread(t *testing.T) {
	t.Parallel()
	middle := []time.Duration{
		5 * time.Second, 15 * time.Second, 45 * time.Second, 135 * time.Second, 405 * time.Second, 1215 * time.Second,
		3645 * time.Second, 10935 * time.Second, 6 * time.Hour, 6 * time.Hour,
	}
	for i, want := range middle {
		attempt := i + 1
		if got := job.Backoff(attempt, 0.5); got.Round(time.Millisecond) != want {
			t.Errorf("Backoff(%d, 0.5) = %s; want %s", attempt, got, want)
		}
		if low, high := job.Backoff(attempt, 0), job.Backoff(attempt, 0.999999); low < want*79/100 || high > want*121/100 {
			t.Errorf("Backoff(%d) spreads from %s to %s around %s", attempt, low, high, want)
		}
	}
	if got := job.Backoff(1_000_000, 0.5); got != 6*time.Hour {
		t.Errorf("Backoff(1000000, 0.5) = %s; want 6h", got)
	}
}

func TestBackoffWaitsHalfAnHourAfterTheFirstHour(t *testing.T) {
	t.Parallel()
	for _, rnd := range []float64{0, 0.5, 0.999999} {
		var since time.Duration
		for attempt := 1; attempt < 30; attempt++ {
			wait := job.Backoff(attempt, rnd)
			if since >= time.Hour && wait < 30*time.Minute {
				t.Errorf("attempt %d fails after %s and waits only %s", attempt, since, wait)
			}
			since += wait
		}
	}
}

func TestSteeringKeepsTheCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	for name, err := range map[string]error{
		"Permanent":  job.Permanent(cause),
		"RetryAfter": job.RetryAfter(cause, time.Second),
		"Pause":      job.Pause(cause, time.Second),
	} {
		if !errors.Is(err, cause) || err.Error() != "cause" {
			t.Errorf("%s hides its cause: %v", name, err)
		}
	}
}
