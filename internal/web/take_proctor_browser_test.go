package web_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// evidence are the recordings that observe the candidate and the signals, as they stand now.
func (i invitationOf) evidence() (recordings []assess.Recording, signals []assess.Signal) {
	i.s.t.Helper()
	i.s.must(i.s.db.Read(i.s.t.Context(), func(tx *store.Tx) (err error) {
		all, err := tx.Recordings(i.Org, i.ID)
		for _, rec := range all {
			if rec.Purpose.Evidence() {
				recordings = append(recordings, rec)
			}
		}
		if err == nil {
			signals, err = tx.Signals(i.Org, i.ID)
		}
		return err
	}))
	return recordings, signals
}

// await waits until the evidence is as wanted.
func (i invitationOf) await(what string, done func([]assess.Recording, []assess.Signal) bool) ([]assess.Recording, []assess.Signal) {
	i.s.t.Helper()
	ctx, cancel := context.WithTimeout(i.s.t.Context(), 20*time.Second)
	defer cancel()
	for {
		recordings, signals := i.evidence()
		if done(recordings, signals) {
			return recordings, signals
		}
		select {
		case <-ctx.Done():
			i.s.t.Fatalf("%s: there is only %+v and %+v", what, recordings, signals)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func noticed(signals []assess.Signal, t assess.SignalType) *assess.Signal {
	at := slices.IndexFunc(signals, func(s assess.Signal) bool { return s.Type == t })
	if at < 0 {
		return nil
	}
	return &signals[at]
}

// observed is an invitation with screen and camera, all in writing.
func observed(n *assess.NewInvite, c *assess.Content) {
	watched(n, c)
	inWriting(n, c)
	no := false
	n.Proctoring.IDCapture = &no
}

// media is what a member sees of a recording.
func (i invitationOf) media(rec assess.RecordingID) []byte {
	i.s.t.Helper()
	file, err := i.s.InviteMedia(i.s.t.Context(), i.s.owner.Actor(i.Mode), i.ID, rec)
	i.s.must(err)
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(file)
	i.s.must(err)
	return content
}

// decodes checks that a recording plays from beginning to end.
func (i invitationOf) decodes(rec assess.Recording) {
	i.s.t.Helper()
	probe, err := exec.LookPath("ffmpeg")
	if err != nil {
		i.s.t.Skip(err)
	}
	name := filepath.Join(i.s.t.TempDir(), string(rec.ID)+".webm")
	i.s.must(os.WriteFile(name, i.media(rec.ID), 0o600))
	out, err := exec.CommandContext(i.s.t.Context(), probe, "-v", "error", "-xerror", "-i", name, "-f", "null", "-").CombinedOutput()
	if err != nil || len(out) > 0 {
		i.s.t.Errorf("%s does not play: %v %s", rec.Purpose, err, out)
	}
}

func TestScreenAndCameraAreRecordedFromPageToPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.working()
	i := s.invitation(observed)
	p := chromium.New(t)
	i.enter(p)
	p.Click("Start the assessment")
	p.WaitText("Share your screen")
	accessible(t, p, "watch-asked")
	if recordings, _ := i.evidence(); len(recordings) > 0 {
		t.Errorf("recorded before anybody agreed: %+v", recordings)
	}
	begun := time.Now()
	chromium.Eval[bool](p, "document.querySelector('.watch-panel button').focus(), true")
	p.Press("Enter")
	p.WaitText("Your screen is being recorded")
	if got := chromium.Eval[string](p, "document.activeElement.textContent"); got != "Turn on my camera" {
		t.Errorf("the focus went to %q", got)
	}
	p.Press("Enter")
	p.WaitText("Your camera is on and recorded")
	if got := chromium.Eval[string](p, "document.activeElement.localName"); got != "main" {
		t.Errorf("the focus went to %q", got)
	}
	accessible(t, p, "watch-on")
	p.Click("Show the question")
	p.WaitText("What did you build last?")
	p.Fill("Your answer", "A bridge.")
	p.WaitText("Saved at")
	p.Click("Send and continue")
	p.WaitText("Question 2 of 2")
	p.WaitText("Your screen is being recorded")
	p.Click("Show the question")
	p.Fill("Your answer", "Short.")
	p.WaitText("Saved at")
	p.Click("Send and continue")
	p.WaitText("Look over your answers")
	p.WaitText("Your camera is on and recorded")
	took := time.Since(begun)
	p.Click("Submit the assessment")
	p.WaitText("You are finished. Thank you!")
	p.WaitGone("Your screen is being recorded")
	recordings, _ := i.await("the end", func(recordings []assess.Recording, _ []assess.Signal) bool {
		return len(recordings) == 2 && recordings[0].State == assess.RecordingReady && recordings[1].State == assess.RecordingReady
	})
	for n, purpose := range []assess.Purpose{assess.ForScreen, assess.ForWebcam} {
		rec := recordings[n]
		if rec.Purpose != purpose || rec.Media.ContentType != "video/webm" || rec.Media.Sound {
			t.Errorf("recording %d is %+v", n, rec)
		}
		if short := took - rec.Media.Duration; short > 5*time.Second || short < -5*time.Second {
			t.Errorf("%s lasts %s of %s", purpose, rec.Media.Duration, took)
		}
		i.decodes(rec)
	}
}

func TestTheKeyboardBeginsAtWhatAsksForConsent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.New(t)
	i.begun(p)
	if at := chromium.Eval[string](p, "document.activeElement.innerText"); at != "Share your screen" {
		t.Errorf("the focus is on %q", at)
	}
	p.Press("Tab", "Enter")
	p.WaitText("Your screen is being recorded")
	tabTo(t, p, ".watch-panel:last-child .btn:last-child")
	p.Press("Enter")
	p.WaitText("Your camera is off")
	if !chromium.Eval[bool](p, "document.activeElement.matches('main')") {
		t.Error("the focus is not where reading begins")
	}
	tabTo(t, p, "form[action$='/begin'] .btn")
	p.Press("Enter")
	p.WaitText("What did you build last?")
	if !chromium.Eval[bool](p, "document.activeElement.matches('h1')") {
		t.Error("the focus is not on the question")
	}
}

func TestATabThatInheritsTheAttemptGoesOnRecording(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(observed)
	p := chromium.New(t)
	i.begun(p)
	p.Click("Share my screen")
	p.WaitText("Your screen is being recorded")
	chromium.Eval[bool](p, `(async () => {
		const known = "seat `+string(i.ID)+`";
		while (localStorage[known] !== sessionStorage.seat) await new Promise(requestAnimationFrame);
		await navigator.locks.request("seat " + sessionStorage.seat, {steal: true}, () => {}); // nobody has it any more
		sessionStorage.seat = crypto.randomUUID();
		document.dispatchEvent(new CustomEvent("doubt"));
		while (localStorage[known] !== sessionStorage.seat) await new Promise(requestAnimationFrame);
		return true;
	})()`)
	if state := chromium.Eval[string](p, "document.querySelector('.watch-light').dataset.state"); state != "on" {
		t.Errorf("the screen is %s", state)
	}
}
