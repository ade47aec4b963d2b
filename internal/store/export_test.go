package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/job"
)

// Statement is what was sent to the database.
type Statement struct {
	SQL  string
	Args []any
}

// Spy runs fn like Read and returns what it asked the database. What fn would write is seen and not done.
func (db *DB) Spy(ctx context.Context, fn func(*Tx) error) ([]Statement, error) {
	s := &spy{querier: db.stmts}
	err := fn(&Tx{ctx: ctx, q: s, now: db.readClock()})
	return s.seen, err
}

type spy struct {
	querier
	seen []Statement
}

func (s *spy) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s.seen = append(s.seen, Statement{query, args})
	return s.querier.QueryContext(ctx, query, args...)
}

func (s *spy) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	s.seen = append(s.seen, Statement{query, args})
	return driver.RowsAffected(1), nil
}

// Exec runs a statement of the test's own.
func (tx *Tx) Exec(query string, args ...any) (int64, error) { return tx.exec(query, args...) }

// Strings runs a query of the test's own whose rows are one text each.
func (tx *Tx) Strings(query string, args ...any) ([]string, error) {
	return list(tx, scanID[string], query, args...)
}

// Int runs a query of the test's own that finds one number.
func (tx *Tx) Int(query string, args ...any) (int, error) {
	return one(tx, "number", scanInt, query, args...)
}

// ForceStatus writes a stored status from whatever was there, with its count.
func (tx *Tx) ForceStatus(inv assess.Invite, status assess.InviteStatus) error {
	was, err := tx.Invite(inv.Org, inv.Mode, inv.ID)
	if err != nil {
		return err
	}
	now := was
	now.Stored = status
	_, err = tx.MoveInvite(was, now)
	return err
}

// Explain is how SQLite goes about a statement.
func (tx *Tx) Explain(s Statement) (string, error) {
	steps, err := list(tx, func(r row) (step string, err error) {
		var id, parent, unused int
		return step, r.Scan(&id, &parent, &unused, &step)
	}, "EXPLAIN QUERY PLAN "+s.SQL, s.Args...)
	return strings.Join(steps, "\n"), err
}

// Claim claims a job in this transaction.
func (tx *Tx) Claim(c job.Claim) ([]job.Job, error) { return tx.claim(c) }

// Job reads a job as it stands. Errors: NotFound.
func (tx *Tx) Job(id string) (job.Job, error) {
	return one(tx, "job", scanJob, "SELECT "+jobColumns+" FROM jobs WHERE id = $1", id)
}

// CutBlocks cuts every block of more than size invites, as InsertInvite does with those of more than maxBlock.
func (tx *Tx) CutBlocks(org assess.OrgID, mode assess.Mode, size int) error {
	blocks, err := list(tx, scanBlock, "SELECT sent_at, id, n FROM invite_blocks WHERE org_id = $1 AND mode = $2 AND n > $3", org, mode, size)
	for _, b := range blocks {
		if err == nil {
			err = tx.cutBlock(org, mode, b)
		}
	}
	return err
}

// RankedInvites reads a span of the default list by way of the blocks.
func (tx *Tx) RankedInvites(org assess.OrgID, mode assess.Mode, ascending bool, offset, limit, total int) ([]assess.InviteSummary, error) {
	l := inviteList{tx: tx, org: org, mode: mode, page: assess.Page{Sort: "sent_at", Ascending: ascending}}
	return l.ranked(offset, limit, total)
}

// WalkedInvites is Invites as it reads where no part of the filter picks few.
func (tx *Tx) WalkedInvites(org assess.OrgID, mode assess.Mode, f assess.InviteFilter, page assess.Page) ([]assess.InviteSummary, int, error) {
	l := inviteList{tx: tx, org: org, mode: mode, filter: f, page: page}
	return l.read()
}

// Discount takes an invite that is gone out of the counts.
func (tx *Tx) Discount(inv assess.Invite) error { return tx.discountInvite(inv) }

// WatchDeadlines is the transaction, and counts of how many of its statements time can run out.
func (tx *Tx) WatchDeadlines() (*Tx, *int) {
	w := &deadlines{querier: tx.q}
	watched := *tx
	watched.q = w
	return &watched, &w.n
}

type deadlines struct {
	querier
	n int
}

func (d *deadlines) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if _, limited := ctx.Deadline(); limited {
		d.n++
	}
	return d.querier.ExecContext(ctx, query, args...)
}
