package app

import (
	"context"
	"strings"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Members reads a page of the members who have joined, with how many there are. Errors: Forbidden.
func (a *App) Members(ctx context.Context, who assess.Actor, page assess.Page) (members []assess.Member, total int, err error) {
	if err := who.May(assess.ReadMembers); err != nil {
		return nil, 0, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		members, total, err = tx.Members(who.Org, page)
		return err
	})
	return members, total, err
}

// AllMembers reads everybody of the organization, the invited ones included. Errors: Forbidden.
func (a *App) AllMembers(ctx context.Context, who assess.Actor) (members []assess.Member, err error) {
	if err := who.May(assess.ReadMembers); err != nil {
		return nil, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		members, err = tx.AllMembers(who.Org)
		return err
	})
	return members, err
}

// Member reads a member who has joined. Errors: Forbidden, NotFound.
func (a *App) Member(ctx context.Context, who assess.Actor, id assess.MemberID) (m assess.Member, err error) {
	if err := who.May(assess.ReadMembers); err != nil {
		return m, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if m, err = tx.Member(who.Org, id); err == nil && !m.Joined() {
			err = assess.Errorf(assess.NotFound, "member not found")
		}
		return err
	})
	return m, err
}

// InviteMember invites a colleague by mail. Errors: Forbidden, Invalid, Conflict when the address has an account.
func (a *App) InviteMember(ctx context.Context, who assess.Actor, email string, role assess.Role) (m assess.Member, err error) {
	if err := mayGrant(who, role); err != nil {
		return m, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		m = assess.Member{ID: assess.MemberID(a.newID()), Org: who.Org, Email: email, Role: role, CreatedAt: tx.Now()}
		if err := m.Validate(); err != nil {
			return err
		}
		m.Email, _ = assess.Email(email)
		if err := tx.InsertMember(m); err != nil {
			return err
		}
		return a.enqueue(tx, jobMemberMail, memberMail{Org: m.Org, Member: m.ID, Purpose: store.JoinToken, By: who.Name})
	})
	return m, err
}

// mayGrant is nil when who may give a role, or take it away.
func mayGrant(who assess.Actor, role assess.Role) error {
	if err := who.May(assess.ManageMembers); err != nil {
		return err
	}
	if who.Kind == assess.ByMember && !assess.MayGrant(who.Role, role) {
		return assess.Errorf(assess.Forbidden, "Only an owner can do that.")
	}
	return nil
}

// ReinviteMember sends the invitation again; the earlier link stops working. Errors: Forbidden, NotFound, Conflict when the
// member has joined.
func (a *App) ReinviteMember(ctx context.Context, who assess.Actor, id assess.MemberID) error {
	if err := who.May(assess.ManageMembers); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		m, err := tx.Member(who.Org, id)
		if err != nil {
			return err
		}
		if m.Joined() {
			return assess.Errorf(assess.Conflict, "%s has joined already.", m.Name())
		}
		return a.enqueue(tx, jobMemberMail, memberMail{Org: m.Org, Member: m.ID, Purpose: store.JoinToken, By: who.Name})
	})
}

// Joining reads whom an invitation's token is for, and to which organization. Errors: NotFound.
func (a *App) Joining(ctx context.Context, token string) (m assess.Member, org assess.Organization, err error) {
	return a.byToken(ctx, store.JoinToken, token)
}

// Resetting reads whose password a token can reset. Errors: NotFound.
func (a *App) Resetting(ctx context.Context, token string) (m assess.Member, org assess.Organization, err error) {
	return a.byToken(ctx, store.ResetToken, token)
}

func (a *App) byToken(ctx context.Context, purpose, token string) (m assess.Member, org assess.Organization, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if m, err = tx.MemberByToken(purpose, hashToken(token)); err != nil {
			return deadToken(err)
		}
		org, err = tx.Organization(m.Org)
		return err
	})
	return m, org, err
}

func deadToken(err error) error {
	if assess.KindOf(err) == assess.NotFound {
		return assess.Errorf(assess.NotFound, "This link is not valid any more. It may have been used, replaced or too old.")
	}
	return err
}

// Join makes an invited member one who can sign in. Errors: Invalid, NotFound.
func (a *App) Join(ctx context.Context, token, firstName, lastName, password string) (assess.Member, error) {
	invited, org, err := a.Joining(ctx, token)
	if err != nil {
		return invited, err
	}
	invited.FirstName, invited.LastName, invited.JoinedAt = assess.CleanLine(firstName), assess.CleanLine(lastName), beforeJoining
	if err := assess.JoinInvalid(invited.Validate(), assess.ValidatePassword(password, org.Name, firstName, lastName, invited.Email)); err != nil {
		return invited, err
	}
	return a.withToken(ctx, store.JoinToken, token, password, func(tx *store.Tx, m *assess.Member) {
		m.FirstName, m.LastName, m.JoinedAt = invited.FirstName, invited.LastName, tx.Now()
	})
}

// ResetPassword sets a new password with a mailed token, ends all sessions and forgets failed tries. Errors: Invalid,
// NotFound.
func (a *App) ResetPassword(ctx context.Context, token, password string) (assess.Member, error) {
	m, org, err := a.Resetting(ctx, token)
	if err != nil {
		return m, err
	}
	if err := assess.ValidatePassword(password, org.Name, m.FirstName, m.LastName, m.Email); err != nil {
		return m, err
	}
	return a.withToken(ctx, store.ResetToken, token, password, func(*store.Tx, *assess.Member) {})
}

// withToken uses the token up, sets the password and whatever else change does.
func (a *App) withToken(ctx context.Context, purpose, token, password string, change func(*store.Tx, *assess.Member)) (m assess.Member, err error) {
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return m, err
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		if m, err = tx.MemberByToken(purpose, hashToken(token)); err != nil {
			return deadToken(err)
		}
		if err := tx.LockOrganization(m.Org); err != nil {
			return err
		}
		if m, err = tx.UseMemberToken(purpose, hashToken(token)); err != nil {
			return deadToken(err)
		}
		m.PasswordHash = hash
		change(tx, &m)
		return a.renewAccess(tx, m)
	})
	return m, err
}

// renewAccess writes the member, ends all of their sessions and forgets failed tries to sign in.
func (a *App) renewAccess(tx *store.Tx, m assess.Member) error {
	if err := tx.UpdateMember(m); err != nil {
		return err
	}
	for _, key := range []string{accountKey(m.Email), deviceKey(m.Email)} {
		if err := tx.ForgetLoginFailures(key); err != nil {
			return err
		}
	}
	return tx.DeleteSessions(m.Org, m.ID, "")
}

// ForgotPassword mails a link to set a new password, if the address has an account. It says nothing about whether it does, and
// takes as long either way: that is found out by the job. Errors: RateLimited.
func (a *App) ForgotPassword(ctx context.Context, email string, from Client) error {
	if err := a.take(ctx, "forgot:net:"+network(from.Address), triesPerMinuteNetwork); err != nil {
		return err
	}
	email, ok := assess.Email(email)
	if !ok || a.take(ctx, "forgot:"+strings.ToLower(email), 2) != nil {
		return nil
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		return a.enqueue(tx, jobMemberMail, memberMail{Email: email, Purpose: store.ResetToken})
	})
}

// UpdateProfile changes the member's own name. Errors: Invalid.
func (a *App) UpdateProfile(ctx context.Context, v Visit, firstName, lastName string) error {
	return a.changeMember(ctx, v.Member.Org, v.Member.ID, func(tx *store.Tx, m assess.Member) error {
		m.FirstName, m.LastName = assess.CleanLine(firstName), assess.CleanLine(lastName)
		if err := m.Validate(); err != nil {
			return err
		}
		return tx.UpdateMember(m)
	})
}

// ChangePassword sets the member's own password and ends all sessions but a new one, for this browser. Errors: Invalid,
// RateLimited.
func (a *App) ChangePassword(ctx context.Context, v Visit, current, password string, from Client) (in SignedIn, err error) {
	if err := a.take(ctx, "password:"+string(v.Member.ID), triesPerMinute); err != nil {
		return in, err
	}
	right, err := a.hasher.check(ctx, v.Member.PasswordHash, current)
	if err != nil {
		return in, err
	}
	if !right {
		return in, assess.InvalidFields(assess.Problem{Field: "current", Message: "is not right"})
	}
	if err := assess.ValidatePassword(password, v.Organization.Name, v.Member.FirstName, v.Member.LastName, v.Member.Email); err != nil {
		return in, err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return in, err
	}
	err = a.changeMember(ctx, v.Member.Org, v.Member.ID, func(tx *store.Tx, m assess.Member) error {
		m.PasswordHash = hash
		if err := a.renewAccess(tx, m); err != nil {
			return err
		}
		in, err = a.openSession(tx, m, v.Session.Mode, from)
		return err
	})
	return in, err
}

// changeMember runs change with the member as they are, while nobody else changes the organization's members. Errors: NotFound.
func (a *App) changeMember(ctx context.Context, org assess.OrgID, id assess.MemberID, change func(*store.Tx, assess.Member) error) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(org); err != nil {
			return err
		}
		m, err := tx.Member(org, id)
		if err != nil {
			return err
		}
		return change(tx, m)
	})
}

// SetRole gives a member another role and signs them out, so that it counts at once. Errors: Forbidden, NotFound, Invalid,
// Conflict for the last owner.
func (a *App) SetRole(ctx context.Context, who assess.Actor, id assess.MemberID, role assess.Role) error {
	if err := mayGrant(who, role); err != nil {
		return err
	}
	return a.changeMember(ctx, who.Org, id, func(tx *store.Tx, m assess.Member) error {
		if err := changeable(tx, who, m, role); err != nil || m.Role == role {
			return err
		}
		m.Role = role
		if err := m.Validate(); err != nil {
			return err
		}
		if !role.May(assess.GradeAssigned) {
			if err := a.withdrawAll(tx, who, m.ID); err != nil {
				return err
			}
		}
		return a.renewAccess(tx, m)
	})
}

// RemoveMember removes a member; what they have made stays. Errors: Forbidden, NotFound, Conflict for the last owner.
func (a *App) RemoveMember(ctx context.Context, who assess.Actor, id assess.MemberID) error {
	if err := who.May(assess.ManageMembers); err != nil {
		return err
	}
	return a.changeMember(ctx, who.Org, id, func(tx *store.Tx, m assess.Member) error {
		if err := changeable(tx, who, m, ""); err != nil {
			return err
		}
		if err := a.withdrawAll(tx, who, m.ID); err != nil {
			return err
		}
		return tx.DeleteMember(m.Org, m.ID)
	})
}

// changeable is nil when who may change the member to a role, or remove them if it is empty.
func changeable(tx *store.Tx, who assess.Actor, m assess.Member, to assess.Role) error {
	if err := mayGrant(who, m.Role); err != nil {
		return err
	}
	if m.Role != assess.Owner || to == assess.Owner || !m.Joined() {
		return nil
	}
	owners, err := tx.CountMembers(who.Org, assess.Owner)
	if err == nil && owners < 2 {
		err = assess.Errorf(assess.Conflict, "%s is the only owner. Make somebody else an owner first.", m.Name())
	}
	return err
}
