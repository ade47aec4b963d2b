package e2e_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// contract holds answers against the OpenAPI document in the repository. The validator is not safe for concurrent use.
var contract = struct {
	sync.Mutex
	read func() (validator.Validator, error)
}{read: sync.OnceValues(readContract)}

func readContract() (validator.Validator, error) {
	source, err := os.ReadFile("../docs/openapi.json")
	if err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(source)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
}

// documented fails the test if the document does not tell of an answer of the API.
func documented(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	contract.Lock()
	defer contract.Unlock()
	v, err := contract.read()
	if err != nil {
		t.Fatal(err)
	}
	_, problems := v.ValidateHttpResponse(resp.Request, &http.Response{
		StatusCode: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(strings.NewReader(body)), Request: resp.Request,
	})
	for _, p := range problems {
		t.Errorf("%s %s: the document does not tell of this answer: %s %s\n%d %s", resp.Request.Method, resp.Request.URL, p.Message, p.Reason, resp.StatusCode, body)
	}
}
