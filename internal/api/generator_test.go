package api_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/internal/api"
)

// schema, parameterOf, responseOf and operation are what we read of the OpenAPI document.
type (
	schema struct {
		Ref                    string `json:"$ref"`
		Type                   any
		Format                 string
		Enum                   []any
		Minimum, Maximum       *float64
		MinLength, MaxLength   *int
		Pattern                string
		Items                  *schema
		MinItems, MaxItems     *int
		Properties             map[string]*schema
		AdditionalProperties   any
		MaxProperties          *int
		Required               []string
		PatternProperties, Not any // not understood: their presence fails the test
	}
	parameterOf struct {
		Name, In string
		Schema   schema
	}
	responseOf struct {
		Ref     string `json:"$ref"`
		Headers map[string]any
	}
	operation struct {
		method, path string
		OperationID  string
		Parameters   []parameterOf
		Security     []any
		RequestBody  *struct {
			Content map[string]struct {
				Schema  schema
				Example map[string]any
			}
		}
		Responses map[string]responseOf
	}
)

// described is what the OpenAPI document says, in its order by path and method.
type described struct {
	operations []operation
	schemas    map[string]*schema
	responses  map[string]responseOf
}

func readDocument(t testing.TB) described {
	t.Helper()
	text, err := api.OpenAPI(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]operation
		Components struct {
			Schemas   map[string]*schema
			Responses map[string]responseOf
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	d := described{schemas: doc.Components.Schemas, responses: doc.Components.Responses}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			op := doc.Paths[path][method]
			op.method, op.path = strings.ToUpper(method), path
			d.operations = append(d.operations, op)
		}
	}
	return d
}

// find is the operation of a method and path.
func (d described) find(method, path string) (operation, bool) {
	i := slices.IndexFunc(d.operations, func(op operation) bool { return op.method == method && op.path == path })
	if i < 0 {
		return operation{}, false
	}
	return d.operations[i], true
}

func (d described) resolve(s schema) schema {
	if s.Ref == "" {
		return s
	}
	return *d.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
}

// body is the schema of what the operation takes; ok is false where it takes nothing.
func (d described) body(op operation) (s schema, ok bool) {
	if op.RequestBody == nil {
		return schema{}, false
	}
	return d.resolve(op.RequestBody.Content["application/json"].Schema), true
}

// types are the JSON types that a value may have.
func (s schema) types() (types []string) {
	switch t := s.Type.(type) {
	case string:
		return []string{t}
	case []any:
		for _, name := range t {
			types = append(types, name.(string))
		}
	}
	return types
}

// generator makes requests from the document, good ones and such as break it in one way each.
type generator struct {
	*rand.Rand
	described
	w     *world
	n     int
	next  map[string]string // by operation: the target of the page that follows one that was asked for
	waste []request         // deletes what nobody needs any more
}

// request is what is sent, and how it came about.
type request struct {
	why, method, target, key, body string
	headers                        []string
}

var seed = flag.Uint64("seed", 0, "of what is made at random; 0: another one each time")

// chance is another one each time, unless the flag says which; the log says how to have it again.
func chance(t *testing.T) *rand.Rand {
	chosen := *seed
	if chosen == 0 {
		chosen = rand.Uint64()
	}
	t.Logf("go test -run %s -seed %d", t.Name(), chosen)
	return rand.New(rand.NewPCG(chosen, 1))
}

func newGenerator(w *world, source *rand.Rand) *generator {
	w.t.Helper()
	return &generator{Rand: source, described: readDocument(w.t), w: w, next: map[string]string{}}
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) number() int { g.n++; return g.n }

// good is a request that must be accepted: it fits the document, and what it is about is in a state that allows it.
func (g *generator) good(op operation) request {
	g.w.t.Helper()
	key := g.w.keyOf(api.Route{Path: op.path})
	q := request{why: op.OperationID, method: op.method, key: key, target: g.target(op, key)}
	if op.method == "GET" {
		if following := g.next[op.OperationID]; following != "" && g.IntN(2) == 0 {
			q.target = following
		} else if query := g.query(op); query != "" {
			q.target += "?" + query
		}
		delete(g.next, op.OperationID)
		return q
	}
	if s, ok := g.body(op); ok {
		q.body = marshal(g.w.t, g.tuned(op.OperationID, g.value("", s, false)))
	}
	if op.method == "POST" && g.IntN(2) == 0 {
		q.headers = []string{"Idempotency-Key", fmt.Sprintf("good-%d", g.number())}
	}
	return q
}

// tuned is a body whose parts fit each other where the document cannot say that they must.
func (g *generator) tuned(operation string, body any) any {
	fields, _ := body.(map[string]any)
	switch operation {
	case "createAssessment", "replaceAssessment":
		g.tuneAssessment(fields)
	}
	return body
}

// tuneAssessment makes an assessment of one language out of random parts, without ids and revisions, which are the server's.
func (g *generator) tuneAssessment(a map[string]any) {
	delete(a, "revision")
	a["languages"] = []any{"en"}
	text := func(fields map[string]any, name string) {
		if _, ok := fields[name]; ok {
			fields[name] = map[string]any{"en": g.text(200)}
		}
	}
	text(a, "introduction")
	text(a, "closing")
	for _, q := range a["questions"].([]any) {
		question := q.(map[string]any)
		delete(question, "id")
		text(question, "text")
		criteria, _ := question["criteria"].([]any)
		if len(criteria) > 0 {
			delete(question, "points")
		}
		for _, c := range criteria {
			criterion := c.(map[string]any)
			delete(criterion, "id")
			delete(criterion, "levels")
			criterion["points"] = g.IntN(50) // together they bring 1,000 at most
		}
	}
}

// target is the path of a call, about something that exists and, unless it is only read, is new and nobody else's.
func (g *generator) target(op operation, key string) string {
	g.w.t.Helper()
	if op.method == "GET" || !strings.Contains(op.path, "{") {
		return g.w.pathOf(g.w.t, api.Route{Path: op.path})
	}
	pattern := strings.TrimPrefix(op.path, "/test")
	path := pattern
	for _, name := range parameter.FindAllString(pattern, -1) {
		collection, _, _ := strings.Cut(pattern, "/"+name)
		path = strings.Replace(path, name, g.fresh(collection, path, key, op.OperationID), 1)
	}
	return api.Base + op.path[:len(op.path)-len(pattern)] + path
}

// makers are the calls that make what stands in a collection, where it is not a POST to it.
var makers = map[string]string{"/webhooks/{webhookId}/deliveries": "/webhooks/{webhookId}/test"}

// fresh makes something in a collection for an operation, and is its id. path is the operation's, with the ids that are known.
func (g *generator) fresh(collection, path, key, operation string) string {
	g.w.t.Helper()
	maker, ok := g.find("POST", cmp.Or(makers[collection], collection))
	if !ok {
		g.w.t.Fatalf("%s needs something in %s, but nothing can be made there: say in makers what does", operation, collection)
	}
	depth := strings.Count(maker.path, "/")
	above := strings.Join(strings.Split(path, "/")[:depth], "/") // the collection's path, and the last word is the maker's
	made := request{why: "for " + operation, method: "POST", target: api.Base + above + maker.path[strings.LastIndexByte(maker.path, '/'):], key: key}
	if s, ok := g.body(maker); ok {
		made.body = marshal(g.w.t, g.tuned(maker.OperationID, g.value("", s, true)))
	}
	got := g.send(made)
	if got.status != 201 {
		g.w.t.Fatalf("%s %s %s: %d %s", made.why, made.target, made.body, got.status, got.body)
	}
	id := idIn(g.w.t, got.body)
	g.made(maker, made, got)
	if operation == "archiveAssessment" {
		if got := g.send(request{method: "POST", target: api.Base + collection + "/" + id + "/publish", key: key}); got.status != 200 {
			g.w.t.Fatalf("publishing %s: %d %s", made.body, got.status, got.body)
		}
	}
	return id
}

// few are the operations that make what an organization can have only so many of.
var few = []string{"createWebhook"}

// made remembers what has to be deleted again, because there is only so much room for it.
func (g *generator) made(op operation, q request, got answer) {
	if slices.Contains(few, op.OperationID) && got.status == 201 {
		g.waste = append(g.waste, request{method: "DELETE", target: q.target + "/" + idIn(g.w.t, got.body), key: q.key})
	}
}

// tidy deletes what was made for calls that are over.
func (g *generator) tidy() {
	g.w.t.Helper()
	for _, q := range g.waste {
		if got := g.send(q); got.status != 204 && got.status != 404 {
			g.w.t.Fatalf("deleting %s: %d %s", q.target, got.status, got.body)
		}
	}
	g.waste = nil
}

// idIn is the id of what an answer tells, at its top or one level below.
func idIn(t testing.TB, body string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		t.Fatal(err)
	}
	var id string
	if json.Unmarshal(fields["id"], &id) == nil {
		return id
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var inner struct{ ID string }
		if json.Unmarshal(fields[name], &inner) == nil && inner.ID != "" {
			return inner.ID
		}
	}
	t.Fatalf("no id in %s", body)
	return ""
}

// query is a random part of the parameters that the operation has. A cursor stands in the place of a page's number, and begins.
func (g *generator) query(op operation) string {
	query := url.Values{}
	for _, p := range op.Parameters {
		if p.In != "query" || g.IntN(2) == 0 {
			continue
		}
		if value := fmt.Sprint(g.value(p.Name, g.resolve(p.Schema), false)); p.Name != "cursor" && p.Name != "after" {
			query.Set(p.Name, value)
		} else {
			query.Set(p.Name, "")
		}
	}
	if query.Has("cursor") {
		query.Del("page")
	}
	return query.Encode()
}

// follow remembers how to go on after a page.
func (g *generator) follow(op operation, q request, got answer) {
	var page struct {
		NextCursor *string
		Pagination struct{ NextCursor *string }
	}
	if json.Unmarshal([]byte(got.body), &page) != nil || page.NextCursor == nil && page.Pagination.NextCursor == nil {
		return
	}
	target, err := url.Parse(q.target)
	g.w.must(err)
	query := target.Query()
	if page.NextCursor != nil {
		query.Set("after", *page.NextCursor)
	} else {
		query.Set("cursor", *page.Pagination.NextCursor)
	}
	target.RawQuery = query.Encode()
	g.next[op.OperationID] = target.String()
}

// value is a random one that fits the schema; a plain one has what is required and no more. name is the field's, which says what
// an id is an id of.
func (g *generator) value(name string, s schema, plain bool) any {
	s = g.resolve(s)
	if s.PatternProperties != nil || s.Not != nil {
		g.w.t.Fatalf("%s: the generator does not understand its schema", name)
	}
	types := s.types()
	if slices.Contains(types, "null") && g.IntN(5) == 0 {
		return nil
	}
	if choice := slices.DeleteFunc(slices.Clone(s.Enum), func(v any) bool { return v == nil }); len(choice) > 0 {
		return pick(g, choice...)
	}
	types = slices.DeleteFunc(types, func(t string) bool { return t == "null" })
	switch types[0] {
	case "object":
		return g.object(s, plain)
	case "array":
		return g.list(name, s, plain)
	case "boolean":
		return g.IntN(2) == 0
	case "integer", "number":
		return g.integer(s)
	default:
		return g.string(name, s)
	}
}

func (g *generator) object(s schema, plain bool) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if slices.Contains(s.Required, name) || !plain && g.IntN(2) == 0 {
			out[name] = g.value(name, *s.Properties[name], plain)
		}
	}
	if _, open := s.AdditionalProperties.(map[string]any); open {
		for range g.IntN(3) {
			out[fmt.Sprintf("key %d", g.number())] = g.text(40)
		}
	}
	return out
}

func (g *generator) list(name string, s schema, plain bool) []any {
	least, most := 0, 3
	if s.MinItems != nil {
		least = *s.MinItems
	}
	if s.MaxItems != nil {
		most = min(most, *s.MaxItems)
	}
	out := []any{}
	for range max(1, least) + g.IntN(most) {
		v := g.value(name, *s.Items, plain)
		if _, isText := v.(string); !isText || !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out[:min(len(out), most)]
}

func (g *generator) integer(s schema) int {
	least, most := 0, 1000
	if s.Minimum != nil {
		least = int(*s.Minimum)
	}
	if s.Maximum != nil {
		most = int(*s.Maximum)
	}
	return pick(g, least, most, least+g.IntN(most-least+1))
}

func (g *generator) string(name string, s schema) string {
	switch {
	case s.Format == "uuid":
		return g.id(name)
	case s.Format == "email":
		return fmt.Sprintf("Good.%d+x@example.com", g.number())
	case s.Format == "uri" || s.Format == "url":
		return fmt.Sprintf("https://example.com/%d?next=%%2F", g.number())
	case s.Format == "date-time":
		return g.w.clock.Now().Add(time.Duration(31+g.IntN(300)) * 24 * time.Hour).Format("2006-01-02T15:04:05.000Z")
	case s.Pattern == "^#[0-9A-Fa-f]{6}$":
		return fmt.Sprintf("#%06x", g.IntN(1<<24))
	case s.Pattern != "":
		g.w.t.Fatalf("%s: the generator does not understand the pattern %s", name, s.Pattern)
	}
	most := 500
	if s.MaxLength != nil {
		most = *s.MaxLength
	}
	return g.text(most)
}

// text is a random line of at most so many characters that no other has.
func (g *generator) text(most int) string {
	out := []rune(fmt.Sprintf("%d ", g.number()))
	length := pick(g, 1, 10, 40, most)
	for len(out) < min(length, most) {
		out = append(out, pick(g, 'a', 'Z', '0', '"', '\\', '\'', '<', '&', '%', 'é', 'ß', '日', '😀', '‰', '-'))
	}
	return strings.TrimSpace(string(out[:min(len(out), most)]))
}

// id is one of the organization that fits a field or parameter.
func (g *generator) id(name string) string {
	switch name {
	case "tag", "tags":
		return string(g.w.tag)
	case "graderId", "assignedGraderId":
		return string(g.w.owner.ID)
	case "id": // of a part of a document
		return fmt.Sprintf("01941111-0000-7000-8000-%012d", g.number())
	default:
		return g.w.idOf(g.w.t, name)
	}
}

// send sends the request, a second after the one before.
func (g *generator) send(q request) answer {
	g.w.t.Helper()
	r := httptest.NewRequestWithContext(g.w.t.Context(), "GET", "/", strings.NewReader(q.body))
	if q.body == "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), 0
	}
	r.Method = q.method
	path, query, _ := strings.Cut(q.target, "?")
	decoded, err := url.PathUnescape(path)
	g.w.must(err)
	r.URL = &url.URL{Path: decoded, RawPath: path, RawQuery: query}
	if q.key != "" {
		r.Header.Set("X-Api-Key", q.key)
	}
	for i := 0; i < len(q.headers); i += 2 {
		r.Header.Set(q.headers[i], q.headers[i+1])
	}
	g.w.clock.advance(time.Second)
	return g.w.do(r)
}
