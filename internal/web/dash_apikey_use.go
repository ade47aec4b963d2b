package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// keyUses are figures of the use of keys over the last days.
type keyUses struct {
	Uses  []app.KeyUse
	Today time.Time
}

func (c *call) keyUses() (u keyUses, err error) {
	u.Today = c.s.now().UTC()
	u.Uses, err = c.s.app.KeyUsage(c.ctx(), c.who(), usageDays)
	return u, err
}

// daily is the requests of each of the last days, by the key with the id and by the route; empty ones stand for all.
func (u keyUses) daily(id assess.APIKeyID, route *string) []ui.Bar {
	bars := make([]ui.Bar, usageDays)
	at := make(map[string]*ui.Bar, usageDays)
	for i := range bars {
		day := u.Today.AddDate(0, 0, i-usageDays+1)
		bars[i].Label = day.Format("2 Jan")
		at[day.Format(time.DateOnly)] = &bars[i]
	}
	for _, use := range u.Uses {
		if bar := at[use.Day]; bar != nil && (id == "" || use.Key == id) && (route == nil || use.Route == *route) {
			bar.Value += use.Requests
		}
	}
	return bars
}

// routeUse is how often a key used a route.
type routeUse struct {
	Route             string
	Requests, Refused int
}

// name is the route as people read it.
func (r routeUse) name() string {
	if r.Route == "" {
		return "No route"
	}
	return r.Route
}

// routes are the routes that the key used, the most used first.
func (u keyUses) routes(id assess.APIKeyID) []routeUse {
	sums := map[string]routeUse{}
	for _, use := range u.Uses {
		if use.Key == id {
			was := sums[use.Route]
			sums[use.Route] = routeUse{use.Route, was.Requests + use.Requests, was.Refused + use.Refused}
		}
	}
	return slices.SortedFunc(maps.Values(sums), func(a, b routeUse) int { return b.Requests - a.Requests })
}

// keyView is what the page of one key shows.
type keyView struct {
	settings
	keyUses
	Key    assess.APIKey
	Route  *string // that the chart shows; nil: all
	Once   string
	Errors []ui.FieldError // of the form that rotates
}

func (s *Server) keyPage(c *call) error { return c.showKey(http.StatusOK, nil) }

func (c *call) showKey(status int, errs []ui.FieldError) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	v := keyView{settings: c.settings(integrationsPath), Once: c.s.newID(), Errors: errs}
	if v.Key, err = c.s.app.APIKey(c.ctx(), c.who(), assess.APIKeyID(id)); err != nil {
		return err
	}
	if v.keyUses, err = c.keyUses(); err != nil {
		return err
	}
	if query := c.r.URL.Query(); query.Has("route") {
		route := query.Get("route")
		v.Route = &route
	}
	return c.render(status, keyPage(v))
}

// rotateKey answers with the page that shows the new key, as createKey does.
func (s *Server) rotateKey(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	hours, err := strconv.Atoi(c.value("overlap"))
	if err != nil {
		hours = -1 // is refused
	}
	overlap := time.Duration(hours) * time.Hour
	key, secret, err := s.app.RotateAPIKey(c.ctx(), c.who(), assess.APIKeyID(id), assess.KeyRotation{Overlap: overlap, Once: c.value("once")})
	if err == nil {
		return c.showMadeKey(key, secret, overlap)
	}
	errs, err := fieldErrors(err, keyLabels())
	if err != nil {
		return err
	}
	return c.showKey(http.StatusUnprocessableEntity, errs)
}

func overlapOptions() []ui.Option {
	return []ui.Option{
		{Value: "0", Label: "At once", Hint: "Whatever still uses it is refused."},
		{Value: "1", Label: "In an hour"},
		{Value: "24", Label: "In a day"},
		{Value: "168", Label: "In 7 days"},
	}
}
