package app

import (
	"context"
	"encoding/json"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/store"
)

// receiptMail is the job of the mail that tells a candidate what has been handed in.
type receiptMail struct {
	Org    assess.OrgID
	Mode   assess.Mode
	Invite assess.InviteID
}

func (a *App) enqueueReceipt(tx *store.Tx, inv assess.Invite) error {
	return a.enqueue(tx, jobReceipt, receiptMail{Org: inv.Org, Mode: inv.Mode, Invite: inv.ID})
}

// sendReceipt is the job handler that mails a candidate the receipt. An address that is refused is the end of it: the receipt
// is on the page, too.
func (a *App) sendReceipt(ctx context.Context, j job.Job) error {
	var args receiptMail
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	var inv assess.Invite
	var org assess.Organization
	var questions []AskedQuestion
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		if inv, err = tx.Invite(args.Org, args.Mode, args.Invite); err != nil {
			return err
		}
		if questions, err = questionsOf(tx, inv); err != nil {
			return err
		}
		org, err = tx.Organization(inv.Org)
		return err
	})
	if assess.KindOf(err) == assess.NotFound { // the candidate was erased
		return nil
	}
	if err != nil {
		return err
	}
	message, err := a.receiptMessage(j, inv, org, questions)
	if err != nil {
		return job.Permanent(err)
	}
	return a.deliverOnce(ctx, org.ID, inv.Mode, message, inv.ID)
}

func (a *App) receiptMessage(j job.Job, inv assess.Invite, org assess.Organization, questions []AskedQuestion) (mail.Message, error) {
	answered := 0
	for _, q := range questions {
		if q.State != assess.Unanswered {
			answered++
		}
	}
	texts := a.texts.For(inv.Language)
	say := func(key string) string {
		return texts.T("mail.receipt."+key, "organization", org.Name, "assessment", inv.AssessmentName, "name", inv.Name,
			"answered", answered, "questions", len(questions), "at", texts.DateTime(inv.CompletedAt.In(org.Location())), "receipt", Receipt(inv))
	}
	greeting := say("greeting")
	if inv.Name == "" {
		greeting = say("greeting_unnamed")
	}
	what := say("what")
	if inv.Reason == assess.ReasonTimeLimit {
		what = say("what_time_limit")
	}
	return a.envelope(j, org, mail.Address{Name: inv.Name, Address: inv.Email}, say("subject"), inv.Language, mail.Body{
		Heading: say("heading"), Paragraphs: []string{greeting, what, say("count"), say("number")}, Footer: []string{say("footer")},
	})
}

// Receipt is the number by which candidate and organization can speak of what was handed in.
func Receipt(inv assess.Invite) string {
	id := string(inv.ID)
	return "R-" + id[:8] + "-" + id[len(id)-4:]
}
