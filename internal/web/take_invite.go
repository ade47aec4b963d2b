package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"unicode"
	"unicode/utf8"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/web/ui"
)

func (s *Server) takeRoutes() []route {
	return []route{
		{"GET /c/{token}", forCandidate(), s.openInvitation},
		{"GET /c/{token}/{form}", forCandidate(), s.reopenInvitation},
		{"POST /c/{token}/accept", forCandidate(), s.acceptInvitation},
		{"POST /c/{token}/enter", forCandidate(), s.enterInvitation},
		{"POST /c/{token}/withdraw", forCandidate(), s.withdrawInvitation},
		{"GET /c", forCandidate(), s.heldInvitation},
		{"GET /take", forCandidate(), s.attemptHome},
		{"POST /take/start", forCandidate(), s.startAttempt},
		{"GET /take/questions/{number}", forCandidate(), s.questionPage},
		{"POST /take/questions/{number}/send", forCandidate(), s.sendAnswer},
		{"GET /take/review", forCandidate(), s.reviewPage},
		{"POST /take/submit", forCandidate(), s.submitAttempt},
		{"GET /take/done", forCandidate(), s.donePage},
	}
}

// openInvitation shows what the link leads to. It changes nothing: those who scan mail for harm open links too.
func (s *Server) openInvitation(c *call) error {
	return c.showInvitation(c.r.PathValue("token"), nil)
}

// reopenInvitation leads back from the address of a form, where somebody has loaded the page again.
func (s *Server) reopenInvitation(c *call) error {
	return c.redirect("/c/" + url.PathEscape(c.r.PathValue("token")))
}

// heldInvitation shows the invitation that was accepted in this browser.
func (s *Server) heldInvitation(c *call) error { return c.showInvitation(c.cookie(takeCookie), nil) }

// acceptInvitation takes the candidate's agreement and trades the link for a cookie, so that the secret stays out of the
// addresses that follow.
func (s *Server) acceptInvitation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	c.keepLanguage()
	token := c.r.PathValue("token")
	agreed := app.Agreement{Ticked: c.value("agree") != "", Language: c.chosenLanguage(), Shown: c.value("notice")}
	if err := s.app.Accept(c.ctx(), token, agreed, c.client()); err != nil {
		return c.showInvitation(token, err)
	}
	c.setCookie(takeCookie, token, takeLife)
	return c.redirect("/take")
}

// enterInvitation takes up, in this browser, an invitation that was accepted in another or long ago.
func (s *Server) enterInvitation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	c.keepLanguage()
	token := c.r.PathValue("token")
	l, err := s.app.Landing(c.ctx(), token, "", c.client())
	if err != nil {
		return err
	}
	if l.Status != assess.Accepted && l.Status != assess.Started {
		return c.redirect("/c/" + url.PathEscape(token))
	}
	c.setCookie(takeCookie, token, takeLife)
	return c.redirect("/take")
}

func (s *Server) withdrawInvitation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	c.keepLanguage()
	token := c.r.PathValue("token")
	if err := s.app.Withdraw(c.ctx(), token, c.client()); err != nil {
		return err
	}
	return c.redirect("/c/" + url.PathEscape(token))
}

// showInvitation answers with the page that the invite's status calls for. refused is why a form came to nothing.
func (c *call) showInvitation(token string, refused error) error {
	kind := assess.KindOf(refused)
	if refused != nil && kind != assess.Invalid && kind != assess.Gone && kind != assess.Conflict {
		return refused
	}
	l, err := c.s.app.Landing(c.ctx(), token, c.takeLanguage(), c.client())
	if err != nil {
		return err
	}
	v := c.invitation(token, l)
	held := c.cookie(takeCookie) == token && refused == nil
	switch status := l.Status; {
	case status == assess.Pending:
		return c.landing(v, refused)
	case held && (status == assess.Accepted || status == assess.Started || status == assess.Completed):
		return c.redirect("/take")
	case status == assess.Accepted || status == assess.Started:
		return c.renderTake(http.StatusOK, v.texts, entryPage(v))
	case status == assess.Completed && kind == assess.Conflict:
		return c.renderTake(http.StatusConflict, v.texts, overPage(v))
	case status == assess.Completed:
		return c.renderTake(http.StatusOK, v.texts, overPage(v))
	default:
		return c.renderTake(http.StatusGone, v.texts, overPage(v))
	}
}

func (c *call) landing(v invitation, refused error) error {
	v.errors = v.problems(refused)
	if len(v.errors) == 0 {
		return c.renderTake(http.StatusOK, v.texts, landingPage(v))
	}
	v.shell.Page.Title = v.texts.T("words.error") + " " + v.shell.Page.Title
	return c.renderTake(http.StatusUnprocessableEntity, v.texts, landingPage(v))
}

// invitation is what a candidate's link shows, in one language.
type invitation struct {
	app.Landing
	texts  *i18n.Localizer
	shell  ui.Narrow
	path   string // of the link
	chosen string // the language that was switched to; may be empty
	errors []ui.FieldError
}

// titles name the pages of the statuses.
var titles = map[assess.InviteStatus]string{
	assess.Pending: "take.landing.title", assess.Accepted: "take.entry.title", assess.Started: "take.entry.title",
	assess.Completed: "take.completed.title", assess.Expired: "take.expired.title", assess.Revoked: "take.revoked.title",
}

func (c *call) invitation(token string, l app.Landing) invitation {
	v := invitation{Landing: l, path: "/c/" + url.PathEscape(token), chosen: c.takeLanguage()}
	v.texts = c.s.texts.For(v.language())
	c.keepLanguage()
	v.shell = c.takeShell(v.t(titles[l.Status]))
	v.shell.Page.Site, v.shell.Page.Links, v.shell.Roomy = l.Organization.Name, c.s.assets.Links(l.Organization.Accent), true
	v.shell.Org = ui.Brand{Name: l.Organization.Name, Logo: logoPath(l.Organization)}
	v.offerLanguages(v.path)
	if path := c.r.URL.Path; c.r.Method == http.MethodGet && takePath(path) {
		v.offerLanguages(path)
	}
	return v
}

// language is the one that the candidate reads.
func (v invitation) language() string { return cmp.Or(v.chosen, v.Invite.Language) }

// offerLanguages has the page switch languages at the address of a page.
func (v *invitation) offerLanguages(at string) {
	v.shell.Languages = nil
	for _, language := range i18n.Languages() {
		v.shell.Languages = append(v.shell.Languages, ui.Language{
			Tag: language.Code, Name: language.Name, Href: at + "?lang=" + language.Code, Current: language == v.texts.Language(),
		})
	}
}

// problems are what stopped the form, in the candidate's language.
func (v invitation) problems(refused error) (out []ui.FieldError) {
	var e *assess.Error
	if !errors.As(refused, &e) {
		return nil
	}
	for _, p := range e.Problems {
		switch p.Field {
		case "agree":
			out = append(out, ui.FieldError{Field: p.Field, Message: v.t("take.landing.consent_missing")})
		case "notice":
			out = append(out, ui.FieldError{Field: p.Field, Message: v.t("take.landing.notice_changed")})
		}
	}
	return out
}

// t is the text of a key, which may name anything about the invitation.
func (v invitation) t(key string) string {
	return v.texts.T(key, "organization", v.Organization.Name, "assessment", v.Content.Name, "name", v.Invite.Name,
		"questions", len(v.Content.Questions), "deadline", v.deadline(),
		"replyTo", v.Contact, "host", hostOf(v.Invite.RedirectURL), "date", v.texts.Date(v.Invite.CompletedAt.In(v.Organization.Location())))
}

// hostOf names the site that an address leads to.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// deadline is until when the candidate may start, in the organization's time zone and naming it.
func (v invitation) deadline() string {
	return v.texts.DateTime(v.Invite.ExpiresAt.In(v.Organization.Location()))
}

// own is a text of the organization's own in the candidate's language or else the assessment's first, and which one that is.
func (v invitation) own(texts map[string]string) (text, language string) {
	for _, language := range []string{v.language(), v.Content.Primary()} {
		if text := texts[language]; text != "" {
			return text, language
		}
	}
	return "", ""
}

// answeredIn reports whether any question is answered in the format.
func (v invitation) answeredIn(f assess.Format) bool {
	return slices.ContainsFunc(v.Content.Questions, func(q assess.Question) bool { return v.Content.AnswerFormatOf(q) == f })
}

// point is a line of a list, which stands there if it is true of the invite.
type point struct {
	icon ui.Icon
	text string
	true bool
}

func trueOnes(points ...point) []point {
	return slices.DeleteFunc(points, func(p point) bool { return !p.true })
}

// recorded says what will be recorded.
func (v invitation) recorded() []point {
	observed := v.Invite.Proctoring
	return trueOnes(
		point{ui.IconEdit, v.t("take.landing.recorded_text"), v.answeredIn(assess.TextFormat)},
		point{ui.IconMic, v.t("take.landing.recorded_audio"), v.answeredIn(assess.AudioFormat)},
		point{ui.IconVideo, v.t("take.landing.recorded_video"), v.answeredIn(assess.VideoFormat)},
		point{ui.IconVideo, v.t("take.landing.recorded_webcam"), observed.WebcamMonitoring},
		point{ui.IconMonitor, v.t("take.landing.recorded_screen"), observed.ScreenRecording},
		point{ui.IconPerson, v.t("take.landing.recorded_identity"), observed.IDCapture},
		point{ui.IconEye, v.t("take.landing.recorded_signals"), observes(observed)},
		point{ui.IconClock, v.t("take.landing.recorded_times"), true},
	)
}

// unrecorded says what will not be.
func (v invitation) unrecorded() []point {
	observed := v.Invite.Proctoring
	return trueOnes(
		point{ui.IconEyeOff, v.t("take.landing.not_recorded_before"), true},
		point{ui.IconEyeOff, v.t("take.landing.not_recorded_between"), !observed.WebcamMonitoring},
		point{ui.IconEyeOff, v.t("take.landing.not_recorded_device"), !observed.ScreenRecording},
	)
}

// ready says what to have at hand on the day.
func (v invitation) ready() []point {
	return trueOnes(
		point{ui.IconMonitor, upperFirst(v.Needs), true},
		point{ui.IconClock, upperFirst(v.texts.About(v.Content.Duration())), true},
		point{ui.IconSpeaker, v.t("take.accepted.ready_place"), true},
		point{ui.IconPerson, v.t("take.accepted.ready_identity"), v.Invite.Proctoring.IDCapture},
	)
}

// upperFirst makes a phrase stand by itself.
func upperFirst(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	return string(unicode.ToUpper(first)) + phrase[size:]
}

// over says why there is nothing to do: what happened, and what one can do.
func (v invitation) over() []string {
	switch {
	case v.Status == assess.Completed:
		return []string{v.t("take.completed.what"), v.t("take.completed.todo")}
	case v.Status == assess.Expired:
		return append([]string{v.t("take.expired.what"), v.t("take.expired.todo")}, v.contact()...)
	case v.Invite.Reason == assess.ReasonWithdrawn:
		return append([]string{v.t("take.revoked.what_withdrawn"), v.t("take.revoked.todo")}, v.contact()...)
	default:
		return append([]string{v.t("take.revoked.what"), v.t("take.revoked.todo")}, v.contact()...)
	}
}

// contact says how to reach the organization, where that is known.
func (v invitation) contact() []string {
	if v.Contact == "" {
		return nil
	}
	return []string{v.t("take.contact")}
}
