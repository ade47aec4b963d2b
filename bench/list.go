package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
)

// The names of contestants.
const (
	nameProgram = "alfaone"
	nameLimit   = "limit"
	nameNoKey   = "limit, no key look-up"
	namePeer    = "PocketBase"
)

// listing is a list that is measured.
type listing struct {
	title string
	path  string
	peer  string // the same of PocketBase; empty: not measured
}

func (b *bench) listings() []listing {
	middle, last := b.invites/pageSize/2, b.invites/pageSize
	assessments := "/api/collections/assessments/records?perPage=20&sort=-createdAt,-id"
	invites := "/api/collections/invites/records?perPage=20&sort=-sentAt,-id&page="
	return []listing{
		{fmt.Sprintf("P1  GET /assessments: %d of %d", pageSize, b.assessments), "/api/v1/assessments", assessments},
		{fmt.Sprintf("P2  GET /invites: page 1, %d invites", b.invites), "/api/v1/invites", invites + "1"},
		{"    GET /invites: middle page", fmt.Sprintf("/api/v1/invites?page=%d", middle), invites + fmt.Sprint(middle)},
		{"    GET /invites: last page", fmt.Sprintf("/api/v1/invites?page=%d", last), invites + fmt.Sprint(last)},
		{"    GET /invites?sort=status", "/api/v1/invites?sort=status", ""},
		{"    GET /invites?status=expired", "/api/v1/invites?status=expired", invites + "1&filter=" + url.QueryEscape(`status="expired"`)},
	}
}

// lists measures reading: P1 and P2.
func (b *bench) lists(ctx context.Context) error {
	limitDir, err := b.copyOfSeed("limit-lists")
	if err != nil {
		return err
	}
	program, err := b.startProgram(ctx, "alfaone-lists", home{dir: b.seed}, b.profiling()...)
	if err != nil {
		return err
	}
	limit, err := b.startLimit(ctx, "limit-lists", home{dir: limitDir})
	if err != nil {
		return err
	}
	peer, missing := b.startPeer(ctx, filepath.Join(limitDir, "alfaone.db"))
	for i, l := range b.listings() {
		if err := b.sameBytes(ctx, program, limit, l.path); err != nil {
			return err
		}
		c := contest{title: l.title, connections: b.connections}
		c.contestants = append(c.contestants,
			getter(nameProgram, program, l.path, "X-Api-Key", b.key),
			getter(nameLimit, limit, l.path, "X-Api-Key", b.key))
		if i < 2 {
			c.contestants = append(c.contestants, getter(nameNoKey, limit, l.path))
		}
		switch {
		case l.peer == "":
		case peer == nil:
			c.notes = append(c.notes, namePeer+": not available: "+missing) // the reason once is enough
			missing = "see above"
		default:
			c.contestants = append(c.contestants, getter(namePeer, peer, l.peer, "Authorization", peer.token))
		}
		if err := b.list(ctx, c, i < 2); err != nil {
			return err
		}
	}
	return nil
}

// list measures one list; only some have targets.
func (b *bench) list(ctx context.Context, c contest, hasTargets bool) error {
	turns, err := b.measure(ctx, c)
	if err != nil {
		return err
	}
	r := report{contest: c, turns: turns}
	program, limit := r.of(nameProgram), r.of(nameLimit)
	share := goal{what: "of the limit's requests/s", got: program.rate / limit.rate, unit: percent}
	tail := goal{what: "the limit's p99", got: float64(program.p99) / float64(limit.p99), unit: times}
	against := goal{what: "PocketBase's requests/s", got: program.rate / r.of(namePeer).rate, unit: times}
	if hasTargets {
		share.target, tail.target, tail.atMost, against.target = 0.6, 2, true, 40
	}
	r.goals = append(r.goals, share, tail)
	if r.has(namePeer) {
		r.goals = append(r.goals, against)
	}
	return errors.Join(r.print(b.out), b.profile(ctx, c))
}
