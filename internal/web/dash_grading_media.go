package web

import (
	"context"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// evaluationMedia plays to a grader what open finds.
func (s *Server) evaluationMedia(open func(context.Context, assess.Actor, assess.EvaluationID, assess.RecordingID) (app.MediaFile, error)) func(*call) error {
	return func(c *call) error {
		file, err := c.evaluationFile(open)
		if err != nil {
			return err
		}
		return c.media(file)
	}
}

// evaluationWaveform sends a grader the points by which a player draws a recording.
func (s *Server) evaluationWaveform(c *call) error {
	file, err := c.evaluationFile(s.app.EvaluationWaveform)
	if err != nil {
		return err
	}
	return c.waveform(file)
}

func (c *call) evaluationFile(open func(context.Context, assess.Actor, assess.EvaluationID, assess.RecordingID) (app.MediaFile, error)) (app.MediaFile, error) {
	id, err := c.id()
	if err != nil {
		return app.MediaFile{}, err
	}
	recording, err := c.recordingID()
	if err != nil {
		return app.MediaFile{}, err
	}
	return open(c.ctx(), c.who(), assess.EvaluationID(id), recording)
}

// played is what there is to play of a recording, by addresses that name the evaluation alone.
func (v evaluation) played(rec assess.Recording, label string) playback {
	return playbackOf(rec, label, func(rec assess.Recording, what string) string {
		return v.path("recordings", string(rec.ID), what)
	})
}
