package assess_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

// startedInvite is an attempt that began at a time.
func startedInvite(at, expires time.Time) assess.Invite {
	return assess.Invite{InviteSummary: assess.InviteSummary{
		Stored: assess.Started, StartedAt: at, ExpiresAt: expires, ReplayLimit: 1, RecordLimit: 1,
	}}
}

func TestADeadlineIsTheStartAndTheLimitTimesTheFactor(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 13)) //nolint:gosec // the same cases every time
	for range 100_000 {
		start := time.UnixMilli(random.Int64N(4e12))
		minutes := 1 + random.IntN(assess.MaxTimeLimit)
		factor := assess.TimeFactors()[random.IntN(len(assess.TimeFactors()))]
		inv := startedInvite(start, start.Add(time.Duration(random.Int64N(int64(365*24*time.Hour)))))
		got := inv.Deadline(assess.Content{TimeLimit: minutes}, assess.Accommodation{TimeFactor: factor}, start)
		want := time.UnixMilli(start.UnixMilli() + int64(minutes)*int64(factor)*600 + 30_000)
		if factor == assess.Unlimited {
			want = time.Time{}
		}
		if !got.Equal(want) {
			t.Fatalf("%d minutes at %d %% from %v: %v, want %v", minutes, factor, start, got, want)
		}
	}
}

func TestAnAttemptThatIsNotTimedLastsUntilTheInviteExpiresAndADayAtLeast(t *testing.T) {
	t.Parallel()
	start := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ expires, want time.Duration }{
		{time.Millisecond, 24 * time.Hour},
		{24 * time.Hour, 24 * time.Hour},
		{24*time.Hour + time.Millisecond, 24*time.Hour + time.Millisecond},
		{30 * 24 * time.Hour, 30 * 24 * time.Hour},
	} {
		for _, factor := range assess.TimeFactors() {
			inv := startedInvite(start, start.Add(tt.expires))
			got := inv.Deadline(assess.Content{}, assess.Accommodation{TimeFactor: factor}, start)
			if !got.Equal(start.Add(tt.want)) {
				t.Errorf("expiring after %v, factor %d: %v after the start, want %v", tt.expires, factor, got.Sub(start), tt.want)
			}
		}
	}
}

func TestGrantingNeverShortensAnAttempt(t *testing.T) {
	t.Parallel()
	start := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	factor := rapid.SampledFrom(append(assess.TimeFactors(), 0))
	rapid.Check(t, func(t *rapid.T) {
		content := assess.Content{TimeLimit: rapid.IntRange(0, assess.MaxTimeLimit).Draw(t, "minutes")}
		inv := startedInvite(start, start.Add(time.Hour))
		inv.CompleteBy = inv.Deadline(content, assess.Accommodation{TimeFactor: factor.Draw(t, "first")}, start)
		if rapid.Bool().Draw(t, "extended") && !inv.CompleteBy.IsZero() {
			inv.CompleteBy = inv.CompleteBy.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "by")))
		}
		for range rapid.IntRange(1, 6).Draw(t, "grants") {
			granted := assess.Accommodation{TimeFactor: factor.Draw(t, "factor")}
			before, own := inv.CompleteBy, inv.Deadline(content, granted, start)
			inv.CompleteBy = inv.Prolonged(content, granted)
			switch after := inv.CompleteBy; {
			case before.IsZero() && !after.IsZero(), !after.IsZero() && after.Before(before):
				t.Fatalf("%v became %v", before, after)
			case !after.IsZero() && !after.Equal(before) && !after.Equal(own):
				t.Fatalf("%v is neither what it was (%v) nor what is granted (%v)", after, before, own)
			case own.IsZero() && !after.IsZero(), !own.IsZero() && !after.IsZero() && after.Before(own):
				t.Fatalf("%v is less than what is granted: %v", after, own)
			}
		}
	})
}

func TestAnAllowanceIsTheInvitesAndAllThatWasGranted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := func(name string, least int) int { return rapid.IntRange(least, assess.MaxLimit).Draw(t, name) }
		inv := assess.Invite{InviteSummary: assess.InviteSummary{ReplayLimit: count("replays", 1), RecordLimit: count("takes", 1)}}
		q := assess.NewQuestion("q")
		q.MaxAnswer, q.Preparation = rapid.IntRange(assess.MinAnswer, assess.MaxAnswer).Draw(t, "length"), rapid.IntRange(0, assess.MaxPreparation).Draw(t, "preparation")
		q.AnswerFormat = rapid.SampledFrom([]assess.Format{assess.TextFormat, assess.AudioFormat, assess.VideoFormat}).Draw(t, "format")
		a := assess.Accommodation{
			TimeFactor: rapid.SampledFrom(assess.TimeFactors()).Draw(t, "factor"), ExtraTakes: count("extra takes", 0), ExtraPlays: count("extra plays", 0),
			Instead: rapid.SampledFrom([]assess.Format{"", assess.TextFormat, assess.AudioFormat}).Draw(t, "instead"),
		}
		one := count("of this answer", 0)
		plain, got := inv.Allowance(assess.Content{}, q, assess.Accommodation{}, 0), inv.Allowance(assess.Content{}, q, a, one)
		if got.Plays != 1+inv.ReplayLimit+a.ExtraPlays || got.Takes != inv.RecordLimit+a.ExtraTakes+one {
			t.Fatalf("%d plays and %d takes of %+v with %+v and %d", got.Plays, got.Takes, inv, a, one)
		}
		if got.Untimed != (a.TimeFactor == assess.Unlimited) || got.Formats[0] != q.AnswerFormat || len(slices.Compact(got.Formats)) != len(got.Formats) {
			t.Fatalf("%+v of %+v with %+v", got, q, a)
		}
		if got.Length < plain.Length || !got.Untimed && got.Preparation < plain.Preparation {
			t.Fatalf("granting %+v made %+v of %+v", a, got, plain)
		}
		if alternative := a.Instead != "" && q.AnswerFormat != assess.TextFormat && a.Instead != q.AnswerFormat; slices.Contains(got.Formats, a.Instead) != alternative && a.Instead != q.AnswerFormat {
			t.Fatalf("formats %v of a question answered by %s with %q allowed instead", got.Formats, q.AnswerFormat, a.Instead)
		}
	})
}

func TestWhatCanBeGranted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		granted assess.Accommodation
		wrong   string
		summary string
	}{
		{assess.Accommodation{}, "", "none"},
		{assess.Accommodation{TimeFactor: 100}, "", "none"},
		{assess.Accommodation{TimeFactor: 125, ExtraTakes: 2}, "", "125 % of the time, 2 more for every take limit"},
		{assess.Accommodation{TimeFactor: assess.Unlimited, ExtraPlays: assess.MaxExtra, Instead: assess.TextFormat}, "", "no time limits, 100 more for every replay limit, answers by text allowed"},
		{assess.Accommodation{TimeFactor: 150, Instead: assess.AudioFormat}, "", "150 % of the time, answers by audio allowed"},
		{assess.Accommodation{TimeFactor: 99}, "timeFactor", ""},
		{assess.Accommodation{TimeFactor: -2}, "timeFactor", ""},
		{assess.Accommodation{TimeFactor: 1000}, "timeFactor", ""},
		{assess.Accommodation{ExtraTakes: -1}, "extraTakes", ""},
		{assess.Accommodation{ExtraTakes: assess.MaxExtra + 1}, "extraTakes", ""},
		{assess.Accommodation{ExtraPlays: -1}, "extraPlays", ""},
		{assess.Accommodation{ExtraPlays: assess.MaxExtra + 1}, "extraPlays", ""},
		{assess.Accommodation{Instead: assess.VideoFormat}, "instead", ""},
		{assess.Accommodation{Instead: assess.MixedFormat}, "instead", ""},
	} {
		if got := brokenFields(tt.granted.Validate()); got != tt.wrong {
			t.Errorf("%+v: wrong is %q, want %q", tt.granted, got, tt.wrong)
		}
		if tt.wrong == "" && tt.granted.Summary() != tt.summary {
			t.Errorf("%+v reads %q, want %q", tt.granted, tt.granted.Summary(), tt.summary)
		}
	}
}

// brokenFields names the fields of an Invalid error; empty for nil.
func brokenFields(err error) string {
	var e *assess.Error
	if !errors.As(err, &e) {
		return ""
	}
	var fields []string
	for _, p := range e.Problems {
		fields = append(fields, p.Field)
	}
	return strings.Join(fields, " ")
}
