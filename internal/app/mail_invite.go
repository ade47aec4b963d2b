package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/store"
)

// inviteMail is the job of a mail to a candidate. Link is the version of the link: mending the address makes another, and
// with it earlier mails void.
type inviteMail struct {
	Org    assess.OrgID
	Mode   assess.Mode
	Invite assess.InviteID
	Link   int
	By     assess.MemberID `json:",omitempty"` // who gets the replies; empty when a program sent it
}

// enqueueInviteMail queues the mail of an invite. Of the mails of one invite only one is on its way at a time.
func (a *App) enqueueInviteMail(tx *store.Tx, who assess.Actor, inv assess.Invite) error {
	m := inviteMail{Org: inv.Org, Mode: inv.Mode, Invite: inv.ID, Link: inv.TokenVersion}
	if who.Kind == assess.ByMember {
		m.By = assess.MemberID(who.ID)
	}
	return a.enqueueKeyed(tx, jobInviteMail, "invite "+string(inv.ID), m)
}

const (
	// inDoubtHold is how long a mail that may have arrived is held before it is sent again, as the same message.
	inDoubtHold = 10 * time.Minute
	// inDoubtTries is how often a mail is tried whose arrival stays in doubt: each try may be one more copy.
	inDoubtTries = 5
	// mailTriedFor is how long a mail is tried that the mail server puts off (RFC 5321, section 4.5.4.1).
	mailTriedFor = 5 * 24 * time.Hour
	// slowMail is how long a mail to assess.MagicSlow waits.
	slowMail = time.Minute
)

// letter is all that writing an invite's mail takes.
type letter struct {
	Invite       assess.Invite
	Organization assess.Organization
	Content      assess.Content
	ReplyTo      mail.Address // empty without one
}

// sendInviteMail is the job handler that mails an invite. The invite is looked at anew: if it is over, nothing is sent.
func (a *App) sendInviteMail(ctx context.Context, j job.Job) error {
	var args inviteMail
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	l, err := a.mailing(ctx, j, args)
	if err != nil || l == nil {
		return err
	}
	message, err := a.inviteMessage(j, *l)
	if err == nil {
		err = a.deliver(ctx, args.Org, args.Mode, message, args.Invite)
	}
	ctx = context.WithoutCancel(ctx) // what has become of the mail is written down even when we are told to stop
	switch {
	case err == nil:
		err = a.settleMail(ctx, j, l.Invite, assess.MailSent, "", assess.InviteSent)
	case assess.KindOf(err) != assess.NotFound:
		err = a.undelivered(ctx, j, l.Invite, err)
	}
	if assess.KindOf(err) == assess.NotFound { // the candidate was erased meanwhile
		return nil
	}
	return err
}

// mailing reads what the mail needs and notes that it is about to be sent; nil when there is nothing to send any more.
func (a *App) mailing(ctx context.Context, j job.Job, args inviteMail) (l *letter, err error) {
	var later error
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		l, later = nil, nil
		inv, err := tx.Invite(args.Org, args.Mode, args.Invite)
		if assess.KindOf(err) == assess.NotFound {
			return tx.FinishJob(j)
		}
		if err != nil {
			return err
		}
		status := inv.StatusAt(tx.Now())
		switch {
		case inv.TokenVersion != args.Link || inv.Delivery == assess.MailSent: // another mail took its place
			return tx.FinishJob(j)
		case !status.Open():
			return errors.Join(tx.SetDelivery(inv, assess.MailCanceled, inv.DeliveryError), tx.FinishJob(j))
		case inv.Delivery == assess.MailInDoubt && status != assess.Pending: // the link was used, so it had arrived
			return a.mailArrived(tx, j, inv)
		case inv.Delivery == assess.MailSending && !a.captures(inv.Mode): // an attempt ended without a word
			later = job.RetryAfter(errors.New("an earlier attempt may have delivered the mail"), inDoubtHold)
			return tx.SetDelivery(inv, assess.MailInDoubt, "The server was interrupted while sending.")
		case assess.MagicOf(inv.Mode, inv.Email) == assess.MagicSlow && tx.Now().Before(j.CreatedAt.Add(slowMail)):
			later = job.Snooze(slowMail)
			return nil
		}
		if l, err = letterOf(tx, args, inv); err != nil {
			return err
		}
		return tx.SetDelivery(inv, assess.MailSending, "")
	})
	if err == nil {
		err = later
	}
	return l, err
}

func (a *App) mailArrived(tx *store.Tx, j job.Job, inv assess.Invite) error {
	return errors.Join(
		tx.SetDelivery(inv, assess.MailSent, ""),
		a.emit(tx, assess.InviteSent, system(inv.Org, inv.Mode), inv, inv.Email),
		tx.FinishJob(j),
	)
}

func letterOf(tx *store.Tx, args inviteMail, inv assess.Invite) (*letter, error) {
	org, err := tx.Organization(inv.Org)
	if err != nil {
		return nil, err
	}
	content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
	if err != nil {
		return nil, err
	}
	l := &letter{Invite: inv, Organization: org, Content: content}
	if args.By != "" {
		l.ReplyTo, err = replyTo(tx, inv.Org, args.By)
	}
	return l, err
}

// replyTo is the address of the member who gets the replies; empty when they are gone or mail servers would not take it.
func replyTo(tx *store.Tx, org assess.OrgID, id assess.MemberID) (mail.Address, error) {
	m, err := tx.Member(org, id)
	if assess.KindOf(err) == assess.NotFound {
		return mail.Address{}, nil
	}
	if err != nil {
		return mail.Address{}, err
	}
	address, err := asciiAddress(m.Email)
	if err != nil {
		return mail.Address{}, nil //nolint:nilerr // a mail without an address for replies is better than none
	}
	return mail.Address{Name: m.Name(), Address: address}, nil
}

// settleMail writes down in one transaction how the mail ended, with its event, and that the job is done.
func (a *App) settleMail(ctx context.Context, j job.Job, inv assess.Invite, d assess.Delivery, reason string, typ assess.EventType) error {
	note := inv.Email
	if reason != "" {
		note += ": " + reason
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := setDelivery(tx, inv, d, reason); err != nil {
			return err
		}
		if err := a.emit(tx, typ, system(inv.Org, inv.Mode), inv, note); err != nil {
			return err
		}
		return tx.FinishJob(j)
	})
}

// setDelivery writes where the mail stands that was made for inv. If the invite has got another address meanwhile, that one's
// mail still waits.
func setDelivery(tx *store.Tx, inv assess.Invite, d assess.Delivery, reason string) error {
	now, err := held(tx, inv.Org, inv.Mode, inv.ID)
	if err != nil {
		return err
	}
	if now.TokenVersion != inv.TokenVersion {
		d, reason = assess.MailQueued, ""
	}
	return tx.SetDelivery(now, d, reason)
}

// undelivered decides what a failed delivery calls for, by whose trouble it is. Trouble of ours is never laid at the
// recipient's door, and a mail that may have arrived is never called failed, however long either lasts.
func (a *App) undelivered(ctx context.Context, j job.Job, inv assess.Invite, cause error) error {
	var e *mail.Error
	if !errors.As(cause, &e) {
		return a.settleMail(ctx, j, inv, assess.MailFailed, "The message could not be written for this address.", assess.InviteDeliveryFailed)
	}
	reason := serverWords(e)
	switch {
	case e.Class == mail.Ours:
		return errors.Join(job.Pause(cause, pausedFor), a.noteDelivery(ctx, inv, assess.MailQueued, ""), a.setMailTrouble(ctx, reason))
	case e.Class == mail.InDoubt && j.Attempt >= inDoubtTries:
		return errors.Join(job.Permanent(cause), a.noteDelivery(ctx, inv, assess.MailInDoubt, reason))
	case e.Class == mail.InDoubt:
		return errors.Join(job.RetryAfter(cause, inDoubtHold), a.noteDelivery(ctx, inv, assess.MailInDoubt, reason))
	}
	over := e.Class == mail.Recipient || j.LastAttempt()
	if !over {
		var err error
		if over, err = a.lastChance(ctx, j, inv); err != nil {
			return err
		}
	}
	if over {
		return a.settleMail(ctx, j, inv, assess.MailFailed, reason, assess.InviteDeliveryFailed)
	}
	return errors.Join(cause, a.noteDelivery(ctx, inv, assess.MailQueued, reason))
}

// lastChance reports whether the next try could come too late, however long it waits: after the invite's deadline, or when mail
// is given up.
func (a *App) lastChance(ctx context.Context, j job.Job, inv assess.Invite) (last bool, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		next := tx.Now().Add(job.Backoff(j.Attempt, 1))
		last = next.After(j.CreatedAt.Add(mailTriedFor)) || inv.Stored != assess.Started && next.After(inv.ExpiresAt)
		return nil
	})
	return last, err
}

// longestWords bounds what is kept of a mail server's reply.
const longestWords = 300

// serverWords is what the mail server said, on one line.
func serverWords(e *mail.Error) string { return cut(assess.CleanLine(e.Err.Error()), longestWords) }

func (a *App) noteDelivery(ctx context.Context, inv assess.Invite, d assess.Delivery, reason string) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error { return setDelivery(tx, inv, d, reason) })
}

// inviteMessage writes the mail that invites a candidate, in the invite's language.
func (a *App) inviteMessage(j job.Job, l letter) (mail.Message, error) {
	inv, org := l.Invite, l.Organization
	t := a.texts.For(inv.Language)
	words := []any{
		"organization", org.Name, "assessment", inv.AssessmentName, "name", inv.Name, "questions", len(l.Content.Questions),
		"email", inv.Email, "replyTo", l.ReplyTo.Address,
	}
	say := func(key string) string { return t.T("mail.invite."+key, words...) }
	greeting := "greeting"
	if inv.Name == "" {
		greeting = "greeting_unnamed"
	}
	body := mail.Body{
		Heading:    say("heading"),
		Paragraphs: []string{say(greeting), say("intro")},
		Facts: []mail.Fact{
			{Label: say("questions_label"), Value: say("questions")},
			{Label: say("duration_label"), Value: t.About(l.Content.Duration())},
			{Label: say("deadline_label"), Value: t.DateTime(inv.ExpiresAt.In(org.Location()))},
			{Label: say("needs_label"), Value: say(needs(l.Content, inv.Proctoring))},
		},
		Button: mail.Button{Label: say("button"), URL: a.linkOf(inv), Plain: say("plain")},
		Notes:  []string{say("commitment"), say("personal")},
		Footer: []string{say("footer")},
	}
	if inv.Message != "" {
		body.Quote = mail.Quote{Title: say("message"), Text: inv.Message}
	}
	if l.ReplyTo.Address != "" {
		body.Footer = append(body.Footer, say("footer_reply"))
	}
	m, err := a.envelope(j, org, mail.Address{Name: inv.Name, Address: inv.Email}, say("subject"), inv.Language, body)
	m.ReplyTo = l.ReplyTo
	return m, err
}

// needs is the key of what a candidate has to have at hand.
func needs(c assess.Content, p assess.Proctoring) string {
	sound, picture := c.Records()
	switch {
	case picture || p.WebcamMonitoring || p.IDCapture:
		return "needs_video"
	case sound:
		return "needs_audio"
	default:
		return "needs_text"
	}
}

// notice is what a candidate of the organization agrees to, in a language: the organization's own words, or ours.
func (a *App) notice(o assess.Organization, language string) string {
	if own := o.Notices[language]; own != "" {
		return own
	}
	return a.DefaultNotice(o, language)
}

// MailPreview is a mail as it would leave.
type MailPreview struct {
	From, To, ReplyTo string // ReplyTo is empty when replies go to From
	Subject           string
	Text, HTML        string
}

// PreviewInvite writes the mail of the wish without sending or storing anything; its link leads nowhere yet. Errors:
// Forbidden; Invalid; NotFound; Conflict when the assessment cannot be sent.
func (a *App) PreviewInvite(ctx context.Context, who assess.Actor, n assess.NewInvite) (p MailPreview, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return p, err
	}
	var l letter
	var now time.Time
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		now = tx.Now()
		l, err = a.draftLetter(tx, who, n)
		return err
	})
	if err != nil {
		return p, err
	}
	m, err := a.inviteMessage(job.Job{ID: a.newID(), CreatedAt: now}, l)
	if err != nil {
		return p, assess.InvalidFields(assess.Problem{Field: "recipientEmail", Message: "is one that mail cannot be written to"})
	}
	return MailPreview{
		From: show(m.From), To: show(m.To), ReplyTo: m.ReplyTo.Address, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
	}, nil
}

func (a *App) draftLetter(tx *store.Tx, who assess.Actor, n assess.NewInvite) (l letter, err error) {
	asm, err := tx.AssessmentSummary(who.Org, who.Mode, n.Assessment)
	if err != nil {
		return l, err
	}
	if l.Invite, err = asm.Invite(assess.InviteID(a.newID()), who.Mode, n, tx.Now()); err != nil {
		return l, err
	}
	if l.Content, err = tx.AssessmentVersion(asm.Org, asm.ID, asm.Version); err != nil {
		return l, err
	}
	if l.Organization, err = tx.Organization(who.Org); err != nil || who.Kind != assess.ByMember {
		return l, err
	}
	l.ReplyTo, err = replyTo(tx, who.Org, assess.MemberID(who.ID))
	return l, err
}

func show(a mail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return fmt.Sprintf("%s <%s>", a.Name, a.Address)
}
