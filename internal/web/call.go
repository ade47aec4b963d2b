package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// call is one request being answered.
type call struct {
	s     *Server
	w     http.ResponseWriter
	r     *http.Request
	visit app.Visit // of a signed-in member, else empty
}

// errMethod stands for 405; notFound has set Allow.
var errMethod = errors.New("method not allowed")

// answer is the one place where handlers are called: it finds out who asks, checks that they may, and answers errors.
func (s *Server) answer(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{s: s, w: w, r: r}
		err := c.admit(route.access)
		if err == nil {
			err = route.serve(c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

// admit checks that who asks may use the route. Candidates' and operators' secrets are checked where they are used.
func (c *call) admit(a access) error {
	if a.who == candidate && c.r.PathValue("token") == "" && c.cookie(takeCookie) == "" {
		return assess.Errorf(assess.Unauthenticated, "This browser does not know which invitation you mean. Open the link in your mail again.")
	}
	if a.who != signedIn {
		return nil
	}
	cookie, err := c.r.Cookie(c.s.cookieName(sessionCookie))
	if err != nil {
		return assess.Errorf(assess.Unauthenticated, "You are signed out. Sign in in another tab, then go on here.")
	}
	if c.visit, err = c.s.app.Visit(c.r.Context(), cookie.Value, c.client()); err != nil {
		return err
	}
	return c.who().May(a.permission)
}

// who is the member, acting on the data that their session shows.
func (c *call) who() assess.Actor { return c.visit.Actor() }

func (c *call) client() app.Client { return c.s.client(c.r) }

func (c *call) ctx() context.Context { return c.r.Context() }

// id is the id in the path. It must be a UUID; anything else does not exist.
func (c *call) id() (string, error) {
	id := strings.ToLower(c.r.PathValue("id"))
	if !assess.ValidID(id) {
		return "", assess.Errorf(assess.NotFound, "There is no page at this address.")
	}
	return id, nil
}

// form reads the posted form. Errors: Invalid, TooLarge.
func (c *call) form() error {
	err := c.r.ParseForm()
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/") {
		err = c.r.ParseMultipartForm(maxBody)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return assess.Errorf(assess.TooLarge, "That is more than can be sent at once.")
	case err != nil:
		return &assess.Error{Kind: assess.Invalid, Message: "The form could not be read. Go back and try again.", Err: err}
	}
	for _, values := range c.r.Form {
		for _, v := range values {
			if strings.ContainsRune(v, 0) {
				return assess.Errorf(assess.Invalid, "The form holds a character that is not text. Go back and try again.")
			}
		}
	}
	return nil
}

// value is a field of the form, or of the query.
func (c *call) value(name string) string { return c.r.FormValue(name) }

// render answers with a page. It is rendered whole before anything is sent, so that an error still becomes an error page.
func (c *call) render(status int, page templ.Component) error {
	nonce := c.s.nonce()
	var out bytes.Buffer
	if err := page.Render(templ.WithNonce(c.ctx(), nonce), &out); err != nil {
		return err
	}
	header := c.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", contentPolicy(nonce))
	c.w.WriteHeader(status)
	_, err := c.w.Write(out.Bytes())
	return ignoreWrite(err)
}

// contentPolicy lets a page run our scripts and nothing else.
func contentPolicy(nonce string) string {
	return "default-src 'none'; script-src 'nonce-" + nonce + "' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; media-src 'self' blob:; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; " +
		"object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
}

// ignoreWrite drops the error of writing to somebody who is gone: nobody can be told.
func ignoreWrite(error) error { return nil }

// json answers a program: a script of ours, or before the API is reached a client of it.
func (c *call) json(status int, v any) error {
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	return ignoreWrite(json.NewEncoder(c.w).Encode(v))
}

// redirect sends the browser to a page of ours with GET.
func (c *call) redirect(path string) error {
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

// wantsJSON reports whether a program asks, not a person: forms neither put nor delete.
func (c *call) wantsJSON() bool {
	return c.r.Method == http.MethodPut || c.r.Method == http.MethodDelete || strings.HasPrefix(c.r.URL.Path, "/api/") || deliveryPath(c.r.URL.Path) || strings.Contains(c.r.Header.Get("Accept"), "application/json")
}

// failure is an error as programs read it.
type failure struct {
	Error string      `json:"error"`
	Code  assess.Code `json:"code,omitempty"`
}

// fail answers an error: a page for people, JSON for programs. Only what nobody expected is logged as an error, and its text
// never leaves.
func (c *call) fail(err error) {
	status := assess.HTTPStatus(err)
	switch {
	case errors.Is(err, errMethod):
		status = http.StatusMethodNotAllowed
	case errors.Is(err, errLength):
		status = http.StatusLengthRequired
	case errors.Is(err, errNotJSON):
		status = http.StatusUnsupportedMediaType
	case errors.Is(err, errTooSlow):
		status = http.StatusRequestTimeout
		c.w.Header().Set("Connection", "close") // what else is sent belongs to this request
	}
	gone := errors.Is(err, context.Canceled) && c.ctx().Err() != nil
	level := slog.LevelDebug
	if status >= http.StatusInternalServerError && !gone {
		level = slog.LevelError
	}
	c.s.log.Log(c.ctx(), level, "request failed", "id", RequestID(c.ctx()), "status", status, "error", err)
	message := messageOf(err, status)
	if c.wantsJSON() {
		_ = c.json(status, failure{c.translated(message, status, assess.CodeOf(err)), assess.CodeOf(err)})
		return
	}
	if err := c.renderError(status, message); err != nil {
		http.Error(c.w, message, status)
	}
}

func (c *call) renderError(status int, message string) error {
	switch {
	case takePath(c.r.URL.Path):
		return c.takeFailed(status)
	case status == http.StatusUnauthorized:
		return c.signedOut()
	default:
		return c.render(status, errorPage(c.narrow(errorTitle(status)), status, message, RequestID(c.ctx())))
	}
}

// fail answers an error outside of a route.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	(&call{s: s, w: w, r: r}).fail(err)
}

// messageOf is what a person may read of an error.
func messageOf(err error, status int) string {
	var e *assess.Error
	switch {
	case errors.As(err, &e):
		return sentence(e.Message)
	case status == http.StatusMethodNotAllowed:
		return "This address does not take this kind of request."
	case status == http.StatusLengthRequired:
		return "The request must say how long its body is."
	case status == http.StatusUnsupportedMediaType:
		return "The body must be JSON."
	case status == http.StatusRequestTimeout:
		return "What was sent arrived too slowly. Try again in a moment."
	default:
		return "Something went wrong on our side. It has been noted; try again in a moment."
	}
}

// sentence makes a message one that can stand alone: "invite not found" becomes "Invite not found."
func sentence(message string) string {
	if message == "" {
		return message
	}
	message = strings.ToUpper(message[:1]) + message[1:]
	if !strings.ContainsAny(message[len(message)-1:], ".!?") {
		message += "."
	}
	return message
}

// fieldErrors are the problems of an Invalid or Conflict error for a form to show; other errors are returned as they are.
// labels maps a field's name to what the form calls it.
func fieldErrors(err error, labels map[string]string) ([]ui.FieldError, error) {
	var e *assess.Error
	if !errors.As(err, &e) || e.Kind != assess.Invalid && e.Kind != assess.Conflict {
		return nil, err
	}
	if len(e.Problems) == 0 {
		return []ui.FieldError{{Message: sentence(e.Message)}}, nil
	}
	out := make([]ui.FieldError, len(e.Problems))
	for i, p := range e.Problems {
		label := labels[p.Field]
		if label == "" {
			label = p.Field
		}
		out[i] = ui.FieldError{Field: p.Field, Message: sentence(label + " " + p.Message)}
	}
	return out, nil
}
