// Package app holds the use cases: one exported method is one thing that a person or a program does, and one transaction.
//
// It alone sees both the store and the outside services. It must not know HTTP, HTML or JSON, nor read the environment.
package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/ratelimit"
	"alfaone/internal/speech"
	"alfaone/internal/store"
	"alfaone/internal/webhook"
)

// Options are what an App is made of. All but Transcriber, Speaker, Webhooks, Sender, Wake and the mail settings are required.
type Options struct {
	DB          *store.DB
	Blobs       blob.Store      // where recordings are kept
	Tools       media.Tools     // what is installed for working on them
	Temp        string          // a directory for work in progress
	Transcriber *speech.Client  // writes down what candidates say; nil: nobody does
	Speaker     *speech.Client  // reads prompts out that have no recording; nil: espeak-ng does, where it is installed
	Webhooks    *webhook.Client // posts to webhooks; nil: one that reaches the public internet only
	Limiter     ratelimit.Limiter
	Secrets     Secrets
	BaseURL     string               // where people reach this server: "https://assess.example.com", without a slash at the end
	Sender      mail.Sender          // nil: all mail goes to the built-in mailbox
	From        mail.Address         // whose Name is replaced by the organization's
	Wake        func(kinds []string) // tells the job runners that there are jobs of these kinds; nil: they find out by themselves
	NewID       func() string        // unique UUIDs, later ones sorting after earlier ones
	Random      io.Reader            // cryptographically strong
	Texts       *i18n.Bundle         // what candidates read
	Log         *slog.Logger
}

// App is the program without its doors.
type App struct {
	db          *store.DB
	blobs       blob.Store
	tools       media.Tools
	temp        string
	transcriber *speech.Client
	speaker     *speech.Client
	webhooks    *webhook.Client
	limiter     ratelimit.Limiter
	secrets     Secrets
	baseURL     string
	sender      mail.Sender
	from        mail.Address
	wake        func([]string)
	newID       func() string
	random      io.Reader
	texts       *i18n.Bundle
	log         *slog.Logger
	hasher      *hasher
	usage       *keyUsage
}

// New makes an App.
func New(o Options) *App {
	a := &App{
		db: o.DB, blobs: o.Blobs, tools: o.Tools, temp: o.Temp, transcriber: o.Transcriber, speaker: o.Speaker,
		webhooks: o.Webhooks, limiter: o.Limiter, secrets: o.Secrets, baseURL: strings.TrimRight(o.BaseURL, "/"), sender: o.Sender, from: o.From,
		wake: o.Wake, newID: o.NewID, random: o.Random, texts: o.Texts, log: o.Log, usage: newKeyUsage(),
	}
	if a.webhooks == nil {
		a.webhooks = webhook.New(webhook.Config{})
	}
	if a.wake == nil {
		a.wake = func([]string) {}
	}
	a.hasher = newHasher(o.Random)
	return a
}

// BaseURL is where people reach this server, without a slash at the end.
func (a *App) BaseURL() string { return a.baseURL }

// Ready is nil when the App can serve. Errors: Unavailable.
func (a *App) Ready(ctx context.Context) error {
	if err := a.db.Ping(ctx); err != nil {
		return &assess.Error{Kind: assess.Unavailable, Message: "The database does not answer.", Err: err}
	}
	return nil
}

// tx runs fn in a transaction, and after the commit wakes who does the jobs that it has added.
func (a *App) tx(ctx context.Context, fn func(*store.Tx) error) error {
	var added []string
	err := a.db.Tx(ctx, func(tx *store.Tx) error {
		err := fn(tx)
		added = tx.Enqueued()
		return err
	})
	if err == nil && len(added) > 0 {
		a.wake(added)
	}
	return err
}

// enqueue puts a job of the given kind into the transaction.
func (a *App) enqueue(tx *store.Tx, kind string, args any) error {
	return a.enqueueKeyed(tx, kind, "", args)
}

// enqueueKeyed is enqueue for a job that never runs together with another of its key.
func (a *App) enqueueKeyed(tx *store.Tx, kind, key string, args any) error {
	encoded, err := json.Marshal(args)
	if err != nil {
		return err
	}
	_, err = tx.Enqueue(job.Job{
		ID: a.newID(), Kind: kind, Key: key, Args: encoded, RunAt: tx.Now(), CreatedAt: tx.Now(), MaxAttempts: maxAttempts,
	})
	return err
}

// maxAttempts is how often a job is tried: with the runner's growing waits, for about five days.
const maxAttempts = 30

// emit writes an event about an invite.
func (a *App) emit(tx *store.Tx, typ assess.EventType, who assess.Actor, inv assess.Invite, note string) error {
	return a.record(tx, assess.EventOf(assess.EventID(a.newID()), typ, who, inv, note, tx.Now()))
}

// record writes an event, and puts it on its way to the webhooks that want it.
func (a *App) record(tx *store.Tx, e assess.Event) error {
	e, followed, err := tx.InsertEvent(e)
	if err != nil || !followed {
		return err
	}
	return a.queueDeliveries(tx, e)
}

// Client is the browser or program at the other end of a request.
type Client struct {
	Address   string // the network address, without port
	UserAgent string
}

// system is the actor of what happens by itself in an organization.
func system(org assess.OrgID, mode assess.Mode) assess.Actor {
	return assess.Actor{Org: org, Mode: mode, Kind: assess.BySystem}
}

// deadline writes a time for people, in the given zone, with the zone named.
func deadline(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2 January 2006 15:04 MST")
}
