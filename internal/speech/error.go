package speech

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a service that did not answer, or not as it should.
type Error struct {
	Status     int           // of the answer; 0 where none came, or one that cannot be read
	Permanent  bool          // asking again for the same will fail again
	RetryAfter time.Duration // how long the service wants to be left alone; 0 if it did not say
	Message    string        // what happened, as a phrase that follows "the service": may quote what it says
	Err        error         // the cause, for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return "speech: the service " + e.Message + ": " + e.Err.Error()
	}
	return "speech: the service " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refused reports whether the service does not accept the key, so that no request at all will succeed.
func (e *Error) Refused() bool {
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

// silence makes the error of a request that got no answer, or not all of one.
func silence(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Error{Message: "does not answer", Err: err}
}

// refusal makes the error of an answer that is none.
func (c *Client) refusal(resp *http.Response, body []byte) *Error {
	e := &Error{Status: resp.StatusCode, Permanent: permanent(resp.StatusCode), RetryAfter: retryAfter(resp.Header)}
	switch said := c.quote(complaint(body)); {
	case e.Refused():
		e.Message = fmt.Sprintf("does not accept the key (%d)", e.Status) // it may repeat a part of the key
	case resp.StatusCode/100 == 3:
		e.Message = fmt.Sprintf("answers that it is elsewhere (%d): its address must be set as it is", e.Status)
	case said == "":
		e.Message = fmt.Sprintf("answers %d %s", e.Status, http.StatusText(e.Status))
	default:
		e.Message = fmt.Sprintf("answers %d: %s", e.Status, said)
	}
	return e
}

// permanent reports whether an answer of the status will come again. Of those that blame the request some speak of the moment.
func permanent(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return status < http.StatusInternalServerError
	}
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0 // or a date, which services of this kind do not send
	}
	return time.Duration(seconds) * time.Second
}

// complaint finds what a service says of an error: each framework puts it elsewhere.
func complaint(body []byte) string {
	var nested struct {
		Error struct{ Message string }
	}
	var flat struct{ Error, Detail, Message string }
	_ = json.Unmarshal(body, &nested) // what does not fit is left empty
	_ = json.Unmarshal(body, &flat)
	return cmp.Or(nested.Error.Message, flat.Error, flat.Detail, flat.Message)
}

// quoteLimit bounds what is quoted of a service, in runes.
const quoteLimit = 300

// quote is what a service said, as a part of a sentence: on one line, not too long, and without the key.
func (c *Client) quote(said string) string {
	if c.key != "" {
		said = strings.ReplaceAll(said, c.key, "[key]")
	}
	said = strings.Join(strings.Fields(strings.ToValidUTF8(said, "\uFFFD")), " ")
	if runes := []rune(said); len(runes) > quoteLimit {
		said = string(runes[:quoteLimit]) + "…"
	}
	return strings.TrimRight(said, ".")
}
