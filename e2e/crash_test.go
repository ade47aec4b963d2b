package e2e_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// kills is how often the crash test kills the server: as often as promised in continuous integration, and a few times where
// somebody just runs the tests.
func kills() int {
	if os.Getenv("CI") == "true" {
		return 300
	}
	return 5
}

// crashWriters is how many clients invite at once.
const crashWriters = 8

// ledger is what the clients remember: which invite each acknowledged key became, and which keys got no answer.
type ledger struct {
	mu       sync.Mutex
	acked    map[string]string // key → id of the invite
	unsure   map[string]bool
	mismatch []string
}

func (l *ledger) ack(key, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unsure, key)
	if before, ok := l.acked[key]; ok && before != id {
		l.mismatch = append(l.mismatch, fmt.Sprintf("%s was %s and became %s", key, before, id))
	}
	l.acked[key] = id
}

func (l *ledger) doubt(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsure[key] = true
}

// retries are the keys to send again, unanswered ones and some answered ones.
func (l *ledger) retries() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []string
	for key := range l.unsure {
		keys = append(keys, key)
	}
	for key := range l.acked {
		if len(keys) > 2*crashWriters {
			break
		}
		keys = append(keys, key)
	}
	return keys
}

// TestKillingTheServerLosesNothing kills the server again and again while clients invite, and then counts: each acknowledged
// invite is there, unchanged, once, with its event and its mail.
func TestKillingTheServerLosesNothing(t *testing.T) {
	dir := t.TempDir()
	key, assessment := crashWorld(t, dir)
	l := &ledger{acked: map[string]string{}, unsure: map[string]bool{}}
	next := 0
	for cycle := range kills() {
		p := start(t, "serve", "--data-dir", dir, "--log-level", "info")
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		retries := l.retries()
		for w := range crashWriters {
			from := next + w
			clients.Go(func() {
				l.invite(ctx, p.url, key, assessment, retries[len(retries)*w/crashWriters:len(retries)*(w+1)/crashWriters], from)
			})
		}
		next += 100_000
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond) // the moment of the kill must be arbitrary
		p.kill()
		cancel()
		clients.Wait()
		if t.Failed() {
			t.Fatalf("in cycle %d", cycle)
		}
	}
	l.settle(t, dir, key, assessment)
	l.verify(t, dir)
}

// crashWorld sets up a server that nobody limits, with a published assessment.
func crashWorld(t *testing.T, dir string) (key, assessment string) {
	t.Helper()
	p, a := demo(t, "--data-dir", dir)
	if err := p.stop(); err != nil {
		t.Fatalf("%v\n%s", err, p.log)
	}
	operate(t, "organization", "rate", "--data-dir", dir, "1000000")
	return a.APIKey, a.AssessmentID
}

// invite sends the retries and then new invites until the server is gone.
func (l *ledger) invite(ctx context.Context, url, key, assessment string, retries []string, from int) {
	for n := from; ; n += crashWriters {
		id := fmt.Sprintf("crash-%d", n)
		if len(retries) > 0 {
			id, retries = retries[0], retries[1:]
		}
		if !l.send(ctx, url, key, assessment, id) {
			return
		}
	}
}

// send invites once under an idempotency key and notes the outcome; false means that the server is gone.
func (l *ledger) send(ctx context.Context, url, key, assessment, id string) bool {
	body := fmt.Sprintf(`{"assessmentId":%q,"recipientEmail":"%s@example.com"}`, assessment, id)
	status, answer, err := request(ctx, http.MethodPost, url+"/api/v1/invites", key, body, "Idempotency-Key", id)
	if err != nil {
		l.doubt(id)
		return false
	}
	var created struct{ Invite struct{ ID string } }
	if status != http.StatusCreated || json.Unmarshal([]byte(answer), &created) != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.mismatch = append(l.mismatch, fmt.Sprintf("%s answered %d: %s", id, status, answer))
		return false
	}
	l.ack(id, created.Invite.ID)
	return true
}

// settle sends what was never answered until it is, and lets all mail leave.
func (l *ledger) settle(t *testing.T, dir, key, assessment string) {
	t.Helper()
	p := start(t, "serve", "--data-dir", dir)
	for _, id := range l.retries() {
		l.send(t.Context(), p.url, key, assessment, id)
	}
	if len(l.unsure) > 0 {
		t.Errorf("%d invites were never answered", len(l.unsure))
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping: %v\n%s", err, p.log)
	}
}

// verify reads the database with nothing of ours in between.
func (l *ledger) verify(t *testing.T, dir string) {
	t.Helper()
	for _, m := range l.mismatch {
		t.Error(m)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "alfaone.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if got := texts(t, db, "PRAGMA integrity_check"); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("integrity_check: %v", got)
	}
	for what, query := range map[string]string{
		"broken references": "SELECT \"table\" FROM pragma_foreign_key_check",
		"invites without just one event": `SELECT id FROM invites WHERE id NOT IN
			(SELECT invite_id FROM events WHERE type = 'invite.created' GROUP BY invite_id HAVING COUNT(*) = 1)`,
		"invites without just one mail": `SELECT id FROM invites WHERE email LIKE 'crash-%' AND id NOT IN
			(SELECT json_extract(args, '$.Invite') FROM jobs WHERE kind = 'invite.mail' GROUP BY 1 HAVING COUNT(*) = 1)`,
		"mails that nobody will send":     "SELECT args FROM jobs WHERE kind = 'invite.mail' AND state = 'parked'",
		"gaps in the events":              "SELECT org_id FROM events GROUP BY org_id HAVING MAX(sequence) <> COUNT(*)",
		"idempotency keys without answer": "SELECT key FROM idempotency_keys WHERE body = ''",
		"kept totals that are wrong": `SELECT status FROM invite_totals c WHERE n <>
			(SELECT COUNT(*) FROM invites i WHERE i.org_id = c.org_id AND i.mode = c.mode AND i.status = c.status)`,
		"kept counts that are wrong": `SELECT status FROM invite_counts c WHERE n <>
			(SELECT COUNT(*) FROM invites i WHERE i.org_id = c.org_id AND i.mode = c.mode AND i.assessment_id = c.assessment_id AND i.status = c.status)`,
	} {
		if got := texts(t, db, query); len(got) > 0 {
			t.Errorf("%d %s, such as %s", len(got), what, got[0])
		}
	}
	found := map[string]string{}
	for _, pair := range texts(t, db, "SELECT email || ' ' || id FROM invites WHERE email LIKE 'crash-%'") {
		email, id, _ := strings.Cut(pair, " ")
		key := strings.TrimSuffix(email, "@example.com")
		if other, twice := found[key]; twice {
			t.Errorf("%s has two invites: %s and %s", key, other, id)
		}
		found[key] = id
	}
	if !maps.Equal(found, l.acked) {
		t.Errorf("%d invites were acknowledged, %d are there", len(l.acked), len(found))
	}
	t.Logf("%d kills, %d acknowledged invites, none lost", kills(), len(l.acked))
}

func texts(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
