package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// AddMember adds a member who can sign in at once, on the operator's word. Errors: Forbidden, Invalid, Conflict.
func (a *App) AddMember(ctx context.Context, who assess.Actor, m assess.Member, password string) (assess.Member, error) {
	if err := mayGrant(who, m.Role); err != nil {
		return m, err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return m, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		m.ID, m.Org, m.PasswordHash = assess.MemberID(a.newID()), who.Org, hash
		m.FirstName, m.LastName = assess.CleanLine(m.FirstName), assess.CleanLine(m.LastName)
		m.CreatedAt, m.JoinedAt = tx.Now(), tx.Now()
		if err := assess.JoinInvalid(m.Validate(), assess.ValidatePassword(password)); err != nil {
			return err
		}
		m.Email, _ = assess.Email(m.Email)
		return tx.InsertMember(m)
	})
	return m, err
}

// SetPassword gives the member with an address a new password on the operator's word, and signs them out everywhere. Errors:
// Invalid, NotFound, Conflict for who has not joined.
func (a *App) SetPassword(ctx context.Context, email, password string) error {
	if err := assess.ValidatePassword(password, email); err != nil {
		return err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	m, err := a.memberByEmail(ctx, email)
	if err != nil {
		return err
	}
	return a.changeMember(ctx, m.Org, m.ID, func(tx *store.Tx, m assess.Member) error {
		if !m.Joined() {
			return assess.Errorf(assess.Conflict, "%s has not joined yet; the link in the invitation sets the password.", m.Email)
		}
		m.PasswordHash = hash
		return a.renewAccess(tx, m)
	})
}

// SetRate sets how many API requests a minute an organization may make, on the operator's word. Errors: Invalid, NotFound.
func (a *App) SetRate(ctx context.Context, org assess.OrgID, perMinute int) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(org); err != nil {
			return err
		}
		o, err := tx.Organization(org)
		if err != nil {
			return err
		}
		o.RatePerMinute = perMinute
		if err := o.Validate(); err != nil {
			return err
		}
		return tx.UpdateOrganization(o)
	})
}
