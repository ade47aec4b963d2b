package main

import (
	"context"
	"fmt"
	"time"

	"alfaone/internal/assess"
)

// apikeyCommand is what the operator can do about API keys.
type apikeyCommand struct {
	List   apikeyList   `cmd:"" help:"List an organization's keys."`
	Create apikeyCreate `cmd:"" help:"Create a key and print it; it cannot be shown again."`
	Rotate apikeyRotate `cmd:"" help:"Make the key that follows another, and print it; it cannot be shown again."`
	Revoke apikeyRevoke `cmd:"" help:"End a key at once."`
}

// ofOrganization are the flags of commands about one organization.
type ofOrganization struct {
	config
	Organization string `help:"Id or name of the organization; needed where there are several."`
}

func (o *ofOrganization) as(ctx context.Context, t terminal, do func(*program, assess.Actor) error) error {
	return o.with(ctx, t, func(p *program) error {
		org, err := p.organization(ctx, o.Organization)
		if err != nil {
			return err
		}
		return do(p, operator(org.ID))
	})
}

type apikeyList struct {
	ofOrganization
}

// Run implements the command.
func (a *apikeyList) Run(ctx context.Context, t terminal) error {
	return a.as(ctx, t, func(p *program, who assess.Actor) error {
		keys, err := p.app.APIKeys(ctx, who)
		for _, k := range keys {
			say(t.out, "%s  %s…  %-7s  %s  (%s)", k.ID, k.Start, keyState(k, time.Now()), k.Name, scopesOf(k))
		}
		return err
	})
}

func keyState(k assess.APIKey, now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked"
	case k.Usable(now) != nil:
		return "expired"
	case k.Exposed(now):
		return "exposed" // it was seen in a URL
	case k.Unused(now):
		return "unused"
	default:
		return "usable"
	}
}

func scopesOf(k assess.APIKey) string {
	if len(k.Scopes) == len(assess.Scopes()) {
		return "all scopes"
	}
	return fmt.Sprint(k.Scopes)
}

type apikeyCreate struct {
	ofOrganization
	Name   string         `arg:"" help:"What the key is for."`
	Test   bool           `help:"A key for test data."`
	Days   int            `help:"Days until it expires; 0 means never."`
	Scopes []assess.Scope `placeholder:"SCOPE,…" help:"What it may do, such as invites:read,invites:write; all if not said."`
}

// Run implements the command.
func (a *apikeyCreate) Run(ctx context.Context, t terminal) error {
	return a.as(ctx, t, func(p *program, who assess.Actor) error {
		wish := assess.NewAPIKey{Name: a.Name, Mode: assess.Live, ExpiresInDays: a.Days, Scopes: a.Scopes}
		if a.Test {
			wish.Mode = assess.Test
		}
		_, secret, err := p.app.CreateAPIKey(ctx, who, wish)
		if err == nil {
			say(t.out, "%s", secret)
		}
		return err
	})
}

type apikeyRotate struct {
	ofOrganization
	ID      string        `arg:"" help:"Id of the key, as alfaone apikey list shows it."`
	Overlap time.Duration `default:"24h" help:"How long the replaced key still works (${default}); 0 means not at all."`
}

// Run implements the command.
func (a *apikeyRotate) Run(ctx context.Context, t terminal) error {
	return a.as(ctx, t, func(p *program, who assess.Actor) error {
		_, secret, err := p.app.RotateAPIKey(ctx, who, assess.APIKeyID(a.ID), assess.KeyRotation{Overlap: a.Overlap})
		if err == nil {
			say(t.out, "%s", secret)
		}
		return err
	})
}

type apikeyRevoke struct {
	ofOrganization
	ID string `arg:"" help:"Id of the key, as alfaone apikey list shows it."`
}

// Run implements the command.
func (a *apikeyRevoke) Run(ctx context.Context, t terminal) error {
	return a.as(ctx, t, func(p *program, who assess.Actor) error {
		return p.app.RevokeAPIKey(ctx, who, assess.APIKeyID(a.ID))
	})
}
