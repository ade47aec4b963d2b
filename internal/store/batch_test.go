package store

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"alfaone/internal/assess"
)

func openSQLite(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func (db *DB) batcher() *batcher { return db.engine.(*sqliteEngine).batch }

// runTogether runs the functions as one batch and returns how each unit ended. A panic ends its goroutine.
func (db *DB) runTogether(ctx context.Context, fns ...func(tx *Tx) error) []*unit {
	var wg sync.WaitGroup
	batch := make([]*unit, len(fns))
	for i, fn := range fns {
		u := newUnit(ctx)
		batch[i] = u
		wg.Go(func() {
			defer func() { _ = recover() }()
			if tx, ok := <-u.turn; ok {
				u.call(tx, fn)
			}
		})
	}
	db.batcher().commit(batch)
	wg.Wait()
	return batch
}

func write(name string) func(tx *Tx) error {
	return func(tx *Tx) error { return tx.SetInstance(name, "x") }
}

// names are the facts that are on disk.
func (db *DB) names(t *testing.T) (names []string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *Tx) (err error) {
		names, err = list(tx, scanID[string], "SELECT name FROM instance ORDER BY name")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestATransactionThatFailsDoesNotHurtItsNeighbours(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	failed := errors.New("failed")
	after := func(name string, end func() error) func(tx *Tx) error {
		return func(tx *Tx) error {
			if err := tx.SetInstance(name, "x"); err != nil {
				return err
			}
			return end()
		}
	}
	batch := db.runTogether(t.Context(),
		write("a"),
		after("fails", func() error { return failed }),
		write("b"),
		after("panics", func() error { panic("oh") }),
		after("ends its goroutine", func() error { runtime.Goexit(); return nil }),
		func(tx *Tx) error { _, err := tx.exec("INSERT INTO instance (name) VALUES (NULL)"); return err },
		write("c"),
	)
	for i, want := range []error{nil, failed, nil, errPanicked, errPanicked} {
		if err := <-batch[i].result; !errors.Is(err, want) {
			t.Errorf("transaction %d: %v, want %v", i, err, want)
		}
	}
	if err := <-batch[5].result; err == nil {
		t.Error("a broken constraint is no error")
	}
	if got, want := db.names(t), []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("on disk: %q, want %q", got, want)
	}
}

func TestAPanicReachesWhoCausedIt(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	func() {
		defer func() {
			if p := recover(); p != "oh" {
				t.Errorf("recovered %v", p)
			}
		}()
		_ = db.Tx(t.Context(), func(*Tx) error { panic("oh") })
	}()
	if err := db.Tx(t.Context(), write("a")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestNothingIsAcknowledgedBeforeTheCommit(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	first, second := newUnit(t.Context()), newUnit(t.Context())
	go func() { first.call(<-first.turn, write("a")) }()
	go func() {
		second.call(<-second.turn, func(*Tx) error {
			if len(first.result) > 0 {
				t.Error("the first transaction was acknowledged before the batch was committed")
			}
			if names := db.names(t); len(names) > 0 {
				t.Errorf("%q can be read before the commit", names)
			}
			return nil
		})
	}()
	db.batcher().commit([]*unit{first, second})
	if err := errors.Join(<-first.result, <-second.result); err != nil || len(db.names(t)) != 1 {
		t.Errorf("%v, %q", err, db.names(t))
	}
}

func TestACancelledTransactionRunsWhollyOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, u := range db.runTogether(cancelled, write("before its turn")) {
		if err := <-u.result; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before its turn: %v", err)
		}
	}
	running, cancel := context.WithCancel(t.Context())
	err := db.Tx(running, func(tx *Tx) error {
		cancel()
		return tx.SetInstance("in its turn", "x")
	})
	if err != nil {
		t.Errorf("cancelled in its turn: %v", err)
	}
	if got := db.names(t); !slices.Equal(got, []string{"in its turn"}) {
		t.Errorf("on disk: %q", got)
	}
}

func TestClosingWaitsForWhatRunsAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := openSQLite(t, dir)
	running, release, closed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- db.Tx(t.Context(), func(tx *Tx) error {
			close(running)
			<-release
			return tx.SetInstance("running", "x")
		})
	}()
	<-running
	go func() { closed <- db.Close() }()
	if err := db.batcher().do(t.Context(), write("late")); assess.KindOf(err) != assess.Unavailable {
		t.Errorf("a transaction after closing began: %v", err)
	}
	close(release)
	if err := errors.Join(<-ended, <-closed); err != nil {
		t.Error(err)
	}
	if got := openSQLite(t, dir).names(t); !slices.Equal(got, []string{"running"}) {
		t.Errorf("on disk: %q", got)
	}
}

func TestManyWritersShareCommitsAndLoseNothing(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			if err := db.Tx(t.Context(), write(strings.Repeat("x", i+1))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(db.names(t)); got != 300 {
		t.Errorf("%d of 300 are on disk", got)
	}
}

func TestAFullDiskRefusesWritesUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir())
	pages := func(limit string) {
		t.Helper()
		if _, err := db.batcher().conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+limit); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Tx(t.Context(), write("before")); err != nil {
		t.Fatal(err)
	}
	pages("1") // the smallest that SQLite takes is the present size
	large := func(tx *Tx) error { return tx.SetInstance("large", strings.Repeat("x", 1<<20)) }
	for range 3 {
		if err := db.Tx(t.Context(), large); assess.KindOf(err) != assess.Unavailable || !strings.HasPrefix(err.Error(), "The server's storage is full.") {
			t.Errorf("on a full disk: %v", err)
		}
	}
	batch := db.runTogether(t.Context(), write("neighbour"), large)
	want := []string{"before"}
	if <-batch[0].result == nil {
		want = append(want, "neighbour")
	}
	if got := db.names(t); !slices.Equal(got, want) {
		t.Errorf("on disk: %q, acknowledged: %q", got, want)
	}
	pages("1000000")
	if err := db.Tx(t.Context(), large); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// BenchmarkTx measures durable transactions, one after the other and from 64 goroutines, which share commits.
func BenchmarkTx(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(strconv.Itoa(writers), func(b *testing.B) {
			db, err := Open(b.Context(), Options{DataDir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if err := db.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for n.Add(1) <= int64(b.N) {
						if err := db.Tx(b.Context(), write("a")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
