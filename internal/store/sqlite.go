package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
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
	writer, err := sql.Open("sqlite", sqliteDSN(path, "_txlock=immediate"))
	if err != nil {
		return err
	}
	db.closers = append(db.closers, writer)
	writer.SetMaxOpenConns(1)
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
	db.engine = &sqliteEngine{db: db, writer: writer, batch: batch}
	return nil
}

// sqliteDSN carries the settings in the name, because each connection of a pool must have them.
func sqliteDSN(path string, more ...string) string {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=secure_delete(1)&_pragma=journal_size_limit(8388608)"
	for _, m := range more {
		dsn += "&" + m
	}
	return dsn
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
	for i := range v {
		if v[i] != minSQLite[i] {
			if v[i] < minSQLite[i] {
				return fmt.Errorf("SQLite %s can lose data; at least %d.%d.%d is needed", version, minSQLite[0], minSQLite[1], minSQLite[2])
			}
			break
		}
	}
	return nil
}

type sqliteEngine struct {
	db     *DB
	writer *sql.DB
	batch  *batcher
}

func (*sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) tx(ctx context.Context, fn func(*Tx) error) error { return e.batch.do(ctx, fn) }

// migrate needs the one writing connection to itself; the lock on the data directory keeps other processes away.
func (e *sqliteEngine) migrate(ctx context.Context, files fs.FS) error {
	return e.batch.exclusively(ctx, func() error {
		provider, err := goose.NewProvider(goose.DialectSQLite3, e.writer, files)
		if err != nil {
			return err
		}
		_, err = provider.Up(ctx)
		return err
	})
}
