package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// usageDays is how many days of use the page shows, today included.
const usageDays = 30

// keysView is what the page of the API keys shows.
type keysView struct {
	settings
	Keys  []assess.APIKey
	Uses  []app.KeyUse
	Today time.Time
	Form  keyForm
}

// keyForm is the form to make a key, as typed. Once makes a form that is sent twice make one key.
type keyForm struct {
	Name, Mode, Days, Once string
	Errors                 []ui.FieldError
}

// madeKey is a key that has just been made, with the only copy of its secret.
type madeKey struct {
	settings
	Key             assess.APIKey
	Secret, BaseURL string
}

func keyLabels() map[string]string {
	return map[string]string{"name": "The name", "mode": "The kind of data", "expiresInDays": "The expiry"}
}

func (s *Server) keysPage(c *call) error {
	return c.showKeys(http.StatusOK, keyForm{Mode: string(c.visit.Session.Mode), Days: "90", Once: s.newID()})
}

func (c *call) showKeys(status int, form keyForm) (err error) {
	v := keysView{settings: c.settings("/settings/integrations"), Form: form, Today: c.s.now().UTC()}
	if v.Keys, err = c.s.app.APIKeys(c.ctx(), c.who()); err != nil {
		return err
	}
	if v.Uses, err = c.s.app.KeyUsage(c.ctx(), c.who(), usageDays); err != nil {
		return err
	}
	return c.render(status, keysPage(v))
}

// createKey answers with the page that shows the new key: it is nowhere else, not even in an address. Sending the form again,
// as reloading that page does, makes no second key.
func (s *Server) createKey(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	form := keyForm{Name: c.value("name"), Mode: c.value("mode"), Days: c.value("expiresInDays"), Once: c.value("once")}
	days, err := strconv.Atoi(form.Days)
	if err != nil {
		days = -1 // is refused
	}
	key, secret, err := s.app.CreateAPIKey(c.ctx(), c.who(), assess.NewAPIKey{
		Name: form.Name, Mode: assess.Mode(form.Mode), ExpiresInDays: days, Once: form.Once,
	})
	switch {
	case err == nil:
		return c.render(http.StatusOK, madeKeyPage(madeKey{c.settings("/settings/integrations"), key, secret, s.app.BaseURL()}))
	case assess.KindOf(err) == assess.Conflict:
		c.say(ui.Toast{Tone: ui.Warning, Text: "This key was made already and is not shown again. If you have not kept it, revoke it and make another."})
		return c.redirect("/settings/integrations")
	}
	if form.Errors, err = fieldErrors(err, keyLabels()); err != nil {
		return err
	}
	return c.showKeys(http.StatusUnprocessableEntity, form)
}

func (s *Server) revokeKey(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.RevokeAPIKey(c.ctx(), c.who(), assess.APIKeyID(id)); err != nil {
		return err
	}
	return c.done("The key is revoked. It is refused from now on.", "/settings/integrations")
}

// commands are the quickstart's first steps with this key on this server.
func (m madeKey) commands() string {
	return fmt.Sprintf("curl %s/api/v1/assessments \\\n  -H \"x-api-key: %s\"", m.BaseURL, m.Secret)
}

func expiryOptions() []ui.Option {
	return []ui.Option{
		{Value: "30", Label: "30 days"},
		{Value: "90", Label: "90 days"},
		{Value: "180", Label: "180 days"},
		{Value: "365", Label: "1 year"},
		{Value: "0", Label: "Never"},
	}
}

func (v keysView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Keys))
	for i, k := range v.Keys {
		rows[i] = ui.Row{ID: string(k.ID), Name: k.Name, Actions: v.actions(k), Cells: []templ.Component{
			keyCell(k), v.status(k), createdCell(k), ui.Time{At: k.LastUsedAt, Style: ui.Ago}, expiryCell(k), v.usageCell(k),
		}}
	}
	return rows
}

func (v keysView) actions(k assess.APIKey) []ui.MenuItem {
	if k.Usable(v.Today) != nil {
		return nil
	}
	return []ui.MenuItem{{
		Label: "Revoke", Icon: ui.IconTrash, Danger: true, Post: "/settings/integrations/" + string(k.ID) + "/revoke",
		Confirm: &ui.Confirm{
			Title: "Revoke " + k.Name + "?", Text: "Programs that use it are refused at once. This cannot be undone.", Yes: "Revoke",
		},
	}}
}

func (v keysView) status(k assess.APIKey) ui.Badge {
	switch {
	case !k.RevokedAt.IsZero():
		return ui.Badge{Label: "Revoked", Tone: ui.Bad}
	case k.Usable(v.Today) != nil:
		return ui.Badge{Label: "Expired"}
	default:
		return ui.Badge{Label: "Active", Tone: ui.Success, Dot: true}
	}
}

// daily is the requests of each of the last days, by the key with the id, or by all if it is empty.
func (v keysView) daily(id assess.APIKeyID) []ui.Bar {
	bars := make([]ui.Bar, usageDays)
	at := make(map[string]*ui.Bar, usageDays)
	for i := range bars {
		day := v.Today.AddDate(0, 0, i-usageDays+1)
		bars[i].Label = day.Format("2 Jan")
		at[day.Format(time.DateOnly)] = &bars[i]
	}
	for _, u := range v.Uses {
		if bar := at[u.Day]; bar != nil && (id == "" || u.Key == id) {
			bar.Value += u.Requests
		}
	}
	return bars
}

func sum(bars []ui.Bar) (n int) {
	for _, b := range bars {
		n += b.Value
	}
	return n
}

func values(bars []ui.Bar) []int {
	out := make([]int, len(bars))
	for i, b := range bars {
		out[i] = b.Value
	}
	return out
}

// requests says how many requests there were.
func requests(n int) string { return counted(n, "request") }
