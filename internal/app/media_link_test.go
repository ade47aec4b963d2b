package app_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// linked are the results of a completed sitting with a recorded answer, with its signed address, as who gets them.
func (s sitting) linked(who assess.Actor) (app.Results, app.MediaLink) {
	s.t.Helper()
	r, links, err := s.LinkedResults(s.t.Context(), who, s.invite)
	s.must(err)
	link, ok := links[r.Answers[spoken-1].Take.ID]
	if len(links) != 1 || !ok {
		s.t.Fatalf("the links are %v", links)
	}
	return r, link
}

func tokenOf(l app.MediaLink) string { return l.URL[strings.LastIndex(l.URL, "/")+1:] }

func TestASignedAddressPlaysForFiveMinutes(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started()
		rec := s.speak()
		w.must(s.Complete(ctx, s.Taker, true))
		key, secret := w.key(assess.NewAPIKey{Name: "ATS", Mode: assess.Live})
		who, _, err := w.AuthenticateKey(ctx, secret)
		w.must(err)
		_, link := s.linked(who)
		if !strings.HasPrefix(link.URL, "https://assess.example.com/media/") || !link.Expires.Equal(w.clock.now.Add(5*time.Minute)) {
			t.Errorf("the link is %+v", link)
		}
		file, err := w.LinkedMedia(ctx, tokenOf(link))
		w.must(err)
		played, err := io.ReadAll(file)
		w.must(err)
		w.must(file.Close())
		direct, err := w.InviteMedia(ctx, w.who(), s.invite, rec.ID)
		w.must(err)
		want, err := io.ReadAll(direct)
		w.must(err)
		w.must(direct.Close())
		if string(played) != string(want) || len(want) == 0 {
			t.Errorf("the link plays %d bytes of %d", len(played), len(want))
		}

		views, err := w.Views(ctx, w.who(), s.invite)
		w.must(err)
		if len(views) != 2 || views[0].Purpose != assess.ForAnswer || views[0].Recording != rec.ID {
			t.Errorf("who has listened: %+v", views)
		}
		for range 3 {
			file, err := w.LinkedMedia(ctx, tokenOf(link))
			w.must(err)
			w.must(file.Close())
		}
		if again, err := w.Views(ctx, w.who(), s.invite); err != nil || len(again) != 2 {
			t.Errorf("listening on adds views: %+v, %v", again, err)
		}

		w.clock.advance(5*time.Minute - time.Millisecond)
		file, err = w.LinkedMedia(ctx, tokenOf(link))
		w.must(err)
		w.must(file.Close())
		w.clock.advance(time.Millisecond)
		_, err = w.LinkedMedia(ctx, tokenOf(link))
		w.wantKind(err, assess.Gone)
		_, link = s.linked(who)
		w.must(w.RevokeAPIKey(ctx, w.who(), key.ID))
		_, err = w.LinkedMedia(ctx, tokenOf(link))
		w.wantKind(err, assess.Gone)
	})
}

func TestNobodyForgesASignedAddress(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		s := w.started()
		s.speak()
		w.must(s.Complete(ctx, s.Taker, true))
		_, link := s.linked(w.who())
		token := tokenOf(link)
		text, signature, _ := strings.Cut(token, ".")
		for i := range token { // each character changed in turn
			c := byte('A')
			if token[i] == 'A' {
				c = 'B'
			}
			_, err := w.LinkedMedia(ctx, token[:i]+string(c)+token[i+1:])
			w.wantKind(err, assess.NotFound)
		}
		for _, forged := range []string{"", ".", text, text + ".", "." + signature, token + "0", strings.ToUpper(signature), "e30." + signature} {
			_, err := w.LinkedMedia(ctx, forged)
			w.wantKind(err, assess.NotFound)
		}
	})
}

func TestASignedAddressEndsWithItsViewer(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		viewer := w.join("viewer@example.com", assess.Viewer)
		s := w.started()
		s.speak()
		w.must(s.Complete(ctx, s.Taker, true))
		_, link := s.linked(viewer.Actor(assess.Live))
		w.must(w.SetRole(ctx, w.who(), viewer.ID, assess.Grader))
		_, err := w.LinkedMedia(ctx, tokenOf(link))
		w.wantKind(err, assess.Forbidden)
		w.must(w.RemoveMember(ctx, w.who(), viewer.ID))
		_, err = w.LinkedMedia(ctx, tokenOf(link))
		w.wantKind(err, assess.NotFound)
	})
}
