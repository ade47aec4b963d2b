package web

import "alfaone/internal/assess"

// watched reports whether screen or camera are asked for while the candidate answers.
func (v sitting) watched() bool {
	return v.Status == assess.Started && observes(v.Invite.Proctoring)
}

// observes reports whether anything is observed throughout. Only then does the page note what is done beside it.
func observes(p assess.Proctoring) bool { return p.ScreenRecording || p.WebcamMonitoring }
