package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/jsonschema/v6"

	"alfaone/internal/api"
	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

const assessments = "/api/v1/assessments"

// smallest is a document with nothing that can be left out.
const smallest = `{"name":"Small","languages":["en"],"questions":[{"text":{"en":"Why?"}}]}`

func assessmentDocumentScenarios(w *world) []scenario {
	draft, published := assessments+"/"+string(w.draft), assessments+"/"+string(w.published)
	post := func(name, body string, status int, headers ...string) scenario {
		return scenario{name: "assessment/create_" + name, method: "POST", path: assessments, body: body, status: status, headers: headers}
	}
	return []scenario{
		post("smallest", smallest, 201),
		post("with_key", smallest, 201, "Idempotency-Key", "a1"),
		post("replayed", `{"description":"",`+smallest[1:], 201, "Idempotency-Key", "a1"),
		post("empty", `{}`, 400),
		post("with_bad_values", `{"name":"x","languages":["english"],"timeLimitMinutes":-1,"defaultAnswerFormat":"mime","closing":{"xx-x":"y"},"questions":[
 {"text":{"en":1},"questionFormat":"mixed","points":-1,"preparationSeconds":1801,"maxAnswerSeconds":4}]}`, 400),
		post("that_breaks_rules", `{"name":"x","languages":["english"],"timeLimitMinutes":-1,"defaultAnswerFormat":"mime","closing":{"xx-x":"y"},"questions":[
 {"text":{"en":"\u202e"},"questionFormat":"mixed","points":-1,"preparationSeconds":1801,"maxAnswerSeconds":4},
 {"text":{},"points":3,"criteria":[{"name":"a","points":2},{"name":"b","points":5,"levels":[{"points":1},{"points":1}]}]}]}`, 400),
		post("with_typos", `{"name":"x","languages":["en"],"question":[],"questions":[{"text":{},"criterion":[],"criteria":[{"name":"a","level":1}]}],"id":"x"}`, 400),
		{name: "assessment/document", method: "GET", path: published + "/document", status: 200},
		{name: "assessment/document_unknown", method: "GET", path: assessments + "/nothing/document", status: 404},
		{name: "assessment/publish_unfinished", method: "POST", path: draft + "/publish", status: 409},
		{name: "assessment/replace_stale", method: "PUT", path: draft, body: `{"revision":9,` + smallest[1:], status: 409},
		{name: "assessment/replace_bad_revision", method: "PUT", path: draft, body: `{"revision":0,` + smallest[1:], status: 400},
		{name: "assessment/replace", method: "PUT", path: draft, body: `{"revision":1,` + smallest[1:], status: 200},
		{name: "assessment/replaced", method: "GET", path: draft + "/document", status: 200},
		{name: "assessment/publish", method: "POST", path: draft + "/publish", status: 200},
		{name: "assessment/publish_again", method: "POST", path: draft + "/publish", status: 200},
		{name: "assessment/archive", method: "POST", path: draft + "/archive", status: 200},
		{name: "assessment/publish_archived", method: "POST", path: draft + "/publish", status: 409},
	}
}

// Whoever may write assessments may read what became of them, and no others.
func TestAKeyThatOnlyWritesAssessmentsLearnsWhatItHasChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, one := w.limitedKey(assess.Live, assess.ScopeWriteAssessments), assessments+"/"+string(w.draft)
	for _, call := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", assessments, smallest, 201},
		{"PUT", one, smallest, 200},
		{"POST", one + "/publish", "", 200},
		{"POST", one + "/archive", "", 200},
		{"GET", one, "", 403},
		{"GET", one + "/document", "", 403},
	} {
		got := w.send(call.method, call.path, key, call.body)
		if told := strings.Contains(got.body, `"name":"Small"`); got.status != call.status || told != (call.status != 403) {
			t.Errorf("%s %s: %d %s", call.method, call.path, got.status, got.body)
		}
	}
}

// full is a document with something in every field.
func full(w *world) string {
	w.t.Helper()
	document, err := json.Marshal(api.DocumentShown())
	w.must(err)
	return string(document)
}

// madeOf is the id of an assessment made of the document.
func (w *world) madeOf(document string) string {
	w.t.Helper()
	got := w.post(assessments, document)
	var out wire.AssessmentCreated
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusCreated {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
	return assessments + "/" + out.Assessment.ID
}

var anyID = regexp.MustCompile(`"id":"[0-9a-f-]{36}"`)

func TestADocumentComesBackAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	documents := map[string]string{
		"of a published assessment": w.get(assessments + "/" + string(w.published) + "/document").body,
		"with everything":           w.get(w.madeOf(full(w)) + "/document").body,
		"with almost nothing":       w.get(w.madeOf(smallest) + "/document").body,
	}
	unnamed := func(document string) string {
		return regexp.MustCompile(`,"revision":\d+`).ReplaceAllString(anyID.ReplaceAllString(document, `"id":""`), "")
	}
	for name, document := range documents {
		copied := w.madeOf(document)
		again := w.get(copied + "/document").body
		if diff := cmp.Diff(unnamed(document), unnamed(again)); diff != "" {
			t.Errorf("%s: the copy differs (-want +got):\n%s", name, diff)
		}
		if got := w.send("PUT", copied, w.key, again); got.status != http.StatusOK {
			t.Errorf("%s: putting it back: %d %s", name, got.status, got.body)
		}
		if diff := cmp.Diff(again, w.get(copied+"/document").body); diff != "" {
			t.Errorf("%s: putting it back changes it (-want +got):\n%s", name, diff)
		}
	}
}

// The published assessment goes on as it was until the draft is published.
func TestAReplacedAssessmentIsPublishedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.madeOf(smallest)
	publish := func() {
		if got := w.post(one+"/publish", ""); got.status != http.StatusOK {
			t.Fatalf("publishing: %d %s", got.status, got.body)
		}
	}
	publish()
	if got := w.send("PUT", one, w.key, strings.Replace(smallest, `"Small"`, `"Larger"`, 1)); !strings.Contains(got.body, `"name":"Small"`) {
		t.Errorf("replaced: %s", got.body)
	}
	publish()
	if got := w.get(one); !strings.Contains(got.body, `"name":"Larger"`) {
		t.Errorf("published again: %s", got.body)
	}
}

func TestADocumentMayBeLargerThanOtherBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := strings.Repeat("long ", assess.MaxTextRunes/5-1)
	question := fmt.Sprintf(`{"text":{"en":%q}},`, text)
	document := func(questions int) string {
		return `{"name":"Long","languages":["en"],"questions":[` + strings.TrimSuffix(strings.Repeat(question, questions), ",") + `]}`
	}
	if body := document(assess.MaxQuestions); len(body) < 3*api.MaxBody || len(body) > api.MaxLargeBody {
		t.Fatalf("the document has %d bytes", len(body))
	}
	w.madeOf(document(assess.MaxQuestions))
	if got := w.post(assessments, document(1)+strings.Repeat(" ", api.MaxLargeBody)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a larger one: %d %s", got.status, got.body)
	}
}

func TestSchemaInRepositoryIsCurrent(t *testing.T) {
	t.Parallel()
	schema, err := api.AssessmentSchema(placeholder)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/assessment.schema.json", string(schema))
}

func TestSchemaIsServedWithoutKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want, err := api.AssessmentSchema(baseURL)
	w.must(err)
	path := strings.TrimPrefix(api.AssessmentSchemaURL(baseURL), baseURL)
	if got := w.send("GET", path, "", ""); got.status != 200 || got.body != string(want) || got.header.Get("RateLimit") != "" {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	if got := w.send("DELETE", path, "", ""); got.status != 405 || got.header.Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("DELETE: %d %v", got.status, got.header)
	}
	if got := w.get(assessments + "/" + string(w.published) + "/document"); !strings.HasPrefix(got.body, fmt.Sprintf(`{"$schema":%q,`, baseURL+path)) {
		t.Errorf("documents do not lead to it: %s", got.body)
	}
}

// What the schema allows and what the API takes are the same, as far as a schema can say it.
func TestSchemaAgreesWithTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	schema := compiledSchema(t)
	exported := w.get(assessments + "/" + string(w.published) + "/document").body
	tests := map[string]struct {
		document string
		good     bool
	}{
		"exported":                      {exported, true},
		"with everything":               {full(w), true},
		"with almost nothing":           {smallest, true},
		"without questions":             {`{"name":"x","languages":["en"],"questions":[]}`, true},
		"with null for a format":        {strings.Replace(smallest, `{"text"`, `{"questionFormat":null,"text"`, 1), true},
		"without a name":                {`{"languages":["en"],"questions":[]}`, false},
		"without languages":             {`{"name":"x","languages":[],"questions":[]}`, false},
		"with null for points":          {strings.Replace(smallest, `{"text"`, `{"points":null,"text"`, 1), false},
		"with an unknown field":         {`{"title":1,` + smallest[1:], false},
		"with an unknown format":        {`{"defaultAnswerFormat":"mime",` + smallest[1:], false},
		"with mixed for a question":     {strings.Replace(smallest, `{"text"`, `{"questionFormat":"mixed","text"`, 1), false},
		"with a number for a text":      {strings.Replace(smallest, `"Why?"`, `1`, 1), false},
		"with too many points":          {strings.Replace(smallest, `{"text"`, `{"points":1001,"text"`, 1), false},
		"with too short an answer":      {strings.Replace(smallest, `{"text"`, `{"maxAnswerSeconds":4,"text"`, 1), false},
		"with too long a limit":         {`{"timeLimitMinutes":10081,` + smallest[1:], false},
		"with too long a name":          {strings.Replace(smallest, "Small", strings.Repeat("x", 201), 1), false},
		"with a level that says naught": {strings.Replace(smallest, `{"text"`, `{"criteria":[{"name":"a","levels":[{}]}],"text"`, 1), false},
	}
	for name, test := range tests {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(test.document))
		w.must(err)
		invalid := schema.Validate(value)
		got := w.post(assessments, test.document)
		if (invalid == nil) != test.good || (got.status == http.StatusCreated) != test.good {
			t.Errorf("%s: the schema says %v, the API %d %s", name, invalid, got.status, got.body)
		}
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := api.AssessmentSchema(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// A document is either refused in words that are valid text, or what it says can be written and read again.
func FuzzAssessment(f *testing.F) {
	for _, seed := range []string{
		smallest, `{}`, `{"name":"","languages":[],"questions":[],"introduction":{"en":"x"},"revision":1,"$schema":"x"}`,
		`{"name":"x","languages":["en","de"],"questions":[{"id":"7CAC8EB9-09A8-4CEC-B28E-DFC50DB8D0F9","text":{"en":"a"},"points":3,"criteria":[{"name":"b","levels":[{"points":3}]}]}]}`,
		`{"name":"x","languages":["en"],"questions":[{"text":{"en":null}}],"proctoringSettings":{"screenRecording":false}}`,
		`{"name":"x","languages":["en"],"questions":[{"text":{},"maxAnswerSeconds":1e9,"required":0,"questionFormat":null}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		document, err := api.DecodeAssessment(body)
		if err == nil {
			err = document.Content().Validate()
		}
		if err != nil {
			if assess.KindOf(err) != assess.Invalid || err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q is refused with %q", body, err)
			}
			return
		}
		want := document.Content().Clean()
		text, err := json.Marshal(wire.AssessmentDocumentOf(want, ""))
		if err != nil {
			t.Fatal(err)
		}
		again, err := api.DecodeAssessment(text)
		if err != nil {
			t.Fatalf("%q is accepted, %s is not: %v", body, text, err)
		}
		if diff := cmp.Diff(want, again.Content().Clean()); diff != "" {
			t.Fatalf("%s became:\n%s", body, diff)
		}
	})
}
