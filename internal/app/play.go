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

// GrantPlay counts a play before any byte of it leaves, of the prompt in a language or (empty) the invite's. What has no recording is
// read out now, which may take a while. Errors: NotFound, Gone; Conflict (LimitUsed, Over, Elsewhere).
func (a *App) GrantPlay(ctx context.Context, t Taker, number int, language string) (out GrantedPlay, err error) {
	var text utterance
	err = a.asking(ctx, t, number, func(tx *store.Tx, q asked) error {
		if err := q.begun(); err != nil {
			return err
		}
		out = GrantedPlay{Left: max(0, q.allowance.Plays-q.answer.Plays)}
		var again bool
		if out.Play, again, err = granted(tx, q, t.Key); err != nil {
			return err
		}
		if !again {
			out.Left = max(0, out.Left-1)
			if out.Play, err = a.grant(tx, q, t, cmp.Or(language, q.invite.Language)); err != nil {
				return err
			}
		}
		out.Audible = out.Recording != ""
		if !out.Audible && q.content.FormatOf(q.question) == assess.AudioFormat {
			language := cmp.Or(language, q.invite.Language)
			text = utterance{out.Org, q.question.Prompt(language, q.content.Primary()), language}
		}
		return nil
	})
	if err == nil && text.Text != "" {
		out.Audible = a.readOut(ctx, text)
	}
	return out, err
}

// granted finds the play that the same request was granted before: its answer may have got lost on the way.
func granted(tx *store.Tx, q asked, key string) (assess.Play, bool, error) {
	play, ok, err := tx.PlayByKey(q.invite.Org, q.invite.ID, key)
	if err == nil && ok && (play.Question != q.question.ID || play.Dead(tx.Now())) {
		err = assess.Errorf(assess.Conflict, "This request was made for something else, or too long ago.").With(assess.Differs)
	}
	return play, ok, err
}

// grant counts a play.
func (a *App) grant(tx *store.Tx, q asked, t Taker, language string) (assess.Play, error) {
	counted, err := tx.CountPlay(q.answer, t.Tab)
	if err != nil {
		return assess.Play{}, err
	}
	if !counted {
		return assess.Play{}, refused(tx, q.invite, t.Tab, assess.Errorf(assess.Conflict, "The question cannot be played again.").With(assess.LimitUsed))
	}
	play := assess.Play{
		ID: assess.PlayID(a.newID()), Org: q.invite.Org, Invite: q.invite.ID, Question: q.question.ID,
		Recording: q.question.Recording(language, q.content.Primary()), GrantedAt: tx.Now(), Key: t.Key,
	}
	if play.Duration, err = promptDuration(tx, q, language); err != nil {
		return play, err
	}
	return play, tx.InsertPlay(play)
}

// promptDuration is how long the prompt takes to hear, or to read.
func promptDuration(tx *store.Tx, q asked, language string) (time.Duration, error) {
	id := q.question.Recording(language, q.content.Primary())
	if id == "" {
		return assess.ReadingTime(q.question.Prompt(language, q.content.Primary())), nil
	}
	rec, err := tx.Recording(q.invite.Org, id)
	if assess.KindOf(err) == assess.NotFound { // its text is still there to be read
		return assess.ReadingTime(q.question.Prompt(language, q.content.Primary())), nil
	}
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
		if play.Dead(tx.Now()) {
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
		return a.openSpeech(ctx, utterance{play.Org, text, language})
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
