package app_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// onTest is the owner looking at test data.
func (w *world) onTest() assess.Actor { return w.owner.Actor(assess.Test) }

// tried is a test invite to an assessment with a question of each kind.
func (w *world) tried(email string, change ...func(*assess.NewInvite, *assess.Content)) assess.InviteID {
	w.t.Helper()
	live := w.sitting(change...).stands()
	n := wish(assess.Assessment{ID: live.Assessment}, email)
	out, err := w.Invite(w.t.Context(), w.onTest(), n)
	w.must(err)
	return out.Invite.ID
}

func (w *world) advance(id assess.InviteID, to assess.InviteStatus) {
	w.t.Helper()
	w.must(w.Advance(w.t.Context(), w.onTest(), id, to))
	d, err := w.InviteDetail(w.t.Context(), w.onTest(), id)
	w.must(err)
	if d.Status != to {
		w.t.Fatalf("advanced to %s, the invite is %s", to, d.Status)
	}
}

// told are the types of an invite's events in test mode.
func (w *world) told(id assess.InviteID) (types []assess.EventType) {
	w.t.Helper()
	d, err := w.InviteTimeline(w.t.Context(), w.onTest(), id)
	w.must(err)
	for _, e := range d.Events {
		types = append(types, e.Type)
	}
	return types
}

func TestASyntheticCandidateGoesTheWholeWay(t *testing.T) {
	each(t, func(w *world) {
		id := w.tried("anna@example.com")
		w.advance(id, assess.Accepted)
		w.advance(id, assess.Started)
		w.advance(id, assess.Completed)
		want := []assess.EventType{
			assess.InviteCreated, assess.InviteAccepted, assess.InviteStarted, assess.InviteAnswered, assess.InviteAnswered,
			assess.InviteAnswered, assess.InviteCompleted,
		}
		if diff := cmp.Diff(want, w.told(id)); diff != "" {
			t.Errorf("the timeline: %s", diff)
		}
		d, err := w.InviteTimeline(t.Context(), w.onTest(), id)
		w.must(err)
		if d.Acceptance == nil || d.Acceptance.Notice == "" || d.Invite.Reason != assess.ReasonCandidate {
			t.Errorf("acceptance %+v, reason %q", d.Acceptance, d.Invite.Reason)
		}
		for range 2 {
			w.advance(id, assess.Completed)
		}
		w.work() // the jobs find everything done
		if diff := cmp.Diff(want, w.told(id)); diff != "" {
			t.Errorf("after doing it again: %s", diff)
		}
		r, links, err := w.LinkedResults(t.Context(), w.onTest(), id)
		w.must(err)
		for i, kind := range []string{"audio/webm", "video/webm", ""} {
			answer := r.Answers[i]
			switch {
			case answer.State != assess.Answered:
				t.Errorf("answer %d is %s", i+1, answer.State)
			case kind == "" && answer.Answer.Text == "":
				t.Errorf("answer %d is empty", i+1)
			case kind != "" && (!strings.HasPrefix(answer.Take.Media.ContentType, kind) || links[answer.Take.ID].URL == ""):
				t.Errorf("answer %d: %+v at %q", i+1, answer.Take.Media, links[answer.Take.ID].URL)
			}
		}
	})
}

// The media that synthetic candidates give are files that players can play, with the codecs and lengths that are said of them.
func TestWhatSyntheticCandidatesRecordPlays(t *testing.T) {
	probe, err := exec.LookPath("ffprobe")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("ffprobe is not installed")
	}
	each(t, func(w *world) {
		id := w.tried("anna@example.com")
		w.advance(id, assess.Completed)
		r, links, err := w.LinkedResults(t.Context(), w.onTest(), id)
		w.must(err)
		for i, codecs := range []string{"opus", "vp8 opus"} {
			take := r.Answers[i].Take
			_, payload, _ := strings.Cut(links[take.ID].URL, "/media/")
			file, err := w.LinkedMedia(t.Context(), payload)
			w.must(err)
			data, err := io.ReadAll(file)
			w.must(err)
			w.must(file.Close())
			name := filepath.Join(t.TempDir(), "take.webm")
			w.must(os.WriteFile(name, data, 0o600))
			out, err := exec.CommandContext(t.Context(), probe, "-v", "error", "-print_format", "json", "-show_format", "-show_streams", name).Output()
			w.must(err)
			var got struct {
				Format  struct{ Duration string }
				Streams []struct {
					Codec string `json:"codec_name"`
				}
			}
			w.must(json.Unmarshal(out, &got))
			var found []string
			for _, s := range got.Streams {
				found = append(found, s.Codec)
			}
			length, err := time.ParseDuration(got.Format.Duration + "s")
			if err != nil || (length-take.Media.Duration).Abs() > 100*time.Millisecond || length < 2*time.Second || strings.Join(found, " ") != codecs {
				t.Errorf("answer %d: %v for %v (%v), with %q; want %q", i+1, length, take.Media.Duration, err, found, codecs)
			}
			if take.Media.Quiet || !take.Media.Sound || len(data) > 32<<10 {
				t.Errorf("answer %d, %d bytes: %+v", i+1, len(data), take.Media)
			}
		}
	})
}

func TestATestInviteExpiresOnDemand(t *testing.T) {
	each(t, func(w *world) {
		id := w.tried("anna@example.com")
		w.clock.advance(time.Hour)
		w.advance(id, assess.Accepted)
		w.advance(id, assess.Expired)
		w.advance(id, assess.Expired)
		d, err := w.InviteDetail(t.Context(), w.onTest(), id)
		w.must(err)
		if !d.Invite.ExpiresAt.Equal(w.clock.now) {
			t.Errorf("it expired at %v, want now, %v", d.Invite.ExpiresAt, w.clock.now)
		}
		if diff := cmp.Diff([]assess.EventType{assess.InviteCreated, assess.InviteAccepted, assess.InviteExpired}, w.told(id)); diff != "" {
			t.Errorf("the timeline: %s", diff)
		}
		w.calendar()
		if n := len(w.told(id)); n != 3 {
			t.Errorf("%d events once the calendar has expired it, want 3", n)
		}
		w.must(w.Extend(t.Context(), w.onTest(), id, 5))
		w.advance(id, assess.Completed)
	})
}

func TestBothWhoAdvanceAnInviteAtOnceAreToldThatItIsThere(t *testing.T) {
	each(t, func(w *world) {
		for _, to := range []assess.InviteStatus{assess.Accepted, assess.Started, assess.Expired} {
			for range 5 {
				id := w.tried("anna@example.com")
				var errs [2]error
				race(func() { errs[0] = w.Advance(t.Context(), w.onTest(), id, to) }, func() { errs[1] = w.Advance(t.Context(), w.onTest(), id, to) })
				w.must(errs[0])
				w.must(errs[1])
				w.advance(id, to)
			}
		}
	})
}

func TestNotEveryInviteCanBeAdvanced(t *testing.T) {
	each(t, func(w *world) {
		ctx, id := t.Context(), w.tried("anna@example.com")
		live := w.invite(w.published(), "live@example.com")
		w.wantKind(w.Advance(ctx, w.who(), live.ID, assess.Completed), assess.Forbidden)
		w.wantKind(w.Advance(ctx, w.who(), id, assess.Completed), assess.Forbidden)
		w.wantKind(w.Advance(ctx, w.onTest(), live.ID, assess.Completed), assess.NotFound)
		w.wantKind(w.Advance(ctx, w.stranger(), id, assess.Completed), assess.Forbidden)
		w.wantKind(w.Advance(ctx, w.join("v@example.com", assess.Viewer).Actor(assess.Test), id, assess.Completed), assess.Forbidden)
		w.wantKind(w.Advance(ctx, w.onTest(), id, assess.Revoked), assess.Invalid)
		w.advance(id, assess.Completed)
		before := w.told(id)
		for _, to := range []assess.InviteStatus{assess.Accepted, assess.Started, assess.Expired} {
			w.wantKind(w.Advance(ctx, w.onTest(), id, to), assess.Conflict)
		}
		if diff := cmp.Diff(before, w.told(id)); diff != "" {
			t.Errorf("refusals left %s", diff)
		}
	})
}

// Somebody who has begun by hand is helped to the end, in the tab where they are.
func TestASyntheticCandidateGoesOnWhereAPersonHasBegun(t *testing.T) {
	each(t, func(w *world) {
		id := w.tried("anna@example.com")
		w.advance(id, assess.Accepted)
		d, err := w.InviteDetail(t.Context(), w.onTest(), id)
		w.must(err)
		url, err := w.InviteURL(t.Context(), w.onTest(), d.Invite.ID)
		w.must(err)
		s := sitting{w, app.Taker{Token: url[strings.LastIndexByte(url, '/')+1:], Tab: "mine", Client: phone}, id}
		w.must(s.Start(t.Context(), s.Taker))
		s.write("By hand.")
		spoke := s.speak()
		w.advance(id, assess.Completed)
		r, err := w.Results(t.Context(), w.onTest(), id)
		w.must(err)
		if r.Answers[0].Take.ID != spoke.ID || r.Answers[1].State != assess.Answered || r.Answers[2].Answer.Text != "By hand." {
			t.Errorf("%+v", r.Answers)
		}
	})
}

// Two who advance at once, or one who did not hear the answer and asks again, make one attempt.
func TestAdvancingTwiceAtOnceIsAdvancingOnce(t *testing.T) {
	each(t, func(w *world) {
		id := w.tried("anna@example.com")
		var both sync.WaitGroup
		for range 3 {
			both.Go(func() {
				if err := w.Advance(t.Context(), w.onTest(), id, assess.Completed); err != nil && assess.KindOf(err) != assess.Conflict {
					t.Error(err)
				}
			})
		}
		both.Wait()
		w.advance(id, assess.Completed)
		w.work()
		n := map[assess.EventType]int{}
		for _, typ := range w.told(id) {
			n[typ]++
		}
		if n[assess.InviteAccepted] != 1 || n[assess.InviteStarted] != 1 || n[assess.InviteCompleted] != 1 || n[assess.InviteTakeFailed] != 0 {
			t.Errorf("events: %v", n)
		}
		r, err := w.Results(t.Context(), w.onTest(), id)
		w.must(err)
		for i, answer := range r.Answers {
			if answer.State != assess.Answered {
				t.Errorf("answer %d is %s", i+1, answer.State)
			}
		}
	})
}

func TestMailToMagicAddresses(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		send := func(mode assess.Mode, email string) assess.InviteID {
			out, err := w.Invite(t.Context(), w.owner.Actor(mode), wish(asm, email))
			w.must(err)
			return out.Invite.ID
		}
		delivery := func(mode assess.Mode, id assess.InviteID) assess.Delivery {
			d, err := w.InviteDetail(t.Context(), w.owner.Actor(mode), id)
			w.must(err)
			return d.Invite.Delivery
		}
		bounced, slow := send(assess.Test, "bounce+1@example.com"), send(assess.Test, "slow@example.com")
		liveBounce, liveSlow := send(assess.Live, "bounce@example.com"), send(assess.Live, "slow@example.com")
		w.work()
		if got := delivery(assess.Test, bounced); got != assess.MailFailed || w.told(bounced)[1] != assess.InviteDeliveryFailed {
			t.Errorf("bounce: %s, %v", got, w.told(bounced))
		}
		if got := delivery(assess.Test, slow); got != assess.MailQueued || len(w.told(slow)) != 1 {
			t.Errorf("slow at first: %s, %v", got, w.told(slow))
		}
		for _, id := range []assess.InviteID{liveBounce, liveSlow} {
			if got := delivery(assess.Live, id); got != assess.MailSent {
				t.Errorf("in live mode: %s", got)
			}
		}
		w.clock.advance(59 * time.Second)
		w.work()
		if got := delivery(assess.Test, slow); got != assess.MailQueued {
			t.Errorf("slow after 59 seconds: %s", got)
		}
		w.clock.advance(time.Second)
		w.work()
		if got := delivery(assess.Test, slow); got != assess.MailSent || w.told(slow)[1] != assess.InviteSent {
			t.Errorf("slow after a minute: %s, %v", got, w.told(slow))
		}
	})
}
