package web_test

import (
	"testing"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
)

func TestPracticeIsHeardByNobody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, on, armed string
		format          assess.Format
	}{
		{"practice-audio", "Turn on the microphone", "Say a few words", assess.AudioFormat},
		{"practice-video", "Turn on camera and microphone", "Check your picture", assess.VideoFormat},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			i := s.invitation(unobserved, func(_ *assess.NewInvite, c *assess.Content) { c.Questions[0].AnswerFormat = test.format })
			p := chromium.New(t)
			i.enter(p)
			p.Open(s.url + "/take/practice")
			p.WaitText("Nothing is recorded until you start")
			accessible(t, p, test.name)
			requests := "performance.getEntriesByType('resource').map(r => r.name).filter(name => !name.includes('/static/')).join(' ')"
			before, files := chromium.Eval[string](p, requests), s.files()
			p.Click(test.on)
			p.WaitText(test.armed)
			accessible(t, p, test.name+"-armed")
			p.Click("Start recording")
			p.WaitText("0:02 of 1:00")
			p.Click("Stop recording")
			p.WaitText("This recording was only for practice")
			if seconds := chromium.Eval[float64](p, "new Promise(done => { const m = document.querySelector('.record-player'); (function look() { Number.isFinite(m.duration) ? done(m.duration) : setTimeout(look, 50) })() })"); seconds < 1.5 {
				t.Errorf("%.1f seconds can be heard", seconds)
			}
			accessible(t, p, test.name+"-done")
			p.Click("Practise again")
			p.WaitText(test.armed)
			if after := chromium.Eval[string](p, requests); after != before || s.files() != files {
				t.Errorf("something was sent: %s, before %s", after, before)
			}
			if kept := chromium.Eval[int](p, `new Promise(done => { const open = indexedDB.open("recordings"); open.onsuccess = () => {
				const stores = open.result.objectStoreNames;
				if (!stores.contains("slices")) return done(0);
				open.result.transaction("slices").objectStore("slices").count().onsuccess = e => done(e.target.result);
			} })`); kept > 0 {
				t.Errorf("%d slices are kept", kept)
			}
			p.Click("Continue")
			p.WaitText("Your place is reserved")
		})
	}
}
