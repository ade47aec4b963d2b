package app

import (
	"context"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// InviteAnswers is what a candidate has given so far, and what was observed meanwhile.
type InviteAnswers struct {
	Content       assess.Content
	Questions     []GivenAnswer
	Accommodation assess.Accommodation
	Evidence      []assess.Recording // of screen, camera and identity, as they came
	Signals       []assess.Signal    // as they came
}

// GivenAnswer is a question, and what its candidate has given to it.
type GivenAnswer struct {
	AskedQuestion
	Takes      []assess.Recording // all, the oldest first, failed ones included
	Slices     int                // how many have arrived of a take that is still arriving
	Transcript *assess.Transcript // of the take; nil where there is none
}

func answersOf(tx *store.Tx, inv assess.Invite) (out InviteAnswers, err error) {
	g, err := givenFor(tx, inv)
	if err != nil {
		return out, err
	}
	out.Content, out.Accommodation = g.content, g.granted
	if out.Signals, err = tx.Signals(inv.Org, inv.ID); err != nil {
		return out, err
	}
	for _, rec := range g.recordings {
		if rec.Purpose.Evidence() {
			out.Evidence = append(out.Evidence, rec)
		}
	}
	transcripts, err := transcriptsOf(tx, inv)
	if err != nil {
		return out, err
	}
	questions, err := g.questions(tx, inv)
	if err != nil {
		return out, err
	}
	for _, q := range questions {
		given, err := givenTo(tx, q, g.recordings)
		if err != nil {
			return out, err
		}
		if q.Take != nil {
			given.Transcript = transcripts[q.Take.ID]
		}
		out.Questions = append(out.Questions, given)
	}
	return out, nil
}

func givenTo(tx *store.Tx, q AskedQuestion, recordings []assess.Recording) (GivenAnswer, error) {
	given := GivenAnswer{AskedQuestion: q}
	for _, rec := range recordings {
		if rec.Purpose == assess.ForAnswer && rec.Question == q.Question.ID {
			given.Takes = append(given.Takes, rec)
		}
	}
	if q.Take == nil || q.Take.State != assess.RecordingOpen {
		return given, nil
	}
	chunks, err := tx.Chunks(q.Take.Org, q.Take.ID)
	given.Slices = len(chunks)
	return given, err
}

// forGraders leaves out what would make a grader judge two candidates differently who have said the same.
func (v InviteAnswers) forGraders(inv assess.Invite) InviteAnswers {
	out := InviteAnswers{Content: v.Content}
	for _, q := range v.Questions {
		answer := assess.Answer{
			Org: q.Answer.Org, Invite: q.Answer.Invite, Question: q.Answer.Question,
			Text: q.Answer.Text, SavedAt: q.Answer.SavedAt, ByText: q.Answer.ByText,
		}
		out.Questions = append(out.Questions, GivenAnswer{Transcript: q.Transcript, AskedQuestion: AskedQuestion{
			Number: q.Number, Question: q.Question, Asked: q.Asked, Take: q.Take, State: q.State, Answer: answer,
			Allowance: inv.Allowance(v.Content, q.Question, assess.Accommodation{}, 0),
		}})
	}
	return out
}

// InviteMedia opens, for a member or key, an answer that stands or what was observed, once it is written down who looks at it.
// Errors: Forbidden; NotFound, also for takes that the candidate has replaced; Unavailable.
func (a *App) InviteMedia(ctx context.Context, who assess.Actor, id assess.InviteID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.watchable(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	if err := a.viewed(ctx, who, rec); err != nil {
		return MediaFile{}, err
	}
	return a.openMedia(ctx, rec.Org, rec.ID)
}

// InvitePoster opens the still picture of what InviteMedia opens. Errors: as InviteMedia's; NotFound where there is none.
func (a *App) InvitePoster(ctx context.Context, who assess.Actor, id assess.InviteID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.watchable(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	return a.openBeside(ctx, rec, posterKey(rec), "image/jpeg", "poster")
}

// InviteWaveform opens the points by which players draw what InviteMedia opens: JSON as audiowaveform writes it, version 2.
// Errors: as InvitePoster's.
func (a *App) InviteWaveform(ctx context.Context, who assess.Actor, id assess.InviteID, recording assess.RecordingID) (MediaFile, error) {
	rec, err := a.watchable(ctx, who, id, recording)
	if err != nil {
		return MediaFile{}, err
	}
	return a.openBeside(ctx, rec, waveformKey(rec), "application/json", "waveform")
}

// watchable reads a recording that a member may see: a take only if it is the answer.
func (a *App) watchable(ctx context.Context, who assess.Actor, id assess.InviteID, recording assess.RecordingID) (rec assess.Recording, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		rec, err = watchable(tx, who, id, recording)
		return err
	})
	return rec, err
}

func watchable(tx *store.Tx, who assess.Actor, id assess.InviteID, recording assess.RecordingID) (rec assess.Recording, err error) {
	if err := mayWatch(who); err != nil {
		return rec, err
	}
	inv, err := tx.Invite(who.Org, who.Mode, id)
	if err != nil {
		return rec, err
	}
	all, err := tx.Recordings(inv.Org, id)
	if err != nil {
		return rec, err
	}
	for _, r := range all {
		if r.ID == recording {
			rec = r
		}
	}
	answer, _ := newestTakes(all, rec.Question)
	if stands := answer != nil && answer.ID == recording; !stands && !rec.Purpose.Evidence() {
		return rec, assess.Errorf(assess.NotFound, "recording not found")
	}
	return rec, nil
}

// mayWatch lets whoever reads results watch what they lead to, and whoever reads invites.
func mayWatch(who assess.Actor) error {
	if who.May(assess.ReadResults) == nil {
		return nil
	}
	return who.May(assess.ReadInvites)
}
