package web

import (
	"fmt"
	"math"
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
	Recorded   map[assess.RecordingID]assess.Recording // what the content names
	Language   string
	Path       string // of the page, for its links to the other languages
	Tags       []assess.Tag
	Rubrics    bool // whether they are shown: not where candidates' view is
	MayWrite   bool
	MayInvite  bool
}

// previewAssessment shows the draft as candidates will meet it.
func (s *Server) previewAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	r, err := c.reading(asm, asm.Draft, assessmentPath(asm.ID)+"/preview")
	if err != nil {
		return err
	}
	return c.render(http.StatusOK, previewPage(r))
}

// showAssessment shows what candidates get now, to who may not write it, or while it is archived.
func (c *call) showAssessment(asm assess.Assessment) error {
	content, err := c.s.app.AssessmentContent(c.ctx(), c.who(), asm.ID)
	if err != nil {
		return err
	}
	r, err := c.reading(asm, content, assessmentPath(asm.ID))
	if err != nil {
		return err
	}
	r.Rubrics = true
	if r.Tags, err = c.s.app.AllTags(c.ctx(), c.who()); err != nil {
		return err
	}
	r.Tags = slices.DeleteFunc(r.Tags, func(t assess.Tag) bool { return !slices.Contains(asm.Tags, t.ID) })
	return c.render(http.StatusOK, assessmentReadPage(r))
}

func (c *call) reading(asm assess.Assessment, content assess.Content, path string) (r reading, err error) {
	r = reading{
		Dashboard: c.dashboard(content.Name), Assessment: asm, Content: content, Language: content.Primary(), Path: path,
		MayWrite: c.who().Can(assess.WriteAssessments), MayInvite: c.who().Can(assess.InviteCandidates),
	}
	if asked := c.r.URL.Query().Get("language"); slices.Contains(content.Languages, asked) {
		r.Language = asked
	}
	r.Recorded, err = c.s.app.Prompts(c.ctx(), c.who(), content)
	return r, err
}

// recording is what candidates hear or see of a question; ok is false where they do not.
func (r reading) recording(q assess.Question) (rec assess.Recording, ok bool) {
	rec = r.Recorded[q.Recording(r.Language, r.Content.Primary())]
	return rec, rec.State == assess.RecordingReady
}

// without says what candidates get of a question that has no recording; empty where it needs none.
func (r reading) without(q assess.Question) string {
	switch r.Content.FormatOf(q) {
	case assess.AudioFormat:
		return "No recording. Candidates hear a computer voice where there is one, and can always read the text."
	case assess.VideoFormat:
		return "No recording. Candidates read the text."
	default:
		return ""
	}
}

// time says how long candidates have.
func (r reading) time() string {
	about := fmt.Sprintf("About %d minutes.", int(math.Ceil(r.Content.Duration().Minutes())))
	if r.Content.TimeLimit == 0 {
		return about
	}
	return fmt.Sprintf("%s Once started, you have %s.", about, counted(r.Content.TimeLimit, "minute"))
}

// records says what answering records.
func (r reading) records() string {
	switch sound, picture := r.Content.Records(); {
	case picture:
		return "Your voice and your picture, while you answer."
	case sound:
		return "Your voice, while you answer."
	default:
		return "Nothing: answers are written."
	}
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
