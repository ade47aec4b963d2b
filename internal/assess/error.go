package assess

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind classes an error by what its receiver can do about it.
type Kind string

// The kinds. Anything that is not an *Error counts as internal and is never shown to anybody.
const (
	Invalid         Kind = "invalid"         // the input breaks a rule; Problems name the fields
	Unauthenticated Kind = "unauthenticated" // nobody, or nobody we know
	Forbidden       Kind = "forbidden"       // known, and not allowed
	NotFound        Kind = "not_found"       // does not exist, or belongs to another organization
	Conflict        Kind = "conflict"        // true before, or for another state, but not now
	Gone            Kind = "gone"            // existed and is over for good: an expired or revoked link
	TooLarge        Kind = "too_large"       // more bytes or items than allowed
	Reused          Kind = "reused"          // an idempotency key that came with another body before
	RateLimited     Kind = "rate_limited"    // too many in too short a time
	Unavailable     Kind = "unavailable"     // our side cannot right now; the same call may work later
)

// Problem is one broken rule of one field, as a phrase that follows the field's name: "must be a valid email address".
type Problem struct {
	Field   string // as the client wrote it: "recipientEmail"
	Message string
}

func (p Problem) String() string {
	if p.Field == "" {
		return p.Message
	}
	return p.Field + " " + p.Message
}

// Error is a failure that its receiver may read. Message is a sentence for people; Err, when set, is for the log only.
type Error struct {
	Kind     Kind
	Code     Code // may be empty
	Message  string
	Problems []Problem
	Err      error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of the given kind with a message for its receiver.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Code tells errors of one kind apart for a program that goes on differently after each.
type Code string

// The codes of what a candidate's page meets.
const (
	Elsewhere  Code = "elsewhere"  // another tab or device holds the attempt
	Over       Code = "over"       // the attempt has ended
	LimitUsed  Code = "limit"      // no take or play is left
	TimeUp     Code = "time"       // the time for this answer has passed
	Finished   Code = "finished"   // the recording takes nothing more
	Differs    Code = "differs"    // something else is stored already
	Incomplete Code = "incomplete" // something is missing
)

// InProgress is the code of a request whose idempotency key another has taken that is not answered yet.
const InProgress Code = "idempotency_in_progress"

// With is the error with a code.
func (e *Error) With(c Code) *Error {
	e.Code = c
	return e
}

// CodeOf is the code of err; empty without one.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// KindOf is the kind of err, or "" for nil and for an error that is not ours (internal).
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// httpStatus is the one table from kind to HTTP status.
var httpStatus = map[Kind]int{
	Invalid:         http.StatusBadRequest,
	Unauthenticated: http.StatusUnauthorized,
	Forbidden:       http.StatusForbidden,
	NotFound:        http.StatusNotFound,
	Conflict:        http.StatusConflict,
	Gone:            http.StatusGone,
	TooLarge:        http.StatusRequestEntityTooLarge,
	Reused:          http.StatusUnprocessableEntity,
	RateLimited:     http.StatusTooManyRequests,
	Unavailable:     http.StatusServiceUnavailable,
}

// HTTPStatus is the status that answers err: 200 for nil, 500 for anything that is not ours.
func HTTPStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if status, ok := httpStatus[KindOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// problems collects what is wrong with one input, so that the client learns all of it at once.
type problems []Problem

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

// when adds a problem if bad holds.
func (p *problems) when(bad bool, field, format string, args ...any) {
	if bad {
		p.add(field, format, args...)
	}
}

// err is nil without problems, else an Invalid error that joins them.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return InvalidFields(p...)
}

// InvalidFields makes an Invalid error of the given problems, joined with "; ".
func InvalidFields(ps ...Problem) *Error {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.String()
	}
	return &Error{Kind: Invalid, Message: strings.Join(texts, "; "), Problems: ps}
}

// JoinInvalid joins Invalid errors into one; an error of another kind goes first and alone.
func JoinInvalid(errs ...error) error {
	var all problems
	for _, err := range errs {
		var e *Error
		switch {
		case err == nil:
		case errors.As(err, &e) && e.Kind == Invalid:
			all = append(all, e.Problems...)
		default:
			return err
		}
	}
	return all.err()
}

// RenameField tells an Invalid error's problems of one field under another name, for a form that calls it so.
func RenameField(err error, from, to string) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != Invalid {
		return err
	}
	renamed := make(problems, len(e.Problems))
	for i, p := range e.Problems {
		if p.Field == from {
			p.Field = to
		}
		renamed[i] = p
	}
	return renamed.err()
}
