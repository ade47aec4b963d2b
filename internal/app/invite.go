package app

import (
	"context"

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
	if once.Key == "" { // with a key, what was answered before comes before what is asked now
		if err := n.Validate(); err != nil {
			return out, err
		}
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
	if err != nil {
		return Invited{}, err
	}
	return out, nil
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
	if err := n.Validate(); err != nil {
		return inv, err
	}
	asm, err := tx.AssessmentSummary(who.Org, who.Mode, n.Assessment)
	if err != nil {
		return inv, err
	}
	if inv, err = asm.Invite(assess.InviteID(a.newID()), who.Mode, n, tx.Now()); err != nil {
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
	if n.Grader != "" {
		if err := a.assignFirst(tx, who, inv, n.Grader); err != nil {
			return inv, err
		}
	}
	return inv, a.enqueueInviteMail(tx, who, inv)
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

// Invites reads a page of invites, with how many fit the filter. Errors: Forbidden.
func (a *App) Invites(ctx context.Context, who assess.Actor, f assess.InviteFilter, page assess.Page) (items []assess.InviteSummary, total int, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		items, total, err = tx.Invites(who.Org, who.Mode, f, page)
		return err
	})
	return items, total, err
}

// InviteCounts maps a status to how many invites have it.
type InviteCounts = store.InviteCounts

// InviteCounts is how many invites stand in each status. Errors: Forbidden.
func (a *App) InviteCounts(ctx context.Context, who assess.Actor, f assess.InviteFilter) (counts store.InviteCounts, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
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
	Grader *assess.Member      // the first who is to grade it; nil without one

	Events     []assess.Event     // only by InviteTimeline
	Acceptance *assess.Acceptance // only by InviteTimeline; nil before the candidate has agreed
}

// InviteDetail reads an invite. Errors: Forbidden, NotFound.
func (a *App) InviteDetail(ctx context.Context, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		d, err = inviteDetail(tx, who, id)
		return err
	})
	return d, err
}

// InviteTimeline reads an invite with its events, the oldest first, and what the candidate has agreed to. Errors: Forbidden,
// NotFound.
func (a *App) InviteTimeline(ctx context.Context, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if d, err = inviteDetail(tx, who, id); err != nil {
			return err
		}
		if d.Events, err = timeline(tx, who, id); err != nil {
			return err
		}
		d.Acceptance, err = acceptance(tx, d.Invite)
		return err
	})
	return d, err
}

// timeline reads the events of an invite, without what is kept from who asks.
func timeline(tx *store.Tx, who assess.Actor, id assess.InviteID) ([]assess.Event, error) {
	events, err := tx.InviteEvents(who.Org, id)
	if err != nil {
		return nil, err
	}
	evaluations, err := tx.Evaluations(who.Org, id)
	if err != nil || !hides(who, evaluations) {
		return events, err
	}
	for i, e := range events {
		events[i] = discreet(e)
	}
	return events, nil
}

// discreet is an event as it is told to who must not know how others grade its invite: the notes of grades, of
// decisions and of why an evaluation was opened again may say it.
func discreet(e assess.Event) assess.Event {
	switch e.Type {
	case assess.InviteGraded, assess.InviteReopened, assess.InviteDecided:
		e.Note = ""
	}
	return e
}

func acceptance(tx *store.Tx, inv assess.Invite) (*assess.Acceptance, error) {
	a, err := tx.Acceptance(inv.Org, inv.ID)
	if assess.KindOf(err) == assess.NotFound {
		return nil, nil //nolint:nilnil // an invite without an acceptance is nothing unusual
	}
	return &a, err
}

func inviteDetail(tx *store.Tx, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return d, err
	}
	if d.Invite, err = tx.Invite(who.Org, who.Mode, id); err != nil {
		return d, err
	}
	d.Status = d.Invite.StatusAt(tx.Now())
	graders, err := tx.GradersOf(who.Org, id)
	if len(graders) > 0 {
		d.Grader = &graders[0]
	}
	return d, err
}

// OpenInvite finds the open invite of an address to an assessment; empty where there is none. Errors: Forbidden.
func (a *App) OpenInvite(ctx context.Context, who assess.Actor, assessment assess.AssessmentID, email string) (id assess.InviteID, err error) {
	if err := who.May(assess.ReadInvites); err != nil {
		return "", err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		id, _, err = tx.OpenInvite(who.Org, who.Mode, assessment, email)
		return err
	})
	return id, err
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

// TagInvite replaces the tags of an invite. Errors: Forbidden, NotFound, Invalid.
func (a *App) TagInvite(ctx context.Context, who assess.Actor, id assess.InviteID, tags []assess.TagID) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	if err := checkTagCount(tags); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if _, err := held(tx, who.Org, who.Mode, id); err != nil {
			return err
		}
		return tx.SetInviteTags(who.Org, id, tags)
	})
}
