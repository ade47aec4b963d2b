package web

import (
	"net/http"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// review is the page on which the candidate looks over the answers before submitting them.
type review struct {
	sitting
	missing  []app.AskedQuestion // required, and not answered
	arriving []app.AskedQuestion
	errors   []ui.FieldError
}

func (v sitting) review() review {
	r := review{sitting: v.titled("take.review.title")}
	for _, q := range v.attempt.Questions {
		switch {
		case q.State == assess.Arriving:
			r.arriving = append(r.arriving, q)
		case q.State == assess.Unanswered && q.Question.Required:
			r.missing = append(r.missing, q)
		}
	}
	r.offerLanguages("/take/review")
	return r
}

// whole reports whether nothing is missing that was asked for.
func (r review) whole() bool { return len(r.missing) == 0 && len(r.arriving) == 0 }

func (s *Server) reviewPage(c *call) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	if v.Status != assess.Started {
		return c.redirect(v.place())
	}
	return c.renderTake(http.StatusOK, v.texts, reviewTemplate(v.review()))
}

// submitAttempt hands the answers in. While something is missing it asks first.
func (s *Server) submitAttempt(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	err := s.app.Complete(c.ctx(), c.taker(), c.value("anyway") != "")
	switch {
	case err == nil:
		return c.redirect("/take/done")
	case assess.CodeOf(err) != assess.Incomplete:
		return c.refusedStep(err)
	}
	v, err := c.sit()
	if err != nil {
		return err
	}
	r := v.review()
	r.errors = []ui.FieldError{{Field: "anyway", Message: v.say("take.review.tick_missing")}}
	r.shell.Page.Title = r.t("words.error") + " " + r.shell.Page.Title
	return c.renderTake(http.StatusUnprocessableEntity, r.texts, reviewTemplate(r))
}

// donePage thanks the candidate and gives them a receipt.
func (s *Server) donePage(c *call) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	if v.Status != assess.Completed {
		return c.redirect(v.place())
	}
	return c.renderTake(http.StatusOK, v.texts, doneTemplate(v))
}

// submittedAt is when the attempt ended, also where that has not been written down yet.
func (v sitting) submittedAt() time.Time {
	if v.Invite.CompletedAt.IsZero() {
		return v.Invite.CompleteBy
	}
	return v.Invite.CompletedAt
}
