package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestASecretIsReplacedWithoutABody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.post("/api/v1/webhooks", `{"url":"https://example.com/hook"}`)
	var hook struct{ Webhook struct{ ID string } }
	if err := json.Unmarshal([]byte(made.body), &hook); err != nil || hook.Webhook.ID == "" {
		t.Fatalf("%d %s", made.status, made.body)
	}
	if got := w.post("/api/v1/webhooks/"+hook.Webhook.ID+"/rotate-secret", ""); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}
