package wire

import (
	"encoding/json"

	"alfaone/internal/assess"
)

// Pagination says which part of a list an answer holds: a page by its number, or what comes next after a cursor.
type Pagination struct {
	Page       *int        `json:"page" minimum:"1" doc:"The page, counted from 1; null by cursor."`
	Limit      int         `json:"limit" minimum:"1" maximum:"100" doc:"How many items a page holds at most."`
	Total      *int        `json:"total" minimum:"0" doc:"How many items there are on all pages, exactly; null by cursor."`
	TotalPages *int        `json:"totalPages" minimum:"0" doc:"How many pages there are; null by cursor."`
	NextCursor *NextCursor `json:"nextCursor,omitempty" nullable:"true" doc:"Where the list goes on; null at its end. Only by cursor. An additive field."`
}

// NextCursor is where a list goes on: null at its end, where it is empty.
type NextCursor string

// MarshalJSON implements json.Marshaler.
func (n NextCursor) MarshalJSON() ([]byte, error) { return json.Marshal(orNull(string(n))) }

// PaginationOf describes the page of a list of total items.
func PaginationOf(p assess.Page, total int) Pagination {
	return Pagination{Page: new(p.Number), Limit: p.Limit, Total: new(total), TotalPages: new(p.Pages(total))}
}

// PaginationAt describes a part of a list that goes on at the cursor; empty at the end.
func PaginationAt(limit int, cursor string) Pagination {
	return Pagination{Limit: limit, NextCursor: new(NextCursor(cursor))}
}
