package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// settleTimeout bounds the write that ends an attempt. When it fails the lease runs out and the job is run again.
const settleTimeout = 10 * time.Second

// work runs one claimed job and settles it.
func (r *Runner) work(ctx context.Context, j Job, until time.Time) {
	log := r.cfg.Log.With("job", j.ID, "kind", j.Kind, "attempt", j.Attempt)
	held, cancel := context.WithCancelCause(ctx)
	beating := make(chan struct{})
	go func() { defer close(beating); r.heartbeat(held, cancel, log, j, until) }()

	err := r.call(held, log, j)
	stopped := errors.Is(context.Cause(held), errStopping)
	cancel(nil)
	<-beating // the queue is left alone once Run has returned

	settling, done := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer done()
	if stopped && errors.Is(err, context.Canceled) {
		err = Snooze(0)
	}
	if err := r.settle(settling, log, j, err); err != nil {
		log.ErrorContext(ctx, "job not settled", "error", err)
	}
}

// call runs the handler, turning a panic into an error.
func (r *Runner) call(ctx context.Context, log *slog.Logger, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(ctx, "job panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.handlers[j.Kind](ctx, j)
}

// heartbeat renews the lease until ctx ends. It cancels the handler when the lease is lost, or so long unrenewed that it
// must be.
func (r *Runner) heartbeat(ctx context.Context, cancel context.CancelCauseFunc, log *slog.Logger, j Job, until time.Time) {
	beat := time.NewTicker(r.cfg.Lease / 3)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		next := r.cfg.Now().Add(r.cfg.Lease)
		err := r.cfg.Queue.Heartbeat(ctx, j, next)
		switch {
		case err == nil:
			until = next
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrLeaseLost), !r.cfg.Now().Before(until):
			cancel(ErrLeaseLost)
			return
		default:
			log.WarnContext(ctx, "lease not renewed", "error", err)
		}
	}
}

// settle writes the outcome of an attempt.
func (r *Runner) settle(ctx context.Context, log *slog.Logger, j Job, err error) error {
	now := r.cfg.Now()
	if err == nil {
		return r.cfg.Queue.Finish(ctx, j, now)
	}
	do, wait := steering(err, j.Attempt, r.cfg.Rand())
	log = log.With("error", err)
	switch {
	case do == pause:
		log.ErrorContext(ctx, "kind of job paused", "for", wait)
		r.pause(j.Kind, now.Add(wait))
		return r.cfg.Queue.Release(ctx, j, now.Add(wait))
	case do == release:
		return r.cfg.Queue.Release(ctx, j, now.Add(wait))
	case do == park || j.LastAttempt():
		log.ErrorContext(ctx, "job parked")
		return r.cfg.Queue.Park(ctx, j, now, err.Error())
	default:
		log.WarnContext(ctx, "job failed, will be retried", "in", wait)
		return r.cfg.Queue.Retry(ctx, j, now.Add(wait), err.Error())
	}
}

func (r *Runner) pause(kind string, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until.After(r.paused[kind]) {
		r.paused[kind] = until
	}
}
