package app_test

import (
	"math"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

func TestSignalsHaveTheServersTimeWhateverTheBrowsersClockSays(t *testing.T) {
	each(t, func(w *world) {
		s := w.sitting()
		accepted := w.clock.now
		w.clock.advance(time.Hour)
		now := w.clock.now
		wrong := now.Add(-1000 * time.Hour) // what the browser takes for now
		for name, test := range map[string]struct{ browser, at, want time.Time }{
			"right":                   {now, now.Add(-time.Minute), now.Add(-time.Minute)},
			"a clock that is wrong":   {wrong, wrong.Add(-time.Minute), now.Add(-time.Minute)},
			"from the future":         {now, now.Add(time.Minute), now},
			"from before the invite":  {now, now.Add(-48 * time.Hour), accepted},
			"at the end of all time":  {time.UnixMilli(math.MinInt64), time.UnixMilli(math.MaxInt64), now},
			"at the beginning of all": {time.UnixMilli(math.MaxInt64), time.UnixMilli(math.MinInt64), accepted},
		} {
			w.must(s.AddSignals(t.Context(), s.Taker, test.browser, []assess.Signal{{Type: assess.Pasted, At: test.at, Detail: name}}))
			for _, kept := range w.signals(s.invite) {
				if kept.Detail == name && !kept.At.Equal(test.want) {
					t.Errorf("%s: %v, want %v", name, kept.At, test.want)
				}
			}
		}
		if n := len(w.signals(s.invite)); n != 6 {
			t.Errorf("%d signals are kept", n)
		}
	})
}

func (w *world) signals(id assess.InviteID) (kept []assess.Signal) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		kept, err = tx.Signals(w.owner.Org, id)
		return err
	}))
	return kept
}

func TestOnlyWhatTheInviteAsksForIsObserved(t *testing.T) {
	each(t, func(w *world) {
		no, yes := false, true
		s := w.sitting(func(n *assess.NewInvite, _ *assess.Content) {
			n.Proctoring = assess.ProctoringChoice{ScreenRecording: &no, WebcamMonitoring: &yes, IDCapture: &no}
		})
		for purpose, want := range map[assess.Purpose]assess.Kind{
			assess.ForWebcam: "", assess.ForScreen: assess.Conflict, assess.ForDocument: assess.Conflict, assess.ForFace: assess.Conflict,
			assess.ForAnswer: assess.Invalid, assess.ForPrompt: assess.Invalid, "": assess.Invalid, "x": assess.Invalid,
		} {
			mime := "video/webm"
			if purpose.Photo() {
				mime = "image/jpeg"
			}
			_, err := s.OpenEvidence(t.Context(), s.Taker, purpose, mime)
			w.wantKind(err, want)
		}
	})
}
