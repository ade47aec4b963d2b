package api

import (
	"bytes"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// problemJSON is the media type of RFC 9457.
const problemJSON = "application/problem+json"

// refusal is an error of HTTP itself, for which the field has no kind.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.message }

func errMethod(method, allow string) error {
	return &refusal{http.StatusMethodNotAllowed, "method_not_allowed", shorten(method) + " is not possible here. Use one of " + allow + "."}
}

func errMediaType(message string) error {
	return &refusal{http.StatusUnsupportedMediaType, "unsupported_media_type", message}
}

func errTooLarge(limit int64) error {
	return assess.Errorf(assess.TooLarge, "The request body must be at most %d KB.", limit>>10)
}

// codes are the code of a problem where it is not simply the kind.
var codes = map[assess.Kind]string{assess.Reused: "idempotency_key_reused"}

const messageInternal = "Something went wrong on our side. Try again; if it happens again, tell us the X-Request-Id of this answer."

// problemOf is what the client may know of err.
func problemOf(err error) wire.Problem {
	p := wire.Problem{Type: "about:blank", Status: assess.HTTPStatus(err), Code: "internal", Detail: messageInternal, Errors: []wire.FieldProblem{}}
	var ours *assess.Error
	var http *refusal
	switch {
	case errors.As(err, &http):
		p.Status, p.Code, p.Detail = http.status, http.code, http.message
	case errors.As(err, &ours):
		p.Code, p.Detail = string(ours.Kind), ours.Message
		if code, ok := codes[ours.Kind]; ok {
			p.Code = code
		}
		if ours.Code == assess.InProgress {
			p.Code = string(ours.Code)
		}
		for _, broken := range ours.Problems {
			p.Errors = append(p.Errors, wire.FieldProblem{Field: broken.Field, Message: broken.Message})
		}
	}
	return p
}

// fail answers err. Only what is not ours is logged as an error, here and nowhere else, and never shown.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	level := slog.LevelError
	if r.Context().Err() != nil { // not a fault of the program
		level, err = slog.LevelDebug, assess.Errorf(assess.Unavailable, "The call was given up before it was answered.")
	}
	p := problemOf(err)
	p.Title, p.RequestID = http.StatusText(p.Status), a.requestID(r.Context())
	if p.Status == http.StatusInternalServerError || p.Status == http.StatusServiceUnavailable {
		a.log.Log(r.Context(), level, "an API request failed", "id", p.RequestID, "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if p.Status == http.StatusServiceUnavailable || assess.CodeOf(err) == assess.InProgress {
		w.Header().Set("Retry-After", strconv.Itoa(1))
	}
	var body any = wire.Error{Error: p.Detail}
	w.Header().Set("Content-Type", "application/json")
	if acceptsProblem(r) {
		body = p
		w.Header().Set("Content-Type", problemJSON)
	}
	var buf bytes.Buffer
	if err := encode(&buf, body); err != nil { // strings and numbers can always be encoded
		panic(err)
	}
	writeJSON(w, p.Status, buf.Bytes())
}

// acceptsProblem reports whether the client names the media type of RFC 9457 among those that it accepts.
func acceptsProblem(r *http.Request) bool {
	for _, header := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(header, ",") {
			if mediaType, params, err := mime.ParseMediaType(part); err == nil && mediaType == problemJSON && params["q"] != "0" {
				return true
			}
		}
	}
	return false
}

// shorten keeps what a client wrote from making an answer long.
func shorten(s string) string {
	const limit = 80
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
