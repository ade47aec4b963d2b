package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

func TestAMemberAdvancesATestInviteAndHearsItsAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	live := s.attempt() // of an assessment with a question of each kind
	d, err := s.InviteDetail(t.Context(), s.owner.Actor(assess.Live), live.ID)
	s.must(err)
	out, err := s.Invite(t.Context(), s.owner.Actor(assess.Test), assess.NewInvite{
		Assessment: d.Invite.Assessment, Email: "bounce+1@example.com", ReplayLimit: 1, RecordLimit: 1, ExpiresInDays: 30,
	})
	s.must(err)
	s.work()
	p := s.member(t)
	p.Open(s.url + "/invites")
	p.In(".sidebar").Click("Olivia Owner")
	p.In(".sidebar").Click("Show test data")
	p.WaitText("You see test data now.")
	p.WaitURL("/invites")
	glance(t, p, "test-mode")
	p.Viewport(1280, 800)
	p.Open(s.url + "/invites/" + string(out.Invite.ID))
	glance(t, p, "test-invite")
	p.Screenshot("test-invite-dark", 1280, true)
	p.Screenshot("test-invite-phone-light", 375, false)
	p.Viewport(1280, 800)
	p.Dark(false)
	p.Click("Answer and submit")
	p.WaitText("The synthetic candidate is done.")
	glance(t, p, "test-invite-advanced")
	p.Viewport(1280, 800)
	for question, tag := range map[string]string{"1": "audio", "2": "video"} {
		p.ClickOn("h1") // browsers play nothing before a person has done something
		played := chromium.Eval[float64](p, `(async () => {
			const media = document.querySelector("#question-`+question+` `+tag+`");
			media.muted = true;
			await media.play();
			while (media.currentTime < 0.2) await new Promise((later) => setTimeout(later, 20));
			media.currentTime = 2; // it can be sought in
			while (!media.ended) await new Promise((later) => setTimeout(later, 20));
			return media.duration;
		})()`)
		if played < 2.5 || played > 3.2 {
			t.Errorf("the %s plays for %.2f seconds, want some 3", tag, played)
		}
	}
	p.In(".testmode").Click("Show live data")
	p.WaitText("You see live data now.")
}
