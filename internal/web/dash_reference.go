package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// reference is what the OpenAPI document says, arranged for a page.
type reference struct {
	base     string // address of the API
	sections []referenceSection
}

type referenceSection struct {
	name, about string
	calls       []referenceCall
}

// referenceCall is one call of the API.
type referenceCall struct {
	id, method, path, title, about string
	parameters, body, answer       []referenceField
	status                         string // of success
	example                        string // the answer to the call below
	code                           examples
	deprecated                     bool
	failures                       []referenceFailure
}

// referenceField is a parameter, or a field of a body. Fields of fields have a dot in their name.
type referenceField struct {
	name, kind, about string
	rules             []string
	required          bool
}

type referenceFailure struct{ status, about, example string }

// openAPI is the part of an OpenAPI 3.1 document that the reference shows.
type openAPI struct {
	Servers    []struct{ URL string }
	Tags       []struct{ Name, Description string }
	Paths      map[string]map[string]openOperation
	Components struct {
		Schemas   map[string]openSchema
		Responses map[string]openResponse
	}
}

type openOperation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Deprecated                        bool
	Parameters                        []openParameter
	RequestBody                       openResponse
	Responses                         map[string]openResponse
}

type openParameter struct {
	Name, In, Description string
	Required              bool
	Schema                openSchema
}

type openResponse struct {
	Ref         string `json:"$ref"`
	Description string
	Content     map[string]struct {
		Schema  openSchema
		Example json.RawMessage
	}
}

type openSchema struct {
	Ref              string `json:"$ref"`
	Type             openTypes
	Format           string
	Description      string
	Enum             []any
	Default          any
	Minimum, Maximum *float64
	MaxLength        *int
	Properties       map[string]openSchema
	Required         []string
	Items            *openSchema
	AnyOf            []openSchema
}

// openTypes is one type or several.
type openTypes []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *openTypes) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, (*[]string)(t))
	}
	*t = make(openTypes, 1)
	return json.Unmarshal(b, &(*t)[0])
}

// newReference reads an OpenAPI document.
func newReference(document []byte) (*reference, error) {
	var d openAPI
	if err := json.Unmarshal(document, &d); err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document: %w", err)
	}
	if len(d.Servers) == 0 {
		return nil, fmt.Errorf("reading the OpenAPI document: it names no server")
	}
	r := &reference{base: d.Servers[0].URL}
	ids := d.exampleIDs()
	for _, tag := range d.Tags {
		section := referenceSection{name: tag.Name, about: tag.Description}
		for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
			for _, method := range []string{"get", "post", "put", "patch", "delete"} {
				if op, ok := d.Paths[path][method]; ok && slices.Contains(op.Tags, tag.Name) {
					section.calls = append(section.calls, d.call(r.base, strings.ToUpper(method), path, op, ids))
				}
			}
		}
		r.sections = append(r.sections, section)
	}
	return r, nil
}

// exampleIDs finds an id for each parameter in a path, in the example of the call that reads one such object.
func (d openAPI) exampleIDs() map[string]string {
	ids := map[string]string{}
	for path, methods := range d.Paths {
		var found struct{ ID string }
		start, end := strings.LastIndexByte(path, '{'), len(path)-1
		if start < 0 || path[end] != '}' {
			continue
		}
		if json.Unmarshal(methods["get"].Responses["200"].Content["application/json"].Example, &found) == nil {
			ids[path[start:]] = found.ID
		}
	}
	return ids
}

func (d openAPI) call(base, method, path string, op openOperation, ids map[string]string) referenceCall {
	c := referenceCall{id: op.OperationID, method: method, path: path, title: op.Summary, about: op.Description, deprecated: op.Deprecated}
	for _, p := range op.Parameters {
		f := d.field(p.Name, p.Schema, p.Required)
		f.about, f.rules = p.Description, append([]string{"in the " + p.In}, f.rules...)
		c.parameters = append(c.parameters, f)
	}
	body := op.RequestBody.Content["application/json"]
	c.body = d.fields("", body.Schema)
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		response := d.response(op.Responses[status])
		content := response.Content["application/json"]
		if strings.HasPrefix(status, "2") {
			c.status, c.answer, c.example = status, d.fields("", content.Schema), indented(content.Example)
			for i := range c.answer {
				c.answer[i].required = false // of an answer, every field is always there
			}
			continue
		}
		c.failures = append(c.failures, referenceFailure{status, response.Description, string(compact(content.Example))})
	}
	for parameter, id := range ids {
		path = strings.ReplaceAll(path, parameter, id)
	}
	c.code = request{method, base + path, body.Example, c.example == ""}.examples(c.id, c.title)
	return c
}

func (d openAPI) response(r openResponse) openResponse {
	if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
		return d.Components.Responses[name]
	}
	return r
}

// resolve follows references; what may be null besides is taken for what it is otherwise.
func (d openAPI) resolve(s openSchema) (schema openSchema, null bool) {
	for _, choice := range s.AnyOf {
		if slices.Contains(choice.Type, "null") {
			null = true
		} else {
			schema = choice
		}
	}
	if len(s.AnyOf) == 0 {
		schema = s
	}
	if name, ok := strings.CutPrefix(schema.Ref, "#/components/schemas/"); ok {
		schema = d.Components.Schemas[name]
	}
	schema.Description = cmp.Or(s.Description, schema.Description)
	return schema, null || slices.Contains(schema.Type, "null")
}

// fields are those of an object and of what it holds, each object's in the order in which it requires them.
func (d openAPI) fields(prefix string, s openSchema) (out []referenceField) {
	s, _ = d.resolve(s)
	names := slices.Clone(s.Required)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		property := s.Properties[name]
		f := d.field(prefix+name, property, slices.Contains(s.Required, name))
		out = append(out, f)
		inner, _ := d.resolve(property)
		if inner.Items != nil {
			out = append(out, d.fields(f.name+"[].", *inner.Items)...)
		} else {
			out = append(out, d.fields(f.name+".", inner)...)
		}
	}
	return out
}

func (d openAPI) field(name string, s openSchema, required bool) referenceField {
	s, null := d.resolve(s)
	f := referenceField{name: name, kind: d.kind(s), about: s.Description, required: required}
	if null {
		f.kind += " or null"
	}
	if s.Default != nil {
		f.rules = append(f.rules, fmt.Sprintf("default %v", s.Default))
	}
	if s.Minimum != nil && s.Maximum != nil {
		f.rules = append(f.rules, fmt.Sprintf("%.0f to %.0f", *s.Minimum, *s.Maximum))
	}
	if s.MaxLength != nil {
		f.rules = append(f.rules, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		f.rules = append(f.rules, "one of "+strings.Join(values, ", "))
	}
	return f
}

// kind is the type of a value as people say it.
func (d openAPI) kind(s openSchema) string {
	if s.Items != nil {
		item, _ := d.resolve(*s.Items)
		return "list of " + d.kind(item) + "s"
	}
	types := slices.DeleteFunc(slices.Clone(s.Type), func(t string) bool { return t == "null" })
	kind := cmp.Or(strings.Join(types, " or "), "object")
	switch s.Format {
	case "uuid":
		return "UUID"
	case "date-time":
		return "time"
	case "email":
		return "e-mail address"
	default:
		return kind
	}
}

// indented is JSON for people; empty for none.
func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return ""
	}
	return b.String()
}

func compact(raw json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}
