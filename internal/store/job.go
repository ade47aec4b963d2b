package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"alfaone/internal/job"
)

// Queue is the table of jobs as the runner sees it.
func (db *DB) Queue() job.Queue { return &queue{db} }

type queue struct{ db *DB }

// Enqueue adds a job in this transaction: it exists if and only if the transaction is committed. It reports false when a job
// with its id exists, or one of its kind and unique key is waiting or running.
func (tx *Tx) Enqueue(j job.Job) (bool, error) {
	if err := j.Check(); err != nil {
		return false, err
	}
	n, err := tx.exec(`INSERT INTO jobs (id, kind, args, key, unique_key, state, run_at, lease_until, lease_token, attempt, max_attempts,
		last_error, created_at, finished_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, '', $7, $8, '', $9, 0) ON CONFLICT DO NOTHING`,
		j.ID, j.Kind, string(j.Args), j.Key, j.UniqueKey, at(j.RunAt), j.Attempt, j.MaxAttempts, at(j.CreatedAt))
	if n == 1 && !slices.Contains(tx.enqueued, j.Kind) {
		tx.enqueued = append(tx.enqueued, j.Kind)
	}
	return n == 1, err
}

// Enqueued is the kinds of jobs that the transaction has added.
func (tx *Tx) Enqueued() []string { return tx.enqueued }

// Waits reports whether a job of the kind and key waits to be run by the given time.
func (tx *Tx) Waits(kind, key string, by time.Time) (bool, error) {
	found, err := list(tx, scanInt, `SELECT 1 FROM jobs WHERE kind = $1 AND key = $2 AND key <> '' AND state = 'queued' AND run_at <= $3
		LIMIT 1`, kind, key, at(by))
	return len(found) > 0, err
}

const jobColumns = "id, kind, args, key, unique_key, state, run_at, lease_token, attempt, max_attempts, last_error, created_at"

func scanJob(r row) (j job.Job, err error) {
	var args string
	err = r.Scan(&j.ID, &j.Kind, &args, &j.Key, &j.UniqueKey, &j.State, timeInto{&j.RunAt}, &j.Token, &j.Attempt, &j.MaxAttempts,
		&j.LastError, timeInto{&j.CreatedAt})
	j.Args = json.RawMessage(args)
	return j, err
}

// Enqueue implements job.Queue.
func (q *queue) Enqueue(ctx context.Context, j job.Job) (added bool, err error) {
	err = q.db.Tx(ctx, func(tx *Tx) error {
		added, err = tx.Enqueue(j)
		return err
	})
	return added, err
}

// Claim implements job.Queue: the sub-select and the unique index on running keys together let no two workers have jobs of one
// key. All claims share a commit; if another process takes one of the keys meanwhile, all are lost, and one is tried for.
func (q *queue) Claim(ctx context.Context, c job.Claim) ([]job.Job, error) {
	if len(c.Kinds) == 0 {
		return nil, nil
	}
	if due, err := q.anyDue(ctx, c); err != nil || !due {
		return nil, err
	}
	claimed, err := q.claim(ctx, c, c.Limit)
	if isKeyTaken(err) {
		claimed, err = q.claim(ctx, c, 1)
	}
	if isKeyTaken(err) {
		return nil, nil
	}
	return claimed, err
}

func isKeyTaken(err error) bool { return violates(err, "jobs_key", "jobs.key") }

func (q *queue) claim(ctx context.Context, c job.Claim, limit int) (claimed []job.Job, err error) {
	err = q.db.Tx(ctx, func(tx *Tx) error {
		claimed = nil
		for len(claimed) < limit {
			found, err := tx.claim(c)
			if err != nil || len(found) == 0 {
				return err
			}
			claimed = append(claimed, found...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// anyDue looks without writing, so that an idle server writes nothing.
func (q *queue) anyDue(ctx context.Context, c job.Claim) (bool, error) {
	w := where{args: []any{at(c.Now)}}
	of := w.oneOf(c.Kinds)
	var found []int
	err := q.db.Read(ctx, func(tx *Tx) (err error) {
		found, err = list(tx, scanInt, "SELECT 1 FROM jobs WHERE state = 'queued' AND run_at <= $1 AND kind IN ("+of+") LIMIT 1", w.args...)
		return err
	})
	return len(found) > 0, err
}

// claim claims the first of the first due jobs of each kind: each is found along an index, however many of other kinds wait or are
// done. The time and the id of the first are looked up one by one, lest PostgreSQL read the whole table to bring them together.
func (tx *Tx) claim(c job.Claim) ([]job.Job, error) {
	var w where
	token, until, now := w.arg(c.Token), w.arg(at(c.Until)), w.arg(at(c.Now))
	var kinds []string
	for _, kind := range c.Kinds {
		kinds = append(kinds, "("+w.arg(kind)+")")
	}
	const first = `(SELECT %s FROM jobs waiting WHERE state = 'queued' AND run_at <= %s AND waiting.kind = kinds.kind
		AND NOT EXISTS (SELECT 1 FROM jobs busy WHERE busy.state = 'running' AND busy.key = waiting.key AND busy.key <> '')
		ORDER BY run_at, id LIMIT 1)`
	return list(tx, scanJob, fmt.Sprintf(`UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_token = %s, lease_until = %s
		WHERE id = (WITH kinds (kind) AS (VALUES %s)
			SELECT id FROM (SELECT `+first+` AS id, `+first+` AS run_at FROM kinds) AS firsts WHERE id IS NOT NULL ORDER BY run_at, id LIMIT 1)
		AND state = 'queued' RETURNING %s`,
		token, until, strings.Join(kinds, ", "), "id", now, "run_at", now, jobColumns), w.args...)
}

// Heartbeat implements job.Queue.
func (q *queue) Heartbeat(ctx context.Context, j job.Job, until time.Time) error {
	return q.settle(ctx, "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND state = 'running'", j.ID, j.Token, at(until))
}

// Finish implements job.Queue.
func (q *queue) Finish(ctx context.Context, j job.Job, now time.Time) error {
	return q.db.Tx(ctx, func(tx *Tx) error { return tx.finishJob(j, now) })
}

// FinishJob makes a claimed job done in this transaction, together with what it did. Errors: job.ErrLeaseLost.
func (tx *Tx) FinishJob(j job.Job) error { return tx.finishJob(j, tx.now) }

func (tx *Tx) finishJob(j job.Job, now time.Time) error {
	return tx.settleJob(`UPDATE jobs SET state = 'done', finished_at = CASE WHEN state = 'done' THEN finished_at ELSE $3 END
		WHERE id = $1 AND lease_token = $2 AND state IN ('running', 'done')`, j.ID, j.Token, at(now))
}

// Retry implements job.Queue.
func (q *queue) Retry(ctx context.Context, j job.Job, when time.Time, cause string) error {
	return q.settle(ctx, `UPDATE jobs SET state = 'queued', run_at = $3, last_error = $4, lease_token = ''
		WHERE id = $1 AND lease_token = $2 AND state = 'running'`, j.ID, j.Token, at(when), cause)
}

// Release implements job.Queue.
func (q *queue) Release(ctx context.Context, j job.Job, when time.Time) error {
	return q.settle(ctx, `UPDATE jobs SET state = 'queued', run_at = $3, attempt = attempt - 1, lease_token = ''
		WHERE id = $1 AND lease_token = $2 AND state = 'running'`, j.ID, j.Token, at(when))
}

// Park implements job.Queue.
func (q *queue) Park(ctx context.Context, j job.Job, now time.Time, cause string) error {
	return q.settle(ctx, `UPDATE jobs SET state = 'parked', finished_at = $3, last_error = $4, lease_token = ''
		WHERE id = $1 AND lease_token = $2 AND state = 'running'`, j.ID, j.Token, at(now), cause)
}

func (q *queue) settle(ctx context.Context, statement string, args ...any) error {
	return q.db.Tx(ctx, func(tx *Tx) error { return tx.settleJob(statement, args...) })
}

func (tx *Tx) settleJob(statement string, args ...any) error {
	n, err := tx.exec(statement, args...)
	if err == nil && n == 0 {
		return job.ErrLeaseLost
	}
	return err
}

// Reclaim implements job.Queue.
func (q *queue) Reclaim(ctx context.Context, kinds []string, until, now time.Time) (int, error) {
	w := where{args: []any{at(now), job.LeaseExpired, at(until)}}
	of := w.oneOf(kinds)
	var n int64
	err := q.db.Tx(ctx, func(tx *Tx) (err error) {
		n, err = tx.exec(`UPDATE jobs SET state = CASE WHEN attempt >= max_attempts THEN 'parked' ELSE 'queued' END,
			finished_at = CASE WHEN attempt >= max_attempts THEN CAST($1 AS BIGINT) ELSE 0 END, run_at = $1, lease_token = '', last_error = $2
			WHERE state = 'running' AND lease_until <= $3 AND kind IN (`+of+")", w.args...)
		return err
	})
	return int(n), err
}

// DeleteJobsBefore forgets jobs that ended before the given time.
func (tx *Tx) DeleteJobsBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM jobs WHERE state IN ('done', 'parked') AND finished_at < $1", at(before))
	return err
}

// JobCounts is how many jobs stand in each state but done, and since when the oldest due one waits. Each part is read from an
// index of its own; done jobs are many and nobody asks for them.
func (tx *Tx) JobCounts() (counts map[job.State]int, oldestDue time.Time, err error) {
	type count struct {
		state job.State
		n     int
		due   time.Time
	}
	found, err := list(tx, func(r row) (c count, err error) { return c, r.Scan(&c.state, &c.n, timeInto{&c.due}) },
		`SELECT 'queued', COUNT(*), COALESCE(MIN(run_at), 0) FROM jobs WHERE state = 'queued'
		UNION ALL SELECT 'running', COUNT(*), 0 FROM jobs WHERE state = 'running'
		UNION ALL SELECT 'parked', COUNT(*), 0 FROM jobs WHERE state = 'parked'`)
	counts = map[job.State]int{}
	for _, c := range found {
		counts[c.state] = c.n
		if c.state == job.Queued && !c.due.After(tx.now) {
			oldestDue = c.due
		}
	}
	return counts, oldestDue, err
}
