package api

import (
	"context"
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) listInvites(ctx context.Context, c *call) (wire.InviteList, error) {
	f := assess.InviteFilter{
		Assessment: assess.AssessmentID(c.filter["assessmentId"]), Status: assess.InviteStatus(c.filter["status"]),
	}
	items, total, err := a.app.Invites(ctx, c.who, f, c.page)
	return wire.InviteListOf(items, a.pagination(c, total), a.now()), err
}

func (a *API) getInvite(ctx context.Context, c *call) (wire.InviteDetail, error) {
	d, err := a.app.InviteDetail(ctx, c.who, assess.InviteID(c.id))
	return wire.InviteDetailOf(d.Invite, d.Grader, a.now()), err
}

func (a *API) createInvite(ctx context.Context, c *call, in wire.InviteRequest) (wire.InviteCreated, error) {
	out, err := a.app.Invite(ctx, c.who, in.NewInvite())
	if err != nil {
		return wire.InviteCreated{}, err
	}
	c.resource = string(out.Invite.ID)
	if out.Found {
		c.status = http.StatusOK
	}
	return wire.InviteCreatedOf(out.Invite, a.now()), nil
}
