package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/blob"
	"alfaone/internal/store"
)

// delivery is a take whose slices are on their way.
type delivery struct {
	sitting
	assess.Recording
	by app.Deliverer
}

func (s sitting) delivery() delivery {
	s.t.Helper()
	return delivery{s, s.open(), s.ByCandidate(s.Taker)}
}

// slice delivers a slice.
func (d delivery) slice(number int, data string) error {
	return d.by.PutChunk(d.t.Context(), d.ID, chunkOf(number, []byte(data)), strings.NewReader(data))
}

// stored are the numbers of the slices that are there.
func (d delivery) stored() [][2]int {
	d.t.Helper()
	got, err := d.ByMember(d.who()).Recording(d.t.Context(), d.ID)
	d.must(err)
	return got.Have
}

// keys are what is kept below a recording, without its place.
func (w *world) keys(id assess.RecordingID) (keys []string) {
	w.t.Helper()
	for info, err := range w.blobs.List(w.t.Context(), string(w.owner.Org)+"/recordings/"+string(id)+"/") {
		w.must(err)
		_, name, _ := strings.Cut(info.Key, string(id)+"/")
		keys = append(keys, name)
	}
	return keys
}

func TestSlicesArriveInAnyOrderAndAnyNumberOfTimes(t *testing.T) {
	each(t, func(w *world) {
		d := w.started().delivery()
		for _, step := range []struct {
			number int
			have   [][2]int
		}{
			{3, [][2]int{{3, 3}}},
			{0, [][2]int{{0, 0}, {3, 3}}},
			{0, [][2]int{{0, 0}, {3, 3}}},
			{2, [][2]int{{0, 0}, {2, 3}}},
			{3, [][2]int{{0, 0}, {2, 3}}},
			{1, [][2]int{{0, 3}}},
		} {
			w.must(d.slice(step.number, strings.Repeat("x", step.number+1)))
			if diff := cmp.Diff(step.have, d.stored()); diff != "" {
				t.Errorf("after slice %d: %s", step.number, diff)
			}
		}
		if got, err := d.by.Recording(t.Context(), d.ID); err != nil || got.Bytes != 1+2+3+4 || got.TakesLeft != 1 {
			t.Errorf("%d bytes, %d takes left, %v", got.Bytes, got.TakesLeft, err)
		}
	})
}

func TestASliceIsNotTaken(t *testing.T) {
	type want struct {
		kind assess.Kind
		code assess.Code
	}
	body := func(c assess.Chunk, data string, more ...error) func(delivery) error {
		return func(d delivery) error {
			readers := []io.Reader{strings.NewReader(data)}
			for _, err := range more {
				readers = append(readers, iotest.ErrReader(err))
			}
			return d.by.PutChunk(d.t.Context(), d.ID, c, io.MultiReader(readers...))
		}
	}
	good := chunkOf(1, []byte("good"))
	number := func(n int) func(delivery) error { return func(d delivery) error { return d.slice(n, "x") } }
	for name, test := range map[string]struct {
		put  func(delivery) error
		want want
	}{
		"with other bytes than are stored": {func(d delivery) error { return d.slice(0, "other") }, want{assess.Conflict, assess.Differs}},
		"with a wrong sum":                 {body(good, "evil"), want{assess.Invalid, ""}},
		"with a negative number":           {number(-1), want{assess.Invalid, ""}},
		"beyond the last":                  {number(assess.MaxChunksOf(assess.ForAnswer, 2*time.Minute)), want{assess.Invalid, ""}},
		"with a number that no column has": {number(1 << 62), want{assess.Invalid, ""}},
		"with no bytes":                    {func(d delivery) error { return d.slice(1, "") }, want{assess.Invalid, ""}},
		"that is too large":                {body(assess.Chunk{Number: 1, Bytes: assess.MaxChunkBytes + 1, SHA256: good.SHA256}, ""), want{assess.TooLarge, ""}},
		"that breaks off":                  {body(good, "go", errors.New("the sender is gone")), want{"", ""}},
		"that is shorter than it says":     {body(assess.Chunk{Number: 1, Bytes: 5, SHA256: good.SHA256}, "good"), want{"", ""}},
		"that is longer than it says":      {body(assess.Chunk{Number: 1, Bytes: 3, SHA256: good.SHA256}, "good"), want{"", ""}},
		"of an unknown recording":          {func(d delivery) error { d.ID = assess.RecordingID(unknownID); return d.slice(1, "x") }, want{assess.NotFound, ""}},
		"after the upload was finished":    {after(func(d delivery) error { _, err := d.by.Finish(d.t.Context(), d.ID, 1, 5); return err }), want{assess.Conflict, assess.Finished}},
		"after the recording was given up": {after(func(d delivery) error { return d.by.Abandon(d.t.Context(), d.ID) }), want{assess.Conflict, assess.Finished}},
		"by somebody without a link":       {as(func(d delivery) app.Deliverer { return d.ByCandidate(app.Taker{}) }), want{assess.NotFound, ""}},
		"by the candidate of another link": {as(func(d delivery) app.Deliverer { return d.ByCandidate(d.sitting.sitting().Taker) }), want{assess.NotFound, ""}},
		"by a member of another place":     {as(func(d delivery) app.Deliverer { return d.ByMember(d.stranger()) }), want{assess.NotFound, ""}},
		"by a member looking at test data": {as(func(d delivery) app.Deliverer { return d.ByMember(d.owner.Actor(assess.Test)) }), want{assess.NotFound, ""}},
		"by a member who may not invite": {as(func(d delivery) app.Deliverer {
			return d.ByMember(d.join("v@example.com", assess.Viewer).Actor(assess.Live))
		}), want{assess.Forbidden, ""}},
		"of a revoked invite":              {after(func(d delivery) error { return d.Revoke(d.t.Context(), d.who(), d.invite, true) }), want{assess.Gone, ""}},
		"of a withdrawn invite":            {after(func(d delivery) error { return d.Withdraw(d.t.Context(), d.Token, phone) }), want{assess.Gone, ""}},
		"of a link that was replaced":      {after(func(d delivery) error { return d.Readdress(d.t.Context(), d.who(), d.invite, "new@example.com", "") }), want{assess.NotFound, ""}},
		"a week after the answers were in": {after(handIn(assess.LateDelivery)), want{assess.Conflict, assess.Over}},
		"a week after the time was up":     {after(func(d delivery) error { d.clock.now = d.stands().CompleteBy.Add(assess.LateDelivery); return nil }), want{assess.Conflict, assess.Over}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				d := w.started().delivery()
				w.must(d.slice(0, "first"))
				err := test.put(d)
				if err == nil || assess.KindOf(err) != test.want.kind || assess.CodeOf(err) != test.want.code {
					t.Errorf("%v (%s, %s), want %+v", err, assess.KindOf(err), assess.CodeOf(err), test.want)
				}
				if keys := w.keys(d.ID); !slices.Equal(keys, []string{"chunks/000000-" + chunkOf(0, []byte("first")).SHA256}) {
					t.Errorf("kept are %q", keys)
				}
			})
		})
	}
}

const unknownID = "0198b2a4-0000-7000-8000-00000000ffff"

// after delivers a slice after something else.
func after(first func(delivery) error) func(delivery) error {
	return func(d delivery) error {
		d.must(first(d))
		return d.slice(1, "late")
	}
}

// as delivers a slice as somebody else.
func as(who func(delivery) app.Deliverer) func(delivery) error {
	return func(d delivery) error {
		d.by = who(d)
		return d.slice(1, "foreign")
	}
}

func handIn(wait time.Duration) func(delivery) error {
	return func(d delivery) error {
		err := d.Complete(d.t.Context(), d.Taker, true)
		d.clock.advance(wait)
		return err
	}
}

// stranger is the owner of another organization.
func (w *world) stranger() assess.Actor {
	w.t.Helper()
	m, err := w.CreateOrganization(w.t.Context(), app.NewOwner{
		Organization: "Other Ltd", FirstName: "Odo", LastName: "Other", Email: "odo@example.org", Password: password,
	})
	w.must(err)
	return m.Actor(assess.Live)
}

func TestASliceIsStillTaken(t *testing.T) {
	for name, first := range map[string]func(delivery) error{
		"from another tab":               func(d delivery) error { d.Tab = "other"; return nil },
		"after another tab has the seat": func(d delivery) error { return d.Sit(d.t.Context(), app.Taker{Token: d.Token, Tab: "other"}) },
		"after the answers were in":      handIn(0),
		"just within a week of the end":  handIn(assess.LateDelivery - time.Millisecond),
		"when the invite would have expired": func(d delivery) error {
			d.clock.advance(40 * 24 * time.Hour)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				d := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.TimeLimit = 24 * 60 }).delivery()
				if name == "when the invite would have expired" {
					w.must(w.Accommodate(t.Context(), w.who(), assess.Accommodation{Invite: d.invite, TimeFactor: assess.Unlimited}))
				}
				w.must(first(d))
				w.must(d.slice(0, "slice"))
			})
		})
	}
}

func TestNothingIsDeliveredToAnInviteThatHasNotBeenStarted(t *testing.T) {
	each(t, func(w *world) {
		s := w.sitting()
		_, _, err := s.OpenTake(t.Context(), s.Taker, spoken, opus)
		w.wantKind(err, assess.Conflict)
		screen, err := s.OpenEvidence(t.Context(), s.Taker, assess.ForScreen, "video/webm")
		w.must(err) // accepted is enough for it
		data := []byte("x")
		d := s.ByCandidate(s.Taker)
		w.must(d.PutChunk(t.Context(), screen.ID, chunkOf(0, data), bytes.NewReader(data)))
		w.clock.advance(31 * 24 * time.Hour)
		w.wantKind(d.PutChunk(t.Context(), screen.ID, chunkOf(1, data), bytes.NewReader(data)), assess.Gone)
		_, err = d.Recording(t.Context(), screen.ID)
		w.wantKind(err, assess.Gone)
	})
}

func TestATakeHasRoomForWhatItsLengthCanBe(t *testing.T) {
	each(t, func(w *world) {
		d := w.started(func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].MaxAnswer = assess.MinAnswer }).delivery()
		limit := assess.MaxBytesOf(assess.ForAnswer, assess.MinAnswer*time.Second)
		w.fill(d.Recording, limit-10)
		w.must(d.slice(1, "ten bytes!"))
		err := d.slice(2, "x")
		w.wantKind(err, assess.TooLarge)
		if n := len(w.keys(d.ID)); n != 1 {
			t.Errorf("%d slices are kept", n)
		}
	})
}

// fill makes as if slice 0 had so many bytes.
func (w *world) fill(rec assess.Recording, n int64) {
	w.t.Helper()
	w.must(w.db.Tx(w.t.Context(), func(tx *store.Tx) error {
		added, err := tx.InsertChunk(rec.Org, rec.ID, assess.Chunk{Number: 0, Bytes: n, SHA256: "x"}, n)
		if !added {
			w.t.Errorf("could not fill the recording with %d bytes", n)
		}
		return err
	}))
}

func TestAnInviteHasRoomForSoManyBytesAndRecordings(t *testing.T) {
	each(t, func(w *world) {
		s := w.sitting()
		open := func() (assess.Recording, error) {
			return s.OpenEvidence(t.Context(), s.Taker, assess.ForScreen, "video/webm")
		}
		put := func(rec assess.Recording, data string) error {
			return s.ByCandidate(s.Taker).PutChunk(t.Context(), rec.ID, chunkOf(1, []byte(data)), strings.NewReader(data))
		}
		first, err := open()
		w.must(err)
		second, err := open()
		w.must(err)
		w.fill(first, assess.MaxInviteBytes-5)
		w.must(put(second, "five!"))
		w.wantKind(put(first, "x"), assess.TooLarge)
		_, err = open()
		w.wantKind(err, assess.TooLarge)

		other := w.sitting()
		w.must(w.db.Tx(t.Context(), func(tx *store.Tx) error {
			for range assess.MaxRecordings - 1 {
				rec := assess.Recording{
					ID: assess.RecordingID(w.options.NewID()), Org: w.owner.Org, Mode: assess.Live, Purpose: assess.ForWebcam, Invite: other.invite,
					CreatedAt: tx.Now(),
				}
				if _, err := tx.InsertRecording(rec); err != nil {
					return err
				}
			}
			return nil
		}))
		last := func() error {
			_, err := other.OpenEvidence(t.Context(), other.Taker, assess.ForScreen, "video/webm")
			return err
		}
		w.must(last())
		w.wantKind(last(), assess.TooLarge)
	})
}

func TestFinishingNeedsEverySliceAndWhatIsSaidOfThem(t *testing.T) {
	each(t, func(w *world) {
		d := w.started().delivery()
		finish := func(chunks int, size int64) ([][2]int, error) { return d.by.Finish(t.Context(), d.ID, chunks, size) }
		w.must(d.slice(1, "b"))
		w.must(d.slice(4, "e"))
		for chunks, want := range map[int][][2]int{5: {{0, 0}, {2, 3}}, 7: {{0, 0}, {2, 3}, {5, 6}}, 2: {{0, 0}}} {
			missing, err := finish(chunks, 2)
			w.wantCode(err, assess.Incomplete)
			if diff := cmp.Diff(want, missing); diff != "" {
				t.Errorf("of %d slices: %s", chunks, diff)
			}
		}
		_, err := finish(0, 0)
		w.wantCode(err, assess.Differs)
		for _, n := range []int{0, 2, 3} {
			w.must(d.slice(n, "x"))
		}
		for _, wrong := range []struct {
			chunks int
			size   int64
		}{{5, 4}, {5, 6}, {4, 5}} {
			_, err := finish(wrong.chunks, wrong.size)
			w.wantCode(err, assess.Differs)
		}
		for range 3 { // the answer may get lost
			missing, err := finish(5, 5)
			w.must(err)
			if missing != nil {
				t.Errorf("missing %v", missing)
			}
		}
		if got, _ := d.by.Recording(t.Context(), d.ID); got.State != assess.RecordingUploaded || got.Chunks != 5 {
			t.Errorf("%s with %d slices", got.State, got.Chunks)
		}
		w.wantCode(d.by.Abandon(t.Context(), d.ID), assess.Finished)
		w.must(d.slice(2, "x")) // it is there: somebody has not heard of it
	})
}

func TestATakeOfNothingIsGivenBack(t *testing.T) {
	each(t, func(w *world) {
		d := w.started().delivery()
		_, err := d.by.Finish(t.Context(), d.ID, 0, 0)
		w.must(err)
		if got, _ := d.by.Recording(t.Context(), d.ID); got.State != assess.RecordingFailed || got.Failure != assess.Empty || got.TakesLeft != 2 {
			t.Errorf("%s because of %q with %d takes left", got.State, got.Failure, got.TakesLeft)
		}
	})
}

func TestATakeThatIsGivenUpIsGivenBackButNotWithoutEnd(t *testing.T) {
	each(t, func(w *world) {
		s := w.started()
		const most = 10
		for n := range most {
			d := s.delivery()
			w.must(d.slice(0, "x"))
			w.must(d.by.Abandon(t.Context(), d.ID))
			w.must(d.by.Abandon(t.Context(), d.ID))
			if q := s.question(spoken); q.Answer.Takes != 0 || q.State != assess.Unanswered || q.Failed == nil || q.Failed.Failure != assess.Interrupted {
				w.t.Fatalf("after %d interruptions %d takes are used, the question is %s and %+v", n+1, q.Answer.Takes, q.State, q.Failed)
			}
		}
		d := s.delivery()
		w.wantCode(d.by.Abandon(t.Context(), d.ID), assess.LimitUsed)
		if q := s.question(spoken); q.Answer.Takes != 1 || q.State != assess.Arriving {
			t.Errorf("%d takes are used, the question is %s", q.Answer.Takes, q.State)
		}
		if n := len(w.notes(s.invite, assess.InviteTakeFailed)); n != most {
			t.Errorf("the timeline tells of %d", n)
		}
		screen, err := s.OpenEvidence(t.Context(), s.Taker, assess.ForScreen, "video/webm")
		w.must(err)
		w.must(d.by.Abandon(t.Context(), screen.ID)) // costs nothing, so nobody counts
	})
}

func TestAfterTheEndNothingIsGivenUp(t *testing.T) {
	for name, end := range map[string]func(delivery) error{
		"handed in": handIn(0),
		"time up":   func(d delivery) error { d.clock.now = d.stands().CompleteBy; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				d := w.started().delivery()
				w.must(end(d))
				w.wantCode(d.by.Abandon(t.Context(), d.ID), assess.Over)
			})
		})
	}
}

func TestASliceOfARecordingThatWasFinishedMeanwhileLeavesNothing(t *testing.T) {
	each(t, func(w *world) {
		d := w.started().delivery()
		w.must(d.slice(0, "first"))
		end := &once{do: func() { _, err := d.by.Finish(t.Context(), d.ID, 1, 5); w.must(err) }}
		late := []byte("late")
		err := d.by.PutChunk(t.Context(), d.ID, chunkOf(1, late), io.MultiReader(end, bytes.NewReader(late)))
		w.wantCode(err, assess.Finished)
		if keys := w.keys(d.ID); len(keys) != 1 {
			t.Errorf("kept are %q", keys)
		}
	})
}

// once is a reader of nothing that does something first.
type once struct{ do func() }

func (o *once) Read([]byte) (int, error) {
	o.do()
	return 0, io.EOF
}

func TestTroubleOfTheStorageIsToldAsSuchAndLosesNothing(t *testing.T) {
	for name, trouble := range map[string]error{"full": blob.ErrFull, "away": blob.ErrUnavailable} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				d := w.started().delivery()
				broken := w.with(func(o *app.Options) { o.Blobs = &faulty{Store: w.blobs, at: 1, fault: trouble} })
				data := []byte("slice")
				err := broken.ByCandidate(d.Taker).PutChunk(t.Context(), d.ID, chunkOf(0, data), bytes.NewReader(data))
				w.wantKind(err, assess.Unavailable)
				if have := d.stored(); have != nil {
					t.Errorf("stored are %v", have)
				}
				w.must(d.slice(0, "slice"))
			})
		})
	}
}

// faulty is a store of which one call fails, after it has done a part of its work.
type faulty struct {
	blob.Store
	at    int   // which call fails, counted from 1; 0: none
	fault error // nil: ErrUnavailable
	calls int
}

func (f *faulty) fails() error {
	if f.calls++; f.calls != f.at {
		return nil
	}
	if f.fault == nil {
		return blob.ErrUnavailable
	}
	return f.fault
}

func (f *faulty) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := f.fails(); err != nil {
		_, _ = io.CopyN(io.Discard, r, size/2)
		return err
	}
	return f.Store.Put(ctx, key, r, size)
}

func (f *faulty) Open(ctx context.Context, key string) (blob.Object, error) {
	if err := f.fails(); err != nil {
		return nil, err
	}
	return f.Store.Open(ctx, key)
}

func (f *faulty) Delete(ctx context.Context, keys ...string) error {
	if err := f.fails(); err != nil {
		return errors.Join(err, f.Store.Delete(ctx, keys[:len(keys)/2]...))
	}
	return f.Store.Delete(ctx, keys...)
}
