package web_test

import (
	"bytes"
	"fmt"
	"image/color"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// The criteria of the spoken question.
const (
	clarity assess.CriterionID = "0198b2a4-0000-7000-8000-0000000000c1" // scored by levels of 0, 2 and 4 points
	depth   assess.CriterionID = "0198b2a4-0000-7000-8000-0000000000c2" // scored by up to 6 points
)

// judged gives the questions of an attempt what they are scored by: two criteria, up to 5 points, up to 20 points, and 3 points
// for the one that need not be answered.
func judged(_ *assess.NewInvite, c *assess.Content) {
	c.Questions[spoken-1].Criteria = []assess.Criterion{
		{ID: clarity, Name: "Clarity", Description: "Could a new colleague follow?", Levels: []assess.Level{
			{Points: 0, Description: "Nobody could follow."}, {Points: 2, Description: "With effort."}, {Points: 4, Description: "At once."},
		}},
		{ID: depth, Name: "Depth", Points: 6},
	}
	c.Questions[onCamera-1].Points, c.Questions[written-1].Points, c.Questions[optional-1].Points = 5, 20, 3
}

// work is an evaluation that waits for a grader, and the attempt that it is of.
type work struct {
	attempt
	grader assess.Member
	id     assess.EvaluationID
}

// toGrade is an attempt with an answer of each kind, which waits for the grader.
func (s *site) toGrade(grader assess.Member, plan assess.GradingPlan, change ...func(*assess.NewInvite, *assess.Content)) work {
	s.t.Helper()
	a := s.attempt(append([]func(*assess.NewInvite, *assess.Content){judged}, change...)...)
	plan.Assessment = a.Assessment
	s.must(s.SetGradingPlan(s.t.Context(), s.owner.Actor(assess.Live), plan))
	return s.answered(a, grader)
}

// answered gives the answers of an attempt, hands them in and assigns them.
func (s *site) answered(a attempt, grader assess.Member) work {
	s.t.Helper()
	a.record(spoken, opus, "sound.webm")
	a.record(onCamera, vp9, "video.webm")
	a.write("Welcome!\nAsk me anything.")
	a.submit()
	return s.assigned(a, grader)
}

// another is a candidate who has taken the same version of the same assessment, and waits for the same grader.
func (w work) another(email string) work {
	w.s.t.Helper()
	ctx := w.s.t.Context()
	out, err := w.s.Invite(ctx, w.s.owner.Actor(assess.Live), assess.NewInvite{
		Assessment: w.Assessment, Email: email, ReplayLimit: 1, RecordLimit: 2, ExpiresInDays: 30,
	})
	w.s.must(err)
	link, err := w.s.InviteURL(ctx, w.s.owner.Actor(assess.Live), out.Invite.ID)
	w.s.must(err)
	a := attempt{invitationOf{Invite: out.Invite, s: w.s, token: link[strings.LastIndex(link, "/")+1:]}, app.Taker{}}
	a.Taker = app.Taker{Token: a.token, Tab: "tab"}
	l, err := w.s.Landing(ctx, a.token, "", app.Client{})
	w.s.must(err)
	w.s.must(w.s.Accept(ctx, a.token, app.Agreement{Ticked: true, Language: "en", Shown: l.NoticeSHA256}, app.Client{}))
	w.s.must(w.s.Start(ctx, a.Taker))
	return w.s.answered(a, w.grader)
}

func (s *site) assigned(a attempt, grader assess.Member) work {
	s.t.Helper()
	ctx := s.t.Context()
	s.must(s.Assign(ctx, s.owner.Actor(assess.Live), a.ID, grader.ID, false))
	q, err := s.Queue(ctx, grader.Actor(assess.Live))
	s.must(err)
	at := slices.IndexFunc(q.Waiting, func(e app.QueuedEvaluation) bool { return e.Invite == a.ID })
	if at < 0 {
		s.t.Fatal("what was assigned does not wait")
	}
	return work{a, grader, q.Waiting[at].ID}
}

func (w work) path(rest string) string { return "/grading/" + string(w.id) + rest }

func (w work) questionPath(number int) string { return w.path(fmt.Sprintf("/questions/%d", number)) }

func (w work) read() app.EvaluationDetail {
	w.s.t.Helper()
	d, err := w.s.Evaluation(w.s.t.Context(), w.grader.Actor(assess.Live), w.id)
	w.s.must(err)
	return d
}

// score gives whole marks to all answers but those left out.
func (w work) score(leave ...int) {
	w.s.t.Helper()
	for _, m := range w.read().Answers {
		if m.State == assess.Unanswered || slices.Contains(leave, m.Number) {
			continue
		}
		mark := assess.Mark{Revision: m.Mark.Revision, Scores: map[assess.CriterionID]int{}}
		for _, c := range m.Question.Rubric() {
			mark.Scores[c.ID] = 2
		}
		_, err := w.s.SaveMark(w.s.t.Context(), w.grader.Actor(assess.Live), w.id, m.Number, mark)
		w.s.must(err)
	}
}

func (w work) submitAll() {
	w.s.t.Helper()
	w.score()
	w.s.must(w.s.SubmitEvaluation(w.s.t.Context(), w.grader.Actor(assess.Live), w.id, w.read().Stamp()))
}

// put sends JSON as our scripts do.
func (b *browser) put(method, path, body string) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), method, b.s.url+path, strings.NewReader(body))
	b.s.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// link is the address of the link whose relation it is.
func (p page) link(t *testing.T, rel string) string {
	t.Helper()
	for _, a := range p.all(t, "a") {
		if attr(a, "rel") == rel {
			return attr(a, "href")
		}
	}
	return ""
}

// markForm is what the form of the page would send.
func (p page) markForm(t *testing.T) url.Values {
	t.Helper()
	values := url.Values{}
	for _, form := range p.all(t, "form") {
		if !has(form, "data-mark") {
			continue
		}
		for n := range form.Descendants() {
			if name := attr(n, "name"); name != "" && n.Data != "button" {
				if value, sent := sent(n); sent {
					values.Set(name, value)
				}
			}
		}
	}
	return values
}

func TestAnEmptyQueueSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	b := s.signIn(grader.Email)
	p := b.get("/")
	p.shows(t, http.StatusOK, "/grading", "Nothing to grade")
	if strings.Contains(p.body, "/assessments") {
		t.Error("a grader is sent where they may not go")
	}
	s.signIn(ownerEmail).get("/grading").want(t, http.StatusOK, "Nothing to grade", "Open assessments")
}

func TestTheQueueTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{DueDays: 1})
	w.another("robin@example.com")
	b := s.signIn(grader.Email)
	b.get("/grading").want(t, http.StatusOK, "2 candidates to grade, 2 due within two days.", "0 of 6 answers scored", "0 of 3 answers scored",
		"Casey Candidate", "robin@example.com", "Due soon", "Start")
	w.score(written)
	p := b.get("/grading?by=question")
	p.want(t, http.StatusOK, "2 of 6 answers scored", "2 of 3 answers scored", "Go on with question 1")
	if c := words(p.all(t, "nav")[0]); !strings.Contains(c, "2 waiting") {
		t.Errorf("the navigation says %q", c)
	}
	w.submitAll()
	p = b.get("/grading")
	p.want(t, http.StatusOK, "1 candidate to grade", "Recently submitted", "8 points")
}

func TestGraderGoesCandidateByCandidateOrQuestionByQuestion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	other := w.another("robin@example.com")
	b := s.signIn(grader.Email)
	follow := func(path string, want ...string) {
		t.Helper()
		for _, next := range want {
			if path = b.get(path).link(t, "next"); path != next {
				t.Fatalf("on goes to %q, want %q", path, next)
			}
		}
	}
	follow(w.questionPath(1), w.questionPath(2), w.questionPath(3), w.questionPath(4), w.path("/review"))
	by := "?by=question"
	follow(w.questionPath(3)+by, other.questionPath(3)+by, w.questionPath(4)+by, other.questionPath(4)+by, w.path("/review")+by)
	w.score(onCamera)
	b.get(w.path("")).shows(t, http.StatusOK, w.questionPath(2))
	if got := b.get(w.questionPath(4)+by).link(t, "prev"); got != other.questionPath(3)+by {
		t.Errorf("back goes to %s", got)
	}
}

func TestAMarkIsGivenByAForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := s.signIn(grader.Email)
	p := b.get(w.questionPath(spoken))
	p.want(t, http.StatusOK, "What did you build last?", "Clarity", "With effort.", "Depth", "0 of 3 answers scored")
	stale := p.markForm(t)
	form := p.markForm(t)
	form.Set("score."+string(clarity), "2")
	form.Set("score."+string(depth), "6")
	form.Set("comment", "Clear.")
	p = b.post(w.questionPath(spoken)+"/mark", form)
	p.shows(t, http.StatusOK, w.questionPath(onCamera), "1 of 3 answers scored")
	p = b.get(w.questionPath(spoken))
	if got := p.markForm(t); got.Get("score."+string(clarity)) != "2" || got.Get("score."+string(depth)) != "6" || got.Get("comment") != "Clear." {
		t.Errorf("the form holds %v", got)
	}

	stale.Set("score."+string(clarity), "4")
	stale.Set("comment", "Very clear.")
	p = b.post(w.questionPath(spoken)+"/mark", stale)
	p.want(t, http.StatusUnprocessableEntity, "changed in another tab", "There it says: Clarity: 2, Depth: 6, “Clear.”")
	again := p.markForm(t)
	if again.Get("comment") != "Very clear." || again.Get("score."+string(clarity)) != "4" {
		t.Errorf("what was typed is lost: %v", again)
	}
	b.post(w.questionPath(spoken)+"/mark", again).want(t, http.StatusOK)
	if m := w.read().Answers[0].Mark; m.Comment != "Very clear." || m.Scores[clarity] != 4 {
		t.Errorf("stored is %+v", m)
	}

	bad := b.get(w.questionPath(written)).markForm(t)
	bad.Set("score.", "21")
	bad.Set("comment", "Kept.")
	p = b.post(w.questionPath(written)+"/mark", bad)
	p.want(t, http.StatusUnprocessableEntity, "Points must be from 0 to 20.", "Kept.")
	b.get(w.questionPath(9)).want(t, http.StatusNotFound)
}

func TestAScriptLearnsWhatAnotherTabHasSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := s.signIn(grader.Email)
	mark := w.questionPath(onCamera) + "/mark"
	save := func(revision, points int) page {
		return b.put(http.MethodPut, mark, fmt.Sprintf(`{"revision":%d,"scores":{"":%d},"comment":"so"}`, revision, points))
	}
	save(0, 3).want(t, http.StatusOK, `{"revision":1,"scores":{"":3},"comment":"so"}`)
	save(0, 3).want(t, http.StatusOK, `"revision":1`)
	save(0, 4).want(t, http.StatusConflict, `"code":"differs"`, `"revision":1,"scores":{"":3}`)
	save(1, 6).want(t, http.StatusBadRequest, "allows")
	b.put(http.MethodPut, mark, `{"revision":1,"scores":{"0198b2a4-0000-7000-8000-0000000000c9":1}}`).want(t, http.StatusBadRequest)
	b.put(http.MethodPut, w.path("/note"), `{"revision":1,"note":"Calm."}`).want(t, http.StatusOK, `"revision":2`)
	b.put(http.MethodPut, w.path("/note"), `{"revision":1,"note":"Loud."}`).want(t, http.StatusConflict, `"code":"differs"`, `"note":"Calm."`)
	w.submitAll()
	save(1, 1).want(t, http.StatusConflict, `"code":"finished"`)
}

func TestCommentsAreAddedChangedAndDeletedWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := s.signIn(grader.Email)
	comments := w.questionPath(spoken) + "/comments"
	b.post(comments, url.Values{"at": {"soon"}, "text": {"Good point."}}).want(t, http.StatusUnprocessableEntity, "minutes and seconds", "Good point.")
	b.post(comments, url.Values{"at": {"0:02"}, "text": {"Good point."}}).want(t, http.StatusOK, "0:02", "Good point.")
	c := w.read().Answers[0].Comments
	if len(c) != 1 || c[0].At.Seconds() != 2 {
		t.Fatalf("stored is %+v", c)
	}
	b.post(comments, url.Values{"id": {string(c[0].ID)}, "at": {"0:01"}, "text": {"Better."}}).want(t, http.StatusOK, "0:01", "Better.")
	b.post(comments+"/"+string(c[0].ID)+"/delete", nil).want(t, http.StatusOK)
	if c := w.read().Answers[0].Comments; len(c) != 0 {
		t.Errorf("left are %+v", c)
	}
	id := "/comments/0198b2a4-0000-7000-8000-0000000000d1"
	body := fmt.Sprintf(`{"question":%q,"at":1500,"text":"Here."}`, w.read().Answers[0].Question.ID)
	for range 2 {
		b.put(http.MethodPut, w.path(id), body).want(t, http.StatusOK)
	}
	for _, at := range []string{"-1", "18446744073710", "9223372036854775807"} { // times a million, two of them are another moment
		body := strings.Replace(body, "1500", at, 1)
		b.put(http.MethodPut, w.path(id), body).want(t, http.StatusBadRequest, "a moment of the answer")
	}
	b.post(comments, url.Values{"at": {"307445734562:00"}, "text": {"Late."}}).want(t, http.StatusUnprocessableEntity, "Late.")
	if c := w.read().Answers[0].Comments; len(c) != 1 || c[0].At.Milliseconds() != 1500 {
		t.Errorf("stored is %+v", c)
	}
	for range 2 {
		b.put(http.MethodDelete, w.path(id), "").want(t, http.StatusOK)
	}
}

func TestScoresAreHandedInOnceAndReopenedWithAReason(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := s.signIn(grader.Email)
	w.score(written)
	p := b.get(w.path("/review"))
	p.want(t, http.StatusOK, "Not scored yet", "Nothing was given", "6 of 38 points", "2 of 3 answers scored")
	if got := p.link(t, "prev"); got != w.questionPath(written) {
		t.Errorf("what is missing is at %q", got)
	}
	w.score()
	stale := b.get(w.path("/review")).fields(t, "submit")
	stale.Set("note", "Worth talking to.")
	w.score()
	_, err := s.SaveMark(t.Context(), grader.Actor(assess.Live), w.id, onCamera, assess.Mark{Revision: w.read().Answers[1].Mark.Revision, Scores: map[assess.CriterionID]int{"": 5}})
	s.must(err)
	p = b.post(w.path("/submit"), stale)
	p.want(t, http.StatusUnprocessableEntity, "changed in another tab since you looked", "Worth talking to.", "11 of 38 points")
	form := p.fields(t, "submit")
	b.post(w.path("/submit"), form).want(t, http.StatusOK, "Submitted: 11 points of 38", "Worth talking to.", "Nothing is left to grade.")
	b.post(w.path("/submit"), form).shows(t, http.StatusOK, w.path("/review"), "Submitted: 11 points of 38")
	b.get(w.questionPath(spoken)).want(t, http.StatusOK, "You have submitted these scores")
	b.post(w.questionPath(spoken)+"/mark", url.Values{"revision": {"9"}}).shows(t, http.StatusOK, w.path("/review"))

	b.post(w.path("/reopen"), url.Values{"reason": {" "}}).want(t, http.StatusUnprocessableEntity, "The reason")
	b.post(w.path("/reopen"), url.Values{"reason": {"I had misheard."}}).want(t, http.StatusOK, "Reopened: I had misheard.", "Submit")
	if d := w.read(); d.State != assess.EvaluationOpen || d.Reopened != "I had misheard." || d.Answers[onCamera-1].Mark.Scores[""] != 5 {
		t.Errorf("it is %s because of %q", d.State, d.Reopened)
	}
}

// secrets are what a blind evaluation must not tell of its candidate and of colleagues.
func (w work) secrets(more ...string) []string {
	secrets := []string{string(w.ID), w.token, w.Email, "Casey", "casey", "Canary", "Colleague's remark", "colleague's note", "Colleague's moment", "Time extended"}
	return append(secrets, more...)
}

func TestBlindGradingTellsNothingOfTheCandidate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	blind := s.colleague(assess.Grader)
	colleague := s.colleague(assess.Recruiter)
	yes := true
	a := s.attempt(judged, func(n *assess.NewInvite, _ *assess.Content) {
		n.Name, n.Message = "Casey Canary", "Dear Casey"
		n.Proctoring = assess.ProctoringChoice{ScreenRecording: &yes, IDCapture: &yes}
	})
	s.must(s.SetGradingPlan(t.Context(), s.owner.Actor(assess.Live), assess.GradingPlan{Assessment: a.Assessment, Blind: true}))
	s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Invite: a.ID, TimeFactor: 150, ExtraTakes: 1}))
	var evidence []string
	for _, mime := range []assess.Purpose{assess.ForFace, assess.ForDocument} {
		rec, err := s.OpenEvidence(t.Context(), a.Taker, mime, "image/jpeg")
		s.must(err)
		file := photo(t, color.RGBA{170, 120, 90, 255})
		s.must(s.ByCandidate(a.Taker).PutChunk(t.Context(), rec.ID, slice(0, file), bytes.NewReader(file)))
		_, err = s.ByCandidate(a.Taker).Finish(t.Context(), rec.ID, 1, int64(len(file)))
		s.must(err)
		evidence = append(evidence, string(rec.ID))
	}
	w := s.answered(a, blind)
	theirs := s.assigned(a, colleague)
	who := colleague.Actor(assess.Live)
	theirs.score()
	_, err := s.SaveMark(t.Context(), who, theirs.id, written, assess.Mark{
		Revision: theirs.read().Answers[2].Mark.Revision, Scores: map[assess.CriterionID]int{"": 17}, Comment: "Colleague's remark",
	})
	s.must(err)
	s.must(s.SaveComment(t.Context(), who, theirs.id, assess.Comment{ID: "0198b2a4-0000-7000-8000-0000000000d9", Question: theirs.read().Answers[0].Question.ID, Text: "Colleague's moment"}))
	_, err = s.SaveNote(t.Context(), who, theirs.id, theirs.read().Revision, "A colleague's note")
	s.must(err)
	s.must(s.SubmitEvaluation(t.Context(), who, theirs.id, theirs.read().Stamp()))

	b := s.signIn(blind.Email)
	seen := []page{b.get("/"), b.get("/grading"), b.get("/grading?by=question"), b.get(w.path("")), b.get(w.path("/review")), b.get(w.path("/review?by=question"))}
	for number := range 4 {
		seen = append(seen, b.get(w.questionPath(number+1)), b.get(w.questionPath(number+1)+"?by=question"))
	}
	seen = append(seen,
		b.put(http.MethodPut, w.questionPath(written)+"/mark", `{"revision":0,"scores":{"":3},"comment":""}`),
		b.put(http.MethodPut, w.questionPath(written)+"/mark", `{"revision":0,"scores":{"":4},"comment":""}`),
		b.put(http.MethodPut, w.questionPath(written)+"/mark", `{"revision":0,"scores":{"":99},"comment":""}`),
		b.put(http.MethodPut, w.path("/note"), `{"revision":1,"note":"Calm."}`),
		b.put(http.MethodPut, w.path("/note"), `{"revision":1,"note":"Loud."}`),
		b.post(w.path("/submit"), url.Values{"revision": {"2"}, "marks": {"1"}, "note": {"Calm."}}),
		b.post(w.path("/reopen"), url.Values{"reason": {"x"}}), b.get("/profile"))
	for _, n := range b.get(w.questionPath(spoken)).all(t, "answer-player") {
		seen = append(seen, b.get(attr(n, "waveform")))
	}
	for _, p := range seen {
		for _, secret := range w.secrets(append(evidence, string(theirs.id), ">17<")...) {
			if strings.Contains(html.UnescapeString(p.body), secret) || strings.Contains(p.url.String(), secret) || strings.Contains(fmt.Sprint(p.header), secret) {
				t.Errorf("%s tells %q:\n%s", p.url, secret, p.body)
			}
		}
	}
	name := "Candidate " + strings.ToUpper(string(w.id[len(w.id)-4:]))
	b.get(w.questionPath(spoken)).want(t, http.StatusOK, name, "Blind")
	for _, path := range append(evidence, string(theirs.id)) {
		if got := b.get(w.path("/recordings/" + path + "/media")); got.status != http.StatusNotFound {
			t.Errorf("%s is played: %d", path, got.status)
		}
	}
	for _, path := range []string{"/invites", "/invites/" + string(a.ID), "/overview", "/assessments"} {
		if got := b.get(path); got.status != http.StatusForbidden {
			t.Errorf("%s answers %d", path, got.status)
		}
	}

	w.score()
	s.must(s.SubmitEvaluation(t.Context(), blind.Actor(assess.Live), w.id, w.read().Stamp()))
	b.get(w.path("/review")).want(t, http.StatusOK, "Casey Canary", "Colleague's remark", "A colleague's note", "Colleague's moment")
}
