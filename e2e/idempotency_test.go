package e2e_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// killCount is how often the tests of deliveries and of repeated invites kill the server: enough for every day. By hand, "go test
// ./e2e -run 'Delivery|HoweverOften' -args -kills 300" takes minutes.
var killCount = flag.Int("kills", 10, "how often to kill the server while it delivers, and while invites are repeated")

// repetition is how much is repeated.
type repetition struct{ keys, kills, mismatches int }

func repetitions() repetition {
	return repetition{keys: 100 * *killCount, kills: *killCount, mismatches: 5 * *killCount}
}

// answers are what clients were told under each key.
type answers struct {
	mu    sync.Mutex
	told  map[int]string
	wrong []string
}

// tell notes an answer, which must be the one that was given before, if any was.
func (a *answers) tell(key, status int, body string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, known := a.told[key]
	if status != http.StatusCreated || known && before != body {
		a.wrong = append(a.wrong, fmt.Sprintf("key %d: %d %s, before: %s", key, status, body, before))
		return
	}
	a.told[key] = body
}

func wishOf(assessment string, key int) string {
	return fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"once%d@example.com"}`, assessment, key)
}

func keyOnce(key int) string { return fmt.Sprintf("once-%d", key) }

// TestInvitesAreMadeOnceHoweverOftenTheyAreSent sends each invite one to five times, in random order by eight clients who give
// some of them up, to a server that is killed again and again.
func TestInvitesAreMadeOnceHoweverOftenTheyAreSent(t *testing.T) {
	n := repetitions()
	dir := t.TempDir()
	key, assessment := crashWorld(t, dir)
	a := &answers{told: map[int]string{}}
	var sends []int
	for k := range n.keys {
		for range 1 + rand.IntN(5) {
			sends = append(sends, k)
		}
	}
	rand.Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
	for cycle := range n.kills {
		p := start(t, "serve", "--data-dir", dir)
		part := sends[len(sends)*cycle/n.kills : len(sends)*(cycle+1)/n.kills]
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for w := range crashWriters {
			clients.Go(func() {
				a.send(ctx, p.url, key, assessment, part[len(part)*w/crashWriters:len(part)*(w+1)/crashWriters])
			})
		}
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond) // the moment of the kill must be arbitrary
		p.kill()
		cancel()
		clients.Wait()
	}
	p := start(t, "serve", "--data-dir", dir)
	a.finish(t, p.url, key, assessment, n)
	if err := p.stop(); err != nil {
		t.Errorf("stopping: %v\n%s", err, p.log)
	}
	a.verify(t, dir, n)
}

// send sends invites until the server is gone. Every tenth client does not wait for the answer.
func (a *answers) send(ctx context.Context, url, key, assessment string, keys []int) {
	for _, k := range keys {
		patience := 10 * time.Second
		if rand.IntN(10) == 0 {
			patience = time.Duration(rand.IntN(3000)) * time.Microsecond
		}
		impatient, cancel := context.WithTimeout(ctx, patience)
		status, body, err := request(impatient, http.MethodPost, url+"/api/v1/invites", key, wishOf(assessment, k), "Idempotency-Key", keyOnce(k))
		cancel()
		if err == nil {
			a.tell(k, status, body)
		}
	}
}

// finish sends every invite once more, to the end, and then some of the keys with something else.
func (a *answers) finish(t *testing.T, url, key, assessment string, n repetition) {
	t.Helper()
	var clients sync.WaitGroup
	for w := range crashWriters {
		clients.Go(func() {
			for k := w; k < n.keys; k += crashWriters {
				status, body, err := request(t.Context(), http.MethodPost, url+"/api/v1/invites", key, wishOf(assessment, k), "Idempotency-Key", keyOnce(k))
				if err != nil {
					t.Errorf("key %d: %v", k, err)
					return
				}
				a.tell(k, status, body)
			}
		})
	}
	clients.Wait()
	for k := range n.mismatches {
		status, body, err := request(t.Context(), http.MethodPost, url+"/api/v1/invites", key, wishOf(assessment, n.keys+k),
			"Idempotency-Key", keyOnce(k), "Accept", "application/problem+json")
		if err != nil || status != http.StatusUnprocessableEntity || !strings.Contains(body, `"idempotency_key_reused"`) {
			t.Errorf("key %d with another request: %d %s, %v", k, status, body, err)
		}
	}
}

// verify counts in the database, with nothing of ours in between.
func (a *answers) verify(t *testing.T, dir string, n repetition) {
	t.Helper()
	for _, wrong := range a.wrong {
		t.Error(wrong)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "alfaone.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	made := map[string]string{}
	for _, pair := range texts(t, db, "SELECT email || ' ' || id FROM invites WHERE email LIKE 'once%'") {
		email, id, _ := strings.Cut(pair, " ")
		if other := made[email]; other != "" {
			t.Errorf("%s has the invites %s and %s", email, other, id)
		}
		made[email] = id
	}
	if len(made) != n.keys {
		t.Errorf("%d invites were made of %d", len(made), n.keys)
	}
	for k, body := range a.told {
		var created struct{ Invite struct{ ID string } }
		if err := json.Unmarshal([]byte(body), &created); err != nil || created.Invite.ID != made[fmt.Sprintf("once%d@example.com", k)] {
			t.Errorf("key %d was told %s, %v", k, body, err)
		}
	}
	for what, query := range map[string]string{
		"invites without just one event": `SELECT id FROM invites WHERE email LIKE 'once%' AND id NOT IN
			(SELECT invite_id FROM events WHERE type = 'invite.created' GROUP BY invite_id HAVING COUNT(*) = 1)`,
		"invites without just one mail": `SELECT id FROM invites WHERE email LIKE 'once%' AND id NOT IN
			(SELECT json_extract(args, '$.Invite') FROM jobs WHERE kind = 'invite.mail' GROUP BY 1 HAVING COUNT(*) = 1)`,
	} {
		if got := texts(t, db, query); len(got) > 0 {
			t.Errorf("%d %s, such as %s", len(got), what, got[0])
		}
	}
	t.Logf("%d keys, %d kills: each made one invite", n.keys, n.kills)
}
