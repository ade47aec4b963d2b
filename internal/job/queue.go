package job

import (
	"context"
	"errors"
	"time"
)

// ErrLeaseLost means that the job is no longer held under the token given: its lease ran out and somebody else may have
// it. Whoever gets it must stop working and settle nothing.
var ErrLeaseLost = errors.New("job: lease lost")

// LeaseExpired is the cause [Queue.Reclaim] keeps: the attempt ended without a word, as when a process dies.
const LeaseExpired = "lease expired"

// Claim says what a worker asks of a queue.
type Claim struct {
	Now   time.Time
	Until time.Time // end of the lease
	Token string    // fresh for every claim
	Kinds []string  // kinds the worker can handle; none means no job
	Limit int       // at most this many
}

// Queue is what the runner needs to know of the place where jobs are kept. Package jobtest states the promises as tests.
//
// Every method that takes a claimed job is fenced: unless the job is running under j.Token it changes nothing and returns
// [ErrLeaseLost].
type Queue interface {
	// Enqueue adds j as queued. It reports false, and adds nothing, when a job with its ID exists in any state or one of
	// its kind with its UniqueKey is queued or running. A job that fails [Job.Check] is an error.
	Enqueue(ctx context.Context, j Job) (added bool, err error)

	// Claim makes due jobs running and returns them with attempt counted and lease written, ordered by RunAt, then ID.
	// No job is returned twice, nor one whose Key is running. Fewer than the limit, even none where some are due, is a
	// legal answer: losing a race is not an error.
	Claim(ctx context.Context, c Claim) ([]Job, error)

	// Heartbeat moves the end of the lease.
	Heartbeat(ctx context.Context, j Job, until time.Time) error

	// Finish makes the job done. Again under the same token it succeeds, so that a handler may finish its job within its
	// own transaction and then return nil.
	Finish(ctx context.Context, j Job, now time.Time) error

	// Retry returns the job to the queue for time at and keeps cause for people to read.
	Retry(ctx context.Context, j Job, at time.Time, cause string) error

	// Release returns the job to the queue for time at as though it had not been claimed: the attempt is not counted.
	Release(ctx context.Context, j Job, at time.Time) error

	// Park gives the job up and keeps cause.
	Park(ctx context.Context, j Job, now time.Time, cause string) error

	// Reclaim returns jobs of the kinds whose lease ends before or at the given time to the queue, to run at now; those that
	// have used their last attempt it parks. It returns how many there were.
	Reclaim(ctx context.Context, kinds []string, until, now time.Time) (int, error)
}
