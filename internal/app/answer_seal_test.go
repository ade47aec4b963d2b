package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Whoever reads the answers once they are handed in reads what they will always be.
func TestWhatIsReadAfterHandingInIsWhatStays(t *testing.T) {
	each(t, func(w *world) {
		next := w.sitters()
		answers := func(s sitting) (all []assess.Answer) {
			w.must(w.db.Read(t.Context(), func(tx *store.Tx) (err error) {
				all, err = tx.Answers(w.owner.Org, s.invite)
				return err
			}))
			return all
		}
		for range meetings() {
			s := next()
			s.must(s.BeginAnswer(t.Context(), s.Taker, written))
			var read []assess.Answer
			race(
				func() {
					s.must(s.Complete(t.Context(), s.Taker, true))
					read = answers(s)
				},
				func() { _, _ = s.SaveText(t.Context(), s.Taker, written, 0, "a text") },
				func() { _, _, _ = s.OpenTake(t.Context(), s.Taker, spoken, opus) },
				func() { _, _ = s.GrantPlay(t.Context(), s.Taker, spoken, "") },
			)
			if diff := cmp.Diff(read, answers(s)); diff != "" {
				t.Fatalf("the answers have changed after they were handed in (-read +now):\n%s", diff)
			}
		}
	})
}
