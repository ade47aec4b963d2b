package assess_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

var noon = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

func published() assess.AssessmentSummary {
	c := validContent()
	return assess.AssessmentSummary{
		ID: someID, Org: "o", Status: assess.Published, Version: 3, Name: c.Name, Languages: c.Languages, Proctoring: c.Proctoring,
	}
}

func TestAnInviteIsWhatWasWished(t *testing.T) {
	t.Parallel()
	off := false
	n := validInvite()
	n.Email, n.Name, n.Message, n.Grader = "Ada@EXAMPLE.com", " Ada  Lovelace ", " Hello\r\nthere ", "m"
	n.Proctoring.WebcamMonitoring = &off
	got, err := published().Invite("i", assess.Test, n, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := assess.Invite{
		InviteSummary: assess.InviteSummary{
			ID: "i", Org: "o", Mode: assess.Test, Assessment: someID, AssessmentName: "Software Engineer Assessment",
			Email: "Ada@example.com", Name: "Ada Lovelace", Stored: assess.Pending, Delivery: assess.MailQueued,
			ReplayLimit: 1, RecordLimit: 1, SentAt: noon, ExpiresAt: noon.Add(30 * 24 * time.Hour),
		},
		Version: 3, Language: "en", Message: "Hello\nthere", TokenVersion: 1, UpdatedAt: noon,
		Proctoring: assess.Proctoring{ScreenRecording: true, IDCapture: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("invite (-want +got):\n%s", diff)
	}
}

func TestInvitingChecksTheWishAndTheAssessment(t *testing.T) {
	t.Parallel()
	bad := validInvite()
	bad.Email = ""
	_, err := published().Invite("i", assess.Live, bad, noon)
	onlyProblem(t, err, "recipientEmail", "is required")
	draft := published()
	draft.Status = assess.Draft
	if _, err := draft.Invite("i", assess.Live, validInvite(), noon); assess.KindOf(err) != assess.Conflict {
		t.Errorf("inviting to a draft: %v, want a conflict", err)
	}
}

func TestAnInviteSpeaksALanguageOfTheProduct(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ wished, primary, want string }{
		{"", "es", "es"}, {"", "it", "en"}, {"de", "es", "de"}, {"fr", "it", "fr"},
	} {
		n, asm := validInvite(), published()
		n.Language, asm.Languages = tt.wished, []string{tt.primary}
		if inv, err := asm.Invite("i", assess.Live, n, noon); err != nil || inv.Language != tt.want {
			t.Errorf("wished %q, assessment in %q: %q, %v; want %q", tt.wished, tt.primary, inv.Language, err, tt.want)
		}
	}
}

func TestExtendingLeadsToALaterDeadline(t *testing.T) {
	t.Parallel()
	in := func(days int) time.Time { return noon.Add(time.Duration(days) * 24 * time.Hour) }
	for _, tt := range []struct {
		status                  assess.InviteStatus
		wantExpires, wantFinish time.Time
	}{
		{assess.Pending, in(11), in(2)},
		{assess.Accepted, in(11), in(2)},
		{assess.Started, in(10), in(11)},
	} {
		inv := assess.Invite{InviteSummary: assess.InviteSummary{Stored: tt.status, ExpiresAt: in(10)}, CompleteBy: in(2)}
		until, err := inv.Extend(noon, 11)
		if err != nil || !until.Equal(in(11)) || !inv.ExpiresAt.Equal(tt.wantExpires) || !inv.CompleteBy.Equal(tt.wantFinish) {
			t.Errorf("%s: until %v, %v; to be started until %v, finished until %v", tt.status, until, err, inv.ExpiresAt, inv.CompleteBy)
		}
	}
}

func TestExtendingIsRefusedWithoutGain(t *testing.T) {
	t.Parallel()
	inv := assess.Invite{InviteSummary: assess.InviteSummary{Stored: assess.Pending, ExpiresAt: noon.Add(10 * 24 * time.Hour)}}
	_, err := inv.Extend(noon, 10)
	onlyProblem(t, err, "expiresInDays", "must lead to a later deadline than the present one")
	for _, days := range []int{0, 366} {
		_, err := inv.Extend(noon, days)
		onlyProblem(t, err, "expiresInDays", "must be between 1 and 365")
	}
	if !inv.ExpiresAt.Equal(noon.Add(10 * 24 * time.Hour)) {
		t.Errorf("a refused extension moved the deadline to %v", inv.ExpiresAt)
	}
}

func TestReaddressingMakesTheOldLinkUnknown(t *testing.T) {
	t.Parallel()
	inv := assess.Invite{InviteSummary: assess.InviteSummary{Email: "a@b.example", Delivery: assess.MailFailed}, TokenVersion: 1, DeliveryError: "550"}
	got, err := inv.Readdressed("Ada@B.example", " Ada ")
	want := assess.Invite{InviteSummary: assess.InviteSummary{Email: "Ada@b.example", Name: "Ada", Delivery: assess.MailQueued}, TokenVersion: 2}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v; readdressed (-want +got):\n%s", err, diff)
	}
	_, err = inv.Readdressed("nobody", "")
	onlyProblem(t, err, "recipientEmail", "must be a valid email address")
}

func TestAPageBeginsAfterThoseBeforeIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ number, limit, want int }{
		{1, 20, 0},
		{2, 20, 20},
		{5, 100, 400},
		{math.MaxInt, 100, math.MaxInt},
		{math.MaxInt/100 + 2, 100, math.MaxInt},
		{math.MaxInt/100 + 1, 100, math.MaxInt / 100 * 100},
		{1, 0, 0},
	} {
		if got := (assess.Page{Number: tt.number, Limit: tt.limit}).Offset(); got != tt.want {
			t.Errorf("page %d of %d begins at %d, want %d", tt.number, tt.limit, got, tt.want)
		}
	}
	for total, want := range map[int]int{0: 0, 1: 1, 20: 1, 21: 2, 87: 5} {
		if got := (assess.Page{Limit: 20}).Pages(total); got != want {
			t.Errorf("%d items fill %d pages, want %d", total, got, want)
		}
	}
}
