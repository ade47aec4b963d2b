package web_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/web"
)

func TestThePlayerLooksRightAndIsAccessible(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.page.WaitText("skips 0:05")
	s.page.WaitText(spokenLines[1])
	eval[bool](s, "player.seek(5.2), player.skipSilence = true")
	glance(t, s.page, "player")
	s.page.Screenshot("player-dark-wide", 1280, true)
	s.page.Screenshot("player-narrow", 320, false)
	if over := chromium.Eval[int](s.page, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
		t.Errorf("at 320: %d pixels too wide", over)
	}
}

func TestPlayingBeginsAtOnceAndOnlyOnePlays(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	eval[bool](s, "player.ready()")
	eval[bool](s, `(media.addEventListener("playing", () => self.began = performance.now(), {once: true}),
		addEventListener("keydown", () => self.pressed = performance.now(), {once: true, capture: true}), true)`)
	eval[bool](s, `(player.querySelector("[role=slider]").focus(), true)`)
	s.page.Press("k")
	if took := eval[float64](s, "(await until(() => self.began), self.began - self.pressed)"); took > 300 {
		t.Errorf("playing began %.0f ms after the key, want 300 at most", took)
	}
	s.first().WaitControl("Pause")
	s.page.In("answer-player:last-of-type").Click("Play")
	s.page.In("answer-player:last-of-type").WaitControl("Pause")
	s.first().WaitControl("Play")
	if !eval[bool](s, "(await until(() => media.paused), media.paused)") {
		t.Error("two recordings play at once")
	}
	s.page.Press(" ")
	s.page.In("answer-player:last-of-type").WaitControl("Play")
}

func TestSpeedKeepsThePitchAndIsKept(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	eval[bool](s, "player.ready()")
	s.first().Click("Play")
	s.page.Press(".", ".")
	s.first().WaitText("Speed 1.5×")
	if !eval[bool](s, "media.preservesPitch && media.playbackRate === 1.5") {
		t.Error("the recording does not play at 1.5 with its pitch")
	}
	s.first().Fill("Speed", "3×")
	ratio := eval[float64](s, `(await until(() => media.playbackRate === 3), await (async () => {
		const [at, now] = [media.currentTime, performance.now()];
		await until(() => media.currentTime > at + 2.4 || media.ended);
		return (media.currentTime - at) / (performance.now() - now) * 1000;
	})())`)
	if ratio < 2.5 || ratio > 3.5 {
		t.Errorf("it plays %.2f times as fast, want 3", ratio)
	}
	s.page.Reload()
	s.first().WaitControl("Play")
	s.first().Click("Play")
	s.first().WaitControl("Pause")
	if got := s.first().Value("Speed"); got != "3" || !eval[bool](s, "media.playbackRate === 3") {
		t.Errorf("after a reload the speed is %s", got)
	}
	s.page.Press(",")
	s.first().WaitText("Speed 2.5×")
}

func TestSilenceIsSkipped(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	eval[bool](s, "player.ready()")
	s.first().WaitText("skips 0:05")
	s.first().Click("Skip silence")
	eval[bool](s, "(player.seek(1.6), true)")
	s.first().Click("Play")
	heard := eval[[]float64](s, `(await (async () => {
		const heard = [];
		while (media.currentTime < 4.5) {
			if (!media.seeking) heard.push(media.currentTime);
			await new Promise(requestAnimationFrame);
		}
		return heard;
	})())`)
	for _, at := range heard {
		if at > 2.5 && at < 3.7 {
			t.Errorf("silence is heard at %.2f", at)
			break
		}
	}
	s.first().Click("Pause")
	eval[bool](s, "(player.seek(4.2), player.nudge(-1), true)")
	s.wantAt(1.45) // the silence of 1.75 seconds does not count
	s.page.Press("s")
	s.first().WaitText("Silence is played")
	eval[bool](s, "(player.seek(4.2), player.nudge(-1), true)")
	s.wantAt(3.2)
}

func TestTheSeekBarIsWorkedByKeysAndPointer(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	eval[bool](s, "player.ready()")
	s.wantMoment("0:00 of 0:12")
	eval[bool](s, `(player.querySelector("[role=slider]").focus(), true)`)
	for _, step := range []struct {
		key  string
		want float64
	}{
		{"ArrowRight", 1}, {"ArrowUp", 2}, {"l", 7}, {"ArrowLeft", 6}, {"ArrowDown", 5}, {"j", 0}, {"PageUp", 10}, {"PageDown", 0}, {"End", 12}, {"Home", 0}, {"j", 0}, {"l", 5},
	} {
		s.page.Press(step.key)
		s.wantAt(step.want)
	}
	s.wantMoment("0:05 of 0:12")
	s.first().ClickOn("[role=slider]")
	s.wantAt(6)
	s.wantMoment("0:06 of 0:12")
	s.page.Fill("Note", "")
	s.page.Press("l", "c", " ")
	if s.wantAt(6); s.page.Value("Note") != "lc " {
		t.Error("the player takes what is typed into a field")
	}
}

func TestTheSeekBarIsDraggedAndAFingerThatScrollsChangesNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.first().ClickOn("[role=slider]") // the pointer is there
	s.wantAt(6)
	eval[bool](s, `(self.pointer = (type, part) => {
		const slider = document.querySelector("answer-player [role=slider]"), box = slider.getBoundingClientRect();
		slider.dispatchEvent(new PointerEvent(type, {pointerId: 1, bubbles: true, clientX: box.left + part * box.width, clientY: box.top + 5}));
	}, true)`)
	eval[bool](s, `(pointer("pointermove", 0.25), true)`)
	s.wantAt(6)
	s.first().WaitText("0:03") // what is under the pointer
	eval[bool](s, `(pointer("pointerdown", 0.25), pointer("pointermove", 0.5), pointer("pointermove", 2), pointer("pointerup", 2), true)`)
	s.wantAt(12)
	eval[bool](s, `(pointer("pointermove", 0), pointer("pointerdown", 0.25), pointer("pointermove", 0.5), pointer("pointercancel", 0.5), true)`)
	s.wantAt(12)
}

func TestCommentsAreMarkedAndAskedFor(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	eval[bool](s, `(self.told = [], ["player-moment", "player-comment"].forEach((type) =>
		document.addEventListener(type, (event) => told.push(type + " " + (event.detail.at ?? event.detail.id)))), true)`)
	s.first().Click("2 comments from 0:08: Which one? · Ask again")
	s.wantAt(8)
	s.first().Click("Comment at 0:01: Good example")
	s.wantAt(1)
	s.first().Click("Comment here")
	s.page.Press("l", "c")
	want := "player-comment b,player-comment a,player-moment 1000,player-moment 6000"
	if got := eval[string](s, "told.join()"); got != want {
		t.Errorf("the page is told %q, want %q", got, want)
	}
	eval[bool](s, `(player.setAttribute("comments", '[{"id":"d","at":3000,"text":"New"}]'), true)`)
	s.first().Click("Comment at 0:03: New")
	s.wantAt(3)
	eval[bool](s, `(player.removeAttribute("comments"), player.removeAttribute("commentable"), true)`)
	s.first().WaitGone("Comment here")
	if eval[int](s, `player.querySelectorAll(".player-mark").length`) != 0 {
		t.Error("comments are marked that are gone")
	}
}

func TestTheTranscriptFollowsLeadsAndIsSearched(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	current := `(player.querySelector("[aria-current]")?.innerText ?? "").replace(/\s+/g, " ")`
	s.first().Click("0:04 It keeps <leases> & attempts.")
	s.wantAt(4)
	s.page.Press("ArrowDown", "ArrowDown", "Enter")
	s.wantAt(9.6)
	if got := eval[string](s, current); got != "0:09 I would do it again." {
		t.Errorf("the line that is said is %q", got)
	}
	eval[bool](s, "(player.seek(4.8), true)")
	if got := eval[string](s, current); got != "0:04 It keeps <leases> & attempts." {
		t.Errorf("after seeking the line is %q", got)
	}
	s.first().Fill("Search the transcript", "IT")
	s.first().WaitText("3 of 4 lines")
	s.first().WaitGone("survives")
	s.page.Press("Enter")
	s.wantAt(5)
	if got := eval[string](s, `[...player.querySelectorAll("mark")].map((mark) => mark.textContent).join()`); got != "It,it,it" {
		t.Errorf("what was sought is marked as %q", got)
	}
	s.first().Fill("Search the transcript", "nowhere")
	s.first().WaitText("0 of 4 lines")
	s.first().Fill("Search the transcript", "")
	s.first().WaitText("survives")
}

func TestATranscriptThatCannotBeLoadedSaysSo(t *testing.T) {
	t.Parallel()
	s := onStage(t, func(p *web.Playback) { p.Captions = "/nowhere" })
	s.page.AllowError("404")
	s.first().WaitText("The transcript could not be loaded.")
}

func TestWithoutAWaveformThereIsAPlainBar(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"there is none": "", "it is lost": "/nowhere", "it is none": "/captions"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t, func(p *web.Playback) { p.Waveform, p.Eager = path, false })
			s.page.AllowError("404")
			s.first().WaitText(spokenLines[0])
			s.first().WaitGone("Skip silence")
			s.first().ClickOn("[role=slider]")
			s.wantAt(6)
			s.first().Click("Play")
			eval[bool](s, "(await until(() => media.currentTime > 6.2), true)")
		})
	}
}

func TestAPlayerTellsWhyNothingPlaysAndGoesOn(t *testing.T) {
	t.Parallel()
	for status, text := range map[int]string{
		http.StatusNotFound: "This recording is not there any more.", http.StatusForbidden: "You may not play this recording.",
		http.StatusUnauthorized: "You are signed out. Sign in in another tab, then try again.", http.StatusInternalServerError: "The server could not send the recording.",
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			s := onStage(t, func(p *web.Playback) { p.Eager = false })
			s.page.AllowError(strconv.Itoa(status))
			s.broken.Store(int64(status))
			eval[bool](s, "(player.seek(4.5), true)")
			s.first().WaitText(text)
			s.wantMoment("0:04 of 0:12")
			if status == http.StatusForbidden {
				s.first().WaitGone("Try again")
				return
			}
			s.broken.Store(0)
			s.first().Click("Try again")
			s.first().WaitControl("Pause")
			s.first().WaitGone(text)
			if at := eval[float64](s, "(await until(() => !media.paused && media.readyState > 2 && media.currentTime > 4.5), media.currentTime)"); at > 6 {
				t.Errorf("it goes on at %.2f, want 4.5", at)
			}
		})
	}
}

func TestAPlayerGoesOnFromTheSameSecondAfterACut(t *testing.T) {
	t.Parallel()
	s := onStage(t, func(p *web.Playback) { p.Media, p.Waveform, p.Eager, p.Length = "/sound.wav", "", false, time.Minute })
	s.page.AllowError("ERR_")
	s.cut.Store(300_000)
	s.first().Click("Play")
	s.first().WaitText("The connection was lost. Playing goes on from 0:0")
	glance(t, s.page, "player-trouble")
	at := eval[float64](s, "player.seconds")
	if at < 1 || at > 3.2 {
		t.Fatalf("playing was cut at %.2f seconds, want nearly 3", at)
	}
	s.cut.Store(0)
	s.first().WaitGone("The connection was lost.")
	if on := eval[float64](s, "(await until(() => !media.paused && media.readyState > 2), media.currentTime)"); on < at-0.1 || on > at+1 {
		t.Errorf("it goes on at %.2f, was at %.2f", on, at)
	}
	s.first().WaitControl("Pause")
}

func TestTheWaveIsDrawnInTheColoursOfTheTheme(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.first().WaitText("skips 0:05")
	// The colour of a bar in the middle, before and after it was played.
	bar := `(await new Promise(requestAnimationFrame), await new Promise(requestAnimationFrame), [...player.querySelector("canvas").getContext("2d")
		.getImageData(Math.floor(player.querySelector("canvas").width * 5.5 / 12 / 3 / devicePixelRatio) * 3 * devicePixelRatio, player.querySelector("canvas").height / 2, 1, 1).data].join())`
	seen := map[string]string{}
	for _, dark := range []bool{false, true} {
		s.page.Dark(dark)
		for _, at := range []string{"0", "8"} {
			eval[bool](s, "(player.seek("+at+"), true)")
			colour := eval[string](s, bar)
			if other, ok := seen[colour]; ok || colour == "0,0,0,0" {
				t.Errorf("dark %t, at %s, the bar is %s, as at %q", dark, at, colour, other)
			}
			seen[colour] = fmt.Sprint("dark ", dark, " at ", at)
		}
	}
	eval[bool](s, `(document.documentElement.dataset.theme = "light", true)`)
	if got := seen[eval[string](s, bar)]; got != "dark false at 8" {
		t.Errorf("in a light theme on a dark system the bar is as %q", got)
	}
	s.page.Viewport(500, 800)
	if !eval[bool](s, `(await until(() => player.querySelector("canvas").width === Math.round(player.querySelector("canvas").clientWidth * devicePixelRatio)), player.querySelector("canvas").width < 500)`) {
		t.Error("the wave does not follow the size of the page")
	}
}

func TestAFilmIsPlayedByPressingItWithCaptions(t *testing.T) {
	t.Parallel()
	s := onStage(t, func(p *web.Playback) {
		p.Media, p.Waveform, p.Width, p.Height, p.Length = "/video.webm", "", 160, 120, 3*time.Second
	})
	s.first().Click("Captions")
	if mode := eval[string](s, "media.textTracks[0].mode"); mode != "showing" {
		t.Errorf("the captions are %s", mode)
	}
	eval[bool](s, `(document.addEventListener("player-ended", () => self.over = true), true)`)
	s.first().ClickOn("video")
	s.first().WaitControl("Pause")
	eval[bool](s, "(await until(() => media.currentTime > 0.3), true)")
	glance(t, s.first(), "player-film")
	s.first().ClickOn("video")
	s.first().WaitControl("Play")
	eval[bool](s, "(player.seek(2.5), true)")
	s.first().Click("Play")
	eval[bool](s, "(await until(() => self.over), true)")
	s.first().WaitControl("Play")
	s.wantMoment("0:03 of 0:03")
	s.first().Click("Captions")
	if mode := eval[string](s, "media.textTracks[0].mode"); mode != "hidden" {
		t.Errorf("the captions are %s", mode)
	}
	s.first().Click("Full screen")
	eval[bool](s, "(await until(() => document.fullscreenElement === media), true)")
	if !eval[bool](s, "media.controls") {
		t.Error("a film that fills the screen has no controls")
	}
	eval[bool](s, "(document.exitFullscreen(), await until(() => !media.controls), true)")
}

func TestNothingOfAnAnswerIsFetchedBeforeSomebodyWantsToHearIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	p := s.member(t)
	p.Open(s.url + a.page())
	p.In("#question-1").WaitText("Skip silence")
	for _, request := range p.Requests() {
		if strings.HasSuffix(request, "/media") {
			t.Errorf("the page asks %s", request)
		}
	}
	p.In("#question-1").Click("Play")
	p.In("#question-1").WaitControl("Pause")
	p.In("#question-2").Click("Play")
	p.In("#question-2").WaitControl("Pause")
	p.In("#question-1").WaitControl("Play")
}
