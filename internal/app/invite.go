package app

import (
	"context"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Invited is the outcome of inviting.
type Invited struct {
	Invite assess.Invite
	Found  bool   // it was there already, and the wish said that this will do
	URL    string // the candidate's link, for who wanted no mail; else empty
}

// Invite invites a candidate and queues the mail, in one transaction with the event. Errors: Forbidden; Invalid; NotFound (no
// such assessment, tag or grader); Conflict (the assessment cannot be sent, the address has an open invite to it, or the
// client's name for it is taken; see assess.OnDuplicate).
func (a *App) Invite(ctx context.Context, who assess.Actor, n assess.NewInvite) (out Invited, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return out, err
	}
	if err := n.Validate(); err != nil {
		return out, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		out, err = a.insertInvite(tx, who, n)
		return err
	})
	if err != nil {
		return Invited{}, err
	}
	if n.Silent {
		out.URL = a.linkOf(out.Invite)
	}
	return out, nil
}

// insertInvite makes the invite with its event and its mail, or finds the one that is there already.
func (a *App) insertInvite(tx *store.Tx, who assess.Actor, n assess.NewInvite) (out Invited, err error) {
	asm, err := tx.AssessmentSummary(who.Org, who.Mode, n.Assessment)
	if err != nil {
		return out, err
	}
	inv, err := asm.Invite(assess.InviteID(a.newID()), who.Mode, n, tx.Now())
	if err != nil {
		return out, err
	}
	if err := a.expireOverdue(tx, inv); err != nil {
		return out, err
	}
	switch standing, err := tx.InsertInvite(inv, hashToken(a.secrets.linkToken(inv.ID, inv.TokenVersion))); {
	case err != nil:
		return out, err
	case standing != "":
		out, err := a.standing(tx, inv, n.OnDuplicate, standing)
		if assess.KindOf(err) == assess.NotFound { // it was erased this very moment
			return a.insertInvite(tx, who, n)
		}
		return out, err
	}
	if err := a.emit(tx, assess.InviteCreated, who, inv, ""); err != nil {
		return out, err
	}
	if n.Grader != "" {
		if err := a.assignFirst(tx, who, inv, n.Grader); err != nil {
			return out, err
		}
	}
	if n.Silent {
		return Invited{Invite: inv}, nil
	}
	return Invited{Invite: inv}, a.enqueueInviteMail(tx, who, inv)
}

// standing is the outcome of a wish that an invite stands in the way of: that invite, where the wish says that it will do and
// it asks the same person the same. It holds the invite, lest it be erased before an answer that tells of it is remembered.
func (a *App) standing(tx *store.Tx, wish assess.Invite, on assess.OnDuplicate, id assess.InviteID) (Invited, error) {
	inv, err := held(tx, wish.Org, wish.Mode, id)
	if err != nil {
		return Invited{}, err
	}
	same := inv.Assessment == wish.Assessment && strings.EqualFold(inv.Email, wish.Email)
	switch {
	case on == assess.ReturnDuplicate && same:
		return Invited{Invite: inv, Found: true}, nil
	case wish.External != "" && inv.External == wish.External:
		return Invited{}, assess.Errorf(assess.Conflict, "The externalId %q belongs to another invite already: %s", wish.External, id)
	default:
		return Invited{}, assess.Errorf(assess.Conflict, "%s already has an open invite to this assessment: %s", wish.Email, id)
	}
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

// ChangedInvite reads an invite for who has just changed it: who may invite may see what has become of it. Errors: Forbidden,
// NotFound.
func (a *App) ChangedInvite(ctx context.Context, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return d, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		d, err = detailOf(tx, who, id)
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
	case assess.AttemptGraded, assess.InviteReopened, assess.InviteDecided:
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
	return detailOf(tx, who, id)
}

func detailOf(tx *store.Tx, who assess.Actor, id assess.InviteID) (d InviteDetail, err error) {
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
