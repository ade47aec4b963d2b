package main

import (
	"context"
	"errors"
	"fmt"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// organizationCommand is what the operator decides about organizations.
type organizationCommand struct {
	List organizationList `cmd:"" help:"List organizations with their API requests a minute."`
	Rate organizationRate `cmd:"" help:"Set how many API requests a minute an organization may make."`
}

type organizationList struct {
	config
}

// Run implements the command.
func (o *organizationList) Run(ctx context.Context, t terminal) error {
	return o.with(ctx, t, func(p *program) error {
		all, err := p.organizations(ctx)
		for _, org := range all {
			say(t.out, "%s  %6d/min  %s", org.ID, org.RatePerMinute, org.Name)
		}
		return err
	})
}

type organizationRate struct {
	ofOrganization
	PerMinute int `arg:"" help:"Requests a minute: 100 is standard, 1000 enterprise."`
}

// Run implements the command.
func (o *organizationRate) Run(ctx context.Context, t terminal) error {
	return o.as(ctx, t, func(p *program, who assess.Actor) error {
		return p.app.SetRate(ctx, who.Org, o.PerMinute)
	})
}

func (p *program) organizations(ctx context.Context) (all []assess.Organization, err error) {
	err = p.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.Organizations()
		return err
	})
	return all, err
}

// organization finds an organization by id or name; without either, the only one.
func (p *program) organization(ctx context.Context, wanted string) (found assess.Organization, err error) {
	all, err := p.organizations(ctx)
	if err != nil {
		return found, err
	}
	var fitting []assess.Organization
	for _, org := range all {
		if wanted == "" || string(org.ID) == wanted || org.Name == wanted {
			fitting = append(fitting, org)
		}
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(all) == 0:
		return found, errors.New("there is no organization yet; make one with: alfaone member add --new-organization")
	case len(fitting) == 0:
		return found, fmt.Errorf("there is no organization %q; alfaone organization list shows them", wanted)
	default:
		return found, errors.New("there are several organizations; name one with --organization")
	}
}
