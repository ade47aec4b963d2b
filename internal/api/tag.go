package api

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func (a *API) listTags(ctx context.Context, c *call) (wire.TagList, error) {
	tags, total, err := a.app.Tags(ctx, c.who, c.page)
	return wire.TagListOf(tags, a.pagination(c, total)), err
}

func (a *API) getTag(ctx context.Context, c *call) (wire.Tag, error) {
	t, err := a.app.Tag(ctx, c.who, assess.TagID(c.id))
	return wire.TagOf(t), err
}

func (a *API) createTag(ctx context.Context, c *call, in wire.TagRequest) (wire.TagCreated, error) {
	t, err := a.app.CreateTag(ctx, c.who, in.Name, in.Colour())
	return wire.TagCreated{Tag: wire.TagOf(t)}, err
}

func (a *API) updateTag(ctx context.Context, c *call, in wire.TagPatch) (wire.Tag, error) {
	t, err := a.app.UpdateTag(ctx, c.who, assess.TagID(c.id), in.Update())
	return wire.TagOf(t), err
}

func (a *API) deleteTag(ctx context.Context, c *call) error {
	return a.app.DeleteTag(ctx, c.who, assess.TagID(c.id))
}
