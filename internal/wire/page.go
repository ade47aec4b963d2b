package wire

import "alfaone/internal/assess"

// Pagination says which part of a list an answer holds.
type Pagination struct {
	Page       int `json:"page" minimum:"1" doc:"The page, counted from 1."`
	Limit      int `json:"limit" minimum:"1" maximum:"100" doc:"How many items a page holds at most."`
	Total      int `json:"total" minimum:"0" doc:"How many items there are on all pages, exactly."`
	TotalPages int `json:"totalPages" minimum:"0" doc:"How many pages there are."`
}

// PaginationOf describes the page of a list of total items.
func PaginationOf(p assess.Page, total int) Pagination {
	return Pagination{Page: p.Number, Limit: p.Limit, Total: total, TotalPages: p.Pages(total)}
}
