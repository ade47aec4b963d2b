package app

import (
	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
)

// inviteMessage writes the mail that invites a candidate, in the invite's language.
func (a *App) inviteMessage(j job.Job, l Landing) (mail.Message, error) {
	inv, org := l.Invite, l.Organization
	t := a.texts.For(inv.Language)
	words := []any{
		"organization", org.Name, "assessment", inv.AssessmentName, "name", inv.Name,
		"questions", len(l.Content.Questions), "duration", t.About(l.Content.Duration()), "email", inv.Email,
	}
	greeting := t.T("mail.invite.greeting", words...)
	if inv.Name == "" {
		greeting = t.T("mail.invite.greeting_unnamed", words...)
	}
	body := mail.Body{
		Heading:    t.T("mail.invite.heading", words...),
		Paragraphs: []string{greeting, t.T("mail.invite.intro", words...)},
		Facts: []mail.Fact{
			{Label: t.T("mail.invite.questions_label"), Value: t.T("mail.invite.questions", words...)},
			{Label: t.T("mail.invite.deadline_label"), Value: t.DateTime(inv.ExpiresAt.In(org.Location()))},
		},
		Button: mail.Button{Label: t.T("mail.invite.button"), URL: a.linkOf(inv), Plain: t.T("mail.invite.plain")},
		Footer: []string{t.T("mail.invite.footer", words...)},
	}
	if inv.Message != "" {
		body.Quote = mail.Quote{Title: t.T("mail.invite.message", words...), Text: inv.Message}
	}
	return a.envelope(j, org, mail.Address{Name: inv.Name, Address: inv.Email}, t.T("mail.invite.subject", words...), inv.Language, body)
}

// notice is what a candidate of the organization agrees to, in a language: the organization's own words, or ours.
func (a *App) notice(o assess.Organization, language string) string {
	if own := o.Notices[language]; own != "" {
		return own
	}
	return a.texts.For(language).T("take.notice.text", "organization", o.Name)
}
