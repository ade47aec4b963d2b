package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/webhook"
)

// newReceiverSite is a site that may post to this machine, and a receiver that answers with status.
func newReceiverSite(t *testing.T, status *atomic.Int64) (*site, string) {
	t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte("said the receiver"))
	}))
	t.Cleanup(receiver.Close)
	s := newSite(t, func(p *parts) {
		p.app.Webhooks = webhook.New(webhook.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	})
	return s, receiver.URL
}

// deliverEvents posts what is due to webhooks.
func (s *site) deliverEvents() {
	s.t.Helper()
	r := job.NewRunner(job.Config{Queue: s.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	s.RegisterDeliveries(r)
	s.must(r.RunDue(s.t.Context()))
}

var webhookSecret = regexp.MustCompile(`whsec_[0-9A-Za-z+/=]+`)

func TestAWebhookIsAddedTriedOutAndItsDeliveriesShown(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusInternalServerError)
	s, receiver := newReceiverSite(t, &status)
	b := s.signIn(ownerEmail)
	b.get("/settings/integrations").shows(t, http.StatusOK, "/settings/integrations", "No webhooks yet")
	b.get("/settings/webhooks/new").shows(t, http.StatusOK, "/settings/webhooks/new", "All events", "invite.completed")
	made := b.post("/settings/webhooks", url.Values{"url": {receiver}, "description": {"ATS"}, "which": {"some"}, "events": {"invite.completed"}})
	made.shows(t, http.StatusOK, "/settings/webhooks", "Copy the secret now")
	secret := webhookSecret.FindString(made.body)
	all, _, err := s.Webhooks(t.Context(), s.owner.Actor(assess.Live), assess.Page{Number: 1, Limit: 20})
	s.must(err)
	if len(all) != 1 || secret == "" {
		t.Fatalf("%d webhooks, secret %q", len(all), secret)
	}
	path := "/settings/webhooks/" + string(all[0].ID)
	p := b.get(path)
	p.shows(t, http.StatusOK, path, "ATS", "invite.completed", "Send a test", "Nothing here")
	if strings.Contains(p.body, secret) {
		t.Error("the secret is shown again")
	}

	sent := b.post(path+"/test", nil)
	sent.shows(t, http.StatusOK, sent.url.Path, "A test is on its way.", "endpoint.test", "None yet")
	s.deliverEvents()
	delivery := sent.url.Path
	b.get(delivery).shows(t, http.StatusOK, delivery, "500 Internal Server Error", "said the receiver", "Trying again")
	b.get(path).shows(t, http.StatusOK, path, "Failing", "endpoint.test")
	status.Store(http.StatusOK)
	b.post(delivery+"/redeliver", nil).shows(t, http.StatusOK, delivery, "It is on its way again.")
	s.deliverEvents()
	b.get(path+"?state=delivered").shows(t, http.StatusOK, path, "endpoint.test", "Delivered")
	b.get(path+"?state=failed").shows(t, http.StatusOK, path, "Nothing here")
	b.post(path+"/redeliver", url.Values{"since": {"1"}, "which": {"failed"}}).shows(t, http.StatusOK, path, "There was nothing to send again.")
	b.post(path+"/redeliver", url.Values{"since": {"1"}, "which": {"all"}}).shows(t, http.StatusOK, path, "1 event on the way again.")
}

func TestAWebhookIsChangedItsSecretReplacedAndItEnds(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	s, receiver := newReceiverSite(t, &status)
	b := s.signIn(ownerEmail)
	w, first, err := s.CreateWebhook(t.Context(), s.owner.Actor(assess.Live), assess.NewWebhook{URL: receiver})
	s.must(err)
	path := "/settings/webhooks/" + string(w.ID)
	b.get(path+"/edit").shows(t, http.StatusOK, path+"/edit", receiver)
	b.post(path, url.Values{"url": {"ftp://nowhere"}, "description": {"kept as typed"}, "which": {"some"}, "events": {"invite.sent"}}).
		shows(t, http.StatusUnprocessableEntity, path, "The address must", "kept as typed", `value="invite.sent" checked`)
	b.post(path, url.Values{"url": {receiver}, "which": {"some"}}).shows(t, http.StatusUnprocessableEntity, path, "The events must be at least one, or all.")
	b.post(path, url.Values{"url": {receiver + "/new"}, "which": {"all"}}).shows(t, http.StatusOK, path, "The webhook is saved.", receiver+"/new")

	if got := webhookSecret.FindString(b.post(path+"/rotate", nil).body); got == "" || got == first {
		t.Errorf("the secret is replaced by %q", got)
	}
	b.post(path+"/rotate", nil).shows(t, http.StatusOK, path, "less than a day ago", "End that one now")
	b.post(path+"/rotate", url.Values{"force": {"on"}}).shows(t, http.StatusOK, path+"/rotate", "Copy the secret now")

	b.post(path+"/disable", nil).shows(t, http.StatusOK, path, "This webhook is disabled", "Enable")
	b.post(path+"/enable", nil).shows(t, http.StatusOK, path, "The webhook is enabled.")
	b.post(path+"/delete", nil).shows(t, http.StatusOK, "/settings/integrations", "The webhook is deleted.", "No webhooks yet")
	if p := b.get(path); p.status != http.StatusNotFound {
		t.Errorf("a deleted webhook: %d", p.status)
	}
}

func TestTheFormOfAWebhookSentTwiceMakesOne(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	s, receiver := newReceiverSite(t, &status)
	b := s.signIn(ownerEmail)
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(b.get("/settings/webhooks/new").body)[1]
	form := url.Values{"url": {""}, "once": {once}}
	b.post("/settings/webhooks", form).shows(t, http.StatusUnprocessableEntity, "/settings/webhooks", once)
	form.Set("url", receiver)
	secret := webhookSecret.FindString(b.post("/settings/webhooks", form).body)
	again := b.post("/settings/webhooks", form)
	again.shows(t, http.StatusOK, "/settings/integrations", "This webhook was made already. Its secret is not shown again.")
	_, total, err := s.Webhooks(t.Context(), s.owner.Actor(assess.Live), assess.Page{Number: 1, Limit: 20})
	s.must(err)
	if total != 1 || secret == "" || strings.Contains(again.body, secret) {
		t.Errorf("%d webhooks, secret %q", total, secret)
	}
	form.Set("once", strings.Repeat("x", assess.MaxNameRunes+1))
	if p := b.post("/settings/webhooks", form); p.status != http.StatusUnprocessableEntity {
		t.Errorf("an endless once: %d", p.status)
	}
}

func TestWebhooksAreThoseOfTheDataThatIsShown(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	s, receiver := newReceiverSite(t, &status)
	w, _, err := s.CreateWebhook(t.Context(), s.owner.Actor(assess.Live), assess.NewWebhook{URL: receiver})
	s.must(err)
	b := s.signIn(ownerEmail)
	b.post("/profile/mode", url.Values{"mode": {"test"}})
	b.get("/settings/integrations").shows(t, http.StatusOK, "/settings/integrations", "No webhooks yet")
	if p := b.get("/settings/webhooks/" + string(w.ID)); p.status != http.StatusNotFound {
		t.Errorf("a webhook of live data is shown among test data: %d", p.status)
	}
	b.get("/settings/webhooks/new").shows(t, http.StatusOK, "/settings/webhooks/new", "events of test data only")
}
