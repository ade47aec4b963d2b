package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/store"
)

// jobWebhookMail tells a member that a webhook was disabled.
const jobWebhookMail = "webhook.mail"

// webhookMail is the job of the mail that tells a member that a webhook was disabled.
type webhookMail struct {
	Org     assess.OrgID
	Mode    assess.Mode
	Webhook assess.WebhookID
	Member  assess.MemberID
	Last    string // what came of the last attempt
}

// enqueueWebhookMails queues a mail to each member who can mend a webhook.
func (a *App) enqueueWebhookMails(tx *store.Tx, w assess.Webhook, last assess.DeliveryAttempt) error {
	members, err := tx.AllMembers(w.Org)
	if err != nil {
		return err
	}
	unable := func(m assess.Member) bool { return !m.Joined() || !m.Role.May(assess.ManageWebhooks) }
	for _, m := range slices.DeleteFunc(members, unable) {
		args := webhookMail{Org: w.Org, Mode: w.Mode, Webhook: w.ID, Member: m.ID, Last: last.Error}
		if err := a.enqueue(tx, jobWebhookMail, args); err != nil {
			return err
		}
	}
	return nil
}

// sendWebhookMail is the job handler that tells a member that a webhook was disabled. If it was enabled or deleted meanwhile,
// nothing is sent.
func (a *App) sendWebhookMail(ctx context.Context, j job.Job) error {
	var args webhookMail
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	var w assess.Webhook
	var m assess.Member
	var o assess.Organization
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		if w, err = tx.Webhook(args.Org, args.Mode, args.Webhook); err != nil {
			return err
		}
		if m, err = tx.Member(args.Org, args.Member); err != nil {
			return err
		}
		o, err = tx.Organization(args.Org)
		return err
	})
	if assess.KindOf(err) == assess.NotFound || err == nil && w.State == assess.WebhookEnabled {
		return nil
	}
	if err != nil {
		return err
	}
	message, err := a.webhookMessage(j, args, w, m, o)
	if err != nil {
		return job.Permanent(err)
	}
	return a.deliverOnce(ctx, o.ID, args.Mode, message)
}

func (a *App) webhookMessage(j job.Job, args webhookMail, w assess.Webhook, m assess.Member, o assess.Organization) (mail.Message, error) {
	why := fmt.Sprintf("Every attempt to deliver an event to it has failed since %s.", deadline(w.FailingSince, o.Location()))
	if w.DisabledReason == assess.ReasonGone {
		why = "Its receiver answered that it is gone for good (410)."
	}
	return a.envelope(j, o, mail.Address{Name: m.Name(), Address: m.Email}, "A webhook was disabled", "en", mail.Body{
		Heading: "A webhook was disabled",
		Paragraphs: []string{
			fmt.Sprintf("Hello %s,", m.Name()),
			fmt.Sprintf("%s sends no more events to one of its webhooks. %s", o.Name, why),
			"Once the receiver is mended, enable the webhook and have it sent again what it has missed.",
		},
		Facts:  []mail.Fact{{Label: "Webhook", Value: w.URL}, {Label: "Last attempt", Value: args.Last}},
		Button: mail.Button{Label: "Open the webhook", URL: a.baseURL + "/settings/webhooks/" + string(w.ID), Plain: "Or copy this address into your browser:"},
		Footer: []string{fmt.Sprintf("You get this mail because you manage the webhooks of %s.", o.Name)},
	})
}
