package assess

import "math"

// Page asks for a part of a list. Number counts from 1; Limit is 1 to MaxPageLimit; Sort is one of the names that the list
// allows, never empty.
type Page struct {
	Number, Limit int
	Sort          string
	Ascending     bool
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
