package webhook_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"alfaone/internal/webhook"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// otherSecret has another key than vectorSecret.
const otherSecret = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

func TestPostSendsWhatReceiversCanVerify(t *testing.T) {
	t.Parallel()
	type request struct {
		header http.Header
		body   []byte
		method string
	}
	got := make(chan request, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{r.Header, body, r.Method}
		_, _ = io.WriteString(w, "thanks")
	}))
	t.Cleanup(receiver.Close)

	body := []byte(`{"type":"invite.created","data":{}}`)
	result := webhook.New(webhook.Config{Allow: loopback}).Post(t.Context(), webhook.Message{
		URL: receiver.URL, ID: vectorID, At: time.Now(), Body: body, Secrets: []string{vectorSecret, otherSecret},
	})
	if result.Status != http.StatusOK || result.Err != nil || result.Response != "thanks" || result.Duration <= 0 {
		t.Fatalf("Post = %+v", result)
	}
	r := <-got
	if r.method != http.MethodPost || r.header.Get("Content-Type") != "application/json" || string(r.body) != string(body) {
		t.Errorf("the receiver got %s %v %s", r.method, r.header, r.body)
	}
	for _, secret := range []string{vectorSecret, otherSecret} {
		verifier, err := standard.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(r.body, r.header); err != nil {
			t.Errorf("the official library with %s: %v", secret, err)
		}
	}
}

func TestPostTellsWhenItsCallerGaveUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	url := receiver(t, func(conn net.Conn) {
		cancel(errStopping)
		_, _ = io.Copy(io.Discard, conn)
	})
	result := webhook.New(webhook.Config{Allow: loopback}).Post(ctx, message(url))
	if !errors.Is(result.Err, errStopping) || result.Status != 0 {
		t.Errorf("Post = %+v", result)
	}
}

var errStopping = errors.New("the program stops")

func TestPostSendsNothingThatItCannotSign(t *testing.T) {
	t.Parallel()
	url := receiver(t, func(net.Conn) { t.Error("a request was sent") })
	for _, secrets := range [][]string{nil, {"whsec_short"}, {vectorSecret, ""}} {
		m := message(url)
		m.Secrets = secrets
		if result := webhook.New(webhook.Config{Allow: loopback}).Post(t.Context(), m); result.Err == nil || result.Status != 0 {
			t.Errorf("with the secrets %q: %+v", secrets, result)
		}
	}
}

// A proxy would be dialled in the receiver's stead, and would connect to what the checks forbid.
func TestPostUsesNoProxy(t *testing.T) {
	proxied := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	t.Cleanup(proxied.Close)
	t.Setenv("HTTP_PROXY", proxied.URL)
	t.Setenv("HTTPS_PROXY", proxied.URL)
	client, seen := watched(webhook.Config{Resolver: resolver(t, lookUp)})
	client.Post(t.Context(), message("https://public.example/"))
	if got := seen.take(); !slices.Contains(got, publicIPs[0]+":443") {
		t.Errorf("dialled %v", got)
	}
}
