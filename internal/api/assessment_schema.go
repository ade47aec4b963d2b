package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"alfaone/internal/wire"
)

// schemaPath is where the JSON Schema of assessments is, below Base. It needs no key and is not counted.
const schemaPath = "/schemas/assessment.json"

// AssessmentSchemaURL is where an instance at baseURL has the JSON Schema of assessments.
func AssessmentSchemaURL(baseURL string) string { return baseURL + Base + schemaPath }

// AssessmentSchema is the JSON Schema (2020-12) of assessments as documents, indented. It is made of the type that reads and
// writes them.
func AssessmentSchema(baseURL string) ([]byte, error) {
	const prefix = "#/$defs/"
	schemas := huma.NewMapRegistry(prefix, huma.DefaultSchemaNamer)
	root := strings.TrimPrefix(schemas.Schema(reflect.TypeFor[wire.AssessmentDocument](), true, "").Ref, prefix)
	allowNull(schemas, prefix)
	document := struct {
		Schema      string                  `json:"$schema"`
		ID          string                  `json:"$id"`
		Title       string                  `json:"title"`
		Description string                  `json:"description"`
		Ref         string                  `json:"$ref"`
		Defs        map[string]*huma.Schema `json:"$defs"`
	}{
		"https://json-schema.org/draft/2020-12/schema", AssessmentSchemaURL(baseURL), "Assessment",
		"All that an assessment says: what POST and PUT of assessments take, and what the dashboard imports and exports.", prefix + root, schemas.Map(),
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return nil, fmt.Errorf("writing the schema of assessments: %w", err)
	}
	return buf.Bytes(), nil
}

// assessmentSchema serves the schema of this instance.
func (a *API) assessmentSchema() http.Handler {
	schema, err := AssessmentSchema(a.app.BaseURL())
	if err != nil {
		panic(err) // it depends on the program alone
	}
	return a.file(schema)
}
