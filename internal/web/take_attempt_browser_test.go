package web_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// begin is a candidate in front of the first question.
func (i invitationOf) begin(p *chromium.Page) {
	i.s.t.Helper()
	i.enter(p)
	p.Click("Start the assessment")
	p.WaitText("Question 1 of 2")
}

func TestAQuestionPlaysAsOftenAsAllowedAndAReloadIsForgiven(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip(err)
	}
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.New(t)
	i.begin(p)
	p.WaitText("Can be played: 2 times")
	accessible(t, p, "prompt")
	p.Click("Play the question")
	p.WaitText("Pause")
	p.Reload()
	p.WaitText("Can be played: 2 times") // it was broken off
	p.Click("Play the question")
	p.WaitText("Can be played once more")
	p.Click("Play again")
	p.WaitText("It cannot be played again.")
	p.Click("Read the question")
	p.WaitText("What did you build last?")
	accessible(t, p, "prompt-used")
	if q := i.questions()[0]; q.Answer.Plays != 2 || !q.Answer.Forgiven {
		t.Errorf("%d plays are counted, forgiven: %v", q.Answer.Plays, q.Answer.Forgiven)
	}
}

// filmed is an accepted invite whose only question is asked in a film.
func (s *site) filmed() invitationOf {
	s.t.Helper()
	ctx, who := s.t.Context(), s.owner.Actor(assess.Live)
	asm, err := s.CreateAssessment(ctx, who, "Filmed")
	s.must(err)
	film, err := s.prompt(ctx, who, asm, "video.webm")
	s.must(err)
	s.work()
	q := &asm.Draft.Questions[0]
	q.Format, q.AnswerFormat, q.Preparation = assess.VideoFormat, assess.TextFormat, 0
	q.Prompts, q.Recordings = map[string]string{"en": "What do you see?"}, map[string]assess.RecordingID{"en": film}
	_, err = s.SaveDraft(ctx, who, asm.ID, asm.Revision, asm.Draft)
	s.must(err)
	s.must(s.Publish(ctx, who, asm.ID))
	no := false
	out, err := s.Invite(ctx, who, assess.NewInvite{
		Assessment: asm.ID, Email: "casey@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
		Proctoring: assess.ProctoringChoice{ScreenRecording: &no, WebcamMonitoring: &no, IDCapture: &no},
	})
	s.must(err)
	link, err := s.InviteURL(ctx, who, out.Invite.ID)
	s.must(err)
	path := strings.TrimPrefix(link, s.url)
	return invitationOf{Invite: out.Invite, s: s, token: strings.TrimPrefix(path, "/c/"), path: path}
}

func TestAQuestionIsAskedInAFilmAndCanBeReadToo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.filmed()
	p := chromium.New(t)
	i.enter(p)
	p.Click("Start the assessment")
	p.Click("Show the question")
	p.WaitText("Can be played: 2 times")
	p.Click("Play the question")
	p.Click("Pause")
	p.WaitText("Go on playing")
	accessible(t, p, "film")
	p.Click("Go on playing")
	p.WaitText("Can be played once more")
	p.Click("Read the question")
	p.WaitText("What do you see?")
}

func TestAPlayThatIsBrokenOffIsGivenBackOnce(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip(err)
	}
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.New(t)
	p.AllowError("409") // the second is not given back
	i.begin(p)
	chromium.Eval[bool](p, `{
		const whole = fetch;
		let cuts = 2;
		window.fetch = (url, init) => String(url).endsWith("/media") && cuts-- > 0 ? Promise.reject(new TypeError("cut")) : whole(url, init);
		true;
	}`)
	p.Click("Play the question")
	p.WaitText("The question could not be played. This did not count.")
	p.WaitText("Can be played: 2 times")
	p.Click("Play the question")
	p.WaitText("Can be played once more")
	if q := i.questions()[0]; q.Answer.Plays != 1 || !q.Answer.Forgiven {
		t.Errorf("%d plays are counted, forgiven: %v", q.Answer.Plays, q.Answer.Forgiven)
	}
}

func TestRecordingStartsByItselfAfterTheTimeToPrepare(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, func(_ *assess.NewInvite, c *assess.Content) {
		c.Questions[0].Format, c.Questions[0].Preparation = assess.TextFormat, 5
	})
	p := chromium.New(t)
	i.begin(p)
	p.WaitText("You will have 5 seconds to prepare and then up to 2 minutes to record.")
	p.WaitText("recording starts by itself")
	accessible(t, p, "gate-recording")
	if text := p.Text("main"); text == "" || i.questions()[0].Answer.BegunAt != (time.Time{}) {
		t.Error("the clock runs already")
	}
	p.Click("Show the question")
	p.WaitText("What did you build last?")
	p.WaitText("Time to prepare:")
	p.WaitText("Say a few words")
	accessible(t, p, "preparing")
	p.WaitText("0:01 of 2:00")
	p.Click("Answer later")
	p.WaitText("Please stop the recording first.")
	p.Click("Stop recording")
	p.WaitText("Uploaded.")
}

func TestAWrittenAnswerSurvivesALostConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	i.begin(p)
	p.Click("Show the question")
	p.Fill("Your answer", "A bridge.")
	p.WaitText("Saved at")
	p.Offline(true)
	p.Press("!")
	p.WaitText("Your text is kept on this device")
	p.Click("Send and continue")
	p.WaitText("There is no connection. Nothing is lost")
	accessible(t, p, "offline")
	p.Offline(false)
	p.WaitText("Question 2 of 2") // by itself
	if got := i.questions()[0].Answer; got.Text != "A bridge.!" || got.SentAt.IsZero() {
		t.Errorf("stored is %q, sent at %s", got.Text, got.SentAt)
	}
}

func TestAnotherDeviceIsAskedAndTakesOver(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	phone, desk := chromium.New(t), chromium.New(t)
	phone.AllowError("409")
	i.begin(phone)
	phone.Click("Show the question")
	phone.Fill("Your answer", "From the phone.")
	phone.WaitText("Saved at")

	desk.Open(s.url + i.path)
	desk.Click("Continue")
	desk.WaitText("The assessment is open elsewhere")
	accessible(t, desk, "elsewhere")
	desk.Press("Escape")
	desk.WaitText("The assessment is open elsewhere")
	desk.Click("Continue here")
	desk.WaitText("Question 2 of 2")
	desk.Click("1 of 2 answered")
	desk.Click("Question 1")
	desk.WaitText("Question 1 of 2")
	if got := desk.Value("Your answer"); got != "From the phone." {
		t.Errorf("the field holds %q", got)
	}

	phone.Press("!")
	phone.WaitText("The assessment is open elsewhere")
	if got := i.questions()[0].Answer.Text; got != "From the phone." {
		t.Errorf("stored is %q", got)
	}
	phone.Click("Continue here")
	phone.WaitGone("The assessment is open elsewhere")
	phone.ClickOn(`text-answer[revision="2"]`)                          // the page is here anew
	if got := i.questions()[0].Answer.Text; got != "From the phone.!" { // it was kept
		t.Errorf("stored is %q", got)
	}
}

func TestATabThatHasCrashedIsNotAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	p.AllowError("409") // whoever writes at once is refused until the tab has found out
	i.begin(p)
	p.Click("Show the question")
	p.WaitText("Your answer")
	known := `localStorage["seat ` + string(i.ID) + `"]`
	chromium.Eval[bool](p, "new Promise(done => setInterval(() => "+known+" && done(true), 20))")
	chromium.Eval[bool](p, "sessionStorage.clear(); true") // as in a new tab
	p.Reload()
	p.Fill("Your answer", "Again.")
	p.WaitText("Saved at")
}

func TestASlowDeviceIsNotTakenForTwo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	i.enter(p)
	chromium.Eval[bool](p, `{
		const real = LockManager.prototype.request;
		LockManager.prototype.request = async function(name, ...rest) {
			if (name.startsWith("seat")) await new Promise((later) => setTimeout(later, 1500));
			return real.call(this, name, ...rest);
		};
	} true`)
	p.Click("Start the assessment")
	p.WaitText("Question 1 of 2")
	before := chromium.Eval[string](p, "sessionStorage.seat")
	if got := chromium.Eval[string](p, `(async () => {
		for (;;) {
			if (document.querySelector("dialog:modal")) return "asked";
			if (localStorage["seat `+string(i.ID)+`"]) return sessionStorage.seat;
			await new Promise(requestAnimationFrame);
		}
	})()`); got != before {
		t.Errorf("the tab was %s and is %s", before, got)
	}
}

func TestTwoVersionsOfAnAnswerAreShownAndNoneIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	p.AllowError("409")
	i.begin(p)
	p.Click("Show the question")
	p.Fill("Your answer", "Mine.")
	p.WaitText("Saved at")
	elsewhere := func(text string) {
		t.Helper()
		q := i.questions()[0]
		tab := chromium.Eval[string](p, "sessionStorage.seat")
		_, err := s.SaveText(t.Context(), app.Taker{Token: i.token, Tab: tab}, 1, q.Answer.Revision, text)
		s.must(err)
	}
	elsewhere("Another's.")
	p.Fill("Your answer", "Mine, longer.")
	p.WaitText("There are two versions of this answer")
	p.WaitText("Another's.")
	accessible(t, p, "differs")
	p.Click("Keep this one")
	p.WaitText("Saved at")
	if got := i.questions()[0].Answer.Text; got != "Mine, longer." {
		t.Errorf("stored is %q", got)
	}
	elsewhere("A third.")
	p.Fill("Your answer", "Mine again.")
	p.Click("Keep the other one")
	p.WaitText("Saved at")
	if got := p.Value("Your answer"); got != "A third." {
		t.Errorf("the field holds %q", got)
	}
}

func TestTheClockWarnsAndEndsTheAttempt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	i.begin(p)
	i.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now().Add(62 * time.Second) })
	p.Reload()
	p.WaitText("Time left: 1:0")
	p.WaitText("1 minute left.")
	accessible(t, p, "late")
	i.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now().Add(3 * time.Second) })
	p.Reload()
	p.WaitText("You are finished. Thank you!")
	p.WaitText("The time for “Software Engineer Assessment” is over.")
	accessible(t, p, "time-over")
}

func TestTheLanguageSwitchesDuringAnAttempt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, func(_ *assess.NewInvite, c *assess.Content) {
		c.Languages = []string{"en", "de"}
		c.Questions[0].Prompts["de"] = "Was haben Sie zuletzt gebaut?"
		c.Questions[1].Prompts["de"] = "Schreiben Sie eine Notiz."
	})
	p := chromium.New(t)
	i.begin(p)
	p.Click("Show the question")
	p.WaitText("What did you build last?")
	p.Click("Language: English")
	p.Click("Deutsch")
	p.WaitText("Was haben Sie zuletzt gebaut?")
	p.WaitText("Fertig bis")
	p.Fill("Ihre Antwort", "Eine Brücke.")
	p.WaitText("Gespeichert um")
	p.Click("Senden und weiter")
	p.WaitText("Frage 2 von 2")
	p.Click("Frage zeigen")
	p.WaitText("Schreiben Sie eine Notiz.")
	p.Click("Sprache: Deutsch")
	p.Click("Español")
	p.WaitText("Su respuesta")
	p.WaitText("Write a short note.")
	if got := chromium.Eval[string](p, "document.querySelector('#prompt').lang + document.documentElement.lang"); got != "enes" {
		t.Errorf("the languages are %q", got)
	}
	accessible(t, p, "switched")
}

func TestWritingEndsWhenItsTimeIsOverAndWhatIsWrittenCounts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting, func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].MaxAnswer = assess.MinAnswer })
	p := chromium.New(t)
	i.begin(p)
	p.Click("Show the question")
	p.WaitText("Time to write:")
	p.Fill("Your answer", "A bridge.")
	p.WaitText("The time to write is over.")
	if got := i.questions()[0].Answer.Text; got != "A bridge." {
		t.Errorf("stored is %q", got)
	}
	if !chromium.Eval[bool](p, "document.querySelector('#answer').readOnly") {
		t.Error("the field takes more")
	}
	accessible(t, p, "written-over")
	p.Click("Send and continue")
	p.WaitText("Question 2 of 2")
}

func TestATextThatAnEarlierPageCouldNotSaveIsPutBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, inWriting)
	p := chromium.New(t)
	i.begin(p)
	p.Click("Show the question")
	p.WaitText("Your answer")
	chromium.Eval[bool](p, `localStorage.setItem("text `+string(i.ID)+` 1", '{"text":"From before.","revision":0}') ?? true`)
	p.Reload()
	p.WaitText("Saved at")
	if got := i.questions()[0].Answer.Text; got != "From before." {
		t.Errorf("stored is %q", got)
	}
}

func TestTheReviewTellsWhatIsOnItsWayAndWhenItHasArrived(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved, func(_ *assess.NewInvite, c *assess.Content) {
		c.Questions[0].Format, c.Questions[1].Required = assess.TextFormat, false
	})
	p := chromium.New(t)
	i.begin(p)
	p.Click("Turn on the microphone")
	p.Click("Start recording")
	p.WaitText("0:02 of 2:00")
	p.Click("Stop recording")
	p.WaitText("Uploaded. It is being checked")
	p.Click("0 of 2 answered")
	p.Click("Look over all answers and submit")
	p.WaitText("1 answer is on its way")
	p.WaitText("On its way")
	accessible(t, p, "arriving")
	s.work()
	p.WaitGone("on its way")
	p.WaitText("1 of 2 answered")
	p.Click("Submit the assessment")
	p.WaitText("You are finished. Thank you!")
}

// tabTo presses Tab until the focus is on what matches a selector.
func tabTo(t *testing.T, p *chromium.Page, selector string) {
	t.Helper()
	for range 30 {
		if chromium.Eval[bool](p, "document.activeElement.matches(`"+selector+"`)") {
			if outline := chromium.Eval[string](p, "getComputedStyle(document.activeElement).outlineStyle"); outline == "none" {
				t.Errorf("the focus on %s cannot be seen", selector)
			}
			return
		}
		p.Press("Tab")
	}
	t.Fatalf("the Tab key does not lead to %s", selector)
}

func TestTheWholeAttemptIsPossibleByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(unobserved, func(_ *assess.NewInvite, c *assess.Content) {
		c.Questions[0].Format, c.Questions[1].Format = assess.TextFormat, assess.TextFormat
	})
	i.accepted()
	p := chromium.New(t)
	p.Viewport(375, 700)
	press := func(selector, then string) {
		t.Helper()
		tabTo(t, p, selector)
		p.Press("Enter")
		p.WaitText(then)
	}
	p.Open(s.url + i.path)
	press("form .btn-primary", "Your place is reserved")
	press("form[action='/take/start'] .btn", "Question 1 of 2")
	if !chromium.Eval[bool](p, "document.activeElement.matches('h1')") {
		t.Error("the focus is not where reading begins")
	}
	press(".record .btn-primary:not([hidden])", "Say a few words")
	press(".record .btn-primary:not([hidden])", "0:02 of 2:00")
	press(".record .btn-primary:not([hidden])", "Your recording has arrived")
	press("#send", "Question 2 of 2")
	press("form[action$='/begin'] .btn", "Write a short note.")
	tabTo(t, p, "textarea")
	p.Press("O", "k", ".")
	p.WaitText("Saved at")
	press("#send", "Look over your answers")
	press("form[action='/take/submit'] .btn", "You are finished. Thank you!")
	if got := i.questions()[1].Answer.Text; got != "Ok." {
		t.Errorf("stored is %q", got)
	}
}
