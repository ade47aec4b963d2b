package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// syntheticFiles are what synthetic candidates say. scripts/synthetic-media makes them.
//
//go:embed synthetic/*.webm
var syntheticFiles embed.FS

// What synthetic candidates write, and the tab that they sit at where nobody else does.
const (
	syntheticText = "This is an answer by a synthetic candidate."
	syntheticTab  = "synthetic"
)

// Advance has a synthetic candidate take a test invite to another status the way that candidates go: agree to the notice, start,
// answer each question that is not answered yet in the format that it asks for, hand in. To Expired the deadline is moved to now.
// Where the invite is there already, it changes nothing. Errors: Forbidden, also in live mode; NotFound; Invalid (no candidate gets
// there); Conflict (not from where the invite is); Unavailable.
func (a *App) Advance(ctx context.Context, who assess.Actor, id assess.InviteID, to assess.InviteStatus) error {
	if err := who.May(assess.InviteCandidates); err != nil {
		return err
	}
	if who.Mode != assess.Test {
		return assess.Errorf(assess.Forbidden, "Synthetic candidates exist in test mode only.")
	}
	s, steps, err := a.synthetic(ctx, who, id, to)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := s.do(ctx, step); err != nil {
			return s.unlessThere(ctx, to, err)
		}
	}
	return nil
}

// unlessThere is the error of a step, or nil where another call has brought the invite to the status meanwhile. What candidates
// are told when two of their tabs meet has a code; here it means that another call is at it.
func (s synthetic) unlessThere(ctx context.Context, to assess.InviteStatus, failed error) error {
	if assess.KindOf(failed) != assess.Conflict {
		return failed
	}
	_, steps, err := s.synthetic(ctx, s.who, s.invite, to)
	if err == nil && len(steps) == 0 {
		return nil
	}
	if assess.CodeOf(failed) != "" {
		return assess.Errorf(assess.Conflict, "Another call is advancing this invite. Ask again in a moment.")
	}
	return failed
}

// synthetic is a candidate whom nobody sees.
type synthetic struct {
	*App
	Taker
	who    assess.Actor // who has it play
	invite assess.InviteID
}

// synthetic is the candidate of an invite, and the steps to a status.
func (a *App) synthetic(ctx context.Context, who assess.Actor, id assess.InviteID, to assess.InviteStatus) (s synthetic, steps []assess.InviteStep, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		inv, err := tx.Invite(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		s = synthetic{a, Taker{Token: a.secrets.linkToken(inv.ID, inv.TokenVersion), Tab: syntheticTab}, who, id}
		steps, err = statusOf(inv, tx.Now()).Ahead(to)
		return err
	})
	return s, steps, err
}

func (s synthetic) do(ctx context.Context, step assess.InviteStep) error {
	switch step {
	case assess.StepAccept:
		return s.accept(ctx)
	case assess.StepStart:
		return s.Start(ctx, s.Taker)
	case assess.StepComplete:
		return s.complete(ctx)
	default:
		return s.expire(ctx)
	}
}

func (s synthetic) accept(ctx context.Context) error {
	l, err := s.Landing(ctx, s.Token, "", s.Client)
	if err != nil {
		return err
	}
	return s.Accept(ctx, s.Token, Agreement{Ticked: true, Shown: l.NoticeSHA256}, s.Client)
}

// expire ends the time that there was to start.
func (s synthetic) expire(ctx context.Context) error {
	return s.tx(ctx, func(tx *store.Tx) error {
		_, err := s.step(tx, system(s.who.Org, s.who.Mode), ofMember(s.who, s.invite), assess.StepExpire, assess.InviteExpired, func(inv *assess.Invite) (string, error) {
			inv.ExpiresAt = tx.Now()
			return "", nil
		})
		return err
	})
}

// complete answers what is not answered yet and hands in. It goes on at the tab that somebody may have begun at.
func (s synthetic) complete(ctx context.Context) error {
	attempt, err := s.Attempt(ctx, s.Taker, "")
	if err != nil {
		return err
	}
	if attempt.Tab != "" {
		s.Tab = attempt.Tab
	}
	for _, q := range attempt.Questions {
		if q.State != assess.Unanswered {
			continue
		}
		if err := s.answer(ctx, q); err != nil && assess.CodeOf(err) != assess.TimeUp {
			return err
		}
	}
	return s.Complete(ctx, s.Taker, true)
}

// answer answers a question, in the format that it asks for.
func (s synthetic) answer(ctx context.Context, q AskedQuestion) error {
	if err := s.BeginAnswer(ctx, s.Taker, q.Number); err != nil {
		return err
	}
	var err error
	switch q.Allowance.Formats[0] {
	case assess.TextFormat:
		_, err = s.SaveText(ctx, s.Taker, q.Number, q.Answer.Revision, syntheticText)
	case assess.VideoFormat:
		err = s.record(ctx, q.Number, "video/webm;codecs=vp8,opus", "synthetic/video.webm")
	default:
		err = s.record(ctx, q.Number, "audio/webm;codecs=opus", "synthetic/audio.webm")
	}
	if err != nil {
		return err
	}
	return s.SendAnswer(ctx, s.Taker, q.Number)
}

// record delivers a file as a take, and puts it together at once: whoever advances an invite wants to see what has come of it. If
// this is cut off, the job does it.
func (s synthetic) record(ctx context.Context, number int, mime, name string) error {
	file, err := syntheticFiles.ReadFile(name)
	if err != nil {
		return err
	}
	rec, _, err := s.OpenTake(ctx, s.Taker, number, mime)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(file)
	whole := assess.Chunk{Bytes: int64(len(file)), SHA256: hex.EncodeToString(sum[:])}
	by := s.ByCandidate(s.Taker)
	if err := by.PutChunk(ctx, rec.ID, whole, bytes.NewReader(file)); err != nil {
		return err
	}
	if _, err := by.Finish(ctx, rec.ID, 1, whole.Bytes); err != nil {
		return err
	}
	return s.finalizeNow(ctx, recordingJob{Org: rec.Org, Recording: rec.ID}, 1)
}
