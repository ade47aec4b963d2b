package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"alfaone/internal/assess"
)

// maxDepth bounds how deep objects and lists may be nested in a body.
const maxDepth = 32

// readBody reads a body of at most limit bytes that says that it is JSON, or says nothing. Errors: a refusal with 415, TooLarge,
// Invalid.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if err := checkMediaType(r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge(limit)
	case err != nil:
		return nil, assess.Errorf(assess.Invalid, "The request body could not be read to its end.")
	}
	return body, nil
}

func checkMediaType(r *http.Request) error {
	if r.Header.Get("Content-Encoding") != "" {
		return errMediaType("Send the request body as it is, without a Content-Encoding.")
	}
	given := r.Header.Get("Content-Type")
	if given == "" {
		return nil
	}
	mediaType, params, err := mime.ParseMediaType(given)
	charset := params["charset"]
	if err != nil || mediaType != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errMediaType("The request body must be JSON: send Content-Type: application/json.")
	}
	return nil
}

// decode reads a body into a request of package wire, more strictly than encoding/json: names have their exact case and occur
// once, required fields are there, null stands only where the request allows it, text is text. Errors: Invalid, which tells
// all that is wrong.
func decode(body []byte, into any) error {
	tree, err := parse(body)
	if err != nil {
		return err
	}
	var p problems
	bind(&p, "", tree, reflect.ValueOf(into).Elem(), "")
	return p.err()
}

// parse reads one JSON value, objects as map[string]any and numbers as json.Number.
func parse(body []byte) (any, error) {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, assess.Errorf(assess.Invalid, "The request needs a JSON body.")
	case !utf8.Valid(body):
		return nil, assess.Errorf(assess.Invalid, "The request body must be UTF-8 text.")
	case !json.Valid(body):
		return nil, assess.Errorf(assess.Invalid, "The request body is not valid JSON.")
	}
	p := parser{Decoder: json.NewDecoder(bytes.NewReader(body)), replaced: !bytes.ContainsRune(body, utf8.RuneError)}
	p.UseNumber()
	return p.value(0)
}

// parser reads JSON that is known to be well-formed.
type parser struct {
	*json.Decoder
	replaced bool // whether U+FFFD can only come from half a surrogate pair
}

func (p parser) value(depth int) (any, error) {
	token, err := p.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return nil, assess.Errorf(assess.Invalid, "The request body must not be nested more than %d levels deep.", maxDepth)
		}
		if t == '{' {
			return p.object(depth + 1)
		}
		return p.list(depth + 1)
	case string:
		return t, p.check(t)
	default:
		return t, nil
	}
}

// check refuses text that could not be kept as it is.
func (p parser) check(s string) error {
	switch {
	case strings.ContainsRune(s, 0):
		return assess.Errorf(assess.Invalid, "The request body must not contain the character U+0000.")
	case p.replaced && strings.ContainsRune(s, utf8.RuneError):
		return assess.Errorf(assess.Invalid, "The request body must not contain half of a surrogate pair.")
	}
	return nil
}

func (p parser) object(depth int) (map[string]any, error) {
	out := map[string]any{}
	for p.More() {
		token, err := p.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if err := p.check(name); err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, assess.Errorf(assess.Invalid, "duplicate field %q", shorten(name))
		}
		if out[name], err = p.value(depth); err != nil {
			return nil, err
		}
	}
	_, err := p.Token()
	return out, err
}

func (p parser) list(depth int) ([]any, error) {
	out := []any{}
	for p.More() {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := p.Token()
	return out, err
}

// bind puts v into a value of a request type. name is the path to it as the client wrote it, tag that of its field. A pointer
// stays nil for null, or points to a zero value where the tag says that null clears.
func bind(p *problems, name string, v any, into reflect.Value, tag reflect.StructTag) {
	if into.Kind() == reflect.Pointer {
		null := v == nil && tag.Get("nullable") == "true"
		if null && tag.Get("null") != "clears" {
			return
		}
		into.Set(reflect.New(into.Type().Elem()))
		if null {
			return
		}
		into = into.Elem()
	}
	var ok bool
	switch into.Kind() {
	case reflect.Struct:
		bindObject(p, name, v, into)
	case reflect.Slice:
		bindList(p, name, v, into, tag)
	case reflect.Map:
		bindTexts(p, name, v, into)
	case reflect.String:
		bindText(p, name, v, into, tag)
	case reflect.Int:
		var n int
		n, ok = integer(v)
		into.SetInt(int64(n))
		p.unless(ok, name, "must be an integer")
	case reflect.Bool:
		var b bool
		b, ok = v.(bool)
		into.SetBool(b)
		p.unless(ok, name, "must be true or false")
	default:
		panic("package wire has a request with a field that cannot be read: " + name)
	}
}

func (p *problems) unless(good bool, field, message string) {
	if !good {
		p.add(field, "%s", message)
	}
}

func bindText(p *problems, name string, v any, into reflect.Value, tag reflect.StructTag) {
	s, ok := v.(string)
	into.SetString(s)
	p.unless(ok, name, "must be a string")
	switch tag.Get("format") {
	case "uuid":
		p.unless(!ok || assess.ValidID(s), name, "must be a UUID")
	case "date-time":
		_, err := time.Parse(time.RFC3339, s)
		p.unless(!ok || err == nil, name, mustBeTime)
	}
}

// mustBeTime is the rule of a time (RFC 3339).
const mustBeTime = "must be a time such as 2025-01-15T12:00:00.000Z"

func bindList(p *problems, name string, v any, into reflect.Value, tag reflect.StructTag) {
	items, ok := v.([]any)
	p.unless(ok, name, "must be a list")
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for i, item := range items {
		bind(p, name+"["+strconv.Itoa(i)+"]", item, into.Index(i), tag)
	}
}

// bindTexts puts an object whose fields are the client's own, each a text, into a map.
func bindTexts(p *problems, name string, v any, into reflect.Value) {
	object, ok := v.(map[string]any)
	p.unless(ok, name, "must be an object")
	texts := make(map[string]string, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		texts[key], ok = object[key].(string)
		p.unless(ok, within(name, shorten(key)), "must be a string")
	}
	into.Set(reflect.ValueOf(texts))
}

func bindObject(p *problems, name string, v any, into reflect.Value) {
	object, ok := v.(map[string]any)
	if !ok {
		p.unless(name != "", "", "The request body must be a JSON object.")
		p.unless(name == "", name, "must be an object")
		return
	}
	for field, value := range into.Fields() {
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		given, ok := object[key]
		delete(object, key)
		switch {
		case ok:
			bind(p, within(name, key), given, value, field.Tag)
		case field.Tag.Get("required") == "false":
			bindDefault(p, within(name, key), value, field.Tag)
		case options == "":
			p.add(within(name, key), "is required")
		}
	}
	for _, unknown := range slices.Sorted(maps.Keys(object)) {
		p.add("", "unknown field %q", shorten(within(name, unknown)))
	}
}

// bindDefault puts what a field is that was left out.
func bindDefault(p *problems, name string, into reflect.Value, tag reflect.StructTag) {
	switch otherwise := tag.Get("default"); into.Kind() {
	case reflect.Pointer: // stays nil
	case reflect.Struct:
		bind(p, name, map[string]any{}, into, "")
	case reflect.Slice:
		bind(p, name, []any{}, into, "")
	case reflect.Map:
		bind(p, name, map[string]any{}, into, "")
	case reflect.String:
		into.SetString(otherwise)
	case reflect.Bool:
		bind(p, name, otherwise == "true", into, "")
	default:
		bind(p, name, json.Number(otherwise), into, "")
	}
}

func within(object, field string) string {
	if object == "" {
		return field
	}
	return object + "." + field
}

// integer reads a whole number however it is written (30, 30.0, 3e1). What is beyond an int is as large as can be, for the
// rule of the field to refuse.
func integer(v any) (int, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	if n, err := strconv.Atoi(number.String()); err == nil {
		return n, true
	}
	f, err := number.Float64()
	switch {
	case err != nil, f > math.MaxInt32:
		return math.MaxInt32, true
	case f < math.MinInt32:
		return math.MinInt32, true
	default:
		return int(f), f == math.Trunc(f)
	}
}
