// Package alfaone is a client of AlfaOne's public API.
//
// Types and methods are generated from the OpenAPI document; this file is what they call. A client retries what may be
// repeated: reading, and making, since every POST carries an idempotency key.
package alfaone

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Client calls the API with one key. It is safe for concurrent use.
type Client struct {
	base string
	key  string

	// HTTP makes the calls.
	HTTP *http.Client
	// Retries is how often a call is repeated that was answered with 429 or 503, or not at all, or that still is in progress.
	Retries int
	// MaxWait is the longest wait before a repetition; what would take longer is returned as the error that it is.
	MaxWait time.Duration
}

// What a new client begins with.
const (
	DefaultTimeout = 30 * time.Second
	DefaultRetries = 3
	DefaultMaxWait = time.Minute
)

// New makes a client of the instance at base, such as https://assess.example.com, with an API key.
func New(base, key string) *Client {
	return &Client{
		base: strings.TrimRight(base, "/") + "/api/v1", key: key,
		HTTP: &http.Client{Timeout: DefaultTimeout}, Retries: DefaultRetries, MaxWait: DefaultMaxWait,
	}
}

// Error is an answer of the API that tells of a failure.
type Error struct {
	Status     int           // of HTTP
	Message    string        // a sentence for people
	Code       string        // the kind of problem, for programs
	RequestID  string        // to give when asking for help
	RetryAfter time.Duration // how long the API asked to wait; 0 when it did not
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (status %d, request %s)", e.Message, e.Status, e.RequestID)
}

// StatusOf is the HTTP status that err tells of; 0 if the API did not answer.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// CallOption changes one call.
type CallOption func(*http.Request)

// WithIdempotencyKey names a POST, so that it can be repeated safely by another process too. Without it, the client makes a
// key for each call, which covers the client's own repetitions.
func WithIdempotencyKey(key string) CallOption { return WithHeader("Idempotency-Key", key) }

// WithHeader sends a header of the caller's.
func WithHeader(name, value string) CallOption {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// request is a call before it is made.
type request struct {
	method, path string
	ids          []string // for the %s of path
	params       any      // a struct with form tags
	body         any
}

// call makes a call that answers with a T.
func call[T any](ctx context.Context, c *Client, in request, options []CallOption) (*T, error) {
	body, err := c.send(ctx, in, options)
	if err != nil {
		return nil, err
	}
	var out T
	if err := json.Unmarshal(body, &out); err != nil {
		return nil, fmt.Errorf("reading the answer to %s %s: %w", in.method, in.path, err)
	}
	return &out, nil
}

// callEmpty makes a call that answers nothing.
func callEmpty(ctx context.Context, c *Client, in request, options []CallOption) error {
	_, err := c.send(ctx, in, options)
	return err
}

// send makes the call, again and again if need be, and returns the body of the answer.
func (c *Client) send(ctx context.Context, in request, options []CallOption) ([]byte, error) {
	r, err := c.newRequest(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		option(r)
	}
	for attempt := 0; ; attempt++ {
		body, err := c.once(r)
		wait := waitFor(err, attempt)
		if err == nil || ctx.Err() != nil || attempt >= c.Retries || wait < 0 || wait > c.MaxWait || !repeatable(r) {
			return body, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// repeatable reports whether making the call twice does no more than making it once.
func repeatable(r *http.Request) bool {
	return r.Method != http.MethodPost || r.Header.Get("Idempotency-Key") != ""
}

// inProgress is the code of a call that an earlier try, whose answer was lost, still carries out.
const inProgress = "idempotency_in_progress"

// waitFor is how long to wait before the next attempt; negative where another would not help.
func waitFor(err error, attempt int) time.Duration {
	backOff := 200 * time.Millisecond << attempt
	failure, answered := errors.AsType[*Error](err)
	switch {
	case !answered:
		return backOff
	case failure.Status == http.StatusTooManyRequests, failure.Status == http.StatusServiceUnavailable, failure.Code == inProgress:
		return max(failure.RetryAfter, backOff)
	default:
		return -1
	}
}

func (c *Client) newRequest(ctx context.Context, in request) (*http.Request, error) {
	ids := make([]any, len(in.ids))
	for i, id := range in.ids {
		ids[i] = url.PathEscape(id)
	}
	address := c.base + fmt.Sprintf(in.path, ids...)
	if query := queryOf(in.params).Encode(); query != "" {
		address += "?" + query
	}
	var body io.Reader
	if in.body != nil {
		text, err := json.Marshal(in.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, in.method, address, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Api-Key", c.key)
	r.Header.Set("Accept", "application/json, application/problem+json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if in.method == http.MethodPost {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	return r, nil
}

// queryOf is the query string of a struct of pointers with form tags; nil for none.
func queryOf(params any) url.Values {
	values := url.Values{}
	if params == nil {
		return values
	}
	for field, value := range reflect.ValueOf(params).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("form"), ",")
		if value.Kind() != reflect.Pointer || value.IsNil() {
			continue
		}
		switch v := value.Elem().Interface().(type) {
		case time.Time:
			values.Set(name, v.UTC().Format(time.RFC3339Nano))
		default:
			values.Set(name, fmt.Sprint(v))
		}
	}
	return values
}

// once makes the call once. Errors: an *Error for an answer that tells of a failure.
func (c *Client) once(r *http.Request) (_ []byte, err error) {
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode < 300 {
		return body, err
	}
	return nil, failure(answer, body)
}

// failure reads an answer as RFC 9457 has it, which we ask for, or as the API writes it otherwise.
func failure(answer *http.Response, body []byte) *Error {
	var problem struct{ Detail, Code, Error string }
	e := &Error{Status: answer.StatusCode, Message: http.StatusText(answer.StatusCode), RequestID: answer.Header.Get("X-Request-Id")}
	if json.Unmarshal(body, &problem) == nil {
		e.Code = problem.Code
		e.Message = cmp.Or(problem.Detail, problem.Error, e.Message)
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return e
}

// Walk goes through a list by cursor, from its beginning ("") to its end. page reads what is on one page and the cursor of the
// next, nil after the last. A failure is the last that is yielded.
func Walk[T any](page func(cursor string) (items []T, next *string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for cursor := new(""); cursor != nil; {
			items, next, err := page(*cursor)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			cursor = next
		}
	}
}
