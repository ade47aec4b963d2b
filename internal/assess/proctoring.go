package assess

import (
	"slices"
	"time"
)

// Signal is a hint for a person, noticed by the candidate's browser while they answer. It proves nothing by itself, and nothing
// is concluded from it by a machine.
type Signal struct {
	Org    OrgID
	Invite InviteID
	Type   SignalType
	At     time.Time     // by the server's clock, worked out from the browser's
	Length time.Duration // 0 where it has none, or while it lasts
	Detail string
}

// SignalType names what was noticed.
type SignalType string

// The types.
const (
	TabHidden         SignalType = "tab_hidden"
	WindowLeft        SignalType = "window_left"
	FullscreenLeft    SignalType = "fullscreen_left"
	Pasted            SignalType = "pasted" // Detail: how many characters, never which
	Copied            SignalType = "copied"
	SecondScreen      SignalType = "second_screen"
	ScreenStopped     SignalType = "screen_stopped"
	ScreenNotWhole    SignalType = "screen_not_whole" // a window or a tab was shared
	ScreenUnsupported SignalType = "screen_unsupported"
	ScreenRefused     SignalType = "screen_refused"
	CameraStopped     SignalType = "camera_stopped"
	CameraRefused     SignalType = "camera_refused"
	CameraUnsupported SignalType = "camera_unsupported"
	NetworkLost       SignalType = "network_lost"
	DeviceChanged     SignalType = "device_changed"
	CannotTell        SignalType = "unavailable" // Detail: the type that this browser cannot notice
)

// SignalTypes lists the types.
func SignalTypes() []SignalType {
	return []SignalType{
		TabHidden, WindowLeft, FullscreenLeft, Pasted, Copied, SecondScreen, ScreenStopped, ScreenNotWhole, ScreenUnsupported,
		ScreenRefused, CameraStopped, CameraRefused, CameraUnsupported, NetworkLost, DeviceChanged, CannotTell,
	}
}

// Limits of signals.
const (
	MaxSignals        = 5_000 // of an invite; later ones are dropped, which changes nothing for the candidate
	MaxSignalsAtOnce  = 100
	maxSignalDetail   = 100
	maxSignalDuration = 24 * time.Hour
)

// CheckSignals checks what a browser sent. Errors: Invalid.
func CheckSignals(signals []Signal) error {
	var p problems
	p.when(len(signals) > MaxSignalsAtOnce, "signals", "must be at most %d at once", MaxSignalsAtOnce)
	for _, s := range signals {
		p.when(!slices.Contains(SignalTypes(), s.Type), "signals", "has an unknown type")
		p.when(s.Length < 0 || s.Length > maxSignalDuration, "signals", "has an impossible length")
		p.line("signals", s.Detail, false, maxSignalDetail)
	}
	return p.err()
}
