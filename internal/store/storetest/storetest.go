// Package storetest opens migrated databases for tests: SQLite always, PostgreSQL where there is one.
package storetest

import (
	"testing"
	"time"

	"alfaone/internal/pgtest"
	"alfaone/internal/store"
)

// Each runs the test on every engine.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachAt(t, nil, test)
}

// EachAt is Each with a clock.
func EachAt(t *testing.T, clock func() time.Time, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, OpenEngine(t, engine, clock))
		})
	}
}

// Engines are the names of the databases that the program runs on.
func Engines() []string { return []string{"sqlite", "postgres"} }

// OpenEngine opens a migrated database of the engine, for tests that need more than a database for each.
func OpenEngine(t *testing.T, engine string, clock func() time.Time) *store.DB {
	t.Helper()
	if engine == "postgres" {
		return open(t, store.Options{URL: pgtest.New(t), Clock: clock})
	}
	return Open(t, clock)
}

// Open opens a migrated SQLite database, for tests of what stands above the store.
func Open(t *testing.T, clock func() time.Time) *store.DB {
	t.Helper()
	return open(t, store.Options{DataDir: t.TempDir(), Clock: clock})
}

func open(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}
