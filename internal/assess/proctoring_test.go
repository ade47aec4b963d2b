package assess_test

import (
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestSignalsAreHintsOfKnownTypesWithinLimits(t *testing.T) {
	t.Parallel()
	one := func(change func(*assess.Signal)) []assess.Signal {
		s := assess.Signal{Type: assess.TabHidden, Length: time.Second}
		change(&s)
		return []assess.Signal{s}
	}
	many := func(n int) (all []assess.Signal) {
		for range n {
			all = append(all, assess.Signal{Type: assess.Pasted, Detail: "12 characters"})
		}
		return all
	}
	for name, tt := range map[string]struct {
		signals []assess.Signal
		ok      bool
	}{
		"none":                      {nil, true},
		"one":                       {one(func(*assess.Signal) {}), true},
		"as many as fit":            {many(assess.MaxSignalsAtOnce), true},
		"one too many":              {many(assess.MaxSignalsAtOnce + 1), false},
		"an unknown type":           {one(func(s *assess.Signal) { s.Type = "gaze" }), false},
		"no type":                   {one(func(s *assess.Signal) { s.Type = "" }), false},
		"a negative length":         {one(func(s *assess.Signal) { s.Length = -1 }), false},
		"a day":                     {one(func(s *assess.Signal) { s.Length = 24 * time.Hour }), true},
		"more than a day":           {one(func(s *assess.Signal) { s.Length = 24*time.Hour + 1 }), false},
		"a long detail":             {one(func(s *assess.Signal) { s.Detail = strings.Repeat("ü", 100) }), true},
		"a detail that is too long": {one(func(s *assess.Signal) { s.Detail = strings.Repeat("ü", 101) }), false},
		"a detail of two lines":     {one(func(s *assess.Signal) { s.Detail = "a\nb" }), false},
		"a wrong one among good":    {append(many(3), assess.Signal{Type: "emotion"}), false},
	} {
		if err := assess.CheckSignals(tt.signals); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, typ := range assess.SignalTypes() {
		if err := assess.CheckSignals([]assess.Signal{{Type: typ}}); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestOnlyWhatTheInviteAsksForIsObserved(t *testing.T) {
	t.Parallel()
	all := assess.Proctoring{ScreenRecording: true, WebcamMonitoring: true, IDCapture: true}
	for _, p := range assess.Purposes() {
		if all.Asks(p) != p.Evidence() {
			t.Errorf("everything is asked for, and %s: %v", p, all.Asks(p))
		}
		if (assess.Proctoring{}).Asks(p) {
			t.Errorf("nothing is asked for but %s", p)
		}
	}
	if screen := (assess.Proctoring{ScreenRecording: true}); !screen.Asks(assess.ForScreen) || screen.Asks(assess.ForWebcam) || screen.Asks(assess.ForFace) {
		t.Error("asking for the screen asks for something else")
	}
	if identity := (assess.Proctoring{IDCapture: true}); !identity.Asks(assess.ForFace) || !identity.Asks(assess.ForDocument) || identity.Asks(assess.ForWebcam) {
		t.Error("asking for the identity asks for something else")
	}
}
