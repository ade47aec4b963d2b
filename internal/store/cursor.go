package store

import (
	"strconv"
	"strings"

	"alfaone/internal/assess"
)

// walk reads the rows that fit w and come after the page's cursor, ordered by the column and then by id, and moves it on.
func walk[T any](tx *Tx, scan func(row) (T, error), columns, table string, w *where, page assess.Page, column string) ([]T, error) {
	o := order{column, page.Ascending}
	all := func(order, int) (string, []any) {
		rest := w.clone()
		o.after(&rest, *page.Cursor)
		return table + " WHERE " + rest.String(), rest.args
	}
	return next(tx, scan, columns, all, o, page.Limit, page.Cursor)
}

// next reads the first rows that the source has and moves the cursor behind them. It reads one more than wanted, to know
// whether there is more.
func next[T any](tx *Tx, scan func(row) (T, error), columns string, from source, o order, limit int, c *assess.Cursor) ([]T, error) {
	text, args := from(o, limit+1)
	w := (&where{args: args}).clone()
	var places []assess.Cursor
	items, err := list(tx, func(r row) (T, error) {
		places = append(places, assess.Cursor{})
		return scan(placed{r, &places[len(places)-1]})
	}, "SELECT "+columns+", "+o.key()+" AS place, id AS place_id FROM "+text+o.sql()+" LIMIT "+w.arg(limit+1), w.args...)
	if err != nil {
		return nil, err
	}
	if c.Done = len(items) <= limit; !c.Done {
		items = items[:limit]
	}
	if len(items) > 0 {
		c.Key, c.ID = places[len(items)-1].Key, places[len(items)-1].ID
	}
	return items, nil
}

// placed is a row that ends with its own place in the order.
type placed struct {
	row
	place *assess.Cursor
}

// Scan scans all columns but the last two, which say the place.
func (p placed) Scan(dest ...any) error {
	return p.row.Scan(append(dest, &p.place.Key, &p.place.ID)...)
}

// key is what a cursor keeps of a row besides its id.
func (o order) key() string {
	if o.column == "" {
		return "''"
	}
	return "CAST(" + o.column + " AS TEXT)"
}

// after adds the condition that a row comes after the cursor's place.
func (o order) after(w *where, c assess.Cursor) {
	if c.ID == "" {
		return
	}
	than := " < "
	if o.ascending {
		than = " > "
	}
	if o.column == "" {
		w.add("id"+than+"?", c.ID)
		return
	}
	w.add("("+o.column+", id)"+than+"(?, ?)", o.value(c.Key), c.ID)
}

// value is the key as the column has it: times, whose columns' names end in _at, are numbers.
func (o order) value(key string) any {
	if strings.HasSuffix(o.column, "_at") {
		n, _ := strconv.ParseInt(key, 10, 64) // only what key gave comes back
		return n
	}
	return key
}
