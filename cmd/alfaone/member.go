package main

import (
	"context"
	"crypto/rand"
	"errors"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// memberCommand is what the operator can do about members. It works while the server is stopped; with PostgreSQL also while
// it runs.
type memberCommand struct {
	List     memberList     `cmd:"" help:"List organizations and their members."`
	Add      memberAdd      `cmd:"" help:"Add a member who can sign in at once, or make a new organization with its owner."`
	Password memberPassword `cmd:"" help:"Give a member a new password, which is printed, and sign them out."`
	Remove   memberRemove   `cmd:"" help:"Remove a member."`
}

type memberList struct {
	config
}

// Run implements the command.
func (m *memberList) Run(ctx context.Context, t terminal) error {
	return m.with(ctx, t, func(p *program) error {
		return p.db.Read(ctx, func(tx *store.Tx) error {
			organizations, err := tx.Organizations()
			if err != nil {
				return err
			}
			for _, org := range organizations {
				say(t.out, "%s  %s", org.ID, org.Name)
				members, err := tx.AllMembers(org.ID)
				if err != nil {
					return err
				}
				for _, member := range members {
					state := ""
					if !member.Joined() {
						state = "  (invited)"
					}
					say(t.out, "  %-9s  %s  %s%s", member.Role, member.Email, member.Name(), state)
				}
			}
			return nil
		})
	})
}

// with opens the program for one operator's command.
func (c *config) with(ctx context.Context, t terminal, do func(*program) error) error {
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Listen
	}
	if c.LogLevel == "info" {
		c.LogLevel = "warn" // what the command itself says is enough
	}
	p, err := openProgram(ctx, c, t, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(p), p.Close())
}

type memberAdd struct {
	config
	Email           string `arg:"" help:"Address of the member."`
	FirstName       string `required:"" help:"First name."`
	LastName        string `required:"" help:"Last name."`
	Role            string `default:"owner" enum:"owner,admin,recruiter,grader,viewer" help:"Role (${default})."`
	Organization    string `help:"Id or name of the organization; needed where there are several."`
	NewOrganization string `help:"Name of an organization to make, with this member as its owner."`
}

// Run implements the command.
func (m *memberAdd) Run(ctx context.Context, t terminal) error {
	return m.with(ctx, t, func(p *program) error {
		password := rand.Text()
		if err := m.add(ctx, p, password); err != nil {
			return err
		}
		say(t.out, "%s can sign in at %s with the password %s", m.Email, p.config.BaseURL, password)
		return nil
	})
}

func (m *memberAdd) add(ctx context.Context, p *program, password string) error {
	if m.NewOrganization != "" {
		return p.newOrganization(ctx, m, password)
	}
	org, err := p.organization(ctx, m.Organization)
	if err != nil {
		return err
	}
	_, err = p.app.AddMember(ctx, operator(org.ID), assess.Member{
		FirstName: m.FirstName, LastName: m.LastName, Email: m.Email, Role: assess.Role(m.Role),
	}, password)
	return err
}

// operator is the actor of what is done at the command line.
func operator(org assess.OrgID) assess.Actor {
	return assess.Actor{Org: org, Mode: assess.Live, Kind: assess.BySystem, Name: "Operator"}
}

type memberPassword struct {
	config
	Email string `arg:"" help:"Address of the member."`
}

// Run implements the command.
func (m *memberPassword) Run(ctx context.Context, t terminal) error {
	return m.with(ctx, t, func(p *program) error {
		password := rand.Text()
		if err := p.app.SetPassword(ctx, m.Email, password); err != nil {
			return err
		}
		say(t.out, "The password of %s is now %s", m.Email, password)
		return nil
	})
}

type memberRemove struct {
	config
	Email string `arg:"" help:"Address of the member."`
}

// Run implements the command.
func (m *memberRemove) Run(ctx context.Context, t terminal) error {
	return m.with(ctx, t, func(p *program) error {
		var member assess.Member
		err := p.db.Read(ctx, func(tx *store.Tx) (err error) {
			member, err = tx.MemberByEmail(m.Email)
			return err
		})
		if err != nil {
			return err
		}
		if err := p.app.RemoveMember(ctx, operator(member.Org), member.ID); err != nil {
			return err
		}
		say(t.out, "%s has been removed.", member.Email)
		return nil
	})
}

// newOrganization makes an organization with the member as its owner.
func (p *program) newOrganization(ctx context.Context, m *memberAdd, password string) error {
	_, err := p.app.CreateOrganization(ctx, app.NewOwner{
		Organization: m.NewOrganization, FirstName: m.FirstName, LastName: m.LastName, Email: m.Email, Password: password,
	})
	return err
}
