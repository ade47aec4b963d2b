package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

// candidate is a browser in which the candidate has agreed.
func (i invitationOf) candidate() *browser {
	i.s.t.Helper()
	b := i.s.browser()
	b.post(i.path+"/accept", i.agreement(b.get(i.path)))
	return b
}

func TestTheCheckAsksOnlyForWhatTheInviteNeeds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	yes := true
	written := func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = assess.TextFormat }
	filmed := func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = assess.VideoFormat }
	shared := func(n *assess.NewInvite, _ *assess.Content) { n.Proctoring.ScreenRecording = &yes }
	shown := func(n *assess.NewInvite, _ *assess.Content) { n.Proctoring.IDCapture = &yes }
	heard := func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].Format = assess.AudioFormat }
	silent := func(_ *assess.NewInvite, c *assess.Content) {
		for i := range c.Questions {
			c.Questions[i].Format = assess.TextFormat
		}
	}
	type change = func(*assess.NewInvite, *assess.Content)
	for name, test := range map[string]struct {
		changes []change
		steps   string
		rate    string
	}{
		"written":                {[]change{unobserved, written, silent}, "browser", "32"},
		"written, asked aloud":   {[]change{unobserved, written, silent, heard}, "browser speaker", "32"},
		"spoken":                 {[]change{unobserved, silent}, "browser microphone speaker upload", "32"},
		"filmed":                 {[]change{unobserved, silent, filmed}, "browser microphone camera speaker upload", "532"},
		"written, screen shared": {[]change{unobserved, written, silent, shared}, "browser upload screen", "282"},
		"written, photos":        {[]change{unobserved, written, silent, shown}, "browser camera upload", "32"},
		"everything":             {[]change{watched}, "browser microphone camera speaker upload screen", "1032"},
	} {
		p := s.invitation(test.changes...).candidate().get("/take/check")
		p.says(t, http.StatusOK, "Check your device")
		check := p.all(t, "device-check")[0]
		if got := attr(check, "steps"); got != test.steps {
			t.Errorf("%s: %q is tested, want %q", name, got, test.steps)
		}
		if got := attr(check, "rate"); got != test.rate {
			t.Errorf("%s: %s kbit/s, want %s", name, got, test.rate)
		}
	}
}

func TestTheWayToTheStartHasOnlyTheStopsThatAreNeeded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	written := func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = assess.TextFormat }
	next := func(p page) string {
		for _, a := range p.all(t, "a") {
			if strings.Contains(attr(a, "class"), "btn") && strings.HasPrefix(attr(a, "href"), "/take") {
				return attr(a, "href")
			}
		}
		t.Fatalf("%s leads nowhere:\n%s", p.url, p.body)
		return ""
	}
	b := s.invitation(watched).candidate()
	for _, stop := range []string{"/take/check", "/take/practice", "/take/identity"} {
		p := b.get(stop)
		if p.url.Path != stop {
			t.Fatalf("%s is %s", stop, p.url)
		}
		if want := map[string]string{"/take/check": "/take/practice", "/take/practice": "/take/identity", "/take/identity": "/take?prepared=1"}[stop]; next(p) != want {
			t.Errorf("%s leads to %s, want %s", stop, next(p), want)
		}
	}
	if got := next(b.get("/take")); got != "/take/check" {
		t.Errorf("before that one is led to %s", got)
	}
	if p := b.get("/take?prepared=1"); strings.Contains(p.body, "/take/check") {
		t.Error("who is prepared is asked to prepare")
	}
	b = s.invitation(unobserved, written).candidate()
	if got := next(b.get("/take/check")); got != "/take?prepared=1" {
		t.Errorf("without recorded answers the check leads to %s", got)
	}
	for _, skipped := range []string{"/take/practice", "/take/identity"} {
		if p := b.get(skipped); p.url.Path != "/take" {
			t.Errorf("%s is shown as %s although nothing of it is needed", skipped, p.url)
		}
	}
}

func TestNothingIsPreparedBeforeTheNoticeIsAgreedToOrAfterTheEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	b := i.candidate()
	for status, put := range map[assess.InviteStatus]func(invitationOf){
		assess.Pending: func(i invitationOf) { i.put(func(inv *assess.Invite) { inv.Stored = assess.Pending }) },
		assess.Expired: func(i invitationOf) { i.accepted(); i.overdue() },
		assess.Revoked: invitationOf.revoked,
	} {
		put(i)
		for _, path := range []string{"/take/check", "/take/practice", "/take/identity"} {
			if p := b.get(path); strings.HasPrefix(p.url.Path, "/take") {
				t.Errorf("%s: %s is shown as %s", status, path, p.url)
			}
		}
		if p := b.send(http.MethodPost, "/take/check/upload", "application/octet-stream", []byte("x")); p.status != http.StatusConflict && p.status != http.StatusGone {
			t.Errorf("%s: bytes are taken: %d", status, p.status)
		}
	}
}

func TestPhotosAreNotAskedForOnceTheAssessmentHasBegun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	b := i.candidate()
	i.started()
	if p := b.get("/take/identity"); p.url.Path == "/take/identity" {
		t.Error("the page is shown")
	}
	b.get("/take/check").says(t, http.StatusOK, "Check your device")
}

func TestAConnectionIsMeasuredWithBytesThatNobodyKeeps(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.invitation().candidate()
	before := s.files()
	send := func(bytes int) page {
		return b.send(http.MethodPost, "/take/check/upload", "application/octet-stream", make([]byte, bytes))
	}
	if p := send(1 << 20); p.status != http.StatusNoContent {
		t.Errorf("1 MiB: %d %s", p.status, p.body)
	}
	p := send(1<<20 + 1)
	var said struct{ Error string }
	if s.must(json.Unmarshal([]byte(p.body), &said)); p.status != http.StatusRequestEntityTooLarge || said.Error == "" {
		t.Errorf("more than that: %d %s", p.status, p.body)
	}
	if s.files() != before {
		t.Error("the database has changed")
	}
	for range 18 {
		send(1)
	}
	if p := send(1); p.status != http.StatusTooManyRequests {
		t.Errorf("the 21st in a minute: %d", p.status)
	}
}
