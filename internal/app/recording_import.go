package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Rescued is a recording that a candidate's browser could not send, as the file says it that they have saved of it.
type Rescued struct {
	Recording assess.RecordingID // as the server had opened it; it may be unknown by now, or empty
	MIME      string
	Whole     bool // whether the file holds it from the first slice to the last, not only what was left to send
}

// ImportTake begins the delivery of a take that the candidate has sent by other means: into the recording that it was begun as,
// if that still waits for the rest, else into a new one. It counts as a take, but no limit stands in its way. An answer that is
// there never changes. Errors: Forbidden, NotFound, Invalid, TooLarge; Conflict when the question is answered, the file belongs
// elsewhere or its beginning is lost, or the invite has no answers.
func (a *App) ImportTake(ctx context.Context, who assess.Actor, id assess.InviteID, number int, r Rescued) (rec assess.Recording, err error) {
	if err := who.May(assess.InviteCandidates); err != nil {
		return rec, err
	}
	if err := assess.CheckMIME(assess.ForAnswer, r.MIME); err != nil {
		return rec, err
	}
	if r.Recording != "" && !assess.ValidID(string(r.Recording)) {
		return rec, assess.InvalidFields(assess.Problem{Field: "recording", Message: "must be the id of a recording"})
	}
	err = a.tx(ctx, func(tx *store.Tx) error {
		inv, err := possible(tx, who, id, assess.StepImport)
		if err != nil {
			return err
		}
		// The event comes first: from here on no take of the organization can turn out to be the answer in the meantime.
		if err := a.emit(tx, assess.InviteTakeImported, who, inv, questionNote(number)); err != nil {
			return err
		}
		q, err := ask(tx, inv, number)
		if err != nil {
			return err
		}
		if err := unanswered(tx, q, number); err != nil {
			return err
		}
		rec, err = a.rescue(tx, q, r)
		return err
	})
	return rec, err
}

func unanswered(tx *store.Tx, q asked, number int) error {
	questions, err := questionsOf(tx, q.invite)
	if err == nil && questions[number-1].State == assess.Answered {
		err = assess.Errorf(assess.Conflict, "Question %d is answered. What was answered never changes.", number)
	}
	return err
}

// rescue finds or opens the recording that the file is a part of.
func (a *App) rescue(tx *store.Tx, q asked, r Rescued) (assess.Recording, error) {
	rec, err := tx.Recording(q.invite.Org, r.Recording)
	unknown := assess.KindOf(err) == assess.NotFound
	switch {
	case err != nil && !unknown:
		return rec, err
	case !unknown && (rec.Invite != q.invite.ID || rec.Question != q.question.ID || rec.Purpose != assess.ForAnswer):
		return rec, assess.Errorf(assess.Conflict, "This recording belongs to another invite or another question.")
	case !unknown && rec.State == assess.RecordingOpen:
		return rec, nil
	case !unknown && rec.State != assess.RecordingFailed:
		return rec, assess.Errorf(assess.Conflict, "This recording has arrived already.").With(assess.Finished)
	case !r.Whole:
		return rec, assess.Errorf(assess.Conflict, "The file holds only the end of this recording, and its beginning is no longer here.").With(assess.Incomplete)
	}
	if err := q.answeredBy(r.MIME); err != nil {
		return rec, err
	}
	if err := tx.CountImport(q.answer); err != nil {
		return rec, err
	}
	return a.openRecording(tx, assess.Recording{
		Org: q.invite.Org, Mode: q.invite.Mode, Purpose: assess.ForAnswer, Invite: q.invite.ID, Question: q.question.ID,
		MIME: r.MIME, Length: q.allowance.Length,
	})
}
