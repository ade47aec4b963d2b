package web

import (
	"net/http"
	"slices"
	"strconv"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// How many candidates are compared at once.
const (
	fewestCompared = 2
	mostCompared   = 5
)

// comparison is what the page that compares candidates shows.
type comparison struct {
	Assessment assess.AssessmentSummary
	Candidates []app.Results // in the order in which they were asked for
	Questions  []comparedQuestion
}

// comparedQuestion is a question with the answer of each candidate; nil for one whose version does not ask it.
type comparedQuestion struct {
	assess.Question
	Content assess.Content
	Answers []*app.ScoredAnswer
}

func (s *Server) comparePage(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	var v comparison
	if v.Assessment, err = s.app.AssessmentSummary(c.ctx(), c.who(), assess.AssessmentID(id)); err != nil {
		return err
	}
	invites := distinct(c.r.URL.Query()["invite"])
	if len(invites) < fewestCompared || len(invites) > mostCompared {
		return c.render(http.StatusOK, compareNothingPage(c.dashboard("Compare candidates"), v.Assessment, len(invites)))
	}
	for _, invite := range invites {
		r, err := c.compared(v.Assessment.ID, invite)
		if err != nil {
			return err
		}
		v.Candidates = append(v.Candidates, r)
	}
	v.Questions = comparedQuestions(v.Candidates)
	d := c.dashboard("Compare candidates")
	d.Page.Links.Modules = append(d.Page.Links.Modules, c.s.assets.URL("player.js"))
	return c.render(http.StatusOK, comparePage(d, v))
}

// distinct leaves out what was said before.
func distinct(all []string) (out []string) {
	for _, one := range all {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

// compared reads the results of an invite to the assessment. Errors: NotFound, also while it is not completed.
func (c *call) compared(assessment assess.AssessmentID, invite string) (r app.Results, err error) {
	if !assess.ValidID(invite) {
		return r, assess.Errorf(assess.NotFound, "invite not found")
	}
	r, err = c.s.app.Results(c.ctx(), c.who(), assess.InviteID(invite))
	if err == nil && (r.Invite.Assessment != assessment || r.Status != assess.Completed) {
		err = assess.Errorf(assess.NotFound, "invite not found")
	}
	return r, err
}

// comparedQuestions puts answers to the same question side by side. Candidates may have answered different versions: the order is
// that of the newest, and what only older ones ask comes last.
func comparedQuestions(candidates []app.Results) (out []comparedQuestion) {
	newestFirst := slices.Clone(candidates)
	slices.SortStableFunc(newestFirst, func(a, b app.Results) int { return b.Invite.Version - a.Invite.Version })
	known := map[assess.QuestionID]bool{}
	for _, r := range newestFirst {
		for _, q := range r.Given.Content.Questions {
			if !known[q.ID] {
				known[q.ID] = true
				out = append(out, comparedQuestion{q, r.Given.Content, answersTo(q.ID, candidates)})
			}
		}
	}
	return out
}

func answersTo(q assess.QuestionID, candidates []app.Results) []*app.ScoredAnswer {
	answers := make([]*app.ScoredAnswer, len(candidates))
	for i, r := range candidates {
		for at := range r.Answers {
			if r.Answers[at].Question.ID == q {
				answers[i] = &r.Answers[at]
			}
		}
	}
	return answers
}

func (q comparedQuestion) prompt() string { return q.Prompt(q.Content.Primary(), q.Content.Primary()) }

// written reports whether an answer is a text.
func (q comparedQuestion) written(a *app.ScoredAnswer) bool {
	return a.Answer.ByText || q.Content.AnswerFormatOf(q.Question) == assess.TextFormat
}

// playback is what there is to play of an answer, with what graders note at its moments.
func (q comparedQuestion) playback(a *app.ScoredAnswer, who string) playback {
	p := playbackOf(*a.Take, "Answer of "+who+" to question "+strconv.Itoa(a.Number), recordingPath)
	return p.captioned(a.Transcript, recordingPath(*a.Take, "captions")).remarked(a.Remarks)
}

// decisionOf is the badge of the decision that holds about a candidate.
func decisionOf(r app.Results) ui.Badge {
	if d := r.Decision(); d != nil {
		return ui.Outcome(string(d.Outcome))
	}
	return ui.Outcome("")
}
