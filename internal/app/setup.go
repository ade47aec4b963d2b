package app

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Names of facts about the instance.
const (
	setupTokenFact   = "setup_token"
	setupExpiresFact = "setup_expires"
	masterKeyFact    = "master_key"
)

// CheckMasterKey refuses a master key other than the one that the database was first used with: links and API keys would all
// be unknown under it.
func (a *App) CheckMasterKey(ctx context.Context) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		known, ok, err := tx.Instance(masterKeyFact)
		switch {
		case err != nil:
			return err
		case !ok:
			return tx.SetInstance(masterKeyFact, a.secrets.Fingerprint())
		case known != a.secrets.Fingerprint():
			return errors.New("the master key is not the one that this database was made with; put the old secret key back")
		default:
			return nil
		}
	})
}

// NeedsSetup reports whether nobody can sign in yet.
func (a *App) NeedsSetup(ctx context.Context) (needs bool, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		any, err := tx.AnyMember()
		needs = !any
		return err
	})
	return needs, err
}

// NewSetupToken makes the token with which the first owner is made. It lasts for assess.SetupTokenLife and makes earlier
// ones unknown. Errors: Conflict when there is a member already.
func (a *App) NewSetupToken(ctx context.Context) (string, error) {
	token, err := a.newToken()
	if err != nil {
		return "", err
	}
	return token, a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := refuseSetUp(tx); err != nil {
			return err
		}
		if err := tx.SetInstance(setupTokenFact, hashToken(token)); err != nil {
			return err
		}
		return tx.SetInstance(setupExpiresFact, strconv.FormatInt(tx.Now().Add(assess.SetupTokenLife).UnixMilli(), 10))
	})
}

func refuseSetUp(tx *store.Tx) error {
	any, err := tx.AnyMember()
	if err == nil && any {
		return errSetUp
	}
	return err
}

var errSetUp = assess.Errorf(assess.Conflict, "This server is set up already. Sign in instead.")

// NewOwner is what one says to make an organization and its first owner.
type NewOwner struct {
	Organization, TimeZone, FirstName, LastName, Email, Password string
}

// CheckSetupToken is nil when the token can be used. Errors: NotFound.
func (a *App) CheckSetupToken(ctx context.Context, token string) error {
	return a.db.Read(ctx, func(tx *store.Tx) error { return checkSetupToken(tx, token) })
}

func checkSetupToken(tx *store.Tx, token string) error {
	hash, _, err := tx.Instance(setupTokenFact)
	if err != nil {
		return err
	}
	expires, _, err := tx.Instance(setupExpiresFact)
	if err != nil {
		return err
	}
	until, _ := strconv.ParseInt(expires, 10, 64)
	if !sameToken(hash, token) || tx.Now().UnixMilli() >= until {
		return assess.Errorf(assess.NotFound, "This set-up link is not valid any more. If nobody can sign in yet, restart the server to get a new one.")
	}
	return nil
}

// SetUp makes the first organization and its owner, once. Errors: Invalid; NotFound for a wrong token; Conflict when it has
// been done.
func (a *App) SetUp(ctx context.Context, token string, n NewOwner) (assess.Member, error) {
	return a.newOwner(ctx, n, func(tx *store.Tx) error {
		if err := refuseSetUp(tx); err != nil {
			return err
		}
		if err := checkSetupToken(tx, token); err != nil {
			return err
		}
		used, err := tx.DeleteInstance(setupTokenFact)
		if err == nil && !used {
			return errSetUp // somebody was faster
		}
		return err
	})
}

// CreateOrganization makes an organization and its owner on the operator's word. Errors: Invalid, Conflict.
func (a *App) CreateOrganization(ctx context.Context, n NewOwner) (assess.Member, error) {
	return a.newOwner(ctx, n, func(*store.Tx) error { return nil })
}

func (a *App) newOwner(ctx context.Context, n NewOwner, allowed func(*store.Tx) error) (member assess.Member, err error) {
	org, member := a.draftOwner(n)
	if err := assess.JoinInvalid(
		assess.RenameField(org.Validate(), "name", "organization"), // what the form calls it
		member.Validate(),
		assess.ValidatePassword(n.Password, n.Organization, n.FirstName, n.LastName, n.Email),
	); err != nil {
		return member, err
	}
	if member.PasswordHash, err = a.hasher.hash(ctx, n.Password); err != nil {
		return member, err
	}
	return member, a.tx(ctx, func(tx *store.Tx) error {
		if err := allowed(tx); err != nil {
			return err
		}
		org.CreatedAt, org.UpdatedAt = tx.Now(), tx.Now()
		member.CreatedAt, member.JoinedAt = tx.Now(), tx.Now()
		if err := tx.InsertOrganization(org); err != nil {
			return err
		}
		return tx.InsertMember(member)
	})
}

// draftOwner is the organization and its owner as wished for; when they began is still to be said.
func (a *App) draftOwner(n NewOwner) (assess.Organization, assess.Member) {
	org := assess.NewOrganization(assess.OrgID(a.newID()), n.Organization, time.Time{})
	org.TimeZone = cmp.Or(n.TimeZone, org.TimeZone)
	email, ok := assess.Email(n.Email)
	if !ok {
		email = n.Email
	}
	return org, assess.Member{
		ID: assess.MemberID(a.newID()), Org: org.ID, FirstName: assess.CleanLine(n.FirstName), LastName: assess.CleanLine(n.LastName),
		Email: email, Role: assess.Owner, JoinedAt: beforeJoining,
	}
}

// beforeJoining stands for the time of joining while somebody's wish to join is checked: who joins must have a name.
var beforeJoining = time.Unix(1, 0)
