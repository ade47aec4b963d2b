// Package web is the HTTP server: what stands before every request, the members' dashboard and the candidates' pages.
//
// It turns requests into calls of package app and answers into pages. It must not decide what is allowed or true, nor see the
// database: rules are in assess, use cases in app.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"alfaone/internal/api"
	"alfaone/internal/app"
	"alfaone/internal/i18n"
	"alfaone/internal/web/assets"
)

// Options are what a Server is made of. All but the last four are required.
type Options struct {
	App   *app.App
	API   http.Handler // serves everything below /api/
	Texts *i18n.Bundle
	Log   *slog.Logger
	NewID func() string    // for request ids
	Now   func() time.Time // for logs, Retry-After and what is shown; use cases have the database's
	Nonce func() string    // unpredictable, for the content security policy

	Mailbox        string // the secret of the operator's mailbox page; empty: there is none
	CapturesMail   bool   // there is no mail server: the dashboard shows the mailbox
	TrustedProxies []netip.Prefix
	Development    bool // adds /styleguide
}

// Server answers every request to the program.
type Server struct {
	app       *app.App
	api       http.Handler
	texts     *i18n.Bundle
	log       *slog.Logger
	newID     func() string
	now       func() time.Time
	nonce     func() string
	assets    *assets.Files
	reference *reference
	guides    map[string]*guide
	mailbox   string
	capture   bool
	proxies   []netip.Prefix
	secure    bool // people reach the server by https
	host      string
	owned     atomic.Bool // there is a member
	handler   http.Handler
}

// New makes a Server.
func New(o Options) (*Server, error) {
	files, err := assets.New()
	if err != nil {
		return nil, err
	}
	document, err := api.OpenAPI(o.App.BaseURL())
	if err != nil {
		return nil, err
	}
	reference, err := newReference(document)
	if err != nil {
		return nil, err
	}
	guides, err := newGuides(o.App.BaseURL())
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(o.App.BaseURL())
	if err != nil {
		return nil, err
	}
	s := &Server{
		app: o.App, api: o.API, texts: o.Texts, log: o.Log, newID: o.NewID, now: o.Now, nonce: o.Nonce, assets: files, reference: reference, guides: guides,
		mailbox: o.Mailbox, capture: o.CapturesMail, proxies: o.TrustedProxies, secure: base.Scheme == "https", host: base.Host,
	}
	s.handler = s.outer(s.mux(s.routes(o.Development)))
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to; empty outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
