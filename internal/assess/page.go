package assess

import "math"

// Page asks for a part of a list. Number counts from 1; Limit is 1 to MaxPageLimit; Sort is one of the names that the list
// allows, never empty.
//
// With a Cursor, Number does not matter: the part is what comes next after the cursor's place, and the total is not told.
type Page struct {
	Number, Limit int
	Sort          string
	Ascending     bool
	Cursor        *Cursor
}

// Cursor walks through a list part by part. It remembers the place behind the last item, not how many came before; so whatever
// is added or removed meanwhile, each item that stays where it is in the order comes exactly once. One whose value in the
// order changes during the walk may come twice or not at all.
//
// The zero Cursor stands at the beginning. Reading a part moves it on.
type Cursor struct {
	Key  string // what the list is sorted by, of the last item, as the store tells it
	ID   string // of the last item; empty at the beginning
	Done bool   // nothing comes after
}

// The limits of Page.
const (
	DefaultPageLimit = 20
	MaxPageLimit     = 100
)

// Offset is how many items stand before the page. It does not overflow, whatever the number.
func (p Page) Offset() int {
	if p.Limit > 0 && p.Number-1 > math.MaxInt/p.Limit {
		return math.MaxInt
	}
	return (p.Number - 1) * p.Limit
}

// Pages is how many pages of p.Limit items hold total items.
func (p Page) Pages(total int) int { return (total + p.Limit - 1) / p.Limit }
