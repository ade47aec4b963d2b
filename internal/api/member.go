package api

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) listMembers(ctx context.Context, c *call) (wire.MemberList, error) {
	members, total, err := a.app.Members(ctx, c.who, c.page)
	return wire.MemberListOf(members, a.pagination(c, total)), err
}

func (a *API) getMember(ctx context.Context, c *call) (wire.Member, error) {
	m, err := a.app.Member(ctx, c.who, assess.MemberID(c.id))
	return wire.MemberOf(m), err
}
