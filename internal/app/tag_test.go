package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

func (w *world) tag(name string) assess.Tag {
	w.t.Helper()
	t, err := w.CreateTag(w.t.Context(), w.who(), name, "")
	w.must(err)
	return t
}

func TestTagNamesAreUniqueWhateverTheirCase(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		first := w.tag("Éngineering")
		if first.Color != assess.DefaultTagColor {
			w.t.Errorf("colour %s", first.Color)
		}
		_, err := w.CreateTag(ctx, w.who(), " éNGINEERING ", "")
		w.wantKind(err, assess.Conflict)
		other := w.tag("Other")
		name := "ÉNGINEERING"
		_, err = w.UpdateTag(ctx, w.who(), other.ID, assess.TagUpdate{Name: &name})
		w.wantKind(err, assess.Conflict)
		got, err := w.UpdateTag(ctx, w.who(), first.ID, assess.TagUpdate{Name: &name})
		w.must(err)
		if got.Name != name {
			w.t.Errorf("renamed to %s", got.Name)
		}
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() { _, errs[i] = w.CreateTag(ctx, w.who(), "At once", "") })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				w.wantKind(err, assess.Conflict)
			}
		}
		if won != 1 {
			w.t.Errorf("%d tags of one name", won)
		}
	})
}

func TestATagsLimits(t *testing.T) {
	each(t, func(w *world) {
		w.tag(strings.Repeat("é", 50))
		for _, name := range []string{strings.Repeat("é", 51), " ", "a\u202eb"} {
			_, err := w.CreateTag(w.t.Context(), w.who(), name, "blue")
			w.wantProblems(err, "color", "name")
		}
	})
}

func TestADeletedTagIsTakenOffEverything(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		tag := w.tag("Autumn")
		asm := w.published()
		n := wish(asm, "casey@example.com")
		n.Tags = []assess.TagID{tag.ID}
		_, err := w.Invite(ctx, w.who(), n)
		w.must(err)
		uses, err := w.TagUses(ctx, w.who())
		w.must(err)
		if len(uses) != 1 || uses[0] != (app.TagUse{Tag: tag.ID, Invites: 1}) {
			w.t.Errorf("uses %+v", uses)
		}
		w.must(w.DeleteTag(ctx, w.who(), tag.ID))
		w.wantKind(w.DeleteTag(ctx, w.who(), tag.ID), assess.NotFound)
		uses, err = w.TagUses(ctx, w.who())
		w.must(err)
		if len(uses) != 0 {
			w.t.Errorf("uses after deletion %+v", uses)
		}
	})
}

func TestTagsOfOthersDoNotExistAndViewersOnlyRead(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		tag := w.tag("Autumn")
		viewer := w.join("viewer@example.com", assess.Viewer).Actor(assess.Live)
		_, err := w.CreateTag(ctx, viewer, "New", "")
		w.wantKind(err, assess.Forbidden)
		w.wantKind(w.DeleteTag(ctx, viewer, tag.ID), assess.Forbidden)
		_, err = w.UpdateTag(ctx, viewer, tag.ID, assess.TagUpdate{})
		w.wantKind(err, assess.Forbidden)
		_, err = w.AllTags(ctx, viewer)
		w.must(err)
		grader := w.join("grader@example.com", assess.Grader).Actor(assess.Live)
		_, err = w.TagUses(ctx, grader)
		w.wantKind(err, assess.Forbidden)
		m, err := w.CreateOrganization(ctx, newOwner())
		w.must(err)
		stranger := m.Actor(assess.Live)
		_, err = w.Tag(ctx, stranger, tag.ID)
		w.wantKind(err, assess.NotFound)
		_, err = w.UpdateTag(ctx, stranger, tag.ID, assess.TagUpdate{})
		w.wantKind(err, assess.NotFound)
		w.wantKind(w.DeleteTag(ctx, stranger, tag.ID), assess.NotFound)
		_, err = w.CreateTag(ctx, stranger, "autumn", "")
		w.must(err)
	})
}

func TestOfRivalChangesOfATagBothAreKept(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		tag := w.tag("Autumn")
		for round := range raceRounds {
			name, color := fmt.Sprintf("Autumn %d", round), fmt.Sprintf("#%06x", round)
			var first, second error
			race(
				func() { _, first = w.UpdateTag(ctx, w.who(), tag.ID, assess.TagUpdate{Name: &name}) },
				func() { _, second = w.UpdateTag(ctx, w.who(), tag.ID, assess.TagUpdate{Color: &color}) },
			)
			w.must(first)
			w.must(second)
			got, err := w.Tag(ctx, w.who(), tag.ID)
			w.must(err)
			if got.Name != name || got.Color != color {
				w.t.Fatalf("round %d: the tag is %s %s", round, got.Name, got.Color)
			}
		}
	})
}

func TestRivalTaggingsLeaveWhatOneOfThemWanted(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		both := []assess.TagID{w.tag("Autumn").ID, w.tag("Spring").ID}
		asm := w.published()
		inv := w.invite(asm, "casey@example.com")
		tagged := map[string]struct {
			tag  func(tags ...assess.TagID) error
			tags func() []assess.TagID
		}{
			"assessment": {
				func(tags ...assess.TagID) error { return w.TagAssessment(ctx, w.who(), asm.ID, tags) },
				func() []assess.TagID { return w.reread(asm).Tags },
			},
			"invite": {
				func(tags ...assess.TagID) error { return w.TagInvite(ctx, w.who(), inv.ID, tags) },
				func() []assess.TagID { return w.detail(inv.ID).Invite.Tags },
			},
		}
		for name, thing := range tagged {
			for round := range raceRounds {
				var first, second error
				race(func() { first = thing.tag(both...) }, func() { second = thing.tag(both[1]) })
				w.must(first)
				w.must(second)
				if got := thing.tags(); !slices.Equal(got, both) && !slices.Equal(got, both[1:]) {
					w.t.Fatalf("%s, round %d: tags %v", name, round, got)
				}
				w.must(thing.tag())
			}
		}
	})
}

func TestAnUpdateThatNamesNothingChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		tag, err := w.CreateTag(w.t.Context(), w.who(), "Spring", "")
		w.must(err)
		w.clock.advance(time.Hour)
		got, err := w.UpdateTag(w.t.Context(), w.who(), tag.ID, assess.TagUpdate{})
		if err != nil || got != tag {
			w.t.Errorf("%+v, %v; want %+v as it was", got, err, tag)
		}
	})
}
