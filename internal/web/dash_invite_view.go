package web

import (
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// viewed says what somebody has looked at.
func (v inviteView) viewed(view app.View) string {
	switch view.Purpose {
	case assess.ForAnswer:
		for i, q := range v.Given.Content.Questions {
			if q.ID == view.Question {
				return "answer " + strconv.Itoa(i+1)
			}
		}
		return "an answer"
	case assess.ForScreen:
		return "the screen"
	case assess.ForWebcam:
		return "the camera"
	case assess.ForDocument:
		return "the photo of the document"
	default:
		return "the photo of the face"
	}
}
