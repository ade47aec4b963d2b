package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	if err := CheckURL(o.URL); err != nil {
		return fmt.Errorf("the database URL %w", err)
	}
	pool, err := sql.Open("pgx", o.URL)
	if err != nil {
		return fmt.Errorf("reading the database URL: %w", err)
	}
	db.closers = append(db.closers, pool)
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.reader = pool
	db.engine = &postgresEngine{pool: pool, clock: o.Clock, writers: make(chan struct{}, maxWriters)}
	return checkPostgres(ctx, pool)
}

// checkPostgres refuses a database that would answer differently from SQLite: texts must sort by their bytes.
func checkPostgres(ctx context.Context, pool *sql.DB) error {
	var encoding string
	var byBytes bool
	err := pool.QueryRowContext(ctx, "SELECT current_setting('server_encoding'), 'B' < 'a' AND 'z' < 'ä'").Scan(&encoding, &byBytes)
	if err != nil {
		return fmt.Errorf("reaching PostgreSQL: %w", err)
	}
	if encoding != "UTF8" || !byBytes {
		return fmt.Errorf("the database has encoding %s and sorts by bytes: %v; create it with: "+
			"CREATE DATABASE alfaone TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", encoding, byBytes)
	}
	return nil
}

type postgresEngine struct {
	pool    *sql.DB
	clock   func() time.Time // nil means the database's
	writers chan struct{}    // holds one for each writing transaction that is going on
}

// maxWriters is how many writing transactions a process runs at once; others wait here. Transactions of one organization queue for
// the rows that count for it, and in PostgreSQL a long queue costs more than it brings: 64 clients that invite into one
// organization were measured at 830 invites a second with 4 writers, 510 with 8, 200 with 32.
const maxWriters = 4

func (*postgresEngine) name() string { return "postgres" }

// maxTries is how often a transaction is run that PostgreSQL ends because of others (a deadlock).
const maxTries = 4

func (e *postgresEngine) tx(ctx context.Context, fn func(*Tx) error) error {
	select {
	case e.writers <- struct{}{}:
		defer func() { <-e.writers }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return e.repeat(ctx, begun, fn)
}

// hasty does not wait for the disk.
func (e *postgresEngine) hasty(ctx context.Context, fn func(*Tx) error) error {
	return e.repeat(ctx, begunHasty, fn)
}

func (e *postgresEngine) repeat(ctx context.Context, begun string, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := e.once(ctx, begun, fn)
		if !isRetryable(err) || try == maxTries {
			return mapError(err)
		}
	}
}

func (e *postgresEngine) once(ctx context.Context, begun string, fn func(*Tx) error) error {
	sqltx, err := e.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = sqltx.Rollback() }() // after a commit it does nothing
	now, err := e.now(ctx, sqltx, begun)
	if err != nil {
		return err
	}
	if err := fn(&Tx{ctx: ctx, q: sqltx, now: now, shared: true}); err != nil {
		return err
	}
	return sqltx.Commit()
}

// The first statement of a transaction reads the database's clock, so that several processes agree on what has expired. That of a
// hasty one also has its commit not wait for the disk.
const (
	begun      = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)"
	begunHasty = begun + " FROM set_config('synchronous_commit', 'off', true)"
)

// now is the database's clock, or the one that was given.
func (e *postgresEngine) now(ctx context.Context, sqltx *sql.Tx, begun string) (time.Time, error) {
	var ms int64
	err := sqltx.QueryRowContext(ctx, begun).Scan(&ms)
	if e.clock != nil {
		return millis(e.clock()), err
	}
	return fromMillis(ms), err
}

func (*postgresEngine) scrub(context.Context) error { return nil }

// migrations lets one process at a time change the schema.
func (e *postgresEngine) migrations(files fs.FS, use func(*goose.Provider) error) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, e.pool, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	return use(provider)
}
