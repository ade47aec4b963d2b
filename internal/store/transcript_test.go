package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func getTranscript(rec assess.Recording) func(tx *store.Tx) (assess.Transcript, error) {
	return func(tx *store.Tx) (assess.Transcript, error) { return tx.Transcript(rec.Org, rec.ID) }
}

func TestATranscriptIsKeptOnceAndChangedByWhoReadItLast(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		w.fails(assess.NotFound, func(tx *store.Tx) error { _, err := getTranscript(rec)(tx); return err })
		want := assess.Transcript{Org: rec.Org, Recording: rec.ID, State: assess.TranscriptQueued, Language: "en", Revision: 1, UpdatedAt: noon}
		for _, added := range []bool{true, false} {
			w.tx(func(tx *store.Tx) error {
				got, err := tx.InsertTranscript(want)
				if got != added {
					t.Errorf("inserted: %v, want %v", got, added)
				}
				return err
			})
		}
		same(w, want, getTranscript(rec))

		w.pass(time.Minute)
		heard := want
		heard.State, heard.Segments = assess.TranscriptReady, []assess.Segment{{Start: 1500 * time.Millisecond, End: 2 * time.Second, Text: "Häagen “Dazs”"}, {Start: 2 * time.Second, End: 3 * time.Second}}
		heard.EditedBy, heard.EditedAt = "Ada", noon
		for _, moved := range []bool{true, false} {
			w.tx(func(tx *store.Tx) error {
				got, err := tx.UpdateTranscript(heard)
				if got != moved {
					t.Errorf("updated: %v, want %v", got, moved)
				}
				return err
			})
		}
		heard.Revision, heard.UpdatedAt = 2, noon.Add(time.Minute)
		same(w, heard, getTranscript(rec))
	})
}

func TestTranscriptsGoWithTheirRecordingsAndStayInTheirOrganization(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv, other := w.startedInvite(), w.startedInvite()
		rec, second, foreign := w.record(newTake(inv)), w.record(newTake(inv)), w.record(newTake(other))
		for _, r := range []assess.Recording{rec, second, foreign} {
			w.tx(func(tx *store.Tx) error {
				_, err := tx.InsertTranscript(assess.Transcript{Org: r.Org, Recording: r.ID, State: assess.TranscriptQueued})
				return err
			})
		}
		of := func(inv assess.Invite) map[assess.RecordingID]bool {
			out := map[assess.RecordingID]bool{}
			for _, tr := range read(w, func(tx *store.Tx) ([]assess.Transcript, error) { return tx.Transcripts(inv.Org, inv.ID) }) {
				out[tr.Recording] = true
			}
			return out
		}
		if diff := cmp.Diff(map[assess.RecordingID]bool{rec.ID: true, second.ID: true}, of(inv)); diff != "" {
			t.Error(diff)
		}
		w.fails(assess.NotFound, func(tx *store.Tx) error { _, err := tx.Transcript(other.Org, rec.ID); return err })
		w.tx(func(tx *store.Tx) error {
			moved, err := tx.UpdateTranscript(assess.Transcript{Org: other.Org, Recording: rec.ID, State: assess.TranscriptFailed, Revision: 1})
			if moved {
				t.Error("another organization has changed a transcript")
			}
			return err
		})
		w.tx(func(tx *store.Tx) error { _, err := tx.DeleteRecordings(rec.Org, rec.Invite); return err })
		w.fails(assess.NotFound, func(tx *store.Tx) error { _, err := getTranscript(rec)(tx); return err })
	})
}
