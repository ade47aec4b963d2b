package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// demoCommand runs the server with a sample organization.
type demoCommand struct {
	config
	JSON bool `name:"json" help:"Print one line of JSON with the login and the keys to standard output, once it serves."`
}

// demoAccess is what one needs to look around. Its JSON is what --json prints.
type demoAccess struct {
	URL           string `json:"url"`
	OwnerEmail    string `json:"ownerEmail"`
	OwnerPassword string `json:"ownerPassword"`
	APIKey        string `json:"apiKey"`
	TestAPIKey    string `json:"testApiKey"`
	AssessmentID  string `json:"assessmentId"`
	MailboxURL    string `json:"mailboxUrl"`
}

// demoFile keeps the access in the data directory, so that a restart on it still knows.
const demoFile = "demo.json"

// Run implements the command. Without a data directory it uses one that is gone afterwards.
func (d *demoCommand) Run(ctx context.Context, t terminal) (err error) {
	if d.DataDir == "" {
		if d.DataDir, err = os.MkdirTemp("", "alfaone-demo-*"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(d.DataDir)) }()
	}
	listener, err := listen(ctx, &d.config)
	if err != nil {
		return err
	}
	clock := &demoClock{}
	p, err := openProgram(ctx, &d.config, t, clock.Now)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	access, err := d.access(ctx, p, clock)
	if err == nil {
		err = d.announce(t, access)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	return p.serve(ctx, listener, filepath.Base(access.MailboxURL))
}

// access makes the sample organization, or remembers the one made before in the same data directory.
func (d *demoCommand) access(ctx context.Context, p *program, clock *demoClock) (demoAccess, error) {
	path := filepath.Join(p.dir, demoFile)
	kept, err := os.ReadFile(path) //nolint:gosec // in the operator's data directory
	if err == nil {
		var access demoAccess
		err = json.Unmarshal(kept, &access)
		access.URL, access.MailboxURL = d.BaseURL, d.BaseURL+"/mailbox/"+filepath.Base(access.MailboxURL)
		return access, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return demoAccess{}, err
	}
	if needs, err := p.app.NeedsSetup(ctx); err != nil || !needs {
		return demoAccess{}, errors.Join(err, errors.New("this database is in use already; run serve, or the demo with an empty one"))
	}
	access, err := (&sample{program: p, clock: clock}).make(ctx)
	if err != nil {
		return access, fmt.Errorf("making the sample organization: %w", err)
	}
	access.URL, access.MailboxURL = d.BaseURL, d.BaseURL+"/mailbox/"+rand.Text()
	content, err := json.Marshal(access) //nolint:gosec // the demo's own keys, in its own directory
	if err != nil {
		return access, err
	}
	return access, os.WriteFile(path, content, 0o600)
}

// announce says how to look around: for people, or for a program.
func (d *demoCommand) announce(t terminal, a demoAccess) error {
	if d.JSON {
		return json.NewEncoder(t.out).Encode(a) //nolint:gosec // it is there to be told
	}
	say(t.err, `
AlfaOne demo: a sample organization, with mail kept in a mailbox.

  Dashboard  %[1]s
  Sign in    %[2]s
  Password   %[3]s
  Mailbox    %[4]s

To see what a candidate sees, open the newest mail in the mailbox and follow its link.

  API key       %[5]s
  Test API key  %[6]s

List the assessments:

  curl -s %[1]s/api/v1/assessments -H 'x-api-key: %[5]s'

Invite a candidate; the mail appears in the mailbox:

  curl -s -X POST %[1]s/api/v1/invites -H 'x-api-key: %[5]s' -H 'content-type: application/json' \
    -d '{"assessmentId":"%[7]s","recipientEmail":"candidate@example.com"}'

Guides and API reference: %[1]s/docs     Stop with Ctrl-C.
`, a.URL, a.OwnerEmail, a.OwnerPassword, a.MailboxURL, a.APIKey, a.TestAPIKey, a.AssessmentID)
	return nil
}

// demoClock is the machine's clock, set back while the sample's past is written.
type demoClock struct{ back time.Duration }

// Now is the time.
func (c *demoClock) Now() time.Time { return time.Now().Add(-c.back) }
