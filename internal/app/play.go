package app

import (
	"cmp"
	"context"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// GrantedPlay is leave to hear a prompt once.
type GrantedPlay struct {
	assess.Play
	Audible bool // whether there is media to fetch; else the text stands alone, or the browser reads it out
	Left    int
}

// GrantPlay counts a play before any byte of it leaves, of the prompt in a language or (empty) the invite's. Errors: NotFound,
// Gone; Conflict (LimitUsed, Over, Elsewhere).
func (a *App) GrantPlay(ctx context.Context, t Taker, number int, language string) (out GrantedPlay, err error) {
	err = a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		if err := q.begun(); err != nil {
			return err
		}
		counted, err := tx.CountPlay(q.answer, t.Tab)
		if err != nil {
			return err
		}
		if !counted {
			return refused(tx, q.invite, t.Tab, assess.Errorf(assess.Conflict, "The question cannot be played again.").With(assess.LimitUsed))
		}
		language := cmp.Or(language, q.invite.Language)
		out = GrantedPlay{Left: max(0, q.allowance.Plays-q.answer.Plays-1)}
		out.Play = assess.Play{
			ID: assess.PlayID(a.newID()), Org: q.invite.Org, Invite: q.invite.ID, Question: q.question.ID,
			Recording: q.question.Recording(language, q.content.Primary()), GrantedAt: tx.Now(),
		}
		if out.Duration, err = promptDuration(tx, q, language); err != nil {
			return err
		}
		out.Audible = out.Recording != "" || q.content.FormatOf(q.question) == assess.AudioFormat && a.tools.Speech != ""
		return tx.InsertPlay(out.Play)
	})
	return out, err
}

// promptDuration is how long the prompt takes to hear, or to read.
func promptDuration(tx *store.Tx, q asked, language string) (time.Duration, error) {
	id := q.question.Recording(language, q.content.Primary())
	if id == "" {
		return assess.ReadingTime(q.question.Prompt(language, q.content.Primary())), nil
	}
	rec, err := tx.Recording(q.invite.Org, id)
	return rec.Media.Duration, err
}

// PlayMedia opens what was granted to be heard. Errors: NotFound, also when it was granted too long ago; Gone, Conflict.
func (a *App) PlayMedia(ctx context.Context, t Taker, id assess.PlayID, language string) (MediaFile, error) {
	var play assess.Play
	var text string
	err := a.viewing(ctx, t, assess.StepAnswer, func(tx *store.Tx, inv assess.Invite) (err error) {
		language = cmp.Or(language, inv.Language)
		if play, err = tx.Play(inv.Org, inv.ID, id); err != nil {
			return err
		}
		if tx.Now().After(play.GrantedAt.Add(play.PlayLife())) {
			return assess.Errorf(assess.NotFound, "play not found")
		}
		content, err := tx.AssessmentVersion(inv.Org, inv.Assessment, inv.Version)
		for _, q := range content.Questions {
			if q.ID == play.Question {
				text = q.Prompt(language, content.Primary())
			}
		}
		return err
	})
	if err != nil {
		return MediaFile{}, err
	}
	if play.Recording == "" {
		return a.speech(ctx, play.Org, text, language)
	}
	return a.openMedia(ctx, play.Org, play.Recording)
}

// ForgivePlay gives a play back that was interrupted within its own time, once a question. Errors: NotFound, Gone; Conflict
// (LimitUsed, Over, Elsewhere).
func (a *App) ForgivePlay(ctx context.Context, t Taker, id assess.PlayID) error {
	return a.taking(ctx, t, assess.StepAnswer, func(tx *store.Tx, inv assess.Invite) error {
		play, err := tx.Play(inv.Org, inv.ID, id)
		if err != nil {
			return err
		}
		spent := assess.Errorf(assess.Conflict, "This play cannot be given back.").With(assess.LimitUsed)
		if !play.Forgivable(tx.Now()) {
			return spent
		}
		given, err := tx.ForgivePlay(assess.Answer{Org: inv.Org, Invite: inv.ID, Question: play.Question}, t.Tab)
		if err != nil || given {
			return err
		}
		return refused(tx, inv, t.Tab, spent)
	})
}
