package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) assessmentRoutes() []route {
	return []route{
		{"GET /overview", member(assess.ReadInvites), s.overviewPage},
		{"GET /assessments", member(assess.ReadAssessments), s.assessmentsPage},
		{"POST /assessments", member(assess.WriteAssessments), s.createAssessment},
		{"GET /assessments/new", member(assess.WriteAssessments), s.newAssessmentPage},
		{"GET /assessments/{id}", member(assess.ReadAssessments), s.assessmentPage},
		{"POST /assessments/{id}", member(assess.WriteAssessments), s.saveAssessment},
		{"GET /assessments/{id}/preview", member(assess.ReadAssessments), s.previewAssessment},
		{"POST /assessments/{id}/duplicate", member(assess.WriteAssessments), s.duplicateAssessment},
		{"POST /assessments/{id}/archive", member(assess.WriteAssessments), s.archiveAssessment},
		{"POST /assessments/{id}/restore", member(assess.WriteAssessments), s.restoreAssessment},
	}
}

// assessmentList is what the page of assessments shows.
type assessmentList struct {
	URL       *url.URL
	Filter    assess.AssessmentFilter
	Page      assess.Page
	Items     []assess.AssessmentSummary
	Total     int
	Tags      []assess.Tag
	MayWrite  bool
	MayInvite bool
}

func (s *Server) assessmentsPage(c *call) (err error) {
	q := c.r.URL.Query()
	l := assessmentList{
		URL: c.r.URL, Filter: assessmentFilter(q), Page: listPage(q, []string{"updated_at", "name", "created_at"}),
		MayWrite: c.who().Can(assess.WriteAssessments), MayInvite: c.who().Can(assess.InviteCandidates),
	}
	if l.Items, l.Total, err = s.app.Assessments(c.ctx(), c.who(), l.Filter, l.Page); err != nil {
		return err
	}
	if len(l.Items) == 0 && l.Total > 0 {
		return c.redirect(string(ui.With(l.URL, "page", strconv.Itoa(l.Page.Pages(l.Total)))))
	}
	if l.Tags, err = s.app.AllTags(c.ctx(), c.who()); err != nil {
		return err
	}
	return c.render(http.StatusOK, assessmentsPage(c.dashboard("Assessments"), l))
}

// assessmentFilter reads the filter from an address. What makes no sense does not narrow.
func assessmentFilter(q url.Values) assess.AssessmentFilter {
	f := assess.AssessmentFilter{Search: assess.CleanLine(q.Get("search"))}
	if status := assess.AssessmentStatus(q.Get("status")); slices.Contains(assess.AssessmentStatuses(), status) {
		f.Status = status
	}
	if id := q.Get("tag"); assess.ValidID(id) {
		f.Tag = assess.TagID(id)
	}
	return f
}

// narrowed reports whether the list shows less than all there is.
func (l assessmentList) narrowed() bool { return l.Filter != assess.AssessmentFilter{} }

func (l assessmentList) order() ui.Order {
	return ui.Order{URL: l.URL, Sort: l.Page.Sort, Desc: !l.Page.Ascending}
}

func (l assessmentList) filters() ui.Filters {
	status := ui.FilterSelect{Name: "status", Label: "Status", Any: "All but archived", Value: string(l.Filter.Status)}
	for _, s := range assess.AssessmentStatuses() {
		status.Options = append(status.Options, ui.Option{Value: string(s), Label: ui.AssessmentStatus(string(s)).Label})
	}
	f := ui.Filters{URL: l.URL, Search: l.Filter.Search, Label: "Search assessments", Selects: []ui.FilterSelect{status}}
	if len(l.Tags) > 0 {
		f.Selects = append(f.Selects, tagFilter(l.Tags, l.Filter.Tag))
	}
	return f
}

func (l assessmentList) rows() []ui.Row {
	rows := make([]ui.Row, len(l.Items))
	for i, asm := range l.Items {
		rows[i] = ui.Row{
			ID: string(asm.ID), Name: asm.Name, Href: assessmentPath(asm.ID), Actions: l.actionsOf(asm),
			Cells: []templ.Component{
				ui.Text(asm.Name), assessmentStatus(asm), ui.Text(ui.Number(asm.QuestionCount)), ui.Text(ui.Number(asm.TotalPoints)),
				languagesCell(asm.Languages), inviteCountCell(asm),
				ui.Time{At: asm.UpdatedAt, Style: ui.Ago},
			},
		}
	}
	return rows
}

// actionsOf are what can be done with an assessment from the list.
func (l assessmentList) actionsOf(asm assess.AssessmentSummary) []ui.MenuItem {
	path := assessmentPath(asm.ID)
	items := []ui.MenuItem{{Label: "Preview", Icon: ui.IconEye, Href: path + "/preview"}, {Label: "Export", Icon: ui.IconDownload, Href: exportPath(asm.ID)}}
	if asm.Version > 0 {
		items = append(items, ui.MenuItem{Label: "Results", Icon: ui.IconChart, Href: resultsPath(asm.ID)})
	}
	items = append(items, ui.MenuItem{Label: "Grading plan", Icon: ui.IconStar, Href: gradingPlanPath(asm.ID)})
	if l.MayInvite && asm.Status == assess.Published {
		items = append(items, ui.MenuItem{Label: "Invite", Icon: ui.IconInvite, Href: "/invites/new?assessment=" + string(asm.ID)})
	}
	if !l.MayWrite {
		return items
	}
	items = append(items, ui.MenuItem{Label: "Duplicate", Icon: ui.IconCopy, Post: path + "/duplicate"})
	if asm.Status == assess.Archived {
		return append(items, ui.MenuItem{Label: "Restore", Icon: ui.IconUndo, Post: path + "/restore"})
	}
	return append(items, ui.MenuItem{Label: "Archive", Icon: ui.IconArchive, Post: path + "/archive"})
}

func (l assessmentList) empty() ui.Empty {
	switch {
	case l.narrowed():
		return ui.Empty{
			Icon: ui.IconSearch, Title: "No assessments match", Text: "Try fewer words or another choice.",
			Action: ui.Button{Label: "Show all assessments", Href: "/assessments"},
		}
	case !l.MayWrite:
		return ui.Empty{Icon: ui.IconAssessment, Title: "No assessments yet", Text: "Assessments that your colleagues write appear here."}
	default:
		return ui.Empty{
			Icon: ui.IconAssessment, Title: "No assessments yet",
			Text:   "An assessment is a list of questions that candidates answer in their own time. Write one, publish it, and invite people to it.",
			Action: ui.Button{Label: "New assessment", Kind: ui.Primary, Icon: ui.IconPlus, Href: "/assessments/new"},
		}
	}
}

func (s *Server) newAssessmentPage(c *call) error {
	return c.render(http.StatusOK, newAssessmentPage(c.dashboard("New assessment"), "", nil))
}

func (s *Server) createAssessment(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	name := c.value("name")
	asm, err := s.app.CreateAssessment(c.ctx(), c.who(), name)
	if err == nil {
		return c.redirect(assessmentPath(asm.ID))
	}
	errs, err := draftErrors(err, draftForm{})
	if err != nil {
		return err
	}
	return c.render(http.StatusUnprocessableEntity, newAssessmentPage(c.dashboard("New assessment"), name, errs))
}

func (s *Server) duplicateAssessment(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	asm, err := s.app.DuplicateAssessment(c.ctx(), c.who(), assess.AssessmentID(id))
	if err != nil {
		return err
	}
	return c.done("Duplicated. This is the copy, a draft of its own.", assessmentPath(asm.ID))
}

func (s *Server) archiveAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	if err := s.app.Archive(c.ctx(), c.who(), asm.ID); err != nil {
		return err
	}
	c.say(ui.Toast{
		Tone: ui.Success, Text: "“" + asm.Draft.Name + "” is archived. Its invites go on.",
		Undo: &ui.Undo{Label: "Undo", Action: assessmentPath(asm.ID) + "/restore"},
	})
	return c.redirect("/assessments")
}

func (s *Server) restoreAssessment(c *call) error {
	asm, err := c.assessment()
	if err != nil {
		return err
	}
	if err := s.app.Restore(c.ctx(), c.who(), asm.ID); err != nil {
		return err
	}
	return c.done("“"+asm.Draft.Name+"” is restored.", assessmentPath(asm.ID))
}
