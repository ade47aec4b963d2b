package store_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"alfaone/internal/assess"
	"alfaone/internal/pgtest"
	"alfaone/internal/store"
)

func open(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// migrateTogether migrates with all handles at once and checks that each then sees the newest schema.
func migrateTogether(t *testing.T, handles ...*store.DB) {
	t.Helper()
	if have, want, err := handles[0].SchemaVersion(t.Context()); have != 0 || want < 1 || err != nil {
		t.Errorf("before: version %d of %d, %v", have, want, err)
	}
	var wg sync.WaitGroup
	for _, db := range handles {
		wg.Go(func() {
			if err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, db := range handles {
		if have, want, err := db.SchemaVersion(t.Context()); have != want || err != nil {
			t.Errorf("after: version %d of %d, %v", have, want, err)
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestFourMigrateAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db := open(t, store.Options{DataDir: t.TempDir()})
		migrateTogether(t, db, db, db, db)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := pgtest.New(t)
		handles := make([]*store.DB, 4)
		for i := range handles {
			handles[i] = open(t, store.Options{URL: url})
		}
		migrateTogether(t, handles...)
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		w.tx(func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
			return err
		})
		if have, _, err := w.db.SchemaVersion(w.Context()); have != 9999 || err != nil {
			w.Errorf("version %d, %v", have, err)
		}
		err := w.db.Migrate(w.Context())
		if err == nil || !strings.Contains(err.Error(), "the schema has version 9999, this program knows none after ") {
			w.Errorf("%v", err)
		}
	})
}

func TestWritingGoesOnWhileMigrating(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if err := w.db.Tx(w.Context(), func(tx *store.Tx) error { return tx.SetInstance("a", "x") }); err != nil {
						w.Error(err)
					}
				}
			})
		}
		for range 4 {
			if err := w.db.Migrate(w.Context()); err != nil {
				w.Error(err)
			}
		}
		wg.Wait()
	})
}

func TestADatabaseThatSortsByLanguageIsRefused(t *testing.T) {
	t.Parallel()
	url, err := url.Parse(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, store.Options{URL: url.String()})
	url.Path += "_by_language"
	run := func(statement string) error {
		return db.Read(context.WithoutCancel(t.Context()), func(tx *store.Tx) error { _, err := tx.Exec(statement); return err })
	}
	name := url.Path[1:]
	if err := run("CREATE DATABASE " + name + " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"); err != nil {
		t.Skip("this server cannot sort by language: ", err)
	}
	defer func() { _ = run("DROP DATABASE " + name) }()
	other, err := store.Open(t.Context(), store.Options{URL: url.String()})
	if err == nil {
		_ = other.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "create it with: CREATE DATABASE") {
		t.Errorf("%v", err)
	}
}

// TestNULIsForTheEdgeToRefuse states what happens to a text that no rule of assess lets through: PostgreSQL cannot keep it,
// SQLite can, and neither cuts it off.
func TestNULIsForTheEdgeToRefuse(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		err := w.db.Tx(w.Context(), func(tx *store.Tx) error { return tx.SetInstance("nul", "a\x00b") })
		if w.db.Engine() == "postgres" {
			if err == nil || assess.KindOf(err) != "" {
				w.Errorf("%v, want an internal error", err)
			}
			return
		}
		same(w, "a\x00b", func(tx *store.Tx) (string, error) { value, _, err := tx.Instance("nul"); return value, err })
	})
}
