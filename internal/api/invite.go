package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) listInvites(ctx context.Context, c *call) (wire.InviteList, error) {
	f := assess.InviteFilter{
		Assessment: assess.AssessmentID(c.filter["assessmentId"]), Status: assess.InviteStatus(c.filter["status"]),
		Email: c.filter["recipientEmail"], External: c.filter["externalId"], Tag: assess.TagID(c.filter["tag"]),
		Grader: assess.MemberID(c.filter["graderId"]), UpdatedSince: timeOf(c.filter["updatedSince"]),
	}
	items, total, err := a.app.Invites(ctx, c.who, f, c.page)
	return wire.InviteListOf(items, a.pagination(c, total), a.now()), err
}

// timeOf is a time that has been found to be one; the zero time for nothing.
func timeOf(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
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
	return wire.InviteCreatedOf(out.Invite, out.URL, a.now()), nil
}

func (a *API) updateInvite(ctx context.Context, c *call, in wire.InvitePatch) (wire.InviteDetail, error) {
	err := a.app.ChangeInvite(ctx, c.who, assess.InviteID(c.id), in.Update())
	return a.afterwards(ctx, c, err)
}

func (a *API) revokeInvite(ctx context.Context, c *call, in wire.RevokeRequest) (wire.InviteDetail, error) {
	err := a.app.Revoke(ctx, c.who, assess.InviteID(c.id), in.Forced())
	return a.afterwards(ctx, c, err)
}

func (a *API) resendInvite(ctx context.Context, c *call) (wire.InviteDetail, error) {
	err := a.app.Resend(ctx, c.who, assess.InviteID(c.id))
	if assess.KindOf(err) == assess.RateLimited {
		c.header.Set("Retry-After", strconv.Itoa(int(app.ResendEvery.Seconds())))
	}
	return a.afterwards(ctx, c, err)
}

// afterwards answers with what has become of an invite, unless changing it has failed.
func (a *API) afterwards(ctx context.Context, c *call, err error) (wire.InviteDetail, error) {
	if err != nil {
		return wire.InviteDetail{}, err
	}
	d, err := a.app.ChangedInvite(ctx, c.who, assess.InviteID(c.id))
	return wire.InviteDetailOf(d.Invite, d.Grader, a.now()), err
}
