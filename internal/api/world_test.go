package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"alfaone/internal/api"
	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/i18n"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

const (
	baseURL   = "https://assess.example.org"
	requestID = "01945b3e-7d6a-7c3f-9f0e-3b5a7c9d1e2f"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *clock) advance(d time.Duration) { c.set(c.Now().Add(d)) }

// ids are UUIDs in order, except where a test says what comes next.
type ids struct {
	mu   sync.Mutex
	n    int
	next []string
}

func (s *ids) New() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.next) > 0 {
		id := s.next[0]
		s.next = s.next[1:]
		return id
	}
	s.n++
	return fmt.Sprintf("01940000-0000-7000-8000-%012d", s.n)
}

// world is an API with an organization, for one test. Every answer that it gives is held against the OpenAPI document.
type world struct {
	t       testing.TB
	app     *app.App
	db      *store.DB
	options api.Options
	handler http.Handler
	clock   *clock
	ids     *ids
	log     *bytes.Buffer
	tenant
}

// tenant is an organization with keys.
type tenant struct {
	owner              assess.Member
	key, testKey       string
	published, draft   assess.AssessmentID
	tag                assess.TagID
	invite, testInvite assess.InviteID
	invited            string // the address of both
	webhook            assess.WebhookID
	delivery           assess.DeliveryID
}

func newWorld(t testing.TB) *world {
	t.Helper()
	c := newClock()
	db, err := store.Open(t.Context(), store.Options{DataDir: t.TempDir(), Clock: c.Now})
	if err == nil {
		err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorldOn(t, c, db)
}

// each runs the test in a world of its own on every engine.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			test(t, newWorldOn(t, c, storetest.OpenEngine(t, engine, c.Now)))
		})
	}
}

func newWorldOn(t testing.TB, c *clock, db *store.DB) *world {
	t.Helper()
	secrets, err := app.DeriveSecrets(make([]byte, app.MasterKeyBytes))
	w := &world{t: t, db: db, clock: c, ids: &ids{}, log: &bytes.Buffer{}}
	w.must(err)
	blobs, err := blob.NewDir(t.TempDir())
	w.must(err)
	texts, err := i18n.New()
	w.must(err)
	limiter := ratelimit.NewMemory(c.Now)
	w.app = app.New(app.Options{
		DB: db, Blobs: blobs, Temp: t.TempDir(), Limiter: limiter, Secrets: secrets, BaseURL: baseURL, NewID: w.ids.New, Random: rand.Reader, Texts: texts,
		Log: slog.New(slog.DiscardHandler),
	})
	w.options = api.Options{
		App: w.app, Limiter: limiter, Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: c.Now,
		RequestID: func(context.Context) string { return requestID },
	}
	w.handler = api.New(w.options)
	w.tenant = w.newTenant("Example Ltd", "example")
	return w
}

// newTenant makes an organization that has one of everything.
func (w *world) newTenant(name, domain string) tenant {
	w.t.Helper()
	ctx := w.t.Context()
	owner, err := w.app.CreateOrganization(ctx, app.NewOwner{
		Organization: name, FirstName: "Olivia", LastName: "Owner", Email: "owner@" + domain + ".example", Password: "correct horse battery staple",
	})
	w.must(err)
	o := tenant{owner: owner, invited: "candidate@" + domain + ".example"}
	who := owner.Actor(assess.Live)
	_, o.key, err = w.app.CreateAPIKey(ctx, who, assess.NewAPIKey{Name: "Live", Mode: assess.Live})
	w.must(err)
	_, o.testKey, err = w.app.CreateAPIKey(ctx, who, assess.NewAPIKey{Name: "Test", Mode: assess.Test})
	w.must(err)
	draft, err := w.app.CreateAssessment(ctx, who, "Draft of "+name)
	w.must(err)
	o.draft = draft.ID
	o.published = w.publish(who, "Assessment of "+name, 3)
	tag, err := w.app.CreateTag(ctx, who, "Tag of "+name, "")
	w.must(err)
	o.tag = tag.ID
	o.invite, o.testInvite = w.inviteAs(o, assess.Live), w.inviteAs(o, assess.Test)
	o.webhook, o.delivery = w.webhookOf(o)
	return o
}

// webhookOf makes a webhook that is sent next to nothing, with one delivery. The ids are its own, so that those of answers that
// are kept as files stay.
func (w *world) webhookOf(o tenant) (assess.WebhookID, assess.DeliveryID) {
	w.t.Helper()
	ctx, who := w.t.Context(), o.owner.Actor(assess.Live)
	w.ids.next = append(w.ids.next, uuid.NewString())
	hook, _, err := w.app.CreateWebhook(ctx, who, assess.NewWebhook{URL: "https://example.com/hook", Events: []assess.EventType{assess.EndpointDisabled}})
	w.must(err)
	d := assess.WebhookDelivery{
		ID: assess.DeliveryID(uuid.NewString()), Org: who.Org, Mode: who.Mode, Webhook: hook.ID, Sequence: 1, Event: assess.EventID(uuid.NewString()),
		Type: assess.EndpointDisabled, State: assess.DeliveryFailed, Attempts: 1, CreatedAt: w.clock.Now(), FinishedAt: w.clock.Now(),
	}
	w.must(w.db.Tx(ctx, func(tx *store.Tx) error {
		attempt := assess.DeliveryAttempt{At: w.clock.Now(), Duration: time.Second, Status: 500, Error: "it answered 500"}
		return errors.Join(tx.InsertDelivery(d), tx.InsertAttempt(d, attempt))
	}))
	return hook.ID, d.ID
}

func (w *world) inviteAs(o tenant, mode assess.Mode) assess.InviteID {
	w.t.Helper()
	out, err := w.app.Invite(w.t.Context(), o.owner.Actor(mode), assess.NewInvite{
		Assessment: o.published, Email: o.invited, ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30, Grader: o.owner.ID,
	})
	w.must(err)
	return out.Invite.ID
}

// publish makes a published assessment with so many questions, in English and Spanish.
func (w *world) publish(who assess.Actor, name string, questions int) assess.AssessmentID {
	w.t.Helper()
	ctx := w.t.Context()
	asm, err := w.app.CreateAssessment(ctx, who, name)
	w.must(err)
	w.fill(who, asm, questions)
	return asm.ID
}

func (w *world) fill(who assess.Actor, asm assess.Assessment, questions int) {
	w.t.Helper()
	c := asm.Draft
	c.Languages, c.Questions = []string{"en", "es"}, nil
	for i := range questions {
		q := assess.NewQuestion(w.app.NewQuestionID())
		q.Prompts = map[string]string{"en": fmt.Sprintf("Question <%d>?", i+1), "es": fmt.Sprintf("¿Pregunta <%d>?", i+1)}
		c.Questions = append(c.Questions, q)
	}
	_, err := w.app.SaveDraft(w.t.Context(), who, asm.ID, asm.Revision, c)
	w.must(err)
	w.must(w.app.Publish(w.t.Context(), who, asm.ID))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// message is what the body tells of a failure; a body that is not exactly {"error": text} fails the test.
func (w *world) message(got answer) string {
	w.t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(got.body), &fields); err != nil {
		w.t.Fatalf("%d %q is not JSON: %v", got.status, got.body, err)
	}
	message, _ := fields["error"].(string)
	if len(fields) != 1 || message == "" {
		w.t.Fatalf("%d %s is not {\"error\": text}", got.status, got.body)
	}
	return message
}

// get, and send with a body, call the API with the world's live key.
func (w *world) get(path string) answer { w.t.Helper(); return w.send("GET", path, w.key, "") }

func (w *world) post(path, body string, headers ...string) answer {
	w.t.Helper()
	return w.send("POST", path, w.key, body, headers...)
}

// send calls the API. headers are names and values in turn.
func (w *world) send(method, path, key, body string, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if len(headers) > 0 && headers[0] == "Content-Type" {
		r.Header.Del("Content-Type")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return w.do(r)
}

func (w *world) do(r *http.Request) answer {
	w.t.Helper()
	return w.serve(w.handler, r)
}

func (w *world) serve(h http.Handler, r *http.Request) answer {
	w.t.Helper()
	recorder := httptest.NewRecorder()
	recorder.Header().Set("X-Request-Id", requestID)
	h.ServeHTTP(recorder, r)
	result := recorder.Result()
	defer result.Body.Close()
	body, err := io.ReadAll(result.Body)
	w.must(err)
	got := answer{status: result.StatusCode, header: result.Header, body: string(body)}
	w.holdAgainstDocument(r, got)
	return got
}

// document is the validator of the OpenAPI document; it is not safe for concurrent use.
var document = sync.OnceValue(func() *contract {
	source, err := api.OpenAPI(baseURL)
	if err != nil {
		panic(err)
	}
	doc, err := libopenapi.NewDocument(source)
	if err != nil {
		panic(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		panic(errs)
	}
	return &contract{validator: v}
})

type contract struct {
	mu        sync.Mutex
	validator validator.Validator
}

// routed reports whether a route has the path and method. A path that is written out goes before one with an id in its place.
func routed(method, path string) bool {
	fixed := slices.ContainsFunc(api.Routes(), func(r api.Route) bool { return api.Base+r.Path == path })
	return slices.ContainsFunc(api.Routes(), func(r api.Route) bool {
		if fixed {
			return r.Method == method && api.Base+r.Path == path
		}
		parts, pattern := strings.Split(path, "/"), strings.Split(api.Base+r.Path, "/")
		return r.Method == method && slices.EqualFunc(parts, pattern, func(part, wanted string) bool {
			return part == wanted || part != "" && part != "." && part != ".." && strings.HasPrefix(wanted, "{")
		})
	})
}

// holdAgainstDocument fails the test if the OpenAPI document does not tell of the answer of a route.
func (w *world) holdAgainstDocument(r *http.Request, got answer) {
	w.t.Helper()
	if !routed(r.Method, r.URL.EscapedPath()) {
		return
	}
	d := document()
	d.mu.Lock()
	defer d.mu.Unlock()
	ok, problems := d.validator.ValidateHttpResponse(r, &http.Response{
		StatusCode: got.status, Header: got.header, Body: io.NopCloser(strings.NewReader(got.body)), Request: r,
	})
	if !ok {
		for _, p := range problems {
			w.t.Errorf("%s %s: the document does not tell of this answer: %s %s\n%d %s", r.Method, r.URL, p.Message, p.Reason, got.status, got.body)
		}
	}
}
