package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Once makes inviting idempotent: the same Key with the same Fingerprint is carried out once and answered alike every time.
// The zero value asks for nothing.
type Once struct {
	Route       string // which call: "POST /api/v1/invites"
	Key         string // chosen by the client; 1 to 255 visible ASCII characters
	Fingerprint string // of what was asked
	Render      func(assess.Invite) (status int, body string, err error)
}

// Replay is what was answered to the same call before.
type Replay = store.Replay

// Invited is the outcome of inviting. Replay is set when the call was carried out before: then it is the answer, and Invite
// is empty.
type Invited struct {
	Invite assess.Invite
	Replay *store.Replay
}

// Invite invites a candidate and queues the mail, in one transaction with the event. Errors: Forbidden; Invalid; NotFound (no
// such assessment, tag or grader); Conflict (the assessment cannot be sent, or the address has an open invite to it);
// Reused (the idempotency key came with something else before).
func (a *App) Invite(ctx context.Context, who assess.Actor, n assess.NewInvite, once Once) (out Invited, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return out, err
	}
	if err := n.Validate(); err != nil {
		return out, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		out = Invited{}
		key := store.IdempotencyKey{Org: who.Org, Mode: who.Mode, Route: once.Route, Key: once.Key}
		if once.Key != "" {
			replay, first, err := tx.ClaimIdempotencyKey(key, once.Fingerprint)
			if err != nil {
				return err
			}
			if !first {
				out.Replay, err = replayOf(replay, once)
				return err
			}
		}
		if out.Invite, err = a.insertInvite(tx, who, n); err != nil || once.Key == "" {
			return err
		}
		return completeOnce(tx, key, once, out.Invite)
	})
	return out, err
}

func replayOf(r store.Replay, once Once) (*store.Replay, error) {
	if r.Fingerprint != once.Fingerprint {
		return nil, assess.Errorf(assess.Reused, "This Idempotency-Key was used before with a different request. Use a new key for a new request.")
	}
	return &r, nil
}

func completeOnce(tx *store.Tx, key store.IdempotencyKey, once Once, inv assess.Invite) error {
	status, body, err := once.Render(inv)
	if err != nil {
		return err
	}
	return tx.CompleteIdempotencyKey(key, store.Replay{Resource: string(inv.ID), Status: status, Body: body})
}

// insertInvite makes the invite with its event and its mail.
func (a *App) insertInvite(tx *store.Tx, who assess.Actor, n assess.NewInvite) (inv assess.Invite, err error) {
	asm, err := tx.Assessment(who.Org, n.Assessment)
	if err != nil {
		return inv, err
	}
	content, err := newestContent(tx, asm)
	if err != nil {
		return inv, err
	}
	if inv, err = asm.Invite(assess.InviteID(a.newID()), who.Mode, content, n, tx.Now()); err != nil {
		return inv, err
	}
	if err := checkGrader(tx, who.Org, n.Grader); err != nil {
		return inv, err
	}
	if err := a.expireOverdue(tx, inv); err != nil {
		return inv, err
	}
	if err := tx.InsertInvite(inv, hashToken(a.secrets.linkToken(inv.ID, inv.TokenVersion))); err != nil {
		return inv, err
	}
	if err := a.emit(tx, assess.InviteCreated, who, inv, ""); err != nil {
		return inv, err
	}
	return inv, a.enqueueInviteMail(tx, inv)
}

// expireOverdue writes down the expiry of earlier invites of the same address, which would stand in the way.
func (a *App) expireOverdue(tx *store.Tx, inv assess.Invite) error {
	overdue, err := tx.OverdueInvitesOf(inv.Org, inv.Mode, inv.Assessment, inv.Email)
	if err != nil {
		return err
	}
	for _, old := range overdue {
		if err := a.expire(tx, old); err != nil {
			return err
		}
	}
	return nil
}

// checkGrader makes sure that the grader can score: a member of the organization who has joined.
func checkGrader(tx *store.Tx, org assess.OrgID, grader assess.MemberID) error {
	if grader == "" {
		return nil
	}
	m, err := tx.Member(org, grader)
	if assess.KindOf(err) == assess.NotFound || err == nil && (!m.Joined() || !m.Role.May(assess.ReadAssigned)) {
		return assess.Errorf(assess.NotFound, "grader not found")
	}
	return err
}

// Invites reads a page of invites, with how many fit the filter. Graders see the completed ones that are theirs, whatever
// they ask for. Errors: Forbidden.
func (a *App) Invites(ctx context.Context, who assess.Actor, f assess.InviteFilter, page assess.Page) (items []assess.InviteSummary, total int, err error) {
	if f, err = narrow(who, f); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		items, total, err = tx.Invites(who.Org, who.Mode, f, page)
		return err
	})
	return items, total, err
}

// narrow limits a filter to what who may see.
func narrow(who assess.Actor, f assess.InviteFilter) (assess.InviteFilter, error) {
	if who.Can(assess.ReadInvites) {
		return f, nil
	}
	f.Grader, f.Status = assess.MemberID(who.ID), assess.Completed
	return f, who.May(assess.ReadAssigned)
}

// InviteCounts maps a status to how many invites have it.
type InviteCounts = store.InviteCounts

// InviteCounts is how many invites stand in each status. Errors: Forbidden.
func (a *App) InviteCounts(ctx context.Context, who assess.Actor, f assess.InviteFilter) (counts store.InviteCounts, err error) {
	if f, err = narrow(who, f); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		counts, err = tx.InviteCounts(who.Org, who.Mode, f)
		return err
	})
	return counts, err
}

// InviteDetail is all that a member or a program may know about an invite.
type InviteDetail struct {
	Invite assess.Invite
	Status assess.InviteStatus // now
	Grader *assess.Member      // nil without one
	Events []assess.Event      // only by InviteTimeline
}

// InviteDetail reads an invite. Errors: Forbidden, NotFound.
func (a *App) InviteDetail(ctx context.Context, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		d, err = inviteDetail(tx, who, id)
		return err
	})
	return d, err
}

// InviteTimeline reads an invite with its events, the oldest first. Errors: Forbidden, NotFound.
func (a *App) InviteTimeline(ctx context.Context, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if d, err = inviteDetail(tx, who, id); err != nil {
			return err
		}
		d.Events, err = tx.InviteEvents(who.Org, id)
		return err
	})
	return d, err
}

func inviteDetail(tx *store.Tx, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	f, err := narrow(who, assess.InviteFilter{})
	if err != nil {
		return d, err
	}
	if d.Invite, err = tx.Invite(who.Org, who.Mode, id); err != nil {
		return d, err
	}
	d.Status = d.Invite.StatusAt(tx.Now())
	if f.Grader != "" && (d.Invite.Grader != f.Grader || d.Status != f.Status) {
		return InviteDetail{}, assess.Errorf(assess.NotFound, "invite not found")
	}
	if d.Invite.Grader != "" {
		grader, err := tx.Member(who.Org, d.Invite.Grader)
		if err == nil {
			d.Grader = &grader
		} else if assess.KindOf(err) != assess.NotFound {
			return d, err
		}
	}
	return d, nil
}

// InviteURL is the candidate's link, for who wants to hand it on by other means. Errors: Forbidden, NotFound.
func (a *App) InviteURL(ctx context.Context, who assess.Actor, id assess.InviteID) (string, error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return "", err
	}
	d, err := a.InviteDetail(ctx, who, id)
	return a.linkOf(d.Invite), err
}

func (a *App) linkOf(inv assess.Invite) string {
	return a.baseURL + "/c/" + a.secrets.linkToken(inv.ID, inv.TokenVersion)
}

// RowCheck is what checking one row of many wishes says: the problem, or none.
type RowCheck struct {
	New     assess.NewInvite
	Problem error // nil when it can be sent
}

// CheckInvites says for each wish whether it could be sent now, without sending anything: rules, an open invite of the same
// address, and an address that comes twice. Errors: Forbidden, NotFound, Conflict when the assessment cannot be sent.
func (a *App) CheckInvites(ctx context.Context, who assess.Actor, id assess.AssessmentID, wishes []assess.NewInvite) (rows []RowCheck, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		asm, err := tx.Assessment(who.Org, id)
		if err != nil {
			return err
		}
		if err := asm.Sendable(); err != nil {
			return err
		}
		rows, err = checkRows(tx, who, id, wishes)
		return err
	})
	return rows, err
}

func checkRows(tx *store.Tx, who assess.Actor, id assess.AssessmentID, wishes []assess.NewInvite) ([]RowCheck, error) {
	rows := make([]RowCheck, len(wishes))
	line := map[string]int{}
	for i, n := range wishes {
		n.Assessment = id
		rows[i] = RowCheck{New: n, Problem: n.Validate()}
		email := strings.ToLower(n.Email)
		if earlier, twice := line[email]; twice && rows[i].Problem == nil {
			rows[i].Problem = assess.Errorf(assess.Conflict, "the same address as in row %d", earlier)
			continue
		}
		line[email] = i + 1
		if rows[i].Problem != nil {
			continue
		}
		problem, err := openInviteProblem(tx, who, n)
		if err != nil {
			return nil, err
		}
		rows[i].Problem = problem
	}
	return rows, nil
}

// openInviteProblem tells of an open invite that stands in the way of the wish. problem is for people, err is a failure.
func openInviteProblem(tx *store.Tx, who assess.Actor, n assess.NewInvite) (problem, err error) {
	open, ok, err := tx.OpenInvite(who.Org, who.Mode, n.Assessment, n.Email)
	if err != nil || !ok {
		return nil, err
	}
	inv, err := tx.Invite(who.Org, who.Mode, open)
	if err != nil {
		return nil, err
	}
	if status := inv.StatusAt(tx.Now()); status.Open() {
		return assess.Errorf(assess.Conflict, "has an open invite already (%s)", status), nil
	}
	return nil, nil
}

// MaxBatch bounds how many invites are made of one list.
const MaxBatch = 1000

// InviteMany invites everybody of a list, each in a transaction of its own, and says per row how it went, in the same order.
// Errors: Forbidden; TooLarge.
func (a *App) InviteMany(ctx context.Context, who assess.Actor, wishes []assess.NewInvite) ([]RowResult, error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return nil, err
	}
	if len(wishes) > MaxBatch {
		return nil, assess.Errorf(assess.TooLarge, "A list may hold at most %d candidates.", MaxBatch)
	}
	results := make([]RowResult, len(wishes))
	for i, n := range wishes {
		out, err := a.Invite(ctx, who, n, Once{})
		results[i] = RowResult{New: n, Invite: out.Invite, Problem: err}
	}
	return results, nil
}

// RowResult is what became of one row of many.
type RowResult struct {
	New     assess.NewInvite
	Invite  assess.Invite
	Problem error // nil when it was sent
}

// TagInvite replaces the tags of an invite. Errors: Forbidden, NotFound.
func (a *App) TagInvite(ctx context.Context, who assess.Actor, id assess.InviteID, tags []assess.TagID) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	if len(tags) > assess.MaxTags {
		return assess.InvalidFields(assess.Problem{Field: "tags", Message: fmt.Sprintf("must be at most %d", assess.MaxTags)})
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Invite(who.Org, who.Mode, id); err != nil {
			return err
		}
		return tx.SetInviteTags(who.Org, id, slices.Compact(tags))
	})
}
