package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// reading is what an assessment says in one language, to be read only.
type reading struct {
	Dashboard  ui.Dashboard
	Assessment assess.Assessment
	Content    assess.Content
	Language   string
	Path       string // of the page, for its links to the other languages
	Tags       []assess.Tag
	MayWrite   bool
	MayInvite  bool
}

// previewAssessment shows the draft as candidates will read it.
func (s *Server) previewAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	r := c.reading(asm, asm.Draft, assessmentPath(asm.ID)+"/preview")
	return c.render(http.StatusOK, previewPage(r))
}

// showAssessment shows what candidates get now, to who may not write it, or while it is archived.
func (c *call) showAssessment(asm assess.Assessment) error {
	content, err := c.s.app.AssessmentContent(c.ctx(), c.who(), asm.ID)
	if err != nil {
		return err
	}
	r := c.reading(asm, content, assessmentPath(asm.ID))
	if r.Tags, err = c.s.app.AllTags(c.ctx(), c.who()); err != nil {
		return err
	}
	r.Tags = slices.DeleteFunc(r.Tags, func(t assess.Tag) bool { return !slices.Contains(asm.Tags, t.ID) })
	return c.render(http.StatusOK, assessmentReadPage(r))
}

func (c *call) reading(asm assess.Assessment, content assess.Content, path string) reading {
	r := reading{
		Dashboard: c.dashboard(content.Name), Assessment: asm, Content: content, Language: content.Primary(), Path: path,
		MayWrite: c.who().Can(assess.WriteAssessments), MayInvite: c.who().Can(assess.InviteCandidates),
	}
	if asked := c.r.URL.Query().Get("language"); slices.Contains(content.Languages, asked) {
		r.Language = asked
	}
	return r
}

// tabs lead to the other languages.
func (r reading) tabs() ui.Tabs {
	t := ui.Tabs{Label: "Language"}
	for _, language := range r.Content.Languages {
		t.Items = append(t.Items, ui.Tab{
			Label: languageName(language), Href: r.Path + "?language=" + url.QueryEscape(language), Current: language == r.Language,
		})
	}
	return t
}

// how says how a question is asked and answered: "Asked by audio · answered by video · 30 s to prepare · up to 2 min".
func (r reading) how(q assess.Question) string {
	parts := []string{"Asked by " + strings.ToLower(formatName(r.Content.FormatOf(q))), "answered by " + strings.ToLower(formatName(r.Content.AnswerFormatOf(q)))}
	if q.Preparation > 0 {
		parts = append(parts, seconds(q.Preparation)+" to prepare")
	}
	parts = append(parts, "up to "+seconds(q.MaxAnswer))
	if !q.Required {
		parts = append(parts, "optional")
	}
	return strings.Join(parts, " · ")
}

// seconds writes a span of time: "45 s", "2 min", "1 min 30 s".
func seconds(n int) string {
	switch {
	case n < 60:
		return fmt.Sprintf("%d s", n)
	case n%60 == 0:
		return fmt.Sprintf("%d min", n/60)
	default:
		return fmt.Sprintf("%d min %d s", n/60, n%60)
	}
}
