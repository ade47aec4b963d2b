package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

// documentPath is where the OpenAPI document is, below Base. It needs no key and is not counted.
const documentPath = "/openapi.json"

// OpenAPI is the OpenAPI 3.1 document of the API of an instance at baseURL, indented. It is made of the table of routes and
// the types of package wire, which also serve requests.
func OpenAPI(baseURL string) ([]byte, error) {
	compact, err := json.Marshal(describe(baseURL))
	if err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// document serves the OpenAPI document of this instance.
func (a *API) document() http.Handler {
	document, err := OpenAPI(a.app.BaseURL())
	if err != nil {
		panic(err) // it depends on the program alone
	}
	return a.file(document)
}

// file serves a document to everybody.
func (a *API) file(document []byte) http.Handler {
	const allow = "GET, HEAD, OPTIONS"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			writeJSON(w, http.StatusOK, document)
		case http.MethodOptions:
			w.Header().Set("Allow", allow)
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", allow)
			a.fail(w, r, errMethod(r.Method, allow))
		}
	})
}

// description is the document while it is being made.
type description struct {
	*huma.OpenAPI
	schemas huma.Registry
}

func describe(baseURL string) *huma.OpenAPI { return describeRoutes(baseURL, routes()) }

func describeRoutes(baseURL string, all []route) *huma.OpenAPI {
	schemas := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	d := &description{schemas: schemas, OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "AlfaOne API", Version: "1", Description: strings.TrimSpace(introduction),
			License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Servers:  []*huma.Server{{URL: baseURL + Base}},
		Tags:     tags(),
		Security: []map[string][]string{{"apiKey": {}}},
		Paths:    map[string]*huma.PathItem{},
		Components: &huma.Components{
			Schemas:   schemas,
			Headers:   headers(),
			Responses: map[string]*huma.Response{},
			SecuritySchemes: map[string]*huma.SecurityScheme{"apiKey": {
				Type: "apiKey", In: "header", Name: "x-api-key", Description: "An API key such as `" + exampleKey + "`. Members make keys in the dashboard under Settings → Integrations; the full key is shown once.",
			}},
		},
	}}
	d.errors()
	for _, r := range all {
		d.add(r.method, r.path, d.operation(r))
	}
	allowNull(d.schemas, schemaPrefix)
	return d.OpenAPI
}

func (d *description) add(method, path string, op *huma.Operation) {
	item := d.Paths[path]
	if item == nil {
		item = &huma.PathItem{}
		d.Paths[path] = item
	}
	switch method {
	case http.MethodGet:
		item.Get = op
	case http.MethodPost:
		item.Post = op
	case http.MethodPut:
		item.Put = op
	case http.MethodPatch:
		item.Patch = op
	case http.MethodDelete:
		item.Delete = op
	default:
		panic("the document cannot tell of method " + method)
	}
}

func (d *description) operation(r route) *huma.Operation {
	section, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	op := &huma.Operation{
		OperationID: r.name, Summary: r.summary, Description: r.description, Tags: []string{section},
		Parameters: append(pathParameters(r), r.list.parameters()...),
		Responses:  map[string]*huma.Response{strconv.Itoa(r.success()): d.success(r)},
	}
	if r.found != 0 {
		op.Responses[strconv.Itoa(r.found)] = d.answered(r, "What was there already: nothing was made.")
	}
	for _, status := range r.failures() {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + failures[status].name}
	}
	if r.in != nil {
		op.RequestBody = &huma.RequestBody{Required: !r.optional, Content: d.content("application/json", r.in, r.example)}
	}
	if r.method == http.MethodPost {
		op.Parameters = append(op.Parameters, onceParameter())
		for _, status := range []int{r.success(), r.found} {
			if response := op.Responses[strconv.Itoa(status)]; response != nil {
				response.Headers["Idempotent-Replayed"] = headerRef("Idempotent-Replayed")
			}
		}
	}
	r.deprecated.describe(op, r.success())
	return op
}

func (d *description) success(r route) *huma.Response {
	about := map[int]string{http.StatusOK: "What was asked for.", http.StatusCreated: "What was made.", http.StatusNoContent: "It is done. There is no body."}
	return d.answered(r, about[r.success()])
}

func (d *description) answered(r route, about string) *huma.Response {
	response := &huma.Response{Description: about, Headers: map[string]*huma.Header{}}
	for _, name := range []string{"X-Request-Id", "RateLimit", "RateLimit-Policy"} {
		response.Headers[name] = headerRef(name)
	}
	if r.out != nil {
		response.Content = d.content("application/json", r.out, r.answer)
	}
	return response
}

func (d *description) content(mediaType string, t reflect.Type, example any) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{mediaType: {Schema: d.schemas.Schema(t, true, ""), Example: example}}
}

// failures are the statuses with which the route can fail.
func (r route) failures() []int {
	all := []int{400, 401, 403, 413, 429, 500, 503}
	if len(r.parameters()) > 0 {
		all = append(all, http.StatusNotFound)
	}
	if r.method == http.MethodPost {
		all = append(all, http.StatusConflict, http.StatusUnprocessableEntity)
	}
	if r.in != nil {
		all = append(all, http.StatusUnsupportedMediaType)
	}
	return append(all, r.errors...)
}

func pathParameters(r route) (out []*huma.Param) {
	for _, name := range r.parameters() {
		out = append(out, &huma.Param{Name: name, In: "path", Required: true, Description: "The id.", Schema: uuidSchema()})
	}
	return out
}

// parameters are the query parameters of a list.
func (l *listing) parameters() []*huma.Param {
	if l == nil {
		return nil
	}
	limit := queryParameter("limit", "How many items a page holds.", number(assess.DefaultPageLimit, assess.MaxPageLimit))
	if l.feed {
		return []*huma.Param{
			queryParameter(feedParameter, "The `nextCursor` of the answer before; empty or absent to begin with the first event.", &huma.Schema{Type: huma.TypeString}), limit,
		}
	}
	order := descending
	if l.ascending {
		order = ascending
	}
	out := []*huma.Param{
		queryParameter("page", "Which page, counted from 1.", number(1, maxPage)),
		queryParameter(cursorParameter, "Walks through the list instead of turning pages: empty to begin, then `pagination.nextCursor` of the answer before, "+
			"with the same filters and order, until that is null.", &huma.Schema{Type: huma.TypeString}),
		limit,
		queryParameter("sort", "What the list is sorted by. Equal items are sorted by id.", choice(l.sorts[0], l.sorts)),
		queryParameter("order", "Whether the list rises or falls.", choice(order, []string{ascending, descending})),
	}
	for _, f := range l.filters {
		out = append(out, queryParameter(f.name, f.description, f.schema()))
	}
	return out
}

func (f filter) schema() *huma.Schema {
	switch f.form {
	case oneOfSeveral:
		return choice("", f.oneOf)
	case anAddress:
		return &huma.Schema{Type: huma.TypeString, Format: "email", MaxLength: new(254)}
	case aTime:
		return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	case aText:
		return &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(assess.MaxExternalRunes)}
	default:
		return uuidSchema()
	}
}

func queryParameter(name, about string, schema *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: about, Schema: schema}
}

func uuidSchema() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "uuid"} }

func number(otherwise, limit int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Default: otherwise, Minimum: new(1.0), Maximum: new(float64(limit))}
}

func choice(otherwise string, from []string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	if otherwise != "" {
		s.Default = otherwise
	}
	for _, v := range from {
		s.Enum = append(s.Enum, v)
	}
	return s
}

func onceParameter() *huma.Param {
	return &huma.Param{
		Name: keyOnce, In: "header", Example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
		Description: "Makes the call safe to repeat. The same key with the same request is carried out once; every further time the first answer " +
			"comes back, with `Idempotent-Replayed: true`. The same key with another request is answered with 422; while the first is still in progress, with 409 and " +
			"`Retry-After` after a moment. Keys are kept for 7 days and " +
			"belong to the organization, not to the API key. Answers that tell of a mistake are not kept.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(maxOnceKey), Pattern: "^[!-~]+$"},
	}
}

const schemaPrefix = "#/components/schemas/"

// allowNull lets fields that point to an object, or to one of several values, be null, which the library cannot say of either.
func allowNull(schemas huma.Registry, prefix string) {
	for name, schema := range schemas.Map() {
		for _, field := range reflect.VisibleFields(schemas.TypeFromRef(prefix + name)) {
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.Type.Kind() != reflect.Pointer || options != "" || field.Tag.Get("nullable") == "false" {
				continue
			}
			was := schema.Properties[key]
			if len(was.Enum) > 0 {
				was.Enum = append(was.Enum, nil)
			}
			if field.Type.Elem().Kind() == reflect.Struct {
				schema.Properties[key] = &huma.Schema{
					Description: was.Description, AnyOf: []*huma.Schema{{Ref: was.Ref}, {Type: "null"}},
				}
			}
		}
	}
}

// errors adds the answers that tell of a failure.
func (d *description) errors() {
	for status, f := range failures {
		response := &huma.Response{Description: f.description, Headers: map[string]*huma.Header{"X-Request-Id": headerRef("X-Request-Id")}}
		for _, name := range f.headers {
			response.Headers[name] = headerRef(name)
		}
		example := wire.Problem{
			Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: f.example, Code: f.code, Errors: []wire.FieldProblem{},
			RequestID: "01945b3e-7d6a-7c3f-9f0e-3b5a7c9d1e2f",
		}
		response.Content = d.content("application/json", reflect.TypeFor[wire.Error](), wire.Error{Error: f.example})
		response.Content[problemJSON] = d.content(problemJSON, reflect.TypeFor[wire.Problem](), example)[problemJSON]
		d.Components.Responses[f.name] = response
	}
}
