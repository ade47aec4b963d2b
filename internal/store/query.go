package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"alfaone/internal/assess"
)

// millis is t in UTC, cut to the milliseconds that the database keeps.
func millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// at is t as the database keeps it; 0 for the zero time.
func at(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// timeInto scans a time that was written with at.
type timeInto struct{ to *time.Time }

// Scan implements sql.Scanner.
func (s timeInto) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a time is an integer, not %T", src)
	}
	*s.to = fromMillis(ms)
	return nil
}

// durationInto scans a duration that was written in milliseconds.
type durationInto struct{ to *time.Duration }

// Scan implements sql.Scanner.
func (s durationInto) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a duration is an integer, not %T", src)
	}
	*s.to = time.Duration(ms) * time.Millisecond
	return nil
}

// asJSON is v as the database keeps a list, a map or a document.
func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// jsonInto scans what was written with asJSON.
type jsonInto struct{ to any }

// Scan implements sql.Scanner.
func (s jsonInto) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), s.to)
	case []byte:
		return json.Unmarshal(v, s.to)
	default:
		return fmt.Errorf("a document is text, not %T", src)
	}
}

// row is what *sql.Rows lets a scan function do.
type row interface{ Scan(dest ...any) error }

// list runs a query and scans every row.
func list[T any](tx *Tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, mapError(err)
	}
	defer func() { _ = rows.Close() }()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("scanning: %w", err)
		}
		out = append(out, v)
	}
	return out, mapError(rows.Err())
}

// one runs a query that finds at most one row. Errors: NotFound, with a sentence about what.
func one[T any](tx *Tx, what string, scan func(row) (T, error), query string, args ...any) (T, error) {
	found, err := list(tx, scan, query, args...)
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return first(found), assess.Errorf(assess.NotFound, "%s not found", what)
}

func first[T any](s []T) (v T) {
	if len(s) > 0 {
		v = s[0]
	}
	return v
}

// scanInt scans a single number.
func scanInt(r row) (n int, err error) { return n, r.Scan(&n) }

// scanID scans a single text.
func scanID[T ~string](r row) (id T, err error) { return id, r.Scan(&id) }

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, mapError(err)
	}
	return res.RowsAffected()
}

// change runs a statement that must change exactly one row. Errors: NotFound, with a sentence about what.
func (tx *Tx) change(what, query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err == nil && n == 0 {
		return assess.Errorf(assess.NotFound, "%s not found", what)
	}
	return err
}

// where collects conditions and their arguments, numbering the placeholders as it goes.
type where struct {
	conditions []string
	args       []any
}

func (w *where) clone() where { return where{slices.Clone(w.conditions), slices.Clone(w.args)} }

// add adds a condition in which each ? stands for the next of args.
func (w *where) add(condition string, args ...any) {
	for _, arg := range args {
		condition = strings.Replace(condition, "?", w.arg(arg), 1)
	}
	w.conditions = append(w.conditions, condition)
}

// addIf adds the condition unless value is the zero value of its type.
func addIf[T comparable](w *where, value T, condition string) {
	var zero T
	if value != zero {
		w.add(condition, value)
	}
}

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// oneOf adds values and returns their placeholders, as they stand behind IN.
func (w *where) oneOf(values []string) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = w.arg(v)
	}
	return strings.Join(places, ", ")
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// fold is s as the column "folded" has it, for comparing whatever the case: the databases' own lower() knows ASCII only.
func fold(s string) string { return strings.ToLower(s) }

// contains is a LIKE pattern for folded texts that contain s, to be used as: folded LIKE ? ESCAPE '\'.
func contains(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(fold(s)) + "%"
}

// statements prepares each query text once and keeps it: preparing costs as much as a point read.
type statements struct {
	db   preparer
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

// preparer is what *sql.DB and *sql.Conn have in common.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// maxStatements bounds what is kept. Query texts vary only by which filters are set, so that it is never reached in practice.
const maxStatements = 1000

func newStatements(db preparer) *statements {
	return &statements{db: db, kept: map[string]*sql.Stmt{}}
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.kept[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.kept[query]; other != nil {
		return other, stmt.Close() //nolint:sqlclosecheck // another goroutine was faster
	}
	if len(s.kept) >= maxStatements {
		clear(s.kept) // the dropped ones end with their connections
	}
	s.kept[query] = stmt
	return stmt, nil
}

// QueryContext implements querier.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.get(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// ExecContext implements querier.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.get(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// Close closes what is kept.
func (s *statements) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.kept {
		errs = append(errs, stmt.Close())
	}
	clear(s.kept)
	return errors.Join(errs...)
}

// prefixed is a list of columns, each of the table that the alias names.
func prefixed(alias, columns string) string {
	names := strings.Split(columns, ",")
	for i, name := range names {
		names[i] = alias + "." + strings.TrimSpace(name)
	}
	return strings.Join(names, ", ")
}
