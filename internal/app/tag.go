package app

import (
	"context"
	"fmt"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// TagUse is on how many things a tag is.
type TagUse = store.TagUse

// TagUses reads how often each tag is used, live and test data together; one that is not used may be missing. Errors:
// Forbidden.
func (a *App) TagUses(ctx context.Context, who assess.Actor) (uses []TagUse, err error) {
	if err := who.May(assess.ReadTags); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		uses, err = tx.TagUses(who.Org)
		return err
	})
	return uses, err
}

// Tags reads a page of tags, with how many there are. Errors: Forbidden.
func (a *App) Tags(ctx context.Context, who assess.Actor, page assess.Page) (tags []assess.Tag, total int, err error) {
	if err := who.May(assess.ReadTags); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		tags, total, err = tx.Tags(who.Org, page)
		return err
	})
	return tags, total, err
}

// AllTags reads all tags by name. Errors: Forbidden.
func (a *App) AllTags(ctx context.Context, who assess.Actor) (tags []assess.Tag, err error) {
	if err := who.May(assess.ReadTags); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		tags, err = tx.AllTags(who.Org)
		return err
	})
	return tags, err
}

// Tag reads a tag. Errors: Forbidden, NotFound.
func (a *App) Tag(ctx context.Context, who assess.Actor, id assess.TagID) (t assess.Tag, err error) {
	if err := who.May(assess.ReadTags); err != nil {
		return t, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		t, err = tx.Tag(who.Org, id)
		return err
	})
	return t, err
}

// CreateTag makes a tag; an empty colour means the default one. Errors: Forbidden, Invalid, Conflict when the name is taken.
func (a *App) CreateTag(ctx context.Context, who assess.Actor, name, color string) (t assess.Tag, err error) {
	if err := who.May(assess.ManageTags); err != nil {
		return t, err
	}
	if color == "" {
		color = assess.DefaultTagColor
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		t = assess.Tag{
			ID: assess.TagID(a.newID()), Org: who.Org, Name: assess.CleanLine(name), Color: color,
			CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if err := t.Validate(); err != nil {
			return err
		}
		return tx.InsertTag(t)
	})
	return t, err
}

// UpdateTag changes a tag. Errors: Forbidden, Invalid, NotFound, Conflict when the name is taken.
func (a *App) UpdateTag(ctx context.Context, who assess.Actor, id assess.TagID, u assess.TagUpdate) (t assess.Tag, err error) {
	if err := who.May(assess.ManageTags); err != nil {
		return t, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		if t, err = tx.Tag(who.Org, id); err != nil {
			return err
		}
		if u == (assess.TagUpdate{}) {
			return nil
		}
		t = u.Apply(t, tx.Now())
		if err := t.Validate(); err != nil {
			return err
		}
		return tx.UpdateTag(t)
	})
	return t, err
}

// DeleteTag removes a tag from everything that has it. Errors: Forbidden, NotFound.
func (a *App) DeleteTag(ctx context.Context, who assess.Actor, id assess.TagID) error {
	if err := who.May(assess.ManageTags); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error { return tx.DeleteTag(who.Org, id) })
}

// checkTagCount refuses more tags than one thing can have. Errors: Invalid.
func checkTagCount(tags []assess.TagID) error {
	if len(tags) <= assess.MaxTags {
		return nil
	}
	return assess.InvalidFields(assess.Problem{Field: "tags", Message: fmt.Sprintf("must be at most %d", assess.MaxTags)})
}
