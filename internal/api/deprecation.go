package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// minNotice is how long a call still works at least after it was said to go.
const minNotice = 180 * 24 * time.Hour

// changesPath is the page that tells of changes, on every instance.
const changesPath = "/docs/changes"

// deprecation announces the end of a call. Its answers carry Deprecation (RFC 9745), Sunset (RFC 8594) and Link headers, and the
// document calls it deprecated. The zero value announces nothing.
type deprecation struct {
	since   time.Time // UTC; from then on nobody should begin to use it
	sunset  time.Time // from then on it may be gone
	instead string    // the name of the route that takes its place; empty: none does
}

// problem is what is wrong with the announcement, if anything.
func (d deprecation) problem() error {
	switch {
	case d == deprecation{}:
		return nil
	case d.since.IsZero() || d.sunset.IsZero():
		return errors.New("a deprecation needs both dates")
	case d.sunset.Sub(d.since) < minNotice:
		return fmt.Errorf("%s to %s is less than 180 days of notice", d.since.Format(time.DateOnly), d.sunset.Format(time.DateOnly))
	default:
		return nil
	}
}

// announce writes the headers.
func (d deprecation) announce(h http.Header, baseURL string) {
	if d.since.IsZero() {
		return
	}
	h.Set("Deprecation", "@"+strconv.FormatInt(d.since.Unix(), 10))
	h.Set("Sunset", d.sunset.UTC().Format(http.TimeFormat))
	h.Add("Link", fmt.Sprintf(`<%s%s>; rel="deprecation"; type="text/html"`, baseURL, changesPath))
	h.Add("Link", fmt.Sprintf(`<%s%s>; rel="sunset"; type="text/html"`, baseURL, changesPath))
	if d.instead != "" {
		h.Add("Link", fmt.Sprintf(`<%s/docs/api#%s>; rel="successor-version"; type="text/html"`, baseURL, d.instead))
	}
}

// describe says it in the document, too, where the operation's success has the status.
func (d deprecation) describe(op *huma.Operation, success int) {
	if d.since.IsZero() {
		return
	}
	op.Deprecated = true
	op.Description += " Deprecated since " + d.since.Format(time.DateOnly) + "; it may be gone from " + d.sunset.Format(time.DateOnly) + "."
	if d.instead != "" {
		op.Description += " Use `" + d.instead + "` instead."
	}
	for name, about := range map[string]string{
		"Deprecation": "Since when the call is deprecated (RFC 9745).",
		"Sunset":      "From when on the call may be gone (RFC 8594).",
		"Link":        "Where to read about it, and what to use instead.",
	} {
		op.Responses[strconv.Itoa(success)].Headers[name] = &huma.Header{Description: about, Schema: &huma.Schema{Type: huma.TypeString}}
	}
}
