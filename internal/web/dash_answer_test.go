package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// The questions of an attempt.
const (
	spoken   = 1
	onCamera = 2
	written  = 3
	optional = 4
)

const (
	opus = "audio/webm;codecs=opus"
	vp9  = "video/webm;codecs=vp9,opus"
)

// attempt is an invitation whose candidate is at work.
type attempt struct {
	invitationOf
	app.Taker
}

// attempt begins an attempt of an hour, with a question of each kind and one that need not be answered.
func (s *site) attempt(change ...func(*assess.NewInvite, *assess.Content)) attempt {
	s.t.Helper()
	i := s.invitation(append([]func(*assess.NewInvite, *assess.Content){func(n *assess.NewInvite, c *assess.Content) {
		n.RecordLimit, c.TimeLimit, c.Questions = 2, 60, nil
		prompts := []string{"What did you build last?", "Show us how you explain an idea.", "Write a short note to a new colleague.", "Anything else?"}
		for at, format := range []assess.Format{assess.AudioFormat, assess.VideoFormat, assess.TextFormat, assess.AudioFormat} {
			q := assess.NewQuestion(assess.QuestionID(fmt.Sprintf("0198b2a4-0000-7000-8000-00000000001%d", at)))
			q.Format, q.AnswerFormat, q.Prompts, q.Required = assess.TextFormat, format, map[string]string{"en": prompts[at]}, at < 3
			c.Questions = append(c.Questions, q)
		}
	}}, change...)...)
	a := attempt{i, app.Taker{Token: i.token, Tab: "tab"}}
	l, err := s.Landing(s.t.Context(), i.token, "", app.Client{})
	s.must(err)
	s.must(s.Accept(s.t.Context(), i.token, app.Agreement{Ticked: true, Language: "en", Shown: l.NoticeSHA256}, app.Client{Address: "192.0.2.9"}))
	s.must(s.Start(s.t.Context(), a.Taker))
	return a
}

// fixture is a recording of three seconds.
func (s *site) fixture(name string) []byte {
	s.t.Helper()
	file, err := os.ReadFile("../media/testdata/" + name)
	s.must(err)
	return file
}

func slice(number int, data []byte) assess.Chunk {
	sum := sha256.Sum256(data)
	return assess.Chunk{Number: number, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// put delivers a file in slices; the last ones are left out.
func (s *site) put(d app.Deliverer, id assess.RecordingID, file []byte, leave int) (slices [][]byte) {
	s.t.Helper()
	slices = cut(file)
	for n, data := range slices[:len(slices)-leave] {
		s.must(d.PutChunk(s.t.Context(), id, slice(n, data), bytes.NewReader(data)))
	}
	return slices
}

// cut makes slices of a file, as a recorder would.
func cut(file []byte) [][]byte { return slices.Collect(slices.Chunk(file, 4<<10)) }

// deliver delivers a file whole and has it verified.
func (s *site) deliver(d app.Deliverer, id assess.RecordingID, file []byte) {
	s.t.Helper()
	n := len(s.put(d, id, file, 0))
	_, err := d.Finish(s.t.Context(), id, n, int64(len(file)))
	s.must(err)
	s.work()
}

func (a attempt) open(number int, mime string) assess.Recording {
	a.s.t.Helper()
	rec, _, err := a.s.OpenTake(a.s.t.Context(), a.Taker, number, mime)
	a.s.must(err)
	return rec
}

func (a attempt) record(number int, mime, file string) assess.Recording {
	a.s.t.Helper()
	rec := a.open(number, mime)
	a.s.deliver(a.s.ByCandidate(a.Taker), rec.ID, a.s.fixture(file))
	return rec
}

func (a attempt) write(text string) {
	a.s.t.Helper()
	a.s.must(a.s.BeginAnswer(a.s.t.Context(), a.Taker, written))
	_, err := a.s.SaveText(a.s.t.Context(), a.Taker, written, 0, text)
	a.s.must(err)
}

func (a attempt) submit() {
	a.s.t.Helper()
	a.s.must(a.s.Complete(a.s.t.Context(), a.Taker, true))
}

// observe lets screen and camera be recorded, photos taken and something be noticed.
func (a attempt) observe() {
	a.s.t.Helper()
	ctx := a.s.t.Context()
	for _, e := range []struct {
		purpose assess.Purpose
		mime    string
		file    []byte
	}{
		{assess.ForScreen, vp9, a.s.fixture("video.webm")},
		{assess.ForWebcam, vp9, a.s.fixture("video.webm")},
		{assess.ForDocument, "image/jpeg", photo(a.s.t, color.RGBA{70, 110, 160, 255})},
		{assess.ForFace, "image/jpeg", photo(a.s.t, color.RGBA{170, 120, 90, 255})},
	} {
		rec, err := a.s.OpenEvidence(ctx, a.Taker, e.purpose, e.mime)
		a.s.must(err)
		if e.purpose.Photo() {
			d := a.s.ByCandidate(a.Taker)
			a.s.must(d.PutChunk(ctx, rec.ID, slice(0, e.file), bytes.NewReader(e.file)))
			_, err = d.Finish(ctx, rec.ID, 1, int64(len(e.file)))
			a.s.must(err)
			a.s.work()
		} else {
			a.s.deliver(a.s.ByCandidate(a.Taker), rec.ID, e.file)
		}
	}
	now := time.Now()
	a.s.must(a.s.AddSignals(ctx, a.Taker, now, []assess.Signal{
		{Type: assess.TabHidden, At: now.Add(-time.Millisecond), Length: 6 * time.Second},
		{Type: assess.Pasted, At: now, Detail: "12"},
		{Type: assess.NetworkLost, At: now, Length: 90 * time.Second},
	}))
}

func photo(t *testing.T, c color.RGBA) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for at := range picture.Pix {
		picture.Pix[at] = []uint8{c.R, c.G, c.B, c.A}[at%4]
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (a attempt) page() string { return "/invites/" + string(a.ID) }

// finished is an attempt with an answer of each kind, a take that failed, and everything observed.
func (s *site) finished(change ...func(*assess.NewInvite, *assess.Content)) attempt {
	s.t.Helper()
	yes := true
	a := s.attempt(append([]func(*assess.NewInvite, *assess.Content){func(n *assess.NewInvite, _ *assess.Content) {
		n.Proctoring = assess.ProctoringChoice{ScreenRecording: &yes, WebcamMonitoring: &yes, IDCapture: &yes}
	}}, change...)...)
	a.observe()
	s.must(s.ByCandidate(a.Taker).Abandon(s.t.Context(), a.open(spoken, opus).ID))
	a.record(spoken, opus, "sound.webm")
	a.record(onCamera, vp9, "video.webm")
	a.write("Welcome!\nAsk me anything. <b>Really.</b>")
	a.submit()
	return a
}

// item is what the page shows of an answer.
func (p page) item(t *testing.T, number int) *html.Node {
	t.Helper()
	for _, li := range p.all(t, "li") {
		if attr(li, "id") == fmt.Sprintf("question-%d", number) {
			return li
		}
	}
	t.Fatalf("there is no answer %d on the page:\n%s", number, p.main(t))
	return nil
}

func (p page) tells(t *testing.T, number int, texts ...string) {
	t.Helper()
	said := words(p.item(t, number))
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("answer %d does not say %q; it says %q", number, text, said)
		}
	}
}

// players are the addresses of what plays in an element.
func players(n *html.Node) (src []string) {
	for d := range n.Descendants() {
		if d.Data == "audio" || d.Data == "video" {
			src = append(src, attr(d, "src"))
		}
	}
	return src
}

func TestTheInvitePageShowsWhatWasGivenToEachQuestion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	b := s.signIn(ownerEmail)
	p := b.get(a.page())
	p.says(t, http.StatusOK, "3 of 4 questions answered.", "Completed", "by the candidate", "Handed in by the candidate")
	p.tells(t, spoken, "What did you build last?", "Answered", "0:03", "1 of 2 takes used", "Take 1 did not count: it was interrupted.")
	p.tells(t, onCamera, "Show us how you explain an idea.", "0:03")
	p.tells(t, written, "Welcome!", "Ask me anything. <b>Really.</b>", "Saved")
	p.tells(t, optional, "Not answered, optional", "Nothing was given.")
	for number, tag := range map[int]string{spoken: "audio", onCamera: "video"} {
		src := players(p.item(t, number))
		if len(src) != 1 {
			t.Fatalf("answer %d has the players %q", number, src)
		}
		got := b.get(src[0])
		if got.status != http.StatusOK || got.header.Get("Content-Type") != tag+"/webm" || len(got.body) < 5_000 {
			t.Errorf("%s: %d, %s, %d bytes", src[0], got.status, got.header.Get("Content-Type"), len(got.body))
		}
	}
	for _, video := range p.all(t, "video") {
		if attr(video, "preload") != "none" {
			t.Error("a video is fetched before anybody wants it")
		}
		if got := b.get(attr(video, "poster")); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the still picture of a video: %d, %s", got.status, got.header.Get("Content-Type"))
		}
	}
}

func TestTheInvitePageShowsWhatWasObservedAsHints(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	b := s.signIn(ownerEmail)
	p := b.get(a.page())
	p.says(t, http.StatusOK, "Hints for a person, not proof.", "1 recording, 0:03 in all", "Photos of the document and of the face.",
		"The page was out of sight for 6 seconds", "Text was pasted", "12 characters", "The connection was lost for 1:30 minutes", "Screen recording began")
	shown := 0
	for _, img := range p.all(t, "img") {
		if src := attr(img, "src"); strings.Contains(src, "/recordings/") {
			shown++
			if got := b.get(src); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("the photo %q: %d, %s", attr(img, "alt"), got.status, got.header.Get("Content-Type"))
			}
		}
	}
	if shown != 2 {
		t.Errorf("%d photos are shown", shown)
	}
}

func TestWhatABrowserCouldNotDoIsSaidToBeNotAvailable(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	yes := true
	a := s.attempt(func(n *assess.NewInvite, _ *assess.Content) {
		n.Proctoring = assess.ProctoringChoice{ScreenRecording: &yes, WebcamMonitoring: &yes, IDCapture: &yes}
	})
	s.must(s.AddSignals(t.Context(), a.Taker, time.Now(), []assess.Signal{{Type: assess.ScreenUnsupported, At: time.Now()}}))
	a.submit()
	s.signIn(ownerEmail).get(a.page()).says(t, http.StatusOK,
		"Not available: the candidate's browser cannot share a screen.", "Nothing was recorded.", "No photo was taken.")
}

func TestEverySignalIsToldInWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	signals := []assess.Signal{{Type: assess.ScreenNotWhole, Detail: "window"}, {Type: assess.CameraUnsupported, Detail: "busy"}, {Type: assess.Copied, Detail: "1"}}
	for _, typ := range assess.SignalTypes() {
		signals = append(signals, assess.Signal{Type: typ, Detail: "second_screen"})
	}
	for i := range signals {
		signals[i].At = time.Now()
	}
	s.must(s.AddSignals(t.Context(), a.Taker, time.Now(), signals))
	a.submit()
	p := s.signIn(ownerEmail).get(a.page())
	p.says(t, http.StatusOK, "The candidate's browser cannot tell whether a second screen was connected.",
		"Not the whole screen was shared One window was.", "A camera is not available in this browser Another program was using it.", "1 character")
	for _, typ := range assess.SignalTypes() {
		if strings.Contains(p.main(t), string(typ)) && strings.Contains(string(typ), "_") {
			t.Errorf("the page says %q", typ)
		}
	}
}

func TestTheInvitePageTellsWhatIsStillOnItsWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	s.put(s.ByCandidate(a.Taker), a.open(spoken, opus).ID, s.fixture("sound.webm"), 1)
	a.open(onCamera, vp9)
	b := s.signIn(ownerEmail)
	p := b.get(a.page())
	p.says(t, http.StatusOK, "0 of 4 questions answered, 2 still arriving.", "Finish by")
	p.tells(t, spoken, "Arriving", "Arrived so far: about 1 second, 5 kB.")
	p.tells(t, onCamera, "A recording was begun. Nothing of it has arrived yet.")
	p.tells(t, written, "Not yet answered")
}

func TestALateAnswerIsShownAsSuch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.attempt()
	rec := a.open(spoken, opus)
	s.put(s.ByCandidate(a.Taker), rec.ID, s.fixture("sound.webm"), 1)
	a.put(func(inv *assess.Invite) { inv.CompleteBy = time.Now() })
	s.must(s.Complete(t.Context(), a.Taker, true))
	s.deliver(s.ByCandidate(a.Taker), rec.ID, s.fixture("sound.webm"))
	p := s.signIn(ownerEmail).get(a.page())
	p.says(t, http.StatusOK, "by the time limit", "Ended by the time limit")
	p.tells(t, spoken, "Answered", "It was begun before the attempt ended; the last part arrived after that.")
}

func TestRecordingsArePlayedToWhoMayAndNeverRunAsAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grader, viewer := s.colleague(assess.Grader), s.colleague(assess.Viewer)
	mine := s.finished(func(n *assess.NewInvite, _ *assess.Content) { n.Grader = grader.ID })
	others := s.finished(func(n *assess.NewInvite, _ *assess.Content) { n.Email = "other@example.com" })
	stranger, err := s.CreateOrganization(t.Context(), app.NewOwner{
		Organization: "Other Ltd", FirstName: "Sam", LastName: "Stranger", Email: "stranger@example.org", Password: password,
	})
	s.must(err)
	owner := s.signIn(ownerEmail)
	src := func(a attempt) string { return players(owner.get(a.page()).item(t, spoken))[0] }
	screen := ""
	for _, path := range players(owner.get(mine.page()).all(t, "main")[0]) {
		if !strings.Contains(path, src(mine)) {
			screen = path // the last one: the camera's
		}
	}
	for _, tt := range []struct {
		who  string
		path string
		want int
	}{
		{viewer.Email, src(mine), http.StatusOK},
		{viewer.Email, screen, http.StatusOK},
		{grader.Email, src(mine), http.StatusForbidden},
		{grader.Email, screen, http.StatusForbidden},
		{stranger.Email, src(mine), http.StatusNotFound},
		{ownerEmail, strings.Replace(src(mine), string(mine.ID), string(others.ID), 1), http.StatusNotFound},
		{ownerEmail, mine.page() + "/recordings/nonsense/media", http.StatusNotFound},
	} {
		if got := s.signIn(tt.who).get(tt.path); got.status != tt.want {
			t.Errorf("%s gets %d at %s, want %d", tt.who, got.status, tt.path, tt.want)
		}
	}
	if got := s.browser().get(src(mine)); !strings.HasPrefix(got.url.Path, "/signin") {
		t.Errorf("somebody who is signed out gets %d at %s", got.status, got.url)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+src(mine), nil)
	s.must(err)
	r.Header.Set("Range", "bytes=100-199")
	got := owner.do(r)
	if got.status != http.StatusPartialContent || len(got.body) != 100 || got.header.Get("Etag") == "" ||
		!strings.HasPrefix(got.header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") || got.header.Get("Content-Disposition") != "inline" {
		t.Errorf("a part: %d, %d bytes, %v", got.status, len(got.body), got.header)
	}
}

func TestTheTimelineTellsEveryStepInWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	s.signIn(ownerEmail).get(a.page()).says(t, http.StatusOK,
		"Notice agreed to by the candidate", "Started by the candidate", "Photographed for identification", "photo of the face",
		"A take did not count", "question 1, it was interrupted", "Answered", "question 1, take 2, 0:03")
	b := s.signIn(ownerEmail)
	if said := b.get("/overview").main(t); strings.Contains(said, "invite.") || strings.Contains(said, "did not count") || !strings.Contains(said, "casey@example.com completed Software Engineer Assessment") {
		t.Errorf("the overview says:\n%s", said)
	}
	for _, typ := range []assess.EventType{assess.InviteTakenOver, assess.InviteTakeImported, assess.InviteRetakeAllowed, assess.InviteAccommodated} {
		if strings.Contains(b.get(a.page()).main(t), string(typ)) {
			t.Errorf("the page says %s", typ)
		}
	}
}

func TestTheInvitePageTellsWhoHasLooked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.finished()
	b := s.signIn(ownerEmail)
	if p := b.get(a.page()); strings.Contains(p.body, "Who has looked") {
		t.Error("somebody is said to have looked before anybody has")
	}
	b.get(players(b.get(a.page()).item(t, spoken))[0]).want(t, http.StatusOK)
	b.get(a.page()).says(t, http.StatusOK, "Who has looked", "Olivia Owner", "answer 1")
}
