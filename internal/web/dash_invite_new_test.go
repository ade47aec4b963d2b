package web_test

import (
	"maps"
	"net/http"
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
		maps.Copy(f, typed)
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

func TestAFormOpenedForOtherDataSendsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.invitation()
	b := s.signIn(ownerEmail)
	one := b.newInvite("ana@example.com")
	list := b.get("/invites/import").formTo(t, "/invites/import")
	list.Set("rows", "ben@example.com")
	list = b.post("/invites/import", list).formTo(t, "/invites/import/send")

	b.post("/profile/mode", url.Values{"mode": {"test"}}) // in another tab
	for path, f := range map[string]url.Values{"/invites/new": one, "/invites/import/send": list} {
		b.post(path, f).says(t, http.StatusUnprocessableEntity, "You have switched to test data")
	}
	if rows := b.get("/invites").rows(t); len(rows) != 0 {
		t.Errorf("there are invites: %v", rows)
	}
	again := b.post("/invites/new", one).formTo(t, "/invites/new")
	b.post("/invites/new", again).says(t, http.StatusOK, "ana@example.com")
}
