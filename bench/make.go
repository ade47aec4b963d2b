package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"reflect"
)

// Contestants of making invites.
const (
	nameCommits  = "limit, a commit a request"
	nameGroups   = "limit, shared commits"
	nameDelivers = "alfaone, delivering the mail too"
)

// groupSize is how many requests may share a commit of the limit, as in the program.
const groupSize = 128

// makes measures P4: invites made, each on disk with its event and its mail's job before it is answered.
func (b *bench) makes(ctx context.Context) error {
	assessment, err := b.anyAssessment(ctx)
	if err != nil {
		return err
	}
	// The mail server never says a word: mail waits, and takes nothing from what is measured.
	mute, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { _ = mute.Close() }()
	program, err := b.startOnCopy(ctx, "alfaone-invites", b.startProgram,
		"--smtp-url", "smtp://"+mute.Addr().String(), "--mail-from", "bench@example.com")
	if err != nil {
		return err
	}
	commits, err := b.startOnCopy(ctx, "limit-commits", b.startLimit, "-batch", "1")
	if err != nil {
		return err
	}
	groups, err := b.startOnCopy(ctx, "limit-groups", b.startLimit, "-batch", fmt.Sprint(groupSize))
	if err != nil {
		return err
	}
	if err := b.sameInvite(ctx, []*process{program, commits, groups}, assessment); err != nil {
		return err
	}
	if err := b.compareMakers(ctx, []*contestant{
		b.maker(nameProgram, program, assessment), b.maker(nameCommits, commits, assessment), b.maker(nameGroups, groups, assessment),
	}); err != nil {
		return err
	}
	return b.makesDelivering(ctx, assessment)
}

// makesDelivering measures by itself the program that works its mail jobs while it takes invites: what it has queued would
// take from the turns of others.
func (b *bench) makesDelivering(ctx context.Context, assessment string) error {
	program, err := b.startOnCopy(ctx, "alfaone-delivering", b.startProgram)
	if err != nil {
		return err
	}
	c := contest{
		title: "    POST /invites, with mail into the built-in mailbox", connections: b.writers,
		contestants: []*contestant{b.maker(nameDelivers, program, assessment)},
	}
	turns, err := b.measure(ctx, c)
	if err != nil {
		return err
	}
	return report{contest: c, turns: turns}.print(b.out)
}

// startOnCopy starts a server on a copy of the rows.
func (b *bench) startOnCopy(ctx context.Context, name string, start func(ctx context.Context, name string, h home, args ...string) (*process, error), args ...string) (*process, error) {
	dir, err := b.copyOfSeed(name)
	if err != nil {
		return nil, err
	}
	return start(ctx, name, home{dir: dir}, args...)
}

// compareMakers lets the contestants, the program first, make invites over one connection and over many.
func (b *bench) compareMakers(ctx context.Context, contestants []*contestant) error {
	one := contest{title: "P4  POST /invites", connections: 1, contestants: contestants}
	alone, err := b.measure(ctx, one)
	if err != nil {
		return err
	}
	r := report{contest: one, turns: alone}
	r.goals = []goal{{what: "of the limit's requests/s", got: r.of(nameProgram).rate / r.of(nameCommits).rate, unit: percent}}
	if err := r.print(b.out); err != nil {
		return err
	}

	many := contest{title: "P4  POST /invites", connections: b.writers, contestants: contestants}
	together, err := b.measure(ctx, many)
	if err != nil {
		return err
	}
	t := report{contest: many, turns: together}
	program := t.of(nameProgram).rate
	t.goals = []goal{
		{what: "of the limit's requests/s", got: program / t.of(nameCommits).rate, unit: percent, target: 0.6},
		{what: "of the requests/s of the limit with shared commits", got: program / t.of(nameGroups).rate, unit: percent},
		{what: "the requests/s of one connection", got: program / r.of(nameProgram).rate, unit: times, target: 4},
		{what: "that of the limit with shared commits", got: t.of(nameGroups).rate / r.of(nameGroups).rate, unit: times},
	}
	return t.print(b.out)
}

// maker asks for one invite after the other, each to another address.
func (b *bench) maker(name string, p *process, assessment string) *contestant {
	return b.makerOf(name, p, b.key, assessment, "new")
}

// makerOf is maker with a key, and addresses that begin with a prefix.
func (b *bench) makerOf(name string, p *process, key, assessment, prefix string) *contestant {
	return &contestant{name: name, process: p, status: http.StatusCreated, request: func(n int64) []byte {
		return request(p, http.MethodPost, "/api/v1/invites", inviteBody(assessment, fmt.Sprintf("%s-%d@example.com", prefix, n)), "X-Api-Key", key)
	}}
}

func inviteBody(assessment, email string) string {
	return fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":%q}`, assessment, email)
}

// anyAssessment is the id of an assessment, asked of the program.
func (b *bench) anyAssessment(ctx context.Context) (string, error) {
	program, err := b.startProgram(ctx, "alfaone-look", home{dir: b.seed})
	if err != nil {
		return "", err
	}
	defer program.stop()
	body, err := program.do(ctx, http.MethodGet, "/api/v1/assessments", "", http.Header{"X-Api-Key": {b.key}}, http.StatusOK)
	if err != nil {
		return "", err
	}
	var list assessmentList
	if err := json.Unmarshal(body, &list); err != nil || len(list.Assessments) == 0 {
		return "", fmt.Errorf("no assessment in %s: %w", body, err)
	}
	return list.Assessments[0].ID, nil
}

// sameInvite makes sure that all make the same invite, but for its id and times.
func (b *bench) sameInvite(ctx context.Context, all []*process, assessment string) error {
	var want map[string]any
	for _, p := range all {
		body, err := p.do(ctx, http.MethodPost, "/api/v1/invites", inviteBody(assessment, "same@example.com"),
			http.Header{"X-Api-Key": {b.key}, "Content-Type": {"application/json"}}, http.StatusCreated)
		if err != nil {
			return err
		}
		var got struct{ Invite map[string]any }
		if err := json.Unmarshal(body, &got); err != nil {
			return err
		}
		for _, own := range []string{"id", "sentAt", "expiresAt"} {
			got.Invite[own] = len(fmt.Sprint(got.Invite[own]))
		}
		if want == nil {
			want = got.Invite
		}
		if !reflect.DeepEqual(got.Invite, want) {
			return fmt.Errorf("%s makes another invite than %s:\n%v\n%v", p.name, all[0].name, got.Invite, want)
		}
	}
	return nil
}
