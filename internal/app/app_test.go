package app_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/url"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

const password = "correct horse battery staple"

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// world is an App with an organization, for one test.
type world struct {
	*app.App
	t      testing.TB
	clock  *clock
	db     *store.DB
	owner  assess.Member
	sender *mail.Recorder
	blobs  blob.Store

	options app.Options
}

// each runs the test in a world of its own on every engine.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := &clock{now: time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)}
			test(newWorld(t, c, storetest.OpenEngine(t, engine, c.Now)))
		})
	}
}

func newWorld(t testing.TB, c *clock, db *store.DB) *world {
	t.Helper()
	secrets, err := app.DeriveSecrets(make([]byte, app.MasterKeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: c, db: db, sender: &mail.Recorder{}}
	if w.blobs, err = blob.NewDir(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	w.options = app.Options{
		DB: db, Blobs: w.blobs, Tools: media.Find(exec.LookPath), Temp: t.TempDir(), Limiter: ratelimit.NewMemory(c.Now), Secrets: secrets, BaseURL: "https://assess.example.com/",
		Sender: w.sender, From: mail.Address{Address: "assess@example.com"}, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Random: rand.Reader, Texts: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	w.App = app.New(w.options)
	w.owner, err = w.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Example Ltd", FirstName: "Olivia", LastName: "Owner", Email: "owner@example.com", Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// with is the same world with an App that is made otherwise.
func (w *world) with(change func(*app.Options)) *world {
	other := *w
	change(&other.options)
	other.App = app.New(other.options)
	return &other
}

func (w *world) who() assess.Actor { return w.owner.Actor(assess.Live) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) wantKind(err error, kind assess.Kind) {
	w.t.Helper()
	if got := assess.KindOf(err); got != kind {
		w.t.Errorf("error %v is %q, want %q", err, got, kind)
	}
}

// published makes a published assessment.
func (w *world) published() assess.Assessment {
	w.t.Helper()
	ctx := w.t.Context()
	asm, err := w.CreateAssessment(ctx, w.who(), "Software Engineer Assessment")
	w.must(err)
	c := asm.Draft
	c.Questions[0].Prompts = map[string]string{"en": "What did you build last?"}
	_, err = w.SaveDraft(ctx, w.who(), asm.ID, asm.Revision, c)
	w.must(err)
	w.must(w.Publish(ctx, w.who(), asm.ID))
	asm, err = w.Assessment(ctx, w.who(), asm.ID)
	w.must(err)
	return asm
}

func wish(asm assess.Assessment, email string) assess.NewInvite {
	return assess.NewInvite{Assessment: asm.ID, Email: email, ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30}
}

func (w *world) invite(asm assess.Assessment, email string) assess.Invite {
	w.t.Helper()
	out, err := w.Invite(w.t.Context(), w.who(), wish(asm, email))
	w.must(err)
	return out.Invite
}

// work lets all due jobs run.
func (w *world) work() {
	w.t.Helper()
	r := job.NewRunner(job.Config{
		Queue: w.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: w.clock.Now, Rand: func() float64 { return 0.5 },
	})
	w.Register(r)
	w.RegisterMedia(r)
	w.RegisterDeliveries(r)
	w.must(r.RunDue(w.t.Context()))
}

var link = regexp.MustCompile(`https://assess\.example\.com/(c|join|reset)/([A-Za-z0-9_-]{43})`)

// token finds the link in the newest mail.
func (w *world) token() string {
	w.t.Helper()
	sent := w.sender.Messages()
	if len(sent) == 0 {
		w.t.Fatal("no mail was sent")
	}
	found := link.FindStringSubmatch(sent[len(sent)-1].Text)
	if found == nil {
		w.t.Fatalf("no link in: %s", sent[len(sent)-1].Text)
	}
	token, err := url.PathUnescape(found[2])
	w.must(err)
	return token
}
