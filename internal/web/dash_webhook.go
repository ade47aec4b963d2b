package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) webhookRoutes() []route {
	return []route{
		{"GET /settings/webhooks/new", member(assess.ManageWebhooks), s.newWebhookPage},
		{"POST /settings/webhooks", member(assess.ManageWebhooks), s.createWebhook},
		{"GET /settings/webhooks/{id}", member(assess.ManageWebhooks), s.webhookPage},
		{"GET /settings/webhooks/{id}/edit", member(assess.ManageWebhooks), s.editWebhookPage},
		{"POST /settings/webhooks/{id}", member(assess.ManageWebhooks), s.saveWebhook},
		{"POST /settings/webhooks/{id}/enable", member(assess.ManageWebhooks), s.switchWebhook(true, "The webhook is enabled.")},
		{"POST /settings/webhooks/{id}/disable", member(assess.ManageWebhooks), s.switchWebhook(false, "The webhook is disabled. It is sent nothing more.")},
		{"POST /settings/webhooks/{id}/delete", member(assess.ManageWebhooks), s.deleteWebhook},
		{"POST /settings/webhooks/{id}/rotate", member(assess.ManageWebhooks), s.rotateWebhookSecret},
		{"POST /settings/webhooks/{id}/test", member(assess.ManageWebhooks), s.testWebhook},
		{"POST /settings/webhooks/{id}/redeliver", member(assess.ManageWebhooks), s.redeliverSince},
		{"GET /settings/webhooks/{id}/deliveries/{delivery}", member(assess.ManageWebhooks), s.deliveryPage},
		{"POST /settings/webhooks/{id}/deliveries/{delivery}/redeliver", member(assess.ManageWebhooks), s.redeliver},
	}
}

const webhooksPath = "/settings/webhooks"

func webhookPath(id assess.WebhookID) string { return webhooksPath + "/" + string(id) }

// allWebhooks is a page that holds every webhook that there can be.
func allWebhooks() assess.Page {
	return assess.Page{Number: 1, Limit: assess.MaxWebhooks, Sort: "created_at"}
}

// webhookForm is the form of a webhook, as typed.
type webhookForm struct {
	settings
	ID               assess.WebhookID // empty for a new one
	URL, Description string
	All              bool // wants every event
	Events           []string
	Mode             assess.Mode
	Once             string // as in keyForm
	Errors           []ui.FieldError
}

func webhookLabels() map[string]string {
	return map[string]string{"url": "The address", "description": "The description", "events": "The events"}
}

func (f webhookForm) action() string {
	if f.ID == "" {
		return webhooksPath
	}
	return webhookPath(f.ID)
}

// wish is what the form asks for: all types where it says so.
func (f webhookForm) wish() assess.NewWebhook {
	n := assess.NewWebhook{URL: f.URL, Description: f.Description, Events: []assess.EventType{}, Once: f.Once}
	if !f.All {
		for _, e := range f.Events {
			n.Events = append(n.Events, assess.EventType(e))
		}
	}
	return n
}

// none reports whether the form asks for chosen events and chooses none, which is probably not what is meant.
func (f webhookForm) none() bool { return !f.All && len(f.Events) == 0 }

func (c *call) webhookForm(id assess.WebhookID) (f webhookForm, err error) {
	err = c.form()
	return webhookForm{
		settings: c.settings(integrationsPath), ID: id, URL: strings.TrimSpace(c.value("url")), Description: c.value("description"),
		All: c.value("which") != "some", Events: c.r.Form["events"], Mode: c.who().Mode, Once: c.value("once"),
	}, err
}

func (s *Server) newWebhookPage(c *call) error {
	f := webhookForm{settings: c.settings(integrationsPath), All: true, Mode: c.who().Mode, Once: s.newID()}
	return c.render(http.StatusOK, webhookFormPage(f))
}

// refuse shows the form again with what is wrong.
func (c *call) refuseWebhook(f webhookForm, err error) error {
	if f.Errors, err = fieldErrors(err, webhookLabels()); err != nil {
		return err
	}
	return c.render(http.StatusUnprocessableEntity, webhookFormPage(f))
}

func errNoEvents() error {
	return assess.InvalidFields(assess.Problem{Field: "events", Message: "must be at least one, or all"})
}

// createWebhook answers with the page that shows the secret, which is nowhere else. Sending the form again makes no second webhook.
func (s *Server) createWebhook(c *call) error {
	f, err := c.webhookForm("")
	if err != nil {
		return err
	}
	if f.none() {
		return c.refuseWebhook(f, errNoEvents())
	}
	w, secret, err := s.app.CreateWebhook(c.ctx(), c.who(), f.wish())
	switch {
	case err == nil:
		return c.showSecret(w, secret)
	case assess.KindOf(err) == assess.Conflict:
		c.say(ui.Toast{Tone: ui.Warning, Text: err.Error()})
		return c.redirect(integrationsPath)
	default:
		return c.refuseWebhook(f, err)
	}
}

func (c *call) showSecret(w assess.Webhook, secret string) error {
	return c.render(http.StatusOK, webhookSecretPage(webhookSecret{c.settings(integrationsPath), w, secret}))
}

// webhookSecret is a secret that has just been made.
type webhookSecret struct {
	settings
	Webhook assess.Webhook
	Secret  string
}

// webhook reads the webhook that the path names.
func (c *call) webhook() (w assess.Webhook, err error) {
	id, err := c.id()
	if err != nil {
		return w, err
	}
	return c.s.app.Webhook(c.ctx(), c.who(), assess.WebhookID(id))
}

func (s *Server) editWebhookPage(c *call) error {
	w, err := c.webhook()
	if err != nil {
		return err
	}
	f := webhookForm{settings: c.settings(integrationsPath), ID: w.ID, URL: w.URL, Description: w.Description, All: len(w.Events) == 0, Mode: w.Mode}
	for _, e := range w.Events {
		f.Events = append(f.Events, string(e))
	}
	return c.render(http.StatusOK, webhookFormPage(f))
}

func (s *Server) saveWebhook(c *call) error {
	w, err := c.webhook()
	if err != nil {
		return err
	}
	f, err := c.webhookForm(w.ID)
	if err != nil {
		return err
	}
	if f.none() {
		return c.refuseWebhook(f, errNoEvents())
	}
	n := f.wish()
	if _, err := s.app.UpdateWebhook(c.ctx(), c.who(), w.ID, assess.WebhookUpdate{URL: &n.URL, Description: &n.Description, Events: &n.Events}); err != nil {
		return c.refuseWebhook(f, err)
	}
	return c.done("The webhook is saved.", webhookPath(w.ID))
}

func (s *Server) switchWebhook(enabled bool, done string) func(*call) error {
	return func(c *call) error {
		id, err := c.id()
		if err != nil {
			return err
		}
		w, err := s.app.UpdateWebhook(c.ctx(), c.who(), assess.WebhookID(id), assess.WebhookUpdate{Enabled: &enabled})
		if err != nil {
			return err
		}
		return c.done(done, webhookPath(w.ID))
	}
}

func (s *Server) deleteWebhook(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.DeleteWebhook(c.ctx(), c.who(), assess.WebhookID(id)); err != nil {
		return err
	}
	return c.done("The webhook is deleted.", integrationsPath)
}

func (s *Server) rotateWebhookSecret(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	w, secret, err := s.app.RotateWebhookSecret(c.ctx(), c.who(), assess.WebhookID(id), c.value("force") != "")
	if assess.KindOf(err) == assess.Conflict {
		c.say(ui.Toast{Tone: ui.Warning, Text: "The secret was replaced less than a day ago. Say that the older one is to end now, then replace it again."})
		return c.redirect(webhookPath(assess.WebhookID(id)) + "#secret")
	}
	if err != nil {
		return err
	}
	return c.showSecret(w, secret)
}

func (s *Server) testWebhook(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	d, err := s.app.TestWebhook(c.ctx(), c.who(), assess.WebhookID(id))
	if err != nil {
		return err
	}
	return c.done("A test is on its way. Reload in a moment to see what came of it.", deliveryPathOf(d))
}

// webhookView is what the page of a webhook shows.
type webhookView struct {
	settings
	Webhook    assess.Webhook
	Now        time.Time
	URL        *url.URL
	State      string
	Page       assess.Page
	Deliveries []assess.WebhookDelivery
	Total      int
}

func (s *Server) webhookPage(c *call) (err error) {
	v := webhookView{settings: c.settings(integrationsPath), Now: s.now(), URL: c.r.URL, State: c.r.URL.Query().Get("state")}
	if v.Webhook, err = c.webhook(); err != nil {
		return err
	}
	v.Page = listPage(c.r.URL.Query(), []string{"created_at"})
	filter := assess.DeliveryFilter{State: assess.DeliveryState(v.State)}
	if v.Deliveries, v.Total, err = s.app.Deliveries(c.ctx(), c.who(), v.Webhook.ID, filter, v.Page); err != nil {
		return err
	}
	return c.render(http.StatusOK, webhookPage(v))
}

// webhookState is how a webhook fares.
func webhookState(w assess.Webhook) ui.Badge {
	switch {
	case w.State == assess.WebhookDisabled:
		return ui.Badge{Label: "Disabled"}
	case !w.FailingSince.IsZero():
		return ui.Badge{Label: "Failing", Tone: ui.Warning, Dot: true}
	default:
		return ui.Badge{Label: "Enabled", Tone: ui.Success, Dot: true}
	}
}

// whyDisabled says why a webhook is sent nothing, and what to do.
func whyDisabled(w assess.Webhook) string {
	switch w.DisabledReason {
	case assess.ReasonGone:
		return "The receiver answered that it is gone (410). Correct the address, then enable the webhook."
	case assess.ReasonFailing:
		return "Nothing but failures for five days. Mend the receiver, enable the webhook and send again what it has missed."
	default:
		return "Somebody has disabled it. Events that happen meanwhile are not sent."
	}
}

// facts are what there is to know of the webhook.
func (v webhookView) facts() ui.Facts {
	facts := ui.Facts{
		{Term: "Status", Value: webhookState(v.Webhook)},
		{Term: "Data", Value: ui.Text(modeInWords(v.Webhook.Mode))},
		{Term: "Events", Value: v.events()},
	}
	if !v.Webhook.FailingSince.IsZero() {
		facts = append(facts, ui.Fact{Term: "Failing since", Value: ui.Time{At: v.Webhook.FailingSince}})
	}
	return append(facts, ui.Fact{Term: "Added", Value: ui.Time{At: v.Webhook.CreatedAt, Style: ui.Date}})
}

// wantedEvents says which events a webhook wants, short.
func wantedEvents(w assess.Webhook) string {
	switch len(w.Events) {
	case 0:
		return "All events"
	case 1:
		return string(w.Events[0])
	default:
		return counted(len(w.Events), "type") + " of events"
	}
}

func webhookRows(all []assess.Webhook) []ui.Row {
	rows := make([]ui.Row, len(all))
	for i, w := range all {
		rows[i] = ui.Row{ID: string(w.ID), Name: w.URL, Href: webhookPath(w.ID), Cells: []templ.Component{
			webhookCell(w), webhookState(w), ui.Text(wantedEvents(w)), ui.Time{At: w.CreatedAt, Style: ui.Date},
		}}
	}
	return rows
}
