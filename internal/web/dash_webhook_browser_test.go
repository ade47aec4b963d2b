package web_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestEveryPageOfIntegrationsIsAccessible(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusInternalServerError)
	s, receiver := newReceiverSite(t, &status)
	who := s.owner.Actor(assess.Live)
	p := s.member(t)
	p.Open(s.url + "/settings/integrations")
	glance(t, p, "integrations-empty")

	key, _ := s.newKey(assess.NewAPIKey{Name: "Careers site", Mode: assess.Live})
	s.CountKeyUse(key.Actor(), app.KeyRequest{Route: "GET /tags", At: time.Now(), InURL: true})
	s.must(s.FlushKeyUsage(t.Context()))
	unused, _ := s.newKey(assess.NewAPIKey{Name: "Nightly export", Mode: assess.Test})
	failing, _, err := s.CreateWebhook(t.Context(), who, assess.NewWebhook{
		URL: receiver + "/hooks/northwind/assessments?tenant=recruiting-europe-and-elsewhere", Description: "ATS",
		Events: []assess.EventType{assess.InviteCompleted},
	})
	s.must(err)
	d, err := s.TestWebhook(t.Context(), who, failing.ID)
	s.must(err)
	s.deliverEvents()
	fresh, _, err := s.CreateWebhook(t.Context(), who, assess.NewWebhook{URL: receiver})
	s.must(err)
	webhook := "/settings/webhooks/" + string(failing.ID)
	for name, path := range map[string]string{
		"integrations": "/settings/integrations", "key": "/settings/integrations/" + string(key.ID), "key-unused": "/settings/integrations/" + string(unused.ID),
		"webhook": webhook, "webhook-none-such": webhook + "?state=delivered", "webhook-edit": webhook + "/edit",
		"webhook-fresh": "/settings/webhooks/" + string(fresh.ID), "delivery": webhook + "/deliveries/" + string(d.ID),
	} {
		p.Open(s.url + path)
		glance(t, p, name)
	}
}

func TestAWebhookIsAddedAndItsSecretReplacedByKeyboard(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	s, receiver := newReceiverSite(t, &status)
	p := s.member(t)
	p.Open(s.url + "/settings/webhooks/new")
	glance(t, p, "webhook-new")
	p.Fill("Address", receiver)
	p.Press("Tab", "Tab", "ArrowDown", "Tab")
	if got := chromium.Eval[string](p, "document.activeElement.value"); got != string(assess.WebhookEvents()[0]) {
		t.Fatalf("after choosing events the focus is on %q", got)
	}
	p.Press(" ", "Enter")
	p.WaitText("Copy the secret now")
	glance(t, p, "webhook-secret")
	p.Click("I have copied it")
	p.Click("Replace the secret")
	p.WaitText("The new one is shown once.")
	p.Press("Escape")
	p.WaitGone("The new one is shown once.")
	if got := chromium.Eval[string](p, "document.activeElement.textContent.trim()"); got != "Replace the secret" {
		t.Fatalf("after the question the focus is on %q", got)
	}
	p.Press("Enter")
	p.WaitText("The new one is shown once.")
	p.Click("Replace")
	p.WaitText("The secret before signs as well until")
	glance(t, p, "webhook-secret-replaced")
}
