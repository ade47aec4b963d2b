package app_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// whole is a file that holds a recording from the first slice to the last, which the server does not know.
func whole() app.Rescued {
	return app.Rescued{Recording: assess.RecordingID(uuid.NewString()), MIME: opus, Whole: true}
}

// rest is a file that holds what was left to send of a recording.
func rest(rec assess.Recording) app.Rescued {
	return app.Rescued{Recording: rec.ID, MIME: rec.MIME}
}

func TestASavedFileCompletesTheRecordingThatItIsThePartOf(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started()
		rec := s.open()
		w.put(s.ByCandidate(s.Taker), rec.ID, 0, 1)
		w.must(s.Complete(ctx, s.Taker, true))
		w.clock.advance(48 * time.Hour)
		got, err := w.ImportTake(ctx, w.who(), s.invite, spoken, rest(rec))
		w.must(err)
		if got.ID != rec.ID {
			t.Fatalf("the file goes into %s, not into %s, which waits for it", got.ID, rec.ID)
		}
		d := w.ByMember(w.who())
		w.put(d, rec.ID, 1, len(sound(t)))
		w.must(w.finish(d, rec.ID))
		w.work()
		if q := s.question(spoken); q.State != assess.Answered || q.Take.ID != rec.ID || q.Answer.Takes != 1 {
			t.Errorf("the question is %s after %d takes: %+v", q.State, q.Answer.Takes, q.Take)
		}
		if notes := w.notes(s.invite, assess.InviteTakeImported); !slices.Equal(notes, []string{"question 1"}) {
			t.Errorf("the timeline says %q", notes)
		}
		events := w.detail(s.invite).Events
		if i := slices.IndexFunc(events, func(e assess.Event) bool { return e.Type == assess.InviteTakeImported }); events[i].ActorName != w.owner.Name() {
			t.Errorf("the timeline says that it was put in by %q", events[i].ActorName)
		}
	})
}

func TestASavedFileOfALostRecordingIsANewTakeBeyondTheLimit(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.RecordLimit = 1 })
		lost := s.open()
		w.must(s.ByCandidate(s.Taker).Abandon(ctx, lost.ID))
		w.must(s.Complete(ctx, s.Taker, true))
		_, err := w.ImportTake(ctx, w.who(), s.invite, spoken, rest(lost))
		w.wantCode(err, assess.Incomplete)
		known := rest(lost)
		known.Whole = true
		rec, err := w.ImportTake(ctx, w.who(), s.invite, spoken, known)
		w.must(err)
		if rec.ID == lost.ID || rec.Number != 2 || rec.Purpose != assess.ForAnswer || rec.Length != 2*time.Minute {
			t.Errorf("opened %+v", rec)
		}
		w.deliver(w.ByMember(w.who()), rec.ID)
		if q := s.question(spoken); q.State != assess.Answered || q.Answer.Takes != 1 {
			t.Errorf("the question is %s after %d takes", q.State, q.Answer.Takes)
		}
		if n := len(w.notes(s.invite, assess.InviteTakeImported)); n != 1 {
			t.Errorf("the timeline tells of %d imports, the refused one included", n)
		}
	})
}

func TestAnImportThatComesToNothingTakesNothingFromTheCandidate(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.RecordLimit = 1 })
		rec, err := w.ImportTake(ctx, w.who(), s.invite, spoken, whole())
		w.must(err)
		w.must(w.ByMember(w.who()).Abandon(ctx, rec.ID))
		if q := s.question(spoken); q.Answer.Takes != 0 || q.TakesLeft() != 1 {
			t.Errorf("%d takes are used, %d left", q.Answer.Takes, q.TakesLeft())
		}
		s.open()
	})
}

func TestWhatIsAnsweredOrStrangeIsNotImported(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started()
		answered := s.speak()
		other := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
		theirs := other.open()
		mine, _, err := s.OpenTake(ctx, s.Taker, onCamera, "video/webm")
		w.must(err)
		video := whole()
		video.MIME = "video/webm"
		nonsense := video
		nonsense.Recording = "a\x00b"
		for name, tt := range map[string]struct {
			number int
			file   app.Rescued
			want   assess.Kind
		}{
			"an answered question":                {spoken, whole(), assess.Conflict},
			"an answered question, its very take": {spoken, rest(answered), assess.Conflict},
			"another candidate's recording":       {onCamera, rest(theirs), assess.Conflict},
			"another question's recording":        {written, rest(mine), assess.Conflict},
			"a sound for a filmed answer":         {onCamera, whole(), assess.Invalid},
			"a film for a written answer":         {written, video, assess.Invalid},
			"no media":                            {onCamera, app.Rescued{MIME: "text/html", Whole: true}, assess.Invalid},
			"no id":                               {onCamera, nonsense, assess.Invalid},
			"no such question":                    {4, video, assess.NotFound},
			"question 0":                          {0, video, assess.NotFound},
		} {
			if _, err := w.ImportTake(ctx, w.who(), s.invite, tt.number, tt.file); assess.KindOf(err) != tt.want {
				t.Errorf("%s: %v, want %s", name, err, tt.want)
			}
		}
		if n := len(w.notes(s.invite, assess.InviteTakeImported)); n != 0 {
			t.Errorf("the timeline tells of %d imports", n)
		}
		if _, err := w.ImportTake(ctx, w.who(), s.invite, onCamera, rest(mine)); err != nil {
			t.Errorf("the take that is on its way: %v", err)
		}
	})
}

func TestMembersDeliverAnswersAndNothingThatObserves(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		yes := true
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) {
			n.Proctoring = assess.ProctoringChoice{WebcamMonitoring: &yes}
		})
		rec, err := s.OpenEvidence(ctx, s.Taker, assess.ForWebcam, "video/webm")
		w.must(err)
		d := w.ByMember(w.who())
		slice := sound(t)[0]
		for name, do := range map[string]func() error{
			"read":    func() error { _, err := d.Recording(ctx, rec.ID); return err },
			"deliver": func() error { return d.PutChunk(ctx, rec.ID, chunkOf(0, slice), bytes.NewReader(slice)) },
			"finish":  func() error { return w.finish(d, rec.ID) },
			"abandon": func() error { return d.Abandon(ctx, rec.ID) },
		} {
			if err := do(); assess.KindOf(err) != assess.NotFound {
				t.Errorf("a member can %s what observes: %v", name, err)
			}
		}
		if got := s.state(rec.ID); got.State != assess.RecordingOpen || got.Bytes != 0 {
			t.Errorf("the recording is %s with %d bytes", got.State, got.Bytes)
		}
	})
}

func TestOnlyAttemptsThatHaveBegunTakeAFile(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.sitting()
		_, err := w.ImportTake(ctx, w.who(), s.invite, spoken, whole())
		w.wantKind(err, assess.Conflict)
		w.must(w.Revoke(ctx, w.who(), s.invite, false))
		_, err = w.ImportTake(ctx, w.who(), s.invite, spoken, whole())
		w.wantKind(err, assess.Conflict)
		_, err = w.ImportTake(ctx, w.who(), assess.InviteID(uuid.NewString()), spoken, whole())
		w.wantKind(err, assess.NotFound)
	})
}

func TestAMembersMediaIsTheAnswerThatStands(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		grader := w.join("grader@example.com", assess.Grader)
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Grader = grader.ID })
		first := s.speak()
		second := s.speak()
		w.must(s.Complete(ctx, s.Taker, true))
		other := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
		theirs := s.evaluation(grader).ID
		for _, open := range []func() (app.MediaFile, error){
			func() (app.MediaFile, error) { return w.InviteMedia(ctx, w.who(), s.invite, second.ID) },
			func() (app.MediaFile, error) {
				return w.EvaluationMedia(ctx, grader.Actor(assess.Live), theirs, second.ID)
			},
		} {
			file, err := open()
			w.must(err)
			if file.ContentType != "audio/webm" {
				t.Errorf("the answer is %s", file.ContentType)
			}
			w.must(file.Close())
		}
		for name, ask := range map[string]func() (app.MediaFile, error){
			"a take that was replaced": func() (app.MediaFile, error) { return w.InviteMedia(ctx, w.who(), s.invite, first.ID) },
			"a replaced take by the grader": func() (app.MediaFile, error) {
				return w.EvaluationMedia(ctx, grader.Actor(assess.Live), theirs, first.ID)
			},
			"by another member than the grader": func() (app.MediaFile, error) { return w.EvaluationMedia(ctx, w.who(), theirs, second.ID) },
			"by another invite":                 func() (app.MediaFile, error) { return w.InviteMedia(ctx, w.who(), other.invite, second.ID) },
			"a picture of a sound":              func() (app.MediaFile, error) { return w.InvitePoster(ctx, w.who(), s.invite, second.ID) },
			"nothing known":                     func() (app.MediaFile, error) { return w.InviteMedia(ctx, w.who(), s.invite, "nonsense") },
			"in test mode": func() (app.MediaFile, error) {
				return w.InviteMedia(ctx, w.owner.Actor(assess.Test), s.invite, second.ID)
			},
		} {
			_, err := ask()
			if assess.KindOf(err) != assess.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOnlyWhoReadsAllInvitesSeesWhatWasObserved(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		grader := w.join("grader@example.com", assess.Grader)
		yes := true
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) {
			n.Grader, n.Proctoring = grader.ID, assess.ProctoringChoice{ScreenRecording: &yes, WebcamMonitoring: &yes}
		})
		rec, err := s.OpenEvidence(ctx, s.Taker, assess.ForWebcam, "video/webm")
		w.must(err)
		w.deliver(s.ByCandidate(s.Taker), rec.ID)
		w.must(s.AddSignals(ctx, s.Taker, w.clock.now, []assess.Signal{{Type: assess.TabHidden, At: w.clock.now, Length: time.Second}}))
		w.must(s.Complete(ctx, s.Taker, true))
		given, err := answersGiven(w.Results(ctx, w.who(), s.invite))
		w.must(err)
		if len(given.Evidence) != 1 || given.Evidence[0].ID != rec.ID || len(given.Signals) != 1 {
			t.Errorf("observed: %+v and %+v", given.Evidence, given.Signals)
		}
		file, err := w.InviteMedia(ctx, w.who(), s.invite, rec.ID)
		w.must(err)
		w.must(file.Close())
		_, err = answersGiven(w.Results(ctx, grader.Actor(assess.Live), s.invite))
		w.wantKind(err, assess.Forbidden)
		_, err = w.EvaluationMedia(ctx, grader.Actor(assess.Live), s.evaluation(grader).ID, rec.ID)
		w.wantKind(err, assess.NotFound)
	})
}
