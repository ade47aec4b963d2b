package web_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

// watched is an invitation with everything that is observed, and one answer on camera.
func watched(n *assess.NewInvite, c *assess.Content) {
	yes := true
	n.Proctoring = assess.ProctoringChoice{ScreenRecording: &yes, WebcamMonitoring: &yes, IDCapture: &yes}
	c.Questions[0].AnswerFormat = assess.VideoFormat
}

// pass waits for a page's time.
func pass(p *chromium.Page, milliseconds string) {
	chromium.Eval[bool](p, "new Promise(done => setTimeout(() => done(true), "+milliseconds+"))")
}

func TestADeviceThatCanDoAllPassesTheCheck(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.New(t)
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.WaitText("It can do everything that is needed.")
	p.WaitText("Mbit/s: enough for video.")
	p.WaitText("This browser can share your screen.")
	p.WaitText("Some tests are still open.")
	accessible(t, p, "check-open")
	p.Click("Turn on the microphone")
	p.WaitText("You are well heard.")
	p.Click("Turn on the camera")
	p.WaitText("There is a picture.")
	accessible(t, p, "check-camera")
	p.Click("Turn off the camera")
	p.Click("Play the tones")
	p.WaitText("Did you hear the tones?")
	p.Click("No, nothing")
	p.WaitText("You may not hear anything.")
	accessible(t, p, "check-deaf")
	p.In(".steps").Click("Try again")
	p.Click("Yes")
	p.WaitText("Everything works. You are ready.")
	accessible(t, p, "check-passed")
	p.Click("Continue")
	p.WaitURL("/take/practice")
	if recordings, signals := i.evidence(); len(recordings)+len(signals) > 0 {
		t.Errorf("the check left %v and %v", recordings, signals)
	}
}

func TestTheCheckIsDoneByKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.New(t)
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.WaitText("Mbit/s: enough")
	focused := func(text string) {
		t.Helper()
		for range 20 {
			if strings.Contains(chromium.Eval[string](p, "document.activeElement.textContent"), text) &&
				chromium.Eval[bool](p, "document.activeElement.matches('a, button')") {
				return
			}
			p.Press("Tab")
		}
		t.Fatalf("the Tab key does not lead to %q", text)
	}
	focused("Turn on the microphone")
	p.Press("Enter")
	p.WaitText("You are well heard.")
	if got := chromium.Eval[string](p, "document.activeElement.textContent"); got != "Test again" {
		t.Errorf("the focus went to %q", got)
	}
	focused("Play the tones")
	p.Press("Enter")
	p.WaitText("Did you hear the tones?")
	focused("Yes")
	p.Press("Enter")
	p.WaitText("Everything works.")
	focused("Continue")
	p.Press("Enter")
	p.WaitURL("/take/practice")
}

func TestARefusalIsExplainedAndOneMayGoOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.Start(t, chromium.Settings{Flags: []string{"use-fake-ui-for-media-stream=deny"}}).Tab()
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.Click("Turn on the microphone")
	p.WaitText("The browser may not use the microphone")
	p.WaitText("set “Microphone” to “Allow”, then try again.")
	p.Click("Turn on the camera")
	p.WaitText("The browser may not use the camera")
	p.WaitText("Without a microphone no spoken answer can be recorded.")
	p.WaitText("Without a camera your picture cannot be recorded. Example Ltd sees that it is missing.")
	accessible(t, p, "check-denied")
	p.Click("Continue anyway")
	p.WaitURL("/take/practice")
	p.Click("Turn on camera and microphone")
	p.WaitText("The browser may not use the microphone or camera")
	accessible(t, p, "practice-denied")
	p.Click("Skip practice")
	p.WaitURL("/take/identity")
	p.In(".step:first-child").Click("Turn on the camera")
	p.WaitText("The browser may not use the camera")
	accessible(t, p, "identity-denied")
	i.await("the refusal", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.CameraRefused) != nil
	})
	p.Click("Continue")
	p.WaitText("Your place is reserved")
}

func TestAMissingDeviceIsExplained(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.Start(t, chromium.Settings{Flags: []string{"use-fake-device-for-media-stream=device-count=0"}}).Tab()
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.Click("Turn on the camera")
	p.WaitText("No camera was found")
	accessible(t, p, "check-none")
	p.Open(s.url + "/take/identity")
	p.In(".step:first-child").Click("Turn on the camera")
	p.WaitText("No camera was found")
	i.await("the missing camera", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.CameraUnsupported) != nil
	})
}

// silence is a second of nothing, as a WAV file.
func silence(t *testing.T) string {
	t.Helper()
	const rate, bytesOf = 48_000, 2 * 48_000
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, part := range []any{
		uint32(36 + bytesOf), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), uint32(bytesOf), make([]byte, bytesOf),
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "silence.wav")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestASilentMicrophoneIsNoticed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.Start(t, chromium.Settings{Sound: silence(t)}).Tab()
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.Click("Turn on the microphone")
	p.WaitText("No sound arrives")
	accessible(t, p, "check-silent")
}

func TestALostConnectionIsExplained(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.New(t)
	p.AllowError("ERR_INTERNET_DISCONNECTED")
	i.enter(p)
	p.Open(s.url + "/take/check")
	p.WaitText("Mbit/s: enough")
	p.Offline(true)
	p.In(".step:last-child").Click("Test again")
	p.WaitText("Nothing could be sent")
	accessible(t, p, "check-offline")
	p.Offline(false)
	p.In(".step:last-child").Click("Try again")
	p.WaitText("Mbit/s: enough")
}

func TestADeviceThatCannotShareItsScreenIsToldBeforeTheStart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	p := chromium.New(t)
	i.enter(p)
	chromium.Eval[bool](p, "delete MediaDevices.prototype.getDisplayMedia") // as on a phone
	p.Click("Check your device")
	p.WaitText("This device cannot share its screen")
	p.WaitText("Your screen is not recorded. Example Ltd sees that this device could not do it.")
	accessible(t, p, "check-phone")
	i.await("the fact", func(_ []assess.Recording, signals []assess.Signal) bool {
		return noticed(signals, assess.ScreenUnsupported) != nil
	})
}

func TestABrowserThatCannotRecordIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(unobserved)
	p := chromium.New(t)
	i.enter(p)
	chromium.Eval[bool](p, "delete window.MediaRecorder") // as in an old one
	p.Click("Check your device")
	p.WaitText("This browser cannot record")
	p.WaitText("Nothing can be recorded in this browser.")
	accessible(t, p, "check-old")
}
