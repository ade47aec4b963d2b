package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/internal/api"
)

var badCount = flag.Int("bad-requests", 10_000, "how many bad requests to send")

// example is the request that the document shows, about what the organization has.
func (g *generator) example(op operation) (request, map[string]any) {
	r := api.Route{Path: op.path}
	q := request{why: "nothing", method: op.method, target: g.w.pathOf(g.w.t, r), key: g.w.keyOf(r)}
	if op.RequestBody == nil {
		return q, nil
	}
	body := maps.Clone(op.RequestBody.Content["application/json"].Example)
	if _, ok := body["assessmentId"]; ok {
		body["assessmentId"], body["recipientEmail"] = g.w.published, fmt.Sprintf("good%d@example.com", g.number())
	}
	if _, ok := body["name"]; ok {
		body["name"] = fmt.Sprint("good ", g.number())
	}
	q.body = marshal(g.w.t, body)
	return q, body
}

// bad is a request that breaks the document in one way.
func (g *generator) bad() request {
	op := pick(g, g.operations...)
	b, body := g.example(op)
	breakers := []func(*request, operation){g.breakKey, g.breakMethod, g.breakQuery}
	if strings.Contains(op.path, "{") {
		breakers = append(breakers, g.breakID)
	}
	if body != nil {
		in := g.resolve(op.RequestBody.Content["application/json"].Schema)
		fields := func(b *request, _ operation) { g.breakField(b, in, body) }
		breakers = append(breakers, fields, fields, fields, g.breakText, g.breakText, g.breakBodyHeader)
	}
	if slices.ContainsFunc(op.Parameters, func(p parameterOf) bool { return p.In == "header" }) {
		breakers = append(breakers, g.breakHeader)
	}
	pick(g, breakers...)(&b, op)
	return b
}

func (g *generator) breakKey(b *request, _ operation) {
	b.key = pick(g, "", "x", b.key+"0", b.key[:len(b.key)-1], strings.ToUpper(b.key), strings.Repeat("k", 9000), "ak_live_"+g.noise(30), "ключ")
	b.why = "key " + b.key
}

func (g *generator) breakMethod(b *request, op operation) {
	b.method = pick(g, "TRACE", "CONNECT", "PROPFIND", strings.ToLower(op.method), "QUERY")
	b.why = "method"
}

func (g *generator) breakID(b *request, op operation) {
	id := pick(g, "x", "%00", "%2F", "..%2f", "01949999-0000-7000-8000-000000000000", "%f0%28%8c%28", strings.Repeat("9", 4000), url.PathEscape(g.noise(36)), "null", "-1", "'%20OR%201=1--", "{id}")
	b.target = api.Base + parameter.ReplaceAllLiteralString(op.path, id)
	b.why = "id " + id
}

func (g *generator) breakQuery(b *request, op operation) {
	var queries []string
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		if p.Name != "cursor" && p.Name != "after" { // which are empty to begin with
			queries = append(queries, p.Name+"=")
		}
		queries = append(queries, p.Name+"="+url.QueryEscape(g.noise(12)), p.Name+"=x&"+p.Name+"=y", strings.ToUpper(p.Name)+"=1", p.Name+"=%00", p.Name+"="+strings.Repeat("1", 3000))
		if p.Schema.Maximum != nil {
			queries = append(queries, fmt.Sprintf("%s=%d", p.Name, int(*p.Schema.Maximum)+1+g.IntN(1000)), fmt.Sprintf("%s=%d", p.Name, -g.IntN(1000)), p.Name+"=1.5", p.Name+"=1e1", p.Name+"=0x1", p.Name+"=١")
		}
	}
	queries = append(queries, "unknown=1", "page[]=1", "%zz", "a;b", "%ff=1", "=", g.unknown())
	query := pick(g, queries...)
	b.target += "?" + query
	b.why = "query " + query
}

// unknown is a random query with a name that is not known.
func (g *generator) unknown() string {
	return url.Values{"q" + g.noise(5): {g.noise(10)}}.Encode()
}

// noise is n random characters, few of them harmless.
func (g *generator) noise(n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(pick(g, 'a', 'Z', '0', '"', '\\', '\'', '<', '{', '}', '%', '&', '/', ' ', '\n', 0x7f, 'é', '日', 0x202e, 0x1f600, rune(1+g.IntN(0xd7ff))))
	}
	return b.String()
}

func (g *generator) breakHeader(b *request, _ operation) {
	key := pick(g, "", `"`, `""`, "a b", "é", strings.Repeat("x", 256+g.IntN(100)), "\x7f", `"a`)
	b.headers = []string{"Idempotency-Key", key}
	b.why = "idempotency key " + key
}

func (g *generator) breakBodyHeader(b *request, _ operation) {
	b.headers = pick(g, []string{"Content-Type", "text/plain"}, []string{"Content-Type", "application/xml"}, []string{"Content-Encoding", "gzip"},
		[]string{"Content-Type", "application/json; charset=utf-16"}, []string{"Content-Type", g.noise(5)})
	b.why = "media type"
}

// breakText makes the body something other than one JSON object.
func (g *generator) breakText(b *request, _ operation) {
	at := 1 + g.IntN(len(b.body)-2)
	b.body = pick(g,
		b.body[:at], b.body+b.body, b.body+"x", "["+b.body+"]", "\xef\xbb\xbf"+b.body, " ", "null", "1", `""`, "[]", "true",
		b.body[:at]+"\xff"+b.body[at:], b.body[:at]+"\x00"+b.body[at:], strings.Replace(b.body, "{", "{"+b.body[1:len(b.body)-1]+",", 1),
		strings.Repeat("[", 33+g.IntN(5000)), strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40), b.body[:len(b.body)-1]+",}",
		strings.Replace(b.body, "{", `{"x\u0000":1,`, 1), strings.Replace(b.body, "{", `{"\ud800":1,`, 1), strings.ReplaceAll(b.body, `"`, `'`),
		strings.Replace(b.body, "{", `{"":1,`, 1), b.body[:len(b.body)-1]+strings.Repeat(" ", api.MaxLargeBody)+"}", "{"+g.noise(20)+"}")
	b.why = "text"
}

// breakField breaks one field of the body.
func (g *generator) breakField(b *request, s schema, body map[string]any) {
	body = maps.Clone(body)
	name := pick(g, slices.Sorted(maps.Keys(s.Properties))...)
	field := g.resolve(*s.Properties[name])
	switch wrong := g.wrong(field); {
	case g.IntN(8) == 0:
		body[pick(g, "id", "status", "org", "orgId", "createdAt", strings.ToUpper(name), name+" ", g.noise(8)+"!")] = g.noise(3)
	case g.IntN(8) == 0 && len(s.Required) > 0:
		delete(body, pick(g, s.Required...))
	default:
		body[name] = wrong
	}
	b.body = marshal(g.w.t, body)
	b.why = "field " + name
}

// wrong is a value that breaks the schema.
func (g *generator) wrong(s schema) any {
	types, _ := s.Type.([]any)
	if single, ok := s.Type.(string); ok {
		types = []any{single}
	}
	wrong := []any{map[string]any{"a": 1}, []any{map[string]any{}}, []any{nil}}
	if !slices.Contains(types, any("object")) {
		wrong = append(wrong, map[string]any{})
	}
	for t, values := range map[string][]any{"null": {nil}, "boolean": {true, false}, "integer": {7, -1, 1.5, 1e300}, "string": {"x", "7", "true", ""}} {
		if !slices.Contains(types, any(t)) {
			wrong = append(wrong, values...)
		}
	}
	if s.Maximum != nil {
		wrong = append(wrong, int(*s.Maximum)+1+g.IntN(100), int(*s.Minimum)-1-g.IntN(100), 1.5, json.Number("1e999"), json.Number("99999999999999999999"))
	}
	if s.MaxLength != nil {
		wrong = append(wrong, strings.Repeat("ö", *s.MaxLength+1), strings.Repeat("x", *s.MaxLength*50), "bell\a", "\u202e", "nul\x00")
	}
	if s.Format != "" && slices.Contains(types, any("string")) || len(s.Enum) > 0 || s.Pattern != "" {
		wrong = append(wrong, g.noise(10), "x", "a@b", "Bob <bob@example.com>", "a@b.c ", "#12345g")
	}
	if s.MaxItems != nil {
		wrong = append(wrong, slices.Repeat([]any{g.w.tag}, *s.MaxItems+1), []any{"x"}, []any{1})
	}
	for name, property := range s.Properties {
		wrong = append(wrong, map[string]any{name: g.wrong(g.resolve(*property))}, map[string]any{name + "x": true})
	}
	return pick(g, wrong...)
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := newGenerator(w, chance(t))
	n := *badCount
	if testing.Short() {
		n /= 10
	}
	refused := map[int]int{}
	for i := range n {
		b := g.bad()
		started := time.Now()
		got := g.send(b)
		if took := time.Since(started); took > 2*time.Second {
			t.Errorf("%d: %v took %v", i, b, took)
		}
		refused[got.status]++
		if got.status < 400 || got.status > 499 {
			t.Fatalf("%d: %s %s %q %q (%s) is answered with %d %s", i, b.method, b.target, b.headers, shorten(b.body), b.why, got.status, got.body)
		}
		if got.header.Get("Content-Type") != "application/json" || strings.Contains(got.body, "wire.") || strings.Contains(got.body, "Go ") {
			t.Fatalf("%d: %v: %v %s", i, b, got.header, got.body)
		}
		w.message(got)
	}
	t.Logf("answers by status: %v", refused)
	for _, status := range []int{400, 401, 404, 405, 413, 415} {
		if refused[status] == 0 {
			t.Errorf("no request was refused with %d", status)
		}
	}
}

func shorten(s string) string { return s[:min(len(s), 500)] }
