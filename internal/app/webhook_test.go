package app_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"testing"

	"alfaone/internal/app"
	"alfaone/internal/store"
)

// atRandom calls a function before each random bytes.
type atRandom func()

func (f atRandom) Read(p []byte) (int, error) {
	f()
	return io.ReadFull(rand.Reader, p)
}

func TestASuccessWaitsWhileItsWebhookIsChanged(t *testing.T) {
	each(t, func(w *world) {
		w = w.connected()
		r := newReceiver(w.t)
		r.answer(http.StatusInternalServerError)
		hook, _ := w.webhook(r.URL)
		_, err := w.TestWebhook(w.t.Context(), w.who(), hook.ID)
		w.must(err)
		w.work()
		if w.hook(hook).FailingSince.IsZero() {
			t.Fatal("it does not fail")
		}
		succeed := func(ctx context.Context) error {
			return w.db.Tx(ctx, func(tx *store.Tx) error { return tx.WebhookSucceeded(hook.Org, hook.ID) })
		}
		between := w.with(func(o *app.Options) { o.Random = atRandom(func() { w.waits(succeed) }) })
		_, _, err = between.RotateWebhookSecret(w.t.Context(), w.who(), hook.ID, false) // draws a secret, having read the webhook
		w.must(err)
		w.must(succeed(w.t.Context()))
		if got := w.hook(hook); !got.FailingSince.IsZero() {
			w.t.Errorf("failing since %v after a success", got.FailingSince)
		}
	})
}
