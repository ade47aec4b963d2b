package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// maxSignalsShown bounds a timeline that somebody is to read.
const maxSignalsShown = 500

// watched reports whether there is, or should be, something observed to show.
func (v inviteView) watched() bool {
	return v.begun() && (len(observed(v.Invite.Proctoring)) > 0 || len(v.Given.Evidence) > 0 || len(v.Given.Signals) > 0)
}

// evidence are the finished recordings for a purpose.
func (v inviteView) evidence(p assess.Purpose) (out []assess.Recording) {
	for _, rec := range v.Given.Evidence {
		if rec.Purpose == p && rec.State == assess.RecordingReady {
			out = append(out, rec)
		}
	}
	return out
}

// photos are the newest photo of the document and of the face, where there is one.
func (v inviteView) photos() (out []assess.Recording) {
	for _, p := range []assess.Purpose{assess.ForDocument, assess.ForFace} {
		if all := v.evidence(p); len(all) > 0 {
			out = append(out, all[len(all)-1])
		}
	}
	return out
}

func photoLabel(p assess.Purpose) string {
	if p == assess.ForDocument {
		return "Identity document"
	}
	return "Face"
}

// observation is what came of one thing that the invite asks to observe.
type observation struct {
	Name string
	Says string
	Runs []assess.Recording
}

// observations tell what came of screen and camera.
func (v inviteView) observations() (out []observation) {
	for _, o := range []struct {
		name    string
		purpose assess.Purpose
		without map[assess.SignalType]string
	}{
		{"Screen", assess.ForScreen, map[assess.SignalType]string{
			assess.ScreenUnsupported: "Not available: the candidate's browser cannot share a screen.", assess.ScreenRefused: "The candidate did not share the screen.",
		}},
		{"Camera", assess.ForWebcam, map[assess.SignalType]string{
			assess.CameraUnsupported: "Not available: the candidate's browser found no camera.", assess.CameraRefused: "The candidate did not allow the camera.",
		}},
	} {
		runs := v.evidence(o.purpose)
		if v.Invite.Proctoring.Asks(o.purpose) || len(runs) > 0 {
			out = append(out, observation{o.name, v.outcome(o.purpose, runs, o.without), runs})
		}
	}
	return out
}

// outcome says how much was recorded, and if nothing was, why.
func (v inviteView) outcome(p assess.Purpose, runs []assess.Recording, without map[assess.SignalType]string) string {
	if len(runs) > 0 {
		var whole time.Duration
		for _, rec := range runs {
			whole += rec.Media.Duration
		}
		return fmt.Sprintf("%s, %s in all", counted(len(runs), "recording"), clockTime(whole))
	}
	for _, s := range v.Given.Signals {
		if why, ok := without[s.Type]; ok {
			return why
		}
	}
	if slices.ContainsFunc(v.Given.Evidence, func(rec assess.Recording) bool { return rec.Purpose == p && rec.State != assess.RecordingFailed }) {
		return "Still arriving."
	}
	return "Nothing was recorded."
}

// identified says which photos there are.
func (v inviteView) identified() string {
	switch photos := v.photos(); len(photos) {
	case 0:
		return "No photo was taken."
	case 1:
		return photoLabel(photos[0].Purpose) + " only."
	default:
		return "Photos of the document and of the face."
	}
}

func (v inviteView) observationFacts() ui.Facts {
	var facts ui.Facts
	for _, o := range v.observations() {
		facts = append(facts, ui.Fact{Term: o.Name, Value: ui.Text(o.Says)})
	}
	if v.Invite.Proctoring.IDCapture {
		facts = append(facts, ui.Fact{Term: "Identity", Value: ui.Text(v.identified())})
	}
	for _, t := range assess.SignalTypes() {
		if slices.ContainsFunc(v.Given.Signals, func(s assess.Signal) bool { return s.Type == assess.CannotTell && s.Detail == string(t) }) {
			facts = append(facts, ui.Fact{Term: "Not available", Value: ui.Text(cannotTell(t))})
		}
	}
	return facts
}

// cannotTell says what the candidate's browser is not able to notice.
func cannotTell(t assess.SignalType) string {
	title := cmp.Or(signalTitles()[t], string(t))
	return "The candidate's browser cannot tell whether " + strings.ToLower(title[:1]) + title[1:] + "."
}

// noticed tells signals and recordings in the order of their time, and how many more there are.
func (v inviteView) noticed() (t ui.Timeline, more int) {
	for _, s := range v.Given.Signals {
		if s.Type != assess.CannotTell {
			t = append(t, signalHappening(s))
		}
	}
	for _, rec := range v.Given.Evidence {
		if rec.State == assess.RecordingReady {
			t = append(t, evidenceHappening(rec))
		}
	}
	slices.SortStableFunc(t, func(a, b ui.Happening) int { return cmp.Compare(a.When.At.UnixMilli(), b.When.At.UnixMilli()) })
	shown := min(len(t), maxSignalsShown)
	return t[:shown], len(t) - shown
}

func evidenceHappening(rec assess.Recording) ui.Happening {
	h := ui.Happening{When: ui.Time{At: rec.CreatedAt}, Tone: ui.Info}
	switch rec.Purpose {
	case assess.ForScreen:
		h.Title, h.Icon, h.Detail = "Screen recording began", ui.IconMonitor, "It lasts "+clockTime(rec.Media.Duration)+"."
	case assess.ForWebcam:
		h.Title, h.Icon, h.Detail = "Camera recording began", ui.IconEye, "It lasts "+clockTime(rec.Media.Duration)+"."
	default:
		h.Title, h.Icon = photoLabel(rec.Purpose)+" photographed", ui.IconPerson
	}
	return h
}

func signalHappening(s assess.Signal) ui.Happening {
	h := ui.Happening{When: ui.Time{At: s.At}, Title: signalTitles()[s.Type], Detail: signalDetail(s), Icon: ui.IconInfo}
	if h.Title == "" {
		h.Title = string(s.Type)
	}
	if s.Length > 0 {
		lasted := "for " + counted(max(1, int(s.Length.Round(time.Second).Seconds())), "second")
		if s.Length >= time.Minute {
			lasted = "for " + clockTime(s.Length) + " minutes"
		}
		h.Title += " " + lasted
	}
	return h
}

// signalDetail is what a browser adds to a signal, in words.
func signalDetail(s assess.Signal) string {
	switch n, err := strconv.Atoi(s.Detail); {
	case (s.Type == assess.Pasted || s.Type == assess.Copied) && err == nil:
		return counted(n, "character")
	case s.Type == assess.ScreenNotWhole && s.Detail == "window":
		return "One window was."
	case s.Type == assess.ScreenNotWhole && s.Detail == "browser":
		return "One tab of the browser was."
	case s.Type == assess.CameraUnsupported && s.Detail == "busy":
		return "Another program was using it."
	case s.Type == assess.CameraUnsupported && s.Detail == "none":
		return "None was found."
	default:
		return ""
	}
}

func signalTitles() map[assess.SignalType]string {
	return map[assess.SignalType]string{
		assess.TabHidden:         "The page was out of sight",
		assess.WindowLeft:        "Another window was in use",
		assess.FullscreenLeft:    "Full screen was left",
		assess.Pasted:            "Text was pasted",
		assess.Copied:            "Text was copied",
		assess.SecondScreen:      "A second screen was connected",
		assess.ScreenStopped:     "Screen sharing stopped",
		assess.ScreenNotWhole:    "Not the whole screen was shared",
		assess.ScreenUnsupported: "Screen sharing is not available in this browser",
		assess.ScreenRefused:     "Screen sharing was declined",
		assess.CameraStopped:     "The camera stopped",
		assess.CameraRefused:     "The camera was not allowed",
		assess.CameraUnsupported: "A camera is not available in this browser",
		assess.NetworkLost:       "The connection was lost",
		assess.DeviceChanged:     "Camera or microphone was changed",
	}
}
