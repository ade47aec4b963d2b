package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// checkPage lets the candidate find out whether their device can do what this invite needs, and nothing beyond that.
func (s *Server) checkPage(c *call) error {
	return c.prepare("take.check.title", always, func(v sitting) error {
		return c.renderTake(http.StatusOK, v.texts, checkPage(v))
	})
}

// checks names the tests that the invite needs, as the script knows them.
func (v sitting) checks() string {
	observed := v.Invite.Proctoring
	camera := v.answeredIn(assess.VideoFormat) || observed.WebcamMonitoring || observed.IDCapture
	names := []string{"browser"}
	for _, test := range []struct {
		name   string
		needed bool
	}{
		{"microphone", v.practises()},
		{"camera", camera},
		{"speaker", v.audible()},
		{"upload", v.practises() || camera || observed.ScreenRecording},
		{"screen", observed.ScreenRecording},
	} {
		if test.needed {
			names = append(names, test.name)
		}
	}
	return strings.Join(names, " ")
}

// audible reports whether there is anything to hear: a question, or one's own answer.
func (v sitting) audible() bool {
	return v.practises() || slices.ContainsFunc(v.attempt.Questions, func(q app.AskedQuestion) bool { return q.Asked != assess.TextFormat })
}

// What recorders are told to make, in kbit/s.
const (
	soundRate    = 32
	pictureRate  = 500
	observedRate = 250
)

// rate is how much has to be sent in each second of recording for nothing to pile up, in kbit/s.
func (v sitting) rate() int {
	rate := soundRate
	if v.answeredIn(assess.VideoFormat) {
		rate += pictureRate
	}
	if v.Invite.Proctoring.WebcamMonitoring {
		rate += observedRate
	}
	if v.Invite.Proctoring.ScreenRecording {
		rate += observedRate
	}
	return rate
}

// testUpload takes bytes and forgets them: the page measures how long that lasts.
func (s *Server) testUpload(c *call) error {
	if err := s.app.AllowUploadTest(c.ctx(), c.taker()); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, c.patientBody())
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return assess.Errorf(assess.TooLarge, "That is more than is needed to measure a connection.")
	case err != nil:
		return &assess.Error{Kind: assess.Invalid, Message: "The bytes did not arrive whole.", Err: err}
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
