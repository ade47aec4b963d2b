package api

import "alfaone/internal/assess"

// Route is what tests know of a route.
type Route struct {
	Method, Path, Name string
	Access             assess.Permission
	List, Body         bool
}

// Routes is the table.
func Routes() []Route {
	var out []Route
	for _, r := range routes() {
		out = append(out, Route{r.method, r.path, r.name, r.access, r.list != nil, r.in != nil})
	}
	return out
}

// NewRequiring makes an API whose every route asks for the permission p instead of its own.
func NewRequiring(o Options, p assess.Permission) *API {
	all := routes()
	for i := range all {
		all[i].access = p
	}
	return newAPI(o, all)
}

// Decode and ReadQuery are what takes bytes from strangers.
var Decode = decode

// ReadQuery reads the query of the named list.
func ReadQuery(name, query string) (assess.Page, map[string]string, error) {
	for _, r := range routes() {
		if r.name == name {
			return r.list.read(query)
		}
	}
	panic("no list " + name)
}
