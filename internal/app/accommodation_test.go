package app_test

import (
	"slices"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func (s sitting) grant(a assess.Accommodation) {
	s.t.Helper()
	a.Invite = s.invite
	s.must(s.Accommodate(s.t.Context(), s.who(), a))
}

func TestWhatIsGrantedBeforeTheStartCountsFromTheStart(t *testing.T) {
	each(t, func(w *world) {
		s := w.sitting()
		s.grant(assess.Accommodation{TimeFactor: 150, ExtraTakes: 3, ExtraPlays: 2, Instead: assess.TextFormat})
		w.clock.advance(time.Hour)
		w.must(s.Start(t.Context(), s.Taker))
		if got, want := s.stands().CompleteBy, w.clock.now.Add(90*time.Minute+assess.AttemptGrace); !got.Equal(want) {
			t.Errorf("to be completed by %v, want %v", got, want)
		}
		q := s.question(spoken)
		if a := q.Allowance; a.Takes != 5 || a.Plays != 4 || a.Length != 3*time.Minute || !slices.Equal(a.Formats, []assess.Format{assess.AudioFormat, assess.TextFormat}) {
			t.Errorf("allowed: %+v", a)
		}
		if notes := w.notes(s.invite, assess.InviteAccommodated); !slices.Equal(notes, []string{"150 % of the time, 3 more for every take limit, 2 more for every replay limit, answers by text allowed"}) {
			t.Errorf("the timeline says %q", notes)
		}
	})
}

func TestWhatIsGrantedDuringAnAttemptCountsAtOnceAndNeverShortensIt(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		began := w.clock.now
		w.clock.advance(20 * time.Minute)
		for _, step := range []struct {
			factor int
			want   time.Duration // after the start; 0: no limit
		}{{125, 75 * time.Minute}, {200, 2 * time.Hour}, {100, 2 * time.Hour}, {assess.Unlimited, 0}, {100, 0}} {
			s.grant(assess.Accommodation{TimeFactor: step.factor})
			want := began.Add(step.want + assess.AttemptGrace)
			if step.want == 0 {
				want = time.Time{}
			}
			if got := s.stands().CompleteBy; !got.Equal(want) {
				t.Errorf("at %d %%: to be completed by %v, want %v", step.factor, got, want)
			}
		}
		w.clock.advance(1000 * time.Hour)
		w.calendar()
		if got := s.stands(); got.Stored != assess.Started {
			t.Errorf("without a limit the attempt is %s", got.Stored)
		}
	})
}

func TestAnExtraTakeCanBeRecordedAtOnce(t *testing.T) {
	each(t, func(w *world) {
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.RecordLimit = 1 })
		s.speak()
		_, _, err := s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.wantCode(err, assess.LimitUsed)
		s.grant(assess.Accommodation{ExtraTakes: 1})
		second := s.open()
		_, _, err = s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.wantCode(err, assess.LimitUsed)
		w.must(w.AllowRetake(t.Context(), w.who(), s.invite, spoken))
		third := s.open()
		if second.Number != 2 || third.Number != 3 {
			t.Errorf("the takes are numbered %d and %d", second.Number, third.Number)
		}
		if q := s.question(onCamera); q.Allowance.Takes != 2 {
			t.Errorf("another question has %d takes", q.Allowance.Takes)
		}
		if notes := w.notes(s.invite, assess.InviteRetakeAllowed); !slices.Equal(notes, []string{"question 1"}) {
			t.Errorf("the timeline says %q", notes)
		}
	})
}

func TestAnotherTakeIsAllowedWhereOneCanStillBeRecorded(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		ctx := t.Context()
		w.wantKind(w.AllowRetake(ctx, w.who(), s.invite, written), assess.Conflict)
		w.wantKind(w.AllowRetake(ctx, w.who(), s.invite, 4), assess.NotFound)
		w.wantKind(w.AllowRetake(ctx, w.who(), s.invite, 0), assess.NotFound)
		w.must(s.Complete(ctx, s.Taker, true))
		w.wantKind(w.AllowRetake(ctx, w.who(), s.invite, spoken), assess.Conflict)
		if q := s.question(spoken); q.Answer.ExtraTakes != 0 {
			t.Errorf("%d takes were allowed", q.Answer.ExtraTakes)
		}
	})
}

func TestNothingIsGrantedOnceTheAttemptIsOver(t *testing.T) {
	for name, end := range map[string]func(sitting){
		"handed in": func(s sitting) { s.must(s.Complete(s.t.Context(), s.Taker, true)) },
		"revoked":   func(s sitting) { s.must(s.Revoke(s.t.Context(), s.who(), s.invite, true)) },
		"time up, and not yet written down": func(s sitting) {
			s.clock.now = s.stands().CompleteBy
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				s := w.started()
				end(s)
				was := s.stands()
				w.wantKind(w.Accommodate(t.Context(), w.who(), assess.Accommodation{Invite: s.invite, TimeFactor: 200}), assess.Conflict)
				if got := s.stands(); !got.CompleteBy.Equal(was.CompleteBy) {
					t.Errorf("the deadline moved from %v to %v", was.CompleteBy, got.CompleteBy)
				}
			})
		})
	}
}

func TestOnlyWhoInvitesGrantsAndGradersNeverLearnOfIt(t *testing.T) {
	each(t, func(w *world) {
		grader := w.join("grader@example.com", assess.Grader)
		viewer := w.join("viewer@example.com", assess.Viewer)
		s := w.started(func(n *assess.NewInvite, _ *assess.Content) { n.Grader = grader.ID })
		ctx := t.Context()
		for _, m := range []assess.Member{grader, viewer} {
			who := m.Actor(assess.Live)
			w.wantKind(w.Accommodate(ctx, who, assess.Accommodation{Invite: s.invite, TimeFactor: 150}), assess.Forbidden)
			w.wantKind(w.AllowRetake(ctx, who, s.invite, spoken), assess.Forbidden)
			_, err := w.ImportTake(ctx, who, s.invite, spoken, whole())
			w.wantKind(err, assess.Forbidden)
		}
		s.grant(assess.Accommodation{TimeFactor: 150, ExtraTakes: 3, ExtraPlays: 3, Instead: assess.TextFormat})
		w.must(w.AllowRetake(ctx, w.who(), s.invite, spoken))
		s.speak()
		s.speak()
		w.must(s.Complete(ctx, s.Taker, true))

		_, err := w.Accommodation(ctx, grader.Actor(assess.Live), s.invite)
		w.wantKind(err, assess.Forbidden)
		_, err = w.InviteTimeline(ctx, grader.Actor(assess.Live), s.invite)
		w.wantKind(err, assess.Forbidden)
		q := s.evaluation(grader).Answers[spoken-1]
		if q.Allowance.Takes != 2 || q.Allowance.Plays != 2 || len(q.Allowance.Formats) != 1 ||
			q.Answer.Takes != 0 || q.Answer.ExtraTakes != 0 || len(q.Takes) != 0 {
			t.Errorf("a grader learns %+v and %+v", q.Allowance, q.Answer)
		}
		if q.State != assess.Answered || q.Take == nil {
			t.Errorf("a grader does not get the answer: %+v", q)
		}
		all, err := answersGiven(w.Results(ctx, viewer.Actor(assess.Live), s.invite))
		w.must(err)
		if all.Accommodation.TimeFactor != 150 || all.Questions[spoken-1].Allowance.Takes != 6 || len(all.Questions[spoken-1].Takes) != 2 {
			t.Errorf("a viewer learns %+v and %+v", all.Accommodation, all.Questions[spoken-1].Allowance)
		}
	})
}
