package app_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
	"alfaone/internal/webhook"
)

// receiver is somebody's server that webhooks lead to.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []post
	status int // of its answers; 0: 204
}

// post is what it was sent.
type post struct {
	id, body, path string
	header         http.Header
	at             time.Time
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.posts = append(r.posts, post{request.Header.Get("webhook-id"), string(body), request.URL.Path, request.Header, time.Now()})
		w.WriteHeader(cmp.Or(r.status, http.StatusNoContent))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// take empties what has arrived.
func (r *receiver) take() []post {
	r.mu.Lock()
	defer r.mu.Unlock()
	posts := r.posts
	r.posts = nil
	return posts
}

// verifies reports whether the official library takes the post as signed with the secret.
func (p post) verifies(t testing.TB, secret string) bool {
	t.Helper()
	verifier, err := standard.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return verifier.VerifyIgnoringTimestamp([]byte(p.body), p.header) == nil
}

// connected is the world with webhooks that may lead to this machine.
func (w *world) connected() *world {
	return w.with(func(o *app.Options) {
		o.Webhooks = webhook.New(webhook.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	})
}

func (w *world) webhook(url string, events ...assess.EventType) (assess.Webhook, string) {
	w.t.Helper()
	hook, secret, err := w.CreateWebhook(w.t.Context(), w.who(), assess.NewWebhook{URL: url, Events: events})
	w.must(err)
	return hook, secret
}

var newestFirst = assess.Page{Number: 1, Limit: 100, Sort: "created_at"}

func (w *world) deliveries(hook assess.Webhook, state assess.DeliveryState) []assess.WebhookDelivery {
	w.t.Helper()
	all, _, err := w.Deliveries(w.t.Context(), w.who(), hook.ID, assess.DeliveryFilter{State: state}, newestFirst)
	w.must(err)
	return all
}

func (w *world) hook(hook assess.Webhook) assess.Webhook {
	w.t.Helper()
	now, err := w.Webhook(w.t.Context(), w.who(), hook.ID)
	w.must(err)
	return now
}

func TestEventsArriveSignedAtWhoWantsThemAndTellNothingOfThePerson(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		asm := w.published()
		all, chosen, other := newReceiver(w.t), newReceiver(w.t), newReceiver(w.t)
		hook, secret := w.webhook(all.URL)
		w.webhook(chosen.URL, assess.InviteRevoked)
		test := w.owner.Actor(assess.Test)
		_, _, err := w.CreateWebhook(w.t.Context(), test, assess.NewWebhook{URL: other.URL})
		w.must(err)

		n := wish(asm, "grace.hopper@example.com")
		n.Name, n.Message, n.External = "Grace Hopper", "Dear Grace", "application-7"
		out, err := w.Invite(w.t.Context(), w.who(), n)
		w.must(err)
		w.work()
		w.must(w.Revoke(w.t.Context(), w.who(), out.Invite.ID, false))
		w.work()

		var types []string
		for _, p := range all.take() {
			if !p.verifies(w.t, secret) {
				w.t.Errorf("the official library refuses %+v", p)
			}
			for _, word := range []string{"grace", "hopper", "olivia", "owner", "dear", "example.com"} {
				if strings.Contains(strings.ToLower(p.body), word) {
					w.t.Errorf("%q in %s", word, p.body)
				}
			}
			if !strings.Contains(p.body, `"externalId":"application-7"`) || !strings.Contains(p.body, `"eventId":"`+p.id+`"`) {
				w.t.Errorf("%s as %s", p.body, p.id)
			}
			types = append(types, typeOf(w.t, p))
		}
		slices.Sort(types)
		if want := []string{"invite.created", "invite.revoked", "invite.sent"}; !slices.Equal(types, want) {
			w.t.Errorf("sent %v, want %v", types, want)
		}
		if got := chosen.take(); len(got) != 1 || typeOf(w.t, got[0]) != "invite.revoked" {
			w.t.Errorf("who chose invite.revoked was sent %+v", got)
		}
		if got := other.take(); len(got) != 0 {
			w.t.Errorf("a test webhook was sent %+v", got)
		}
		if got := w.deliveries(hook, assess.DeliveryDelivered); len(got) != 3 {
			w.t.Errorf("delivered %+v", got)
		}
	})
}

func typeOf(t testing.TB, p post) string {
	t.Helper()
	var e struct{ Type string }
	if err := json.Unmarshal([]byte(p.body), &e); err != nil {
		t.Fatal(err)
	}
	return e.Type
}

func TestAnEventThatIsRolledBackIsNotDelivered(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		hook, _ := w.webhook(r.URL)
		asm := w.published()
		w.work()
		r.take()
		before := len(w.deliveries(hook, ""))
		n := wish(asm, "a@example.com")
		_, err := w.CarryOutOnce(w.t.Context(), w.who(), app.Once{Route: "r", Key: "k"}, func(ctx context.Context) (app.Reply, error) {
			if _, err := w.Invite(ctx, w.who(), n); err != nil {
				return app.Reply{}, err
			}
			return app.Reply{}, io.ErrUnexpectedEOF
		})
		if err == nil {
			w.t.Fatal("nothing was rolled back")
		}
		w.work()
		if got := r.take(); len(got) != 0 || len(w.deliveries(hook, "")) != before {
			w.t.Errorf("delivered %+v", got)
		}
	})
}

// An event's attempts keep to the table of the standard, each a fifth earlier or later, and end after the tenth.
func TestAttemptsKeepToTheTable(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		r.answer(http.StatusInternalServerError)
		hook, _ := w.webhook(r.URL, assess.EndpointDisabled)
		d, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.must(err)
		waits := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
		for i := range len(waits) + 1 {
			w.work()
			detail, err := w.Delivery(w.t.Context(), w.who(), hook.ID, d.ID)
			w.must(err)
			if got := len(detail.Attempts); got != i+1 {
				w.t.Fatalf("%d attempts, want %d", got, i+1)
			}
			if i == len(waits) {
				if detail.Delivery.State != assess.DeliveryFailed || w.hook(hook).State != assess.WebhookEnabled {
					w.t.Errorf("after the last: %+v", detail.Delivery)
				}
				break
			}
			wait := detail.Delivery.NextAt.Sub(w.clock.Now())
			if low, high := waits[i]*8/10, waits[i]*12/10; wait < low || wait > high {
				w.t.Errorf("attempt %d follows after %s, want %s to %s", i+2, wait, low, high)
			}
			w.clock.now = detail.Delivery.NextAt.Add(-time.Millisecond)
			w.work()
			if got := len(r.take()); got != 1 {
				w.t.Errorf("%d posts by the %d. time", got, i+1)
			}
			w.clock.now = detail.Delivery.NextAt
		}
	})
}

func TestAWebhookIsDisabledAfterFiveDaysOfFailures(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		r.answer(http.StatusInternalServerError)
		hook, _ := w.webhook(r.URL)
		watcher := newReceiver(w.t)
		w.webhook(watcher.URL, assess.EndpointDisabled)
		asm := w.published()
		w.work()
		began := w.clock.Now()
		const every = 6 * time.Hour
		for i := 0; w.hook(hook).State == assess.WebhookEnabled; i++ {
			if w.clock.Now().Sub(began) > 6*24*time.Hour {
				w.t.Fatal("still enabled after six days")
			}
			w.invite(asm, fmt.Sprintf("%d@example.com", i))
			w.work()
			w.clock.advance(every)
			w.work()
		}
		if after := w.clock.Now().Sub(w.hook(hook).FailingSince); after < assess.DisableAfter || after > assess.DisableAfter+2*every {
			w.t.Errorf("disabled after %s", after)
		}
		w.work()
		if got := w.hook(hook); got.DisabledReason != assess.ReasonFailing || len(w.deliveries(hook, assess.DeliveryPending)) != 0 {
			w.t.Errorf("%+v", got)
		}
		if got := watcher.take(); len(got) != 1 || !strings.Contains(got[0].body, `"webhookId":"`+string(hook.ID)+`"`) {
			w.t.Errorf("the other webhook was told %+v", got)
		}
		if last := w.sender.Messages(); !strings.Contains(last[len(last)-1].Text, r.URL) || last[len(last)-1].To.Address != w.owner.Email {
			w.t.Errorf("the last mail is %+v", last[len(last)-1])
		}
		r.take()
		w.invite(asm, "later@example.com")
		w.clock.advance(24 * time.Hour)
		w.work()
		if got := r.take(); len(got) != 0 {
			w.t.Errorf("a disabled webhook was sent %+v", got)
		}
		r.answer(http.StatusNoContent)
		_, err := w.UpdateWebhook(w.t.Context(), w.who(), hook.ID, assess.WebhookUpdate{Enabled: new(true)})
		w.must(err)
		n, err := w.RedeliverSince(w.t.Context(), w.who(), hook.ID, began, true)
		w.must(err)
		w.work()
		if got := r.take(); len(got) != n || n == 0 || len(w.deliveries(hook, assess.DeliveryFailed)) != 0 {
			w.t.Errorf("%d posts of %d", len(got), n)
		}
	})
}

func TestAGoneReceiverDisablesItsWebhookAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		r.answer(http.StatusGone)
		hook, _ := w.webhook(r.URL)
		_, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.must(err)
		w.work()
		if got := w.hook(hook); got.State != assess.WebhookDisabled || got.DisabledReason != assess.ReasonGone || len(r.take()) != 1 {
			w.t.Errorf("%+v", got)
		}
		_, err = w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.wantKind(err, assess.Conflict)
	})
}

func TestRedeliveryKeepsIdAndBody(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		hook, secret := w.webhook(r.URL)
		d, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.must(err)
		w.work()
		first := r.take()
		w.clock.advance(time.Hour)
		again, err := w.Redeliver(w.t.Context(), w.who(), hook.ID, d.ID)
		w.must(err)
		if again.ID != d.ID || again.State != assess.DeliveryPending {
			w.t.Errorf("%+v", again)
		}
		w.work()
		second := r.take()
		if len(first) != 1 || len(second) != 1 || first[0].id != second[0].id || first[0].body != second[0].body {
			w.t.Fatalf("%+v\n%+v", first, second)
		}
		if first[0].header.Get("webhook-timestamp") == second[0].header.Get("webhook-timestamp") || !second[0].verifies(w.t, secret) {
			w.t.Errorf("%+v", second)
		}
	})
}

func TestBothSecretsSignForADay(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		hook, first := w.webhook(r.URL)
		signedBy := func(want ...string) {
			w.t.Helper()
			_, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
			w.must(err)
			w.work()
			got := r.take()
			if len(got) != 1 || strings.Count(got[0].header.Get("webhook-signature"), "v1,") != len(want) {
				w.t.Fatalf("%+v", got)
			}
			for _, secret := range want {
				if !got[0].verifies(w.t, secret) {
					w.t.Errorf("%s does not verify %+v", secret, got[0])
				}
			}
		}
		rotate := func(force bool) string {
			w.t.Helper()
			_, secret, err := w.RotateWebhookSecret(w.t.Context(), w.who(), hook.ID, force)
			w.must(err)
			return secret
		}
		signedBy(first)
		second := rotate(false)
		signedBy(first, second)
		_, _, err := w.RotateWebhookSecret(w.t.Context(), w.who(), hook.ID, false)
		w.wantKind(err, assess.Conflict)
		third := rotate(true)
		signedBy(second, third)
		w.clock.advance(assess.SecretOverlap)
		signedBy(third)
	})
}

func TestAWebhookMustLeadToThePublicInternet(t *testing.T) {
	each(t, func(w *world) {
		for _, url := range []string{"", "http://example.com", "https://127.0.0.1/", "https://example.com:8443", "nonsense"} {
			_, _, err := w.CreateWebhook(w.t.Context(), w.who(), assess.NewWebhook{URL: url})
			w.wantKind(err, assess.Invalid)
		}
		_, _, err := w.CreateWebhook(w.t.Context(), w.who(), assess.NewWebhook{URL: "https://example.com", Events: []assess.EventType{"invite.lost"}})
		w.wantKind(err, assess.Invalid)
		for range assess.MaxWebhooks {
			w.webhook("https://example.com/hook")
		}
		_, _, err = w.CreateWebhook(w.t.Context(), w.who(), assess.NewWebhook{URL: "https://example.com"})
		w.wantKind(err, assess.Conflict)
	})
}

// One receiver that never answers holds up nobody but itself.
func TestABlackHoleHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, &clock{now: time.Now()}, storetest.OpenEngine(t, engine, nil)).connected()
			w.besideABlackHole()
		})
	}
}

func (w *world) besideABlackHole() {
	asm := w.published()
	over := make(chan struct{})
	hole := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	w.t.Cleanup(hole.Close)
	defer close(over)
	r := newReceiver(w.t)
	w.webhook(hole.URL)
	const others, events = assess.MaxWebhooks - 1, 10
	for i := range others {
		w.webhook(fmt.Sprintf("%s/%d", r.URL, i), assess.InviteCreated)
	}
	ctx, stop := context.WithCancel(w.t.Context())
	runner := job.NewRunner(job.Config{Queue: w.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now, Workers: 64, Drain: time.Millisecond})
	w = w.with(func(o *app.Options) { o.Wake = runner.Wake })
	w.RegisterDeliveries(runner)
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	defer running.Wait()
	defer stop()

	sent := map[string]time.Time{}
	for i := range events {
		inv := w.invite(asm, fmt.Sprintf("%d@example.com", i))
		sent[string(inv.ID)] = time.Now()
	}
	var posts []post
	for deadline := time.Now().Add(30 * time.Second); len(posts) < others*events && time.Now().Before(deadline); {
		posts = append(posts, r.take()...)
	}
	if len(posts) != others*events {
		w.t.Fatalf("%d posts, want %d", len(posts), others*events)
	}
	var delays []time.Duration
	for _, p := range posts {
		var e struct{ Data struct{ InviteID string } }
		w.must(json.Unmarshal([]byte(p.body), &e))
		delays = append(delays, p.at.Sub(sent[e.Data.InviteID]))
	}
	slices.Sort(delays)
	if p99 := delays[len(delays)*99/100]; p99 > 2*time.Second {
		w.t.Errorf("99 %% arrived within %s, want 2 s", p99)
	} else {
		w.t.Logf("99 %% arrived within %s", p99)
	}
}

func TestOldDeliveriesAreForgotten(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		hook, _ := w.webhook(r.URL)
		_, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.must(err)
		w.work()
		w.clock.advance(31 * 24 * time.Hour)
		w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error { return tx.DeleteDeliveriesBefore(tx.Now().Add(-30 * 24 * time.Hour)) }))
		if got := w.deliveries(hook, ""); len(got) != 0 {
			w.t.Errorf("%+v", got)
		}
	})
}
