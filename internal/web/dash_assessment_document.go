package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"alfaone/internal/api"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
	"alfaone/internal/wire"
)

func (s *Server) assessmentDocumentRoutes() []route {
	return []route{
		{"GET /assessments/import", member(assess.WriteAssessments), s.importAssessmentPage},
		{"POST /assessments/import", member(assess.WriteAssessments), s.importAssessment},
		{"GET /assessments/{id}/document.json", member(assess.ReadAssessments), s.exportAssessment},
	}
}

func exportPath(id assess.AssessmentID) string { return assessmentPath(id) + "/document.json" }

// exportAssessment sends the draft as a file that can be imported here and elsewhere.
func (s *Server) exportAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	return c.download(asm.Draft.Name+".json", "application/json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(wire.AssessmentDocumentOf(asm.Draft, api.AssessmentSchemaURL(s.app.BaseURL())))
	})
}

// documentForm is the form that takes an assessment as a document.
type documentForm struct {
	Text   string
	Errors []ui.FieldError
}

// documentName is the field that the document is typed into.
const documentName = "document"

func (s *Server) importAssessmentPage(c *call) error {
	return c.showAssessmentImport(http.StatusOK, documentForm{})
}

func (c *call) showAssessmentImport(status int, f documentForm) error {
	return c.render(status, importAssessmentPage(c.dashboard("Import an assessment"), f))
}

// importAssessment makes a draft of the posted document, or shows it again with all that is wrong. An uploaded file counts more
// than what was typed.
func (s *Server) importAssessment(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := documentForm{Text: c.value(documentName)}
	uploaded, err := c.uploaded("file")
	if err != nil {
		return err
	}
	if len(uploaded) > 0 {
		f.Text = string(decodeText(uploaded))
	}
	var asm assess.Assessment
	content, err := readDocument(f.Text)
	if err == nil {
		asm, err = s.app.ImportAssessment(c.ctx(), c.who(), content)
	}
	if err != nil {
		if f.Errors, err = documentErrors(err); err != nil {
			return err
		}
		return c.showAssessmentImport(http.StatusUnprocessableEntity, f)
	}
	return c.done("Imported as a draft. Look it over, then publish it.", assessmentPath(asm.ID))
}

// readDocument reads what was typed. Errors: Invalid.
func readDocument(text string) (assess.Content, error) {
	var any json.RawMessage
	err := json.Unmarshal([]byte(text), &any)
	var malformed *json.SyntaxError
	switch {
	case text == "":
		return assess.Content{}, assess.Errorf(assess.Invalid, "Choose a file, or paste a document.")
	case errors.As(err, &malformed):
		line := 1 + bytes.Count([]byte(text)[:malformed.Offset], []byte("\n"))
		return assess.Content{}, assess.Errorf(assess.Invalid, "This is not JSON. Look at line %d: %s.", line, malformed.Error())
	}
	document, err := api.DecodeAssessment([]byte(text))
	return document.Content(), err
}

// documentErrors tells a refusal in the document's words; other errors are returned as they are.
func documentErrors(err error) ([]ui.FieldError, error) {
	var e *assess.Error
	if !errors.As(wire.DocumentError(err), &e) || e.Kind != assess.Invalid {
		return nil, err
	}
	problems := e.Problems
	if len(problems) == 0 {
		problems = []assess.Problem{{Message: e.Message}}
	}
	out := make([]ui.FieldError, len(problems))
	for i, p := range problems {
		text := strings.Replace(p.String(), "The request body", "The document", 1)
		out[i] = ui.FieldError{Field: documentName, Message: strings.TrimSuffix(text, ".") + "."}
	}
	return out, nil
}
