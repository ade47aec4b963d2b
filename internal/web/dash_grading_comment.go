package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// commentForm is a comment as it was typed into the form for browsers without scripts.
type commentForm struct {
	ID, At, Text string
	errors       []ui.FieldError
}

// commentID is the comment in the path. It must be a UUID; anything else does not exist.
func (c *call) commentID() (assess.CommentID, error) {
	id := strings.ToLower(c.r.PathValue("comment"))
	if !assess.ValidID(id) {
		return "", assess.Errorf(assess.NotFound, "comment not found")
	}
	return assess.CommentID(id), nil
}

// saveComment keeps a comment under the id that the page has made for it; again it changes nothing.
func (s *Server) saveComment(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	comment, err := c.commentID()
	if err != nil {
		return err
	}
	var in struct {
		Question assess.QuestionID `json:"question"`
		At       int64             `json:"at"` // milliseconds
		Text     string            `json:"text"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	err = s.app.SaveComment(c.ctx(), c.who(), assess.EvaluationID(id), assess.Comment{
		ID: comment, Question: in.Question, At: times(in.At, time.Millisecond), Text: in.Text,
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, struct{}{})
}

func (s *Server) deleteComment(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	comment, err := c.commentID()
	if err != nil {
		return err
	}
	if err := s.app.DeleteComment(c.ctx(), c.who(), assess.EvaluationID(id), comment); err != nil {
		return err
	}
	return c.json(http.StatusOK, struct{}{})
}

func (s *Server) saveCommentForm(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v, err := c.mark()
	if err != nil {
		return err
	}
	in := commentForm{ID: c.line("id"), At: c.line("at"), Text: c.value("text")}
	at, err := moment(in.At)
	if err == nil {
		err = s.app.SaveComment(c.ctx(), c.who(), v.ID, assess.Comment{
			ID: assess.CommentID(cmp.Or(in.ID, s.newID())), Question: v.Question.ID, At: at, Text: in.Text,
		})
	}
	if err == nil {
		return c.redirect(v.question(v.Number) + "#comments")
	}
	if assess.CodeOf(err) == assess.Finished {
		return c.gradingFailed(v.evaluation, err)
	}
	if in.errors, err = fieldErrors(err, map[string]string{"text": "The comment", "at": "The moment"}); err != nil {
		return err
	}
	v.comment = in
	return c.showMark(http.StatusUnprocessableEntity, v)
}

func (s *Server) deleteCommentForm(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v, err := c.mark()
	if err != nil {
		return err
	}
	comment, err := c.commentID()
	if err == nil {
		err = s.app.DeleteComment(c.ctx(), c.who(), v.ID, comment)
	}
	if err != nil {
		return c.gradingFailed(v.evaluation, err)
	}
	return c.redirect(v.question(v.Number) + "#comments")
}

// moment reads "1:05", or a number of seconds. Errors: Invalid.
func moment(text string) (time.Duration, error) {
	minutes, seconds, both := strings.Cut(text, ":")
	if !both {
		minutes, seconds = "0", minutes
	}
	m, errM := strconv.Atoi(minutes)
	s, errS := strconv.Atoi(seconds)
	if errors.Join(errM, errS) != nil || m < 0 || s < 0 {
		return 0, assess.InvalidFields(assess.Problem{Field: "at", Message: "must be written as minutes and seconds, such as 1:05"})
	}
	return times(int64(m), time.Minute) + times(int64(s), time.Second), nil
}

// times is n units, or a year where there are more: no number that is sent becomes another moment by overflowing.
func times(n int64, unit time.Duration) time.Duration {
	const year = 365 * 24 * time.Hour
	return time.Duration(min(max(n, -1), int64(year/unit))) * unit
}
