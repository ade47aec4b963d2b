package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	chromium "alfaone/e2e/browser"
	"alfaone/internal/assess"
	"alfaone/internal/job"
)

func TestTheAnswersOfAnInviteAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	done := s.finished()
	p := s.member(t)
	p.Open(s.url + done.page())
	glance(t, p, "answers")
	p.Click("Show the photos")
	p.Click("Screen: 1 recording")
	p.Click("What was noticed: 7 signs")
	chromium.Eval[bool](p, "scrollTo(0, 0), true") // nothing is under the bar that stays on top of a phone
	glance(t, p, "answers-observed")

	going := s.attempt(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	s.put(s.ByCandidate(going.Taker), going.open(spoken, opus).ID, s.fixture("sound.webm"), 1)
	s.must(s.Accommodate(t.Context(), s.owner.Actor(assess.Live), assess.Accommodation{Invite: going.ID, TimeFactor: 150, ExtraTakes: 1}))
	p.Open(s.url + going.page())
	glance(t, p, "answers-arriving")
}

func TestAnAnswerPlaysOnTheInvitePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	p := s.member(t)
	p.Open(s.url + a.page())
	for _, tag := range []string{"audio", "video"} {
		p.ClickOn("h1") // browsers play nothing before a person has done something
		played := chromium.Eval[float64](p, `(async () => {
			const player = document.querySelector("#question-`+map[string]string{"audio": "1", "video": "2"}[tag]+` `+tag+`");
			player.muted = true;
			await player.play();
			while (player.currentTime < 0.2) await new Promise((later) => setTimeout(later, 20));
			player.currentTime = 2.5; // it can be sought in
			while (!player.ended) await new Promise((later) => setTimeout(later, 20));
			return player.duration;
		})()`)
		if played < 2.9 || played > 3.2 {
			t.Errorf("the %s plays for %.2f seconds, want 3", tag, played)
		}
	}
}

// rescueFile is what a candidate's browser saves of a recording that it could not send: the slices from first on.
func (a attempt) rescueFile(rec assess.Recording, question, first int, file []byte) string {
	a.s.t.Helper()
	type kept struct {
		Number int `json:"number"`
		Bytes  int `json:"bytes"`
	}
	slices := cut(file)
	var list []kept
	for n, data := range slices {
		if n >= first {
			list = append(list, kept{n, len(data)})
		}
	}
	head := asJSON(map[string]any{"format": 1, "recordings": []any{map[string]any{
		"id": rec.ID, "purpose": "answer", "question": question, "number": rec.Number, "mime": rec.MIME, "chunks": len(slices), "bytes": len(file), "slices": list,
	}}})
	name := filepath.Join(a.s.t.TempDir(), "recordings.rescue")
	a.s.must(os.WriteFile(name, append([]byte(head+"\n"), bytes.Join(slices[first:], nil)...), 0o600))
	return name
}

func TestARecruiterPutsInASavedFileInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run()
	a := s.attempt()
	begun := a.open(spoken, opus)
	s.put(s.ByCandidate(a.Taker), begun.ID, s.fixture("sound.webm"), 1)
	lost := a.open(onCamera, vp9)
	s.must(s.ByCandidate(a.Taker).Abandon(t.Context(), lost.ID))
	a.submit()
	p := s.member(t)
	p.AllowError("409")
	p.Open(s.url + a.page())
	p.Click("Put in a recording that the candidate has saved")
	p.Upload("File", a.rescueFile(begun, spoken, 0, s.fixture("h264.mp4")))
	p.WaitText("Question 1: Slice 0 is stored with other bytes.")
	p.Upload("File", a.rescueFile(begun, spoken, 1, s.fixture("sound.webm")))
	p.WaitText("Question 1: the answer is in place.")
	glance(t, p, "import")
	p.Upload("File", a.rescueFile(lost, onCamera, 1, s.fixture("video.webm")))
	p.WaitText("Question 2: The file holds only the end of this recording, and its beginning is no longer here.")
	p.Upload("File", a.rescueFile(lost, onCamera, 0, s.fixture("video.webm")))
	p.WaitText("Question 2: the answer is in place.")
	p.Upload("File", a.rescueFile(lost, onCamera, 0, s.fixture("video.webm")))
	p.WaitText("Question 2: Question 2 is answered. What was answered never changes.")
	other := filepath.Join(t.TempDir(), "letter.txt")
	s.must(os.WriteFile(other, []byte("Dear recruiter,\n"), 0o600))
	p.Upload("File", other)
	p.WaitText("This is not a file with saved recordings")
	p.Open(s.url + a.page())
	p.WaitText("2 of 4 questions answered.")
	s.signIn(ownerEmail).get(a.page()).says(t, http.StatusOK, "Import of a saved recording begun by Olivia Owner", "question 2, take 2, 0:03")
}

// run lets jobs run as they come, until the test ends.
func (s *site) run() {
	s.t.Helper()
	r := job.NewRunner(job.Config{Queue: s.db.Queue(), Log: slog.New(slog.DiscardHandler), Now: time.Now, Poll: 50 * time.Millisecond})
	s.Register(r)
	s.RegisterMedia(r)
	ctx, stop := context.WithCancel(s.t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	s.t.Cleanup(func() { stop(); running.Wait() })
}
