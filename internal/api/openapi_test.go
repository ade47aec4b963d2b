package api_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/api"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

var update = flag.Bool("update", false, "write what tests get over what they expect")

// placeholder stands for an instance's base URL in the document that is kept in the repository.
const placeholder = "https://assess.example.org"

// golden compares got with a file, or writes it there.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (make golden writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; make golden writes it anew):\n%s", name, diff)
	}
}

func TestDocumentInRepositoryIsCurrent(t *testing.T) {
	t.Parallel()
	document, err := api.OpenAPI(placeholder)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/openapi.json", string(document))
}

func TestDocumentIsServedWithoutKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want, err := api.OpenAPI(baseURL)
	w.must(err)
	for range 3 {
		got := w.send("GET", "/api/v1/openapi.json", "", "")
		if got.status != 200 || got.body != string(want) || got.header.Get("RateLimit") != "" {
			t.Fatalf("%d %v, %d bytes; want 200, no limit and the document", got.status, got.header, len(got.body))
		}
	}
}

// The document takes its enumerations from tags, which cannot ask the field.
func TestDocumentKnowsEveryValueOfTheField(t *testing.T) {
	t.Parallel()
	want := map[reflect.Type]map[string][]string{
		reflect.TypeFor[wire.Assessment](): {
			"DefaultQuestionFormat": texts(assess.Formats()), "DefaultAnswerFormat": texts(assess.Formats()),
		},
		reflect.TypeFor[wire.Question]():       {"QuestionFormat": texts(assess.Formats()), "AnswerFormat": texts(assess.Formats())},
		reflect.TypeFor[wire.Invite]():         {"Status": texts(assess.InviteStatuses())},
		reflect.TypeFor[wire.Member]():         {"Role": texts(assess.Roles())},
		reflect.TypeFor[wire.WebhookRequest](): {"Events": texts(assess.WebhookEvents())},
		reflect.TypeFor[wire.WebhookPatch]():   {"Events": texts(assess.WebhookEvents())},
		reflect.TypeFor[wire.InviteRequest]():  {"Language": assess.InterfaceLanguages(), "OnDuplicate": texts(assess.OnDuplicates())},
		reflect.TypeFor[wire.InviteDetail](): {
			"Language": assess.InterfaceLanguages()[1:], "Delivery": texts([]assess.Delivery{assess.MailFailed, assess.MailInDoubt, assess.MailNone}),
		},
	}
	for typ, fields := range want {
		for name, values := range fields {
			field, _ := typ.FieldByName(name)
			if got := strings.Split(field.Tag.Get("enum"), ","); !slices.Equal(got, values) {
				t.Errorf("%s.%s: the document says %v, the field knows %v", typ, name, got, values)
			}
		}
	}
}

func texts[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// A check that cannot fail checks nothing: the validator is shown answers that break the contract.
func TestBrokenAnswersAreFound(t *testing.T) {
	t.Parallel()
	const tag = `{"id":"5d8f1b3a-7c2e-4b6d-8a9f-1e3c5d7b9f0a","name":"x","color":"#1f6feb","createdAt":"2025-01-10T09:00:00.000Z","updatedAt":"2025-01-10T09:00:00.000Z"}`
	tests := map[string]struct {
		status int
		body   string
		good   bool
	}{
		"as it should be":            {200, tag, true},
		"a field too many":           {200, strings.Replace(tag, `{`, `{"org":"x",`, 1), false},
		"a field too few":            {200, strings.Replace(tag, `"name":"x",`, ``, 1), false},
		"null where there is a text": {200, strings.Replace(tag, `"name":"x"`, `"name":null`, 1), false},
		"a number for a text":        {200, strings.Replace(tag, `"name":"x"`, `"name":1`, 1), false},
		"a failure":                  {404, `{"error":"tag not found"}`, true},
		"a failure that says more":   {404, `{"error":"tag not found","code":1}`, false},
		"an undocumented status":     {418, `{"error":"no"}`, false},
	}
	d := document()
	for name, test := range tests {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, baseURL+"/api/v1/tags/5d8f1b3a-7c2e-4b6d-8a9f-1e3c5d7b9f0a", nil)
		if err != nil {
			t.Fatal(err)
		}
		d.mu.Lock()
		ok, _ := d.validator.ValidateHttpResponse(r, &http.Response{
			StatusCode: test.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(test.body)),
		})
		d.mu.Unlock()
		if ok != test.good {
			t.Errorf("%s: the validator says %v", name, ok)
		}
	}
}

func TestExampleKeysAreNotReal(t *testing.T) {
	t.Parallel()
	document, err := api.OpenAPI(placeholder)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(document) {
		t.Fatal("the document is not JSON")
	}
	found := 0
	for _, word := range strings.FieldsFunc(string(document), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		if !strings.HasPrefix(word, "ak_live_") && !strings.HasPrefix(word, "ak_test_") || len(word) == len("ak_test_") {
			continue
		}
		found++
		if _, real := assess.APIKeyMode(word); real || len(word) != len("ak_live_")+30 {
			t.Errorf("%s would be taken for a key, or does not look like one", word)
		}
	}
	if found == 0 {
		t.Error("the document shows no key")
	}
}
