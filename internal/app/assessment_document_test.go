package app_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// given is a content as a document without ids says it.
func given(texts ...string) assess.Content {
	c := assess.Content{Name: "Engineer", Languages: []string{"en"}, Format: assess.TextFormat, AnswerFormat: assess.TextFormat}
	for _, text := range texts {
		c.Questions = append(c.Questions, assess.Question{
			Prompts: map[string]string{"en": text}, Points: 4, MaxAnswer: 60, Criteria: []assess.Criterion{{Name: "Depth of " + text, Points: 4}},
		})
	}
	return c
}

func (w *world) imported(texts ...string) assess.Assessment {
	w.t.Helper()
	asm, err := w.ImportAssessment(w.t.Context(), w.who(), given(texts...))
	w.must(err)
	return w.reread(asm)
}

func questionIDs(c assess.Content) (ids []assess.QuestionID) {
	for _, q := range c.Questions {
		ids = append(ids, q.ID)
	}
	return ids
}

func TestAnImportedAssessmentIsADraftWithIdsOfItsOwn(t *testing.T) {
	each(t, func(w *world) {
		asm := w.imported("One?", "Two?")
		if asm.Status != assess.Draft || asm.Version != 0 || len(asm.Draft.Questions) != 2 {
			t.Fatalf("imported %+v", asm)
		}
		again, err := w.ImportAssessment(t.Context(), w.who(), asm.Draft)
		w.must(err)
		again = w.reread(again)
		for i, q := range again.Draft.Questions {
			was := asm.Draft.Questions[i]
			if q.ID == was.ID || !assess.ValidID(string(q.ID)) || q.Criteria[0].ID != was.Criteria[0].ID || !assess.ValidID(string(q.Criteria[0].ID)) {
				t.Errorf("question %d is %+v and was %+v", i+1, q, was)
			}
			again.Draft.Questions[i].ID = was.ID
		}
		if diff := cmp.Diff(asm.Draft, again.Draft); diff != "" {
			t.Errorf("the copy says something else:\n%s", diff)
		}
	})
}

func TestAReplacedQuestionKeepsItsIdAndRecordings(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		asm := w.imported("One?", "Two?", "Three?")
		rec, err := w.OpenPrompt(ctx, w.who(), asm.ID, asm.Draft.Questions[0].ID, "audio/webm")
		w.must(err)
		asm.Draft.Questions[0].Recordings = named(rec.ID)
		asm = w.save(asm, asm.Draft)
		was := asm.Draft.Questions

		next := given("One, in other words?", "New?", "Three?", "Two?")
		next.Questions[0].ID = was[0].ID                                     // by its id; all else by its text
		next.Questions[1].ID = "0198b2a4-0000-7000-8000-0000000000aa"        // which nothing here has
		next.Questions[3].Prompts = map[string]string{"en": "  Two?\r\n\t "} // as it is stored, once it is cleaned
		next.Questions[2].Criteria = append(next.Questions[2].Criteria, assess.Criterion{Name: "New", Points: 1})
		next.Questions[2].Points = 5
		w.must(w.ReplaceDraft(ctx, w.who(), asm.ID, 0, next))
		now := w.reread(asm).Draft

		want := []assess.QuestionID{was[0].ID, now.Questions[1].ID, was[2].ID, was[1].ID}
		if got := questionIDs(now); !slices.Equal(got, want) || slices.Contains(questionIDs(asm.Draft), got[1]) || got[1] == next.Questions[1].ID {
			t.Errorf("the questions are %v, want %v", got, want)
		}
		if diff := cmp.Diff(named(rec.ID), now.Questions[0].Recordings); diff != "" {
			t.Errorf("its recordings (-want +got):\n%s", diff)
		}
		if c := now.Questions[2].Criteria; c[0].ID != was[2].Criteria[0].ID || c[1].ID == c[0].ID || !assess.ValidID(string(c[1].ID)) {
			t.Errorf("the criteria are %+v and were %+v", c, was[2].Criteria)
		}
	})
}

func TestReplacingByTheSameChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		asm := w.imported("One?", "Two?")
		w.must(w.Publish(t.Context(), w.who(), asm.ID))
		asm = w.reread(asm)
		w.must(w.ReplaceDraft(t.Context(), w.who(), asm.ID, 0, given("One?", "Two?")))
		w.must(w.ReplaceDraft(t.Context(), w.who(), asm.ID, 99, asm.Draft)) // the answer to the first time was lost
		if now := w.reread(asm); now.Revision != asm.Revision || !now.Published {
			t.Errorf("revision %d, published: %v", now.Revision, now.Published)
		}
	})
}

// What invites are pinned to is not touched, and a question that the draft has dropped is found in it.
func TestReplacingLeavesThePublishedVersionAlone(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		asm := w.imported("One?", "Two?")
		w.must(w.Publish(ctx, w.who(), asm.ID))
		w.must(w.ReplaceDraft(ctx, w.who(), asm.ID, 0, given("Two?")))
		content, err := w.AssessmentContent(ctx, w.who(), asm.ID)
		w.must(err)
		if diff := cmp.Diff(questionIDs(asm.Draft), questionIDs(content)); diff != "" {
			t.Errorf("candidates would get (-want +got):\n%s", diff)
		}
		w.must(w.ReplaceDraft(ctx, w.who(), asm.ID, 0, given("Two?", "One?")))
		want := []assess.QuestionID{asm.Draft.Questions[1].ID, asm.Draft.Questions[0].ID}
		if got := questionIDs(w.reread(asm).Draft); !slices.Equal(got, want) {
			t.Errorf("the questions are %v, want %v", got, want)
		}
	})
}

func TestReplacingNeedsTheRevisionThatItNames(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		asm := w.imported("One?")
		w.must(w.ReplaceDraft(ctx, w.who(), asm.ID, asm.Revision, given("Two?")))
		w.wantKind(w.ReplaceDraft(ctx, w.who(), asm.ID, asm.Revision, given("Three?")), assess.Conflict)
		if got := w.reread(asm).Draft.Questions[0].Prompts["en"]; got != "Two?" {
			t.Errorf("the draft asks %q", got)
		}
	})
}

func TestADocumentThatDoesNotAddUpIsRefused(t *testing.T) {
	each(t, func(w *world) {
		asm := w.imported("One?")
		bad := given("One?", "One?")
		bad.Name = ""
		bad.Questions[1].Points = 9
		_, err := w.ImportAssessment(t.Context(), w.who(), bad)
		w.wantProblems(err, "name", "questions[1].points")
		w.wantProblems(w.ReplaceDraft(t.Context(), w.who(), asm.ID, 0, bad), "name", "questions[1].points")
		twice := given("One?", "Two?")
		twice.Questions[0].ID, twice.Questions[1].ID = asm.Draft.Questions[0].ID, asm.Draft.Questions[0].ID
		w.wantProblems(w.ReplaceDraft(t.Context(), w.who(), asm.ID, 0, twice), "questions")
		w.wantKind(w.ReplaceDraft(t.Context(), w.who(), "0198b2a4-0000-7000-8000-0000000000aa", 0, given("One?")), assess.NotFound)
		viewer := w.who()
		viewer.Role = assess.Viewer
		_, err = w.ImportAssessment(t.Context(), viewer, given("One?"))
		w.wantKind(err, assess.Forbidden)
		w.wantKind(w.ReplaceDraft(t.Context(), viewer, asm.ID, 0, given("Two?")), assess.Forbidden)
	})
}
