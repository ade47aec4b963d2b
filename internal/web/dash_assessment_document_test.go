package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// documented is an assessment with something of everything.
func (s *site) documented() assess.Assessment {
	s.t.Helper()
	asm, err := s.ImportAssessment(s.t.Context(), s.owner.Actor(assess.Live), assess.Content{
		Name: "Backend / Platform", Description: "For <spring> & later", Languages: []string{"en", "de"}, Format: assess.TextFormat, AnswerFormat: assess.MixedFormat,
		Introduction: map[string]string{"en": "Take\nyour time.", "de": "Nimm dir Zeit."}, Closing: map[string]string{"en": "Thanks."}, TimeLimit: 90,
		Proctoring: assess.Proctoring{WebcamMonitoring: true},
		Questions: []assess.Question{
			{Prompts: map[string]string{"en": "Why \"Go\"?", "de": "Warum?"}, AnswerFormat: assess.AudioFormat, Points: 3, Required: true, Preparation: 30, MaxAnswer: 60},
			{
				Prompts: map[string]string{"en": "How?"}, AnswerFormat: assess.TextFormat, Points: 4, MaxAnswer: 120,
				Criteria: []assess.Criterion{{Name: "Depth", Description: "What it cost.", Points: 4, Levels: []assess.Level{{Points: 0, Description: "None"}, {Points: 4}}}},
			},
		},
	})
	s.must(err)
	return asm
}

var documentID = regexp.MustCompile(`"id": "[0-9a-f-]{36}"`)

func TestAnExportedAssessmentIsImportedAsItWas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	exported := b.get("/assessments/" + string(s.documented().ID) + "/document.json")
	if exported.status != http.StatusOK || exported.header.Get("Content-Type") != "application/json" || !json.Valid([]byte(exported.body)) ||
		!strings.HasPrefix(exported.header.Get("Content-Disposition"), `attachment; filename="Backend Platform.json";`) {
		t.Fatalf("exported %d %v %s", exported.status, exported.header, exported.body)
	}
	imports := map[string]func() page{
		"as a file": func() page { return b.upload("/assessments/import", "file", []byte(exported.body)) },
		"as a file with a byte order mark": func() page {
			return b.upload("/assessments/import", "file", []byte("\ufeff"+exported.body))
		},
		"as text": func() page { return b.post("/assessments/import", url.Values{"document": {exported.body}}) },
	}
	for name, send := range imports {
		p := send()
		if p.status != http.StatusOK || !strings.HasPrefix(p.url.Path, "/assessments/0") || !strings.Contains(p.body, "Imported as a draft.") {
			t.Fatalf("%s: led to %s with %d", name, p.url, p.status)
		}
		again := b.get(p.url.Path + "/document.json")
		if diff := cmp.Diff(documentID.ReplaceAllString(exported.body, ""), documentID.ReplaceAllString(again.body, "")); diff != "" {
			t.Errorf("%s: it is exported as something else (-want +got):\n%s", name, diff)
		}
		if documentID.FindString(exported.body) == documentID.FindString(again.body) {
			t.Errorf("%s: two questions have one id", name)
		}
	}
}

func TestARefusedDocumentIsShownAgainWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.signIn(ownerEmail)
	tests := map[string]struct {
		document string
		want     []string
	}{
		"nothing":       {"", []string{"Choose a file, or paste a document."}},
		"no JSON":       {"{\n  \"name\": \"x\",\n  \"languages\": [\"en\",]\n}", []string{"This is not JSON. Look at line 3: invalid character ']' looking for beginning of value."}},
		"cut short":     {"{\n  \"name\":", []string{"This is not JSON. Look at line 2: unexpected end of JSON input."}},
		"no object":     {"[]", []string{"The document must be a JSON object."}},
		"a field twice": {`{"name":"x","name":"y"}`, []string{`duplicate field "name"`}},
		"of a wrong form": {`{"name":"x","languages":["en"],"questions":[{"txt":{}}],"<b>":1}`, []string{
			`questions[0].text is required.`, `unknown field "questions[0].txt".`, `unknown field "<b>".`,
		}},
		"against the rules": {`{"name":"","languages":["en"],"questions":[{"text":{"de":"Warum?"},"maxAnswerSeconds":1}]}`, []string{
			"name is required.", "questions[0].maxAnswerSeconds must be between 5 and 3600 seconds.", "questions[0].text.de is in a language that the assessment does not have.",
		}},
	}
	for name, test := range tests {
		t.Log(name)
		p := b.post("/assessments/import", url.Values{"document": {test.document}})
		p.want(t, http.StatusUnprocessableEntity, append(test.want, test.document+"</textarea>")...)
	}
	if p := b.upload("/assessments/import", "file", []byte("%PDF-1.7\x00\xff")); p.status != http.StatusBadRequest && p.status != http.StatusUnprocessableEntity {
		t.Errorf("another file: %d", p.status)
	}
	if p := b.get("/assessments?search=x"); strings.Contains(p.body, "row-link") {
		t.Errorf("something was imported: %s", p.body)
	}
}

func TestTheListLeadsToExportAndImport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner := s.signIn(ownerEmail)
	if p := owner.get("/assessments"); !strings.Contains(p.body, `href="/assessments/import"`) {
		t.Error("an empty list offers no import")
	}
	export := `href="/assessments/` + string(s.documented().ID) + `/document.json"`
	if p := owner.get("/assessments"); !strings.Contains(p.body, `href="/assessments/import"`) || !strings.Contains(p.body, export) {
		t.Error("the list offers its author no import, or no export")
	}
	viewer := s.signIn(s.colleague(assess.Viewer).Email)
	if p := viewer.get("/assessments"); strings.Contains(p.body, `href="/assessments/import"`) || !strings.Contains(p.body, export) {
		t.Error("the list offers a viewer to import, or no export")
	}
}
