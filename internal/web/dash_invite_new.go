package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/web/ui"
)

// inviteTerms are what one invite and those of a list have in common, as typed.
type inviteTerms struct {
	Mode                                  string // of the data that the form was shown for
	Assessment, Language, Message, Grader string
	Tags                                  []string
	Days, Replays, Takes                  string
	Screen, Webcam, Identity              bool
}

// inviteChoices are what can be chosen for an invite.
type inviteChoices struct {
	Assessments []assess.AssessmentSummary // published ones
	Graders     []assess.Member
	Tags        []assess.Tag
}

// inviteForm is the form that invites one candidate.
type inviteForm struct {
	inviteTerms
	inviteChoices
	Key         string // sent twice, it invites once
	Email, Name string
	Errors      []ui.FieldError
	Open        assess.InviteID // the open invite that stands in the way
	Preview     *mailPreview
}

// inviteLabels are what the forms call their fields.
func inviteLabels() map[string]string {
	return map[string]string{
		"assessmentId": "The assessment", "recipientEmail": "The address", "recipientName": "The name", "language": "The language",
		"customMessage": "The message", "expiresInDays": "The days to start", "questionReplayLimit": "The replays",
		"answerRecordLimit": "The takes", "tags": "The tags", "rows": "The list",
		"timeFactor": "The time", "extraTakes": "The extra takes", "extraPlays": "The extra replays", "instead": "The other way of answering",
	}
}

func (s *Server) newInvitePage(c *call) error {
	f := inviteForm{Key: s.newID(), Email: c.line("email"), Name: c.line("name")}
	var err error
	if f.inviteChoices, err = c.inviteChoices(); err != nil {
		return err
	}
	if len(f.Assessments) == 0 {
		return c.render(http.StatusOK, nothingToSendPage(c.dashboard("Invite a candidate"), c.who().Can(assess.WriteAssessments)))
	}
	if f.inviteTerms, err = c.usualTerms(f.Assessments, c.value("assessment")); err != nil {
		return err
	}
	return c.showInviteForm(http.StatusOK, f)
}

func (c *call) showInviteForm(status int, f inviteForm) error {
	return c.render(status, newInvitePage(c.dashboard("Invite a candidate"), f))
}

// inviteChoices reads what can be chosen: published assessments, members who may grade, tags.
func (c *call) inviteChoices() (ch inviteChoices, err error) {
	if ch.Assessments, err = c.allAssessments(assess.AssessmentFilter{Status: assess.Published}); err != nil {
		return ch, err
	}
	if ch.Graders, err = c.graders(); err != nil {
		return ch, err
	}
	ch.Tags, err = c.s.app.AllTags(c.ctx(), c.who())
	return ch, err
}

// usualTerms are those that a form begins with: of the assessment with the id, or else the newest, with the organization's
// limits.
func (c *call) usualTerms(published []assess.AssessmentSummary, id string) (t inviteTerms, err error) {
	chosen := slices.MaxFunc(published, func(a, b assess.AssessmentSummary) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
	for _, a := range published {
		if string(a.ID) == id {
			chosen = a
		}
	}
	content, err := c.s.app.AssessmentContent(c.ctx(), c.who(), chosen.ID)
	if err != nil {
		return t, err
	}
	d := c.visit.Organization.Defaults
	t = inviteTerms{
		Mode: string(c.visit.Session.Mode), Assessment: string(chosen.ID), Language: interfaceLanguage(content.Primary()),
		Days: strconv.Itoa(d.ExpiresInDays), Replays: strconv.Itoa(d.ReplayLimit), Takes: strconv.Itoa(d.RecordLimit),
		Screen: content.Proctoring.ScreenRecording, Webcam: content.Proctoring.WebcamMonitoring, Identity: content.Proctoring.IDCapture,
	}
	return t, nil
}

// chosenTerms are the typed terms after another assessment was chosen. What that one says takes the place of what the form
// showed of the last one; what was changed by hand stays.
func (c *call) chosenTerms(t inviteTerms, published []assess.AssessmentSummary) (inviteTerms, error) {
	was, err := c.usualTerms(published, c.value("termsOf"))
	if err != nil {
		return t, err
	}
	now, err := c.usualTerms(published, t.Assessment)
	if err != nil {
		return t, err
	}
	t.Assessment = now.Assessment
	follow(&t.Language, was.Language, now.Language)
	follow(&t.Screen, was.Screen, now.Screen)
	follow(&t.Webcam, was.Webcam, now.Webcam)
	follow(&t.Identity, was.Identity, now.Identity)
	return t, nil
}

// follow gives a field what is usual now, unless it differs from what was usual.
func follow[T comparable](field *T, was, now T) {
	if *field == was {
		*field = now
	}
}

// interfaceLanguage is the language if candidates can be spoken to in it, else the first that there is.
func interfaceLanguage(code string) string {
	if slices.Contains(assess.InterfaceLanguages(), code) {
		return code
	}
	return assess.InterfaceLanguages()[0]
}

// typedTerms reads the terms from the posted form, or from an address.
func (c *call) typedTerms() inviteTerms {
	return inviteTerms{
		Mode: c.value("mode"), Assessment: c.value("assessmentId"), Language: c.value("language"), Message: assess.CleanText(c.value("customMessage")),
		Grader: c.value("grader"), Tags: c.r.Form["tags"],
		Days: c.line("expiresInDays"), Replays: c.line("questionReplayLimit"), Takes: c.line("answerRecordLimit"),
		Screen: c.value("screen") != "", Webcam: c.value("webcam") != "", Identity: c.value("identity") != "",
	}
}

// wish is the invite that the terms ask for. What is no number becomes one that is refused.
func (t inviteTerms) wish(email, name string) assess.NewInvite {
	n := assess.NewInvite{
		Assessment: assess.AssessmentID(t.Assessment), Email: email, Name: name, Language: t.Language, Message: t.Message,
		Grader: assess.MemberID(t.Grader), ReplayLimit: numberOr0(t.Replays), RecordLimit: numberOr0(t.Takes), ExpiresInDays: numberOr0(t.Days),
		Proctoring: assess.ProctoringChoice{ScreenRecording: &t.Screen, WebcamMonitoring: &t.Webcam, IDCapture: &t.Identity},
	}
	for _, tag := range t.Tags {
		n.Tags = append(n.Tags, assess.TagID(tag))
	}
	return n
}

func numberOr0(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// sameData refuses terms that were filled in for test data when live data is shown by now, or the other way: another tab may
// have switched, and a trial must not become a mail to a person. Sent once more, the form counts. Errors: Conflict.
func (c *call) sameData(t *inviteTerms) error {
	shown := t.Mode
	t.Mode = string(c.visit.Session.Mode)
	if shown == t.Mode {
		return nil
	}
	return assess.Errorf(assess.Conflict, "You have switched to %s data since this form was opened. Nothing was sent; look it over before you send it.", t.Mode)
}

// sendInvite invites the candidate; or shows the mail first, or the form for another assessment, when asked to.
func (s *Server) sendInvite(c *call) (err error) {
	if err := c.form(); err != nil {
		return err
	}
	f := inviteForm{inviteTerms: c.typedTerms(), Key: c.value("key"), Email: c.line("recipientEmail"), Name: c.line("recipientName")}
	if f.inviteChoices, err = c.inviteChoices(); err != nil {
		return err
	}
	switch c.value("do") {
	case "choose":
		if f.inviteTerms, err = c.chosenTerms(f.inviteTerms, f.Assessments); err != nil {
			return err
		}
		return c.showInviteForm(http.StatusOK, f)
	case "preview":
		return s.previewInvite(c, f)
	}
	if err := c.sameData(&f.inviteTerms); err != nil {
		return c.inviteRefused(f, err)
	}
	id, err := s.app.InviteOnce(c.ctx(), c.who(), f.wish(f.Email, f.Name), f.Key)
	if err == nil {
		return c.done("The invite to "+cmp.Or(f.Name, f.Email)+" is on its way.", invitePath(id))
	}
	return c.inviteRefused(f, err)
}

// inviteRefused shows the form again, with what is wrong.
func (c *call) inviteRefused(f inviteForm, cause error) (err error) {
	if assess.KindOf(cause) == assess.Conflict {
		f.Open, err = c.s.app.OpenInvite(c.ctx(), c.who(), assess.AssessmentID(f.Assessment), f.Email)
		if err != nil {
			return err
		}
	}
	if f.Errors, err = formErrors(cause); err != nil {
		return err
	}
	if f.Open != "" {
		f.Errors = []ui.FieldError{{Field: "recipientEmail", Message: f.Email + " already has an open invite to this assessment."}}
	}
	return c.showInviteForm(http.StatusUnprocessableEntity, f)
}

// formErrors is fieldErrors for the forms of invites, where a choice that is gone by now can be made anew.
func formErrors(err error) ([]ui.FieldError, error) {
	if assess.KindOf(err) == assess.NotFound {
		err = assess.Errorf(assess.Conflict, "Something that you chose is gone by now: %s", err)
	}
	return fieldErrors(err, inviteLabels())
}

// mailPreview is the mail as it will leave; Frame is where its HTML is served.
type mailPreview struct {
	From, To, ReplyTo, Subject string
	Frame                      string
}

func (s *Server) previewInvite(c *call, f inviteForm) error {
	p, err := s.app.PreviewInvite(c.ctx(), c.who(), f.wish(f.Email, f.Name))
	if err != nil {
		return c.inviteRefused(f, err)
	}
	f.Preview = &mailPreview{From: p.From, To: p.To, ReplyTo: p.ReplyTo, Subject: p.Subject, Frame: previewPath(f)}
	return c.showInviteForm(http.StatusOK, f)
}

// previewPath leads to the mail's HTML. It names what the mail says, for nothing of it is stored.
func previewPath(f inviteForm) string {
	q := url.Values{
		"assessmentId": {f.Assessment}, "recipientEmail": {f.Email}, "recipientName": {f.Name}, "language": {f.Language},
		"customMessage": {f.Message}, "expiresInDays": {f.Days}, "questionReplayLimit": {f.Replays}, "answerRecordLimit": {f.Takes},
	}
	for name, on := range map[string]bool{"screen": f.Screen, "webcam": f.Webcam, "identity": f.Identity} {
		if on {
			q.Set(name, "on")
		}
	}
	return "/invites/preview?" + q.Encode()
}

// previewedMail serves the HTML of the mail that an invite would send, for a frame.
func (s *Server) previewedMail(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	p, err := s.app.PreviewInvite(c.ctx(), c.who(), c.typedTerms().wish(c.line("recipientEmail"), c.line("recipientName")))
	if err != nil {
		return err
	}
	return c.renderMail(p.HTML)
}

// languageOptions are the languages in which candidates are spoken to.
func languageOptions() []ui.Option {
	var options []ui.Option
	for _, l := range i18n.Languages() {
		options = append(options, ui.Option{Value: l.Code, Label: l.Name})
	}
	return options
}

func (ch inviteChoices) assessmentOptions() []ui.Option {
	var options []ui.Option
	for _, a := range ch.Assessments {
		options = append(options, ui.Option{Value: string(a.ID), Label: a.Name})
	}
	return options
}

func (ch inviteChoices) graderOptions() []ui.Option {
	options := []ui.Option{{Label: "Nobody yet"}}
	for _, m := range ch.Graders {
		options = append(options, ui.Option{Value: string(m.ID), Label: m.Name()})
	}
	return options
}
