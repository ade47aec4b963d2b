package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// graded is a completed invite with the nth id, with something of everything that is read of a span.
func (w *world) graded(a assess.Assessment, n int, tag assess.Tag) assess.Invite {
	w.Helper()
	inv := newInvite(a, fmt.Sprintf("c%d@example.com", n))
	inv.ID, inv.Stored, inv.CompletedAt, inv.Tags = ordered[assess.InviteID](n), assess.Completed, noon, []assess.TagID{tag.ID}
	w.invite(inv)
	for _, grader := range []assess.MemberID{"m1", "m2"} {
		e := w.evaluation(inv, grader, ready(time.Time{}))
		w.tx(func(tx *store.Tx) error {
			q := assess.Question{ID: "q1", Points: 10}
			if _, err := tx.SaveMark(inv.Org, e.ID, q, assess.Mark{Question: "q1", Revision: 1, Scores: map[assess.CriterionID]int{"": n}, SavedAt: noon}, 0); err != nil {
				return err
			}
			return tx.SaveComment(inv.Org, e.ID, assess.Comment{ID: newID[assess.CommentID](), Question: "q1", At: time.Second, Text: "Hm.", CreatedAt: noon, UpdatedAt: noon})
		})
	}
	w.tx(func(tx *store.Tx) error {
		if err := tx.SetGrade(inv, assess.Grade{State: assess.Graded, Points: float64(n), Max: 10, GradedAt: noon}); err != nil {
			return err
		}
		for _, outcome := range []assess.Outcome{assess.Hold, assess.Advance} {
			if _, err := tx.InsertDecision(inv.Org, assess.Decision{Invite: inv.ID, Outcome: outcome, Reason: "So.", Member: "m1", MemberName: "Ada", At: noon}); err != nil {
				return err
			}
		}
		if err := tx.CountImport(assess.Answer{Org: inv.Org, Invite: inv.ID, Question: "q1"}); err != nil {
			return err
		}
		take := newTake(inv)
		if _, err := tx.InsertRecording(take); err != nil {
			return err
		}
		_, err := tx.InsertTranscript(assess.Transcript{Org: inv.Org, Recording: take.ID, State: assess.TranscriptReady, Segments: []assess.Segment{{Text: "Well."}}})
		return err
	})
	return inv
}

// inSpan are the numbers of the invites that TestASpanIsReadLikeEachOfItsInvites reads.
var inSpan = []int{1, 2, 3, 5}

func TestASpanIsReadLikeEachOfItsInvites(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		asm, tag := w.assessment(org, "Go"), w.tag(org, "Senior")
		for _, n := range slices.Concat(inSpan, []int{0, 9}) {
			w.graded(asm, n, tag)
		}
		w.graded(w.assessment(org, "Rust"), 4, tag) // between them, but of another assessment
		span := store.Span{Org: org, Mode: assess.Live, Assessment: asm.ID, First: ordered[assess.InviteID](1), Last: ordered[assess.InviteID](5)}

		alike(w, span, (*store.Tx).EvaluationsIn, func(tx *store.Tx, inv assess.Invite) ([]assess.Evaluation, error) { return tx.Evaluations(org, inv.ID) })
		alike(w, span, (*store.Tx).DecisionsIn, func(tx *store.Tx, inv assess.Invite) ([]assess.Decision, error) { return tx.Decisions(org, inv.ID) })
		alike(w, span, (*store.Tx).AnswersIn, func(tx *store.Tx, inv assess.Invite) ([]assess.Answer, error) { return tx.Answers(org, inv.ID) })
		alike(w, span, (*store.Tx).TakesIn, func(tx *store.Tx, inv assess.Invite) ([]assess.Recording, error) { return tx.Recordings(org, inv.ID) })
		alike(w, span, (*store.Tx).TagNamesIn, func(*store.Tx, assess.Invite) ([]string, error) { return []string{"Senior"}, nil })
		alike(w, span, (*store.Tx).GradesIn, func(tx *store.Tx, inv assess.Invite) ([]assess.Grade, error) {
			g, err := tx.Grade(org, inv.ID)
			return []assess.Grade{g}, err
		})

		marks := read(w, func(tx *store.Tx) (map[assess.EvaluationID][]assess.Mark, error) { return tx.MarksIn(span) })
		comments := read(w, func(tx *store.Tx) (map[assess.EvaluationID][]assess.Comment, error) { return tx.CommentsIn(span) })
		transcripts := read(w, func(tx *store.Tx) (map[assess.RecordingID][]assess.Transcript, error) { return tx.TranscriptsIn(span) })
		if len(marks) != 8 || len(comments) != 8 || len(transcripts) != 4 {
			t.Errorf("4 invites have the marks of %d and the comments of %d evaluations, and %d transcripts", len(marks), len(comments), len(transcripts))
		}
		for id := range marks {
			same(w, marks[id], func(tx *store.Tx) ([]assess.Mark, error) { return tx.Marks(org, id) })
			same(w, comments[id], func(tx *store.Tx) ([]assess.Comment, error) { return tx.Comments(org, id) })
		}
		for id, found := range transcripts {
			same(w, found[0], func(tx *store.Tx) (assess.Transcript, error) { return tx.Transcript(org, id) })
		}
		for _, nobodys := range []store.Span{
			{Org: w.org(), Mode: span.Mode, Assessment: span.Assessment, First: span.First, Last: span.Last},
			{Org: org, Mode: assess.Test, Assessment: span.Assessment, First: span.First, Last: span.Last},
		} {
			same(w, map[assess.InviteID][]assess.Evaluation{}, func(tx *store.Tx) (map[assess.InviteID][]assess.Evaluation, error) { return tx.EvaluationsIn(nobodys) })
		}
	})
}

// alike checks that what is read of the span is what is read of each of its invites.
func alike[V any](w *world, span store.Span, in func(*store.Tx, store.Span) (map[assess.InviteID][]V, error), of func(*store.Tx, assess.Invite) ([]V, error)) {
	w.Helper()
	got := read(w, func(tx *store.Tx) (map[assess.InviteID][]V, error) { return in(tx, span) })
	want := map[assess.InviteID][]V{}
	for _, n := range inSpan {
		id := ordered[assess.InviteID](n)
		want[id] = read(w, func(tx *store.Tx) ([]V, error) {
			return of(tx, assess.Invite{InviteSummary: assess.InviteSummary{ID: id}})
		})
		if len(want[id]) == 0 {
			w.Errorf("there is no %T to compare", want[id])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompletedInvitesAreReadOnwardFromAnId(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		org := w.org()
		asm, tag := w.assessment(org, "Go"), w.tag(org, "Senior")
		for n := range 4 {
			w.graded(asm, n, tag)
		}
		pending := newInvite(asm, "pending@example.com")
		pending.ID = ordered[assess.InviteID](2_000)
		w.invite(pending)
		w.graded(w.assessment(org, "Rust"), 20, tag)
		ids := func(after assess.InviteID, limit int) func(tx *store.Tx) ([]assess.InviteID, error) {
			return func(tx *store.Tx) (out []assess.InviteID, err error) {
				invites, err := tx.CompletedInvites(org, assess.Live, asm.ID, after, limit)
				for _, inv := range invites {
					out = append(out, inv.ID)
				}
				return out, err
			}
		}
		same(w, []assess.InviteID{ordered[assess.InviteID](0), ordered[assess.InviteID](1)}, ids("", 2))
		same(w, []assess.InviteID{ordered[assess.InviteID](2), ordered[assess.InviteID](3)}, ids(ordered[assess.InviteID](1), 10))
		same(w, []int{1}, func(tx *store.Tx) ([]int, error) { return tx.CompletedVersions(org, assess.Live, asm.ID) })
	})
}
