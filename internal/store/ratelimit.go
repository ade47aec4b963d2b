package store

import (
	"context"
	"sync"
	"time"

	"alfaone/internal/ratelimit"
)

// Limiter counts in the database, for several processes on one. Requests that come while others of their key are being counted
// are counted together by the next statement: a busy key then costs each process one statement at a time, however many come.
// Counting does not wait for the disk: a database server that crashes may forget the last moments.
func (db *DB) Limiter() ratelimit.Limiter { return &limiter{db: db, lines: map[rate]*line{}} }

type limiter struct {
	db    *DB
	mu    sync.Mutex
	lines map[rate]*line // those in which somebody stands
}

// rate says what is counted, against what.
type rate struct {
	key    string
	limit  int
	window time.Duration
}

// line is where the requests of a rate stand until they are counted.
type line struct {
	turn  sync.Mutex // held by the statement that is under way
	group *takes     // who comes joins it; nil when there is none that is not being counted yet
	n     int        // requests that stand in line
}

// takes are requests that one statement counts.
type takes struct {
	n       int
	counted chan struct{} // closed when the rest is known
	arrival time.Time     // after all that are allowed
	allowed int           // how many: the first
	now     time.Time
	err     error
}

// Take implements ratelimit.Limiter.
func (l *limiter) Take(ctx context.Context, key string, limit int, window time.Duration) (ratelimit.Decision, error) {
	r := rate{key, limit, window}
	ln, group, place := l.join(r)
	defer l.leave(r, ln)
	if place == 1 {
		l.count(context.WithoutCancel(ctx), r, ln, group) // others wait for it too
	}
	select {
	case <-group.counted:
		return group.decide(r, place), group.err
	case <-ctx.Done():
		return ratelimit.Decision{}, ctx.Err()
	}
}

// join stands in line. The first of a group is the one who counts it.
func (l *limiter) join(r rate) (_ *line, _ *takes, place int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.lines[r]
	if ln == nil {
		ln = &line{}
		l.lines[r] = ln
	}
	if ln.group == nil {
		ln.group = &takes{counted: make(chan struct{}), err: errPanicked}
	}
	ln.n++
	ln.group.n++
	return ln, ln.group, ln.group.n
}

func (l *limiter) leave(r rate, ln *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ln.n--; ln.n == 0 {
		delete(l.lines, r)
	}
}

// count waits for its turn and counts the group, which nobody joins any more.
func (l *limiter) count(ctx context.Context, r rate, ln *line, group *takes) {
	ln.turn.Lock()
	defer ln.turn.Unlock()
	l.mu.Lock()
	ln.group = nil
	l.mu.Unlock()
	defer close(group.counted)
	group.err = l.db.engine.hasty(ctx, func(tx *Tx) (err error) {
		group.now = tx.now
		group.arrival, group.allowed, err = tx.TakeRate(r.key, group.n, r.limit, r.window)
		return err
	})
}

// decide is the answer to the request in that place of the group; the first has place 1.
func (g *takes) decide(r rate, place int) ratelimit.Decision {
	later := max(g.allowed-place, 0)
	arrival := g.arrival.Add(-time.Duration(later) * (r.window / time.Duration(r.limit)))
	return ratelimit.Decide(place <= g.allowed, arrival, g.now, r.limit, r.window)
}

// Return implements ratelimit.Limiter.
func (l *limiter) Return(ctx context.Context, key string, limit int, window time.Duration) error {
	return l.db.engine.hasty(ctx, func(tx *Tx) error { return tx.ReturnRate(key, limit, window) })
}

// ReturnRate takes back what TakeRate counted once.
func (tx *Tx) ReturnRate(key string, limit int, window time.Duration) error {
	_, err := tx.exec("UPDATE rate_limits SET tat = tat - $2 WHERE key = $1", key, window.Microseconds()/int64(limit))
	return err
}

// TakeRate counts n requests under key against limit requests a window, by the generic cell rate algorithm: an allowed request
// moves the theoretical arrival time of the next one by window/limit. It returns that time after them, and how many of them are
// allowed. n and limit are at least 1. It is one statement, exact for any number of processes on one database.
func (tx *Tx) TakeRate(key string, n, limit int, window time.Duration) (arrival time.Time, allowed int, err error) {
	type answer struct {
		tat    int64
		denied int
	}
	now, each, fresh := tx.now.UnixMicro(), window.Microseconds()/int64(limit), min(n, limit)
	a, err := one(tx, "rate", func(r row) (a answer, err error) { return a, r.Scan(&a.tat, &a.denied) },
		`INSERT INTO rate_limits (key, tat, denied) VALUES ($1, $6, $7)
		ON CONFLICT (key) DO UPDATE SET (tat, denied) = (
			SELECT since + taken * CAST($3 AS BIGINT), CAST($5 AS BIGINT) - taken FROM (
				SELECT since, CASE WHEN free <= 0 THEN 0 WHEN free < CAST($5 AS BIGINT) THEN free ELSE CAST($5 AS BIGINT) END AS taken FROM (
					SELECT since, (CAST($2 AS BIGINT) + CAST($4 AS BIGINT) - since) / CAST($3 AS BIGINT) AS free FROM (
						SELECT CASE WHEN rate_limits.tat > CAST($2 AS BIGINT) THEN rate_limits.tat ELSE CAST($2 AS BIGINT) END AS since
					) AS a) AS b) AS c)
		RETURNING tat, denied`,
		key, now, each, window.Microseconds(), n, now+int64(fresh)*each, n-fresh)
	return time.UnixMicro(a.tat).UTC(), n - a.denied, err
}

// DeleteRatesBefore forgets keys that have been quiet since before.
func (tx *Tx) DeleteRatesBefore(before time.Time) error {
	_, err := tx.exec("DELETE FROM rate_limits WHERE tat < $1", before.UnixMicro())
	return err
}
