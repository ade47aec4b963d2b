package app_test

import (
	"bytes"
	"testing"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestWhoWithdrawsLeavesNothingBehind(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		s.write("what I think")
		rec, _, err := s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.must(err)
		by := w.ByCandidate(s.Taker)
		for n, data := range sound(t) {
			w.must(by.PutChunk(t.Context(), rec.ID, chunkOf(n, data), bytes.NewReader(data)))
		}
		w.must(w.Withdraw(t.Context(), s.Token, s.Client))
		w.work()

		w.must(w.db.Read(t.Context(), func(tx *store.Tx) error {
			recordings, err := tx.Recordings(w.owner.Org, s.invite)
			w.must(err)
			answers, err := tx.Answers(w.owner.Org, s.invite)
			if len(recordings)+len(answers) > 0 {
				t.Errorf("there are still %+v and %+v", recordings, answers)
			}
			return err
		}))
		for info, err := range w.blobs.List(t.Context(), string(w.owner.Org)+"/") {
			w.must(err)
			t.Errorf("there is still %s", info.Key)
		}
		w.wantKind(by.PutChunk(t.Context(), rec.ID, chunkOf(9, []byte("late")), bytes.NewReader([]byte("late"))), assess.Gone)
	})
}
