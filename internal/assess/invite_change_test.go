package assess_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

var changeDay = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

// standing is an invite in a status at changeDay.
func standing(s assess.InviteStatus) assess.Invite {
	inv := assess.Invite{
		InviteSummary: assess.InviteSummary{Stored: s, ReplayLimit: 2, RecordLimit: 3, ExpiresAt: changeDay.Add(24 * time.Hour)},
		External:      "old", Metadata: map[string]string{"a": "1"}, Tags: []assess.TagID{"t1"},
	}
	if s == assess.Started {
		inv.CompleteBy = changeDay.Add(time.Hour)
	}
	if s == assess.Expired {
		inv.ExpiresAt = changeDay.Add(-time.Hour)
	}
	return inv
}

func TestAChangeTellsWhatHasChanged(t *testing.T) {
	t.Parallel()
	all := assess.InviteUpdate{
		Name: new(" Ana  Example "), Message: new("Hello\r\nAna"), External: new("new"), RedirectURL: new("https://x.example/on"),
		Metadata: &map[string]string{"b": "2"}, Tags: &[]assess.TagID{"t3", "t2", "t3"}, ReplayLimit: new(3), RecordLimit: new(4),
	}
	was := standing(assess.Pending)
	got, what, err := was.Changed(all, changeDay)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"name", "message", "external id", "way on", "metadata", "tags", "replays", "takes"}, what); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := was
	want.Name, want.Message, want.External, want.RedirectURL = "Ana Example", "Hello\nAna", "new", "https://x.example/on"
	want.Metadata, want.Tags, want.ReplayLimit, want.RecordLimit = map[string]string{"b": "2"}, []assess.TagID{"t2", "t3"}, 3, 4
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, what, err := got.Changed(all, changeDay); err != nil || len(what) > 0 {
		t.Errorf("the same again changes %q, %v", what, err)
	}
	cleared, what, err := got.Changed(assess.InviteUpdate{Name: new(""), Metadata: new(map[string]string(nil)), Tags: new([]assess.TagID(nil))}, changeDay)
	if err != nil || len(what) != 3 || cleared.Name != "" || len(cleared.Metadata) > 0 || len(cleared.Tags) > 0 {
		t.Errorf("clearing changes %q, %v: %+v", what, err, cleared)
	}
}

func TestLimitsRiseOnlyAndWhileTheyCanBeUsed(t *testing.T) {
	t.Parallel()
	for _, status := range assess.InviteStatuses() {
		inv := standing(status)
		_, _, err := inv.Changed(assess.InviteUpdate{ReplayLimit: new(inv.ReplayLimit + 1)}, changeDay)
		if open := status.Open(); open != (err == nil) || !open && assess.KindOf(err) != assess.Conflict {
			t.Errorf("a higher limit of an invite that is %s: %v", status, err)
		}
		_, what, err := inv.Changed(assess.InviteUpdate{RecordLimit: new(inv.RecordLimit), Name: new("Ana")}, changeDay)
		if err != nil || len(what) != 1 {
			t.Errorf("the same limit and a name of an invite that is %s: %q, %v", status, what, err)
		}
	}
	_, _, err := standing(assess.Pending).Changed(assess.InviteUpdate{ReplayLimit: new(1), RecordLimit: new(2)}, changeDay)
	if assess.KindOf(err) != assess.Invalid || !strings.Contains(err.Error(), "questionReplayLimit must not be lower than it is: 2; answerRecordLimit must") {
		t.Errorf("lower limits: %v", err)
	}
}

func TestTheSameDeadlineIsNoExtension(t *testing.T) {
	t.Parallel()
	for _, status := range assess.InviteStatuses() {
		inv := standing(status)
		for _, same := range []time.Time{inv.ExpiresAt, inv.CompleteBy} {
			u := assess.InviteUpdate{ExpiresAt: &same}
			if want := status == assess.Expired; !same.IsZero() && u.Extends(inv, changeDay) != want {
				t.Errorf("%s again, of an invite that is %s, extends: %v", same, status, !want)
			}
		}
		if u := (assess.InviteUpdate{ExpiresAt: new(changeDay.Add(48 * time.Hour))}); !u.Extends(inv, changeDay) {
			t.Errorf("a later deadline of an invite that is %s is no extension", status)
		}
	}
}

func TestADeadlineMovesToALaterTimeOfTheNextYear(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for name, test := range map[string]struct {
		status assess.InviteStatus
		in     time.Duration
		want   string // the problem
	}{
		"later":                         {assess.Pending, 48 * time.Hour, ""},
		"a year":                        {assess.Accepted, year, ""},
		"over a year":                   {assess.Pending, year + time.Millisecond, "must be at most 365 days from now"},
		"earlier":                       {assess.Pending, time.Hour, "must lead to a later deadline"},
		"now":                           {assess.Expired, 0, "must be in the future"},
		"of an expired one":             {assess.Expired, time.Millisecond, ""},
		"after the attempt's deadline":  {assess.Started, 2 * time.Hour, ""},
		"before the attempt's deadline": {assess.Started, 30 * time.Minute, "must lead to a later deadline"},
	} {
		inv := standing(test.status)
		until, err := inv.ExtendTo(changeDay, changeDay.Add(test.in))
		switch {
		case test.want == "" && (err != nil || !until.Equal(changeDay.Add(test.in))):
			t.Errorf("%s: %s, %v", name, until, err)
		case test.want != "" && (assess.KindOf(err) != assess.Invalid || !strings.Contains(err.Error(), "expiresAt "+test.want)):
			t.Errorf("%s: %v", name, err)
		}
	}
	inv := standing(assess.Started)
	inv.CompleteBy = time.Time{}
	if _, err := inv.ExtendTo(changeDay, changeDay.Add(time.Hour)); !strings.Contains(err.Error(), "has no deadline") {
		t.Errorf("of an attempt without a deadline: %v", err)
	}
}

func TestWhatClientsKeepWithAnInviteHasLimits(t *testing.T) {
	t.Parallel()
	pairs := func(n int) map[string]string {
		out := map[string]string{}
		for i := range n {
			out["key"+string(rune('a'+i))] = "value"
		}
		return out
	}
	long := strings.Repeat
	for name, test := range map[string]struct {
		update assess.InviteUpdate
		want   string // the problem
	}{
		"20 pairs":             {assess.InviteUpdate{Metadata: new(pairs(20))}, ""},
		"21 pairs":             {assess.InviteUpdate{Metadata: new(pairs(21))}, "metadata must have at most 20 pairs"},
		"a long key":           {assess.InviteUpdate{Metadata: &map[string]string{long("ö", 40): ""}}, ""},
		"a longer key":         {assess.InviteUpdate{Metadata: &map[string]string{long("ö", 41): ""}}, "metadata must have keys of 1 to 40 plain characters"},
		"an empty key":         {assess.InviteUpdate{Metadata: &map[string]string{"": "x"}}, "metadata must have keys"},
		"a key of blanks":      {assess.InviteUpdate{Metadata: &map[string]string{" a": "x"}}, "metadata must have keys"},
		"a long value":         {assess.InviteUpdate{Metadata: &map[string]string{"a": long("ö", 500)}}, ""},
		"a longer value":       {assess.InviteUpdate{Metadata: &map[string]string{"a": long("ö", 501)}}, "metadata.a must be at most 500 characters long"},
		"a long name":          {assess.InviteUpdate{External: new(long("x", 200))}, ""},
		"a longer name":        {assess.InviteUpdate{External: new(long("x", 201))}, "externalId must be at most 200 characters long"},
		"two lines":            {assess.InviteUpdate{External: new("a\nb")}, "externalId must not contain control characters"},
		"a way on":             {assess.InviteUpdate{RedirectURL: new("https://jobs.example/thanks?id=1#top")}, ""},
		"an open way on":       {assess.InviteUpdate{RedirectURL: new("http://jobs.example")}, "redirectUrl must be an https address"},
		"a script":             {assess.InviteUpdate{RedirectURL: new("javascript:alert(1)")}, "redirectUrl must be"},
		"a way on with a user": {assess.InviteUpdate{RedirectURL: new("https://bank.example@evil.example")}, "redirectUrl must be"},
		"a way to nowhere":     {assess.InviteUpdate{RedirectURL: new("https:///path")}, "redirectUrl must be"},
		"a way with a blank":   {assess.InviteUpdate{RedirectURL: new("https://jobs.example/a b")}, "redirectUrl must be"},
		"a long way":           {assess.InviteUpdate{RedirectURL: new("https://x.example/" + long("x", 1982))}, ""},
		"a longer way":         {assess.InviteUpdate{RedirectURL: new("https://x.example/" + long("x", 1983))}, "redirectUrl must be"},
		"limits":               {assess.InviteUpdate{ReplayLimit: new(0), RecordLimit: new(101)}, "questionReplayLimit must be between 1 and 100; answerRecordLimit must be between 1 and 100"},
		"a link as a name":     {assess.InviteUpdate{Name: new("www.evil.example")}, "recipientName must not contain a web address"},
		"no grader's id":       {assess.InviteUpdate{Grader: new(assess.MemberID("x"))}, "assignedGraderId must be a UUID"},
	} {
		err := test.update.Validate()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}
