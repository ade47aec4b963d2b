package app_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestTheOverviewOfAFreshOrganizationIsEmpty(t *testing.T) {
	each(t, func(w *world) {
		o, err := w.Overview(t.Context(), w.who())
		w.must(err)
		if o.Assessments+o.Published+o.Keys+o.Undelivered+len(o.Activity)+len(o.Invites)+len(o.Expiring) != 0 {
			t.Errorf("it holds %+v", o)
		}
	})
}

func TestTheOverviewSaysWhoDidWhatToWhom(t *testing.T) {
	each(t, func(w *world) {
		w.invite(w.published(), "candidate@example.com")
		o, err := w.Overview(t.Context(), w.who())
		w.must(err)
		if len(o.Activity) != 2 {
			t.Fatalf("it tells of %d things", len(o.Activity))
		}
		invited, published := o.Activity[0], o.Activity[1]
		if invited.Type != assess.InviteCreated || invited.ActorName != "Olivia Owner" ||
			invited.Candidate != "candidate@example.com" || invited.Assessment != "Software Engineer Assessment" {
			t.Errorf("of the invite it tells %+v", invited)
		}
		if published.Type != assess.AssessmentPublished || published.Candidate != "" || published.Assessment != "Software Engineer Assessment" {
			t.Errorf("of the assessment it tells %+v", published)
		}
		if o.Counts[assess.Pending] != 1 || len(o.Invites) != 1 || o.Assessments != 1 || o.Published != 1 {
			t.Errorf("it counts %+v", o)
		}
	})
}

func TestTheOverviewWarnsOfInvitesAboutToExpire(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.invite(asm, "later@example.com")
		soon := wish(asm, "soon@example.com")
		soon.ExpiresInDays = 4
		_, err := w.CheckInvites(t.Context(), w.who(), asm.ID, []assess.NewInvite{soon})
		w.must(err)
		results, err := w.InviteMany(t.Context(), w.who(), "list", []assess.NewInvite{soon})
		w.must(err)
		if len(results) != 1 {
			t.Fatalf("%d results", len(results))
		}

		want := func(n int) {
			t.Helper()
			o, err := w.Overview(t.Context(), w.who())
			w.must(err)
			if len(o.Expiring) != n || n == 1 && o.Expiring[0].Email != "soon@example.com" {
				t.Errorf("on %s it warns of %+v, want %d", w.clock.now.Format(time.DateOnly), o.Expiring, n)
			}
		}
		want(0)
		w.clock.advance(24 * time.Hour)
		want(1)
		w.clock.advance(3 * 24 * time.Hour)
		want(0)
	})
}

func TestTheOverviewIsNotForGraders(t *testing.T) {
	each(t, func(w *world) {
		grader := w.who()
		grader.Role = assess.Grader
		_, err := w.Overview(t.Context(), grader)
		w.wantKind(err, assess.Forbidden)
	})
}
