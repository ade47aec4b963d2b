package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestAccommodationsAreGrantedOnTheInvitePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	b := s.signIn(ownerEmail)
	p := b.get(a.page())
	p.says(t, http.StatusOK, "Accommodations", "The deadline moves to", "The deadline stays", "The deadline falls away")
	form := p.formTo(t, a.page()+"/accommodation")
	if form.Get("timeFactor") != "100" || form.Get("extraTakes") != "0" || form.Get("instead") != "" {
		t.Errorf("the form begins with %v", form)
	}
	p = b.post(a.page()+"/accommodation", url.Values{"timeFactor": {"175"}, "extraTakes": {"many"}, "extraPlays": {"101"}, "instead": {"text"}})
	p.says(t, http.StatusUnprocessableEntity, "The time must be 100, 125, 150, 200 or -1 (no limit).", "The extra takes must be between 0 and 100.", "The extra replays must be between 0 and 100.")
	if form := p.formTo(t, a.page()+"/accommodation"); form.Get("extraTakes") != "many" || form.Get("instead") != "text" {
		t.Errorf("what was typed is lost: %v", form)
	}
	before := s.detail(a.ID).Invite
	b.post(a.page()+"/accommodation", url.Values{"timeFactor": {"150"}, "extraTakes": {"2"}, "extraPlays": {""}, "instead": {"text"}}).
		says(t, http.StatusOK, "150 % of the time, 2 more for every take limit, answers by text allowed", "Accommodations set by Olivia Owner")
	if got, want := s.detail(a.ID).Invite.CompleteBy, before.CompleteBy.Add(30*time.Minute); !got.Equal(want) {
		t.Errorf("the deadline is %v, want %v", got, want)
	}
	if form := b.get(a.page()).formTo(t, a.page()+"/accommodation"); form.Get("timeFactor") != "150" || form.Get("extraTakes") != "2" || form.Get("instead") != "text" {
		t.Errorf("the form holds %v", form)
	}
}

func TestAccommodationsBeforeTheStartSayHowMuchTimeThereWillBe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(func(_ *assess.NewInvite, c *assess.Content) { c.TimeLimit = 40 })
	untimed := s.invitation(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	b := s.signIn(ownerEmail)
	b.get("/invites/"+string(i.ID)).says(t, http.StatusOK, "50 minutes from the start", "80 minutes from the start", "As long as they need")
	b.get("/invites/"+string(untimed.ID)).says(t, http.StatusOK, "This assessment has no time limit as a whole.")
	for _, end := range []func(){i.revoked, untimed.overdue} {
		end()
	}
	for _, id := range []assess.InviteID{i.ID, untimed.ID} {
		if p := b.get("/invites/" + string(id)); strings.Contains(p.body, "/accommodation") {
			t.Errorf("accommodations are offered for a %s invite", s.detail(id).Status)
		}
	}
}

func TestViewersReadWhatWasGrantedAndGrantNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	viewer := s.colleague(assess.Viewer)
	a := s.attempt()
	s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Invite: a.ID, TimeFactor: 200, ExtraTakes: 7, Instead: assess.TextFormat}))
	s.must(s.AllowRetake(t.Context(), s.owner.Actor(assess.Live), a.ID, spoken))
	a.record(spoken, opus, "sound.webm")
	a.submit()
	p := s.signIn(viewer.Email).get(a.page())
	p.says(t, http.StatusOK, "Accommodations set by Olivia Owner", "200 % of the time", "Another take allowed by Olivia Owner")
	p.tells(t, spoken, "1 of 10 takes used")
	if strings.Contains(p.body, a.page()+"/accommodation") || strings.Contains(p.body, "rescue-import") {
		t.Error("a viewer is offered what they may not do")
	}
}

func TestAnotherTakeIsAllowedOnTheInvitePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	b := s.signIn(ownerEmail)
	p := b.get(a.page())
	for number, offered := range map[int]bool{spoken: true, onCamera: true, written: false} {
		if path := fmt.Sprintf("%s/questions/%d/retake", a.page(), number); strings.Contains(p.body, path) != offered {
			t.Errorf("another take of answer %d: offered is %v", number, !offered)
		}
	}
	p = b.post(a.page()+"/questions/1/retake", nil)
	p.says(t, http.StatusOK, "Another take allowed by Olivia Owner", "question 1")
	b.post(a.page()+"/questions/3/retake", nil).says(t, http.StatusUnprocessableEntity, "Question 3 is answered in writing: there are no takes.")
	if got := b.post(a.page()+"/questions/9/retake", nil); got.status != http.StatusNotFound {
		t.Errorf("a question that is not there: %d", got.status)
	}
	a.submit()
	if p := b.get(a.page()); strings.Contains(p.body, "/retake") {
		t.Error("another take is offered after the end")
	}
	b.post(a.page()+"/questions/1/retake", nil).says(t, http.StatusUnprocessableEntity, "Not possible: this invite is completed.")
}
