package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/mail"
)

// rows are the body rows of the tables of a page, as words.
func (p page) rows(t *testing.T) (rows []string) {
	t.Helper()
	for _, tr := range p.all(t, "tr") {
		if tr.Parent.Data == "tbody" {
			rows = append(rows, words(tr))
		}
	}
	return rows
}

// formTo is what the forms of a page with this action would send; nothing without one.
func (p page) formTo(t *testing.T, action string) url.Values {
	t.Helper()
	values := url.Values{}
	for _, form := range p.all(t, "form") {
		if attr(form, "action") != action {
			continue
		}
		for n := range form.Descendants() {
			if name := attr(n, "name"); name != "" && n.Data != "button" {
				if value, sent := sent(n); sent {
					values.Add(name, value)
				}
			}
		}
	}
	return values
}

// several makes an invite for each address, to one assessment.
func (s *site) several(emails ...string) []assess.Invite {
	s.t.Helper()
	who := s.owner.Actor(assess.Live)
	first := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email, n.Name = emails[0], "" })
	all := []assess.Invite{first.Invite}
	for _, email := range emails[1:] {
		out, err := s.Invite(s.t.Context(), who, assess.NewInvite{
			Assessment: first.Assessment, Email: email, ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		})
		s.must(err)
		all = append(all, out.Invite)
	}
	return all
}

func (s *site) detail(id assess.InviteID) app.InviteDetail {
	s.t.Helper()
	d, err := s.InviteTimeline(s.t.Context(), s.owner.Actor(assess.Live), id)
	s.must(err)
	return d
}

func TestTheListKeepsItsStateInTheAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	emails := make([]string, 45)
	for i := range emails {
		emails[i] = fmt.Sprintf("person%02d@example.com", i)
	}
	invites := s.several(emails...)
	s.must(s.Revoke(t.Context(), s.owner.Actor(assess.Live), invites[7].ID, false))
	b := s.signIn(ownerEmail)
	for path, want := range map[string]struct {
		rows    int
		first   string
		summary string
	}{
		"/invites":                                               {20, "person44", "1–20 of 45"},
		"/invites?page=3":                                        {5, "person04", "41–45 of 45"},
		"/invites?page=9":                                        {5, "person04", "41–45 of 45"},
		"/invites?sort=sent_at&order=asc":                        {20, "person00", "1–20 of 45"},
		"/invites?status=revoked":                                {1, "person07", "1–1 of 1"},
		"/invites?search=ERSON3&limit=5":                         {5, "person39", "1–5 of 10"},
		"/invites?mail=queued&status=pending":                    {20, "person44", "1–20 of 44"},
		"/invites?assessment=" + string(invites[0].Assessment):   {20, "person44", "1–20 of 45"},
		"/invites?status=nonsense&sort=nonsense&page=x&limit=-1": {20, "person44", "1–20 of 45"},
	} {
		p := b.get(path)
		rows := p.rows(t)
		if len(rows) != want.rows || !strings.Contains(rows[0], want.first) {
			t.Errorf("%s shows %d rows, the first %q; want %d and %s", path, len(rows), rows[0], want.rows, want.first)
		}
		p.says(t, http.StatusOK, want.summary)
	}
	b.get("/invites?search=nobody").says(t, http.StatusOK, "No invites match", "Show all invites")
	p := b.get("/invites?status=pending&search=person&page=2")
	for _, a := range p.all(t, "a") {
		if href := attr(a, "href"); strings.Contains(href, "sort=") && !(strings.Contains(href, "status=pending") && strings.Contains(href, "search=person")) {
			t.Errorf("sorting forgets the filter: %s", href)
		}
	}
}

func TestTheListTellsWhoHasNoMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	all := s.crowd(t)
	p := s.signIn(ownerEmail).get("/invites?mail=failed")
	if rows := p.rows(t); len(rows) != 1 || !strings.Contains(rows[0], "Mail not delivered") || !strings.Contains(rows[0], all[6].Email) {
		t.Errorf("the rows are %q", rows)
	}
}

func TestTroubleOfTheMailServerIsShownToWhoInvites(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sender.Refuse = func(mail.Message) error {
		return &mail.Error{Class: mail.Ours, Stage: mail.StageAuth, Err: errors.New("535 5.7.8 wrong password")}
	}
	i := s.invitation()
	s.work()
	b := s.signIn(ownerEmail)
	for _, path := range []string{"/invites", "/invites/" + string(i.ID)} {
		b.get(path).says(t, http.StatusOK, "Mail is not leaving this server", "535 5.7.8 wrong password", "Mail waiting")
	}
}

func TestInvitesAreNotForGraders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	mine := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Grader = grader.ID })
	mine.completed()
	b := s.signIn(grader.Email)
	for _, path := range []string{"/invites", "/invites/" + string(mine.ID)} {
		b.get(path).want(t, http.StatusForbidden)
	}
}

func TestViewersLookAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	viewer := s.colleague(assess.Viewer)
	i := s.invitation()
	b := s.signIn(viewer.Email)
	p := b.get("/invites/" + string(i.ID))
	p.says(t, http.StatusOK, "Casey Candidate", "Timeline", "Invited by Olivia Owner")
	if strings.Contains(p.body, i.token) || len(p.formTo(t, "/invites/"+string(i.ID)+"/resend")) > 0 || strings.Contains(p.body, "Revoke") {
		t.Error("a viewer is offered the link or an action")
	}
	for _, path := range []string{"/invites/new", "/invites/import", "/invites/preview"} {
		if p := b.get(path); p.status != http.StatusForbidden {
			t.Errorf("%s answers %d", path, p.status)
		}
	}
	for _, path := range []string{"new", "import", "import/send", "import/results", "bulk", "bulk/apply"} {
		if p := b.post("/invites/"+path, nil); p.status != http.StatusForbidden {
			t.Errorf("POST %s answers %d", path, p.status)
		}
	}
	for _, step := range []string{"resend", "extend", "revoke", "readdress", "tags"} {
		if p := b.post("/invites/"+string(i.ID)+"/"+step, nil); p.status != http.StatusForbidden {
			t.Errorf("%s answers %d", step, p.status)
		}
	}
	if got := i.status(); got != assess.Pending {
		t.Errorf("the invite is %s", got)
	}
}

func TestTheFormBeginsWithWhatTheAssessmentAndTheOrganizationSay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	org, err := s.Organization(t.Context(), s.owner.Actor(assess.Live))
	s.must(err)
	org.Defaults = assess.InviteDefaults{ExpiresInDays: 12, ReplayLimit: 3, RecordLimit: 2}
	s.must(s.UpdateOrganization(t.Context(), s.owner.Actor(assess.Live), org))
	b := s.signIn(ownerEmail)
	b.get("/invites/new").says(t, http.StatusOK, "Publish an assessment first")
	i := s.invitation(func(n *assess.NewInvite, c *assess.Content) { c.Proctoring = assess.Proctoring{ScreenRecording: true} })
	f := b.get("/invites/new?assessment="+string(i.Assessment)).formTo(t, "/invites/new")
	for name, want := range map[string]string{
		"assessmentId": string(i.Assessment), "expiresInDays": "12", "questionReplayLimit": "3", "answerRecordLimit": "2", "language": "en",
		"screen": "on", "webcam": "", "identity": "",
	} {
		if got := f.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// newInvite fills the form that invites one.
func (b *browser) newInvite(email string) url.Values {
	f := b.get("/invites/new").formTo(b.s.t, "/invites/new")
	f.Set("recipientEmail", email)
	return f
}

func TestADoubleClickSendsOneInvite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	f := b.newInvite("ana@example.com")
	pages := make([]page, 2)
	var both sync.WaitGroup
	for i := range pages {
		both.Go(func() { pages[i] = b.post("/invites/new", f) })
	}
	both.Wait()
	if pages[0].url.Path != pages[1].url.Path || !strings.HasPrefix(pages[0].url.Path, "/invites/") || pages[0].url.Path == "/invites/new" {
		t.Fatalf("the clicks led to %s and %s", pages[0].url, pages[1].url)
	}
	s.work()
	if n := len(s.sender.Messages()); n != 2 { // one of them the first invitation's
		t.Errorf("%d mails were sent", n)
	}
	pages[0].says(t, http.StatusOK, "ana@example.com", "The candidate's link")
}

func TestTheOpenInviteThatStandsInTheWayIsLinked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	b := s.signIn(ownerEmail)
	f := b.newInvite("CASEY@example.com")
	f.Set("customMessage", "Typed with care")
	p := b.post("/invites/new", f)
	p.says(t, http.StatusUnprocessableEntity, "already has an open invite", "Open that invite", "Typed with care")
	if !strings.Contains(p.body, `href="/invites/`+string(i.ID)+`"`) {
		t.Error("the open invite is not linked")
	}
}

func TestWhatIsWrongIsSaidBesideWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	f := b.newInvite("nonsense")
	f.Set("recipientName", "Ana https://example.com")
	f.Set("expiresInDays", "soon")
	f.Set("questionReplayLimit", "101")
	f.Del("webcam")
	p := b.post("/invites/new", f)
	p.says(t, http.StatusUnprocessableEntity, "There is a problem", "The address must be a valid email address.",
		"The name must not contain a web address.", "The days to start must be between 1 and 365.", "The replays must be between 1 and 100.")
	again := p.formTo(t, "/invites/new")
	for name := range f {
		if again.Get(name) != f.Get(name) {
			t.Errorf("%s was %q and is now %q", name, f.Get(name), again.Get(name))
		}
	}
	if again.Has("webcam") {
		t.Error("the box is ticked again")
	}
}

func TestThePreviewShowsTheMailAndSendsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	s.work()
	b := s.signIn(ownerEmail)
	f := b.newInvite("ana@example.com")
	f.Set("recipientName", "Ana Díaz")
	f.Set("customMessage", "<b>Not bold</b>")
	f.Set("language", "de")
	f.Set("do", "preview")
	p := b.post("/invites/new", f)
	p.says(t, http.StatusOK, "Nothing has been sent yet", "Example Ltd <assess@example.com>", "Ana Díaz <ana@example.com>", "owner@example.com")
	frame := b.get(attr(p.all(t, "iframe")[0], "src"))
	if frame.status != http.StatusOK || !strings.Contains(frame.body, "Guten Tag Ana Díaz") || !strings.Contains(frame.body, "&lt;b&gt;Not bold&lt;/b&gt;") {
		t.Errorf("the frame answers %d:\n%s", frame.status, frame.body)
	}
	if policy := frame.header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox ") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("the frame's policy is %q", policy)
	}
	s.work()
	if n := len(s.sender.Messages()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestThePreviewOfTheLongestMessageStillOpens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	f := b.newInvite("ana@example.com")
	f.Set("customMessage", strings.Repeat("é", assess.MaxMessageRunes))
	f.Set("do", "preview")
	p := b.post("/invites/new", f)
	if frame := b.get(attr(p.all(t, "iframe")[0], "src")); frame.status != http.StatusOK {
		t.Errorf("the frame answers %d", frame.status)
	}
}

func TestAnInviteIsChangedFromItsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tag, err := s.CreateTag(t.Context(), s.owner.Actor(assess.Live), "Berlin", "")
	s.must(err)
	i := s.invitation()
	s.work()
	b := s.signIn(ownerEmail)
	path := "/invites/" + string(i.ID)
	b.get(path).says(t, http.StatusOK, "Casey Candidate", "Pending", "Mail sent", "Send the mail again", "Fix the address", "Extend the deadline", "Revoke")

	b.post(path+"/resend", nil).says(t, http.StatusOK, "Mail sent again by Olivia Owner")
	if p := b.post(path+"/resend", nil); !strings.Contains(p.body, "less than a minute ago") {
		t.Error("the second mail within a minute is not explained")
	}
	b.post(path+"/extend", url.Values{"expiresInDays": {"1"}}).says(t, http.StatusUnprocessableEntity, "must lead to a later deadline")
	b.post(path+"/extend", url.Values{"expiresInDays": {"60"}}).says(t, http.StatusOK, "Deadline extended by Olivia Owner")
	b.post(path+"/readdress", url.Values{"recipientEmail": {"wrong"}}).says(t, http.StatusUnprocessableEntity, "The address must be a valid email address.")
	b.post(path+"/readdress", url.Values{"recipientEmail": {"c.candidate@example.com"}, "recipientName": {"C. C."}}).
		says(t, http.StatusOK, "Address changed by Olivia Owner", "from casey@example.com to c.candidate@example.com")
	b.post(path+"/tags", url.Values{"tags": {string(tag.ID)}}).says(t, http.StatusOK, "Berlin")
	if got := s.detail(i.ID).Invite.Tags; len(got) != 1 || got[0] != tag.ID {
		t.Errorf("the tags are %v", got)
	}
	p := b.post(path+"/revoke", nil)
	p.says(t, http.StatusOK, "Revoked by Olivia Owner")
	if said := p.main(t); strings.Contains(said, "Send the mail again") || strings.Contains(said, "Extend the deadline") || strings.Contains(said, "The candidate's link") {
		t.Errorf("a revoked invite offers what is not possible: %s", said)
	}
	b.post(path+"/resend", nil).says(t, http.StatusUnprocessableEntity, "this invite is revoked")
}

func TestAStartedInviteIsRevokedWithForceOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	i.started()
	b := s.signIn(ownerEmail)
	path := "/invites/" + string(i.ID)
	b.post(path+"/revoke", nil).says(t, http.StatusUnprocessableEntity, "already started")
	f := b.get(path).formTo(t, path+"/revoke")
	b.post(path+"/revoke", f)
	if got := i.status(); got != assess.Revoked {
		t.Errorf("the invite is %s", got)
	}
}

func TestAnInvitesPageShowsWhatWasAgreedTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	l, err := s.Landing(t.Context(), i.token, "", app.Client{})
	s.must(err)
	s.must(s.Accept(t.Context(), i.token, app.Agreement{Ticked: true, Language: "en", Shown: l.NoticeSHA256}, app.Client{Address: "192.0.2.9"}))
	s.signIn(ownerEmail).get("/invites/"+string(i.ID)).says(t, http.StatusOK, "Agreement", "version 1, English", "192.0.2.0/24", l.NoticeSHA256, "Notice agreed to by the candidate")
}

func TestAnotherOrganizationsInviteDoesNotExist(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation()
	other, err := s.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Elsewhere", FirstName: "Eve", LastName: "Else", Email: "eve@elsewhere.example", Password: password,
	})
	s.must(err)
	b := s.signIn(other.Email)
	if p := b.get("/invites/" + string(i.ID)); p.status != http.StatusNotFound {
		t.Errorf("it answers %d", p.status)
	}
	for _, step := range []string{"resend", "extend", "revoke", "readdress", "tags"} {
		if p := b.post("/invites/"+string(i.ID)+"/"+step, url.Values{"expiresInDays": {"60"}, "recipientEmail": {"eve@elsewhere.example"}}); p.status != http.StatusNotFound {
			t.Errorf("%s answers %d", step, p.status)
		}
	}
	if p := b.post("/invites/bulk/apply", url.Values{"action": {"revoke"}, "id": {string(i.ID)}}); strings.Contains(p.body, i.Email) {
		t.Error("the bulk action names it")
	}
	if got := i.status(); got != assess.Pending {
		t.Errorf("the invite is %s", got)
	}
}
