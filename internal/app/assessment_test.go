package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// asked is the assessment's draft with another text of its first question.
func asked(asm assess.Assessment, prompt string) assess.Content {
	c := asm.Draft
	q := c.Questions[0]
	q.Prompts = map[string]string{"en": prompt}
	c.Questions = []assess.Question{q}
	return c
}

func (w *world) reread(asm assess.Assessment) assess.Assessment {
	w.t.Helper()
	asm, err := w.Assessment(w.t.Context(), w.who(), asm.ID)
	w.must(err)
	return asm
}

func (w *world) save(asm assess.Assessment, c assess.Content) assess.Assessment {
	w.t.Helper()
	_, err := w.SaveDraft(w.t.Context(), w.who(), asm.ID, asm.Revision, c)
	w.must(err)
	return w.reread(asm)
}

func TestANewAssessmentHasOneQuestionAndTheOrganizationsLanguages(t *testing.T) {
	each(t, func(w *world) {
		asm, err := w.CreateAssessment(t.Context(), w.who(), "  Software \t Engineer ")
		w.must(err)
		asm = w.reread(asm)
		if asm.Draft.Name != "Software Engineer" || asm.Status != assess.Draft || asm.Version != 0 {
			t.Errorf("made %q, %s, version %d", asm.Draft.Name, asm.Status, asm.Version)
		}
		if len(asm.Draft.Questions) != 1 || !cmp.Equal(asm.Draft.Languages, []string{"en"}) {
			t.Errorf("made %d questions in %v", len(asm.Draft.Questions), asm.Draft.Languages)
		}
		_, err = w.CreateAssessment(t.Context(), w.who(), " ")
		w.wantKind(err, assess.Invalid)
	})
}

func TestSavingADraftNeedsTheRevisionThatWasRead(t *testing.T) {
	each(t, func(w *world) {
		asm, err := w.CreateAssessment(t.Context(), w.who(), "Engineer")
		w.must(err)
		first, err := w.SaveDraft(t.Context(), w.who(), asm.ID, asm.Revision, asked(asm, "One?"))
		w.must(err)
		if first != asm.Revision+1 {
			t.Errorf("the revision is %d, want %d", first, asm.Revision+1)
		}
		_, err = w.SaveDraft(t.Context(), w.who(), asm.ID, asm.Revision, asked(asm, "Two?"))
		w.wantKind(err, assess.Conflict)
		again, err := w.SaveDraft(t.Context(), w.who(), asm.ID, asm.Revision, asked(asm, "One?"))
		w.must(err)
		if again != first {
			t.Errorf("saving the same again gives revision %d, want %d", again, first)
		}
		if got := w.reread(asm).Draft.Questions[0].Prompts["en"]; got != "One?" {
			t.Errorf("the draft asks %q", got)
		}
		bad := asked(asm, strings.Repeat("x", assess.MaxTextRunes+1))
		_, err = w.SaveDraft(t.Context(), w.who(), asm.ID, first, bad)
		w.wantKind(err, assess.Invalid)
	})
}

func TestAPublishedVersionNeverChanges(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		invite := w.invite(asm, "early@example.com")
		changed := w.save(asm, asked(asm, "What will you build next?"))
		if changed.Published || changed.Version != 1 || changed.Status != assess.Published {
			t.Errorf("after an edit: published %t, version %d, %s", changed.Published, changed.Version, changed.Status)
		}
		seen, err := w.AssessmentContent(t.Context(), w.who(), asm.ID)
		w.must(err)
		if got := seen.Questions[0].Prompts["en"]; got != "What did you build last?" {
			t.Errorf("candidates are asked %q", got)
		}

		w.must(w.Publish(t.Context(), w.who(), asm.ID))
		later := w.invite(w.reread(asm), "late@example.com")
		for id, want := range map[assess.InviteID]int{invite.ID: 1, later.ID: 2} {
			d, err := w.InviteDetail(t.Context(), w.who(), id)
			w.must(err)
			if d.Invite.Version != want {
				t.Errorf("invite of %s is pinned to version %d, want %d", d.Invite.Email, d.Invite.Version, want)
			}
		}
	})
}

func TestPublishingTwiceMakesOneVersion(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.must(w.Publish(t.Context(), w.who(), asm.ID))
		if got := w.reread(asm); got.Version != 1 || got.Revision != asm.Revision {
			t.Errorf("version %d, revision %d", got.Version, got.Revision)
		}
	})
}

func TestADraftWithGapsCannotBePublished(t *testing.T) {
	each(t, func(w *world) {
		asm, err := w.CreateAssessment(t.Context(), w.who(), "Engineer")
		w.must(err)
		err = w.Publish(t.Context(), w.who(), asm.ID)
		w.wantKind(err, assess.Conflict)
		if !strings.Contains(err.Error(), "Question 1") {
			t.Errorf("the refusal does not name the question: %v", err)
		}
		if got := w.reread(asm); got.Version != 0 || got.Status != assess.Draft {
			t.Errorf("version %d, %s", got.Version, got.Status)
		}
	})
}

func TestDiscardingGoesBackToTheNewestVersion(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		changed := w.save(asm, asked(asm, "Other?"))
		w.wantKind(w.DiscardDraft(t.Context(), w.who(), asm.ID, changed.Revision-1), assess.Conflict)
		w.must(w.DiscardDraft(t.Context(), w.who(), asm.ID, changed.Revision))
		got := w.reread(asm)
		if diff := cmp.Diff(asm.Draft, got.Draft); diff != "" || !got.Published {
			t.Errorf("published %t, the draft differs:\n%s", got.Published, diff)
		}

		fresh, err := w.CreateAssessment(t.Context(), w.who(), "Fresh")
		w.must(err)
		w.wantKind(w.DiscardDraft(t.Context(), w.who(), fresh.ID, fresh.Revision), assess.Conflict)
	})
}

func TestTypingAChangeBackLeavesNothingUnpublished(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		changed := w.save(asm, asked(asm, "Other?"))
		if back := w.save(changed, asm.Draft); !back.Published {
			t.Error("the draft says what is published, and counts as unpublished")
		}
	})
}

func TestTheRubricIsPartOfTheVersion(t *testing.T) {
	each(t, func(w *world) {
		first := w.published()
		judged := first.Draft
		judged.Questions = slices.Clone(judged.Questions)
		judged.Questions[0] = judged.Questions[0].WithCriterion(w.NewCriterionID())
		judged.Questions[0].Criteria[0].Name = "Depth"
		judged.Questions[0].Criteria[0].Levels = []assess.Level{{Points: 5, Description: "All"}, {Points: 0, Description: "Nothing"}}
		changed := w.save(first, judged)
		if changed.Published || changed.Draft.Questions[0].Points != 5 || changed.Draft.Questions[0].Criteria[0].Levels[0].Points != 0 {
			t.Errorf("published: %t, stored %+v", changed.Published, changed.Draft.Questions[0])
		}
		w.must(w.Publish(t.Context(), w.who(), first.ID))
		second := w.reread(first)
		reworded := second.Draft
		reworded.Questions = slices.Clone(reworded.Questions)
		reworded.Questions[0].Criteria = slices.Clone(reworded.Questions[0].Criteria)
		reworded.Questions[0].Criteria[0].Name = "Breadth"
		if third := w.save(second, reworded); third.Published || third.Revision != second.Revision+1 {
			t.Errorf("a reworded criterion counts as published: %t, revision %d after %d", third.Published, third.Revision, second.Revision)
		}
		frozen, err := w.AssessmentContent(t.Context(), w.who(), first.ID)
		w.must(err)
		if diff := cmp.Diff(second.Draft, frozen); diff != "" {
			t.Errorf("editing changed the published version:\n%s", diff)
		}
		copied, err := w.DuplicateAssessment(t.Context(), w.who(), first.ID)
		w.must(err)
		if diff := cmp.Diff(w.reread(first).Draft.Questions[0].Criteria, w.reread(copied).Draft.Questions[0].Criteria); diff != "" {
			t.Errorf("the duplicate has another rubric:\n%s", diff)
		}
	})
}

func TestADuplicateIsADraftOfItsOwn(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		made, err := w.DuplicateAssessment(t.Context(), w.who(), asm.ID)
		w.must(err)
		made = w.reread(made)
		if made.Draft.Name != "Software Engineer Assessment (copy)" || made.Status != assess.Draft || made.Version != 0 {
			t.Errorf("made %q, %s, version %d", made.Draft.Name, made.Status, made.Version)
		}
		was, is := asm.Draft.Questions[0], made.Draft.Questions[0]
		if is.ID == was.ID || is.Prompts["en"] != was.Prompts["en"] {
			t.Errorf("question %s %q was copied to %s %q", was.ID, was.Prompts, is.ID, is.Prompts)
		}
		w.save(made, asked(made, "Other?"))
		if diff := cmp.Diff(asm, w.reread(asm)); diff != "" {
			t.Errorf("editing the copy changed the original:\n%s", diff)
		}
	})
}

func TestArchivingHidesAndRestoringBringsBack(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		invite := w.invite(asm, "candidate@example.com")
		w.must(w.Archive(t.Context(), w.who(), asm.ID))
		page := assess.Page{Number: 1, Limit: 10, Sort: "name"}
		_, shown, err := w.Assessments(t.Context(), w.who(), assess.AssessmentFilter{}, page)
		w.must(err)
		_, archived, err := w.Assessments(t.Context(), w.who(), assess.AssessmentFilter{Status: assess.Archived}, page)
		w.must(err)
		if shown != 0 || archived != 1 {
			t.Errorf("%d are shown and %d archived, want 0 and 1", shown, archived)
		}
		_, err = w.Invite(t.Context(), w.who(), wish(asm, "other@example.com"))
		w.wantKind(err, assess.Conflict)
		if _, err := w.InviteDetail(t.Context(), w.who(), invite.ID); err != nil {
			t.Errorf("the invite is gone: %v", err)
		}
		w.must(w.Restore(t.Context(), w.who(), asm.ID))
		if got := w.reread(asm); got.Status != assess.Published || !got.Published {
			t.Errorf("restored as %s, published %t", got.Status, got.Published)
		}
	})
}

func TestOnlyAuthorsChangeAssessments(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		viewer := w.who()
		viewer.Role = assess.Viewer
		stranger := w.who()
		stranger.Org = "00000000-0000-7000-8000-000000000000"
		for _, c := range []struct {
			who  assess.Actor
			want assess.Kind
		}{{viewer, assess.Forbidden}, {stranger, assess.NotFound}} {
			_, err := w.SaveDraft(t.Context(), c.who, asm.ID, asm.Revision, asked(asm, "Mine?"))
			w.wantKind(err, c.want)
			_, err = w.DuplicateAssessment(t.Context(), c.who, asm.ID)
			w.wantKind(err, c.want)
			w.wantKind(w.Publish(t.Context(), c.who, asm.ID), c.want)
			w.wantKind(w.DiscardDraft(t.Context(), c.who, asm.ID, asm.Revision), c.want)
			w.wantKind(w.Archive(t.Context(), c.who, asm.ID), c.want)
			w.wantKind(w.Restore(t.Context(), c.who, asm.ID), c.want)
			w.wantKind(w.TagAssessment(t.Context(), c.who, asm.ID, nil), c.want)
		}
		if diff := cmp.Diff(asm, w.reread(asm)); diff != "" {
			t.Errorf("the assessment was changed:\n%s", diff)
		}
	})
}

func TestAssessmentsAreFoundByTag(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		tag, err := w.CreateTag(t.Context(), w.who(), "Berlin", "")
		w.must(err)
		w.must(w.TagAssessment(t.Context(), w.who(), asm.ID, []assess.TagID{tag.ID}))
		found, total, err := w.Assessments(t.Context(), w.who(), assess.AssessmentFilter{Tag: tag.ID}, assess.Page{Number: 1, Limit: 10, Sort: "name"})
		w.must(err)
		if total != 1 || found[0].ID != asm.ID {
			t.Errorf("found %d: %v", total, found)
		}
		w.must(w.TagAssessment(t.Context(), w.who(), asm.ID, nil))
		if got := w.reread(asm); len(got.Tags) != 0 || got.Revision != asm.Revision {
			t.Errorf("tags %v, revision %d", got.Tags, got.Revision)
		}
		w.wantKind(w.TagAssessment(t.Context(), w.who(), asm.ID, make([]assess.TagID, assess.MaxTags+1)), assess.Invalid)
	})
}
