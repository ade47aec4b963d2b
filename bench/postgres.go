package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The names of contestants that share a database.
const (
	nameOne = "alfaone"
	nameTwo = "alfaone, two processes"
)

// onPostgres measures P1, P2 and P4 on PostgreSQL, and P8: the same by two processes on one database.
func (b *bench) onPostgres(ctx context.Context) error {
	if b.postgres == "" {
		b.noPostgres("P1, P2, P4 and P8")
		return nil
	}
	h, drop, err := b.postgresHome(ctx, "postgres")
	if err != nil {
		return err
	}
	defer drop()
	base, generations := b.invites, 0
	for ; generations < 2 && base >= 10_000 && base%(10*pageSize) == 0; generations++ {
		base /= 10
	}
	b.progress("making %d invites in PostgreSQL", b.invites)
	s, err := b.settle(ctx, h, base)
	if err != nil {
		return err
	}
	for generation := range generations {
		if err := tenfold(ctx, h, generation); err != nil {
			return err
		}
	}
	pair, err := b.startPair(ctx, s)
	if err != nil {
		return err
	}
	if err := b.pairLists(ctx, s, pair); err != nil {
		return err
	}
	return b.pairMakes(ctx, s, pair)
}

// startPair starts two processes on one database; they have their own data directories with the same key.
func (b *bench) startPair(ctx context.Context, s settled) (pair [2]*process, err error) {
	for i := range pair {
		if pair[i], err = b.startProgram(ctx, fmt.Sprintf("alfaone-postgres-%d", i), s.home); err != nil {
			return pair, err
		}
	}
	return pair, nil
}

func (b *bench) pairLists(ctx context.Context, s settled, pair [2]*process) error {
	limit, err := b.startLimit(ctx, "limit-postgres", s.home)
	if err != nil {
		return err
	}
	defer limit.stop()
	for i, l := range b.listings()[:4] {
		if err := b.sameBytesWith(ctx, s.key, pair[0], limit, l.path); err != nil {
			return err
		}
		one := getter(nameOne, pair[0], l.path, "X-Api-Key", s.key)
		c := contest{title: l.title + ", PostgreSQL", connections: b.connections, contestants: []*contestant{
			one, shared(getter(nameTwo, pair[0], l.path, "X-Api-Key", s.key), pair[1]), getter(nameLimit, limit, l.path, "X-Api-Key", s.key),
		}}
		if err := b.comparePair(ctx, c, i < 2); err != nil {
			return err
		}
	}
	return nil
}

// comparePair prints what one process reaches of the limit, and two of one.
func (b *bench) comparePair(ctx context.Context, c contest, hasTargets bool) error {
	turns, err := b.measure(ctx, c)
	if err != nil {
		return err
	}
	r := report{contest: c, turns: turns}
	both := goal{what: "the requests/s of one process (P8; the target is for a database with cores to spare)", got: r.of(nameTwo).rate / r.of(nameOne).rate, unit: times, target: 1.5}
	if r.has(nameLimit) {
		share := goal{what: "of the limit's requests/s", got: r.of(nameOne).rate / r.of(nameLimit).rate, unit: percent}
		tail := goal{what: "the limit's p99", got: float64(r.of(nameOne).p99) / float64(r.of(nameLimit).p99), unit: times}
		if hasTargets {
			share.target, tail.target, tail.atMost = 0.6, 2, true
		}
		r.goals = append(r.goals, share, tail)
	}
	if r.has(nameTwo) {
		r.goals = append(r.goals, both)
	}
	return r.print(b.out)
}

// pairMakes lets one process and two make invites, and then looks whether each was made, told and mailed once.
func (b *bench) pairMakes(ctx context.Context, s settled, pair [2]*process) error {
	first, err := part(ctx, pair[0], s.key, "")
	if err != nil {
		return err
	}
	assessment := first.Invites[0].AssessmentID
	maker := func(name, prefix string) *contestant {
		return b.makerOf(name, pair[0], s.key, assessment, prefix)
	}
	if err := b.comparePair(ctx, contest{title: "P4  POST /invites, PostgreSQL", connections: 1, contestants: []*contestant{maker(nameOne, "alone")}}, false); err != nil {
		return err
	}
	many, both := maker(nameOne, "many"), maker(nameTwo, "both")
	c := contest{title: "P4  POST /invites, PostgreSQL", connections: b.writers, contestants: []*contestant{many, shared(both, pair[1])}}
	if err := b.comparePair(ctx, c, false); err != nil {
		return err
	}
	return b.checkPair(ctx, s)
}

// shared lets another process answer every other connection.
func shared(c *contestant, other *process) *contestant {
	c.others = []*process{other}
	return c
}

// checkPair waits until both have worked off all jobs, and looks whether anything was lost or done twice.
func (b *bench) checkPair(ctx context.Context, s settled) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	count := func(query string) (n int) {
		if scanErr := db.QueryRowContext(ctx, query).Scan(&n); scanErr != nil {
			err = errors.Join(err, scanErr)
		}
		return n
	}
	for deadline := time.Now().Add(drainTime); time.Now().Before(deadline) && err == nil; time.Sleep(200 * time.Millisecond) {
		if count("SELECT COUNT(*) FROM jobs WHERE kind = 'invite.mail' AND state IN ('queued', 'running')") == 0 {
			break
		}
	}
	made := count("SELECT COUNT(*) FROM events WHERE type = 'invite.created'")
	left := count("SELECT COUNT(*) FROM jobs WHERE kind = 'invite.mail' AND state IN ('queued', 'running')")
	sent := count("SELECT COUNT(*) FROM events WHERE type = 'invite.sent'")
	told := count("SELECT COUNT(DISTINCT invite_id) FROM events WHERE type = 'invite.sent'")
	letters := count("SELECT COUNT(*) FROM mailbox")
	gaps := count("SELECT MAX(sequence) - COUNT(*) FROM events WHERE mode = 'live'")
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\nP8  two processes on one database: %d invites made, %d mailed, %d to be mailed yet; %d doubled, %d letters, %d gaps in the events\n",
		made, sent, left, sent-told, letters, gaps)
	if sent != told || sent+left != made || gaps != 0 {
		return errors.New("P8: something was lost or done twice")
	}
	return nil
}

// drainTime bounds the wait for mail to be delivered; what is left then is told.
const drainTime = 30 * time.Second
