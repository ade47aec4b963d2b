package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// step takes an invite that change has the id of through one step of its life, whoever else is at it at the same time: it
// reads, asks the state machine, writes conditionally, and begins again when another was faster. A step that only repeats
// what has happened changes nothing. change alters what the step alters beside the status and returns the event's note.
func (a *App) step(tx *store.Tx, who assess.Actor, read func(*store.Tx) (assess.Invite, error), s assess.InviteStep,
	typ assess.EventType, change func(*assess.Invite) (note string, err error),
) (assess.Invite, error) {
	for {
		was, err := read(tx)
		if err != nil {
			return was, err
		}
		from := was.StatusAt(tx.Now())
		to, err := from.Step(s, !was.AcceptedAt.IsZero())
		if err != nil {
			return was, err
		}
		if to == from && !repeatable(s) {
			return was, nil
		}
		inv := was
		inv.Stored = to
		note, err := change(&inv)
		if err != nil {
			return was, err
		}
		if won, err := tx.MoveInvite(was, inv); err != nil {
			return was, err
		} else if !won {
			continue
		}
		return inv, a.emit(tx, typ, who, inv, note)
	}
}

// repeatable reports steps that mean something although the status stays.
func repeatable(s assess.InviteStep) bool { return s == assess.StepExtend }

// ofMember reads the invite for a member or key who may invite.
func ofMember(who assess.Actor, id assess.InviteID) func(*store.Tx) (assess.Invite, error) {
	return func(tx *store.Tx) (assess.Invite, error) { return tx.Invite(who.Org, who.Mode, id) }
}

// Revoke takes an invite back; with force also one that was started. Errors: Forbidden, NotFound, Conflict.
func (a *App) Revoke(ctx context.Context, who assess.Actor, id assess.InviteID, force bool) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	s := assess.StepRevoke
	if force {
		s = assess.StepForce
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		_, err := a.step(tx, who, ofMember(who, id), s, assess.InviteRevoked, func(inv *assess.Invite) (string, error) {
			inv.RevokedAt = tx.Now()
			return "", nil
		})
		return err
	})
}

// Extend gives the candidate until days from now; it also reopens an expired invite. Errors: Forbidden, NotFound, Invalid,
// Conflict.
func (a *App) Extend(ctx context.Context, who assess.Actor, id assess.InviteID, days int) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		org, err := tx.Organization(who.Org)
		if err != nil {
			return err
		}
		_, err = a.step(tx, who, ofMember(who, id), assess.StepExtend, assess.InviteExtended, func(inv *assess.Invite) (string, error) {
			inv.ExpiresAt, err = inv.ExtendTo(tx.Now(), days)
			return "until " + deadline(inv.ExpiresAt, org.Location()), err
		})
		return err
	})
}

// expire writes down that an invite's deadline has passed. Somebody who was faster is left alone.
func (a *App) expire(tx *store.Tx, inv assess.Invite) error {
	read := func(tx *store.Tx) (assess.Invite, error) { return tx.Invite(inv.Org, inv.Mode, inv.ID) }
	was, err := read(tx)
	if err != nil || was.Stored == assess.Expired || was.StatusAt(tx.Now()) != assess.Expired {
		return err
	}
	now := was
	now.Stored = assess.Expired
	won, err := tx.MoveInvite(was, now)
	if err != nil || !won {
		return err
	}
	return a.emit(tx, assess.InviteExpired, system(inv.Org, inv.Mode), now, "")
}

// Resend sends the mail again, with the same link. Errors: Forbidden, NotFound, Conflict.
func (a *App) Resend(ctx context.Context, who assess.Actor, id assess.InviteID) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, err := possible(tx, who, id, assess.StepResend)
		if err != nil {
			return err
		}
		return a.sendAgain(tx, who, inv, assess.InviteResent, "")
	})
}

// Readdress mends the recipient's address (and name), makes the old link unknown and sends the mail to the new address.
// Errors: Forbidden, NotFound, Invalid, Conflict.
func (a *App) Readdress(ctx context.Context, who assess.Actor, id assess.InviteID, email, name string) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, err := possible(tx, who, id, assess.StepReaddress)
		if err != nil {
			return err
		}
		if inv, err = inv.Readdressed(email, name); err != nil {
			return err
		}
		if err := tx.ReaddressInvite(inv, hashToken(a.secrets.linkToken(inv.ID, inv.TokenVersion))); err != nil {
			return err
		}
		return a.sendAgain(tx, who, inv, assess.InviteReaddressed, inv.Email)
	})
}

// possible reads an invite that the step is possible for now.
func possible(tx *store.Tx, who assess.Actor, id assess.InviteID, s assess.InviteStep) (assess.Invite, error) {
	inv, err := tx.Invite(who.Org, who.Mode, id)
	if err != nil {
		return inv, err
	}
	_, err = inv.StatusAt(tx.Now()).Step(s, !inv.AcceptedAt.IsZero())
	return inv, err
}

func (a *App) sendAgain(tx *store.Tx, who assess.Actor, inv assess.Invite, typ assess.EventType, note string) error {
	if err := tx.SetDelivery(inv, assess.MailQueued, ""); err != nil {
		return err
	}
	if err := a.emit(tx, typ, who, inv, note); err != nil {
		return err
	}
	return a.enqueueInviteMail(tx, inv)
}

// Agreement is what a candidate says by ticking the box and going on.
type Agreement struct {
	Ticked   bool
	Language string // in which the notice was shown
}

// Accept records that the candidate agrees to the notice. Again it changes nothing. Errors: NotFound, Gone, Conflict, Invalid
// when the box is not ticked.
func (a *App) Accept(ctx context.Context, token string, g Agreement, from Client) error {
	if !g.Ticked {
		return assess.InvalidFields(assess.Problem{Field: "agree", Message: "must be ticked"})
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		read := func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken(hashToken(token)) }
		was, err := read(tx)
		if err != nil {
			return err
		}
		who := assess.Actor{Org: was.Org, Mode: was.Mode, Kind: assess.ByCandidate}
		moved := false
		inv, err := a.step(tx, who, read, assess.StepAccept, assess.InviteAccepted, func(inv *assess.Invite) (string, error) {
			inv.AcceptedAt, moved = tx.Now(), true
			return "", nil
		})
		if err != nil || !moved {
			return err
		}
		return a.keepAcceptance(tx, inv, g, from)
	})
}

func (a *App) keepAcceptance(tx *store.Tx, inv assess.Invite, g Agreement, from Client) error {
	org, err := tx.Organization(inv.Org)
	if err != nil {
		return err
	}
	notice := a.notice(org, g.Language)
	sum := sha256.Sum256([]byte(notice))
	return tx.InsertAcceptance(assess.Acceptance{
		Org: inv.Org, Invite: inv.ID, NoticeVersion: org.NoticeVersion, NoticeSHA256: hex.EncodeToString(sum[:]), Notice: notice,
		Language: g.Language, Network: network(from.Address), At: tx.Now(),
	})
}

// Landing is what a candidate's link shows.
type Landing struct {
	Invite       assess.Invite
	Status       assess.InviteStatus // now
	Organization assess.Organization
	LogoURL      string
	Content      assess.Content // of the version that the invite is pinned to
	Notice       string         // in the asked language
}

// Landing reads what a candidate's link leads to, in a language or (empty) the invite's. It changes nothing, however often
// it is opened and by whom. Errors: NotFound.
func (a *App) Landing(ctx context.Context, token, language string) (l Landing, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if l.Invite, err = tx.InviteByToken(hashToken(token)); err != nil {
			return err
		}
		l.Status = l.Invite.StatusAt(tx.Now())
		if l.Organization, err = tx.Organization(l.Invite.Org); err != nil {
			return err
		}
		l.Content, err = tx.AssessmentVersion(l.Invite.Org, l.Invite.Assessment, l.Invite.Version)
		return err
	})
	if language == "" {
		language = l.Invite.Language
	}
	l.LogoURL, l.Notice = a.logoURL(l.Organization), a.notice(l.Organization, language)
	return l, err
}
