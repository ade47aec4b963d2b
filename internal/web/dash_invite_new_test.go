package web_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

func TestChoosingAnotherAssessmentLosesNothingTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.invitation(func(_ *assess.NewInvite, c *assess.Content) { c.Proctoring = assess.Proctoring{ScreenRecording: true} })
	second := s.invitation(func(_ *assess.NewInvite, c *assess.Content) {
		c.Proctoring = assess.Proctoring{WebcamMonitoring: true, IDCapture: true}
	})
	b := s.signIn(ownerEmail)
	for path, typed := range map[string]url.Values{
		"/invites/new":    {"recipientEmail": {"ana@example.com"}, "recipientName": {"Ana"}},
		"/invites/import": {"rows": {"ana@example.com, Ana"}},
	} {
		f := b.get(path+"?assessment="+string(first.Assessment)).formTo(t, path)
		for name, value := range typed {
			f[name] = value
		}
		f.Set("customMessage", "Good luck!")
		f.Set("expiresInDays", "9")
		f.Set("identity", "on") // by hand: it stays
		f.Set("assessmentId", string(second.Assessment))
		f.Set("do", "choose")
		got := b.post(path, f).formTo(t, path)

		f.Del("do")
		f.Del("screen")       // what the first said
		f.Set("webcam", "on") // what the second says
		f.Set("termsOf", string(second.Assessment))
		if diff := cmp.Diff(f, got); diff != "" {
			t.Errorf("%s: the form changed (-want +got):\n%s", path, diff)
		}
	}
}
