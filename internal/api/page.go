package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/assess"
)

// listing says what may be asked of a list.
type listing struct {
	sorts     []string // the first is the default
	ascending bool     // whether the default order is
	feed      bool     // it goes on for ever: what comes after a cursor, the oldest first, and nothing else can be asked
	filters   []filter
}

// filter narrows a list to what has a value.
type filter struct {
	name        string
	form        form
	oneOf       []string // where form is oneOfSeveral
	description string
}

// form is what the value of a filter must look like.
type form int

const (
	anID form = iota
	oneOfSeveral
	anAddress
	aText
	aTime
)

// cursorParameter asks for a list by cursor. It is empty to begin with.
const cursorParameter = "cursor"

// feedParameter is where a feed goes on.
const feedParameter = "after"

// maxPage bounds the number of a page, so that no arithmetic on it can overflow. No list is that long.
const maxPage = 1_000_000_000

// The orders of a list.
const (
	ascending  = "asc"
	descending = "desc"
)

// asked is what a query string asks of a list.
type asked struct {
	page   assess.Page
	filter map[string]string // what was not asked for is empty
	token  string            // of where page.Cursor stands
}

// read checks a query string against what may be asked; of a call that is no list (nil), nothing. Errors: Invalid, which
// tells all that is wrong.
func (l *listing) read(query string) (out asked, err error) {
	if l == nil && query == "" {
		return out, nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return out, assess.Errorf(assess.Invalid, "The query string is malformed. Escape what is not a letter or digit as %%XX.")
	}
	q := &parameters{values: values}
	if l != nil {
		out.token, out.page = l.page(q)
		out.filter = q.filters(l.filters)
	}
	q.refuseRest()
	return out, q.problems.err()
}

// tokenParameter carries the cursor.
func (l *listing) tokenParameter() string {
	if l.feed {
		return feedParameter
	}
	return cursorParameter
}

// page is the part that is asked for, with the token where that is by cursor.
func (l *listing) page(q *parameters) (token string, page assess.Page) {
	if l.feed {
		token, _ = q.take(feedParameter)
		return token, assess.Page{Limit: q.limit(), Cursor: &assess.Cursor{}}
	}
	token, byCursor := q.take(cursorParameter)
	_, byNumber := q.values["page"]
	q.problems.when(byCursor && byNumber, cursorParameter, "must not come together with page")
	page = l.numbered(q)
	if byCursor {
		page.Cursor = &assess.Cursor{}
	}
	return token, page
}

func (l *listing) numbered(q *parameters) assess.Page {
	order := descending
	if l.ascending {
		order = ascending
	}
	return assess.Page{
		Number:    q.number("page", 1, maxPage),
		Limit:     q.limit(),
		Sort:      q.choice("sort", l.sorts[0], l.sorts),
		Ascending: q.choice("order", order, []string{ascending, descending}) == ascending,
	}
}

// parameters takes the parameters of a query string one by one and collects what is wrong with them.
type parameters struct {
	values   url.Values
	problems problems
}

// take removes a parameter; ok is false where it is absent, or there more than once.
func (q *parameters) take(name string) (value string, ok bool) {
	all := q.values[name]
	delete(q.values, name)
	if len(all) > 1 {
		q.problems.add(name, "must be given once")
	}
	if len(all) != 1 {
		return "", false
	}
	return all[0], true
}

// number takes an integer between 1 and limit, in plain decimal digits.
func (q *parameters) number(name string, otherwise, limit int) int {
	value, ok := q.take(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || strconv.Itoa(n) != value || n < 1 || n > limit {
		q.problems.add(name, "must be an integer between 1 and %d", limit)
	}
	return n
}

func (q *parameters) limit() int {
	return q.number("limit", assess.DefaultPageLimit, assess.MaxPageLimit)
}

func (q *parameters) choice(name, otherwise string, from []string) string {
	value, ok := q.take(name)
	if !ok {
		return otherwise
	}
	if !slices.Contains(from, value) {
		q.problems.add(name, "must be %s", oneOf(from))
	}
	return value
}

func (q *parameters) filters(known []filter) map[string]string {
	out := make(map[string]string, len(known))
	for _, f := range known {
		out[f.name] = q.filter(f)
	}
	return out
}

func (q *parameters) filter(f filter) string {
	if f.form == oneOfSeveral {
		return q.choice(f.name, "", f.oneOf)
	}
	value, ok := q.take(f.name)
	if !ok {
		return ""
	}
	switch f.form {
	case anID:
		q.problems.when(!assess.ValidID(value), f.name, "must be a UUID")
		return strings.ToLower(value)
	case anAddress:
		_, ok := assess.Email(value)
		q.problems.when(!ok, f.name, "must be a valid email address")
	case aTime:
		_, err := time.Parse(time.RFC3339, value)
		q.problems.when(err != nil, f.name, mustBeTime)
	default:
		q.problems.when(!assess.OneLine(value, assess.MaxExternalRunes), f.name, "must be 1 to %d characters on one line", assess.MaxExternalRunes)
	}
	return value
}

// refuseRest makes a problem of each parameter that nobody has taken.
func (q *parameters) refuseRest() {
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		q.problems.add("", "unknown query parameter %q", shorten(name))
	}
}

// oneOf tells what is allowed: "one of sent_at, status, expires_at", or "asc" alone.
func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}

// problems collects what is wrong with a request.
type problems []assess.Problem

// maxProblems bounds how many an answer tells.
const maxProblems = 20

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, assess.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) when(bad bool, field, format string, args ...any) {
	if bad {
		p.add(field, format, args...)
	}
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	if more := len(p) - maxProblems; more > 0 {
		p = append(p[:maxProblems:maxProblems], assess.Problem{Message: fmt.Sprintf("and %d more", more)})
	}
	return assess.InvalidFields(p...)
}
