package assess_test

import (
	"slices"
	"strings"
	"testing"

	"alfaone/internal/assess"
)

func TestCandidatesGetAhead(t *testing.T) {
	t.Parallel()
	ways := map[assess.InviteStatus]map[assess.InviteStatus]string{ // from, to: the steps; absent: a conflict
		assess.Pending:   {assess.Accepted: "accept", assess.Started: "accept start", assess.Completed: "accept start complete", assess.Expired: "expire"},
		assess.Accepted:  {assess.Accepted: "", assess.Started: "start", assess.Completed: "start complete", assess.Expired: "expire"},
		assess.Started:   {assess.Started: "", assess.Completed: "complete"},
		assess.Completed: {assess.Completed: ""},
		assess.Expired:   {assess.Expired: ""},
		assess.Revoked:   {},
	}
	for _, from := range assess.InviteStatuses() {
		for _, to := range assess.Advances() {
			steps, err := from.Ahead(to)
			want, possible := ways[from][to]
			if !possible {
				if assess.KindOf(err) != assess.Conflict || !strings.Contains(err.Error(), string(from)) || !strings.Contains(err.Error(), string(to)) {
					t.Errorf("%s → %s: %v, %v", from, to, steps, err)
				}
				continue
			}
			var names []string
			for _, s := range steps {
				names = append(names, string(s))
			}
			if got := strings.Join(names, " "); err != nil || got != want {
				t.Errorf("%s → %s: %q, %v; want %q", from, to, got, err, want)
			}
		}
		for _, to := range []assess.InviteStatus{assess.Pending, assess.Revoked, "", "nonsense"} {
			if _, err := from.Ahead(to); assess.KindOf(err) != assess.Invalid {
				t.Errorf("%s → %q: %v, want that nobody gets there", from, to, err)
			}
		}
	}
}

func TestWhatCandidatesGetToIsWhatTheListSays(t *testing.T) {
	t.Parallel()
	for _, s := range assess.InviteStatuses() {
		_, err := assess.Pending.Ahead(s)
		if possible := assess.KindOf(err) != assess.Invalid; possible != slices.Contains(assess.Advances(), s) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestMagicAddresses(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]assess.MagicAddress{
		"bounce@example.com": assess.MagicBounce, "Bounce+12@example.com": assess.MagicBounce, "slow@example.com": assess.MagicSlow,
		"bouncer@example.com": "", "a+bounce@example.com": "", "candidate@bounce.com": "", "@": "", "": "",
	} {
		if got := assess.MagicOf(assess.Test, email); got != want {
			t.Errorf("%q: %q, want %q", email, got, want)
		}
		if got := assess.MagicOf(assess.Live, email); got != "" {
			t.Errorf("%q is magic (%q) in live mode", email, got)
		}
	}
}
