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

// deliveryState is how a delivery fares.
func deliveryState(d assess.WebhookDelivery) ui.Badge {
	switch {
	case d.State == assess.DeliveryDelivered:
		return ui.Badge{Label: "Delivered", Tone: ui.Success, Dot: true}
	case d.State == assess.DeliveryFailed:
		return ui.Badge{Label: "Failed", Tone: ui.Bad, Dot: true}
	case d.Attempts > 0:
		return ui.Badge{Label: "Trying again", Tone: ui.Warning, Dot: true}
	default:
		return ui.Badge{Label: "On its way", Tone: ui.Info, Dot: true}
	}
}

func stateOptions() []ui.Option {
	var options []ui.Option
	for _, s := range assess.DeliveryStates() {
		options = append(options, ui.Option{Value: string(s), Label: deliveryState(assess.WebhookDelivery{State: s}).Label})
	}
	return options
}

func (v webhookView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Deliveries))
	for i, d := range v.Deliveries {
		rows[i] = ui.Row{ID: string(d.ID), Name: string(d.Type), Href: deliveryPathOf(d), Cells: []templ.Component{
			ui.Text(string(d.Type)), deliveryState(d), ui.Text(ui.Number(d.Attempts)),
			ui.Time{At: d.CreatedAt},
			ui.Time{At: nextAttempt(d)},
		}}
	}
	return rows
}

// noDeliveries says why the log shows nothing.
func (v webhookView) noDeliveries() ui.Empty {
	if v.State != "" {
		return ui.Empty{Title: "Nothing here", Text: "No delivery has this status.", Action: ui.Button{Label: "Show all", Href: webhookPath(v.Webhook.ID)}}
	}
	return ui.Empty{
		Icon: ui.IconWebhook, Title: "Nothing here yet", Text: "What is sent shows here, with each attempt and its answer. Send a test to see how that looks.",
	}
}

// facts are what there is to know of the delivery.
func (v deliveryView) facts() ui.Facts {
	facts := ui.Facts{
		{Term: "Status", Value: deliveryState(v.Delivery)},
		{Term: "Event", Value: ui.Text(string(v.Delivery.Event))},
		{Term: "Happened", Value: ui.Time{At: v.Delivery.CreatedAt}},
	}
	if next := nextAttempt(v.Delivery); !next.IsZero() {
		facts = append(facts, ui.Fact{Term: "Next attempt", Value: ui.Time{At: next}})
	}
	if ended := v.Delivery.FinishedAt; !ended.IsZero() {
		facts = append(facts, ui.Fact{Term: "Ended", Value: ui.Time{At: ended}})
	}
	return facts
}

// took says how long the answer to an attempt took.
func took(a assess.DeliveryAttempt) string {
	if a.Duration < time.Millisecond {
		return "in less than 1 ms"
	}
	if a.Duration < time.Second {
		return fmt.Sprintf("in %d ms", a.Duration.Milliseconds())
	}
	return fmt.Sprintf("in %.1f s", a.Duration.Seconds())
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
