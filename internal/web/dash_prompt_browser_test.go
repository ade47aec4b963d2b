package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// recordings are those that the first question names, by language.
func (e editing) recordings() map[string]assess.RecordingID {
	e.s.t.Helper()
	return e.stored().Draft.Questions[0].Recordings
}

// verified waits until the page says that a recording is being checked, and checks it.
func (e editing) verified(p *chromium.Page, text string) {
	e.s.t.Helper()
	p.WaitText("It is being checked…")
	e.s.work()
	p.WaitText(text)
}

// arm turns the browser's fake microphone on. Its name comes last, and moves what is below.
func arm(p *chromium.Page, button string) {
	p.Click(button)
	p.WaitText("Start when you are ready.")
	p.WaitText("Microphone")
}

// asked records two seconds.
func asked(p *chromium.Page, button string) {
	arm(p, button)
	p.Click("Start recording")
	p.WaitText("0:02 of 60:00")
	p.Click("Stop recording")
}

// plays reports how long the player in the first place plays, once it knows.
const plays = `new Promise(done => {
	const media = document.querySelector("prompt-place .record-player");
	media.muted = true;
	media.onended = () => done(media.currentTime);
	media.play();
})`

func TestAnAuthorRecordsListensReplacesAndRemoves(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.Fill("Question", "What did you build last?")
	asked(p, "Record audio")
	e.verified(p, "The recording is in place.")
	p.WaitGone("It has no recording, only its text.")
	p.WaitText("Saved")
	first := e.recordings()["en"]
	if seconds := chromium.Eval[float64](p, plays); first == "" || seconds < 1.5 || seconds > 4 {
		t.Errorf("recording %q plays %v seconds", first, seconds)
	}

	asked(p, "Record again")
	e.verified(p, "Recording replaced.")
	p.WaitText("Saved")
	second := e.recordings()["en"]
	if second == first || second == "" {
		t.Errorf("%q is replaced by %q", first, second)
	}
	p.Click("Undo")
	p.WaitText("The recording before is back.")
	p.WaitText("Saved")
	if got := e.recordings()["en"]; got != first {
		t.Errorf("after undoing it is %q, want %q", got, first)
	}

	p.Click("Remove")
	p.WaitText("Recording removed.")
	p.WaitText("It has no recording, only its text.")
	if got := e.recordings()["en"]; got != "" {
		t.Errorf("after removing it is %q", got)
	}
	p.Click("Undo")
	p.WaitGone("It has no recording, only its text.")
	p.Reload()
	p.WaitText("Record again")
	if got := e.recordings()["en"]; got != first {
		t.Errorf("after undoing it is %q, want %q", got, first)
	}
	p.Click("Publish")
	p.Click("Publish version 1")
	p.WaitText("Version 1 is published.")
}

func TestAnAuthorUploadsAFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, e := s.author(t)
	p.Fill("Question", "What did you build last?")
	film, err := filepath.Abs("../media/testdata/video.webm")
	s.must(err)
	sound, err := filepath.Abs("../media/testdata/sound.webm")
	s.must(err)
	page := filepath.Join(t.TempDir(), "talk.mov")
	s.must(os.WriteFile(page, []byte("<!DOCTYPE html><script>alert(1)</script>"), 0o600))

	p.Upload("Upload a file", page)
	e.verified(p, "It cannot be read as sound or video.")
	p.WaitText("Saved")
	if got := e.recordings()["en"]; got != "" {
		t.Errorf("what cannot be read is named %q", got)
	}
	p.Fill("Asked by", "Video")
	p.Upload("Upload a file", sound)
	e.verified(p, "The sound or the picture is missing.")
	p.Upload("Upload a file", film)
	e.verified(p, "The recording is in place.")
	p.WaitGone("It has no recording, only its text.")
	if seconds := chromium.Eval[float64](p, plays); e.recordings()["en"] == "" || seconds < 2.9 {
		t.Errorf("it plays %v seconds", seconds)
	}
	p.Upload("Upload a file", page)
	e.verified(p, "It cannot be read as sound or video.")
	p.WaitText("Saved")
	if got := e.recordings()["en"]; got == "" {
		t.Error("a bad file has driven out a good one")
	}
	e.get(e.path+"/preview").want(t, http.StatusOK, "<video")
}

func TestAnUploadWaitsForTheNetworkAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, e := s.author(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	sound, err := filepath.Abs("../media/testdata/sound.webm")
	s.must(err)
	p.Fill("Asked by", "Audio")
	p.WaitText("Saved")
	p.Offline(true)
	p.Upload("Upload a file", sound)
	p.WaitText("Uploading sound.webm: 0 %")
	p.Click("Cancel the upload")
	p.WaitText("The upload was cancelled.")
	p.Upload("Upload a file", sound)
	p.WaitText("Uploading sound.webm: 0 %")
	p.Offline(false)
	e.verified(p, "The recording is in place.")
	p.WaitText("Saved")
	if e.recordings()["en"] == "" {
		t.Error("nothing is named")
	}
}

func TestAPromptOutlivesThePageThatRecordsIt(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	arm(p, "Record audio")
	p.Click("Start recording")
	p.WaitText("0:03 of 60:00")
	p.Reload()
	p.WaitText("The recording was interrupted")
	p.Click("Use it")
	e.verified(p, "The recording is in place.")
	p.WaitText("Saved")
	if seconds := chromium.Eval[float64](p, plays); e.recordings()["en"] == "" || seconds < 1 {
		t.Errorf("%v plays %v seconds", e.recordings(), seconds)
	}
}

func TestAPromptIsRecordedByKeyboard(t *testing.T) {
	t.Parallel()
	p, e := newSite(t).author(t)
	p.Fill("Question", "What did you build last?")
	at := func(button string) {
		t.Helper()
		if got := chromium.Eval[string](p, "document.activeElement.textContent"); got != button {
			t.Fatalf("the focus is on %q, want %q", got, button)
		}
	}
	p.Press("Tab")
	at("Record audio")
	p.Press("Enter")
	p.WaitText("Start when you are ready.")
	at("Start recording")
	p.Press("Enter")
	p.WaitText("0:02 of 60:00")
	at("Stop recording")
	p.Press("Enter")
	e.verified(p, "The recording is in place.")
	at("Record again")
	p.Press("Tab", "Tab")
	at("Remove")
	p.Press("Enter")
	p.WaitText("Recording removed.")
	at("Undo")
	p.Press("Enter")
	p.WaitText("The recording before is back.")
	p.WaitText("Saved")
	if e.recordings()["en"] == "" {
		t.Error("nothing is named")
	}
}

func TestMakingPromptsIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p, e := s.author(t)
	form := e.form()
	form.Set("newLanguage", "Spanish")
	e.press(form, "add-language")
	form = e.form()
	form.Set(question(form, 0, "prompts.en"), "What did you build last?")
	form.Set(question(form, 0, "prompts.es"), "¿Qué construiste por último?")
	e.press(form, "add")
	voice, err := s.prompt(t.Context(), s.owner.Actor(assess.Live), e.stored(), "sound.webm")
	s.must(err)
	film, err := s.prompt(t.Context(), s.owner.Actor(assess.Live), e.stored(), "video.webm")
	s.must(err)
	s.work()
	form = e.form()
	form.Set(question(form, 0, "recordings.en"), string(voice))
	form.Set(question(form, 1, "recordings.en"), string(film))
	form.Set(question(form, 1, "format"), "video")
	form.Set(question(form, 1, "prompts.en"), "And how?")
	form.Set("timeLimit", "45")
	e.press(form, "save")
	p.Open(s.url + e.path)
	p.WaitText("Record again")
	accessible(t, p, "prompts")
	p.Open(s.url + e.path + "/preview")
	accessible(t, p, "preview")
	p.Open(s.url + e.path)
	arm(p.In(".question prompt-place:nth-of-type(2)"), "Record audio")
	accessible(t, p, "recorder")
}
