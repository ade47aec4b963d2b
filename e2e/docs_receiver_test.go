package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/webhook"
)

// receives reports whether an example is a server that webhooks post to.
func (e example) receives() bool { return slices.Contains(e.words, "receiver") }

// tryReceivers runs each receiver and has a real delivery posted to it, and forged ones.
func (w *docsWorld) tryReceivers(all []example) {
	w.t.Helper()
	tried := 0
	for _, e := range all {
		if e.receives() {
			tried++
			w.t.Run(e.language, func(t *testing.T) {
				t.Parallel()
				w.in(t).deliverTo(e)
			})
		}
	}
	if tried != 3 {
		w.t.Errorf("%d receivers were found", tried)
	}
}

func (w *docsWorld) deliverTo(e example) {
	w.t.Helper()
	address, err := freePort()
	if err != nil {
		w.t.Fatal(err)
	}
	_, port, _ := strings.Cut(address, ":")
	url := "http://" + address + "/webhooks"
	made := w.post("/webhooks", fmt.Sprintf(`{"url":%q}`, url))
	hook, secret := idOf(made, "webhook"), made["secret"].(string)
	cmd := w.command(w.t.Context(), e, e.text)
	cmd.Env = append(os.Environ(), "PORT="+port, "WEBHOOK_SECRET="+secret)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	awaitListener(w.t, address)

	delivery := idOf(w.post("/webhooks/"+hook+"/test", ""), "delivery")
	w.awaitDelivery("/webhooks/" + hook + "/deliveries/" + delivery)
	now := time.Now()
	for name, post := range map[string]struct {
		secret, body string
		at           time.Time
		want         int
	}{
		"signed by us":    {secret, `{"type":"endpoint.test"}`, now, 204},
		"too old":         {secret, `{"type":"endpoint.test"}`, now.Add(-6 * time.Minute), 400},
		"from the future": {secret, `{"type":"endpoint.test"}`, now.Add(6 * time.Minute), 400},
		"another secret":  {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", `{"type":"endpoint.test"}`, now, 400},
		"tampered with":   {secret, `{"type":"endpoint.tesu"}`, now, 400},
	} {
		signature, err := webhook.Sign(post.secret, "message", post.at, []byte(`{"type":"endpoint.test"}`))
		if err != nil {
			w.t.Fatal(err)
		}
		status, _, err := request(w.t.Context(), http.MethodPost, url, "", post.body,
			"webhook-id", "message", "webhook-timestamp", strconv.FormatInt(post.at.Unix(), 10), "webhook-signature", "v1a,eA== "+signature)
		if err != nil || status != post.want {
			w.t.Errorf("%s, %s: %d %v, want %d", e.language, name, status, err, post.want)
		}
	}
	if status, _, err := request(w.t.Context(), http.MethodPost, url, "", "{}"); err != nil || status != 400 {
		w.t.Errorf("%s, unsigned: %d %v", e.language, status, err)
	}
}

func (w *docsWorld) awaitDelivery(path string) {
	w.t.Helper()
	var body string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		_, body = call(w.t, http.MethodGet, w.URL+"/api/v1"+path, w.TestAPIKey, "")
		if strings.Contains(body, `"state":"delivered"`) {
			return
		}
	}
	w.t.Fatalf("not delivered: %s", body)
}

func awaitListener(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("nothing listens at %s", address)
}
