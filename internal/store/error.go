package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"alfaone/internal/assess"
)

// mapError turns what a driver says into a kind, so that nothing above this package knows a driver.
func mapError(err error) error {
	switch {
	case err == nil, assess.KindOf(err) != "", errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case isOrphan(err):
		return &assess.Error{Kind: assess.NotFound, Message: "What this belongs to was not found.", Err: err}
	case isDiskFull(err):
		return &assess.Error{Kind: assess.Unavailable, Message: "The server's storage is full.", Err: err}
	case isBusy(err):
		return &assess.Error{Kind: assess.Unavailable, Message: "The server is busy. Try again in a moment.", Err: err}
	default:
		return err
	}
}

// violates reports whether err is the breach of a unique constraint or index, and if name is given, of that one.
// SQLite names the columns of an index instead of the index; an expression index it names.
func violates(err error, names ...string) bool {
	var message string
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg) && pg.Code == "23505":
		message = pg.ConstraintName
	case errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
		message = lite.Error()
	default:
		return false
	}
	for _, name := range names {
		if strings.Contains(message, name) {
			return true
		}
	}
	return len(names) == 0
}

// isOrphan reports that a row was to refer to one that is gone by now.
func isOrphan(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &pg) && pg.Code == "23503" || errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// isRetryable reports a serialization failure or deadlock (PostgreSQL 40001, 40P01).
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func isDiskFull(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &pg) && pg.Code == "53100" || errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_FULL
}

// isBusy reports that the database cannot be reached or has no room for us now.
func isBusy(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var network net.Error
	switch {
	case errors.As(err, &lite):
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY
	case errors.As(err, &pg):
		return strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P") // resources; shutting down
	default:
		return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
	}
}
