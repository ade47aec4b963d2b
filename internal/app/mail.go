package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/store"
)

// memberMail is the job of a mail to a member. The token that it carries is made when the mail is, so that no usable one
// waits in the queue.
type memberMail struct {
	Org     assess.OrgID
	Member  assess.MemberID
	Email   string // instead of Org and Member: whoever has the address, if anybody
	Purpose string // store.JoinToken or store.ResetToken
	By      string // who invited them
}

// inviteMail is the job of a mail to a candidate. Attempt tells a second mail of the same invite from a second try.
type inviteMail struct {
	Org    assess.OrgID
	Mode   assess.Mode
	Invite assess.InviteID
}

func (a *App) enqueueInviteMail(tx *store.Tx, inv assess.Invite) error {
	return a.enqueue(tx, jobInviteMail, inviteMail{Org: inv.Org, Mode: inv.Mode, Invite: inv.ID})
}

// inDoubtHold is how long a mail that may have arrived is held before it is sent again, as the same message.
const inDoubtHold = 10 * time.Minute

// pausedFor is how long no mail is tried after the mail server refused us, not a recipient.
const pausedFor = 5 * time.Minute

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
	if err != nil {
		return job.Permanent(err)
	}
	if err := a.deliver(ctx, l.Invite.Org, l.Invite.Mode, message); err != nil {
		return a.undelivered(ctx, j, l.Invite, err)
	}
	return a.settleMail(ctx, j, l.Invite, assess.MailSent, "", assess.InviteSent)
}

// mailing reads what the mail needs and notes that it is about to be sent; nil when there is nothing to send any more.
func (a *App) mailing(ctx context.Context, j job.Job, args inviteMail) (l *Landing, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		inv, err := tx.Invite(args.Org, args.Mode, args.Invite)
		if assess.KindOf(err) == assess.NotFound {
			return tx.FinishJob(j)
		}
		if err != nil {
			return err
		}
		if status := inv.StatusAt(tx.Now()); !status.Open() {
			return errors.Join(tx.SetDelivery(inv, assess.MailCanceled, ""), tx.FinishJob(j))
		}
		l = &Landing{Invite: inv}
		if l.Organization, err = tx.Organization(inv.Org); err != nil {
			return err
		}
		if l.Content, err = tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version); err != nil {
			return err
		}
		return tx.SetDelivery(inv, assess.MailSending, "")
	})
	return l, err
}

// settleMail writes down in one transaction how the mail ended, with its event, and that the job is done.
func (a *App) settleMail(ctx context.Context, j job.Job, inv assess.Invite, d assess.Delivery, reason string, typ assess.EventType) error {
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetDelivery(inv, d, reason); err != nil {
			return err
		}
		if err := a.emit(tx, typ, system(inv.Org, inv.Mode), inv, inv.Email); err != nil {
			return err
		}
		return tx.FinishJob(j)
	})
}

// undelivered decides what a failed delivery calls for, by whose trouble it is.
func (a *App) undelivered(ctx context.Context, j job.Job, inv assess.Invite, cause error) error {
	var e *mail.Error
	switch {
	case !errors.As(cause, &e):
		return job.Permanent(errors.Join(cause, a.settleMail(ctx, j, inv, assess.MailFailed, "The message could not be written.", assess.InviteDeliveryFailed)))
	case e.Class == mail.Recipient || j.LastAttempt():
		return a.settleMail(ctx, j, inv, assess.MailFailed, e.Error(), assess.InviteDeliveryFailed)
	case e.Class == mail.Ours:
		return errors.Join(job.Pause(cause, pausedFor), a.noteDelivery(ctx, inv, assess.MailQueued, ""), a.setMailTrouble(ctx, e.Error()))
	case e.Class == mail.InDoubt:
		return errors.Join(job.RetryAfter(cause, inDoubtHold), a.noteDelivery(ctx, inv, assess.MailInDoubt, e.Error()))
	default:
		return errors.Join(cause, a.noteDelivery(ctx, inv, assess.MailQueued, e.Error()))
	}
}

func (a *App) noteDelivery(ctx context.Context, inv assess.Invite, d assess.Delivery, reason string) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.SetDelivery(inv, d, reason) })
}

// mailTroubleFact is why mail does not leave at all; absent while it does.
const mailTroubleFact = "mail_trouble"

func (a *App) setMailTrouble(ctx context.Context, reason string) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.SetInstance(mailTroubleFact, reason) })
}

// MailTrouble is why mail does not leave this server at the moment; empty when it does.
func (a *App) MailTrouble(ctx context.Context) (reason string, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		reason, _, err = tx.Instance(mailTroubleFact)
		return err
	})
	return reason, err
}

// deliver sends a message, or keeps it in the mailbox: in test mode, and where no mail server is configured.
func (a *App) deliver(ctx context.Context, org assess.OrgID, mode assess.Mode, m mail.Message) error {
	if a.sender == nil || mode == assess.Test {
		return a.tx(ctx, func(tx *store.Tx) error {
			return tx.InsertLetter(store.Letter{
				ID: letterID(m.MessageID), Org: org, Mode: mode, From: fmt.Sprintf("%s <%s>", m.From.Name, m.From.Address), To: m.To.Address, Subject: m.Subject,
				Text: m.Text, HTML: m.HTML, SentAt: tx.Now(),
			})
		})
	}
	if err := a.sender.Send(ctx, m); err != nil {
		return err
	}
	return a.clearMailTrouble(ctx)
}

// clearMailTrouble forgets the trouble once a mail has left; it writes only if there was any.
func (a *App) clearMailTrouble(ctx context.Context) error {
	if reason, err := a.MailTrouble(ctx); err != nil || reason == "" {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.DeleteInstance(mailTroubleFact)
		return err
	})
}

func letterID(messageID string) string {
	id, _, _ := strings.Cut(messageID, "@")
	return id
}

// envelope is what every mail of ours has. Message-ID and Date follow from the job, so that a second try is the same message.
func (a *App) envelope(j job.Job, o assess.Organization, to mail.Address, subject, language string, b mail.Body) (mail.Message, error) {
	b.Language, b.Accent = language, o.Accent
	b.Logo = mail.Logo{URL: a.logoURL(o), Alt: o.Name}
	text, html, err := b.Render()
	if err != nil {
		return mail.Message{}, err
	}
	if to.Address, err = asciiAddress(to.Address); err != nil {
		return mail.Message{}, err
	}
	from := a.from
	from.Name = o.Sender()
	return mail.Message{
		From: from, To: to, Subject: subject, Text: text, HTML: html, Language: language,
		MessageID: j.ID + "@" + domainOf(from.Address), Date: j.CreatedAt.In(o.Location()),
		Headers: map[string]string{"Auto-Submitted": "auto-generated"},
	}, nil
}

// asciiAddress writes an international domain as mail servers want it (RFC 5891).
func asciiAddress(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", fmt.Errorf("the domain of %s: %w", address, err)
	}
	return address[:at+1] + domain, nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// sendMemberMail is the job handler that mails a member an invitation to join, or a link to set a new password.
func (a *App) sendMemberMail(ctx context.Context, j job.Job) error {
	var args memberMail
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	token, err := a.newToken()
	if err != nil {
		return err
	}
	m, org, err := a.renewToken(ctx, args, token)
	if err != nil || m.ID == "" {
		return err
	}
	message, err := a.memberMessage(j, args, m, org, token)
	if err != nil {
		return job.Permanent(err)
	}
	var e *mail.Error
	switch err := a.deliver(ctx, org.ID, assess.Live, message); {
	case errors.As(err, &e) && e.Class == mail.Ours:
		return errors.Join(job.Pause(err, pausedFor), a.setMailTrouble(ctx, e.Error()))
	case errors.As(err, &e) && e.Class == mail.Recipient:
		return job.Permanent(err)
	default:
		return err
	}
}

// renewToken puts the token in the place of the member's earlier one. There is no member when they are gone, or need it no
// more.
func (a *App) renewToken(ctx context.Context, args memberMail, token string) (m assess.Member, org assess.Organization, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		m, err = recipient(tx, args)
		if assess.KindOf(err) == assess.NotFound || err == nil && m.Joined() == (args.Purpose == store.JoinToken) {
			m = assess.Member{}
			return nil
		}
		if err != nil {
			return err
		}
		if org, err = tx.Organization(m.Org); err != nil {
			return err
		}
		life := assess.ResetTokenLife
		if args.Purpose == store.JoinToken {
			life = assess.JoinTokenLife
		}
		return tx.ReplaceMemberToken(m.Org, m.ID, args.Purpose, hashToken(token), tx.Now().Add(life))
	})
	return m, org, err
}

func recipient(tx *store.Tx, args memberMail) (assess.Member, error) {
	if args.Email != "" {
		return tx.MemberByEmail(args.Email)
	}
	return tx.Member(args.Org, args.Member)
}

func (a *App) memberMessage(j job.Job, args memberMail, m assess.Member, o assess.Organization, token string) (mail.Message, error) {
	to := mail.Address{Name: m.Name(), Address: m.Email}
	if args.Purpose == store.JoinToken {
		return a.envelope(j, o, to, fmt.Sprintf("Join %s on AlfaOne", o.Name), "en", mail.Body{
			Heading: "Join " + o.Name,
			Paragraphs: []string{
				fmt.Sprintf("%s has invited you to %s as %s.", args.By, o.Name, m.Role),
				"Choose a password to begin. The link works once, for 7 days.",
			},
			Button: mail.Button{Label: "Join " + o.Name, URL: a.baseURL + "/join/" + url.PathEscape(token), Plain: "Or copy this address into your browser:"},
			Footer: []string{"You got this mail because somebody entered your address. If you do not expect it, do nothing."},
		})
	}
	return a.envelope(j, o, to, "Set a new password", "en", mail.Body{
		Heading: "Set a new password",
		Paragraphs: []string{
			"Somebody, hopefully you, asked for a new password for your account at " + o.Name + ".",
			"The link works once, for 30 minutes.",
		},
		Button: mail.Button{Label: "Choose a new password", URL: a.baseURL + "/reset/" + url.PathEscape(token), Plain: "Or copy this address into your browser:"},
		Footer: []string{"If it was not you, do nothing: your password stays as it is."},
	})
}
