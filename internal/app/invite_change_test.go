package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func (w *world) change(id assess.InviteID, u assess.InviteUpdate) error {
	return w.ChangeInvite(w.t.Context(), w.who(), id, u)
}

func TestAChangedInviteSaysSoOnce(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		tag, err := w.CreateTag(t.Context(), w.who(), "Spring", "")
		w.must(err)
		u := assess.InviteUpdate{
			Name: new("Ana Example"), Message: new("Welcome"), External: new("app-1"), RedirectURL: new("https://x.example"),
			Metadata: &map[string]string{"b": "2", "a": "1"}, Tags: &[]assess.TagID{tag.ID}, ReplayLimit: new(5), RecordLimit: new(6),
		}
		w.clock.advance(time.Minute)
		w.must(w.change(inv.ID, u))
		w.must(w.change(inv.ID, u))
		w.must(w.change(inv.ID, assess.InviteUpdate{}))
		want := w.detail(inv.ID).Invite
		want.Name, want.Message, want.External, want.RedirectURL = "Ana Example", "Welcome", "app-1", "https://x.example"
		want.Metadata, want.Tags, want.ReplayLimit, want.RecordLimit, want.UpdatedAt = *u.Metadata, *u.Tags, 5, 6, w.clock.now
		if diff := cmp.Diff(want, w.detail(inv.ID).Invite); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteChanged)
		if e := w.detail(inv.ID).Events[1]; e.Note != "name, message, external id, way on, metadata, tags, replays, takes" || e.External != "app-1" {
			t.Errorf("the event says %q of %q", e.Note, e.External)
		}
		if items, n, err := w.Invites(t.Context(), w.who(), assess.InviteFilter{Search: "ana exa"}, assess.Page{Number: 1, Limit: 5, Sort: "sent_at"}); err != nil || n != 1 {
			t.Errorf("searching for the new name finds %v, %v", items, err)
		}
	})
}

func TestANewDeadlineBringsAnExpiredInviteBackTogetherWithAllElse(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.bring(inv, assess.Accepted)
		w.bring(inv, assess.Expired)
		until := w.clock.now.Add(time.Hour)
		w.wantKind(w.change(inv.ID, assess.InviteUpdate{ReplayLimit: new(2)}), assess.Conflict)
		w.wantKind(w.change(inv.ID, assess.InviteUpdate{ExpiresAt: new(w.clock.now)}), assess.Invalid)
		w.must(w.change(inv.ID, assess.InviteUpdate{ExpiresAt: &until, ReplayLimit: new(2)}))
		if d := w.detail(inv.ID); d.Status != assess.Accepted || !d.Invite.ExpiresAt.Equal(until) || d.Invite.ReplayLimit != 2 {
			t.Errorf("the invite is %s until %s, with %d replays", d.Status, d.Invite.ExpiresAt, d.Invite.ReplayLimit)
		}
		w.must(w.change(inv.ID, assess.InviteUpdate{ExpiresAt: &until}))
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteAccepted, assess.InviteExtended, assess.InviteChanged)
		w.wantCountsRight()
	})
}

func TestWhatCanBeChangedInEachStatus(t *testing.T) {
	each(t, func(w *world) {
		later := func(w *world) *time.Time { return new(w.clock.now.Add(90 * 24 * time.Hour)) }
		for _, status := range assess.InviteStatuses() {
			inv := w.invite(w.published(), "ana@example.com")
			w.bring(inv, status)
			open := status.Open()
			was := w.detail(inv.ID).Invite
			for what, test := range map[string]struct {
				update assess.InviteUpdate
				ok     bool
			}{
				"words":  {assess.InviteUpdate{Name: new("Ana"), External: new(string(inv.ID)), Metadata: &map[string]string{"a": "b"}}, true},
				"limits": {assess.InviteUpdate{RecordLimit: new(9)}, open},
				"grader": {assess.InviteUpdate{Grader: &w.owner.ID}, open || status == assess.Completed},
			} {
				err := w.change(inv.ID, test.update)
				if test.ok && err != nil || !test.ok && assess.KindOf(err) != assess.Conflict {
					t.Errorf("%s of an invite that is %s: %v", what, status, err)
				}
			}
			err := w.change(inv.ID, assess.InviteUpdate{ExpiresAt: later(w)})
			if ok := open || status == assess.Expired; ok && err != nil || !ok && assess.KindOf(err) != assess.Conflict {
				t.Errorf("the deadline of an invite that is %s: %v", status, err)
			}
			if now := w.detail(inv.ID).Invite; status == assess.Started && (!now.ExpiresAt.Equal(was.ExpiresAt) || !now.CompleteBy.After(was.CompleteBy)) {
				t.Errorf("an attempt ends at %s, not %s; the invite at %s, not %s", now.CompleteBy, was.CompleteBy, now.ExpiresAt, was.ExpiresAt)
			}
		}
		w.wantCountsRight()
	})
}

func TestAClientsNameIsGivenOnceAndCanBeFreed(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		one, other := w.invite(asm, "ana@example.com"), w.invite(asm, "bea@example.com")
		w.must(w.change(one.ID, assess.InviteUpdate{External: new("app-1")}))
		err := w.change(other.ID, assess.InviteUpdate{External: new("app-1"), Name: new("Bea")})
		w.wantKind(err, assess.Conflict)
		if !strings.Contains(err.Error(), `"app-1"`) || w.detail(other.ID).Invite.Name != "" {
			t.Errorf("%v; the name is %q", err, w.detail(other.ID).Invite.Name)
		}
		w.must(w.change(one.ID, assess.InviteUpdate{External: new("")}))
		w.must(w.change(other.ID, assess.InviteUpdate{External: new("app-1")}))
		w.must(w.change(one.ID, assess.InviteUpdate{External: new("")})) // nothing is nobody's
	})
}

func TestTheGraderOfAnInviteIsReplaced(t *testing.T) {
	each(t, func(w *world) {
		graders := w.graders(3)
		s := w.started()
		grader := func() assess.MemberID {
			if g := w.detail(s.invite).Grader; g != nil {
				return g.ID
			}
			return ""
		}
		for _, m := range append(graders, graders[0]) {
			w.must(w.change(s.invite, assess.InviteUpdate{Grader: &m.ID}))
			w.must(w.change(s.invite, assess.InviteUpdate{Grader: &m.ID}))
			if got := grader(); got != m.ID {
				t.Errorf("%s grades it, want %s", got, m.ID)
			}
		}
		w.must(w.change(s.invite, assess.InviteUpdate{Grader: new(assess.MemberID(""))}))
		if got := grader(); got != "" {
			t.Errorf("%s grades it still", got)
		}
		if p := w.past(s.invite); p.happened(assess.InviteAssigned) != 4 || p.happened(assess.InviteUnassigned) != 4 {
			t.Errorf("assigned %d times and unassigned %d times", p.happened(assess.InviteAssigned), p.happened(assess.InviteUnassigned))
		}
		w.wantKind(w.change(s.invite, assess.InviteUpdate{Grader: new(assess.MemberID("01949999-0000-7000-8000-000000000000"))}), assess.NotFound)
		w.must(w.change(s.invite, assess.InviteUpdate{Grader: &graders[0].ID}))
		w.must(w.Assign(t.Context(), w.who(), s.invite, graders[1].ID, false))
		w.wantKind(w.change(s.invite, assess.InviteUpdate{Grader: &graders[2].ID}), assess.Conflict)
	})
}

func TestAGraderWhoHasSubmittedStays(t *testing.T) {
	each(t, func(w *world) {
		graders := w.graders(2)
		s := w.completed(planOf(graders[:1], func(*assess.GradingPlan) {}))
		s.grade(graders[0], 6)
		w.wantKind(w.change(s.invite, assess.InviteUpdate{Grader: &graders[1].ID}), assess.Conflict)
		w.must(w.change(s.invite, assess.InviteUpdate{Grader: &graders[0].ID}))
		s.wantGrade(assess.Graded, 6)
	})
}

func TestABatchKeepsOrderWhereWishesConcernTheSame(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		var wishes []assess.NewInvite
		for i := range 60 {
			n := wish(asm, fmt.Sprintf("person%d@example.com", i%20))
			n.Name, n.OnDuplicate = fmt.Sprintf("Wish %d", i), assess.ReturnDuplicate
			wishes = append(wishes, n)
		}
		ids := make([]assess.InviteID, len(wishes))
		app.EachInvite(wishes, func(i int) {
			out, err := w.Invite(t.Context(), w.who(), wishes[i])
			w.must(err)
			if ids[i] = out.Invite.ID; out.Found != (i >= 20) {
				t.Errorf("wish %d was found: %v", i, out.Found)
			}
		})
		for i, id := range ids {
			if id != ids[i%20] {
				t.Errorf("wish %d became %s, the one before it %s", i, id, ids[i%20])
			}
		}
	})
}
