package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"alfaone/internal/assess"
)

// File is the name of the SQLite database in the data directory.
const File = "alfaone.db"

// readers is how many connections read at once.
const readers = 8

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	lock, err := lockDir(o.DataDir)
	if err != nil {
		return err
	}
	db.closers = append(db.closers, lock)

	path := filepath.Join(o.DataDir, File)
	writer, err := openWriter(path)
	if err != nil {
		return err
	}
	db.closers = append(db.closers, writer)
	if err := writer.PingContext(ctx); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if err := checkSQLite(ctx, writer); err != nil {
		return err
	}
	if db.reader, err = sql.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)")); err != nil {
		return err
	}
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	db.closers = append(db.closers, db.reader)
	if db.clock == nil {
		db.clock = time.Now //nolint:forbidigo // the store is where the clock of a transaction comes from
	}
	batch, err := newBatcher(ctx, writer, db.clock)
	if err != nil {
		return err
	}
	db.closers = append(db.closers, batch)
	db.engine = &sqliteEngine{path: path, batch: batch}
	return nil
}

// openWriter opens a pool of one connection: SQLite has one writer, and a second would only wait for it.
func openWriter(path string) (*sql.DB, error) {
	writer, err := sql.Open("sqlite", sqliteDSN(path, "_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	return writer, nil
}

// sqliteDSN carries the settings in the name, because each connection of a pool must have them.
func sqliteDSN(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=secure_delete(1)&_pragma=journal_size_limit(8388608)&" + more
}

// minSQLite is the oldest version that we trust: earlier ones can corrupt a WAL database that is checkpointed while it is
// written (fixed in 3.51.3).
var minSQLite = [3]int{3, 51, 3}

func checkSQLite(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	return trustSQLite(version)
}

func trustSQLite(version string) error {
	var v [3]int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return fmt.Errorf("reading SQLite's version %q: %w", version, err)
	}
	if slices.Compare(v[:], minSQLite[:]) < 0 {
		return fmt.Errorf("SQLite %s can lose data; at least %d.%d.%d is needed", version, minSQLite[0], minSQLite[1], minSQLite[2])
	}
	return nil
}

type sqliteEngine struct {
	path      string
	batch     *batcher
	migrating sync.Mutex // the lock on the data directory keeps other processes away, this one our own goroutines
}

func (*sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) tx(ctx context.Context, fn func(*Tx) error) error { return e.batch.do(ctx, fn) }

func (e *sqliteEngine) hasty(ctx context.Context, fn func(*Tx) error) error { return e.tx(ctx, fn) }

// scrub empties the write-ahead log, in which pages stand as they were before; in the database itself, deleting overwrites
// (secure_delete).
func (e *sqliteEngine) scrub(ctx context.Context) error {
	writer, err := openWriter(e.path)
	if err != nil {
		return err
	}
	defer func() { _ = writer.Close() }()
	var busy, frames, moved int
	if err := writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return assess.Errorf(assess.Unavailable, "The database is being read and cannot be scrubbed now.")
	}
	return nil
}

// migrations uses a connection of its own, beside the one that writes.
func (e *sqliteEngine) migrations(files fs.FS, use func(*goose.Provider) error) error {
	e.migrating.Lock()
	defer e.migrating.Unlock()
	writer, err := openWriter(e.path)
	if err != nil {
		return err
	}
	defer func() { _ = writer.Close() }()
	provider, err := goose.NewProvider(goose.DialectSQLite3, writer, files)
	if err != nil {
		return err
	}
	return use(provider)
}
