package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"sync"
	"testing"

	"alfaone/internal/assess"
)

func (w *world) organization() assess.Organization {
	w.t.Helper()
	o, err := w.Organization(w.t.Context(), w.who())
	w.must(err)
	return o
}

func TestSettingsAreKeptAndNothingElseIsWritten(t *testing.T) {
	each(t, func(w *world) {
		o := w.organization()
		o.Name, o.SenderName, o.Accent, o.TimeZone = strings.Repeat("n", 200), strings.Repeat("s", 200), "#0A0b0C", "Asia/Tokyo"
		o.Languages, o.Defaults = []string{"es", "en"}, assess.InviteDefaults{ExpiresInDays: 365, ReplayLimit: 100, RecordLimit: 100}
		o.RatePerMinute, o.LogoID, o.NoticeVersion, o.ID = 1_000_000, "made-up", 99, "someone-else"
		w.must(w.UpdateOrganization(w.t.Context(), w.who(), o))
		got := w.organization()
		if got.Name != o.Name || got.SenderName != o.SenderName || got.Accent != o.Accent || got.TimeZone != o.TimeZone ||
			strings.Join(got.Languages, " ") != "es en" || got.Defaults != o.Defaults {
			w.t.Errorf("kept %+v", got)
		}
		if got.RatePerMinute != assess.StandardRate || got.LogoID != "" || got.NoticeVersion != 1 || got.ID != w.owner.Org {
			w.t.Errorf("wrote what is not a setting: %+v", got)
		}
	})
}

func TestSettingsAndTheOperatorsRateDoNotUndoEachOther(t *testing.T) {
	each(t, func(w *world) {
		o := w.organization()
		for round := range raceRounds {
			o.Name = fmt.Sprintf("Example %d", round)
			var settings, rate error
			race(
				func() { settings = w.UpdateOrganization(w.t.Context(), w.who(), o) },
				func() { rate = w.SetRate(w.t.Context(), o.ID, 1+round) },
			)
			w.must(settings)
			w.must(rate)
			if got := w.organization(); got.Name != o.Name || got.RatePerMinute != 1+round {
				w.t.Fatalf("round %d: %s has %d a minute", round, got.Name, got.RatePerMinute)
			}
		}
	})
}

func TestSettingsBeyondTheirLimitsAreRefused(t *testing.T) {
	each(t, func(w *world) {
		o := w.organization()
		o.Name, o.SenderName, o.Accent, o.TimeZone = "", strings.Repeat("s", 201), "red", "Local"
		o.Languages, o.Defaults = nil, assess.InviteDefaults{ExpiresInDays: 366, ReplayLimit: 101, RecordLimit: 0}
		o.Notices = map[string]string{"en": strings.Repeat("n", 10_001)}
		w.wantProblems(w.UpdateOrganization(w.t.Context(), w.who(), o),
			"accent", "answerRecordLimit", "expiresInDays", "languages", "name", "notice.en", "questionReplayLimit", "senderName", "timeZone")
		o = w.organization()
		o.Notices = map[string]string{"en": strings.Repeat("n", 10_000)}
		w.must(w.UpdateOrganization(w.t.Context(), w.who(), o))
	})
}

func TestEachChangeOfTheNoticeIsAVersion(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		var all sync.WaitGroup
		for _, text := range []string{"one", "two", "three", "four"} {
			all.Go(func() {
				o := assess.NewOrganization("", "Example Ltd", w.clock.Now())
				o.Notices = map[string]string{"en": text}
				if err := w.UpdateOrganization(ctx, w.who(), o); err != nil {
					w.t.Error(err)
				}
			})
		}
		all.Wait()
		o := w.organization()
		if o.NoticeVersion != 5 {
			w.t.Errorf("four changes led to version %d, want 5", o.NoticeVersion)
		}
		w.must(w.UpdateOrganization(ctx, w.who(), o))
		if v := w.organization().NoticeVersion; v != 5 {
			w.t.Errorf("no change led to version %d", v)
		}
	})
}

// picture is an encoded picture of the given size.
func picture(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, img)
	case "jpeg":
		err = jpeg.Encode(&out, img, nil)
	default:
		err = gif.Encode(&out, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestALogoIsDecodedAndWrittenAnew(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		for format, kind := range map[string]string{"png": "image/png", "jpeg": "image/jpeg"} {
			smuggled := append(picture(w.t, format, 2048, 10), "<script>alert(1)</script>"...)
			before := w.organization().LogoID
			w.must(w.SetLogo(ctx, w.who(), smuggled))
			id := w.organization().LogoID
			logo, err := w.Logo(ctx, id)
			w.must(err)
			if logo.ContentType != kind || bytes.Contains(logo.Bytes, []byte("script")) || id == before {
				w.t.Errorf("%s of %d bytes under %s", logo.ContentType, len(logo.Bytes), id)
			}
			if before != "" {
				_, err = w.Logo(ctx, before)
				w.wantKind(err, assess.NotFound)
			}
		}
		w.must(w.SetLogo(ctx, w.who(), nil))
		if id := w.organization().LogoID; id != "" {
			w.t.Errorf("removed logo %s is still named", id)
		}
	})
}

func TestWhatIsNoLogoIsRefused(t *testing.T) {
	each(t, func(w *world) {
		whole := picture(w.t, "png", 100, 100)
		for name, bad := range map[string][]byte{
			"text": []byte("<svg/>"), "gif": picture(w.t, "gif", 10, 10), "too wide": picture(w.t, "png", 2049, 10),
			"too high": picture(w.t, "jpeg", 10, 2049), "cut off": whole[:len(whole)-20], "too large": make([]byte, assess.MaxLogoBytes+1),
		} {
			w.t.Log(name)
			w.wantProblems(w.SetLogo(w.t.Context(), w.who(), bad), "logo")
		}
	})
}

func TestOnlyWhoMayChangesTheOrganization(t *testing.T) {
	each(t, func(w *world) {
		recruiter := w.join("recruiter@example.com", assess.Recruiter).Actor(assess.Live)
		w.wantKind(w.UpdateOrganization(w.t.Context(), recruiter, w.organization()), assess.Forbidden)
		w.wantKind(w.SetLogo(w.t.Context(), recruiter, nil), assess.Forbidden)
	})
}
