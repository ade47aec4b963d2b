package store

import (
	"slices"

	"alfaone/internal/assess"
)

// pageOf reads one page of the rows that fit w, ordered by the column and then by id, with how many fit; by cursor, if the page
// has one, without.
func pageOf[T any](tx *Tx, scan func(row) (T, error), columns, table string, w *where, page assess.Page, column string) ([]T, int, error) {
	if page.Cursor != nil {
		items, err := walk(tx, scan, columns, table, w, page, column)
		return items, 0, err
	}
	total, err := one(tx, "count", scanInt, "SELECT COUNT(*) FROM "+table+" WHERE "+w.String(), w.args...)
	if err != nil || page.Offset() >= total {
		return []T{}, total, err
	}
	all := func(order, int) (string, []any) { return table + " WHERE " + w.String(), w.args }
	items, err := span(tx, scan, columns, all, order{column, page.Ascending}, page.Offset(), page.Limit, total)
	return items, total, err
}

// order is a direction through a list. Ties are broken by id, in the same direction.
type order struct {
	column    string // empty means by id alone
	ascending bool
}

func (o order) sql() string {
	direction := " DESC"
	if o.ascending {
		direction = " ASC"
	}
	if o.column == "" {
		return " ORDER BY id" + direction
	}
	return " ORDER BY " + o.column + direction + ", id" + direction
}

// source is what stands between FROM and ORDER BY, with its arguments, for a query that needs the first rows of the order only.
type source func(o order, rows int) (from string, args []any)

// span reads limit rows from offset on, of total that the source has. It walks from the nearer end, so that the last page costs
// what the first does.
func span[T any](tx *Tx, scan func(row) (T, error), columns string, from source, o order, offset, limit, total int) ([]T, error) {
	limit = max(0, min(limit, total-offset))
	backwards := offset > total/2
	if backwards {
		o.ascending = !o.ascending
		offset = total - offset - limit
	}
	text, args := from(o, offset+limit)
	w := (&where{args: args}).clone()
	items, err := list(tx, scan, "SELECT "+columns+" FROM "+text+o.sql()+" LIMIT "+w.arg(limit)+" OFFSET "+w.arg(offset), w.args...)
	if backwards {
		slices.Reverse(items)
	}
	return items, err
}
