package web

import (
	"strings"

	"alfaone/internal/assess"
)

// promptRoutes are where members deliver recordings: prompts, and takes that they put in for a candidate. Which of them a member
// may deliver is decided for each; the permission here is one that both need.
func (s *Server) promptRoutes() []route {
	return append(
		s.deliveryRoutes("", member(assess.WriteAssessments), s.byMember),
		route{"POST /assessments/{id}/questions/{question}/prompts", member(assess.WriteAssessments), s.openPrompt},
		route{"GET /recordings/{id}/media", member(assess.ReadAssessments), s.promptMedia},
	)
}

// openPrompt begins a recording, or an upload, of what a question asks.
func (s *Server) openPrompt(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	question := strings.ToLower(c.r.PathValue("question"))
	if !assess.ValidID(question) {
		return assess.Errorf(assess.NotFound, "There is no such question.")
	}
	var in struct {
		MIME string `json:"mime"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	rec, err := s.app.OpenPrompt(c.ctx(), c.who(), assess.AssessmentID(id), assess.QuestionID(question), in.MIME)
	if err != nil {
		return err
	}
	return c.opened("", rec, 0)
}

// promptMedia plays a prompt to whoever may read assessments.
func (s *Server) promptMedia(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	file, err := s.app.PromptMedia(c.ctx(), c.who(), assess.RecordingID(id))
	if err != nil {
		return err
	}
	return c.media(file)
}

func mediaPath(id assess.RecordingID) string { return "/recordings/" + string(id) + "/media" }
