package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"alfaone/internal/assess"
)

// batcher runs SQLite's writing transactions. SQLite has one writer, and a durable commit waits for the disk; so the
// transactions that arrive during one commit share the next one (group commit). Each runs behind a savepoint of its own: if
// it fails, only it is undone. Nobody gets an answer before the shared commit is on disk.
type batcher struct {
	writer *sql.DB
	conn   *sql.Conn
	stmts  *statements
	clock  func() time.Time
	units  chan *unit
	quit   chan struct{}
	done   chan struct{}
}

// unit is one transaction that waits its turn.
type unit struct {
	ctx      context.Context //nolint:containedctx // it travels with the work to the writing goroutine
	fn       func(*Tx) error
	alone    func() error // instead of fn: work that needs the connection given back to the pool
	panicked any
	result   chan error
}

// maxBatch bounds how many transactions share a commit, and so how long the first of them waits for the last.
const maxBatch = 128

var errClosed = assess.Errorf(assess.Unavailable, "The server is shutting down. Try again in a moment.")

func newBatcher(ctx context.Context, writer *sql.DB, clock func() time.Time) (*batcher, error) {
	b := &batcher{writer: writer, clock: clock, units: make(chan *unit), quit: make(chan struct{}), done: make(chan struct{})}
	if err := b.connect(ctx); err != nil {
		return nil, err
	}
	go b.run()
	return b, nil
}

func (b *batcher) connect(ctx context.Context) (err error) {
	if b.conn, err = b.writer.Conn(ctx); err != nil {
		return err
	}
	b.stmts = newStatements(b.conn)
	return nil
}

func (b *batcher) disconnect() error {
	return errors.Join(b.stmts.Close(), b.conn.Close())
}

// do runs fn in a transaction. A panic of fn is raised again here, where the caller can handle it.
func (b *batcher) do(ctx context.Context, fn func(*Tx) error) error {
	u := &unit{ctx: ctx, fn: fn, result: make(chan error, 1)}
	err := b.submit(u)
	if u.panicked != nil {
		panic(u.panicked)
	}
	return err
}

// exclusively runs fn while no transaction runs and nobody holds the writing connection.
func (b *batcher) exclusively(ctx context.Context, fn func() error) error {
	return b.submit(&unit{ctx: ctx, alone: fn, result: make(chan error, 1)})
}

// submit waits for the unit's outcome. Once it is taken, its commit is not abandoned: the caller must learn how it ended.
func (b *batcher) submit(u *unit) error {
	select {
	case b.units <- u:
		return <-u.result
	case <-u.ctx.Done():
		return u.ctx.Err()
	case <-b.quit:
		return errClosed
	}
}

// Close waits for the running batch and ends.
func (b *batcher) Close() error {
	close(b.quit)
	<-b.done
	return b.disconnect()
}

func (b *batcher) run() {
	defer close(b.done)
	for {
		select {
		case <-b.quit:
			return
		case u := <-b.units:
			if u.alone != nil {
				u.result <- b.alone(u)
				continue
			}
			b.commit(b.gather(u))
		}
	}
}

// gather takes the transactions that are waiting already.
func (b *batcher) gather(first *unit) (batch []*unit, alone *unit) {
	batch = []*unit{first}
	for len(batch) < maxBatch {
		select {
		case u := <-b.units:
			if u.alone != nil {
				return batch, u
			}
			batch = append(batch, u)
		default:
			return batch, nil
		}
	}
	return batch, nil
}

// commit runs the batch in one SQLite transaction, then tells each unit how it ended.
func (b *batcher) commit(batch []*unit, alone *unit) {
	results, err := b.runBatch(batch)
	for i, u := range batch {
		if err != nil && results[i] == nil {
			results[i] = err
		}
		u.result <- results[i]
	}
	if alone != nil {
		alone.result <- b.alone(alone)
	}
}

func (b *batcher) alone(u *unit) error {
	if err := b.disconnect(); err != nil {
		return err
	}
	return errors.Join(u.alone(), b.connect(context.WithoutCancel(u.ctx)))
}

// runBatch returns what each unit's function returned, and an error if the whole batch is lost.
func (b *batcher) runBatch(batch []*unit) ([]error, error) {
	results := make([]error, len(batch))
	ctx := context.Background() // a batch belongs to nobody in particular
	if err := b.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return results, mapError(err)
	}
	for i, u := range batch {
		if results[i] = u.ctx.Err(); results[i] != nil {
			continue
		}
		var err error
		if results[i], err = b.runUnit(u); err != nil {
			return results, errors.Join(mapError(err), b.rollback(ctx))
		}
	}
	if err := b.exec(ctx, "COMMIT"); err != nil {
		return results, errors.Join(mapError(err), b.rollback(ctx))
	}
	return results, nil
}

// runUnit returns what the unit's function returned, and an error when the savepoint cannot be kept: then the whole
// transaction is gone, as SQLite does on a full disk.
func (b *batcher) runUnit(u *unit) (result, lost error) {
	// A cancelled statement would end the transaction that others share.
	ctx := context.WithoutCancel(u.ctx)
	if err := b.exec(ctx, "SAVEPOINT unit"); err != nil {
		return nil, err
	}
	result = b.call(u, &Tx{ctx: ctx, q: b.stmts, now: millis(b.clock())})
	if result != nil || u.panicked != nil {
		if err := b.exec(ctx, "ROLLBACK TO unit"); err != nil {
			return result, err
		}
	}
	return result, b.exec(ctx, "RELEASE unit")
}

func (b *batcher) call(u *unit, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			u.panicked = p
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	return u.fn(tx)
}

func (b *batcher) exec(ctx context.Context, statement string) error {
	_, err := b.stmts.ExecContext(ctx, statement)
	return err
}

// rollback ends what is left of a lost transaction; there may be nothing left.
func (b *batcher) rollback(ctx context.Context) error {
	_, _ = b.conn.ExecContext(ctx, "ROLLBACK")
	return nil
}
