package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

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

// pausedFor is how long no mail is tried after the mail server refused us, not a recipient.
const pausedFor = 5 * time.Minute

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

// deliver sends a message, or keeps it in the mailbox: in test mode, and where no mail server is configured. about are the
// invites that it speaks of. Errors: NotFound when the candidate of one was erased meanwhile, and nothing is kept.
func (a *App) deliver(ctx context.Context, org assess.OrgID, mode assess.Mode, m mail.Message, about ...assess.InviteID) error {
	if assess.MagicOf(mode, m.To.Address) == assess.MagicBounce {
		return &mail.Error{Class: mail.Recipient, Code: 550, EnhancedCode: "5.1.1", Stage: mail.StageRcpt, Err: errBounce}
	}
	if a.captures(mode) {
		return a.tx(ctx, func(tx *store.Tx) error { return keepLetter(tx, org, mode, m, about) })
	}
	if err := a.sender.Send(ctx, m); err != nil {
		return unaddressed(err, m.To.Address)
	}
	return a.clearMailTrouble(ctx)
}

func keepLetter(tx *store.Tx, org assess.OrgID, mode assess.Mode, m mail.Message, about []assess.InviteID) error {
	slices.Sort(about) // everybody holds them in the same order
	about = slices.Compact(about)
	for _, invite := range about {
		if err := tx.HoldInvite(org, invite); err != nil {
			return err
		}
	}
	return tx.InsertLetter(store.Letter{
		ID: letterID(m.MessageID), Org: org, Mode: mode, From: show(m.From), To: m.To.Address, Subject: m.Subject,
		Text: m.Text, HTML: m.HTML, SentAt: tx.Now(),
	}, about)
}

// unaddressed is the error of sending without the recipient's address, which servers like to quote: what is logged and kept
// with jobs cannot be erased with a candidate.
func unaddressed(err error, address string) error {
	quoted := regexp.MustCompile("(?i)" + regexp.QuoteMeta(address))
	var e *mail.Error
	if !errors.As(err, &e) || !quoted.MatchString(e.Err.Error()) {
		return err
	}
	mended := *e
	mended.Err = errors.New(quoted.ReplaceAllString(e.Err.Error(), "the recipient"))
	return &mended
}

// errBounce is what a mail server would say of assess.MagicBounce.
var errBounce = errors.New("550 5.1.1 Nobody has this address: it bounces in test mode")

// captures reports whether mail of the mode is kept in the mailbox.
func (a *App) captures(mode assess.Mode) bool { return a.sender == nil || mode == assess.Test }

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

// asciiAddress writes an international domain as mail servers want it (RFC 5891). Letters beyond ASCII before the @ few of
// them take, so they are an error.
func asciiAddress(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if strings.ContainsFunc(address[:at], func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", errors.New("mail servers do not take the letters before the @ of the address")
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", errors.New("the domain of the address is none")
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
	return a.deliverOnce(ctx, org.ID, assess.Live, message)
}

// deliverOnce delivers a message of which nobody keeps the state, as the error of a job: trouble of our own pauses all mail, and
// an address that is refused is the end of it.
func (a *App) deliverOnce(ctx context.Context, org assess.OrgID, mode assess.Mode, m mail.Message, about ...assess.InviteID) error {
	var e *mail.Error
	switch err := a.deliver(ctx, org, mode, m, about...); {
	case errors.As(err, &e) && e.Class == mail.Ours:
		return errors.Join(job.Pause(err, pausedFor), a.setMailTrouble(ctx, serverWords(e)))
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
