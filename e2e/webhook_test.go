package e2e_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// inbox is a receiver of webhooks that now and then is slow or broken.
type inbox struct {
	mu       sync.Mutex
	verifier *standard.Webhook
	bodies   map[string]string // by the id of the message
	wrong    []string
}

// ServeHTTP notes what arrives. A message that comes again must be the very same.
func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	id := r.Header.Get("webhook-id")
	before, again := b.bodies[id]
	switch {
	case err != nil:
		return // the server was killed while it posted
	case b.verifier.Verify(body, r.Header) != nil:
		b.wrong = append(b.wrong, fmt.Sprintf("%s is not signed: %s", id, body))
	case again && before != string(body):
		b.wrong = append(b.wrong, fmt.Sprintf("%s was %s and became %s", id, before, body))
	}
	if rand.IntN(10) == 0 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	b.bodies[id] = string(body)
}

// TestKillingTheServerLosesNoDelivery kills the server again and again while it delivers, and then compares what arrived with
// the events that were committed.
func TestKillingTheServerLosesNoDelivery(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, assessment := crashWorld(t, dir)
	b := &inbox{bodies: map[string]string{}}
	receiver := httptest.NewServer(b)
	defer receiver.Close()
	serve := func() *program {
		return start(t, "serve", "--data-dir", dir, "--webhook-allow", "127.0.0.0/8")
	}
	p := serve()
	hook := b.subscribe(t, p.url, key, receiver.URL)
	l := &ledger{acked: map[string]string{}, unsure: map[string]bool{}}
	for cycle := range *killCount {
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for w := range 2 { // no more than one webhook can be told in time
			clients.Go(func() { l.invite(ctx, p.url, key, assessment, nil, cycle*100_000+w) })
		}
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond) // the moment of the kill must be arbitrary
		p.kill()
		cancel()
		clients.Wait()
		p = serve()
	}
	b.settle(t, p.url, key, hook)
	if err := p.stop(); err != nil {
		t.Errorf("stopping: %v\n%s", err, p.log)
	}
	b.verify(t, dir)
}

// subscribe makes a webhook for every live event.
func (b *inbox) subscribe(t *testing.T, url, key, to string) (hook string) {
	t.Helper()
	status, answer, err := request(t.Context(), http.MethodPost, url+"/api/v1/webhooks", key, fmt.Sprintf(`{"url":%q}`, to))
	var made struct {
		Webhook struct{ ID string }
		Secret  string
	}
	if err == nil {
		err = json.Unmarshal([]byte(answer), &made)
	}
	if err == nil {
		b.verifier, err = standard.NewWebhook(made.Secret)
	}
	if err != nil || status != http.StatusCreated {
		t.Fatalf("making a webhook: %d %s %v", status, answer, err)
	}
	return made.Webhook.ID
}

// settle sends again what has failed until nothing is on its way.
func (b *inbox) settle(t *testing.T, url, key, hook string) {
	t.Helper()
	base := url + "/api/v1/webhooks/" + hook
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if _, _, err := request(t.Context(), http.MethodPost, base+"/redeliver", key, `{"since":"2000-01-01T00:00:00Z"}`); err != nil {
			t.Fatal(err)
		}
		_, answer, err := request(t.Context(), http.MethodGet, base+"/deliveries?state=pending&limit=1", key, "")
		var list struct{ Pagination struct{ Total *int } }
		if err == nil {
			err = json.Unmarshal([]byte(answer), &list)
		}
		if err != nil || list.Pagination.Total == nil {
			t.Fatalf("%s: %v", answer, err)
		}
		if *list.Pagination.Total == 0 {
			return
		}
	}
	t.Error("after a minute deliveries are still on their way")
}

// verify compares what arrived with the database, read with nothing of ours in between.
func (b *inbox) verify(t *testing.T, dir string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wrong {
		t.Error(w)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "alfaone.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	committed := map[string]bool{}
	for _, id := range texts(t, db, `SELECT e.id FROM events e JOIN webhooks w ON w.org_id = e.org_id AND w.mode = e.mode AND e.at >= w.created_at`) {
		committed[id] = true
		if b.bodies[id] == "" {
			t.Errorf("event %s never arrived", id)
		}
	}
	for id := range b.bodies {
		if !committed[id] {
			t.Errorf("event %s arrived and was rolled back", id)
		}
	}
	t.Logf("%d kills, %d events, %d arrived", *killCount, len(committed), len(b.bodies))
}
