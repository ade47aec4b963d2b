// Package api is the public REST API, version 1: routes, parameters, error answers and the OpenAPI document that describes
// them.
//
// It turns HTTP into calls of package app and their results into the JSON of package wire. It must not decide what is allowed
// or valid beyond the form of a request, and must not know the store.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/ratelimit"
)

// Base is the path that all of the API lies below.
const Base = "/api/v1"

// The bounds of a request's body, in bytes: of most, and of those that carry many things at once.
const (
	MaxBody      = 256 << 10
	MaxLargeBody = 4 << 20
)

// Options are what an API is made of. All are required but Address.
type Options struct {
	App       *app.App
	Limiter   ratelimit.Limiter
	Log       *slog.Logger
	Now       func() time.Time
	RequestID func(context.Context) string // the id that the answer's X-Request-Id carries
	Address   func(*http.Request) string   // who is at the other end of the network; nil: the connection's address
}

// API serves the paths below Base. Whoever mounts it gives every request an id, sets the X-Request-Id of the answer, keeps the
// access log and survives a panic.
type API struct {
	app       *app.App
	limiter   ratelimit.Limiter
	log       *slog.Logger
	now       func() time.Time
	requestID func(context.Context) string
	address   func(*http.Request) string
	mux       *http.ServeMux
	buffers   sync.Pool // of *bytes.Buffer
}

// New makes an API.
func New(o Options) *API { return newAPI(o, routes()) }

func newAPI(o Options, all []route) *API {
	a := &API{
		app: o.App, limiter: o.Limiter, log: o.Log, now: o.Now, requestID: o.RequestID, address: o.Address, mux: http.NewServeMux(),
	}
	if a.address == nil {
		a.address = func(r *http.Request) string { return r.RemoteAddr }
	}
	a.buffers.New = func() any { return new(bytes.Buffer) }
	for pattern, methods := range resources(all) {
		a.mux.Handle(Base+pattern, a.resource(methods))
	}
	a.mux.Handle(Base+documentPath, a.document())
	a.mux.Handle(Base+schemaPath, a.assessmentSchema())
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.nothing(w, r) })
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path != path.Clean(r.URL.Path) { // the mux would redirect, in HTML
		a.nothing(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// nothing answers a path that no route has. A key is checked and counted all the same.
func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	if err := a.admitKey(w, r); err != nil {
		a.fail(w, r, err)
		return
	}
	a.fail(w, r, assess.Errorf(assess.NotFound, "There is nothing at %s. The OpenAPI document at %s lists every path.", shorten(r.URL.Path), Base+documentPath))
}

// resource serves all methods of a path.
func (a *API) resource(methods map[string]route) http.Handler {
	allow := allowed(methods)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		rt, ok := methods[method]
		switch {
		case ok:
			a.serve(w, r, rt)
		case method == http.MethodOptions:
			w.Header().Set("Allow", allow)
			w.WriteHeader(http.StatusNoContent)
		default:
			a.refuseMethod(w, r, allow)
		}
	})
}

// refuseMethod answers 405; a key is checked and counted first.
func (a *API) refuseMethod(w http.ResponseWriter, r *http.Request, allow string) {
	if err := a.admitKey(w, r); err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Allow", allow)
	a.fail(w, r, errMethod(r.Method, allow))
}

// call is a request that was let in.
type call struct {
	who    assess.Actor
	id     string // the first of the path, as the field writes it; empty where the path has none
	sub    string // the second of the path
	asked         // of a list
	scope  string // of the tokens of its cursor
	http   *http.Request
	header http.Header // of the answer

	status   int    // of the answer when all went well
	onceKey  string // of the Idempotency-Key header; empty without one
	resource string // the id of what the call makes or changes, with which a remembered answer is erased
}

// answer is a body that is written as it is.
type answer []byte

// serve answers a call of rt.
func (a *API) serve(w http.ResponseWriter, r *http.Request, rt route) {
	rt.deprecated.announce(w.Header(), a.app.BaseURL())
	c := &call{http: r, header: w.Header(), status: rt.success()}
	result, err := a.do(w, rt, c)
	a.countUse(rt, c.who, c.status, err)
	replayed, again := result.(answer)
	switch {
	case err != nil:
		a.fail(w, r, err)
	case rt.out == nil:
		w.WriteHeader(c.status)
	case again:
		writeJSON(w, c.status, replayed)
	default:
		a.write(w, r, c.status, result)
	}
}

// do takes a request through the checks in the order that the contract promises, and does what it asks.
func (a *API) do(w http.ResponseWriter, rt route, c *call) (result any, err error) {
	if c.http.ContentLength > rt.limit() {
		return nil, errTooLarge(rt.limit())
	}
	if c.who, err = a.authorize(w, c.http); err != nil {
		return nil, err
	}
	if err := c.who.May(rt.access); err != nil {
		return nil, err
	}
	c.id, c.sub = rt.ids(c.http)
	c.resource = c.id
	if c.asked, err = rt.list.read(c.http.URL.RawQuery); err != nil {
		return nil, err
	}
	if err := a.resume(rt, c); err != nil {
		return nil, err
	}
	var body []byte
	if rt.in != nil {
		if body, err = readBody(w, c.http, rt.limit()); err != nil {
			return nil, err
		}
	}
	in, err := rt.decode(body)
	if err != nil {
		return nil, err
	}
	return a.carryOut(rt, c, in)
}

// nobody is a well-formed id that nothing has.
const nobody = "00000000-0000-0000-0000-000000000000"

// ids are the ids in the path. What is no id at all names nothing either, and is answered like an id that nothing has.
func (r route) ids(request *http.Request) (id, sub string) {
	var ids [2]string
	for i, name := range r.parameters() {
		if ids[i] = strings.ToLower(request.PathValue(name)); !assess.ValidID(ids[i]) {
			ids[i] = nobody
		}
	}
	return ids[0], ids[1]
}

// write encodes the result as the answer.
func (a *API) write(w http.ResponseWriter, r *http.Request, status int, result any) {
	buf := a.buffers.Get().(*bytes.Buffer)
	defer a.buffers.Put(buf)
	buf.Reset()
	if err := encode(buf, result); err != nil {
		a.fail(w, r, err)
		return
	}
	writeJSON(w, status, buf.Bytes())
}

// encode writes v without the escapes that only HTML needs, and without a line end.
func encode(buf *bytes.Buffer, v any) error {
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // nobody is left to tell
}
