package app_test

import (
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func TestATakeIsOfTheKindThatTheQuestionAsksFor(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		filmed, inWriting := "video/webm;codecs=vp9,opus", "text/plain"
		for _, test := range []struct {
			instead assess.Format
			number  int
			mime    string
			want    assess.Kind
		}{
			{"", spoken, opus, ""},
			{"", spoken, filmed, assess.Invalid},
			{"", spoken, inWriting, assess.Invalid},
			{"", spoken, "", assess.Invalid},
			{"", spoken, "audio/" + strings.Repeat("x", 100), assess.Invalid},
			{"", spoken, "audio/webm\x00", assess.Invalid},
			{"", onCamera, filmed, ""},
			{"", onCamera, opus, assess.Invalid},
			{"", written, opus, assess.Invalid},
			{"", 0, opus, assess.NotFound},
			{"", 4, opus, assess.NotFound},
			{assess.AudioFormat, onCamera, opus, ""},
			{assess.AudioFormat, written, opus, assess.Invalid},
			{assess.TextFormat, spoken, opus, ""},
		} {
			w.must(w.Accommodate(t.Context(), w.who(), assess.Accommodation{Invite: s.invite, Instead: test.instead}))
			_, _, err := s.OpenTake(t.Context(), s.Taker, test.number, test.mime)
			if assess.KindOf(err) != test.want || err != nil && test.want == "" {
				t.Errorf("question %d by %q: %v, want %q", test.number, test.mime, err, test.want)
			}
		}
	})
}

func TestWhoAsksAgainForWhatTheyWereGrantedGetsTheSame(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		s.Key = "0198b2a4-0000-7000-8000-0000000000bb"
		other := s
		other.Key = "another"
		first, left, err := s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.must(err)
		play, err := s.GrantPlay(t.Context(), other.Taker, spoken, "")
		w.must(err)
		screen, err := s.OpenEvidence(t.Context(), app.Taker{Token: s.Token, Key: "screen"}, assess.ForScreen, "video/webm")
		w.must(err)
		for range 3 {
			w.clock.advance(time.Minute)
			rec, again, err := s.OpenTake(t.Context(), s.Taker, spoken, opus)
			if rec.ID != first.ID || rec.Number != 1 || again != left || err != nil {
				t.Errorf("take %d with %d left, %v", rec.Number, again, err)
			}
			heard, err := s.GrantPlay(t.Context(), other.Taker, spoken, "")
			if heard != play || err != nil {
				t.Errorf("%+v, %v; want %+v", heard, err, play)
			}
			seen, err := s.OpenEvidence(t.Context(), app.Taker{Token: s.Token, Key: "screen"}, assess.ForScreen, "video/webm")
			if seen.ID != screen.ID || err != nil {
				t.Errorf("%+v, %v", seen, err)
			}
		}
		if q := s.question(spoken); q.Answer.Takes != 1 || q.Answer.Plays != 1 {
			t.Errorf("%d takes and %d plays are counted", q.Answer.Takes, q.Answer.Plays)
		}

		_, _, err = s.OpenTake(t.Context(), s.Taker, onCamera, "video/webm")
		w.wantCode(err, assess.Differs)
		_, err = s.GrantPlay(t.Context(), other.Taker, onCamera, "")
		w.wantCode(err, assess.Differs)
		w.clock.advance(play.PlayLife())
		_, err = s.GrantPlay(t.Context(), other.Taker, spoken, "")
		w.wantCode(err, assess.Differs)
		w.must(s.ByCandidate(s.Taker).Abandon(t.Context(), first.ID))
		_, _, err = s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.wantCode(err, assess.Finished)
		stranger := w.started() // whose keys are their own
		stranger.Key = s.Key
		theirs, _, err := w.OpenTake(t.Context(), stranger.Taker, spoken, opus)
		if theirs.ID == first.ID || err != nil {
			t.Errorf("somebody else's take is %s, %v", theirs.ID, err)
		}
	})
}

func TestAQuestionWithAClockIsOpenedBeforeItIsHeardOrAnswered(t *testing.T) {
	each(t, func(w *world) {
		s := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Preparation = 30 })
		take := func() error { _, _, err := s.OpenTake(t.Context(), s.Taker, spoken, opus); return err }
		play := func() error { _, err := s.GrantPlay(t.Context(), s.Taker, spoken, ""); return err }
		text := func() error { _, err := s.SaveText(t.Context(), s.Taker, written, 0, "x"); return err }
		for _, step := range []func() error{take, play, text} {
			w.wantKind(step(), assess.Conflict)
		}
		w.must(s.BeginAnswer(t.Context(), s.Taker, spoken))
		w.must(s.BeginAnswer(t.Context(), s.Taker, written))
		began := w.clock.now
		w.clock.advance(time.Second)
		w.must(s.BeginAnswer(t.Context(), s.Taker, spoken))
		if q := s.question(spoken); !q.Answer.BegunAt.Equal(began) || !q.PrepareUntil.After(began.Add(30*time.Second)) {
			t.Errorf("begun at %v, to be prepared until %v", q.Answer.BegunAt, q.PrepareUntil)
		}
		for _, step := range []func() error{take, play, text} {
			w.must(step())
		}
	})
}

func TestTextIsSavedOverTheRevisionThatTheWriterSaw(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		w.must(s.BeginAnswer(t.Context(), s.Taker, written))
		for i, step := range []struct {
			revision int
			text     string
			want     int // the revision afterwards; 0: refused
		}{
			{0, "one", 1},
			{0, "one", 1}, // the answer got lost, the page sends again
			{0, "two", 0},
			{1, "two\r\nlines", 2},
			{9, "two\nlines", 2},
			{1 << 62, "three", 0},
			{-1, "three", 0},
			{1, "three", 0},
			{2, " three ", 3},
			{3, "", 4},
		} {
			stored, err := s.SaveText(t.Context(), s.Taker, written, step.revision, step.text)
			q := s.question(written).Answer
			if step.want == 0 {
				w.wantCode(err, assess.Differs)
			} else if want := strings.ReplaceAll(step.text, "\r\n", "\n"); err != nil || q.Revision != step.want || q.Text != want {
				t.Errorf("%d: %v, stored is %q of revision %d, want %d", i, err, q.Text, q.Revision, step.want)
			}
			if stored.Text != q.Text || stored.Revision != q.Revision || !stored.SavedAt.Equal(q.SavedAt) {
				t.Errorf("%d: told is %+v, stored is %+v", i, stored, q)
			}
		}
	})
}

func TestOnlyTextOfALimitedLengthIsSaved(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		w.must(s.BeginAnswer(t.Context(), s.Taker, written))
		for text, want := range map[string]assess.Kind{
			strings.Repeat("ü", assess.MaxTextRunes):       "",
			strings.Repeat("ü", assess.MaxTextRunes) + "x": assess.Invalid,
			"a\x00b":     assess.Invalid,
			"a\xffb":     assess.Invalid,
			"<b>\u202Ex": "",
		} {
			_, err := s.SaveText(t.Context(), s.Taker, written, s.question(written).Answer.Revision, text)
			w.wantKind(err, want)
		}
		_, err := s.SaveText(t.Context(), s.Taker, spoken, 0, "x")
		w.wantKind(err, assess.Conflict)
	})
}

func TestWritingEndsWhenItsTimeHasPassedButNotWhileTheQuestionIsHeard(t *testing.T) {
	each(t, func(w *world) {
		asm := w.draft()
		recorded := w.prompt(asm, "audio/webm", ffmpeg(t, "long.webm", "-map", "0:a", "-af", "apad", "-t", "90", "-c:a", "libopus"))
		for _, test := range []struct {
			prompt assess.RecordingID
			after  time.Duration // the seconds of writing and the grace
		}{{"", 0}, {recorded.ID, 90 * time.Second}} {
			s := w.started(func(_ *assess.NewInvite, c *assess.Content) {
				q := &c.Questions[written-1]
				q.MaxAnswer = 60
				if test.prompt != "" {
					q.Format, q.Recordings = assess.AudioFormat, map[string]assess.RecordingID{"en": test.prompt}
				}
			})
			w.must(s.BeginAnswer(t.Context(), s.Taker, written))
			limit := w.clock.now.Add(test.after + time.Minute + assess.AttemptGrace + time.Second)
			w.clock.now = limit.Add(-2 * time.Second)
			_, err := s.SaveText(t.Context(), s.Taker, written, 0, "in time")
			w.must(err)
			w.clock.now = limit.Add(time.Second)
			stored, err := s.SaveText(t.Context(), s.Taker, written, 1, "too late")
			w.wantCode(err, assess.TimeUp)
			if stored.Text != "in time" {
				t.Errorf("stored is %q", stored.Text)
			}
			w.must(s.SendAnswer(t.Context(), s.Taker, written)) // it counts
		}
	})
}

func TestATextInPlaceOfARecordingStandsUntilSomethingElseIsGiven(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		w.must(w.Accommodate(t.Context(), w.who(), assess.Accommodation{Invite: s.invite, Instead: assess.TextFormat}))
		save := func(text string) {
			t.Helper()
			_, err := s.SaveText(t.Context(), s.Taker, spoken, s.question(spoken).Answer.Revision, text)
			w.must(err)
		}
		stands := func(when string, state assess.AnswerState, byText bool) {
			t.Helper()
			if q := s.question(spoken); q.State != state || q.Answer.ByText != byText {
				t.Errorf("%s: %s, by text %v", when, q.State, q.Answer.ByText)
			}
		}
		save("because")
		stands("written", assess.Answered, true)
		d := s.delivery()
		stands("recording after all", assess.Arriving, false)
		w.must(d.by.Abandon(t.Context(), d.ID))
		stands("after a take that came to nothing", assess.Answered, false)
		s.speak()
		stands("spoken", assess.Answered, false)
		save("because")
		stands("the text again", assess.Answered, true)
		save("")
		stands("without the text", assess.Answered, false)
	})
}

func TestAnAnswerThatIsThereIsSent(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		send := func(number int) error { return s.SendAnswer(t.Context(), s.Taker, number) }
		for number := spoken; number <= written; number++ {
			w.wantCode(send(number), assess.Incomplete)
		}
		w.wantKind(send(4), assess.NotFound)
		s.write("because")
		s.open()
		for range 2 {
			w.must(send(written))
			w.must(send(spoken)) // it is on its way
		}
		if q := s.question(spoken); !q.Answer.SentAt.Equal(w.clock.now) || q.State != assess.Arriving {
			t.Errorf("sent at %v, and %s", q.Answer.SentAt, q.State)
		}
		if notes := w.notes(s.invite, assess.InviteAnswered); len(notes) != 1 || notes[0] != "question 3, in writing" {
			t.Errorf("the timeline says %q", notes)
		}
	})
}

// TestAfterTheEndNoAnswerChanges tries whatever could change an answer that was handed in.
func TestAfterTheEndNoAnswerChanges(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		s.write("because")
		s.speak()
		play, err := s.GrantPlay(t.Context(), s.Taker, spoken, "")
		w.must(err)
		w.must(s.Complete(t.Context(), s.Taker, true))
		spokenBefore, writtenBefore := s.question(spoken), s.question(written)
		before, err := s.served(spokenBefore.Take.ID)
		w.must(err)
		take := delivery{s, *spokenBefore.Take, s.ByCandidate(s.Taker)}
		for what, late := range map[string]func() error{
			"a text":             func() error { _, err := s.SaveText(t.Context(), s.Taker, written, 1, "other"); return err },
			"the same text":      func() error { _, err := s.SaveText(t.Context(), s.Taker, written, 1, "because"); return err },
			"a take":             func() error { _, _, err := s.OpenTake(t.Context(), s.Taker, spoken, opus); return err },
			"a first take":       func() error { _, _, err := s.OpenTake(t.Context(), s.Taker, onCamera, "video/webm"); return err },
			"beginning":          func() error { return s.BeginAnswer(t.Context(), s.Taker, onCamera) },
			"sending":            func() error { return s.SendAnswer(t.Context(), s.Taker, written) },
			"a play":             func() error { _, err := s.GrantPlay(t.Context(), s.Taker, spoken, ""); return err },
			"an interrupted one": func() error { return s.ForgivePlay(t.Context(), s.Taker, play.ID) },
			"a seat":             func() error { return s.Sit(t.Context(), s.Taker) },
			"a screen": func() error {
				_, err := s.OpenEvidence(t.Context(), s.Taker, assess.ForScreen, "video/webm")
				return err
			},
			"signals":   func() error { return s.AddSignals(t.Context(), s.Taker, w.clock.now, nil) },
			"a slice":   func() error { return take.slice(0, "other") },
			"giving up": func() error { return take.by.Abandon(t.Context(), take.ID) },
		} {
			if err := late(); assess.KindOf(err) != assess.Conflict {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.must(w.finish(take.by, take.ID)) // again: nothing changes
		w.work()
		after, err := s.served(take.ID)
		w.must(err)
		if string(after) != string(before) || s.question(written).Answer != writtenBefore.Answer || s.question(spoken).Answer != spokenBefore.Answer {
			t.Error("something has changed")
		}
	})
}
