package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) inviteRoutes() []route {
	return []route{
		{"GET /invites", member(assess.ReadInvites), s.invitesPage},
		{"GET /invites/new", member(assess.InviteCandidates), s.newInvitePage},
		{"POST /invites/new", member(assess.InviteCandidates), s.sendInvite},
		{"GET /invites/preview", member(assess.InviteCandidates), s.previewedMail},
		{"GET /invites/import", member(assess.InviteCandidates), s.importPage},
		{"POST /invites/import", member(assess.InviteCandidates), s.checkImport},
		{"POST /invites/import/send", member(assess.InviteCandidates), s.sendImport},
		{"POST /invites/import/results", member(assess.InviteCandidates), s.importResults},
		{"POST /invites/bulk", member(assess.InviteCandidates), s.confirmBulk},
		{"POST /invites/bulk/apply", member(assess.InviteCandidates), s.applyBulk},
		{"GET /invites/{id}", member(assess.ReadInvites), s.invitePage},
		{"POST /invites/{id}/resend", member(assess.InviteCandidates), s.resendInvite},
		{"POST /invites/{id}/extend", member(assess.InviteCandidates), s.extendInvite},
		{"POST /invites/{id}/revoke", member(assess.InviteCandidates), s.revokeInvite},
		{"POST /invites/{id}/readdress", member(assess.InviteCandidates), s.readdressInvite},
		{"POST /invites/{id}/advance", member(assess.InviteCandidates), s.advanceInvite},
		{"POST /invites/{id}/tags", member(assess.InviteCandidates), s.tagInvite},
		{"POST /invites/{id}/erase", member(assess.EraseCandidates), s.eraseInvite},
		{"POST /invites/{id}/accommodation", member(assess.InviteCandidates), s.accommodate},
	}
}

// invitePath is where an invite is shown.
func invitePath(id assess.InviteID) string { return "/invites/" + string(id) }

// inviteList is what the page of invites shows.
type inviteList struct {
	URL         *url.URL
	Filter      assess.InviteFilter
	Page        assess.Page
	Items       []assess.InviteSummary
	Total       int
	Statuses    []assess.InviteStatus // of Items, now
	Counts      map[assess.InviteStatus]int
	Assessments []assess.AssessmentSummary
	Tags        []assess.Tag
	Graders     []assess.Member // by whom the list can be narrowed
	Grades      map[assess.InviteID]app.InviteGrade
	MayInvite   bool
	MayAssign   bool
	MailTrouble string // why mail does not leave
}

func (s *Server) invitesPage(c *call) error {
	l := inviteList{
		URL: c.r.URL, Filter: inviteFilter(c.r.URL.Query()), Page: listPage(c.r.URL.Query(), assess.InviteSorts()),
		MayInvite: c.who().Can(assess.InviteCandidates), MayAssign: c.who().Can(assess.AssignGraders),
	}
	if err := l.read(c); err != nil {
		return err
	}
	if last := l.Page.Pages(l.Total); len(l.Items) == 0 && l.Total > 0 {
		return c.redirect(string(ui.With(l.URL, "page", strconv.Itoa(last))))
	}
	return c.render(http.StatusOK, invitesPage(c.dashboard("Invites"), l))
}

// inviteFilter reads the filter from an address. What makes no sense does not narrow.
func inviteFilter(q url.Values) assess.InviteFilter {
	f := assess.InviteFilter{Search: assess.CleanLine(q.Get("search"))}
	if id := q.Get("assessment"); assess.ValidID(id) {
		f.Assessment = assess.AssessmentID(id)
	}
	if id := q.Get("tag"); assess.ValidID(id) {
		f.Tag = assess.TagID(id)
	}
	if status := assess.InviteStatus(q.Get("status")); slices.Contains(assess.InviteStatuses(), status) {
		f.Status = status
	}
	if d := assess.Delivery(q.Get("mail")); mailProblem(d) {
		f.Delivery = d
	}
	if id := q.Get("grader"); assess.ValidID(id) {
		f.Grader = assess.MemberID(id)
	}
	graded := candidateFilter(q)
	f.Grade, f.Decision = graded.Grade, graded.Decision
	return f
}

// listPage reads which part of a list an address asks for, the newest first if it does not say.
func listPage(q url.Values, sorts []string) assess.Page {
	p := assess.Page{Number: 1, Limit: assess.DefaultPageLimit, Sort: sorts[0], Ascending: q.Get("order") == "asc"}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		p.Number = n
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 && n <= assess.MaxPageLimit {
		p.Limit = n
	}
	if slices.Contains(sorts, q.Get("sort")) {
		p.Sort = q.Get("sort")
	}
	return p
}

func (l *inviteList) read(c *call) (err error) {
	app, ctx, who := c.s.app, c.ctx(), c.who()
	if l.Items, l.Total, err = app.Invites(ctx, who, l.Filter, l.Page); err != nil {
		return err
	}
	now := c.s.now()
	for _, inv := range l.Items {
		l.Statuses = append(l.Statuses, inv.StatusAt(now))
	}
	if l.Grades, err = app.InviteGrades(ctx, who, l.Items); err != nil {
		return err
	}
	if l.Graders, err = c.graders(); err != nil {
		return err
	}
	if l.Counts, err = app.InviteCounts(ctx, who, l.Filter); err != nil {
		return err
	}
	if l.Assessments, err = c.allAssessments(assess.AssessmentFilter{}); err != nil {
		return err
	}
	if l.Tags, err = app.AllTags(ctx, who); err != nil || !l.MayInvite {
		return err
	}
	l.MailTrouble, err = app.MailTrouble(ctx)
	return err
}

// allAssessments reads all assessments that fit the filter, by name: they are to be chosen from.
func (c *call) allAssessments(f assess.AssessmentFilter) (all []assess.AssessmentSummary, err error) {
	page := assess.Page{Number: 1, Limit: assess.MaxPageLimit, Sort: "name", Ascending: true}
	for {
		items, total, err := c.s.app.Assessments(c.ctx(), c.who(), f, page)
		if err != nil {
			return nil, err
		}
		if all = append(all, items...); len(all) >= total || len(items) == 0 {
			return all, nil
		}
		page.Number++
	}
}

// narrowed reports whether the list shows less than all there is.
func (l inviteList) narrowed() bool { return l.Filter != assess.InviteFilter{} }

func (l inviteList) order() ui.Order {
	return ui.Order{URL: l.URL, Sort: l.Page.Sort, Desc: !l.Page.Ascending}
}

func (l inviteList) filters() ui.Filters {
	f := ui.Filters{URL: l.URL, Search: l.Filter.Search, Label: "Search by name or address"}
	assessments := ui.FilterSelect{Name: "assessment", Label: "Assessment", Any: "All assessments", Value: string(l.Filter.Assessment)}
	for _, a := range l.Assessments {
		assessments.Options = append(assessments.Options, ui.Option{Value: string(a.ID), Label: a.Name})
	}
	statuses := ui.FilterSelect{Name: "status", Label: "Status", Any: "Any status", Value: string(l.Filter.Status)}
	for _, status := range assess.InviteStatuses() {
		label := ui.InviteStatus(string(status)).Label + " (" + ui.Number(l.Counts[status]) + ")"
		statuses.Options = append(statuses.Options, ui.Option{Value: string(status), Label: label})
	}
	mail := ui.FilterSelect{Name: "mail", Label: "Mail", Any: "Any mail", Value: string(l.Filter.Delivery)}
	for _, d := range mailProblems() {
		mail.Options = append(mail.Options, ui.Option{Value: string(d), Label: deliveryBadge(d).Label})
	}
	graders := ui.FilterSelect{Name: "grader", Label: "Grader", Any: "Any grader", Value: string(l.Filter.Grader)}
	for _, m := range l.Graders {
		graders.Options = append(graders.Options, ui.Option{Value: string(m.ID), Label: m.Name()})
	}
	f.Selects = []ui.FilterSelect{assessments, statuses, mail, graders, gradeFilter(l.Filter.Grade), decisionFilter(l.Filter.Decision)}
	if len(l.Tags) > 0 {
		f.Selects = append(f.Selects, tagFilter(l.Tags, l.Filter.Tag))
	}
	return f
}

func tagFilter(tags []assess.Tag, chosen assess.TagID) ui.FilterSelect {
	f := ui.FilterSelect{Name: "tag", Label: "Tag", Any: "Any tag", Value: string(chosen)}
	for _, t := range tags {
		f.Options = append(f.Options, ui.Option{Value: string(t.ID), Label: t.Name})
	}
	return f
}

// mailProblems are the deliveries that somebody may want to look for.
func mailProblems() []assess.Delivery {
	return []assess.Delivery{assess.MailFailed, assess.MailInDoubt, assess.MailQueued, assess.MailCanceled}
}

func mailProblem(d assess.Delivery) bool { return slices.Contains(mailProblems(), d) }

// deliveryBadge says where an invite's mail stands.
func deliveryBadge(d assess.Delivery) ui.Badge {
	switch d {
	case assess.MailSent:
		return ui.Badge{Label: "Mail sent", Tone: ui.Success}
	case assess.MailFailed:
		return ui.Badge{Label: "Mail not delivered", Tone: ui.Bad}
	case assess.MailInDoubt:
		return ui.Badge{Label: "Mail in doubt", Tone: ui.Warning}
	case assess.MailCanceled:
		return ui.Badge{Label: "Mail not sent", Tone: ui.Neutral}
	case assess.MailNone:
		return ui.Badge{Label: "No mail", Tone: ui.Neutral}
	case assess.MailQueued, assess.MailSending:
		return ui.Badge{Label: "Mail waiting", Tone: ui.Info}
	default:
		return ui.Badge{Label: string(d)}
	}
}

// candidateName is how an invite is called: by the candidate's name, or the address while there is none.
func candidateName(inv assess.InviteSummary) string {
	if inv.Name != "" {
		return inv.Name
	}
	return inv.Email
}

func (l inviteList) rows() []ui.Row {
	rows := make([]ui.Row, len(l.Items))
	for i, inv := range l.Items {
		rows[i] = ui.Row{
			ID: string(inv.ID), Name: candidateName(inv), Href: invitePath(inv.ID),
			Cells: l.cells(inv, l.Statuses[i]),
		}
	}
	return rows
}

func (l inviteList) empty() ui.Empty {
	switch {
	case l.narrowed():
		return ui.Empty{
			Icon: ui.IconSearch, Title: "No invites match", Text: "Try fewer words or another choice.",
			Action: ui.Button{Label: "Show all invites", Href: "/invites"},
		}
	case !l.MayInvite:
		return ui.Empty{Icon: ui.IconInvite, Title: "No invites yet", Text: "Invites that your colleagues send appear here."}
	default:
		return ui.Empty{
			Icon: ui.IconInvite, Title: "No invites yet", Text: "Invite your first candidate. They get a mail with a link, and you see here how far they are.",
			Action: ui.Button{Label: "Invite a candidate", Kind: ui.Primary, Icon: ui.IconPlus, Href: "/invites/new"},
		}
	}
}
