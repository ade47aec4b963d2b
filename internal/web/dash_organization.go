package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/web/ui"
)

// organizationView is what the page of the organization's settings shows.
type organizationView struct {
	settings
	Org        assess.Organization
	Defaults   typedDefaults
	Notices    []noticeField
	Errors     []ui.FieldError
	LogoErrors []ui.FieldError
}

// typedDefaults are the default limits as typed, which need not be numbers.
type typedDefaults struct{ ExpiresInDays, ReplayLimit, RecordLimit string }

// noticeField is the notice in one language, and what candidates read while it is empty.
type noticeField struct{ Field, Language, Text, Default string }

func organizationLabels() map[string]string {
	labels := map[string]string{
		"name": "The name", "senderName": "The sender name", "accent": "The colour", "timeZone": "The time zone",
		"languages": "The languages", "expiresInDays": "The days to start", "questionReplayLimit": "The replays",
		"answerRecordLimit": "The takes", "logo": "The logo",
	}
	for _, l := range i18n.Languages() {
		labels["notice."+l.Code] = "The notice in " + l.Name
	}
	return labels
}

func (s *Server) organizationPage(c *call) error {
	return c.showOrganization(http.StatusOK, organizationView{Org: c.visit.Organization, Defaults: typed(c.visit.Organization.Defaults)})
}

func typed(d assess.InviteDefaults) typedDefaults {
	return typedDefaults{strconv.Itoa(d.ExpiresInDays), strconv.Itoa(d.ReplayLimit), strconv.Itoa(d.RecordLimit)}
}

func (c *call) showOrganization(status int, v organizationView) error {
	v.settings = c.settings("/settings/organization")
	for _, l := range i18n.Languages() {
		v.Notices = append(v.Notices, noticeField{
			Field: "notice." + l.Code, Language: l.Name, Text: v.Org.Notices[l.Code], Default: c.s.app.DefaultNotice(c.visit.Organization, l.Code),
		})
	}
	return c.render(status, organizationPage(v))
}

func (s *Server) saveOrganization(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v := organizationView{Org: c.visit.Organization, Defaults: typedDefaults{
		c.line("expiresInDays"), c.line("questionReplayLimit"), c.line("answerRecordLimit"),
	}}
	v.Org.Name, v.Org.SenderName = c.value("name"), c.value("senderName")
	v.Org.Accent, v.Org.TimeZone = c.value("accent"), c.value("timeZone")
	v.Org.Languages = keepOrder(c.visit.Organization.Languages, c.r.Form["languages"])
	v.Org.Defaults = v.Defaults.numbers()
	v.Org.Notices = map[string]string{}
	for _, l := range i18n.Languages() {
		if text := assess.CleanText(c.value("notice." + l.Code)); text != "" {
			v.Org.Notices[l.Code] = text
		}
	}
	err := s.app.UpdateOrganization(c.ctx(), c.who(), v.Org)
	if err == nil {
		return c.done("The settings are saved.", "/settings/organization")
	}
	if v.Errors, err = fieldErrors(err, organizationLabels()); err != nil {
		return err
	}
	return c.showOrganization(http.StatusUnprocessableEntity, v)
}

// numbers reads the limits; what is no number becomes one that is refused.
func (d typedDefaults) numbers() assess.InviteDefaults {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return -1
		}
		return n
	}
	return assess.InviteDefaults{
		ExpiresInDays: number(d.ExpiresInDays), ReplayLimit: number(d.ReplayLimit), RecordLimit: number(d.RecordLimit),
	}
}

// keepOrder is chosen, with those first that were there before, in their order: the first language is the primary one.
func keepOrder(before, chosen []string) []string {
	var kept []string
	for _, l := range before {
		if slices.Contains(chosen, l) {
			kept = append(kept, l)
		}
	}
	for _, l := range chosen {
		if !slices.Contains(kept, l) {
			kept = append(kept, l)
		}
	}
	return kept
}

// languageChoices are the languages to tick: those of the interface, and whatever the organization has besides.
func (v organizationView) languageChoices() []i18n.Language {
	choices := i18n.Languages()
	for _, code := range v.Org.Languages {
		if !slices.ContainsFunc(choices, func(l i18n.Language) bool { return l.Code == code }) {
			choices = append(choices, i18n.Language{Code: code, Name: code})
		}
	}
	return choices
}

func (s *Server) saveLogo(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	picture, err := c.picture("logo")
	if err == nil {
		err = s.app.SetLogo(c.ctx(), c.who(), picture)
	}
	if err == nil {
		return c.done("The logo is saved.", "/settings/organization#logo")
	}
	v := organizationView{Org: c.visit.Organization, Defaults: typed(c.visit.Organization.Defaults)}
	if v.LogoErrors, err = fieldErrors(err, organizationLabels()); err != nil {
		return err
	}
	return c.showOrganization(http.StatusUnprocessableEntity, v)
}

// picture reads an uploaded file, at most one byte more than a logo may have. Errors: Invalid when nothing was chosen.
func (c *call) picture(field string) ([]byte, error) {
	file, _, err := c.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, assess.InvalidFields(assess.Problem{Field: field, Message: "is missing: choose a file first"})
	}
	if err != nil {
		return nil, fmt.Errorf("reading an upload: %w", err)
	}
	defer func() { _ = file.Close() }()
	picture, err := io.ReadAll(io.LimitReader(file, assess.MaxLogoBytes+1))
	if err == nil && len(picture) == 0 {
		err = assess.InvalidFields(assess.Problem{Field: field, Message: "is an empty file"})
	}
	return picture, err
}

func (s *Server) removeLogo(c *call) error {
	if err := s.app.SetLogo(c.ctx(), c.who(), nil); err != nil {
		return err
	}
	return c.done("The logo is removed.", "/settings/organization#logo")
}
