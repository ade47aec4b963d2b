package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) gradingRoutes() []route {
	grader := member(assess.GradeAssigned)
	return []route{
		{"GET /grading", grader, s.queuePage},
		{"GET /grading/{id}", grader, s.openEvaluation},
		{"GET /grading/{id}/questions/{number}", grader, s.markPage},
		{"POST /grading/{id}/questions/{number}/mark", grader, s.saveMarkForm},
		{"PUT /grading/{id}/questions/{number}/mark", grader, s.saveMark},
		{"POST /grading/{id}/questions/{number}/comments", grader, s.saveCommentForm},
		{"PUT /grading/{id}/comments/{comment}", grader, s.saveComment},
		{"DELETE /grading/{id}/comments/{comment}", grader, s.deleteComment},
		{"POST /grading/{id}/questions/{number}/comments/{comment}/delete", grader, s.deleteCommentForm},
		{"GET /grading/{id}/review", grader, s.handInPage},
		{"PUT /grading/{id}/note", grader, s.saveNote},
		{"POST /grading/{id}/note", grader, s.saveNoteForm},
		{"POST /grading/{id}/submit", grader, s.submitEvaluation},
		{"POST /grading/{id}/reopen", grader, s.reopenEvaluation},
		{"GET /grading/{id}/recordings/{recording}/media", grader, s.evaluationMedia(s.app.EvaluationMedia)},
		{"GET /grading/{id}/recordings/{recording}/poster", grader, s.evaluationMedia(s.app.EvaluationPoster)},
		{"GET /grading/{id}/recordings/{recording}/waveform", grader, s.evaluationWaveform},
		{"GET /grading/{id}/recordings/{recording}/captions", grader, s.evaluationCaptions},
	}
}

// gradingHome is where a grader's work waits.
const gradingHome = "/grading"

// evaluation is what the pages on which a grader scores have in common. Nothing on them, and no address of theirs, may name the
// candidate where the evaluation hides them.
type evaluation struct {
	app.EvaluationDetail
	byQuestion bool                  // the same question of every candidate, then the next; else candidate by candidate
	alike      []assess.EvaluationID // that are gone through question by question; empty on the other way
}

// evaluation reads the evaluation that the path names.
func (c *call) evaluation() (v evaluation, err error) {
	id, err := c.id()
	if err != nil {
		return v, err
	}
	if v.EvaluationDetail, err = c.s.app.Evaluation(c.ctx(), c.who(), assess.EvaluationID(id)); err != nil {
		return v, err
	}
	if v.byQuestion = c.byQuestion(); v.byQuestion && v.open() {
		v.alike, err = c.s.app.AlikeEvaluations(c.ctx(), c.who(), v.ID)
	}
	return v, err
}

// byQuestion reports whether the grader goes question by question, which the address keeps.
func (c *call) byQuestion() bool { return c.value("by") == "question" }

// way is what keeps a page's address on the way that the grader goes.
func way(byQuestion bool) string {
	if byQuestion {
		return "?by=question"
	}
	return ""
}

// openEvaluation goes to the first answer that is not scored, or to the review when all are.
func (s *Server) openEvaluation(c *call) error {
	v, err := c.evaluation()
	if err != nil {
		return err
	}
	if v.open() {
		for _, m := range v.Answers {
			if !m.Whole() {
				return c.redirect(v.question(m.Number))
			}
		}
	}
	return c.redirect(v.review())
}

func (v evaluation) open() bool { return v.State == assess.EvaluationOpen }

func gradingPath(id assess.EvaluationID) string { return gradingHome + "/" + string(id) }

// path is the address of something below the evaluation.
func (v evaluation) path(parts ...string) string {
	return gradingPath(v.ID) + "/" + strings.Join(parts, "/")
}

func (v evaluation) question(number int) string { return v.questionOf(v.ID, number) }

func (v evaluation) questionOf(id assess.EvaluationID, number int) string {
	return gradingPath(id) + "/questions/" + strconv.Itoa(number) + way(v.byQuestion)
}

func (v evaluation) review() string { return v.path("review") + way(v.byQuestion) }

// candidate is how the grader calls the candidate.
func (v evaluation) candidate() string { return candidateOf(v.Evaluation, v.Name, v.Email) }

// candidateOf names the candidate of an evaluation: by a part of the evaluation's own id where they are hidden.
func candidateOf(e assess.Evaluation, name, email string) string {
	switch {
	case e.Hides():
		return "Candidate " + strings.ToUpper(string(e.ID[len(e.ID)-4:]))
	case name != "":
		return name
	default:
		return email
	}
}

// scored is how many answers have all their scores, of how many that need them.
func (v evaluation) scored() (done, all int) {
	for _, m := range v.Answers {
		if !needsScore(m) {
			continue
		}
		all++
		if m.Mark.Whole(m.Question) {
			done++
		}
	}
	return done, all
}

// needsScore reports whether there is something to score: something was given, to a question that has points.
func needsScore(m app.MarkedAnswer) bool {
	return m.State != assess.Unanswered && len(m.Question.Rubric()) > 0
}

func scoredText(done, all int) string {
	if all == 0 {
		return "Nothing to score"
	}
	return strconv.Itoa(done) + " of " + counted(all, "answer") + " scored"
}

// after is the page that follows the answer with the number.
func (v evaluation) after(number int) string {
	at := slices.Index(v.alike, v.ID)
	switch {
	case at >= 0 && at+1 < len(v.alike):
		return v.questionOf(v.alike[at+1], number)
	case at >= 0 && number < len(v.Answers):
		return v.questionOf(v.alike[0], number+1)
	case at >= 0:
		return gradingPath(v.alike[0]) + "/review" + way(true)
	case number < len(v.Answers):
		return v.question(number + 1)
	default:
		return v.review()
	}
}

// before is the page that the answer with the number follows; empty for the first.
func (v evaluation) before(number int) string {
	at := slices.Index(v.alike, v.ID)
	switch {
	case at > 0:
		return v.questionOf(v.alike[at-1], number)
	case at == 0 && number > 1:
		return v.questionOf(v.alike[len(v.alike)-1], number-1)
	case at < 0 && number > 1:
		return v.question(number - 1)
	default:
		return ""
	}
}

// crumbs lead back to the queue.
func (v evaluation) crumbs() []ui.Crumb {
	return []ui.Crumb{{Label: "Grading", Href: gradingHome + way(v.byQuestion)}}
}

// grading is the shell of a page on which scores are given.
func (c *call) grading(title string) ui.Dashboard {
	d := c.dashboard(title)
	d.Page.Links.Modules = append(d.Page.Links.Modules, c.s.assets.URL("player.js"), c.s.assets.URL("grade.js"))
	return d
}

// gradingFailed tells a person about a refusal that is none of what they typed: what they work on is submitted or taken away.
func (c *call) gradingFailed(v evaluation, err error) error {
	if assess.CodeOf(err) == assess.Finished {
		c.say(ui.Toast{Tone: ui.Warning, Text: messageOf(err, http.StatusConflict)})
		return c.redirect(v.review())
	}
	return err
}
