package job

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Handler does the work of one job. Its context ends when the lease is lost or the runner will wait no longer. Returning
// nil means done; any error a retry after [Backoff], unless [Permanent], [RetryAfter], [Snooze] or [Pause] says otherwise.
// A panic is a failed attempt.
type Handler func(ctx context.Context, j Job) error

// Config is what a runner is made of. Queue, Log and Now are required.
type Config struct {
	Queue Queue
	Log   *slog.Logger
	Now   func() time.Time

	Rand  func() float64 // spreads retries, in [0, 1); nil: math/rand
	Token func() string  // a fresh lease token; nil: crypto/rand

	Workers int           // handlers at once; 0: 4
	Lease   time.Duration // renewed every third of it; 0: 5 minutes
	Poll    time.Duration // how often to look for due jobs unasked; 0: 1 second
	Drain   time.Duration // how long a stop waits for running handlers; 0: 10 seconds
	Alone   bool          // nobody else works on jobs of its kinds: one that runs when Run begins is of somebody who died
}

// Runner claims jobs and runs their handlers. Two runners with different kinds may share one queue, which keeps slow kinds
// from starving quick ones.
type Runner struct {
	cfg      Config
	handlers map[string]Handler
	periodic []*periodic
	wake     chan struct{}

	mu     sync.Mutex
	paused map[string]time.Time // kind → no claims before
	active int                  // handlers running

	wg sync.WaitGroup
}

type periodic struct {
	name     string
	interval time.Duration
	last     time.Time // the slot last asked for by this process
}

// NewRunner makes a runner without handlers.
func NewRunner(c Config) *Runner {
	if c.Rand == nil {
		c.Rand = mathrand.Float64
	}
	if c.Token == nil {
		c.Token = rand.Text
	}
	c.Workers = orDefault(c.Workers, 4)
	c.Lease = orDefault(c.Lease, 5*time.Minute)
	c.Poll = orDefault(c.Poll, time.Second)
	c.Drain = orDefault(c.Drain, 10*time.Second)
	return &Runner{
		cfg:      c,
		handlers: map[string]Handler{},
		wake:     make(chan struct{}, 1),
		paused:   map[string]time.Time{},
	}
}

func orDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Handle sets the handler of a kind. Jobs of kinds without one are left to other processes. Not to be called once Run has
// been.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// Every runs the handler of kind once in each interval, counted from the zero time, across all processes that share the
// queue: the job's ID is made of kind and interval, so that only the first to enqueue it succeeds. A run still going
// when the next is due makes the next one fall away. Done jobs must be kept for longer than the interval. Not to be
// called once Run has been.
func (r *Runner) Every(kind string, interval time.Duration, h Handler) {
	r.Handle(kind, h)
	r.periodic = append(r.periodic, &periodic{name: kind, interval: interval})
}

// Wake makes the runner look for due jobs now, if it handles one of the kinds. It never blocks; call it after the commit of a
// transaction that enqueued.
func (r *Runner) Wake(kinds []string) {
	if slices.ContainsFunc(kinds, func(kind string) bool { return r.handlers[kind] != nil }) {
		r.look()
	}
}

func (r *Runner) look() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends. Then it claims nothing more, gives running handlers the Drain time, cancels those that
// remain, and returns their jobs to the queue uncounted. A handler that ignores even that keeps its lease, lest the job
// run twice at once; the lease's end returns it.
func (r *Runner) Run(ctx context.Context) {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	tick := time.NewTicker(r.cfg.Poll)
	defer tick.Stop()

	if r.cfg.Alone {
		r.reclaim(ctx, r.cfg.Lease)
	}
	r.keepHouse(ctx)
	for ctx.Err() == nil {
		r.claim(ctx, work)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-tick.C:
			r.keepHouse(ctx)
		}
	}
	r.stop(cancel)
}

// errStopping is why a handler's context ends when the runner stops.
var errStopping = errors.New("job: runner is stopping")

// cancelGrace is what a handler gets to return in once it is cancelled.
const cancelGrace = time.Second

func (r *Runner) stop(cancel context.CancelCauseFunc) {
	idle := make(chan struct{})
	go func() { r.wg.Wait(); close(idle) }()
	if within(idle, r.cfg.Drain) {
		return
	}
	cancel(errStopping)
	if !within(idle, cancelGrace) {
		r.cfg.Log.Warn("jobs still running at stop, their leases will return them")
	}
}

func within(done <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// keepHouse returns expired leases and enqueues what is due by the calendar.
func (r *Runner) keepHouse(ctx context.Context) {
	r.reclaim(ctx, 0)
	for _, p := range r.periodic {
		if err := r.enqueuePeriodic(ctx, p); err != nil {
			r.complain(ctx, "enqueuing a periodic job", err, "kind", p.name)
		}
	}
}

// reclaim returns the jobs of its kinds whose lease has no longer than left.
func (r *Runner) reclaim(ctx context.Context, left time.Duration) {
	now := r.cfg.Now()
	if n, err := r.cfg.Queue.Reclaim(ctx, r.kinds(), now.Add(left), now); err != nil {
		r.complain(ctx, "reclaiming jobs", err)
	} else if n > 0 {
		r.cfg.Log.WarnContext(ctx, "reclaimed jobs whose worker is gone", "jobs", n)
	}
}

// periodicAttempts is low because the next interval brings the same work again.
const periodicAttempts = 3

func (r *Runner) enqueuePeriodic(ctx context.Context, p *periodic) error {
	now := r.cfg.Now()
	slot := now.Truncate(p.interval)
	if slot.Equal(p.last) {
		return nil
	}
	_, err := r.cfg.Queue.Enqueue(ctx, Job{
		ID:          fmt.Sprintf("%s@%d", p.name, slot.UnixMilli()),
		Kind:        p.name,
		Args:        json.RawMessage("null"),
		UniqueKey:   p.name,
		RunAt:       now,
		CreatedAt:   now,
		MaxAttempts: periodicAttempts,
	})
	if err == nil {
		p.last = slot
	}
	return err
}

// claim fills the free workers.
func (r *Runner) claim(ctx, work context.Context) {
	for {
		kinds, free := r.capacity()
		if free == 0 || len(kinds) == 0 || ctx.Err() != nil {
			return
		}
		now := r.cfg.Now()
		jobs, err := r.cfg.Queue.Claim(ctx, Claim{
			Now: now, Until: now.Add(r.cfg.Lease), Token: r.cfg.Token(), Kinds: kinds, Limit: free,
		})
		if err != nil {
			r.complain(ctx, "claiming jobs", err)
			return
		}
		if len(jobs) == 0 {
			return
		}
		for _, j := range jobs {
			r.start(work, j, now.Add(r.cfg.Lease))
		}
	}
}

// capacity returns the kinds that may be claimed now and the number of free workers.
func (r *Runner) capacity() (kinds []string, free int) {
	now := r.cfg.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range r.kinds() {
		if !now.Before(r.paused[kind]) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, r.cfg.Workers - r.active
}

func (r *Runner) kinds() []string { return slices.Sorted(maps.Keys(r.handlers)) }

func (r *Runner) start(work context.Context, j Job, until time.Time) {
	r.mu.Lock()
	r.active++
	r.mu.Unlock()
	r.wg.Go(func() {
		r.work(work, j, until)
		r.mu.Lock()
		r.active--
		r.mu.Unlock()
		r.look() // a worker, and perhaps a key, is free
	})
}

// complain logs trouble with the queue, except what stopping causes.
func (r *Runner) complain(ctx context.Context, doing string, err error, args ...any) {
	if ctx.Err() == nil {
		r.cfg.Log.ErrorContext(ctx, doing, append(args, "error", err)...)
	}
}
