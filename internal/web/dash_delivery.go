package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func deliveryPathOf(d assess.WebhookDelivery) string {
	return webhookPath(d.Webhook) + "/deliveries/" + string(d.ID)
}

// delivery is the ids of a webhook and of one of its deliveries in the path.
func (c *call) delivery() (assess.WebhookID, assess.DeliveryID, error) {
	id, err := c.id()
	if err != nil {
		return "", "", err
	}
	delivery := strings.ToLower(c.r.PathValue("delivery"))
	if !assess.ValidID(delivery) {
		return "", "", assess.Errorf(assess.NotFound, "There is no page at this address.")
	}
	return assess.WebhookID(id), assess.DeliveryID(delivery), nil
}

// deliveryView is what the page of a delivery shows.
type deliveryView struct {
	settings
	app.DeliveryDetail
	Webhook assess.Webhook
}

func (s *Server) deliveryPage(c *call) error {
	id, delivery, err := c.delivery()
	if err != nil {
		return err
	}
	v := deliveryView{settings: c.settings(integrationsPath)}
	if v.Webhook, err = s.app.Webhook(c.ctx(), c.who(), id); err != nil {
		return err
	}
	if v.DeliveryDetail, err = s.app.Delivery(c.ctx(), c.who(), id, delivery); err != nil {
		return err
	}
	return c.render(http.StatusOK, deliveryPage(v))
}

func (s *Server) redeliver(c *call) error {
	id, delivery, err := c.delivery()
	if err != nil {
		return err
	}
	d, err := s.app.Redeliver(c.ctx(), c.who(), id, delivery)
	if err != nil {
		return err
	}
	return c.done("It is on its way again.", deliveryPathOf(d))
}

// maxRedeliverHours is how long deliveries are kept.
const maxRedeliverHours = 30 * 24

func (s *Server) redeliverSince(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	hours, err := strconv.Atoi(c.value("since"))
	if err != nil || hours < 1 || hours > maxRedeliverHours {
		hours = 24
	}
	n, err := s.app.RedeliverSince(c.ctx(), c.who(), assess.WebhookID(id), s.now().Add(-time.Duration(hours)*time.Hour), c.value("which") != "all")
	if err != nil {
		return err
	}
	said := "There was nothing to send again."
	if n > 0 {
		said = counted(n, "event") + " on the way again."
	}
	return c.done(said, webhookPath(assess.WebhookID(id)))
}

func deliveryState(s assess.DeliveryState) ui.Badge {
	switch s {
	case assess.DeliveryDelivered:
		return ui.Badge{Label: "Delivered", Tone: ui.Success, Dot: true}
	case assess.DeliveryFailed:
		return ui.Badge{Label: "Failed", Tone: ui.Bad, Dot: true}
	default:
		return ui.Badge{Label: "On its way", Tone: ui.Info, Dot: true}
	}
}

func stateOptions() []ui.Option {
	var options []ui.Option
	for _, s := range assess.DeliveryStates() {
		options = append(options, ui.Option{Value: string(s), Label: deliveryState(s).Label})
	}
	return options
}

func (v webhookView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Deliveries))
	for i, d := range v.Deliveries {
		rows[i] = ui.Row{ID: string(d.ID), Name: string(d.Type), Href: deliveryPathOf(d), Cells: []templ.Component{
			ui.Text(string(d.Type)), deliveryState(d.State), ui.Text(ui.Number(d.Attempts)),
			ui.Time{At: d.CreatedAt},
			ui.Time{At: nextAttempt(d)},
		}}
	}
	return rows
}

// answered is what came of an attempt, short.
func answered(a assess.DeliveryAttempt) string {
	if a.Status == 0 {
		return "No answer"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)))
}

// nextAttempt is when a delivery is tried next; the zero time where it is not.
func nextAttempt(d assess.WebhookDelivery) time.Time {
	if d.State != assess.DeliveryPending {
		return time.Time{}
	}
	return d.NextAt
}
