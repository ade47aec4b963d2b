package api

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"alfaone/internal/assess"
)

// Route is what tests know of a route.
type Route struct {
	Method, Path, Name string
	Access             assess.Permission
	List, Body, Feed   bool
	Sorts              []string
}

// Routes is the table.
func Routes() []Route {
	var out []Route
	for _, r := range routes() {
		route := Route{Method: r.method, Path: r.path, Name: r.name, Access: r.access, List: r.list != nil, Body: r.in != nil}
		if r.list != nil {
			route.Feed, route.Sorts = r.list.feed, r.list.sorts
		}
		out = append(out, route)
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

// NewDeprecating makes an API in which the named route is on its way out, together with its document.
func NewDeprecating(o Options, name string, since, sunset time.Time, instead string) (*API, *huma.OpenAPI, error) {
	all := routes()
	i := slices.IndexFunc(all, func(r route) bool { return r.name == name })
	all[i].deprecated = deprecation{since, sunset, instead}
	return newAPI(o, all), describeRoutes(o.App.BaseURL(), all), all[i].deprecated.problem()
}

// Announcement is what the table says of a route's end.
type Announcement struct {
	Name, Instead string
	Problem       error
}

// Announcements are those of the table.
func Announcements() (out []Announcement) {
	for _, r := range routes() {
		out = append(out, Announcement{r.name, r.deprecated.instead, r.deprecated.problem()})
	}
	return out
}

// Decode and ReadQuery are what takes bytes from strangers.
var Decode = decode

// OnceKey reads the values of the Idempotency-Key header.
var OnceKey = onceKey

// Taker is what reads the body of a route, with the body that the document shows.
type Taker struct {
	Name    string
	Decode  func([]byte) (any, error)
	Example any
}

// Takers are those of the table.
func Takers() (out []Taker) {
	for _, r := range routes() {
		if r.in != nil {
			out = append(out, Taker{r.name, r.decode, r.example})
		}
	}
	return out
}

// Fingerprint is what tells a request with the body from others under the same key.
func Fingerprint(in any) (string, error) {
	c := call{http: &http.Request{URL: &url.URL{}}}
	once, err := c.once(in)
	return once.Fingerprint, err
}

// ReadQuery reads the query of the named list.
func ReadQuery(name, query string) (assess.Page, map[string]string, error) {
	for _, r := range routes() {
		if r.name == name {
			out, err := r.list.read(query)
			return out.page, out.filter, err
		}
	}
	panic("no list " + name)
}

// DocumentShown is the assessment that the OpenAPI document shows.
func DocumentShown() any { return exampleDocument }
