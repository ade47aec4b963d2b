package app

import (
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Start begins a candidate's attempt, in the tab that asks. Again it changes nothing. Errors: NotFound, RateLimited, Gone,
// Conflict.
func (a *App) Start(ctx context.Context, t Taker) error {
	return a.taking(ctx, t, assess.StepStart, func(tx *store.Tx, was assess.Invite) error {
		content, err := tx.AssessmentVersion(was.Org, was.Assessment, was.Version)
		if err != nil {
			return err
		}
		granted, err := tx.Accommodation(was.Org, was.ID)
		if err != nil {
			return err
		}
		moved, err := a.step(tx, candidate(was), ofLink(t.Token), assess.StepStart, assess.InviteStarted, func(inv *assess.Invite) (string, error) {
			inv.StartedAt, inv.CompleteBy = tx.Now(), inv.Deadline(content, granted, tx.Now())
			return "", nil
		})
		if err != nil || !moved {
			return err
		}
		return tx.SetTab(was.Org, was.ID, t.Tab)
	})
}

// Sit gives the attempt to the tab that asks, wherever it was before. Errors: NotFound, RateLimited, Gone, Conflict.
func (a *App) Sit(ctx context.Context, t Taker) error {
	if t.Tab == "" {
		return assess.Errorf(assess.Invalid, "A seat is for a tab that says which one it is.")
	}
	return a.taking(ctx, t, assess.StepAnswer, func(tx *store.Tx, inv assess.Invite) error {
		was, err := tx.Tab(inv.Org, inv.ID)
		if err != nil || was == t.Tab {
			return err
		}
		if err := tx.SetTab(inv.Org, inv.ID, t.Tab); err != nil {
			return err
		}
		return a.emit(tx, assess.InviteTakenOver, candidate(inv), inv, "")
	})
}

// Complete hands the answers in. Unless anyway, nothing required may be missing and nothing on its way. Again it changes
// nothing. Errors: NotFound, RateLimited, Gone; Conflict, with the code Incomplete where anyway would help.
func (a *App) Complete(ctx context.Context, t Taker, anyway bool) error {
	return a.taking(ctx, t, assess.StepComplete, func(tx *store.Tx, was assess.Invite) error {
		if was.Stored == assess.Started {
			if err := a.completable(tx, was, t, anyway); err != nil {
				return err
			}
		}
		moved, err := a.step(tx, candidate(was), ofLink(t.Token), assess.StepComplete, assess.InviteCompleted, func(inv *assess.Invite) (string, error) {
			inv.CompletedAt, inv.Reason = tx.Now(), assess.ReasonCandidate
			return "", nil
		})
		if err != nil || !moved {
			return err
		}
		was.Stored = assess.Completed
		if err := a.completed(tx, was); err != nil {
			return err
		}
		return a.enqueueReceipt(tx, was)
	})
}

// completable refuses to hand in from another tab, or by mistake.
func (a *App) completable(tx *store.Tx, inv assess.Invite, t Taker, anyway bool) error {
	if err := refused(tx, inv, t.Tab, nil); err != nil || anyway {
		return err
	}
	questions, err := questionsOf(tx, inv)
	if err != nil {
		return err
	}
	for _, q := range questions {
		switch {
		case q.State == assess.Arriving:
			return assess.Errorf(assess.Conflict, "The answer to question %d is still on its way.", q.Number).With(assess.Incomplete)
		case q.State == assess.Unanswered && q.Question.Required:
			return assess.Errorf(assess.Conflict, "Question %d is not answered yet.", q.Number).With(assess.Incomplete)
		}
	}
	return nil
}

// timeUp ends an attempt at its deadline, whenever this runs.
func (a *App) timeUp(tx *store.Tx, was assess.Invite) error {
	if err := tx.HoldGradingPlan(was.Org, was.Assessment); err != nil {
		return err
	}
	now := was
	now.Stored, now.CompletedAt, now.Reason = assess.Completed, was.CompleteBy, assess.ReasonTimeLimit
	won, err := tx.MoveInvite(was, now)
	if err != nil || !won {
		return err
	}
	event := assess.EventOf(assess.EventID(a.newID()), assess.InviteCompleted, system(was.Org, was.Mode), now, "the time was up", now.CompletedAt)
	if err := a.record(tx, event); err != nil {
		return err
	}
	if err := a.completed(tx, now); err != nil {
		return err
	}
	return a.enqueueReceipt(tx, now)
}

// endOverdue ends the attempts whose time has passed.
func (a *App) endOverdue(ctx context.Context) error {
	return a.inBatches(ctx, func(tx *store.Tx) (int, error) {
		overdue, err := tx.OverdueAttempts(expireBatch)
		if err != nil {
			return 0, err
		}
		for _, inv := range overdue {
			if err := a.timeUp(tx, inv); err != nil {
				return 0, err
			}
		}
		return len(overdue), nil
	})
}

// Clock is how a candidate's attempt stands in time.
type Clock struct {
	Status     assess.InviteStatus
	CompleteBy time.Time // the zero time without a limit
	Tab        string    // that holds the attempt
	Now        time.Time
}

// Clock reads how the attempt stands in time. Errors: NotFound, RateLimited.
func (a *App) Clock(ctx context.Context, t Taker) (c Clock, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		inv, err := ofLink(t.Token)(tx)
		if err != nil {
			return err
		}
		c = Clock{Status: statusOf(inv, tx.Now()), CompleteBy: inv.CompleteBy, Now: tx.Now()}
		c.Tab, err = tx.Tab(inv.Org, inv.ID)
		return err
	})
	return c, a.countUnknown(ctx, t.Client, err)
}

// statusOf is the status as the candidate's next step will find it: completed once the time has passed.
func statusOf(inv assess.Invite, now time.Time) assess.InviteStatus {
	if inv.Overdue(now) {
		return assess.Completed
	}
	return inv.StatusAt(now)
}

// Attempt is where a candidate stands.
type Attempt struct {
	Landing
	Tab           string // that holds the attempt; empty where none does
	Accommodation assess.Accommodation
	Questions     []AskedQuestion
	Identity      []assess.Recording // the newest photo of each kind that has not failed
	Now           time.Time
}

// AskedQuestion is a question as the candidate has it, and what has become of it.
type AskedQuestion struct {
	Number    int // from 1
	Question  assess.Question
	Asked     assess.Format // how it is asked
	Allowance assess.Allowance
	Answer    assess.Answer
	Take      *assess.Recording // the newest that has not failed; nil without one
	Failed    *assess.Recording // the newest, if it has failed
	State     assess.AnswerState

	PrepareUntil, WriteUntil time.Time // zero where there is no limit, or the clock has not been started
}

// Written reports whether the answer, if there is one, is a text.
func (q AskedQuestion) Written() bool {
	return q.Allowance.Formats[0] == assess.TextFormat || q.Answer.ByText || q.Take == nil
}

// PlaysLeft is how often the recorded prompt can still be heard.
func (q AskedQuestion) PlaysLeft() int { return max(0, q.Allowance.Plays-q.Answer.Plays) }

// TakesLeft is how many more takes can be recorded.
func (q AskedQuestion) TakesLeft() int { return max(0, q.Allowance.Takes-q.Answer.Takes) }

// Attempt reads where the candidate stands, texts in a language or (empty) the invite's. It changes nothing. Errors: NotFound,
// RateLimited.
func (a *App) Attempt(ctx context.Context, t Taker, language string) (out Attempt, err error) {
	if out.Landing, err = a.Landing(ctx, t.Token, language, t.Client); err != nil {
		return Attempt{}, err
	}
	inv := out.Invite
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		out.Now = tx.Now()
		if out.Tab, err = tx.Tab(inv.Org, inv.ID); err != nil {
			return err
		}
		if out.Accommodation, err = tx.Accommodation(inv.Org, inv.ID); err != nil {
			return err
		}
		if out.Questions, err = questionsOf(tx, inv); err != nil {
			return err
		}
		out.Identity, err = identityOf(tx, inv)
		return err
	})
	out.Status = statusOf(inv, out.Now)
	return out, err
}

// questionsOf reads the questions as the candidate has them.
func questionsOf(tx *store.Tx, inv assess.Invite) ([]AskedQuestion, error) {
	g, err := givenFor(tx, inv)
	if err != nil {
		return nil, err
	}
	return g.questions(tx, inv)
}

// given is all that questions as the candidate has them are made of.
type given struct {
	content    assess.Content
	granted    assess.Accommodation
	answers    []assess.Answer
	recordings []assess.Recording // in order
}

func givenFor(tx *store.Tx, inv assess.Invite) (g given, err error) {
	if g.content, err = tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version); err != nil {
		return g, err
	}
	if g.granted, err = tx.Accommodation(inv.Org, inv.ID); err != nil {
		return g, err
	}
	if g.answers, err = tx.Answers(inv.Org, inv.ID); err != nil {
		return g, err
	}
	g.recordings, err = tx.Recordings(inv.Org, inv.ID)
	return g, err
}

func (g given) questions(tx *store.Tx, inv assess.Invite) ([]AskedQuestion, error) {
	out := make([]AskedQuestion, len(g.content.Questions))
	for i, question := range g.content.Questions {
		q := AskedQuestion{Number: i + 1, Question: question, Asked: g.content.FormatOf(question)}
		for _, answer := range g.answers {
			if answer.Question == question.ID {
				q.Answer = answer
			}
		}
		q.Take, q.Failed = newestTakes(g.recordings, question.ID)
		q.Allowance = inv.Allowance(g.content, question, g.granted, q.Answer.ExtraTakes)
		q.State = q.Answer.State(q.Allowance.Formats[0], q.Take)
		if err := q.limit(tx, asked{invite: inv, content: g.content, question: question, answer: q.Answer, allowance: q.Allowance}); err != nil {
			return nil, err
		}
		out[i] = q
	}
	return out, nil
}

// limit sets until when the answer can be prepared and written.
func (q *AskedQuestion) limit(tx *store.Tx, a asked) (err error) {
	if !a.allowance.Gated() || a.answer.BegunAt.IsZero() {
		return nil
	}
	if a.allowance.Formats[0] == assess.TextFormat {
		q.WriteUntil, err = a.writeUntil(tx)
		return err
	}
	prompt, err := promptDuration(tx, a, a.invite.Language)
	q.PrepareUntil = a.allowance.PrepareUntil(a.answer.BegunAt, prompt)
	return err
}

// newestTakes are the newest take of the question that has not failed, and the newest if that has. recordings are in order.
func newestTakes(recordings []assess.Recording, question assess.QuestionID) (take, failed *assess.Recording) {
	for i, rec := range recordings {
		switch {
		case rec.Purpose != assess.ForAnswer || rec.Question != question:
		case rec.State == assess.RecordingFailed:
			failed = &recordings[i]
		default:
			take, failed = &recordings[i], nil
		}
	}
	return take, failed
}

func identityOf(tx *store.Tx, inv assess.Invite) (out []assess.Recording, err error) {
	recordings, err := tx.Recordings(inv.Org, inv.ID)
	newest := map[assess.Purpose]assess.Recording{}
	for _, rec := range recordings {
		if rec.Purpose.Photo() && rec.State != assess.RecordingFailed {
			newest[rec.Purpose] = rec
		}
	}
	for _, p := range []assess.Purpose{assess.ForDocument, assess.ForFace} {
		if rec, ok := newest[p]; ok {
			out = append(out, rec)
		}
	}
	return out, err
}
