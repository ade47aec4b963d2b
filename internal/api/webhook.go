package api

import (
	"context"
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func webhookRoutes() []route {
	return []route{
		{
			method: "GET", path: "/webhooks", access: assess.ManageWebhooks, endpoint: gives((*API).listWebhooks),
			list: &listing{sorts: []string{"created_at"}},
			name: "listWebhooks", summary: "List webhooks", description: "The webhooks for live or for test events, as the key is.",
			answer: wire.WebhookList{Webhooks: []wire.Webhook{exampleWebhook}, Pagination: examplePage},
		},
		{
			method: "POST", path: "/webhooks", access: assess.ManageWebhooks, endpoint: takes((*API).createWebhook),
			name: "createWebhook", summary: "Create a webhook",
			description: "Has events posted to an address from now on: live or test ones, as the key is. The answer holds the secret that verifies them, which is never shown again.",
			errors:      []int{http.StatusConflict},
			example:     exampleWebhookRequest, answer: wire.WebhookSecret{Webhook: exampleWebhook, Secret: exampleSecret},
		},
		{
			method: "GET", path: "/webhooks/{webhookId}", access: assess.ManageWebhooks, endpoint: gives((*API).getWebhook),
			name: "getWebhook", summary: "Get a webhook", description: "One webhook, without its secret.",
			answer: exampleWebhook,
		},
		{
			method: "PATCH", path: "/webhooks/{webhookId}", access: assess.ManageWebhooks, endpoint: takes((*API).updateWebhook),
			name: "updateWebhook", summary: "Change a webhook",
			description: "Changes what the body names and leaves the rest. Enabling a webhook gives it a new start; have it sent again what it has missed.",
			example:     wire.WebhookPatch{Enabled: new(true)}, answer: exampleWebhook,
		},
		{
			method: "POST", path: "/webhooks/{webhookId}/test", access: assess.ManageWebhooks, endpoint: gives((*API).testWebhook),
			name: "testWebhook", summary: "Try a webhook out", description: "Sends it an event of the type `endpoint.test`, whatever types it asks for.",
			errors: []int{http.StatusConflict}, answer: wire.DeliveryOnly{Delivery: exampleDelivery},
		},
		{
			method: "POST", path: "/webhooks/{webhookId}/rotate-secret", access: assess.ManageWebhooks, endpoint: mayTake((*API).rotateWebhookSecret),
			status: http.StatusOK,
			name:   "rotateWebhookSecret", summary: "Replace the secret of a webhook",
			description: "Makes a new secret, which is shown this once. The one that it replaces signs too for 24 hours, so that receivers can change over. Until then another rotation is refused, unless it is forced.",
			errors:      []int{http.StatusConflict},
			example:     wire.RotateRequest{Force: new(false)}, answer: wire.WebhookSecret{Webhook: exampleWebhook, Secret: exampleSecret},
		},
		{
			method: "GET", path: "/webhooks/{webhookId}/deliveries", access: assess.ManageWebhooks, endpoint: gives((*API).listDeliveries),
			list: &listing{sorts: []string{"created_at"}, filters: []filter{
				{name: "state", form: oneOfSeveral, oneOf: texts(assess.DeliveryStates()), description: "Only deliveries in this state."},
			}},
			name: "listDeliveries", summary: "List the deliveries to a webhook", description: "What it was sent in the last 30 days.",
			answer: wire.DeliveryList{Deliveries: []wire.Delivery{exampleDelivery}, Pagination: examplePage},
		},
		{
			method: "GET", path: "/webhooks/{webhookId}/deliveries/{deliveryId}", access: assess.ManageWebhooks, endpoint: gives((*API).getDelivery),
			name: "getDelivery", summary: "Get a delivery to a webhook", description: "One delivery, with its body and every attempt.",
			answer: exampleDeliveryDetail,
		},
		{
			method: "POST", path: "/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver", access: assess.ManageWebhooks, endpoint: gives((*API).redeliver),
			name: "redeliver", summary: "Send a delivery again", description: "Sends it once more, whatever became of it: the same body under the same webhook-id.",
			errors: []int{http.StatusConflict}, answer: wire.DeliveryOnly{Delivery: exampleDelivery},
		},
		{
			method: "POST", path: "/webhooks/{webhookId}/redeliver", access: assess.ManageWebhooks, endpoint: takes((*API).redeliverSince),
			status: http.StatusOK,
			name:   "redeliverSince", summary: "Send deliveries again", description: "Sends once more what has failed since a time, be it for now, or everything since then.",
			errors:  []int{http.StatusConflict},
			example: wire.RedeliverRequest{Since: "2025-01-15T12:00:00.000Z"}, answer: wire.Redelivered{Redelivered: 12},
		},
		{
			method: "DELETE", path: "/webhooks/{webhookId}", access: assess.ManageWebhooks, endpoint: does((*API).deleteWebhook),
			name: "deleteWebhook", summary: "Delete a webhook", description: "Deletes a webhook with the log of what it was sent. What is on its way does not arrive.",
		},
	}
}

var (
	exampleWebhookRequest = wire.WebhookRequest{
		URL: "https://ats.example.com/hooks/assessments", Description: new("Our applicant tracking"), Events: []string{"invite.completed", "attempt.graded"},
	}
	exampleWebhook = wire.Webhook{
		ID: "9a1b2c3d-4e5f-4061-8273-94a5b6c7d8e9", URL: exampleWebhookRequest.URL, Description: *exampleWebhookRequest.Description,
		Events: exampleWebhookRequest.Events, State: "enabled", CreatedAt: "2025-01-10T09:00:00.000Z", UpdatedAt: "2025-01-10T09:00:00.000Z",
	}
	exampleDelivery = wire.Delivery{
		ID: "4c6e8a0b-2d4f-4a6c-8e0a-2b4d6f8a0c1e", EventID: exampleTimeline.Events[0].ID, Type: "invite.completed", InviteID: &exampleInvite.ID,
		State: "pending", NextAt: new(wire.Time("2025-01-20T10:12:05.000Z")), Attempts: 1, CreatedAt: "2025-01-20T10:12:00.000Z",
	}
	exampleDeliveryDetail = wire.DeliveryDetail{
		Delivery: exampleDelivery,
		Body: `{"type":"invite.completed","timestamp":"2025-01-20T10:12:00.000Z","data":{"eventId":"6b8d0f2a-4c6e-4a8b-9d0f-1a3c5e7f9b2d","sequence":7,` +
			`"inviteId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","assessmentId":"7cac8eb9-09a8-4cec-b28e-dfc50db8d0f9","externalId":null,"webhookId":null,"status":"completed","mode":"live"}}`,
		Log: []wire.Attempt{{Number: 1, At: "2025-01-20T10:12:00.000Z", Milliseconds: 84, Status: new(500), Error: new("the receiver answered 500 Internal Server Error"), Response: "oops"}},
	}
)

// exampleSecret has the form of a secret and is none that anything was signed with.
const exampleSecret = "whsec_RVhBTVBMRUVYQU1QTEVFWEFNUExFRVhBTVBMRUVYQU0="

func (a *API) listWebhooks(ctx context.Context, c *call) (wire.WebhookList, error) {
	all, total, err := a.app.Webhooks(ctx, c.who, c.page)
	return wire.WebhookListOf(all, a.pagination(c, total)), err
}

func (a *API) createWebhook(ctx context.Context, c *call, in wire.WebhookRequest) (wire.WebhookSecret, error) {
	w, secret, err := a.app.CreateWebhook(ctx, c.who, in.NewWebhook())
	return wire.WebhookSecret{Webhook: wire.WebhookOf(w), Secret: secret}, err
}

func (a *API) getWebhook(ctx context.Context, c *call) (wire.Webhook, error) {
	w, err := a.app.Webhook(ctx, c.who, assess.WebhookID(c.id))
	return wire.WebhookOf(w), err
}

func (a *API) updateWebhook(ctx context.Context, c *call, in wire.WebhookPatch) (wire.Webhook, error) {
	w, err := a.app.UpdateWebhook(ctx, c.who, assess.WebhookID(c.id), in.Update())
	return wire.WebhookOf(w), err
}

func (a *API) deleteWebhook(ctx context.Context, c *call) error {
	return a.app.DeleteWebhook(ctx, c.who, assess.WebhookID(c.id))
}

func (a *API) testWebhook(ctx context.Context, c *call) (wire.DeliveryOnly, error) {
	d, err := a.app.TestWebhook(ctx, c.who, assess.WebhookID(c.id))
	return wire.DeliveryOnly{Delivery: wire.DeliveryOf(d)}, err
}

func (a *API) rotateWebhookSecret(ctx context.Context, c *call, in wire.RotateRequest) (wire.WebhookSecret, error) {
	w, secret, err := a.app.RotateWebhookSecret(ctx, c.who, assess.WebhookID(c.id), in.Forced())
	return wire.WebhookSecret{Webhook: wire.WebhookOf(w), Secret: secret}, err
}

func (a *API) listDeliveries(ctx context.Context, c *call) (wire.DeliveryList, error) {
	filter := assess.DeliveryFilter{State: assess.DeliveryState(c.filter["state"])}
	all, total, err := a.app.Deliveries(ctx, c.who, assess.WebhookID(c.id), filter, c.page)
	return wire.DeliveryListOf(all, a.pagination(c, total)), err
}

func (a *API) getDelivery(ctx context.Context, c *call) (wire.DeliveryDetail, error) {
	d, err := a.app.Delivery(ctx, c.who, assess.WebhookID(c.id), assess.DeliveryID(c.sub))
	return wire.DeliveryDetailOf(d.Delivery, d.Attempts, d.Body), err
}

func (a *API) redeliver(ctx context.Context, c *call) (wire.DeliveryOnly, error) {
	d, err := a.app.Redeliver(ctx, c.who, assess.WebhookID(c.id), assess.DeliveryID(c.sub))
	return wire.DeliveryOnly{Delivery: wire.DeliveryOf(d)}, err
}

func (a *API) redeliverSince(ctx context.Context, c *call, in wire.RedeliverRequest) (wire.Redelivered, error) {
	since, err := in.Time()
	if err != nil {
		return wire.Redelivered{}, err
	}
	n, err := a.app.RedeliverSince(ctx, c.who, assess.WebhookID(c.id), since, in.FailedOnly())
	return wire.Redelivered{Redelivered: n}, err
}
