// Package store keeps everything that must survive: all SQL, one file a noun, one text for SQLite and PostgreSQL.
//
// It is the only importer of database drivers. Every method that touches an organization's rows takes its id and names it in
// the WHERE. The package must not decide anything: rules are in assess, use cases in app.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
)

// Options say which database to open.
type Options struct {
	URL     string           // postgres://…; empty means SQLite
	DataDir string           // where SQLite keeps its file; it must exist
	Clock   func() time.Time // nil means the database's clock (PostgreSQL) or the machine's (SQLite)
	Log     *slog.Logger     // nil discards
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	reader  *sql.DB
	stmts   *statements
	clock   func() time.Time
	log     *slog.Logger
	closers []io.Closer
}

// engine is what differs between the two databases: how a writing transaction runs, how one that need not outlive a crash of the
// database, and how the schema is changed by one at a time.
type engine interface {
	name() string
	tx(ctx context.Context, fn func(*Tx) error) error
	hasty(ctx context.Context, fn func(*Tx) error) error
	scrub(ctx context.Context) error
	migrations(files fs.FS, use func(*goose.Provider) error) error
}

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the database, without migrating it. Opening a data directory that another process has open fails at once.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	db := &DB{clock: o.Clock, log: o.Log}
	open := db.openSQLite
	if o.URL != "" {
		open = db.openPostgres
	}
	if err := open(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.stmts = newStatements(db.reader)
	return db, nil
}

// Close ends all work. The first error is returned.
func (db *DB) Close() error {
	var errs []error
	for _, c := range slices.Backward(db.closers) {
		errs = append(errs, c.Close())
	}
	db.closers = nil
	return errors.Join(errs...)
}

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string { return db.engine.name() }

// Migrate brings the schema to the newest version. It is safe to call from several processes at once. A schema newer than
// this program knows is refused.
func (db *DB) Migrate(ctx context.Context) error {
	return db.migrations(func(p *goose.Provider) error {
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return err
		}
		if have > want {
			return fmt.Errorf("the schema has version %d, this program knows none after %d; run the newer program", have, want)
		}
		_, err = p.Up(ctx)
		return err
	})
}

// SchemaVersion is the version of the schema in the database and the newest one that this program knows.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	err = db.migrations(func(p *goose.Provider) (err error) {
		have, want, err = p.GetVersions(ctx)
		return err
	})
	return have, want, err
}

func (db *DB) migrations(use func(*goose.Provider) error) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := db.engine.migrations(files, use); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// Ping is nil when the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return mapError(db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one))
}

// Tx runs fn in one transaction that may write, and commits if fn returns nil. What fn returned is returned. fn must use the
// transaction only, wait for nothing outside the database, and may run again from the start if the database asks for it.
//
// Below Joined, fn becomes a part of the transaction that is going on, and commits with it.
func (db *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	if tx := joined(ctx); tx != nil {
		return fn(tx)
	}
	return db.engine.tx(ctx, fn)
}

// Scrub takes what has been deleted out of the database's files. SQLite's then hold nothing of it. PostgreSQL reclaims it in its
// own time (autovacuum), and there is nothing to do. Errors: Unavailable while somebody reads an older state.
func (db *DB) Scrub(ctx context.Context) error { return mapError(db.engine.scrub(ctx)) }

type joinedKey struct{}

// Joined is a context in which DB.Tx and DB.Read do their work in tx, for as long as tx lives. What uses it must not run
// at the same time as anything else that does.
func Joined(ctx context.Context, tx *Tx) context.Context {
	return context.WithValue(ctx, joinedKey{}, tx)
}

func joined(ctx context.Context) *Tx {
	tx, _ := ctx.Value(joinedKey{}).(*Tx)
	return tx
}

// Read runs fn outside of any transaction: each of its queries sees the newest committed state. fn must not write.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	if tx := joined(ctx); tx != nil {
		return fn(tx)
	}
	return fn(&Tx{ctx: ctx, q: db.stmts, now: db.readClock()})
}

// readClock is the time that reads compare with. It is the machine's: a read decides nothing.
func (db *DB) readClock() time.Time {
	if db.clock != nil {
		return millis(db.clock())
	}
	return millis(time.Now()) //nolint:forbidigo // the store is where the clock of a transaction comes from
}

// Tx is a view of the database in which a use case works: a transaction in DB.Tx, the newest state in DB.Read. It lives as
// long as the function that it is given to and is not safe for concurrent use. After an error other than NotFound the
// transaction can only be given up: PostgreSQL takes no further statement in it.
type Tx struct {
	ctx context.Context //nolint:containedctx // a Tx lives no longer than the call that it is made for
	q   querier
	now time.Time

	shared   bool     // others write meanwhile, and may have to be waited for: PostgreSQL
	enqueued []string // kinds of jobs
}

// Now is the time at which the transaction happens, in whole milliseconds, the same throughout.
func (tx *Tx) Now() time.Time { return tx.now }

// querier is what *sql.Tx, *sql.Conn and statements have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
