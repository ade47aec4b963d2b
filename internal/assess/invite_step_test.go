package assess_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

// The answers of the table below that are no status.
const (
	conflict = "409"
	gone     = "410"
)

// machine is the state machine as specified, written out by hand: what each step makes of each status. The columns are
// pending, accepted, started, completed, expired, revoked. An expired invite reopens as what it was; see below.
var machine = map[assess.InviteStep]string{
	assess.StepAccept:    "accepted  accepted  started    409        410      410",
	assess.StepStart:     "409       started   started    409        410      410",
	assess.StepObserve:   "409       accepted  started    409        410      410",
	assess.StepAnswer:    "409       409       started    409        410      410",
	assess.StepDeliver:   "409       accepted  started    completed  410      410",
	assess.StepComplete:  "409       409       completed  completed  410      410",
	assess.StepTimeUp:    "409       409       completed  409        409      409",
	assess.StepExpire:    "expired   expired   started    409        409      409",
	assess.StepRevoke:    "revoked   revoked   409        409        409      revoked",
	assess.StepForce:     "revoked   revoked   revoked    409        409      revoked",
	assess.StepWithdraw:  "revoked   revoked   revoked    completed  expired  revoked",
	assess.StepExtend:    "pending   accepted  started    409        reopened 409",
	assess.StepResend:    "pending   accepted  started    409        409      409",
	assess.StepReaddress: "pending   accepted  started    409        409      409",
	assess.StepImport:    "409       409       started    completed  409      409",
	assess.StepGrade:     "409       409       409        completed  409      409",
	assess.StepDecide:    "409       409       409        completed  409      409",
}

var columns = []assess.InviteStatus{
	assess.Pending, assess.Accepted, assess.Started, assess.Completed, assess.Expired, assess.Revoked,
}

// outcome is what Step says, as the table writes it.
func outcome(s assess.InviteStatus, step assess.InviteStep, accepted bool) string {
	to, err := s.Step(step, accepted)
	switch assess.KindOf(err) {
	case "":
		return string(to)
	case assess.Conflict:
		return conflict
	case assess.Gone:
		return gone
	default:
		return err.Error()
	}
}

func TestEveryStepFromEveryStatusGoesAsDrawn(t *testing.T) {
	t.Parallel()
	if len(machine) != len(assess.InviteSteps()) || !slices.Equal(columns, assess.InviteStatuses()) {
		t.Fatal("the table leaves out a step or a status")
	}
	for step, line := range machine {
		for i, want := range strings.Fields(line) {
			for _, accepted := range []bool{false, true} {
				want := want
				if want == "reopened" {
					want = string(map[bool]assess.InviteStatus{false: assess.Pending, true: assess.Accepted}[accepted])
				}
				if got := outcome(columns[i], step, accepted); got != want {
					t.Errorf("%s of a %s invite (notice agreed to: %v): %s, want %s", step, columns[i], accepted, got, want)
				}
			}
		}
	}
}

func TestAStepOrStatusThatDoesNotExistIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range append(assess.InviteStatuses(), "", "reopened") {
		if got := outcome(s, "nonsense", true); got != conflict {
			t.Errorf("a step that does not exist, of a %q invite: %s", s, got)
		}
	}
	for _, step := range assess.InviteSteps() {
		if got := outcome("reopened", step, true); got != conflict {
			t.Errorf("%s of a status that does not exist: %s", step, got)
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status assess.InviteStatus
		step   assess.InviteStep
		want   string
	}{
		{assess.Expired, assess.StepAccept, "This invitation has expired."},
		{assess.Revoked, assess.StepStart, "This invitation has been withdrawn."},
		{assess.Pending, assess.StepStart, "The notice has to be agreed to first."},
		{assess.Started, assess.StepRevoke, "The candidate has already started. Revoke it with force to end it all the same."},
		{assess.Completed, assess.StepResend, "Not possible: this invite is completed."},
	}
	for _, tt := range tests {
		if _, err := tt.status.Step(tt.step, false); err == nil || err.Error() != tt.want {
			t.Errorf("%s of a %s invite: %v, want %q", tt.step, tt.status, err, tt.want)
		}
	}
}

// edges are the arrows of the drawing.
var edges = map[assess.InviteStatus][]assess.InviteStatus{
	assess.Pending:   {assess.Accepted, assess.Expired, assess.Revoked},
	assess.Accepted:  {assess.Started, assess.Expired, assess.Revoked},
	assess.Started:   {assess.Completed, assess.Revoked},
	assess.Expired:   {assess.Pending, assess.Accepted},
	assess.Completed: nil,
	assess.Revoked:   nil,
}

// life is one invite on its way through random steps at random times.
type life struct {
	inv assess.Invite
	now time.Time
}

// take does what a use case does with a step: it decides on the status at this time and notes when it happened.
func (l *life) take(step assess.InviteStep) error {
	to, err := l.inv.StatusAt(l.now).Step(step, !l.inv.AcceptedAt.IsZero())
	if err != nil {
		return err
	}
	if to != l.inv.Stored {
		switch to {
		case assess.Accepted:
			if l.inv.AcceptedAt.IsZero() {
				l.inv.AcceptedAt = l.now
			}
		case assess.Started:
			l.inv.StartedAt = l.now
		case assess.Completed:
			l.inv.CompletedAt = l.now
		case assess.Revoked:
			l.inv.RevokedAt = l.now
		}
	}
	if step == assess.StepExtend {
		l.inv.ExpiresAt = later(l.inv.ExpiresAt, l.now.Add(24*time.Hour))
	}
	l.inv.Stored = to
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func newLife() *life {
	sent := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	return &life{now: sent, inv: assess.Invite{InviteSummary: assess.InviteSummary{
		Stored: assess.Pending, SentAt: sent, ExpiresAt: sent.Add(48 * time.Hour),
	}}}
}

func TestAnyLifeKeepsToTheDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife()
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			l.now = l.now.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "pause")))
			step := rapid.SampledFrom(assess.InviteSteps()).Draw(t, "step")
			if step == assess.StepExpire && l.now.Before(l.inv.ExpiresAt) {
				continue // nobody expires an invite before its time
			}
			before := l.inv.StatusAt(l.now)
			deadline := l.inv.ExpiresAt
			err := l.take(step)
			after := l.inv.StatusAt(l.now)
			switch {
			case err != nil && after != before:
				t.Fatalf("the refused %s turned %s into %s", step, before, after)
			case after != before && !slices.Contains(edges[before], after):
				t.Fatalf("%s turned %s into %s, which is not drawn", step, before, after)
			case before != assess.Started && after == assess.Started && !l.now.Before(deadline):
				t.Fatalf("started at %v, though the deadline was %v", l.now, deadline)
			}
			checkTimes(t, l.inv)
		}
	})
}

func checkTimes(t *rapid.T, inv assess.Invite) {
	last := inv.SentAt
	for _, at := range []time.Time{inv.AcceptedAt, inv.StartedAt, inv.CompletedAt} {
		if !at.IsZero() && at.Before(last) {
			t.Fatalf("times out of order: %+v", inv)
		}
		last = later(last, at)
	}
	if !inv.CompletedAt.IsZero() && !inv.RevokedAt.IsZero() {
		t.Fatalf("both completed and revoked: %+v", inv)
	}
}

func TestRepeatingAStepChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife()
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			l.now = l.now.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "pause")))
			step := rapid.SampledFrom(assess.InviteSteps()).Draw(t, "step")
			if step == assess.StepExpire && l.now.Before(l.inv.ExpiresAt) || l.take(step) != nil {
				continue
			}
			once := l.inv
			_ = l.take(step) // it may be refused or allowed, but must change nothing
			if l.inv.Stored != once.Stored || l.inv.AcceptedAt != once.AcceptedAt || l.inv.StartedAt != once.StartedAt ||
				l.inv.CompletedAt != once.CompletedAt || l.inv.RevokedAt != once.RevokedAt || l.inv.ExpiresAt != once.ExpiresAt {
				t.Fatalf("%s again turned %+v into %+v", step, once, l.inv)
			}
		}
	})
}

func TestAnInviteExpiresAtItsVeryMillisecond(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2025, 2, 14, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		stored                  assess.InviteStatus
		before, atDeadline, old assess.InviteStatus
	}{
		{assess.Pending, assess.Pending, assess.Expired, assess.Expired},
		{assess.Accepted, assess.Accepted, assess.Expired, assess.Expired},
		{assess.Started, assess.Started, assess.Started, assess.Started},
		{assess.Completed, assess.Completed, assess.Completed, assess.Completed},
		{assess.Expired, assess.Expired, assess.Expired, assess.Expired},
		{assess.Revoked, assess.Revoked, assess.Revoked, assess.Revoked},
	}
	for _, tt := range tests {
		inv := assess.InviteSummary{Stored: tt.stored, ExpiresAt: deadline}
		got := []assess.InviteStatus{
			inv.StatusAt(deadline.Add(-time.Millisecond)), inv.StatusAt(deadline), inv.StatusAt(deadline.AddDate(1, 0, 0)),
		}
		if want := []assess.InviteStatus{tt.before, tt.atDeadline, tt.old}; !slices.Equal(got, want) {
			t.Errorf("%s, around its deadline: %v, want %v", tt.stored, got, want)
		}
	}
}

func TestOnlyOpenInvitesCanLeadToAnAnswer(t *testing.T) {
	t.Parallel()
	var open []assess.InviteStatus
	for _, s := range assess.InviteStatuses() {
		if s.Open() {
			open = append(open, s)
		}
	}
	if want := []assess.InviteStatus{assess.Pending, assess.Accepted, assess.Started}; !slices.Equal(open, want) {
		t.Errorf("open: %v, want %v", open, want)
	}
}
