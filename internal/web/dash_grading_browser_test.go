package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// grades opens the queue of a grader who signs in.
func (s *site) grades(p *chromium.Page, m assess.Member) *chromium.Page {
	s.t.Helper()
	p.AllowError("401")
	p.Open(s.url + "/grading")
	p.Fill("E-mail address", m.Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.WaitText("Grading")
	return p
}

// stored is the mark of an answer, once it is as wanted.
func (w work) stored(number int, want func(assess.Mark) bool) assess.Mark {
	w.s.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if m := w.read().Answers[number-1].Mark; want(m) {
			return m
		} else if time.Now().After(end) {
			w.s.t.Fatalf("stored is %+v", m)
		}
	}
}

// points reports whether the scores of a mark add up to n.
func points(n int) func(assess.Mark) bool {
	return func(m assess.Mark) bool { return len(m.Scores) > 0 && m.Points() == n }
}

func TestACandidateIsGradedByKeyboardOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{Blind: true})
	p := s.grades(chromium.New(t), grader)
	glance(t, p, "queue")
	p.Viewport(1280, 800)
	chromium.Eval[bool](p, `(document.querySelector('a[aria-label^="Start"]').focus(), true)`)
	p.Press("Enter")
	p.WaitURL("/questions/1")
	p.WaitText("0 of 3 answers scored")
	ready(p)
	p.Press("?")
	p.WaitText("5 seconds back or forward")
	accessible(t, p, "keys")
	p.Press("Escape")
	p.WaitGone("5 seconds back or forward")
	p.Press("2", "5") // a level of two points, then points
	p.WaitText("1 of 3 answers scored")
	p.WaitText("Saved")
	w.stored(spoken, points(7))
	p.Press("ArrowUp", "4")
	w.stored(spoken, points(9))
	p.Press("c")
	p.WaitText("At 0:00")
	p.Fill("Comment at 0:00", "Good")
	p.Press("Enter")
	p.WaitText("Good")
	glance(t, p, "cockpit")
	p.Viewport(1280, 800)
	p.Press("n")
	p.WaitURL("/questions/2")
	p.Press("4")
	glance(t, p, "cockpit-video")
	p.Viewport(1280, 800)
	p.Press("n")
	p.WaitURL("/questions/3")
	p.Press("1", "7") // a field of its own, since there are more than ten points
	p.Press("Escape")
	p.WaitText("3 of 3 answers scored")
	p.Press("n")
	p.WaitText("Nothing was given.")
	glance(t, p, "cockpit-nothing")
	p.Viewport(1280, 800)
	p.Press("r")
	p.WaitURL("/review")
	p.WaitText("30 of 38 points")
	glance(t, p, "review")
	p.Viewport(1280, 800)
	p.Press("Enter")
	p.WaitText("You then see who the candidate is")
	accessible(t, p, "submit")
	p.Press("Enter")
	p.WaitText("Submitted: 30 points of 38")
	p.WaitText("Casey Candidate")
	glance(t, p, "submitted")
	if d := w.read(); d.State != assess.EvaluationSubmitted || len(d.Answers[0].Comments) != 1 {
		t.Errorf("it is %s with the comments %v", d.State, d.Answers[0].Comments)
	}
}

// ready waits until the page obeys its keys.
func ready(p *chromium.Page) {
	chromium.Eval[bool](p, `new Promise((done) => { const look = () => customElements.get("grade-comments") ? done(true) : setTimeout(look, 10); look(); })`)
}

func TestTwoTabsMergeWhatDoesNotCollideAndAskAboutWhatDoes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := chromium.Start(t, chromium.Settings{})
	one := s.grades(b.Tab(), grader)
	one.Open(s.url + w.questionPath(spoken))
	ready(one)
	two := b.Tab()
	two.AllowError("409")
	two.Open(s.url + w.questionPath(spoken))
	ready(two)
	one.Front()
	one.Press("4")
	w.stored(spoken, points(4))
	two.Front()
	two.Press("ArrowDown", "ArrowDown", "6")
	two.WaitText("Changed in another tab, and taken over: Clarity 4")
	w.stored(spoken, points(10))

	one.Front()
	one.AllowError("409")
	one.Press("ArrowUp", "0") // the other criterion has been scored there meanwhile
	one.WaitText("Changed in another tab, and taken over: Depth 6")
	one.Fill("Comment on the answer", "From the first tab.")
	w.stored(spoken, func(m assess.Mark) bool { return m.Comment != "" })
	two.Front()
	two.Fill("Comment on the answer", "From the second tab.")
	two.WaitText("This was changed in another tab too")
	two.WaitText("There: “From the first tab.”")
	accessible(t, two, "collision")
	two.Click("Keep what is here: Comment on the answer")
	w.stored(spoken, func(m assess.Mark) bool { return m.Comment == "From the second tab." })
	one.Front()
	one.Fill("Comment on the answer", "Again from the first.")
	one.WaitText("This was changed in another tab too")
	one.Click("Take what is there: Comment on the answer")
	one.WaitText("Saved")
	if got := one.Value("Comment on the answer"); got != "From the second tab." {
		t.Errorf("the field holds %q", got)
	}
}

func TestNothingTypedIsLostWithoutAConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	p := s.grades(chromium.New(t), grader)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	p.Open(s.url + w.questionPath(spoken))
	ready(p)
	p.Offline(true)
	p.Press("2", "5")
	p.Fill("Comment on the answer", "Typed while offline.")
	p.WaitText("Not saved yet: no connection. It is kept in this browser")
	accessible(t, p, "grading-offline")
	p.Offline(false)
	p.Reload()
	p.WaitText("Saved")
	if m := w.stored(spoken, points(7)); m.Comment != "Typed while offline." {
		t.Errorf("stored is %+v", m)
	}
	if kept := chromium.Eval[int](p, `Object.keys(localStorage).filter((key) => key.startsWith("grade draft")).length`); kept > 0 {
		t.Errorf("the browser still keeps %d drafts", kept)
	}
}

func TestWhatAClosedTabLeavesIsSavedByAnother(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	p := s.grades(chromium.New(t), grader)
	p.Open(s.url + w.questionPath(spoken))
	left := fmt.Sprintf(`{"url":%q,"revision":0,"base":{"comment":""},"mine":{"comment":"Left behind."}}`, w.questionPath(spoken)+"/mark")
	chromium.Eval[bool](p, fmt.Sprintf(`(localStorage.setItem("grade draft gone %s/mark", %q), true)`, w.questionPath(spoken), left))
	p.Open(s.url + w.questionPath(written))
	w.stored(spoken, func(m assess.Mark) bool { return m.Comment == "Left behind." })
}

func TestGradingGoesOnAfterASessionHasEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	b := chromium.Start(t, chromium.Settings{})
	p := s.grades(b.Tab(), grader)
	p.Open(s.url + w.questionPath(spoken))
	ready(p)
	other := b.Tab()
	other.AllowError("401")
	other.Open(s.url + "/profile")
	chromium.Eval[bool](other, `fetch("/signout", {method: "POST"}).then(() => true)`)
	p.Front()
	p.Press("4")
	p.WaitText("Not saved yet: you are signed out")
	p.WaitControl("Sign in in another tab")
	accessible(t, p, "grading-signed-out")
	s.grades(other, grader)
	p.Front()
	p.WaitText("Saved")
	w.stored(spoken, points(4))
}

func TestGradingOutlastsAServersTrouble(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	var server *httptest.Server
	s := newSite(t, func(made *parts) { server = made.server })
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() && r.Method == http.MethodPut {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		s.handler.ServeHTTP(w, r)
	})
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	p := s.grades(chromium.New(t), grader)
	p.AllowError("503")
	p.Open(s.url + w.questionPath(spoken))
	ready(p)
	down.Store(true)
	p.Press("2", "1")
	p.WaitText("Not saved yet: the server has trouble")
	p.Press("n") // what is not saved keeps nobody
	p.WaitURL("/questions/2")
	p.WaitText("1 of 3 answers scored")
	down.Store(false)
	p.WaitText("Saved")
	w.stored(spoken, points(3))
}

func TestTheNextAnswerIsThereAtOnceAndPlaysAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	p := s.grades(chromium.New(t), grader)
	p.Open(s.url + w.questionPath(spoken))
	ready(p)
	ahead := "GET " + s.url + w.questionPath(onCamera)
	for end := time.Now().Add(10 * time.Second); !fetched(p, ahead) || !fetched(p, w.read().Answers[onCamera-1].Take.ID); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing is fetched ahead: %q", p.Requests())
		}
	}
	p.ClickOn("h1")
	took := chromium.Eval[[]float64](p, `(async () => {
		const frame = () => new Promise((done) => requestAnimationFrame(done));
		const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
		const at = async (number) => { while (!location.pathname.endsWith(number)) await frame(); return performance.now(); };
		let best = [Infinity, Infinity]; // other tests are at work on the same machine
		for (let tries = 0; tries < 4; tries++) {
			await new Promise((done) => setTimeout(done, 700));
			const asked = performance.now();
			press("n");
			const shown = await at("/2");
			const media = document.querySelector(".cockpit-player video");
			media.muted = true;
			press("k");
			while (media.currentTime === 0) await frame();
			best = [Math.min(best[0], shown - asked), Math.min(best[1], performance.now() - shown)];
			if (tries === 3) return best;
			press("p");
			await at("/1");
		}
	})()`)
	t.Logf("at best shown after %.0f ms, played after %.0f ms", took[0], took[1])
	if took[0] > 1000 || took[1] > 1000 { // far more than either takes alone on a machine
		t.Error("the next answer is not there at once")
	}
	if !strings.HasSuffix(chromium.Eval[string](p, "document.title"), "question 2 of 4 · Example Ltd") {
		t.Errorf("the title is %q", chromium.Eval[string](p, "document.title"))
	}
	chromium.Eval[bool](p, "(history.back(), true)")
	p.WaitURL("/questions/1")
	p.WaitText("What did you build last?")
}

func fetched[T ~string](p *chromium.Page, part T) bool {
	for _, request := range p.Requests() {
		if strings.Contains(request, string(part)) {
			return true
		}
	}
	return false
}

func TestCommentsAtMomentsAreAddedChangedDeletedAndBroughtBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	p := s.grades(chromium.New(t), grader)
	p.Open(s.url + w.questionPath(spoken))
	ready(p)
	p.WaitText("none found") // silence: the waveform is here, and moves nothing any more
	p.Click("Comment here")
	p.Fill("Comment at 0:00", "Half a thought")
	p.Reload() // what is being typed is there again
	p.WaitText("Enter saves, Escape cancels.")
	if got := p.Value("Comment at 0:00"); got != "Half a thought" {
		t.Errorf("the field holds %q", got)
	}
	p.Press("Enter")
	comments := func(want ...string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			var got []string
			for _, c := range w.read().Answers[spoken-1].Comments {
				got = append(got, c.Text)
			}
			if strings.Join(got, "|") == strings.Join(want, "|") {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("the comments are %q, want %q", got, want)
			}
		}
	}
	comments("Half a thought")
	p.Click("Edit the comment at 0:00")
	p.Fill("Comment at 0:00", "A whole thought")
	p.Click("Save comment")
	comments("A whole thought")
	p.Click("Delete the comment at 0:00")
	comments()
	p.Click("Undo")
	comments("A whole thought")
	p.Reload()
	p.WaitText("A whole thought")
	if marks := chromium.Eval[int](p, `document.querySelectorAll(".player-mark").length`); marks != 1 {
		t.Errorf("the player shows %d comments", marks)
	}
}

func TestTheSameQuestionOfEachCandidateComesNextAndSubmittingTwiceDoesNoHarm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader := s.colleague(assess.Grader)
	w := s.toGrade(grader, assess.GradingPlan{})
	other := w.another("robin@example.com")
	p := s.grades(chromium.New(t), grader)
	p.Click("Question by question")
	p.Click("Start with question 1")
	p.WaitURL(w.questionPath(1) + "?by=question")
	ready(p)
	p.Press("4", "6", "n")
	p.WaitURL(other.questionPath(1))
	p.WaitText("robin@example.com, question 1 of 4")
	p.Press("2", "4", "n")
	p.WaitURL(w.questionPath(2))
	w.stored(spoken, points(10))
	other.stored(spoken, points(6))
	p.Press("p")
	p.WaitURL(other.questionPath(1))
	p.WaitText("1 of 3 answers scored")

	w.score()
	p.Open(s.url + w.path("/review"))
	ready(p)
	p.Fill("Note on the candidate", "Worth talking to.")
	chromium.Eval[bool](p, `(() => {
		const form = document.querySelector("form[data-submit]");
		delete form.dataset.confirm; // both clicks are meant
		form.removeAttribute("data-confirm");
		const button = form.querySelector("button");
		button.click();
		button.click();
		return true;
	})()`)
	p.WaitText("Submitted: ")
	p.WaitText("1 candidate left to grade")
	if d := w.read(); d.State != assess.EvaluationSubmitted || d.Note != "Worth talking to." {
		t.Errorf("it is %s with the note %q", d.State, d.Note)
	}
	p.Press("n")
	p.WaitURL(other.questionPath(2))
}
