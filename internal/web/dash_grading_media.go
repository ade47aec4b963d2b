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

// evaluationCaptions sends a grader what is said in a recording.
func (s *Server) evaluationCaptions(c *call) error {
	id, recording, err := c.evaluationRecording()
	if err != nil {
		return err
	}
	t, err := s.app.EvaluationTranscript(c.ctx(), c.who(), id, recording)
	if err != nil {
		return err
	}
	return c.captions(t)
}

func (c *call) evaluationFile(open func(context.Context, assess.Actor, assess.EvaluationID, assess.RecordingID) (app.MediaFile, error)) (app.MediaFile, error) {
	id, recording, err := c.evaluationRecording()
	if err != nil {
		return app.MediaFile{}, err
	}
	return open(c.ctx(), c.who(), id, recording)
}

// evaluationRecording are the evaluation and the recording that the path names.
func (c *call) evaluationRecording() (assess.EvaluationID, assess.RecordingID, error) {
	id, err := c.id()
	if err != nil {
		return "", "", err
	}
	recording, err := c.recordingID()
	return assess.EvaluationID(id), recording, err
}

// played is what there is to play of a recording, by addresses that name the evaluation alone.
func (v evaluation) played(rec assess.Recording, label string) playback {
	return playbackOf(rec, label, func(rec assess.Recording, what string) string {
		return v.path("recordings", string(rec.ID), what)
	})
}
