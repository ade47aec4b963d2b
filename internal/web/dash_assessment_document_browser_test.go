package web_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAnAuthorMendsAFileThatCannotBeImported(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.member(t)
	p.AllowError("422")
	p.Open(s.url + "/assessments")
	glance(t, p, "assessments-none")
	p.Click("Import")
	glance(t, p, "assessment-import")
	file := filepath.Join(t.TempDir(), "assessment.json")
	s.must(os.WriteFile(file, []byte(`{
  "name": "Platform engineer",
  "languages": ["en"],
  "questions": [{"text": {"en": "What did you build last?", "de": "Was hast du gebaut?"}, "maxAnswerSeconds": 1, "point": 3}]
}`), 0o600))
	p.Upload("File", file)
	p.Click("Import")
	p.WaitText(`unknown field "questions[0].point".`)
	glance(t, p, "assessment-import-refused")
	p.Fill("Or the document itself", `{"name": "Platform engineer", "languages": ["en"], "questions": [{"text": {"en": "What did you build last?"}}]}`)
	p.Click("Import")
	p.WaitText("Imported as a draft.")
	p.WaitText("Platform engineer")
	glance(t, p, "assessment-imported")
	p.Open(s.url + "/assessments")
	glance(t, p, "assessments-imported")
}
