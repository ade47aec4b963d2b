package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// step takes an invite that change has the id of through one step of its life, whoever else is at it at the same time: it
// reads, asks the state machine, writes conditionally, and begins again when another was faster. A step that only repeats
// what has happened changes nothing, and moved is false. change alters what the step alters beside the status and returns the
// event's note; it may be called again after losing.
func (a *App) step(tx *store.Tx, who assess.Actor, read func(*store.Tx) (assess.Invite, error), s assess.InviteStep,
	typ assess.EventType, change func(*assess.Invite) (note string, err error),
) (moved bool, err error) {
	for {
		was, err := read(tx)
		if err != nil {
			return false, err
		}
		from := was.StatusAt(tx.Now())
		to, err := from.Step(s, !was.AcceptedAt.IsZero())
		if err != nil || to == from && !repeatable(s) {
			return false, err
		}
		inv := was
		inv.Stored = to
		note, err := change(&inv)
		if err != nil {
			return false, err
		}
		if won, err := tx.MoveInvite(was, inv); err != nil {
			return false, err
		} else if won {
			return true, a.emit(tx, typ, who, inv, note)
		}
	}
}

// repeatable reports steps that mean something although the status stays.
func repeatable(s assess.InviteStep) bool { return s == assess.StepExtend }

// ofMember reads the invite for a member or key who may invite. It holds the invite also where there is nothing to change, lest it
// be erased before the answer is remembered.
func ofMember(who assess.Actor, id assess.InviteID) func(*store.Tx) (assess.Invite, error) {
	return func(tx *store.Tx) (assess.Invite, error) { return held(tx, who.Org, who.Mode, id) }
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
		return a.extend(tx, who, id, func(inv *assess.Invite) (time.Time, error) { return inv.Extend(tx.Now(), days) })
	})
}

// extend moves the invite's deadline as postpone does, which returns the new one.
func (a *App) extend(tx *store.Tx, who assess.Actor, id assess.InviteID, postpone func(*assess.Invite) (time.Time, error)) error {
	org, err := tx.Organization(who.Org)
	if err != nil {
		return err
	}
	_, err = a.step(tx, who, ofMember(who, id), assess.StepExtend, assess.InviteExtended, func(inv *assess.Invite) (string, error) {
		if inv.Overdue(tx.Now()) {
			return "", assess.Errorf(assess.Conflict, "Not possible: the time for this attempt has passed.")
		}
		until, err := postpone(inv)
		return "until " + deadline(until, org.Location()), err
	})
	return err
}

// expire writes down that an invite's deadline has passed, at the time of the deadline: it counts from then on, whenever this
// runs. Somebody who was faster is left alone.
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
	event := assess.EventOf(assess.EventID(a.newID()), assess.InviteExpired, system(inv.Org, inv.Mode), now, "", now.ExpiresAt)
	return a.record(tx, event)
}

// ResendEvery is how long one waits until the mail can be sent again.
const ResendEvery = time.Minute

// Resend sends the mail again, with the same link. Errors: Forbidden, NotFound, Conflict, RateLimited when it was sent again a
// moment ago.
func (a *App) Resend(ctx context.Context, who assess.Actor, id assess.InviteID) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, err := possible(tx, who, id, assess.StepResend)
		if err != nil {
			return err
		}
		if err := resentLately(tx, inv); err != nil {
			return err
		}
		return a.sendAgain(tx, who, inv, assess.InviteResent, inv.Email)
	})
}

// resentLately refuses a mail that somebody has just sent again: two clicks must not be two mails.
func resentLately(tx *store.Tx, inv assess.Invite) error {
	events, err := tx.InviteEvents(inv.Org, inv.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Type == assess.InviteResent && tx.Now().Sub(e.At) < ResendEvery {
			return assess.Errorf(assess.RateLimited, "The mail was sent again less than a minute ago. Give it a moment to arrive.")
		}
	}
	return nil
}

// Readdress mends the recipient's address (and name), makes the old link unknown and sends the mail to the new address.
// Errors: Forbidden, NotFound, Invalid, Conflict.
func (a *App) Readdress(ctx context.Context, who assess.Actor, id assess.InviteID, email, name string) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		was, err := possible(tx, who, id, assess.StepReaddress)
		if err != nil {
			return err
		}
		inv, err := was.Readdressed(email, name)
		if err != nil {
			return err
		}
		if err := tx.ReaddressInvite(inv, hashToken(a.secrets.linkToken(inv.ID, inv.TokenVersion))); err != nil {
			return err
		}
		return a.sendAgain(tx, who, inv, assess.InviteReaddressed, "from "+was.Email+" to "+inv.Email)
	})
}

// possible holds an invite that the step is possible for now.
func possible(tx *store.Tx, who assess.Actor, id assess.InviteID, s assess.InviteStep) (assess.Invite, error) {
	inv, err := held(tx, who.Org, who.Mode, id)
	if err != nil {
		return inv, err
	}
	_, err = inv.StatusAt(tx.Now()).Step(s, !inv.AcceptedAt.IsZero())
	return inv, err
}

// held reads an invite that nobody else can change until the transaction ends.
func held(tx *store.Tx, org assess.OrgID, mode assess.Mode, id assess.InviteID) (assess.Invite, error) {
	if err := tx.HoldInvite(org, id); err != nil {
		return assess.Invite{}, err
	}
	return tx.Invite(org, mode, id)
}

func (a *App) sendAgain(tx *store.Tx, who assess.Actor, inv assess.Invite, typ assess.EventType, note string) error {
	if err := tx.SetDelivery(inv, assess.MailQueued, ""); err != nil {
		return err
	}
	if err := a.emit(tx, typ, who, inv, note); err != nil {
		return err
	}
	return a.enqueueInviteMail(tx, who, inv)
}

// Agreement is what a candidate says by ticking the box and going on.
type Agreement struct {
	Ticked   bool
	Language string // in which the notice was shown; empty: the invite's
	Shown    string // Landing.NoticeSHA256 of what was shown
}

// Accept records that the candidate agrees to the notice, with the proof of what it said. Again it changes nothing. Errors:
// NotFound, RateLimited, Gone, Conflict; Invalid when the box ("agree") is not ticked or the notice ("notice") has changed
// since it was shown.
func (a *App) Accept(ctx context.Context, token string, g Agreement, from Client) error {
	if !g.Ticked {
		return assess.InvalidFields(assess.Problem{Field: "agree", Message: "must be ticked"})
	}
	return a.byLink(ctx, token, from, func(tx *store.Tx, was assess.Invite) error {
		proof, err := a.proof(tx, was, g, from)
		if err != nil {
			return err
		}
		moved, err := a.step(tx, candidate(was), ofLink(token), assess.StepAccept, assess.InviteAccepted, func(inv *assess.Invite) (string, error) {
			inv.AcceptedAt = tx.Now()
			return "", unchanged(proof, g)
		})
		if err != nil || !moved {
			return err
		}
		return tx.InsertAcceptance(proof)
	})
}

// proof is what will show that the candidate agreed to the notice as it reads now.
func (a *App) proof(tx *store.Tx, inv assess.Invite, g Agreement, from Client) (assess.Acceptance, error) {
	org, err := tx.Organization(inv.Org)
	language := cmp.Or(g.Language, inv.Language)
	notice := a.notice(org, language)
	return assess.Acceptance{
		Org: inv.Org, Invite: inv.ID, NoticeVersion: org.NoticeVersion, NoticeSHA256: digest(notice), Notice: notice,
		Language: language, Network: network(from.Address), At: tx.Now(),
	}, err
}

// unchanged refuses an agreement to another text than the one that would be proven.
func unchanged(proof assess.Acceptance, g Agreement) error {
	if proof.NoticeSHA256 == g.Shown {
		return nil
	}
	return assess.InvalidFields(assess.Problem{Field: "notice", Message: "has changed since it was shown"})
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Withdraw ends an invite whose candidate does not want to take part, and has what they had recorded and written erased. Where
// there is nothing left to end, it changes nothing. Errors: NotFound, RateLimited.
func (a *App) Withdraw(ctx context.Context, token string, from Client) error {
	return a.byLink(ctx, token, from, func(tx *store.Tx, was assess.Invite) error {
		moved, err := a.step(tx, candidate(was), ofLink(token), assess.StepWithdraw, assess.InviteRevoked, func(inv *assess.Invite) (string, error) {
			inv.RevokedAt, inv.Reason = tx.Now(), assess.ReasonWithdrawn
			return "withdrawn by the candidate", nil
		})
		if err != nil || !moved {
			return err
		}
		return a.enqueue(tx, jobErase, eraseJob{Org: was.Org, Mode: was.Mode, Invite: was.ID})
	})
}

// byLink runs fn in a transaction, with the invite that the link leads to.
func (a *App) byLink(ctx context.Context, token string, from Client, fn func(*store.Tx, assess.Invite) error) error {
	err := a.tx(ctx, func(tx *store.Tx) error {
		inv, err := ofLink(token)(tx)
		if err != nil {
			return err
		}
		return fn(tx, inv)
	})
	return a.countUnknown(ctx, from, err)
}

// ofLink reads the invite for whoever has its link.
func ofLink(token string) func(*store.Tx) (assess.Invite, error) {
	return func(tx *store.Tx) (assess.Invite, error) { return tx.InviteByToken(hashToken(token)) }
}

// candidate is whoever was invited, acting.
func candidate(inv assess.Invite) assess.Actor {
	return assess.Actor{Org: inv.Org, Mode: inv.Mode, Kind: assess.ByCandidate}
}

// maxUnknownLinks is how many links that lead nowhere a network may try a minute. A link that is right is never refused.
const maxUnknownLinks = 20

// countUnknown passes the error of looking up a link on, unless there were too many of links that nobody has. Errors:
// RateLimited.
func (a *App) countUnknown(ctx context.Context, from Client, err error) error {
	if assess.KindOf(err) != assess.NotFound {
		return err
	}
	if tooMany := a.take(ctx, "link:net:"+network(from.Address), maxUnknownLinks); tooMany != nil {
		return tooMany
	}
	return err
}

// Landing is what a candidate's link shows.
type Landing struct {
	Invite       assess.Invite
	Status       assess.InviteStatus // now
	Organization assess.Organization
	LogoURL      string
	Content      assess.Content // of the version that the invite is pinned to
	TimeLimit    time.Duration  // from the start on, as the candidate has it; 0 for none
	Needs        string         // what the candidate has to have at hand, in the asked language
	Notice       string         // in the asked language
	NoticeSHA256 string         // tells whether the notice still reads so when it is agreed to
	Contact      string         // the address of the member who invited; empty when a program did, or they are gone
}

// Landing reads what a candidate's link leads to, in a language or (empty) the invite's. It changes nothing, however often
// it is opened and by whom. Errors: NotFound, RateLimited.
func (a *App) Landing(ctx context.Context, token, language string, from Client) (l Landing, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if l.Invite, err = ofLink(token)(tx); err != nil {
			return err
		}
		l.Status = l.Invite.StatusAt(tx.Now())
		if l.Organization, err = tx.Organization(l.Invite.Org); err != nil {
			return err
		}
		if l.Content, err = tx.AssessmentVersion(l.Invite.Org, l.Invite.Assessment, l.Invite.Version); err != nil {
			return err
		}
		granted, err := tx.Accommodation(l.Invite.Org, l.Invite.ID)
		if err != nil {
			return err
		}
		l.TimeLimit, _ = granted.Stretch(time.Duration(l.Content.TimeLimit) * time.Minute)
		l.Contact, err = inviter(tx, l.Invite)
		return err
	})
	if err != nil {
		return Landing{}, a.countUnknown(ctx, from, err)
	}
	language = cmp.Or(language, l.Invite.Language)
	l.LogoURL = a.logoURL(l.Organization)
	l.Needs = a.texts.For(language).T("mail.invite." + needs(l.Content, l.Invite.Proctoring))
	l.Notice = a.notice(l.Organization, language)
	l.NoticeSHA256 = digest(l.Notice)
	return l, nil
}

// inviter is the address of the member who invited.
func inviter(tx *store.Tx, inv assess.Invite) (string, error) {
	events, err := tx.InviteEvents(inv.Org, inv.ID)
	if err != nil {
		return "", err
	}
	for _, e := range events {
		if e.Type == assess.InviteCreated && e.Actor == assess.ByMember {
			address, err := replyTo(tx, inv.Org, assess.MemberID(e.ActorID))
			return address.Address, err
		}
	}
	return "", nil
}
