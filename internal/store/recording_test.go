package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
	"alfaone/internal/store"
	"alfaone/internal/store/storetest"
)

// newTake is an open take of the first question.
func newTake(inv assess.Invite) assess.Recording {
	return assess.Recording{
		ID: newID[assess.RecordingID](), Org: inv.Org, Mode: inv.Mode, Purpose: assess.ForAnswer, Invite: inv.ID, Question: "q1",
		MIME: "audio/webm;codecs=opus", Length: 2 * time.Minute, State: assess.RecordingOpen, CreatedAt: noon, TouchedAt: noon,
	}
}

// record opens a recording and gives it its number.
func (w *world) record(rec assess.Recording) assess.Recording {
	w.Helper()
	w.tx(func(tx *store.Tx) (err error) {
		rec.Number, err = tx.InsertRecording(rec)
		return err
	})
	return rec
}

// chunk puts a slice in and reports whether it was taken.
func (w *world) chunk(rec assess.Recording, c assess.Chunk, limit int64) (added bool) {
	w.Helper()
	w.tx(func(tx *store.Tx) (err error) {
		added, err = tx.InsertChunk(rec.Org, rec.ID, c, limit)
		return err
	})
	return added
}

func slice(number int, bytes int64) assess.Chunk {
	return assess.Chunk{Number: number, Bytes: bytes, SHA256: fmt.Sprintf("sum of %d and %d", number, bytes)}
}

func getRecording(rec assess.Recording) func(tx *store.Tx) (assess.Recording, error) {
	return func(tx *store.Tx) (assess.Recording, error) { return tx.Recording(rec.Org, rec.ID) }
}

func getChunks(rec assess.Recording) func(tx *store.Tx) ([]assess.Chunk, error) {
	return func(tx *store.Tx) ([]assess.Chunk, error) { return tx.Chunks(rec.Org, rec.ID) }
}

func (w *world) startedInvite() assess.Invite {
	w.Helper()
	inv := newInvite(w.assessment(w.org(), "Go"), "ada@example.com")
	inv.Stored, inv.AcceptedAt, inv.StartedAt = assess.Started, noon, noon
	return w.invite(inv)
}

func TestRecordingsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := newTake(w.startedInvite())
		rec.Key = "key"
		rec = w.record(rec)
		same(w, rec, getRecording(rec))
		for key, want := range map[string]assess.RecordingID{"key": rec.ID, "other": "", "": ""} {
			w.tx(func(tx *store.Tx) error {
				got, ok, err := tx.RecordingByKey(rec.Org, rec.Invite, key)
				if got.ID != want || ok != (want != "") {
					w.Errorf("under the key %q is %q", key, got.ID)
				}
				return err
			})
		}

		ready := rec
		ready.State, ready.Chunks, ready.FinishedAt = assess.RecordingReady, 3, noon.Add(time.Minute)
		ready.Media = assess.Media{
			ContentType: "video/webm", Bytes: 1 << 33, SHA256: strings.Repeat("a", 64), Duration: 1234 * time.Millisecond, Width: 640, Height: 480,
			Sound: true, Quiet: true, Waveform: true, Poster: true,
		}
		w.tx(func(tx *store.Tx) error {
			if moved, err := tx.MoveRecording(ready, assess.RecordingOpen); !moved || err != nil {
				w.Errorf("moved %v, %v", moved, err)
			}
			return nil
		})
		same(w, ready, getRecording(rec))
	})
}

func TestARecordingBelongsToOneOrganization(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		w.chunk(rec, slice(0, 10), 100)
		rec.Bytes = 10
		foreign := rec
		foreign.Org = w.org()
		missing(w, getRecording(foreign))
		same(w, []assess.Chunk{}, getChunks(foreign))
		same(w, []assess.Recording{}, func(tx *store.Tx) ([]assess.Recording, error) { return tx.Recordings(foreign.Org, rec.Invite) })
		same(w, store.RecordingUse{}, func(tx *store.Tx) (store.RecordingUse, error) { return tx.RecordingUse(foreign.Org, rec.Invite) })
		w.tx(func(tx *store.Tx) error {
			if _, ok, err := tx.Chunk(foreign.Org, rec.ID, 0); ok || err != nil {
				w.Errorf("found a slice: %v, %v", ok, err)
			}
			if added, err := tx.InsertChunk(foreign.Org, rec.ID, slice(1, 1), 100); added || err != nil {
				w.Errorf("added a slice: %v, %v", added, err)
			}
			failed := foreign
			failed.State = assess.RecordingFailed
			if moved, err := tx.MoveRecording(failed, assess.RecordingOpen); moved || err != nil {
				w.Errorf("moved: %v, %v", moved, err)
			}
			return tx.DeleteChunks(foreign.Org, rec.ID)
		})
		same(w, rec, getRecording(rec))
		same(w, []assess.Chunk{slice(0, 10)}, getChunks(rec))
	})
}

func TestRecordingsAreNumberedByPurposeAndQuestion(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		other := newInvite(w.assessment(inv.Org, "Rust"), "grace@example.com")
		w.invite(other)
		prompt := func(a assess.AssessmentID, q assess.QuestionID) assess.Recording {
			p := newTake(inv)
			p.Purpose, p.Invite, p.Assessment, p.Question = assess.ForPrompt, "", a, q
			return p
		}
		change := func(alter func(*assess.Recording)) assess.Recording {
			rec := newTake(inv)
			alter(&rec)
			return rec
		}
		for i, test := range []struct {
			rec  assess.Recording
			want int
		}{
			{newTake(inv), 1},
			{newTake(inv), 2},
			{change(func(r *assess.Recording) { r.Question = "q2" }), 1},
			{change(func(r *assess.Recording) { r.Purpose, r.Question = assess.ForScreen, "" }), 1},
			{change(func(r *assess.Recording) { r.Purpose, r.Question = assess.ForScreen, "" }), 2},
			{change(func(r *assess.Recording) { r.Purpose, r.Question = assess.ForWebcam, "" }), 1},
			{newTake(other), 1},
			{newTake(inv), 3},
			{prompt(inv.Assessment, "q1"), 1},
			{prompt(inv.Assessment, "q1"), 2},
			{prompt(other.Assessment, "q1"), 1},
		} {
			if got := w.record(test.rec).Number; got != test.want {
				w.Errorf("recording %d has number %d, want %d", i, got, test.want)
			}
		}
		var got []string
		for _, rec := range read(w, func(tx *store.Tx) ([]assess.Recording, error) { return tx.Recordings(inv.Org, inv.ID) }) {
			got = append(got, fmt.Sprintf("%s %s %d", rec.Purpose, rec.Question, rec.Number))
		}
		if diff := cmp.Diff([]string{"answer q1 1", "answer q1 2", "answer q1 3", "answer q2 1", "screen  1", "screen  2", "webcam  1"}, got); diff != "" {
			w.Error(diff)
		}
		same(w, []assess.Recording{}, func(tx *store.Tx) ([]assess.Recording, error) { return tx.Recordings(inv.Org, "") })
	})
}

func TestRecordingsOpenedAtOnceHaveDifferentNumbers(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		const n = 40
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				if err := w.db.Tx(w.Context(), func(tx *store.Tx) error { _, err := tx.InsertRecording(newTake(inv)); return err }); err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		for i, rec := range read(w, func(tx *store.Tx) ([]assess.Recording, error) { return tx.Recordings(inv.Org, inv.ID) }) {
			if rec.Number != i+1 {
				w.Errorf("recording %d has number %d", i+1, rec.Number)
			}
		}
		same(w, store.RecordingUse{Recordings: n}, func(tx *store.Tx) (store.RecordingUse, error) { return tx.RecordingUse(inv.Org, inv.ID) })
	})
}

func TestTwoRecordingsCannotHaveOneID(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		if err := w.db.Tx(w.Context(), func(tx *store.Tx) error { _, err := tx.InsertRecording(rec); return err }); err == nil {
			w.Error("the same id was taken twice")
		}
	})
}

func TestSlicesAreTakenOnceWhileTheRecordingIsOpenAndHasRoom(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		const limit = 100
		other := assess.Chunk{Number: 3, Bytes: 20, SHA256: "other"}
		w.pass(time.Second)
		for i, test := range []struct {
			c     assess.Chunk
			added bool
			bytes int64
		}{
			{slice(3, 40), true, 40},
			{slice(3, 40), false, 40},
			{other, false, 40},
			{slice(0, 61), false, 40},
			{slice(0, 60), true, 100},
			{slice(1, 1), false, 100},
		} {
			if added := w.chunk(rec, test.c, limit); added != test.added {
				w.Errorf("%d: slice %+v added %v, want %v", i, test.c, added, test.added)
			}
			if got := read(w, getRecording(rec)); got.Bytes != test.bytes || !got.TouchedAt.Equal(w.now()) {
				w.Errorf("%d: %d bytes, touched at %v; want %d at %v", i, got.Bytes, got.TouchedAt, test.bytes, w.now())
			}
		}
		same(w, []assess.Chunk{slice(0, 60), slice(3, 40)}, getChunks(rec))
		for number, want := range map[int]assess.Chunk{0: slice(0, 60), 1: {}, 3: slice(3, 40)} {
			w.tx(func(tx *store.Tx) error {
				got, ok, err := tx.Chunk(rec.Org, rec.ID, number)
				if got != want || ok != (want.Bytes > 0) {
					w.Errorf("slice %d is %+v, %v", number, got, ok)
				}
				return err
			})
		}
		w.tx(func(tx *store.Tx) error { return tx.DeleteChunks(rec.Org, rec.ID) })
		same(w, []assess.Chunk{}, getChunks(rec))

		for _, state := range []assess.RecordingState{assess.RecordingUploaded, assess.RecordingReady, assess.RecordingFailed} {
			rec := w.record(newTake(assess.Invite{InviteSummary: assess.InviteSummary{Org: rec.Org, Mode: rec.Mode, ID: rec.Invite}}))
			was := rec.State
			rec.State = state
			w.tx(func(tx *store.Tx) error { _, err := tx.MoveRecording(rec, was); return err })
			if w.chunk(rec, slice(0, 1), limit) {
				w.Errorf("a recording that is %s took a slice", state)
			}
		}
	})
}

func TestSlicesThatComeAtOnceAreCountedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		const limit, size = 200, 10 // twenty slices fit
		var wg sync.WaitGroup
		for number := range 30 {
			for range 2 {
				wg.Go(func() {
					err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
						_, err := tx.InsertChunk(rec.Org, rec.ID, slice(number, size), limit)
						return err
					})
					if err != nil {
						w.Error(err)
					}
				})
			}
		}
		wg.Wait()
		kept := read(w, getChunks(rec))
		if got := read(w, getRecording(rec)); got.Bytes > limit || got.Bytes != int64(len(kept)*size) {
			w.Errorf("%d bytes are noted, %d slices of %d are kept, and %d bytes are allowed", got.Bytes, len(kept), size, limit)
		}
	})
}

func TestARecordingMovesOnceFromAState(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		rec := w.record(newTake(w.startedInvite()))
		ready, failed := rec, rec
		ready.State, failed.State, failed.Failure = assess.RecordingUploaded, assess.RecordingFailed, assess.Interrupted
		wins := make(chan assess.Recording, 2)
		var wg sync.WaitGroup
		for _, to := range []assess.Recording{ready, failed} {
			wg.Go(func() {
				err := w.db.Tx(w.Context(), func(tx *store.Tx) error {
					moved, err := tx.MoveRecording(to, assess.RecordingOpen)
					if moved {
						wins <- to
					}
					return err
				})
				if err != nil {
					w.Error(err)
				}
			})
		}
		wg.Wait()
		if len(wins) != 1 {
			t.Fatalf("%d moves won", len(wins))
		}
		same(w, <-wins, getRecording(rec))
	})
}

func TestForsakenAndFailedRecordingsAreFoundTheOldestFirst(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		inv := w.startedInvite()
		names := named(func(r assess.Recording) string { return string(r.Question) })
		take := func(name string) assess.Recording {
			rec := newTake(inv)
			rec.Question, rec.CreatedAt = assess.QuestionID(name), w.now()
			return w.record(rec)
		}
		fail := func(rec assess.Recording) {
			was := rec.State
			rec.State, rec.FinishedAt = assess.RecordingFailed, w.now()
			w.tx(func(tx *store.Tx) error { _, err := tx.MoveRecording(rec, was); return err })
		}
		touched := take("touched later")
		take("second")
		w.pass(time.Hour)
		full, empty := take("failed"), take("failed without slices")
		w.chunk(full, slice(0, 1), 10)
		w.chunk(touched, slice(0, 1), 10)
		fail(full)
		fail(empty)
		w.pass(time.Hour)
		fresh := take("fresh")
		w.chunk(fresh, slice(0, 1), 10)
		fail(fresh)

		for _, test := range []struct {
			since time.Duration
			limit int
			want  []string
		}{
			{0, 10, []string{}},
			{time.Millisecond, 10, []string{"second"}},
			{3 * time.Hour, 10, []string{"second", "touched later"}},
			{3 * time.Hour, 1, []string{"second"}},
		} {
			found := read(w, func(tx *store.Tx) ([]assess.Recording, error) {
				return tx.ForsakenRecordings(noon.Add(test.since), test.limit)
			})
			if got, _ := names(found, 0, nil); !cmp.Equal(got.Names, test.want) {
				w.Errorf("forsaken since %s: %q, want %q", test.since, got.Names, test.want)
			}
		}
		found := read(w, func(tx *store.Tx) ([]assess.Recording, error) { return tx.FailedRecordings(w.now(), 10) })
		if got, _ := names(found, 0, nil); !cmp.Equal(got.Names, []string{"failed"}) {
			w.Errorf("failed before: %q", got.Names)
		}
	})
}

// TestNoStepOfATakeGoesThroughAWholeTable reads how SQLite would go about each statement of recording and answering.
func TestNoStepOfATakeGoesThroughAWholeTable(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	w.ms.Store(noon.UnixMilli())
	w.db = storetest.Open(t, w.now)
	inv := w.startedInvite()
	rec := newTake(inv)
	a := assess.Answer{Org: inv.Org, Invite: inv.ID, Question: "q1"}
	for name, use := range map[string]func(tx *store.Tx) error{
		"Recording":          func(tx *store.Tx) error { _, err := tx.Recording(rec.Org, rec.ID); return err },
		"RecordingByKey":     func(tx *store.Tx) error { _, _, err := tx.RecordingByKey(inv.Org, inv.ID, "key"); return err },
		"PlayByKey":          func(tx *store.Tx) error { _, _, err := tx.PlayByKey(inv.Org, inv.ID, "key"); return err },
		"Recordings":         func(tx *store.Tx) error { _, err := tx.Recordings(inv.Org, inv.ID); return err },
		"RecordingUse":       func(tx *store.Tx) error { _, err := tx.RecordingUse(inv.Org, inv.ID); return err },
		"InsertRecording":    func(tx *store.Tx) error { _, err := tx.InsertRecording(rec); return err },
		"InsertChunk":        func(tx *store.Tx) error { _, err := tx.InsertChunk(rec.Org, rec.ID, slice(0, 1), 1); return err },
		"Chunk":              func(tx *store.Tx) error { _, _, err := tx.Chunk(rec.Org, rec.ID, 0); return err },
		"Chunks":             func(tx *store.Tx) error { _, err := tx.Chunks(rec.Org, rec.ID); return err },
		"DeleteChunks":       func(tx *store.Tx) error { return tx.DeleteChunks(rec.Org, rec.ID) },
		"MoveRecording":      func(tx *store.Tx) error { _, err := tx.MoveRecording(rec, rec.State); return err },
		"ForsakenRecordings": func(tx *store.Tx) error { _, err := tx.ForsakenRecordings(noon, 1); return err },
		"FailedRecordings":   func(tx *store.Tx) error { _, err := tx.FailedRecordings(noon, 1); return err },
		"Answer":             func(tx *store.Tx) error { _, err := tx.Answer(a.Org, a.Invite, a.Question); return err },
		"Answers":            func(tx *store.Tx) error { _, err := tx.Answers(a.Org, a.Invite); return err },
		"CountTake":          func(tx *store.Tx) error { _, err := tx.CountTake(a, "tab"); return err },
		"ReturnTake":         func(tx *store.Tx) error { return tx.ReturnTake(a.Org, a.Invite, a.Question) },
		"AllowTake":          func(tx *store.Tx) error { return tx.AllowTake(a) },
		"CountPlay":          func(tx *store.Tx) error { _, err := tx.CountPlay(a, "tab"); return err },
		"ForgivePlay":        func(tx *store.Tx) error { _, err := tx.ForgivePlay(a, "tab"); return err },
		"SaveText":           func(tx *store.Tx) error { _, err := tx.SaveText(a, "tab", false, ""); return err },
		"Play":               func(tx *store.Tx) error { _, err := tx.Play(a.Org, a.Invite, "id"); return err },
		"Tab":                func(tx *store.Tx) error { _, err := tx.Tab(inv.Org, inv.ID); return err },
		"OverdueAttempts":    func(tx *store.Tx) error { _, err := tx.OverdueAttempts(1); return err },
		"Accommodation":      func(tx *store.Tx) error { _, err := tx.Accommodation(inv.Org, inv.ID); return err },
		"Signals":            func(tx *store.Tx) error { _, err := tx.Signals(inv.Org, inv.ID); return err },
		"InsertSignals":      func(tx *store.Tx) error { return tx.InsertSignals(inv.Org, inv.ID, []assess.Signal{{}}) },
	} {
		seen, _ := w.db.Spy(t.Context(), use) // what finds nothing, or may not write, has been seen all the same
		if len(seen) == 0 {
			t.Errorf("%s asks the database nothing", name)
		}
		for _, s := range seen {
			if plan := read(w, func(tx *store.Tx) (string, error) { return tx.Explain(s) }); wholeTable(plan) {
				t.Errorf("%s: %s\n%s", name, s.SQL, plan)
			}
		}
	}
}

// wholeTable reports a plan that reads a table from beginning to end.
func wholeTable(plan string) bool {
	for step := range strings.Lines(plan) {
		if strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN CONSTANT ROW") {
			return true
		}
	}
	return false
}
