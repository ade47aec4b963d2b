package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"alfaone/internal/assess"
)

// batcher runs SQLite's writing transactions. SQLite has one writer, and a durable commit waits for the disk; so the
// transactions that arrive during one commit share the next one (group commit). Each runs behind a savepoint of its own: if
// it fails, only it is undone. Nobody gets an answer before the shared commit is on disk.
type batcher struct {
	conn  *sql.Conn
	stmts *statements
	clock func() time.Time
	units chan *unit
	quit  chan struct{}
	done  chan struct{}
}

// unit is one transaction that waits its turn. It runs in the goroutine that asked for it, so that a panic stays there.
type unit struct {
	ctx    context.Context //nolint:containedctx // it travels with the work to the batch
	turn   chan *Tx        // closed without a transaction when there is no turn
	ended  chan error      // what the function returned
	result chan error      // how it ended on disk
}

func newUnit(ctx context.Context) *unit {
	return &unit{ctx: ctx, turn: make(chan *Tx), ended: make(chan error, 1), result: make(chan error, 1)}
}

// maxBatch bounds how many transactions share a commit, and so how long the first of them waits for the last.
const maxBatch = 128

var (
	errClosed   = assess.Errorf(assess.Unavailable, "The server is shutting down. Try again in a moment.")
	errPanicked = errors.New("the function of the transaction did not return")
)

func newBatcher(ctx context.Context, writer *sql.DB, clock func() time.Time) (*batcher, error) {
	conn, err := writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	b := &batcher{
		conn: conn, stmts: newStatements(conn), clock: clock,
		units: make(chan *unit), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go b.run()
	return b, nil
}

// do runs fn in a transaction. Once it had its turn, its commit is not abandoned: the caller must learn how it ended.
func (b *batcher) do(ctx context.Context, fn func(*Tx) error) error {
	u := newUnit(ctx)
	select {
	case b.units <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.quit:
		return errClosed
	}
	if tx, ok := <-u.turn; ok {
		u.call(tx, fn)
	}
	return <-u.result
}

// call reports the end of fn to the batch, also when fn panics.
func (u *unit) call(tx *Tx, fn func(*Tx) error) {
	err := errPanicked
	defer func() { u.ended <- err }()
	err = fn(tx)
}

// Close waits for the running batch and ends.
func (b *batcher) Close() error {
	close(b.quit)
	<-b.done
	return errors.Join(b.stmts.Close(), b.conn.Close())
}

func (b *batcher) run() {
	defer close(b.done)
	for {
		select {
		case <-b.quit:
			return
		case u := <-b.units:
			b.commit(b.gather(u))
		}
	}
}

// gather takes the transactions that are waiting already.
func (b *batcher) gather(first *unit) []*unit {
	batch := []*unit{first}
	for len(batch) < maxBatch {
		select {
		case u := <-b.units:
			batch = append(batch, u)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the batch in one SQLite transaction, then tells each unit how it ended.
func (b *batcher) commit(batch []*unit) {
	results, lost := b.runBatch(batch)
	for i, u := range batch {
		if results[i] == nil {
			results[i] = lost
		}
		u.result <- results[i]
	}
}

// runBatch returns what each unit's function returned, and an error if the whole batch is lost. Every unit gets its turn or
// learns that it has none.
func (b *batcher) runBatch(batch []*unit) (results []error, lost error) {
	ctx := context.Background() // a batch belongs to nobody in particular
	lost = b.exec(ctx, "BEGIN IMMEDIATE")
	results = make([]error, len(batch))
	for i, u := range batch {
		if lost == nil {
			results[i] = u.ctx.Err()
		}
		if lost != nil || results[i] != nil {
			close(u.turn)
			continue
		}
		if len(batch) == 1 {
			results[i] = b.runUnit(u)
		} else {
			results[i], lost = b.runBehindSavepoint(u)
		}
	}
	switch {
	case lost != nil:
		_, _ = b.conn.ExecContext(ctx, "ROLLBACK") // there may be nothing left of it
	case len(batch) == 1 && results[0] != nil:
		lost = b.exec(ctx, "ROLLBACK")
	default:
		if lost = b.exec(ctx, "COMMIT"); lost != nil {
			_, _ = b.conn.ExecContext(ctx, "ROLLBACK") // as above
		}
	}
	return results, mapError(lost)
}

// runUnit returns what the unit's function returned.
func (b *batcher) runUnit(u *unit) error {
	// A cancelled statement would end the transaction that others share.
	u.turn <- &Tx{ctx: context.WithoutCancel(u.ctx), q: b.stmts, now: millis(b.clock())}
	return <-u.ended
}

// runBehindSavepoint is runUnit for one of several: if it fails, only what it did is undone. The second error says that the
// savepoint cannot be kept: then the whole transaction is gone, as SQLite does on a full disk.
func (b *batcher) runBehindSavepoint(u *unit) (result, lost error) {
	ctx := context.WithoutCancel(u.ctx)
	if err := b.exec(ctx, "SAVEPOINT unit"); err != nil {
		close(u.turn)
		return nil, err
	}
	if result = b.runUnit(u); result != nil {
		if err := b.exec(ctx, "ROLLBACK TO unit"); err != nil {
			return result, err
		}
	}
	return result, b.exec(ctx, "RELEASE unit")
}

func (b *batcher) exec(ctx context.Context, statement string) error {
	_, err := b.stmts.ExecContext(ctx, statement)
	return err
}
