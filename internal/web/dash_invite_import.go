package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// importForm is the form that invites everybody of a list, and what checking it found.
type importForm struct {
	inviteTerms
	inviteChoices
	Key    string // sent twice, it invites once
	Rows   string // the list as text
	Errors []ui.FieldError
	Checks []app.RowCheck
}

func (s *Server) importPage(c *call) (err error) {
	f := importForm{Key: s.newID()}
	if f.inviteChoices, err = c.inviteChoices(); err != nil {
		return err
	}
	if len(f.Assessments) == 0 {
		return c.render(http.StatusOK, nothingToSendPage(c.dashboard("Invite a list"), c.who().Can(assess.WriteAssessments)))
	}
	if f.inviteTerms, err = c.usualTerms(f.Assessments, c.value("assessment")); err != nil {
		return err
	}
	return c.showImport(http.StatusOK, f)
}

func (c *call) showImport(status int, f importForm) error {
	return c.render(status, importPage(c.dashboard("Invite a list"), f))
}

// typedImport reads the posted form. An uploaded file counts more than what was pasted.
func (c *call) typedImport() (f importForm, err error) {
	if err := c.form(); err != nil {
		return f, err
	}
	f = importForm{inviteTerms: c.typedTerms(), Key: c.value("key"), Rows: c.value("rows")}
	uploaded, err := c.uploaded("file")
	if len(uploaded) > 0 {
		f.Rows = string(decodeText(uploaded))
	}
	return f, err
}

// uploaded reads a file of the form; nothing when none was chosen.
func (c *call) uploaded(field string) ([]byte, error) {
	file, _, err := c.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading an upload: %w", err)
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file) // limitBody has bounded it
}

// wishes are the invites that the list asks for. Errors: Invalid, with the list as its field.
func (f importForm) wishes() ([]assess.NewInvite, error) {
	refuse := func(format string, args ...any) error {
		return assess.InvalidFields(assess.Problem{Field: "rows", Message: fmt.Sprintf(format, args...)})
	}
	rows, err := parseCandidates([]byte(f.Rows), app.MaxBatch)
	switch {
	case errors.Is(err, errTooManyRows):
		return nil, refuse("may name at most %s candidates; split it", ui.Number(app.MaxBatch))
	case err != nil:
		return nil, refuse("cannot be read: %s", err)
	case len(rows) == 0:
		return nil, refuse("is empty: paste or upload one first")
	}
	wishes := make([]assess.NewInvite, len(rows))
	for i, row := range rows {
		wishes[i] = f.wish(row.Email, row.Name)
		if row.Language != "" {
			wishes[i].Language = row.Language
		}
	}
	return wishes, nil
}

// checkImport shows what the list would do, or the form again: to mend it, for another assessment, or because it cannot be
// read.
func (s *Server) checkImport(c *call) error {
	f, err := c.typedImport()
	if err != nil {
		return err
	}
	if f.inviteChoices, err = c.inviteChoices(); err != nil {
		return err
	}
	switch c.value("do") {
	case "choose":
		if f.inviteTerms, err = c.chosenTerms(f.inviteTerms, f.Assessments); err != nil {
			return err
		}
		return c.showImport(http.StatusOK, f)
	case "edit":
		return c.showImport(http.StatusOK, f)
	}
	wishes, err := f.wishes()
	if err == nil {
		f.Checks, err = s.app.CheckInvites(c.ctx(), c.who(), assess.AssessmentID(f.Assessment), wishes)
	}
	if err != nil {
		return c.importRefused(f, err)
	}
	return c.render(http.StatusOK, importCheckPage(c.dashboard("Check the list"), f))
}

func (c *call) importRefused(f importForm, cause error) (err error) {
	if f.Errors, err = formErrors(cause); err != nil {
		return err
	}
	return c.showImport(http.StatusUnprocessableEntity, f)
}

// sendImport invites everybody of the list whose row is in order, and says how each went.
func (s *Server) sendImport(c *call) error {
	f, err := c.typedImport()
	if err != nil {
		return err
	}
	if f.inviteChoices, err = c.inviteChoices(); err != nil {
		return err
	}
	if err := c.sameData(&f.inviteTerms); err != nil {
		return c.importRefused(f, err)
	}
	wishes, err := f.wishes()
	if err != nil {
		return c.importRefused(f, err)
	}
	results, err := s.app.InviteMany(c.ctx(), c.who(), f.Key, wishes)
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, importResultPage(c.dashboard("The list is sent"), importResult{results, s.app.BaseURL()}))
}

// importResult is how a list went.
type importResult struct {
	Rows    []app.RowResult
	baseURL string
}

func (r importResult) sent() (n int) {
	for _, row := range r.Rows {
		if row.Problem == nil {
			n++
		}
	}
	return n
}

// csv is the result as a table for spreadsheets.
func (r importResult) csv() (string, error) {
	rows := [][]string{{"email", "name", "result", "invite"}}
	for _, row := range r.Rows {
		result, link := "sent", ""
		if row.Problem != nil {
			result = problemText(row.Problem)
		}
		if row.Invite != "" {
			link = r.baseURL + invitePath(row.Invite)
		}
		rows = append(rows, []string{row.New.Email, row.New.Name, result, link})
	}
	var out strings.Builder
	err := writeCSV(&out, rows)
	return out.String(), err
}

// importResults hands a result back as a file: the page that showed it has sent it along.
func (s *Server) importResults(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	rows, err := parseCSV([]byte(c.value("results")), app.MaxBatch+1)
	if err != nil {
		return assess.Errorf(assess.Invalid, "The result could not be read. Go back and try again.")
	}
	var out bytes.Buffer
	out.WriteString("\ufeff") // or spreadsheets take it for Windows-1252
	if err := writeCSV(&out, rows); err != nil {
		return err
	}
	header := c.w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="invites.csv"`)
	c.w.WriteHeader(http.StatusOK)
	_, err = c.w.Write(out.Bytes())
	return ignoreWrite(err)
}

// problemText is what a member reads of a row's problem.
func problemText(err error) string {
	errs, err := fieldErrors(err, inviteLabels())
	if err != nil {
		return messageOf(err, assess.HTTPStatus(err))
	}
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = e.Message
	}
	return strings.Join(texts, " ")
}

// ready counts the rows that can be sent.
func (f importForm) ready() (n int) {
	for _, check := range f.Checks {
		if check.Problem == nil {
			n++
		}
	}
	return n
}
