package store_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/job"
	"alfaone/internal/job/jobtest"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

func TestTheQueueKeepsThePromisesOfQueues(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			jobtest.Run(t, func(t *testing.T) jobtest.Fixture {
				w := &world{T: t}
				w.ms.Store(noon.UnixMilli())
				w.db = storetest.OpenEngine(t, engine, w.now)
				return jobtest.Fixture{Queue: w.db.Queue(), Load: func(t *testing.T, id string) (j job.Job) {
					t.Helper()
					err := w.db.Read(t.Context(), func(tx *store.Tx) (err error) { j, err = tx.Job(id); return err })
					if err != nil {
						t.Fatal(err)
					}
					return j
				}}
			})
		})
	}
}

func newJob(id string) job.Job {
	return job.Job{ID: id, Kind: "mail", Args: json.RawMessage(`{}`), RunAt: noon, CreatedAt: noon, MaxAttempts: 3}
}

// claim claims one due job.
func (w *world) claim() job.Job {
	w.Helper()
	found, err := w.db.Queue().Claim(w.Context(), job.Claim{
		Now: w.now(), Until: w.now().Add(time.Minute), Token: newID[string](), Kinds: []string{"mail"}, Limit: 1,
	})
	if err != nil || len(found) != 1 {
		w.Fatalf("claimed %v, %v", found, err)
	}
	return found[0]
}

func TestAJobExistsIfItsTransactionIsCommitted(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		enqueue := func(id string, end error) {
			err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
				if added, err := tx.Enqueue(newJob(id)); err != nil || !added {
					w.Errorf("added %v, %v", added, err)
				}
				return end
			})
			if !errors.Is(err, end) {
				w.Error(err)
			}
		}
		enqueue("abandoned", errors.New("abandoned"))
		enqueue("kept", nil)
		if j := w.claim(); j.ID != "kept" {
			w.Errorf("claimed %s, want the job of the committed transaction", j.ID)
		}
	})
}

func TestAJobIsFinishedTogetherWithWhatItDid(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		w.tx(func(tx *store.Tx) error { _, err := tx.Enqueue(newJob("a")); return err })
		j := w.claim()
		work := func(end error) error {
			return w.db.Tx(w.Context(), func(tx *store.Tx) error {
				if err := tx.SetInstance("done", "yes"); err != nil {
					return err
				}
				return errors.Join(tx.FinishJob(j), end)
			})
		}
		state := func(tx *store.Tx) (job.State, error) { j, err := tx.Job("a"); return j.State, err }
		_ = work(errors.New("abandoned"))
		same(w, job.Running, state)
		if err := work(nil); err != nil {
			w.Error(err)
		}
		same(w, job.Done, state)

		stranger := j
		stranger.Token = "another"
		if err := w.db.Tx(w.Context(), func(tx *store.Tx) error { return tx.FinishJob(stranger) }); !errors.Is(err, job.ErrLeaseLost) {
			w.Errorf("finished without the lease: %v", err)
		}
	})
}

func TestJobsAreCountedAndForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for _, id := range []string{"a", "b", "c", "later"} {
			j := newJob(id)
			if id == "later" {
				j.RunAt = noon.Add(time.Hour)
			}
			w.tx(func(tx *store.Tx) error { _, err := tx.Enqueue(j); return err })
		}
		q := w.db.Queue()
		done, parked := w.claim(), w.claim()
		if err := errors.Join(q.Finish(w.Context(), done, noon), q.Park(w.Context(), parked, noon.Add(time.Second), "550")); err != nil {
			w.Fatal(err)
		}
		type counts struct {
			ByState   map[job.State]int
			OldestDue time.Time
		}
		count := func(tx *store.Tx) (counts, error) { c, due, err := tx.JobCounts(); return counts{c, due}, err }
		same(w, counts{map[job.State]int{job.Queued: 2, job.Running: 0, job.Parked: 1}, noon}, count)
		w.claim()
		same(w, counts{map[job.State]int{job.Queued: 1, job.Running: 1, job.Parked: 1}, time.Time{}}, count)

		w.tx(func(tx *store.Tx) error { return tx.DeleteJobsBefore(noon.Add(time.Second)) })
		missing(w, func(tx *store.Tx) (job.Job, error) { return tx.Job(done.ID) })
		w.tx(func(tx *store.Tx) error { return tx.DeleteJobsBefore(noon.Add(time.Hour)) })
		same(w, counts{map[job.State]int{job.Queued: 1, job.Running: 1, job.Parked: 0}, time.Time{}}, count)
	})
}

func TestJobsOfManyKindsAreClaimedByTheirTime(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		for i, kind := range []string{"a", "b", "a", "c", "b", "other", "a"} {
			j := newJob(kind + strconv.Itoa(i))
			j.Kind, j.RunAt = kind, noon.Add(-time.Duration(i)*time.Minute)
			if kind == "b" {
				j.Key = "one at a time"
			}
			w.tx(func(tx *store.Tx) error { _, err := tx.Enqueue(j); return err })
		}
		claimed, err := w.db.Queue().Claim(w.Context(), job.Claim{
			Now: noon, Until: noon.Add(time.Minute), Token: "t", Kinds: []string{"a", "b", "c"}, Limit: 10,
		})
		var ids []string
		for _, j := range claimed {
			ids = append(ids, j.ID)
		}
		if diff := cmp.Diff([]string{"a6", "b4", "c3", "a2", "a0"}, ids); diff != "" || err != nil {
			w.Errorf("%v\n%s", err, diff)
		}
	})
}

// Deliveries to webhooks must not wait for a look at all the mail that does, nor the mail at itself.
func TestClaimingFollowsTheIndexOfTheKinds(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	for _, kinds := range [][]string{{"webhook"}, {"mail", "digest", "expire"}} {
		// The claim is seen and then refused, as a write where one only reads.
		seen, _ := w.db.Spy(w.Context(), func(tx *store.Tx) error {
			_, err := tx.Claim(job.Claim{Now: noon, Until: noon.Add(time.Minute), Token: "t", Kinds: kinds, Limit: 1})
			return err
		})
		if len(seen) != 1 {
			w.Fatalf("%d statements", len(seen))
		}
		plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(seen[0]) })
		if !strings.Contains(plan, "SEARCH waiting USING INDEX jobs_due (kind=? AND run_at<?)") || strings.Contains(plan, "SCAN jobs") {
			w.Errorf("%v:\n%s", kinds, plan)
		}
	}
}
