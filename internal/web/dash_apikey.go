package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// integrationsPath is where keys and webhooks are listed.
const integrationsPath = "/settings/integrations"

// usageDays is how many days of use the page shows, today included.
const usageDays = 30

// keysView is what the page of the API keys shows.
type keysView struct {
	settings
	keyUses
	Keys     []assess.APIKey
	Webhooks []assess.Webhook
	Form     keyForm
}

// keyForm is the form to make a key, as typed. Once makes a form that is sent twice make one key.
type keyForm struct {
	Name, Mode, Days, Once string
	Scopes                 []assess.Scope
	Errors                 []ui.FieldError
}

// madeKey is a key that has just been made, with the only copy of its secret.
type madeKey struct {
	settings
	Key             assess.APIKey
	Secret, BaseURL string
	Overlap         time.Duration // for which the key that it follows works on
}

func keyLabels() map[string]string {
	return map[string]string{"name": "The name", "mode": "The kind of data", "expiresInDays": "The expiry", "scopes": "What the key may do", "overlap": "The overlap"}
}

func (s *Server) keysPage(c *call) error {
	return c.showKeys(http.StatusOK, keyForm{Mode: string(c.visit.Session.Mode), Days: "90", Once: s.newID(), Scopes: assess.Scopes()})
}

func (c *call) showKeys(status int, form keyForm) (err error) {
	v := keysView{settings: c.settings(integrationsPath), Form: form}
	if v.Webhooks, _, err = c.s.app.Webhooks(c.ctx(), c.who(), allWebhooks()); err != nil {
		return err
	}
	if v.Keys, err = c.s.app.APIKeys(c.ctx(), c.who()); err != nil {
		return err
	}
	if v.keyUses, err = c.keyUses(); err != nil {
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
	form := keyForm{Name: c.value("name"), Mode: c.value("mode"), Days: c.value("expiresInDays"), Once: c.value("once"), Scopes: []assess.Scope{}}
	for _, scope := range c.r.Form["scopes"] {
		form.Scopes = append(form.Scopes, assess.Scope(scope))
	}
	days, err := strconv.Atoi(form.Days)
	if err != nil {
		days = -1 // is refused
	}
	key, secret, err := s.app.CreateAPIKey(c.ctx(), c.who(), assess.NewAPIKey{
		Name: form.Name, Mode: assess.Mode(form.Mode), ExpiresInDays: days, Once: form.Once, Scopes: form.Scopes,
	})
	switch {
	case err == nil:
		return c.showMadeKey(key, secret, 0)
	case assess.KindOf(err) == assess.Conflict:
		c.say(ui.Toast{Tone: ui.Warning, Text: "This key was made already and is not shown again. If you have not kept it, revoke it and make another."})
		return c.redirect(integrationsPath)
	}
	if form.Errors, err = fieldErrors(err, keyLabels()); err != nil {
		return err
	}
	return c.showKeys(http.StatusUnprocessableEntity, form)
}

func (c *call) showMadeKey(key assess.APIKey, secret string, overlap time.Duration) error {
	return c.render(http.StatusOK, madeKeyPage(madeKey{c.settings(integrationsPath), key, secret, c.s.app.BaseURL(), overlap}))
}

func (s *Server) revokeKey(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.RevokeAPIKey(c.ctx(), c.who(), assess.APIKeyID(id)); err != nil {
		return err
	}
	return c.done("The key is revoked. It is refused from now on.", integrationsPath)
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
		rows[i] = ui.Row{ID: string(k.ID), Name: k.Name, Href: keyPath(k.ID), Actions: v.actions(k), Cells: []templ.Component{
			keyCell(k), v.stateCell(k), ui.Text(scopesInWords(k)), ui.Time{At: k.LastUsedAt, Style: ui.Ago}, expiryCell(k), v.usageCell(k),
		}}
	}
	return rows
}

func keyPath(id assess.APIKeyID) string { return integrationsPath + "/" + string(id) }

func (v keysView) actions(k assess.APIKey) []ui.MenuItem {
	if k.Usable(v.Today) != nil {
		return nil
	}
	return []ui.MenuItem{
		{Label: "Rotate…", Icon: ui.IconRefresh, Href: keyPath(k.ID) + "#rotate"},
		{Label: "Revoke", Icon: ui.IconTrash, Danger: true, Post: keyPath(k.ID) + "/revoke", Confirm: revokeQuestion(k)},
	}
}

func revokeQuestion(k assess.APIKey) *ui.Confirm {
	return &ui.Confirm{
		Title: "Revoke " + k.Name + "?", Text: "Programs that use it are refused at once. This cannot be undone.", Yes: "Revoke",
	}
}

// modeInWords names a kind of data.
func modeInWords(m assess.Mode) string {
	if m == assess.Test {
		return "Test"
	}
	return "Live"
}

// scopesInWords says what a key may do, short.
func scopesInWords(k assess.APIKey) string {
	if len(k.Scopes) == len(assess.Scopes()) {
		return "Everything"
	}
	words := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

func keyState(k assess.APIKey, now time.Time) ui.Badge {
	switch {
	case !k.RevokedAt.IsZero():
		return ui.Badge{Label: "Revoked", Tone: ui.Bad}
	case k.Usable(now) != nil:
		return ui.Badge{Label: "Expired"}
	default:
		return ui.Badge{Label: "Active", Tone: ui.Success, Dot: true}
	}
}

// keyWarnings are why a key deserves attention: a few words, and what to do.
func keyWarnings(k assess.APIKey, now time.Time) (warnings []ui.Banner) {
	if k.Exposed(now) {
		warnings = append(warnings, ui.Banner{Tone: ui.Bad, Title: "Seen in a URL", Text: "A request carried this key in its address, which logs and browsers keep. Rotate or revoke it, and send the new one in the x-api-key header."})
	}
	if k.ExpiresSoon(now) {
		warnings = append(warnings, ui.Banner{Tone: ui.Warning, Title: "Expires soon", Text: "Rotate it before its end, so that programs can change over without being refused."})
	}
	if k.Unused(now) {
		warnings = append(warnings, ui.Banner{Tone: ui.Warning, Title: "Unused for over 90 days", Text: "If nothing needs it any more, revoke it."})
	}
	return warnings
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
