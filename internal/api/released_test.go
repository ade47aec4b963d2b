package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"alfaone/internal/api"
)

// releasedFile holds what was promised, one fact a line. Facts are added with a release (make golden) and never removed.
const releasedFile = "testdata/released.txt"

func TestNothingThatWasPromisedIsTakenBack(t *testing.T) {
	t.Parallel()
	source, err := api.OpenAPI(placeholder)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(releasedFile)
	if err != nil {
		t.Fatal(err)
	}
	released, now := strings.Split(strings.TrimSpace(string(kept)), "\n"), factsOf(t, source)
	for _, problem := range broken(released, now) {
		t.Error(problem)
	}
	if len(now) < 400 {
		t.Errorf("the document promises only %d things", len(now))
	}
	if *update && !t.Failed() {
		all := slices.Compact(slices.Sorted(slices.Values(append(released, now...))))
		golden(t, releasedFile, strings.Join(all, "\n")+"\n")
	}
}

// broken says what of a promise a document does not keep.
func broken(released, now []string) (problems []string) {
	for _, fact := range released {
		if !slices.Contains(now, fact) {
			problems = append(problems, "no longer true: "+fact)
		}
	}
	for _, fact := range now { // a request that was good must stay good
		call, required := strings.CutSuffix(fact, " must be there")
		known := slices.ContainsFunc(released, func(f string) bool { return strings.HasPrefix(f, callOf(call)+" ") })
		if required && known && !slices.Contains(released, fact) {
			problems = append(problems, "asked for only now: "+fact)
		}
	}
	return problems
}

// callOf is the method and path of a fact.
func callOf(fact string) string { return strings.Join(strings.SplitN(fact, " ", 3)[:2], " ") }

// A check that cannot fail checks nothing.
func TestABrokenPromiseIsNoticed(t *testing.T) {
	t.Parallel()
	source, err := api.OpenAPI(placeholder)
	if err != nil {
		t.Fatal(err)
	}
	released := factsOf(t, source)
	breaks := map[string]func(schemas, paths object){
		"a field is gone":             func(s, _ object) { delete(s.at("Tag", "properties"), "color") },
		"a field has another type":    func(s, _ object) { s.at("Tag", "properties", "color")["type"] = "integer" },
		"a field may be null":         func(s, _ object) { s.at("Tag", "properties", "color")["type"] = []any{"string", "null"} },
		"a field is not always there": func(s, _ object) { s.at("Tag")["required"] = []any{"id"} },
		"a field is asked for":        func(s, _ object) { s.at("TagRequest")["required"] = []any{"name", "color"} },
		"a call is gone":              func(_, p object) { delete(p.at("/tags/{tagId}"), "patch") },
		"a status is another":         func(_, p object) { r := p.at("/tags", "post", "responses"); r["200"] = r["201"]; delete(r, "201") },
		"a parameter is gone":         func(_, p object) { p.at("/tags", "get")["parameters"] = []any{} },
	}
	for name, change := range breaks {
		var document object
		if err := json.Unmarshal(source, &document); err != nil {
			t.Fatal(err)
		}
		change(document.at("components", "schemas"), document.at("paths"))
		changed, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		if len(broken(released, factsOf(t, changed))) == 0 {
			t.Errorf("%s, and nobody minds", name)
		}
	}
	if problems := broken(released[:len(released)/2], released); slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, "no longer") }) {
		t.Error("what was added counts as broken")
	}
}

// object is a JSON object.
type object map[string]any

// at is the object that lies below the keys.
func (o object) at(keys ...string) object {
	for _, key := range keys {
		next, _ := o[key].(map[string]any)
		o = next
	}
	return o
}

// promises collects the facts of a document.
type promises struct {
	schemas object
	facts   []string
}

func (p *promises) add(format string, args ...any) {
	p.facts = append(p.facts, fmt.Sprintf(format, args...))
}

// factsOf is what a document promises, one fact a line, in order.
func factsOf(t *testing.T, source []byte) []string {
	t.Helper()
	var document object
	if err := json.Unmarshal(source, &document); err != nil {
		t.Fatal(err)
	}
	p := &promises{schemas: document.at("components", "schemas")}
	for path, methods := range document.at("paths") {
		for method := range methods.(map[string]any) {
			p.operation(strings.ToUpper(method)+" "+path, object(methods.(map[string]any)).at(method))
		}
	}
	slices.Sort(p.facts)
	return slices.Compact(p.facts)
}

func (p *promises) operation(call string, op object) {
	p.add("%s is there", call)
	parameters, _ := op["parameters"].([]any)
	for _, each := range parameters {
		parameter := object(each.(map[string]any))
		name := fmt.Sprintf("%s %v %v", call, parameter["in"], parameter["name"])
		p.request(name, parameter.at("schema"), parameter["required"] == true)
	}
	if body := op.at("requestBody", "content", "application/json", "schema"); body != nil {
		p.request(call+" body", body, true)
	}
	for status, response := range op.at("responses") {
		if schema := object(response.(map[string]any)).at("content", "application/json", "schema"); schema != nil {
			p.answer(call+" "+status, schema)
		} else {
			p.add("%s %s may be answered", call, status)
		}
	}
}

// request is what may be sent: a value that was good stays good.
func (p *promises) request(name string, schema object, required bool) {
	schema = p.resolve(schema)
	if required {
		p.add("%s must be there", name)
	} else {
		p.add("%s may be left out", name)
	}
	for _, kind := range kinds(schema) {
		p.add("%s may be %s", name, kind)
	}
	values, _ := schema["enum"].([]any)
	for _, value := range values {
		p.add("%s may be %v", name, value)
	}
	p.within(schema, func(key string, inner object, required bool) { p.request(name+key, inner, required) })
}

// answer is what comes back: a field stays there, with its type.
func (p *promises) answer(name string, schema object) {
	null := slices.ContainsFunc(choices(schema), func(s object) bool { return s["type"] == "null" })
	schema = p.resolve(schema)
	types := kinds(schema)
	if null {
		types = append(types, "null")
	}
	p.add("%s is %s", name, strings.Join(types, " or "))
	p.within(schema, func(key string, inner object, required bool) {
		if required {
			p.add("%s%s is always there", name, key)
		}
		p.answer(name+key, inner)
	})
}

// within tells of what a value holds.
func (p *promises) within(schema object, tell func(key string, inner object, required bool)) {
	required, _ := schema["required"].([]any)
	for key := range schema.at("properties") {
		tell("."+key, schema.at("properties", key), slices.Contains(required, any(key)))
	}
	if items := schema.at("items"); items != nil {
		tell("[]", items, true)
	}
}

func choices(schema object) (out []object) {
	all, _ := schema["anyOf"].([]any)
	for _, each := range all {
		out = append(out, each.(map[string]any))
	}
	return out
}

// resolve follows a reference, also that of a value that may be null.
func (p *promises) resolve(schema object) object {
	for _, choice := range choices(schema) {
		if choice["type"] != "null" {
			schema = choice
		}
	}
	if ref, ok := schema["$ref"].(string); ok {
		return p.schemas.at(ref[strings.LastIndexByte(ref, '/')+1:])
	}
	return schema
}

// kinds are the types of a value, with its format.
func kinds(schema object) (out []string) {
	types, several := schema["type"].([]any)
	if !several {
		types = []any{schema["type"]}
	}
	for _, kind := range types {
		name := fmt.Sprint(kind)
		if format, ok := schema["format"].(string); ok && kind != "null" {
			name += " (" + format + ")"
		}
		out = append(out, name)
	}
	return out
}
