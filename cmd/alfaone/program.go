package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/blob"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
	"alfaone/internal/webhook"
)

// program is the parts of the program, wired.
type program struct {
	config  *config
	log     *slog.Logger
	db      *store.DB
	blobs   blob.Store
	app     *app.App
	runners []*job.Runner
	limiter ratelimit.Limiter
	texts   *i18n.Bundle
	dir     string
}

// openProgram opens and migrates the database and wires the parts. clock is nil but for the demo, which writes a past.
func openProgram(ctx context.Context, c *config, t terminal, clock func() time.Time) (*program, error) {
	c.BaseURL = strings.TrimRight(c.BaseURL, "/") // paths are put behind it
	p := &program{config: c, log: c.logger(t)}
	o, err := p.settings()
	if err != nil {
		return nil, err
	}
	if err := p.openStores(ctx, clock); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if clock == nil {
		clock = time.Now
	}
	p.limiter = p.newLimiter()
	o.DB, o.Blobs, o.Limiter, o.Log, o.Wake = p.db, p.blobs, p.limiter, p.log, p.wake
	p.app = app.New(o)
	p.app.Register(p.newRunner(clock, jobWorkers))
	p.app.RegisterMedia(p.newRunner(clock, mediaWorkers))
	p.app.RegisterDeliveries(p.newRunner(clock, postWorkers))
	if err := p.app.CheckMasterKey(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// settings is what the settings alone make of an App.
func (p *program) settings() (o app.Options, err error) {
	c := p.config
	if p.dir, err = c.prepareDataDir(); err != nil {
		return o, err
	}
	if o.Secrets, err = c.secrets(p.dir); err != nil {
		return o, err
	}
	if o.Sender, err = c.sender(); err != nil {
		return o, err
	}
	from, err := netmail.ParseAddress(c.MailFrom)
	if err != nil {
		return o, err
	}
	if o.Transcriber, o.Speaker, err = c.speechServices(); err != nil {
		return o, err
	}
	allow, err := c.webhookNetworks()
	if err != nil {
		return o, err
	}
	o.Webhooks = webhook.New(webhook.Config{Allow: allow})
	if p.texts, err = i18n.New(); err != nil {
		return o, err
	}
	o.Tools, o.Temp, o.BaseURL, o.From = media.Find(exec.LookPath), p.temp(), c.BaseURL, mail.Address{Name: from.Name, Address: from.Address}
	o.NewID, o.Random, o.Texts = newID, rand.Reader, p.texts
	return o, nil
}

// openStores opens and migrates where everything is kept.
func (p *program) openStores(ctx context.Context, clock func() time.Time) (err error) {
	c := p.config
	if p.db, err = store.Open(ctx, store.Options{URL: c.DatabaseURL, DataDir: p.dir, Clock: clock, Log: p.log}); err != nil {
		return err
	}
	if err := p.db.Migrate(ctx); err != nil {
		return err
	}
	if p.blobs, err = c.openBlobs(p.dir); err != nil {
		return err
	}
	return os.MkdirAll(p.temp(), 0o700)
}

// temp is the directory for work in progress.
func (p *program) temp() string { return filepath.Join(p.dir, "tmp") }

// emptyTemp removes what an earlier run has left there, which is of no use. Only a server does so: another command may run beside
// one that is at work.
func (p *program) emptyTemp() error {
	return errors.Join(os.RemoveAll(p.temp()), os.MkdirAll(p.temp(), 0o700))
}

// How many jobs run at once: most of the first sort wait for a mail server, those of the second work on recordings, and those of the
// third wait for receivers of webhooks. None of them waits for another sort.
const (
	jobWorkers   = 8
	mediaWorkers = 8
	postWorkers  = 64
)

// newRunner makes a runner that runs while the program serves.
func (p *program) newRunner(clock func() time.Time, workers int) *job.Runner {
	r := job.NewRunner(job.Config{Queue: p.db.Queue(), Log: p.log, Now: clock, Workers: workers, Alone: p.db.Engine() == "sqlite"})
	p.runners = append(p.runners, r)
	return r
}

// runDue runs the jobs that are due now.
func (p *program) runDue(ctx context.Context) (err error) {
	for _, r := range p.runners {
		err = errors.Join(err, r.RunDue(ctx))
	}
	return err
}

// wake tells the runners that there are jobs of these kinds.
func (p *program) wake(kinds []string) {
	for _, r := range p.runners {
		r.Wake(kinds)
	}
}

// newLimiter counts in memory where this is the only process on the database, else in the database.
func (p *program) newLimiter() ratelimit.Limiter {
	if p.db.Engine() == "sqlite" {
		return ratelimit.NewMemory(time.Now)
	}
	return p.db.Limiter()
}

// sender is the mail server, or nil for the built-in mailbox. It must be a nil interface then.
func (c *config) sender() (mail.Sender, error) {
	if c.SMTPURL == "" {
		return nil, nil //nolint:nilnil // without a mail server there is no sender
	}
	smtp, err := c.smtp()
	return smtp, err
}

func (c *config) smtp() (*mail.SMTP, error) {
	settings := mail.SMTPConfig{URL: c.SMTPURL, Hello: mailDomain(c.MailFrom)}
	if c.DKIMKey != "" {
		dkim, err := mail.NewDKIM(mailDomain(c.MailFrom), c.DKIMSelector, []byte(c.DKIMKey))
		if err != nil {
			return nil, err
		}
		settings.DKIM = dkim
	}
	return mail.NewSMTP(settings)
}

// mailDomain is the domain of an address such as "Name <a@example.com>".
func mailDomain(address string) string {
	return strings.TrimRight(address[strings.LastIndexByte(address, '@')+1:], "> ")
}

// newID makes a UUID of version 7 (RFC 9562): later ones sort after earlier ones.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Close closes what is open.
func (p *program) Close() error {
	if p.db == nil {
		return nil
	}
	return p.db.Close()
}

// listen opens the listener and, where nobody has said it, works out the base URL from it.
func listen(ctx context.Context, c *config) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", c.Listen, err)
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + reachable(listener.Addr())
	}
	return listener, nil
}

// reachable is an address as a browser on this machine can use it.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return address.String()
	}
	return fmt.Sprintf("localhost:%d", tcp.Port)
}

// say writes a line for people.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}
