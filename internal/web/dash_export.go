package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) exportRoutes() []route {
	return []route{
		{"GET /assessments/{id}/results.csv", member(assess.ReadResults), s.exportTable(s.app.ExportResults, app.CSV)},
		{"GET /assessments/{id}/results.xlsx", member(assess.ReadResults), s.exportTable(s.app.ExportResults, app.XLSX)},
		{"GET /assessments/{id}/answers.csv", member(assess.ReadResults), s.exportTable(s.app.ExportAnswers, app.CSV)},
		{"GET /invites/{id}/report.pdf", member(assess.ReadResults), s.reportFile},
	}
}

// exportMenu offers what is known of an assessment's candidates as files.
func exportMenu(id assess.AssessmentID) ui.Menu {
	item := func(label, file string) ui.MenuItem {
		return ui.MenuItem{Label: label, Icon: ui.IconDownload, Href: assessmentPath(id) + "/" + file}
	}
	return ui.Menu{Label: "Export", Items: []ui.MenuItem{
		item("Results for Excel (XLSX)", "results.xlsx"), item("Results (CSV)", "results.csv"), item("Answers (CSV)", "answers.csv"),
	}}
}

// exportTable sends a table about an assessment as a file.
func (s *Server) exportTable(export func(context.Context, assess.Actor, assess.AssessmentID, app.TableFormat) (app.Export, error), f app.TableFormat) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		file, err := export(c.ctx(), c.who(), assess.AssessmentID(id), f)
		if err != nil {
			return err
		}
		return c.download(file.Name, file.MediaType, file.Write)
	}
}

// download sends a file while it is written. When that fails before anything was sent, it is answered like any error; later, the
// connection is broken, so that nobody takes what has arrived for the whole file.
func (c *call) download(name, mediaType string, write func(io.Writer) error) error {
	c.noReadDeadline()
	d := &download{begin: func() { c.attach(name, mediaType) }, to: &patientWriter{c.w}}
	if c.r.Method == http.MethodHead {
		d.begin()
		return nil
	}
	err := write(d)
	if err == nil || !d.begun {
		return err
	}
	c.s.log.WarnContext(c.ctx(), "download broke off", "id", RequestID(c.ctx()), "error", err)
	panic(http.ErrAbortHandler)
}

// download is the body of an answer whose headers are set with its first byte.
type download struct {
	begin func()
	begun bool
	to    io.Writer
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.begin()
	}
	return d.to.Write(p)
}

// attach says that the answer is a file for the disk.
func (c *call) attach(name, mediaType string) {
	header := c.w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Disposition", disposition(name))
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
}

// disposition names a file as RFC 6266 says, twice: for old programs in ASCII, for others as it is.
func disposition(name string) string {
	name = fileName(name)
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || r == '%' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// fileName is the name without what some system does not allow in the name of a file, or shows as something else.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`"/\:*?<>|`, r), unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		default:
			return r
		}
	}, name)
	return strings.TrimLeft(strings.Join(strings.Fields(name), " "), ". ")
}
