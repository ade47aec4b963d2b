package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/store"
)

const (
	digestEvery   = 15 * time.Minute // how often it is looked for graders to tell
	digestGathers = 10 * time.Minute // how long what could be begun waits for more of it
	digestRests   = 4 * time.Hour    // how long a grader has peace from one mail to the next
	digestLists   = 10               // how many evaluations of a sort a mail names
	digestReads   = 10_000           // more than anybody has waiting
)

// digestMail is the job of the mail that tells a grader what they can begin, and what is overdue.
type digestMail struct {
	Queue store.GraderQueue
	Fresh []assess.EvaluationID
	Late  []assess.EvaluationID
}

// TellGraders queues the mails to graders that are due: of what they can begin, and of what is overdue. Again it queues nothing.
func (a *App) TellGraders(ctx context.Context) error {
	var queues []store.GraderQueue
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		queues, err = tx.QueuesToTell(tx.Now().Add(-digestGathers), tx.Now().Add(-digestRests))
		return err
	})
	for _, q := range queues { // each by itself: one that fails must not keep the others
		err = errors.Join(err, a.tx(ctx, func(tx *store.Tx) error { return a.enqueueDigest(tx, q) }))
	}
	return err
}

// enqueueDigest queues the mail and notes in the same transaction what it tells, so that nothing is told twice.
func (a *App) enqueueDigest(tx *store.Tx, q store.GraderQueue) (err error) {
	m := digestMail{Queue: q}
	if m.Fresh, err = tx.Tell(q); err != nil {
		return err
	}
	if m.Late, err = tx.Remind(q); err != nil {
		return err
	}
	if len(m.Fresh)+len(m.Late) == 0 {
		return nil
	}
	return a.enqueue(tx, jobDigest, m)
}

// digestLetter is all that writing the mail takes.
type digestLetter struct {
	Grader       assess.Member
	Organization assess.Organization
	Fresh, Late  []store.QueuedEvaluation
	Waiting      int // in the whole queue
	Overdue      int
}

// sendDigest is the job handler that mails a grader. The queue is looked at anew: if nothing of it is left, nothing is sent.
func (a *App) sendDigest(ctx context.Context, j job.Job) error {
	var args digestMail
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return job.Permanent(err)
	}
	var d digestLetter
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		d, err = digestOf(tx, args)
		return err
	})
	if assess.KindOf(err) == assess.NotFound {
		return job.Permanent(err)
	}
	if err != nil || len(d.Fresh)+len(d.Late) == 0 {
		return err
	}
	message, err := a.digestMessage(j, d)
	if err != nil {
		return job.Permanent(err)
	}
	return a.deliverOnce(ctx, args.Queue.Org, args.Queue.Mode, message, d.invites()...)
}

// invites are those whose candidates the mail may name.
func (d digestLetter) invites() (ids []assess.InviteID) {
	for _, e := range slices.Concat(d.Fresh, d.Late) {
		ids = append(ids, e.Invite)
	}
	return ids
}

func digestOf(tx *store.Tx, args digestMail) (d digestLetter, err error) {
	q := args.Queue
	if d.Grader, err = grader(tx, q.Org, q.Grader); err != nil {
		return d, err
	}
	if d.Organization, err = tx.Organization(q.Org); err != nil {
		return d, err
	}
	waiting, err := tx.Queue(q.Org, q.Mode, q.Grader, digestReads)
	d.Waiting = len(waiting)
	for _, e := range waiting {
		if e.Overdue(tx.Now()) {
			d.Overdue++
		}
		switch {
		case slices.Contains(args.Late, e.ID):
			d.Late = append(d.Late, e)
		case slices.Contains(args.Fresh, e.ID):
			d.Fresh = append(d.Fresh, e)
		}
	}
	return d, err
}

func (a *App) digestMessage(j job.Job, d digestLetter) (mail.Message, error) {
	heading := candidates(d.Waiting) + " to grade"
	if d.Overdue > 0 {
		heading += fmt.Sprintf(", %d overdue", d.Overdue)
	}
	return a.envelope(j, d.Organization, mail.Address{Name: d.Grader.Name(), Address: d.Grader.Email}, heading, "en", mail.Body{
		Heading: heading, Paragraphs: d.paragraphs(), Facts: append(d.facts(d.Late, "Overdue since"), d.facts(d.Fresh, "Due")...),
		Button: mail.Button{Label: "Open your queue", URL: a.baseURL + "/grading", Plain: "Or copy this address into your browser:"},
		Footer: []string{
			fmt.Sprintf("You get this mail because you grade candidates of %s. It comes at most every four hours, and only when there is something new.", d.Organization.Name),
		},
	})
}

func (d digestLetter) paragraphs() []string {
	lines := []string{fmt.Sprintf("Hello %s,", d.Grader.Name())}
	if n := len(d.Fresh); n > 0 {
		lines = append(lines, fmt.Sprintf("New since our last mail: %s.", candidates(n)))
	}
	if n := len(d.Late); n > 0 {
		lines = append(lines, fmt.Sprintf("Overdue, and you get no other reminder: %s.", candidates(n)))
	}
	if rest := d.Waiting - len(d.Fresh) - len(d.Late); rest > 0 {
		lines = append(lines, fmt.Sprintf("Still waiting beside these: %s.", candidates(rest)))
	}
	return lines
}

// facts names the first of a list of evaluations, and until when they are due.
func (d digestLetter) facts(list []store.QueuedEvaluation, due string) (out []mail.Fact) {
	for i, e := range list {
		if i == digestLists {
			return append(out, mail.Fact{Label: fmt.Sprintf("And %d more", len(list)-i), Value: "in your queue"})
		}
		value := e.AssessmentName
		if e.Adjudicates {
			value += ", where your colleagues' scores differ and yours decide"
		}
		if !e.DueAt.IsZero() {
			value += fmt.Sprintf(". %s %s.", due, deadline(e.DueAt, d.Organization.Location()))
		}
		out = append(out, mail.Fact{Label: candidateOf(e), Value: value})
	}
	return out
}

// candidateOf is how a mail calls a candidate: not at all, where the grader must not know.
func candidateOf(e store.QueuedEvaluation) string {
	switch {
	case e.Hides():
		return "A candidate"
	case e.Name != "":
		return e.Name
	default:
		return e.Email
	}
}

// candidates counts candidates in words.
func candidates(n int) string {
	if n == 1 {
		return "1 candidate"
	}
	return fmt.Sprintf("%d candidates", n)
}
