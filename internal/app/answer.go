package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// BeginAnswer starts the clock of a question that has one. Again it changes nothing. Errors: NotFound, Gone; Conflict (Over,
// Elsewhere).
func (a *App) BeginAnswer(ctx context.Context, t Taker, number int) error {
	return a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		begun, err := tx.BeginAnswer(q.answer, t.Tab)
		if err != nil || begun {
			return err
		}
		return refused(tx, q.invite, t.Tab, nil)
	})
}

// begun refuses to go on with a question whose clock has not been started.
func (q asked) begun() error {
	if q.allowance.Gated() && q.answer.BegunAt.IsZero() {
		return assess.Errorf(assess.Conflict, "The question has to be opened first.")
	}
	return nil
}

// OpenTake begins a take: from now on its slices can be delivered. It counts at once, and is given back if it comes to nothing
// for a technical reason. Errors: NotFound, Gone, Invalid; TooLarge; Conflict (LimitUsed, Over, Elsewhere).
func (a *App) OpenTake(ctx context.Context, t Taker, number int, mime string) (rec assess.Recording, left int, err error) {
	if err := assess.CheckMIME(assess.ForAnswer, mime); err != nil {
		return rec, 0, err
	}
	err = a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		if err := q.recordable(mime); err != nil {
			return err
		}
		if again, ok, err := opened(tx, q.invite, t, assess.ForAnswer, q.question.ID); ok || err != nil {
			rec, left = again, q.allowance.Takes-q.answer.Takes
			return err
		}
		counted, err := tx.CountTake(q.answer, t.Tab)
		if err != nil {
			return err
		}
		if !counted {
			return refused(tx, q.invite, t.Tab, assess.Errorf(assess.Conflict, "No take is left for this answer.").With(assess.LimitUsed))
		}
		left = q.allowance.Takes - q.answer.Takes - 1
		rec, err = a.openRecording(tx, assess.Recording{
			Org: q.invite.Org, Mode: q.invite.Mode, Purpose: assess.ForAnswer, Invite: q.invite.ID, Question: q.question.ID,
			MIME: mime, Key: t.Key, Length: q.allowance.Length,
		})
		return err
	})
	return rec, max(0, left), err
}

// opened finds what the same request has opened before: its answer may have got lost on the way.
func opened(tx *store.Tx, inv assess.Invite, t Taker, p assess.Purpose, question assess.QuestionID) (assess.Recording, bool, error) {
	rec, ok, err := tx.RecordingByKey(inv.Org, inv.ID, t.Key)
	switch {
	case err != nil || !ok:
		return rec, false, err
	case rec.Purpose != p || rec.Question != question:
		return rec, false, assess.Errorf(assess.Conflict, "This request was made for something else.").With(assess.Differs)
	case rec.State != assess.RecordingOpen:
		return rec, false, errFinished()
	default:
		return rec, true, nil
	}
}

// recordable refuses a recording that the question does not ask for, or not yet.
func (q asked) recordable(mime string) error {
	if err := q.answeredBy(mime); err != nil {
		return err
	}
	return q.begun()
}

// answeredBy refuses a recording that the question does not ask for.
func (q asked) answeredBy(mime string) error {
	kind, _, _ := strings.Cut(mime, "/")
	if !slices.Contains(q.allowance.Formats, assess.Format(kind)) {
		return assess.InvalidFields(assess.Problem{Field: "mime", Message: "is not how this question is answered"})
	}
	return nil
}

// SaveText saves what has been written so far, over the given revision. Errors: NotFound, Gone, Invalid; Conflict: Differs when
// another revision is stored, which is returned; TimeUp when writing has ended; Over, Elsewhere.
func (a *App) SaveText(ctx context.Context, t Taker, number, revision int, text string) (stored assess.Answer, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n") // not trimmed: somebody is still writing
	if utf8.RuneCountInString(text) > assess.MaxTextRunes || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return stored, assess.InvalidFields(assess.Problem{Field: "text", Message: "must be text of at most 10000 characters"})
	}
	err = a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		stored = q.answer
		byText := q.allowance.Formats[0] != assess.TextFormat && text != ""
		if err := q.writable(tx); err != nil || stored.Revision > 0 && stored.Text == text && stored.ByText == byText {
			return err
		}
		saved := false
		if revision == stored.Revision {
			if saved, err = tx.SaveText(stored, t.Tab, byText, text); err != nil {
				return err
			}
		}
		if !saved {
			return refused(tx, q.invite, t.Tab, assess.Errorf(assess.Conflict, "Something else was written to this answer in the meantime.").With(assess.Differs))
		}
		stored.Text, stored.Revision, stored.SavedAt, stored.ByText = text, revision+1, tx.Now(), byText
		return nil
	})
	return stored, err
}

// writable refuses text where none is asked for, or too late.
func (q asked) writable(tx *store.Tx) error {
	if !slices.Contains(q.allowance.Formats, assess.TextFormat) {
		return assess.Errorf(assess.Conflict, "This question is not answered in writing.")
	}
	if q.allowance.Formats[0] != assess.TextFormat {
		return nil // in place of a recording there is no hurry
	}
	until, err := q.writeUntil(tx)
	if err != nil {
		return err
	}
	if !until.IsZero() && tx.Now().After(until.Add(assess.AttemptGrace)) {
		return assess.Errorf(assess.Conflict, "The time for this answer has passed. What had been saved counts.").With(assess.TimeUp)
	}
	return q.begun()
}

// writeUntil is when writing ends; zero for no limit. Hearing or reading the question comes first.
func (q asked) writeUntil(tx *store.Tx) (time.Time, error) {
	prompt, err := promptDuration(tx, q, q.invite.Language)
	return q.allowance.WriteUntil(q.answer.BegunAt, prompt), err
}

// SendAnswer notes that the candidate is content with an answer. Errors: NotFound, Gone; Conflict (Incomplete when there is
// none, Over, Elsewhere).
func (a *App) SendAnswer(ctx context.Context, t Taker, number int) error {
	return a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		questions, err := questionsOf(tx, q.invite)
		if err != nil {
			return err
		}
		state := questions[number-1].State
		if state == assess.Unanswered {
			return assess.Errorf(assess.Conflict, "This question is not answered yet.").With(assess.Incomplete)
		}
		sent, err := tx.SendAnswer(q.answer, t.Tab)
		if err != nil {
			return err
		}
		if !sent {
			return refused(tx, q.invite, t.Tab, errTimeUp())
		}
		if written := q.answer.ByText || q.allowance.Formats[0] == assess.TextFormat; written && q.answer.SentAt.IsZero() {
			return a.emit(tx, assess.InviteAnswered, candidate(q.invite), q.invite, answeredNote(number, "in writing"))
		}
		return nil
	})
}

// AllowRetake allows the candidate one more take of one answer, while they can still record it. Errors: Forbidden, NotFound,
// Conflict.
func (a *App) AllowRetake(ctx context.Context, who assess.Actor, id assess.InviteID, number int) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		inv, err := accommodable(tx, who, id)
		if err != nil {
			return err
		}
		q, err := ask(tx, inv, number)
		if err != nil {
			return err
		}
		if q.content.AnswerFormatOf(q.question) == assess.TextFormat {
			return assess.Errorf(assess.Conflict, "Question %d is answered in writing: there are no takes.", number)
		}
		if err := tx.AllowTake(q.answer); err != nil {
			return err
		}
		return a.emit(tx, assess.InviteRetakeAllowed, who, inv, questionNote(number))
	})
}
