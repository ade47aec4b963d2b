package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/job"
	"alfaone/internal/store"
)

// The questions of a sitting.
const (
	spoken   = 1
	onCamera = 2
	written  = 3
)

const opus = "audio/webm;codecs=opus"

// sitting is a candidate at work.
type sitting struct {
	*world
	app.Taker
	invite assess.InviteID
}

// sitting is a candidate who has agreed to an assessment of an hour, with a question of each kind; change alters it.
func (w *world) sitting(change ...func(*assess.NewInvite, *assess.Content)) sitting {
	w.t.Helper()
	ctx := w.t.Context()
	asm, err := w.CreateAssessment(ctx, w.who(), "Software Engineer Assessment")
	w.must(err)
	n, c := wish(asm, "candidate@example.com"), asm.Draft
	c.TimeLimit = 60
	c.Questions = nil
	for i, f := range []assess.Format{assess.AudioFormat, assess.VideoFormat, assess.TextFormat} {
		q := assess.NewQuestion(assess.QuestionID("0198b2a4-0000-7000-8000-00000000000" + string(rune('1'+i))))
		q.Format, q.AnswerFormat, q.Prompts = assess.TextFormat, f, map[string]string{"en": "Why?"}
		c.Questions = append(c.Questions, q)
	}
	n.RecordLimit = 2
	for _, f := range change {
		f(&n, &c)
	}
	_, err = w.SaveDraft(ctx, w.who(), asm.ID, asm.Revision, c)
	w.must(err)
	w.must(w.Publish(ctx, w.who(), asm.ID))
	out, err := w.Invite(ctx, w.who(), n)
	w.must(err)
	token := w.linkToken(out.Invite.ID)
	w.must(w.Accept(ctx, token, w.agreement(token), phone))
	return sitting{w, app.Taker{Token: token, Tab: "tab", Client: phone}, out.Invite.ID}
}

// started is a sitting under way.
func (w *world) started(change ...func(*assess.NewInvite, *assess.Content)) sitting {
	w.t.Helper()
	s := w.sitting(change...)
	w.must(s.Start(w.t.Context(), s.Taker))
	return s
}

func (s sitting) stands() assess.Invite {
	s.t.Helper()
	return s.detail(s.invite).Invite
}

func (s sitting) question(number int) app.AskedQuestion {
	s.t.Helper()
	attempt, err := s.Attempt(s.t.Context(), s.Taker, "")
	s.must(err)
	return attempt.Questions[number-1]
}

// open begins a take of the spoken question.
func (s sitting) open() assess.Recording {
	s.t.Helper()
	rec, _, err := s.OpenTake(s.t.Context(), s.Taker, spoken, opus)
	s.must(err)
	return rec
}

// sound is three seconds of a tone, in slices as a recorder makes them.
func sound(t testing.TB) [][]byte {
	t.Helper()
	file, err := os.ReadFile("../media/testdata/sound.webm")
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(slices.Chunk(file, 3000))
}

// calendar lets what is done by the calendar happen now.
func (w *world) calendar() {
	w.t.Helper()
	w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error {
		for _, kind := range []string{"invites.expire", "recordings.forsaken"} {
			if _, err := tx.Enqueue(job.Job{ID: uuid.NewString(), Kind: kind, Args: []byte("{}"), RunAt: tx.Now(), CreatedAt: tx.Now(), MaxAttempts: 1}); err != nil {
				return err
			}
		}
		return nil
	}))
	w.work()
}

func chunkOf(number int, data []byte) assess.Chunk {
	sum := sha256.Sum256(data)
	return assess.Chunk{Number: number, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// put delivers slices from the first to before the last.
func (w *world) put(d app.Deliverer, id assess.RecordingID, first, last int) {
	w.t.Helper()
	for n, data := range sound(w.t)[:last] {
		if n >= first {
			w.must(d.PutChunk(w.t.Context(), id, chunkOf(n, data), bytes.NewReader(data)))
		}
	}
}

// finish says that all slices of the sound are there.
func (w *world) finish(d app.Deliverer, id assess.RecordingID) error {
	slices := sound(w.t)
	_, err := d.Finish(w.t.Context(), id, len(slices), int64(len(bytes.Join(slices, nil))))
	return err
}

// deliver delivers the whole sound and has it verified.
func (w *world) deliver(d app.Deliverer, id assess.RecordingID) {
	w.t.Helper()
	w.put(d, id, 0, len(sound(w.t)))
	w.must(w.finish(d, id))
	w.work()
}

// speak records the answer to the spoken question.
func (s sitting) speak() assess.Recording {
	s.t.Helper()
	rec := s.open()
	s.deliver(s.ByCandidate(s.Taker), rec.ID)
	return rec
}

// write answers the written question.
func (s sitting) write(text string) {
	s.t.Helper()
	q := s.question(written)
	if q.Answer.BegunAt.IsZero() {
		s.must(s.BeginAnswer(s.t.Context(), s.Taker, written))
	}
	_, err := s.SaveText(s.t.Context(), s.Taker, written, q.Answer.Revision, text)
	s.must(err)
}

func (w *world) wantCode(err error, code assess.Code) {
	w.t.Helper()
	w.wantKind(err, assess.Conflict)
	if got := assess.CodeOf(err); got != code {
		w.t.Errorf("error %v has the code %q, want %q", err, got, code)
	}
}

// notes are what the timeline says beside events of a type.
func (w *world) notes(id assess.InviteID, typ assess.EventType) (notes []string) {
	w.t.Helper()
	for _, e := range w.detail(id).Events {
		if e.Type == typ {
			notes = append(notes, e.Note)
		}
	}
	return notes
}

func TestTheClockRunsFromTheStartAndNotFromTheSecondClick(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		began := s.stands()
		if want := w.clock.now.Add(time.Hour + assess.AttemptGrace); !began.CompleteBy.Equal(want) || !began.StartedAt.Equal(w.clock.now) {
			t.Errorf("started at %v, to be completed by %v; want %v", began.StartedAt, began.CompleteBy, want)
		}
		w.clock.advance(time.Minute)
		w.must(s.Start(t.Context(), s.Taker))
		if again := s.stands(); !again.StartedAt.Equal(began.StartedAt) || !again.CompleteBy.Equal(began.CompleteBy) {
			t.Errorf("starting again moved %v to %v", began.CompleteBy, again.CompleteBy)
		}
	})
}

func TestTheSweeperEndsAnAttemptAtItsDeadline(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		s.write("what was saved counts")
		by := s.stands().CompleteBy
		w.clock.now = by.Add(-time.Millisecond)
		w.calendar()
		if got := s.stands(); got.Stored != assess.Started {
			t.Fatalf("%s a millisecond before the deadline", got.Stored)
		}
		w.clock.now = by.Add(17 * time.Minute)
		w.calendar()
		got := s.stands()
		if got.Stored != assess.Completed || !got.CompletedAt.Equal(by) || got.Reason != assess.ReasonTimeLimit {
			t.Errorf("%s at %v because of %q; want completed at %v", got.Stored, got.CompletedAt, got.Reason, by)
		}
		events := w.detail(s.invite).Events
		if last := events[len(events)-1]; last.Type != assess.InviteCompleted || !last.At.Equal(by) || last.Actor != assess.BySystem {
			t.Errorf("the timeline ends with %+v", last)
		}
		w.wantReceipts(1)
	})
}

func TestAnAttemptWhoseTimeHasPassedIsNotExtended(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		w.clock.now = s.stands().CompleteBy
		w.wantKind(w.Extend(t.Context(), w.who(), s.invite, 30), assess.Conflict)
		w.calendar()
		if got := s.stands(); got.Stored != assess.Completed {
			t.Errorf("it is %s", got.Stored)
		}
	})
}

func TestWhoComesTooLateEndsTheAttemptThemselves(t *testing.T) {
	for name, touch := range map[string]func(sitting) error{
		"a take":     func(s sitting) error { _, _, err := s.OpenTake(s.t.Context(), s.Taker, spoken, opus); return err },
		"a text":     func(s sitting) error { _, err := s.SaveText(s.t.Context(), s.Taker, written, 0, "late"); return err },
		"a play":     func(s sitting) error { _, err := s.GrantPlay(s.t.Context(), s.Taker, spoken, "en"); return err },
		"a new seat": func(s sitting) error { return s.Sit(s.t.Context(), app.Taker{Token: s.Token, Tab: "other"}) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				s := w.started()
				by := s.stands().CompleteBy
				w.clock.now = by.Add(time.Second)
				w.wantCode(touch(s), assess.Over)
				if got := s.stands(); got.Stored != assess.Completed || !got.CompletedAt.Equal(by) || got.Reason != assess.ReasonTimeLimit {
					t.Errorf("%s at %v because of %q", got.Stored, got.CompletedAt, got.Reason)
				}
				if q := s.question(written); q.Answer.Text != "" || s.question(spoken).Answer.Takes != 0 {
					t.Errorf("something was stored: %+v", q.Answer)
				}
			})
		})
	}
}

func TestSubmittingAtTheDeadlineIsNoErrorAndNamesTheRightReason(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		by := s.stands().CompleteBy
		w.clock.now = by
		w.must(s.Complete(t.Context(), s.Taker, true))
		if got := s.stands(); got.Stored != assess.Completed || !got.CompletedAt.Equal(by) || got.Reason != assess.ReasonTimeLimit {
			t.Errorf("%s at %v because of %q", got.Stored, got.CompletedAt, got.Reason)
		}
	})
}

func TestHandingInByMistakeIsPreventedAndOnPurposeIsNot(t *testing.T) {
	each(t, func(w *world) {
		s := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[onCamera-1].Required = false })
		refusedBecause := func(reason string) {
			err := s.Complete(t.Context(), s.Taker, false)
			w.wantCode(err, assess.Incomplete)
			if err == nil || err.Error() != reason {
				t.Errorf("handing in: %v, want %q", err, reason)
			}
		}
		refusedBecause("Question 1 is not answered yet.")
		rec := s.open()
		w.put(s.ByCandidate(s.Taker), rec.ID, 0, 1)
		refusedBecause("The answer to question 1 is still on its way.")
		w.put(s.ByCandidate(s.Taker), rec.ID, 1, len(sound(t)))
		w.must(w.finish(s.ByCandidate(s.Taker), rec.ID))
		w.work()
		refusedBecause("Question 3 is not answered yet.")
		elsewhere := s.Taker
		elsewhere.Tab = "other"
		w.wantCode(s.Complete(t.Context(), elsewhere, true), assess.Elsewhere)
		w.must(s.Complete(t.Context(), s.Taker, true))
		w.must(s.Complete(t.Context(), s.Taker, false)) // again: nothing changes
		if got := s.stands(); got.Stored != assess.Completed || got.Reason != assess.ReasonCandidate || !got.CompletedAt.Equal(w.clock.now) {
			t.Errorf("%s at %v because of %q", got.Stored, got.CompletedAt, got.Reason)
		}
		if n := len(w.notes(s.invite, assess.InviteCompleted)); n != 1 {
			t.Errorf("completed %d times", n)
		}
		w.work()
		w.wantReceipts(1)
	})
}

func TestEverythingAnsweredIsHandedInWithoutAQuestion(t *testing.T) {
	each(t, func(w *world) {
		s := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.Questions = slices.Delete(c.Questions, 1, 2) })
		s.speak()
		s.must(s.BeginAnswer(t.Context(), s.Taker, 2))
		_, err := s.SaveText(t.Context(), s.Taker, 2, 0, "because")
		w.must(err)
		w.must(s.Complete(t.Context(), s.Taker, false))
	})
}

// receipt is the number of one, which is not to be found in a link by chance.
var receipt = regexp.MustCompile(`\bR-[0-9a-f]{8}-[0-9a-f]{4}\b`)

// wantReceipts checks that so many mails tell the candidate what was handed in.
func (w *world) wantReceipts(n int) {
	w.t.Helper()
	got := 0
	for _, m := range w.sender.Messages() {
		if receipt.MatchString(m.Text) && m.To.Address == "candidate@example.com" {
			got++
		}
	}
	if got != n {
		w.t.Errorf("%d receipts were mailed, want %d", got, n)
	}
}

func TestTheReceiptSaysWhatWasHandedInAndWhy(t *testing.T) {
	each(t, func(w *world) {
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Name, n.Language = "Ana Díaz", "en" })
		s.write("because")
		w.clock.now = s.stands().CompleteBy.Add(time.Minute)
		w.calendar()
		w.wantReceipts(1)
		sent := w.sender.Messages()
		text := sent[len(sent)-1].Text
		for _, want := range []string{"Ana Díaz", "Software Engineer Assessment", app.Receipt(s.stands()), "Answered: 1 of 3."} {
			if !strings.Contains(text, want) {
				t.Errorf("the receipt does not say %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, "/c/") || strings.Contains(text, s.Token) {
			t.Errorf("the receipt holds the link:\n%s", text)
		}
	})
}

func TestOneTabHasTheSeatUntilAnotherTakesIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		other := s
		other.Tab = "phone"
		_, _, err := s.OpenTake(t.Context(), other.Taker, spoken, opus)
		w.wantCode(err, assess.Elsewhere)
		_, err = s.SaveText(t.Context(), other.Taker, written, 0, "from the phone")
		if err == nil {
			t.Error("a tab without the seat has written")
		}
		began := s.open()
		w.put(s.ByCandidate(s.Taker), began.ID, 0, 1)
		w.must(s.Sit(t.Context(), other.Taker))
		w.must(s.Sit(t.Context(), other.Taker)) // again: nothing happens
		_, _, err = s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.wantCode(err, assess.Elsewhere)
		other.write("from the phone")
		w.put(s.ByCandidate(s.Taker), began.ID, 1, len(sound(t))) // what was recorded in the first tab still arrives
		w.must(w.finish(s.ByCandidate(s.Taker), began.ID))
		w.work()
		if q := s.question(spoken); q.State != assess.Answered {
			t.Errorf("the take of the tab that lost the seat is %s", q.State)
		}
		if n := len(w.notes(s.invite, assess.InviteTakenOver)); n != 1 {
			t.Errorf("taken over %d times", n)
		}
	})
}

func TestWhatWasRecordedBeforeTheEndArrivesAfterIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.open()
		w.put(s.ByCandidate(s.Taker), rec.ID, 0, 1)
		w.clock.now = s.stands().CompleteBy.Add(time.Minute)
		w.calendar()
		w.clock.advance(6 * 24 * time.Hour)
		w.put(s.ByCandidate(s.Taker), rec.ID, 1, len(sound(t)))
		w.must(w.finish(s.ByCandidate(s.Taker), rec.ID))
		w.work()
		if q := s.question(spoken); q.State != assess.Answered || q.Take.ID != rec.ID {
			t.Errorf("the late take is %s: %+v", q.State, q.Take)
		}
		given, err := answersGiven(w.Results(t.Context(), w.who(), s.invite))
		w.must(err)
		if inv := s.stands(); !inv.Late(*given.Questions[spoken-1].Take) {
			t.Error("nothing says that it came late")
		}
	})
}

func TestWhatNeverArrivesIsPutTogetherFromWhatDid(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.open()
		w.put(s.ByCandidate(s.Taker), rec.ID, 0, len(sound(t))-1)
		w.must(s.Complete(t.Context(), s.Taker, true))
		w.clock.advance(assess.LateDelivery + time.Minute)
		w.calendar()
		if q := s.question(spoken); q.State != assess.Answered || q.Take.Media.Duration < time.Second {
			t.Errorf("of a take without its end there is %s: %+v", q.State, q.Take)
		}
		err := s.ByCandidate(s.Taker).PutChunk(t.Context(), rec.ID, chunkOf(9, []byte("late")), strings.NewReader("late"))
		w.wantCode(err, assess.Finished)
	})
}

func TestWhatCameBehindAGapIsKeptForWhoeverCanFillIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		rec := s.open()
		all := len(sound(t))
		w.put(s.ByCandidate(s.Taker), rec.ID, 0, all-2)
		w.put(s.ByCandidate(s.Taker), rec.ID, all-1, all)
		w.must(s.Complete(t.Context(), s.Taker, true))
		w.clock.advance(assess.LateDelivery + time.Minute)
		w.calendar()
		if q := s.question(spoken); q.State != assess.Answered {
			t.Errorf("of a take with a gap there is %s", q.State)
		}
		kept := 0
		for _, key := range w.keys(rec.ID) {
			if strings.HasPrefix(key, "chunks/") {
				kept++
			}
		}
		if kept != all-1 {
			t.Errorf("%d slices are kept, want the %d that have arrived", kept, all-1)
		}
	})
}
