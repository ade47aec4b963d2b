// Package job runs work that must survive a crash, such as sending mail, and work by the calendar, such as expiring.
//
// A [Runner] claims jobs from a [Queue], calls the [Handler] of their kind and settles them by what it returns. A job is
// run at least once; a lease token fences off whoever lost it, so nothing is settled twice.
//
// The package must not know what a job is about, nor how a queue keeps it: it imports nothing of ours and never reads
// Args.
package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// State is where a job stands.
type State string

// The states of a job: queued → running → done, or parked.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Parked  State = "parked" // given up; only a person sends it back to the queue
)

// CanBecome reports whether a job may step from s to next.
func (s State) CanBecome(next State) bool {
	switch s {
	case Queued:
		return next == Running
	case Running:
		return next == Queued || next == Done || next == Parked
	case Parked:
		return next == Queued
	case Done:
		return false
	}
	return false
}

// Job is one piece of work. A queue keeps times to the millisecond.
type Job struct {
	ID   string
	Kind string
	Args json.RawMessage // what the handler needs, usually ids only; "null" when it needs nothing

	// Key allows one running job among those that share it; empty means no such limit.
	Key string
	// UniqueKey suppresses a second job of the same kind while one is queued or running; empty means none.
	UniqueKey string

	RunAt       time.Time // not before
	CreatedAt   time.Time
	Attempt     int // the number of times it was claimed and not released
	MaxAttempts int // the last failed attempt parks the job; at least 1

	State     State
	Token     string // fences the holder of the lease; a done job keeps it
	LastError string
}

// LastAttempt reports whether failing now parks the job.
func (j Job) LastAttempt() bool { return j.Attempt >= j.MaxAttempts }

// Check says what keeps the job from being put into a queue, or nil.
func (j Job) Check() error {
	switch {
	case j.ID == "":
		return errors.New("job: no id")
	case j.Kind == "":
		return errors.New("job: no kind")
	case !json.Valid(j.Args):
		return fmt.Errorf("job %s: args are not JSON", j.ID)
	case j.MaxAttempts < 1:
		return fmt.Errorf("job %s: at least one attempt must be allowed", j.ID)
	case j.RunAt.IsZero() || j.CreatedAt.IsZero():
		return fmt.Errorf("job %s: no time given", j.ID)
	}
	return nil
}
