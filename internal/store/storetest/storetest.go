// Package storetest opens migrated databases for tests: SQLite always, PostgreSQL where there is one.
package storetest

import (
	"testing"
	"time"

	"alfaone/internal/pgtest"
	"alfaone/internal/store"
)

// Engines are the names of the databases that the program runs on.
func Engines() []string { return []string{"sqlite", "postgres"} }

// OpenEngine opens a migrated database of the engine.
func OpenEngine(t *testing.T, engine string, clock func() time.Time) *store.DB {
	t.Helper()
	if engine == "postgres" {
		return open(t, store.Options{URL: pgtest.New(t), Clock: clock})
	}
	return Open(t, clock)
}

// Open opens a migrated SQLite database, for tests of what stands above the store.
func Open(t testing.TB, clock func() time.Time) *store.DB {
	t.Helper()
	return open(t, store.Options{DataDir: t.TempDir(), Clock: clock})
}

func open(t testing.TB, o store.Options) *store.DB {
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
