package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"alfaone/internal/webhook"
)

// delivery is what a receiver has in hand when it verifies.
type delivery struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// signed is the body as a receiver gets it, signed a moment ago by the secrets.
func signed(t *testing.T, body string, secrets ...string) delivery {
	t.Helper()
	got := make(chan delivery, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d := delivery{Body: string(body), Headers: map[string]string{}}
		for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			d.Headers[name] = r.Header.Get(name)
		}
		got <- d
	}))
	t.Cleanup(server.Close)
	client := webhook.New(webhook.Config{Allow: loopback})
	result := client.Post(t.Context(), webhook.Message{URL: server.URL, ID: vectorID, At: time.Now(), Body: []byte(body), Secrets: secrets})
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	d := <-got
	d.Secret = secrets[0]
	return d
}

func (d delivery) verify(t *testing.T) error {
	t.Helper()
	verifier, err := standard.NewWebhook(d.Secret)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	for name, value := range d.Headers {
		header.Set(name, value)
	}
	// Whether the time is near enough is for another check: here the signature alone has to find a time that was changed.
	return verifier.VerifyIgnoringTimestamp([]byte(d.Body), header)
}

// tampered is the delivery with one byte of its body, id or time changed.
func (d delivery) tampered(random *rand.Rand) delivery {
	d.Headers = maps.Clone(d.Headers)
	switch random.IntN(3) {
	case 0:
		d.Body = changeByte(random, d.Body, func() byte { return byte(random.Uint32()) })
	case 1:
		d.Headers["webhook-id"] = changeByte(random, d.Headers["webhook-id"], func() byte { return byte('!' + random.IntN('~'-'!')) })
	case 2:
		d.Headers["webhook-timestamp"] = changeByte(random, d.Headers["webhook-timestamp"], func() byte { return byte('0' + random.IntN(10)) })
	}
	return d
}

func changeByte(random *rand.Rand, s string, draw func() byte) string {
	b, i := []byte(s), random.IntN(len(s))
	for b[i] == s[i] {
		b[i] = draw()
	}
	return string(b)
}

const eventBody = `{"type":"invite.completed","timestamp":"2026-03-01T12:00:00.000Z","data":{"inviteId":"x","sequence":7,"note":"naïve “text”"}}`

func TestTheOfficialVerifierRefusesEveryTamperedDelivery(t *testing.T) {
	t.Parallel()
	d := signed(t, eventBody, vectorSecret, otherSecret)
	if err := d.verify(t); err != nil {
		t.Fatalf("as it was sent: %v", err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	const tries = 10_000
	refused := 0
	for range tries {
		changed := d.tampered(random)
		if err := changed.verify(t); err == nil {
			t.Errorf("accepted: %+v", changed)
		} else if errors.Is(err, standard.ErrNoMatchingSignature) {
			refused++
		}
	}
	if refused != tries {
		t.Errorf("%d of %d were refused for their signature", refused, tries)
	}
}

func TestTheJavaScriptLibraryAgrees(t *testing.T) {
	t.Parallel()
	tools := filepath.Join("..", "..", "tools", "webhooks")
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(tools, "node_modules"))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("needs node and make tools/webhooks/node_modules: %v", err)
	}

	replaced := signed(t, eventBody, otherSecret, vectorSecret)
	replaced.Secret = vectorSecret
	deliveries := []delivery{signed(t, eventBody, vectorSecret), replaced}
	want := []bool{true, true}
	random := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		// JavaScript reads text: bytes that are none would come to the library as something else than what was sent.
		if d := deliveries[0].tampered(random); strings.ToValidUTF8(d.Body, "") == d.Body {
			deliveries, want = append(deliveries, d), append(want, false)
		}
	}
	if got := nodeAccepts(t, node, filepath.Join(tools, "verify.mjs"), deliveries); !slices.Equal(got, want) {
		t.Errorf("of %d deliveries the first two, and they alone, should be accepted: %v", len(want), got)
	}
}

func nodeAccepts(t *testing.T, node, script string, deliveries []delivery) []bool {
	t.Helper()
	in, err := json.Marshal(deliveries)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, script)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var accepted []bool
	if err := json.Unmarshal(out, &accepted); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return accepted
}
