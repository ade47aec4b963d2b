// Package jobtest states the promises of job.Queue as tests, so that every implementation is held to the same ones.
package jobtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/job"
)

// Fixture is an empty queue and a way to look into it.
type Fixture struct {
	Queue job.Queue
	// Load returns a job as it stands; it fails the test when there is none.
	Load func(t *testing.T, id string) job.Job
}

// Run runs the suite. Each test opens its own fixture.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Helper()
	tests := map[string]func(*testing.T, Fixture){
		"a claimed job is what was enqueued":               claimReturnsJob,
		"a broken job is refused":                          enqueueRefusesBroken,
		"an id is enqueued once, even when done":           enqueueOnce,
		"a unique key suppresses a duplicate until done":   uniqueKey,
		"jobs come in order of time, then id":              claimOrder,
		"a claim keeps to time, kinds and limit":           claimFilter,
		"eight workers claim each job once":                claimOnce,
		"one job per key is in flight":                     oneInFlight,
		"one job per key is in flight under eight workers": oneInFlightConcurrently,
		"an expired lease returns the job":                 reclaim,
		"an expired lease frees the key":                   reclaimFreesKey,
		"a heartbeat keeps the lease":                      heartbeat,
		"the last attempt's expired lease parks":           reclaimParks,
		"who lost the lease changes nothing":               fencing,
		"finishing twice under one token succeeds":         finishTwice,
		"a retried job waits for its time and keeps cause": retry,
		"a released attempt is not counted":                release,
		"a parked job stays parked and tells the cause":    park,
		"unique keys of two kinds do not meet":             uniqueKeyPerKind,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// t0 is the time at which the tests begin.
var t0 = time.Date(2025, 2, 14, 12, 0, 0, 0, time.UTC)

const lease = time.Minute

// newJob makes a job that is due at t0.
func newJob(id string, change ...func(*job.Job)) job.Job {
	j := job.Job{
		ID: id, Kind: "mail", Args: json.RawMessage(`{"invite":"` + id + `"}`),
		RunAt: t0, CreatedAt: t0, MaxAttempts: 3,
	}
	for _, c := range change {
		c(&j)
	}
	return j
}

func key(k string) func(*job.Job)      { return func(j *job.Job) { j.Key = k } }
func unique(k string) func(*job.Job)   { return func(j *job.Job) { j.UniqueKey = k } }
func kind(k string) func(*job.Job)     { return func(j *job.Job) { j.Kind = k } }
func runAt(t time.Time) func(*job.Job) { return func(j *job.Job) { j.RunAt = t } }
func maxAttempts(n int) func(*job.Job) { return func(j *job.Job) { j.MaxAttempts = n } }
func at(d time.Duration) time.Time     { return t0.Add(d) }
func ids(jobs []job.Job) (list []string) {
	for _, j := range jobs {
		list = append(list, j.ID)
	}
	return list
}

func (f Fixture) enqueue(t *testing.T, jobs ...job.Job) {
	t.Helper()
	for _, j := range jobs {
		if added, err := f.Queue.Enqueue(t.Context(), j); err != nil || !added {
			t.Fatalf("Enqueue(%s) = %v, %v; want it added", j.ID, added, err)
		}
	}
}

func (f Fixture) refuses(t *testing.T, j job.Job) {
	t.Helper()
	if added, err := f.Queue.Enqueue(t.Context(), j); err != nil || added {
		t.Errorf("Enqueue(%s) = %v, %v; want it suppressed", j.ID, added, err)
	}
}

func claimAt(now time.Time, token string, limit int) job.Claim {
	return job.Claim{Now: now, Until: now.Add(lease), Token: token, Kinds: []string{"mail"}, Limit: limit}
}

// drain claims until nothing is due, for an implementation may return fewer than the limit.
func (f Fixture) drain(t *testing.T, c job.Claim) []job.Job {
	t.Helper()
	var all []job.Job
	for limit := c.Limit; len(all) < limit; {
		c.Limit = limit - len(all)
		jobs, err := f.Queue.Claim(t.Context(), c)
		if err != nil {
			t.Fatalf("Claim: %v", err)
		}
		if len(jobs) == 0 {
			break
		}
		all = append(all, jobs...)
	}
	return all
}

// claim returns the one job that is due at now, or fails.
func (f Fixture) claim(t *testing.T, now time.Time, token string) job.Job {
	t.Helper()
	jobs := f.drain(t, claimAt(now, token, 1))
	if len(jobs) != 1 {
		t.Fatalf("at %s nothing was claimed", now.Format(time.TimeOnly))
	}
	return jobs[0]
}

func (f Fixture) nothingDue(t *testing.T, now time.Time) {
	t.Helper()
	if jobs := f.drain(t, claimAt(now, "none", 10)); len(jobs) != 0 {
		t.Errorf("at %s claimed %v; want nothing", now.Format(time.TimeOnly), ids(jobs))
	}
}

func (f Fixture) reclaims(t *testing.T, now time.Time, want int) {
	t.Helper()
	if n, err := f.Queue.Reclaim(t.Context(), []string{"purge"}, now, now); err != nil || n != 0 {
		t.Errorf("Reclaim of another kind at %s = %d, %v; want none", now.Format(time.TimeOnly), n, err)
	}
	if n, err := f.Queue.Reclaim(t.Context(), []string{"mail"}, now, now); err != nil || n != want {
		t.Errorf("Reclaim at %s = %d, %v; want %d", now.Format(time.TimeOnly), n, err, want)
	}
}

func (f Fixture) state(t *testing.T, id string, want job.State) job.Job {
	t.Helper()
	j := f.Load(t, id)
	if j.State != want {
		t.Errorf("job %s is %s; want %s", id, j.State, want)
	}
	return j
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func claimReturnsJob(t *testing.T, f Fixture) {
	want := newJob("a", key("hook-1"), unique("once"), runAt(at(1500*time.Millisecond)))
	f.enqueue(t, want)
	got := f.claim(t, at(2*time.Second), "token-1")

	want.State, want.Attempt, want.Token = job.Running, 1, "token-1"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claimed job (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, f.Load(t, "a")); diff != "" {
		t.Errorf("stored job (-claimed +stored):\n%s", diff)
	}
}

func enqueueRefusesBroken(t *testing.T, f Fixture) {
	j := newJob("a", maxAttempts(0))
	if added, err := f.Queue.Enqueue(t.Context(), j); err == nil || added {
		t.Errorf("Enqueue of a job without attempts = %v, %v; want an error", added, err)
	}
	f.nothingDue(t, t0)
}

func enqueueOnce(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	f.refuses(t, newJob("a"))
	must(t, f.Queue.Finish(t.Context(), f.claim(t, t0, "x"), t0))
	f.refuses(t, newJob("a"))
	f.nothingDue(t, at(time.Hour))
}

func uniqueKey(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a", unique("nightly")))
	f.refuses(t, newJob("b", unique("nightly")))
	j := f.claim(t, t0, "x")
	f.refuses(t, newJob("c", unique("nightly")))
	must(t, f.Queue.Finish(t.Context(), j, t0))
	f.enqueue(t, newJob("d", unique("nightly")))
}

func uniqueKeyPerKind(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a", unique("nightly")), newJob("b", kind("purge"), unique("nightly")), newJob("c"), newJob("d"))
}

func claimOrder(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("c"), newJob("a", runAt(at(time.Second))), newJob("b"), newJob("d", runAt(at(-time.Second))))
	got := ids(f.drain(t, claimAt(at(time.Minute), "x", 10)))
	if diff := cmp.Diff([]string{"d", "b", "c", "a"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func claimFilter(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"), newJob("b"), newJob("later", runAt(at(time.Millisecond))), newJob("other", kind("purge")))
	none := claimAt(t0, "x", 10)
	none.Kinds = nil
	if jobs := f.drain(t, none); len(jobs) != 0 {
		t.Errorf("without kinds claimed %v", ids(jobs))
	}
	if got := ids(f.drain(t, claimAt(t0, "x", 1))); !cmp.Equal(got, []string{"a"}) {
		t.Errorf("limit 1 claimed %v; want [a]", got)
	}
	if got := ids(f.drain(t, claimAt(t0, "y", 10))); !cmp.Equal(got, []string{"b"}) {
		t.Errorf("then claimed %v; want [b]", got)
	}
	both := claimAt(at(time.Millisecond), "z", 10)
	both.Kinds = []string{"purge", "mail"}
	if got := ids(f.drain(t, both)); !cmp.Equal(got, []string{"other", "later"}) {
		t.Errorf("both kinds a moment later: claimed %v; want [other later]", got)
	}
}

const workers = 8

// race lets eight workers claim and finish until all n jobs are done. It returns how often each was claimed and the
// greatest number in flight of any key.
func (f Fixture) race(t *testing.T, n int) (claims map[string]int, inFlight int) {
	t.Helper()
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		flies = map[string]int{}
	)
	claims = map[string]int{}
	took := func(j job.Job) {
		mu.Lock()
		defer mu.Unlock()
		claims[j.ID]++
		flies[j.Key]++
		inFlight = max(inFlight, flies[j.Key])
	}
	landed := func(j job.Job) { mu.Lock(); flies[j.Key]--; mu.Unlock() }
	allTaken := func() bool { mu.Lock(); defer mu.Unlock(); return len(claims) == n }

	for w := range workers {
		wg.Go(func() {
			for round := 0; !allTaken(); round++ {
				jobs, err := f.Queue.Claim(t.Context(), claimAt(t0, fmt.Sprintf("%d-%d", w, round), 1+w%3))
				if err != nil {
					t.Errorf("Claim: %v", err)
					return
				}
				for _, j := range jobs {
					took(j)
				}
				for _, j := range jobs {
					landed(j) // before Finish: from then on another may hold the key
					if err := f.Queue.Finish(t.Context(), j, t0); err != nil {
						t.Errorf("Finish: %v", err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	return claims, inFlight
}

func once(t *testing.T, claims map[string]int, n int) {
	t.Helper()
	if len(claims) != n {
		t.Errorf("%d jobs claimed; want %d", len(claims), n)
	}
	for id, times := range claims {
		if times != 1 {
			t.Errorf("job %s claimed %d times", id, times)
		}
	}
}

func claimOnce(t *testing.T, f Fixture) {
	const n = 200
	for i := range n {
		f.enqueue(t, newJob(fmt.Sprintf("j%03d", i)))
	}
	claims, _ := f.race(t, n)
	once(t, claims, n)
}

func oneInFlightConcurrently(t *testing.T, f Fixture) {
	const n = 100
	for i := range n {
		f.enqueue(t, newJob(fmt.Sprintf("j%03d", i), key(fmt.Sprintf("hook-%d", i%5))))
	}
	claims, inFlight := f.race(t, n)
	once(t, claims, n)
	if inFlight != 1 {
		t.Errorf("%d jobs of one key were in flight at once", inFlight)
	}
}

func oneInFlight(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a1", key("a")), newJob("a2", key("a")), newJob("b1", key("b")), newJob("c"), newJob("d"))
	got := f.drain(t, claimAt(t0, "x", 10))
	if diff := cmp.Diff([]string{"a1", "b1", "c", "d"}, ids(got)); diff != "" {
		t.Fatalf("claimed (-want +got):\n%s", diff)
	}
	f.nothingDue(t, t0)
	must(t, f.Queue.Retry(t.Context(), got[0], at(time.Hour), "receiver is down"))
	if next := f.claim(t, t0, "y"); next.ID != "a2" {
		t.Errorf("once a1 waits for its retry %s was claimed; want a2", next.ID)
	}
}

func reclaim(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	f.claim(t, t0, "x")
	f.reclaims(t, at(lease-time.Millisecond), 0)
	f.nothingDue(t, at(lease))
	f.reclaims(t, at(lease), 1)
	if j := f.state(t, "a", job.Queued); j.LastError != job.LeaseExpired {
		t.Errorf("cause kept is %q; want %q", j.LastError, job.LeaseExpired)
	}
	if again := f.claim(t, at(lease), "y"); again.Attempt != 2 {
		t.Errorf("claimed again as attempt %d; want 2", again.Attempt)
	}
}

func reclaimFreesKey(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a1", key("a")), newJob("a2", key("a")), newJob("b1", key("b")))
	f.drain(t, claimAt(t0, "x", 10))
	f.reclaims(t, at(lease), 2)
	got := ids(f.drain(t, claimAt(at(lease), "y", 10)))
	if diff := cmp.Diff([]string{"a2", "b1"}, got); diff != "" { // a1 now runs from the time it was reclaimed
		t.Errorf("claimed after the leases ended (-want +got):\n%s", diff)
	}
}

func heartbeat(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	j := f.claim(t, t0, "x")
	must(t, f.Queue.Heartbeat(t.Context(), j, at(2*lease)))
	f.reclaims(t, at(2*lease-time.Millisecond), 0)
	f.reclaims(t, at(2*lease), 1)
}

func reclaimParks(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a", maxAttempts(1)))
	f.claim(t, t0, "x")
	f.reclaims(t, at(lease), 1)
	f.state(t, "a", job.Parked)
	f.nothingDue(t, at(time.Hour))
	f.reclaims(t, at(time.Hour), 0)
}

func fencing(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	old := f.claim(t, t0, "old")
	f.reclaims(t, at(lease), 1)
	f.losesLease(t, old)
	current := f.claim(t, at(lease), "new")
	f.losesLease(t, old)
	if diff := cmp.Diff(current, f.Load(t, "a")); diff != "" {
		t.Errorf("the old holder changed the job (-before +after):\n%s", diff)
	}
	must(t, f.Queue.Finish(t.Context(), current, at(lease)))
	f.losesLease(t, old)
	f.state(t, "a", job.Done)
}

func (f Fixture) losesLease(t *testing.T, j job.Job) {
	t.Helper()
	ctx := t.Context()
	for name, err := range map[string]error{
		"Heartbeat": f.Queue.Heartbeat(ctx, j, at(time.Hour)),
		"Finish":    f.Queue.Finish(ctx, j, t0),
		"Retry":     f.Queue.Retry(ctx, j, t0, "late"),
		"Release":   f.Queue.Release(ctx, j, t0),
		"Park":      f.Queue.Park(ctx, j, t0, "late"),
	} {
		if !errors.Is(err, job.ErrLeaseLost) {
			t.Errorf("%s without the lease = %v; want ErrLeaseLost", name, err)
		}
	}
}

func finishTwice(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	j := f.claim(t, t0, "x")
	must(t, f.Queue.Finish(t.Context(), j, t0))
	must(t, f.Queue.Finish(t.Context(), j, at(time.Second)))
	f.state(t, "a", job.Done)
	if err := f.Queue.Retry(t.Context(), j, t0, "no"); !errors.Is(err, job.ErrLeaseLost) {
		t.Errorf("Retry of a done job = %v; want ErrLeaseLost", err)
	}
	f.nothingDue(t, at(time.Hour))
}

func retry(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a"))
	must(t, f.Queue.Retry(t.Context(), f.claim(t, t0, "x"), at(time.Minute), "451 try later"))
	if j := f.state(t, "a", job.Queued); j.LastError != "451 try later" || !j.RunAt.Equal(at(time.Minute)) {
		t.Errorf("retried job has cause %q and runs at %s", j.LastError, j.RunAt)
	}
	f.nothingDue(t, at(time.Minute-time.Millisecond))
	if j := f.claim(t, at(time.Minute), "y"); j.Attempt != 2 {
		t.Errorf("claimed as attempt %d; want 2", j.Attempt)
	}
}

func release(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a", maxAttempts(1)))
	must(t, f.Queue.Release(t.Context(), f.claim(t, t0, "x"), at(time.Minute)))
	f.nothingDue(t, at(time.Minute-time.Millisecond))
	if j := f.claim(t, at(time.Minute), "y"); j.Attempt != 1 {
		t.Errorf("claimed as attempt %d; want 1", j.Attempt)
	}
}

func park(t *testing.T, f Fixture) {
	f.enqueue(t, newJob("a", key("k"), unique("u")))
	must(t, f.Queue.Park(t.Context(), f.claim(t, t0, "x"), t0, "550 no such user"))
	if j := f.state(t, "a", job.Parked); j.LastError != "550 no such user" {
		t.Errorf("parked with cause %q", j.LastError)
	}
	f.nothingDue(t, at(time.Hour))
	f.reclaims(t, at(time.Hour), 0)
	f.enqueue(t, newJob("b", key("k"), unique("u"))) // it holds neither key
	f.claim(t, t0, "y")
}
