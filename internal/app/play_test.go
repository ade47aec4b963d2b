package app_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/media"
)

// asked is a sitting whose first question is recorded, and may be heard twice.
func (w *world) askedAloud() (s sitting, prompt assess.Recording) {
	w.t.Helper()
	prompt = w.prompt(w.draft(), opus, sample(w.t, "sound.webm"))
	return w.started(func(n *assess.NewInvite, c *assess.Content) {
		n.ReplayLimit = 1
		q := &c.Questions[0]
		q.Format, q.Recordings = assess.AudioFormat, map[string]assess.RecordingID{"en": prompt.ID}
	}), prompt
}

func (s sitting) play(number int) (app.GrantedPlay, error) {
	return s.GrantPlay(s.t.Context(), s.Taker, number, "")
}

// heard is what a play gives.
func (s sitting) heard(play app.GrantedPlay) ([]byte, error) {
	s.t.Helper()
	file, err := s.PlayMedia(s.t.Context(), s.Taker, play.ID, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

func TestAQuestionIsHeardAsOftenAsAllowed(t *testing.T) {
	each(t, func(w *world) {
		s, prompt := w.askedAloud()
		want, err := w.PromptMedia(t.Context(), w.who(), prompt.ID)
		w.must(err)
		defer func() { _ = want.Close() }()
		data, err := io.ReadAll(want)
		w.must(err)
		for left := 1; left >= 0; left-- {
			play, err := s.play(spoken)
			w.must(err)
			if play.Left != left || !play.Audible || play.Duration != prompt.Media.Duration || play.Recording != prompt.ID {
				t.Errorf("%+v, want %d left", play, left)
			}
			for range 2 { // browsers ask more than once for a file
				if got, err := s.heard(play); err != nil || !bytes.Equal(got, data) {
					t.Errorf("heard are %d bytes, %v", len(got), err)
				}
			}
		}
		_, err = s.play(spoken)
		w.wantCode(err, assess.LimitUsed)
		w.must(w.Accommodate(t.Context(), w.who(), assess.Accommodation{Invite: s.invite, ExtraPlays: 1}))
		_, err = s.play(spoken)
		w.must(err)
		_, err = s.play(spoken)
		w.wantCode(err, assess.LimitUsed)
		if q := s.question(spoken); q.PlaysLeft() != 0 || s.question(onCamera).PlaysLeft() != 3 {
			t.Errorf("left are %d plays, of another question %d", q.PlaysLeft(), s.question(onCamera).PlaysLeft())
		}
	})
}

func TestAPlayIsForWhoItWasGrantedToAndForAWhile(t *testing.T) {
	each(t, func(w *world) {
		s, _ := w.askedAloud()
		play, err := s.play(spoken)
		w.must(err)
		other := w.started()
		_, err = other.heard(play)
		w.wantKind(err, assess.NotFound)
		w.wantKind(other.ForgivePlay(t.Context(), other.Taker, play.ID), assess.NotFound)
		_, err = s.PlayMedia(t.Context(), app.Taker{Client: phone}, play.ID, "")
		w.wantKind(err, assess.NotFound)
		w.clock.advance(play.PlayLife())
		_, err = s.heard(play)
		w.must(err)
		w.clock.advance(time.Millisecond)
		_, err = s.heard(play)
		w.wantKind(err, assess.NotFound)

		play, err = s.play(spoken)
		w.must(err)
		w.must(w.Revoke(t.Context(), w.who(), s.invite, true))
		_, err = s.heard(play)
		w.wantKind(err, assess.Gone)
	})
}

func TestHearingAQuestionTooLateChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		s, _ := w.askedAloud()
		w.clock.now = s.stands().CompleteBy.Add(-time.Second)
		play, err := s.play(spoken)
		w.must(err)
		w.clock.advance(time.Second)
		_, err = s.heard(play)
		w.wantCode(err, assess.Over)
		if got := s.stands(); got.Stored != assess.Started {
			t.Errorf("reading has made the invite %s", got.Stored)
		}
	})
}

func TestAnInterruptedPlayIsGivenBackWithinItsTimeAndOnce(t *testing.T) {
	each(t, func(w *world) {
		s, prompt := w.askedAloud()
		interrupted := func(play app.GrantedPlay) error { return s.ForgivePlay(t.Context(), s.Taker, play.ID) }
		first, err := s.play(spoken)
		w.must(err)
		w.clock.advance(prompt.Media.Duration + assess.AttemptGrace)
		w.wantCode(interrupted(first), assess.LimitUsed) // it has been heard by now
		second, err := s.play(spoken)
		w.must(err)
		w.clock.advance(prompt.Media.Duration + assess.AttemptGrace - time.Millisecond)
		elsewhere := s.Taker
		elsewhere.Tab = "other"
		w.wantCode(s.ForgivePlay(t.Context(), elsewhere, second.ID), assess.Elsewhere)
		w.must(interrupted(second))
		w.wantCode(interrupted(second), assess.LimitUsed)
		third, err := s.play(spoken)
		w.must(err)
		w.wantCode(interrupted(third), assess.LimitUsed)
		_, err = s.play(spoken)
		w.wantCode(err, assess.LimitUsed)
		fourth, err := s.play(onCamera) // each question has its own
		w.must(err)
		w.must(interrupted(fourth))
	})
}

func TestAQuestionWithoutARecordingIsReadOutWhereThereIsAVoice(t *testing.T) {
	each(t, func(w *world) {
		aloud := func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Format = assess.AudioFormat }
		mute := w.with(func(o *app.Options) { o.Tools = media.NewTools("", "") }).started(aloud)
		play, err := mute.play(spoken)
		w.must(err)
		if play.Audible || play.Recording != "" || play.Duration != assess.ReadingTime("Why?") {
			t.Errorf("%+v", play)
		}
		_, err = mute.heard(play)
		w.wantKind(err, assess.NotFound)

		if w.options.Tools.Speech == "" {
			t.Log("no synthesizer here")
			return
		}
		s := w.started(aloud)
		play, err = s.play(spoken)
		w.must(err)
		got, err := s.heard(play)
		if !play.Audible || err != nil || media.Sniff(got) != media.WebM {
			t.Errorf("%+v: %d bytes, %v", play, len(got), err)
		}
		again, err := s.heard(play)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("again: %d bytes, %v", len(again), err)
		}
	})
}
