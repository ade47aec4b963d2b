package api

import (
	"encoding/json"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// resume puts the cursor of a list where the client's token says. Errors: Invalid, for a token that was not given for this very
// list: the same organization and mode, path, filters and order. The limit may change from part to part.
func (a *API) resume(rt route, c *call) error {
	if c.page.Cursor == nil {
		return nil
	}
	scope, err := json.Marshal([]any{c.who.Org, c.who.Mode, rt.path, c.id, c.sub, c.page.Sort, c.page.Ascending, c.filter})
	if err != nil {
		return err
	}
	c.scope = string(scope)
	if *c.page.Cursor, err = a.app.Cursor(c.scope, c.token); err != nil {
		return assess.InvalidFields(assess.Problem{Field: rt.list.tokenParameter(), Message: "must be one that this list gave, asked with the same filters and order"})
	}
	return nil
}

// pagination says which part of a list of total items is answered; by cursor, where it goes on.
func (a *API) pagination(c *call, total int) wire.Pagination {
	switch cursor := c.page.Cursor; {
	case cursor == nil:
		return wire.PaginationOf(c.page, total)
	case cursor.Done:
		return wire.PaginationAt(c.page.Limit, "")
	default:
		return wire.PaginationAt(c.page.Limit, a.app.CursorToken(c.scope, *cursor))
	}
}

// part is what a page asks for of a list that is there as a whole. The cursor of such a list counts what came before.
func part[T any](all []T, p assess.Page) []T {
	from := p.Offset()
	if p.Cursor != nil {
		from, _ = strconv.Atoi(p.Cursor.Key) // it is empty at the beginning
	}
	from = min(from, len(all))
	to := min(from+p.Limit, len(all))
	if p.Cursor != nil {
		p.Cursor.Key, p.Cursor.Done = strconv.Itoa(to), to == len(all)
	}
	return all[from:to]
}
