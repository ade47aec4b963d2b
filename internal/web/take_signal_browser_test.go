package web_test

import (
	"net/http"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
	"alfaone/internal/i18n"
)

// begun is a page with the first question of an observed attempt, to be written.
func (i invitationOf) begun(p *chromium.Page) {
	i.s.t.Helper()
	i.enter(p)
	// Tests play the parts of the device and the person: they need what the page has been given.
	chromium.Eval[bool](p, `for (const ask of ["getDisplayMedia", "getUserMedia"]) {
		const real = MediaDevices.prototype[ask];
		MediaDevices.prototype[ask] = async function(...args) { return window["of " + ask] = await real.apply(this, args) };
	} true`)
	p.Click("Start the assessment")
	p.WaitText("Share your screen")
}

// lasted checks a signal's time and length.
func lasted(t *testing.T, s *assess.Signal, begun time.Time, length, slack time.Duration) {
	t.Helper()
	if s == nil {
		t.Error("there is no such signal")
		return
	}
	if s.At.Before(begun.Add(-100*time.Millisecond)) || s.At.After(begun.Add(slack)) {
		t.Errorf("%s was at %s, not at %s", s.Type, s.At, begun)
	}
	if s.Length < length-100*time.Millisecond || s.Length > length+slack {
		t.Errorf("%s lasted %s, not %s", s.Type, s.Length, length)
	}
}

func TestWhatHappensBesideThePageIsNotedWithItsTime(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	b := chromium.Start(t, chromium.Settings{})
	p := b.Tab()
	i.begun(p)
	p.Click("Show the question")
	p.WaitText("What did you build last?")

	hidden := time.Now()
	other := b.Tab()
	pass(other, "1500")
	p.Front()
	pass(p, "100")

	chromium.Eval[bool](p, "dispatchEvent(new Event('blur'))")
	pass(p, "300")
	chromium.Eval[bool](p, "dispatchEvent(new Event('focus'))")
	left := time.Now()
	chromium.Eval[bool](p, "dispatchEvent(new Event('blur'))")
	pass(p, "1200")
	chromium.Eval[bool](p, "dispatchEvent(new Event('focus'))")

	pasted := time.Now()
	chromium.Eval[bool](p, `{
		const text = new DataTransfer();
		text.setData("text/plain", "a secret 🔑");
		document.querySelector("textarea").dispatchEvent(new ClipboardEvent("paste", {clipboardData: text, bubbles: true}));
	} true`)
	p.Fill("Your answer", "four")
	p.Press("Control+a", "Control+c")

	_, signals := i.await("the signals", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.Copied) != nil
	})
	lasted(t, noticed(signals, assess.TabHidden), hidden, 1500*time.Millisecond, 2*time.Second)
	lasted(t, noticed(signals, assess.WindowLeft), left, 1200*time.Millisecond, time.Second)
	lasted(t, noticed(signals, assess.Pasted), pasted, 0, time.Second)
	for typ, detail := range map[assess.SignalType]string{assess.Pasted: "10", assess.Copied: "4"} {
		if s := noticed(signals, typ); s != nil && s.Detail != detail {
			t.Errorf("of what was %s this is kept: %q", typ, s.Detail)
		}
	}
	count := map[assess.SignalType]int{}
	for _, s := range signals {
		count[s.Type]++
	}
	if count[assess.TabHidden] != 1 || count[assess.WindowLeft] != 1 || count[assess.SecondScreen] != 0 {
		t.Errorf("the signals are %v", count)
	}
}

func TestSignalsWaitForTheConnectionAndOutliveAReload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	i.begun(p)
	lost := time.Now()
	p.Offline(true)
	chromium.Eval[bool](p, "dispatchEvent(new Event('offline'))") // the browser does not tell of the test's doing
	pass(p, "1500")
	copied := time.Now()
	chromium.Eval[bool](p, "document.dispatchEvent(new ClipboardEvent('copy'))")
	pass(p, "2500") // it is tried, in vain
	if _, signals := i.evidence(); len(signals) > 0 {
		t.Errorf("the network was not cut: %v", signals)
	}
	p.Offline(false)
	p.Reload()
	_, signals := i.await("the signals", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.Copied) != nil && noticed(signals, assess.NetworkLost) != nil
	})
	lasted(t, noticed(signals, assess.NetworkLost), lost, 4*time.Second, 2*time.Second)
	lasted(t, noticed(signals, assess.Copied), copied, 0, time.Second)
	if s := noticed(signals, assess.TabHidden); s != nil {
		t.Errorf("to load the page again is called leaving it: %+v", s)
	}
}

func TestASecondScreenIsNoticed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.Start(t, chromium.Settings{Flags: []string{"screen-info={0,0 1920x1080}{1920,0 1280x1024}"}}).Tab()
	i.begun(p)
	i.await("the screen", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.SecondScreen) != nil
	})
}

func TestWhatABrowserCannotTellIsNotCalledClean(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.New(t)
	i.enter(p)
	chromium.Eval[bool](p, "delete Screen.prototype.isExtended") // as in Firefox and Safari
	p.Click("Start the assessment")
	_, signals := i.await("the gap", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.CannotTell) != nil
	})
	if s := noticed(signals, assess.CannotTell); s.Detail != string(assess.SecondScreen) {
		t.Errorf("it cannot tell %q", s.Detail)
	}
}

func TestSharingThatStopsIsToldAndTakenUpAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(observed)
	p := chromium.New(t)
	i.begun(p)
	p.Click("Share my screen")
	p.WaitText("Your screen is being recorded")
	p.Click("Turn on my camera")
	p.WaitText("Your camera is on and recorded")
	pass(p, "1500")
	stopped := time.Now()
	chromium.Eval[bool](p, "{ const [track] = window['of getDisplayMedia'].getTracks(); track.stop(); track.dispatchEvent(new Event('ended')) }")
	p.WaitText("Your screen is no longer shared")
	accessible(t, p, "watch-stopped")
	p.Click("Share again")
	p.WaitText("Your screen is being recorded")
	chromium.Eval[bool](p, "{ const [track] = window['of getUserMedia'].getTracks(); track.stop(); track.dispatchEvent(new Event('ended')) }")
	p.WaitText("Your camera is off")
	accessible(t, p, "watch-camera-stopped")
	p.Click("Go on without")
	p.WaitText("Your camera is off")
	accessible(t, p, "watch-without")
	p.Click("Turn on my camera")
	p.WaitText("Your camera is on and recorded")
	recordings, signals := i.await("both runs of the screen", func(recordings []assess.Recording, signals []assess.Signal) bool {
		ready := 0
		for _, rec := range recordings {
			if rec.State == assess.RecordingReady {
				ready++
			}
		}
		return ready == 2 && len(recordings) == 4 && noticed(signals, assess.CameraStopped) != nil
	})
	lasted(t, noticed(signals, assess.ScreenStopped), stopped, 0, time.Second)
	for _, rec := range recordings {
		if rec.State == assess.RecordingReady {
			i.decodes(rec)
		}
	}
}

func TestAfterAReloadTheCandidateIsAskedAgainAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(observed)
	p := chromium.New(t)
	i.begun(p)
	p.Click("Share my screen")
	p.WaitText("Your screen is being recorded")
	pass(p, "2500")
	p.Reload()
	p.WaitText("Share your screen")
	recordings, _ := i.await("the recording", func(recordings []assess.Recording, _ []assess.Signal) bool {
		return len(recordings) == 1 && recordings[0].State == assess.RecordingReady
	})
	if recordings[0].Media.Duration < 1500*time.Millisecond {
		t.Errorf("only %s of it arrived", recordings[0].Media.Duration)
	}
	i.decodes(recordings[0])
}

func TestAPartOfTheScreenIsExplainedOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.New(t)
	i.begun(p)
	chromium.Eval[bool](p, `{
		const real = MediaStreamTrack.prototype.getSettings;
		window.surface = "window";
		MediaStreamTrack.prototype.getSettings = function() { return {...real.call(this), displaySurface: window.surface} };
	} true`)
	p.Click("Share my screen")
	p.WaitText("Only a part of your screen is shared")
	p.WaitText("Your screen is being recorded")
	accessible(t, p, "watch-part")
	p.Click("Leave it like this")
	p.WaitGone("Share the whole screen instead")
	accessible(t, p, "watch-part-kept")
	_, signals := i.await("the fact", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.ScreenNotWhole) != nil
	})
	if s := noticed(signals, assess.ScreenNotWhole); s.Detail != "window" {
		t.Errorf("what was shared is called %q", s.Detail)
	}
	p.Reload()
	p.WaitText("Share your screen")
	p.Click("Share my screen")
	p.WaitText("Your screen is being recorded")
}

func TestARefusalToBeObservedIsAFactAndNoObstacle(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.Start(t, chromium.Settings{Flags: []string{"use-fake-ui-for-media-stream=deny"}}).Tab()
	i.begun(p)
	p.Click("Share my screen")
	p.WaitText("Your screen is not shared")
	p.Click("Turn on my camera")
	p.WaitText("Your camera is off")
	accessible(t, p, "watch-denied")
	p.In(".watch-panel:first-child").Click("Go on without")
	p.In(".watch-panel:last-child").Click("Go on without")
	accessible(t, p, "watch-denied-settled")
	recordings, signals := i.await("the facts", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.ScreenRefused) != nil && noticed(signals, assess.CameraRefused) != nil
	})
	if len(recordings) > 0 || len(signals) != 2 {
		t.Errorf("there are %v and %v", recordings, signals)
	}
	p.Click("Show the question")
	p.WaitText("What did you build last?")
}

func TestADeviceThatCannotBeObservedGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.Start(t, chromium.Settings{Flags: []string{"use-fake-device-for-media-stream=device-count=0"}}).Tab()
	i.enter(p)
	chromium.Eval[bool](p, "delete MediaDevices.prototype.getDisplayMedia") // as on a phone
	p.Click("Start the assessment")
	p.WaitText("This device cannot share its screen")
	p.Click("Turn on my camera")
	p.WaitText("No camera was found")
	accessible(t, p, "watch-unsupported")
	i.await("the facts", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.ScreenUnsupported) != nil && noticed(signals, assess.CameraUnsupported) != nil
	})
	p.In(".watch-panel:first-child").Click("Go on without")
	p.Click("Show the question")
	p.WaitText("What did you build last?")
}

func TestTheCameraIsSharedByAnswerAndObservation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(observed, func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = assess.VideoFormat })
	p := chromium.New(t)
	i.begun(p)
	p.Click("Turn on my camera")
	p.WaitText("Your camera is on and recorded")
	opened := "window['of getUserMedia'].getVideoTracks().length"
	p.Click("Turn on camera and microphone")
	p.WaitText("Check your picture")
	if n := chromium.Eval[int](p, opened); n != 1 { // the shared one was added to it
		t.Errorf("the answer has %d pictures", n)
	}
	p.Click("Start recording")
	p.WaitText("0:02 of 2:00")
	p.Click("Stop recording")
	p.WaitText("Your recording has arrived")
	p.WaitText("Your camera is on and recorded")
	p.Click("Send and continue")
	p.WaitText("Question 2 of 2")
	if q := i.questions()[0]; q.Take == nil || !q.Take.Media.Picture() || !q.Take.Media.Sound || q.Take.Media.Duration < time.Second {
		t.Errorf("the answer is %+v", q.Take)
	}
}

// Nothing is recorded before the notice is agreed to: no way in takes a byte.
func TestNoEvidenceIsTakenBeforeTheNoticeIsAgreedTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	b := i.candidate()
	i.put(func(inv *assess.Invite) { inv.Stored = assess.Pending })
	for purpose, mime := range map[string]string{
		"screen": "video/webm", "webcam": "video/webm", "identity_document": "image/jpeg", "identity_face": "image/jpeg",
	} {
		p := b.send(http.MethodPost, "/take/evidence", "application/json", []byte(`{"purpose":"`+purpose+`","mime":"`+mime+`"}`))
		if p.status != http.StatusConflict {
			t.Errorf("%s: %d %s", purpose, p.status, p.body)
		}
	}
	if p := b.send(http.MethodPost, "/take/signals", "application/json", []byte(`{"now":1,"signals":[{"type":"copied","at":1,"ms":0,"detail":""}]}`)); p.status != http.StatusConflict {
		t.Errorf("signals: %d %s", p.status, p.body)
	}
	if recordings, signals := i.evidence(); len(recordings)+len(signals) > 0 {
		t.Errorf("there are %v and %v", recordings, signals)
	}
}

func TestTheLandingPageCanRecordNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.New(t)
	p.AllowError("Permissions policy violation")
	p.Open(s.url + i.path)
	p.WaitText("Example Ltd invites you")
	if got := chromium.Eval[string](p, "navigator.mediaDevices.getUserMedia({audio: true}).then(() => 'granted', e => e.name)"); got != "NotAllowedError" {
		t.Errorf("asking for the microphone there is %s", got)
	}
	if sent := chromium.Eval[string](p, "performance.getEntriesByType('resource').map(r => r.name).filter(name => !name.includes('/static/')).join(' ')"); sent != "" {
		t.Errorf("the page has asked for %s", sent)
	}
}

func TestObservationMovesToTheTabThatHoldsTheAttempt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(observed)
	b := chromium.Start(t, chromium.Settings{})
	p := b.Tab()
	i.begun(p)
	p.Click("Share my screen")
	p.WaitText("Your screen is being recorded")
	pass(p, "1500")
	other := b.Tab()
	other.Open(s.url + "/take")
	other.Click("Continue here")
	other.WaitText("Share your screen")
	p.Front()
	p.WaitGone("Your screen is being recorded")
	i.await("the recording", func(recordings []assess.Recording, _ []assess.Signal) bool {
		return len(recordings) == 1 && recordings[0].State == assess.RecordingReady
	})
}

func TestEveryLanguageFitsIntoANarrowPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.New(t)
	i.enter(p)
	p.Viewport(320, 800)
	fits := func(path, language string) {
		p.Open(s.url + path + "?lang=" + language)
		if over := chromium.Eval[int](p, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			t.Errorf("%s in %s: %d pixels too wide", path, language, over)
		}
		if raw := chromium.Eval[string](p, `document.body.innerText.match(/\{\w+\}|\b(take|record)\.\w+/)?.[0] ?? ""`); raw != "" {
			t.Errorf("%s in %s says %s", path, language, raw)
		}
	}
	for _, language := range i18n.Languages() {
		for _, path := range []string{"/take/check", "/take/practice", "/take/identity"} {
			fits(path, language.Code)
		}
	}
	i.started()
	for _, language := range i18n.Languages() {
		fits("/take/questions/1", language.Code)
	}
}
