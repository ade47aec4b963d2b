package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// createInvites invites each candidate of a batch in a transaction of its own. Under an idempotency key, the key stands for the
// batch as a whole, and the key with a candidate's index for what has become of that one: sent again, the batch goes on where
// it broke off.
func (a *API) createInvites(ctx context.Context, c *call, in wire.InviteBatch) (out wire.InviteBatchResults, err error) {
	if n := len(in.Invites); n < 1 || n > app.MaxBatch {
		return out, assess.InvalidFields(assess.Problem{Field: "invites", Message: "must hold 1 to " + strconv.Itoa(app.MaxBatch) + " invites"})
	}
	if err := a.claimBatch(ctx, c, in); err != nil {
		return out, err
	}
	wishes := make([]assess.NewInvite, len(in.Invites))
	for i, wish := range in.Invites {
		wishes[i] = wish.NewInvite()
	}
	out.Results = make([]wire.InviteBatchResult, len(wishes))
	app.EachInvite(wishes, func(i int) {
		result, err := a.batched(ctx, c, i, in.Invites[i])
		if err != nil {
			result = a.refused(c, i, err)
		}
		out.Results[i] = result
	})
	return out, nil
}

// claimBatch has the idempotency key stand for this batch and no other. Errors: Reused.
func (a *API) claimBatch(ctx context.Context, c *call, in wire.InviteBatch) error {
	if c.onceKey == "" {
		return nil
	}
	once, err := c.once(in)
	if err != nil {
		return err
	}
	reply, err := a.app.CarryOutOnce(ctx, c.who, once, func(context.Context) (app.Reply, error) {
		return app.Reply{Status: http.StatusOK, Body: "{}"}, nil
	})
	if reply.Replayed {
		c.replayed(reply.Status)
	}
	return err
}

// batched carries out one wish of a batch; under an idempotency key, once.
func (a *API) batched(ctx context.Context, c *call, i int, in wire.InviteRequest) (result wire.InviteBatchResult, err error) {
	if c.onceKey == "" {
		result, _, err = a.inviteOfBatch(ctx, c, i, in)
		return result, err
	}
	once, err := c.once(in)
	if err != nil {
		return result, err
	}
	once.Route, once.Key = once.Route+" item", c.onceKey+" "+strconv.Itoa(i)
	reply, err := a.app.CarryOutOnce(ctx, c.who, once, func(ctx context.Context) (app.Reply, error) {
		result, id, err := a.inviteOfBatch(ctx, c, i, in)
		if err != nil {
			return app.Reply{}, err
		}
		var buf bytes.Buffer
		err = encode(&buf, result)
		return app.Reply{Resource: string(id), Status: result.Status, Body: buf.String()}, err
	})
	if err != nil {
		return result, err
	}
	return result, json.Unmarshal([]byte(reply.Body), &result)
}

func (a *API) inviteOfBatch(ctx context.Context, c *call, i int, in wire.InviteRequest) (wire.InviteBatchResult, assess.InviteID, error) {
	out, err := a.app.Invite(ctx, c.who, in.NewInvite())
	if err != nil {
		return wire.InviteBatchResult{}, "", err
	}
	status := http.StatusCreated
	if out.Found {
		status = http.StatusOK
	}
	return wire.BatchedOf(i, status, out.Invite, out.URL, a.now()), out.Invite.ID, nil
}

// refused is the result of a wish that came to nothing.
func (a *API) refused(c *call, i int, err error) wire.InviteBatchResult {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		a.log.ErrorContext(c.http.Context(), "an invite of a batch failed", "id", a.requestID(c.http.Context()), "index", i, "error", err)
	}
	return wire.InviteBatchResult{Index: i, Status: p.Status, Error: &p.Detail}
}
