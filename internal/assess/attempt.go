package assess

import (
	"strings"
	"time"
)

// Times around the limits of an attempt.
const (
	AttemptGrace  = 30 * time.Second // on top of every limited time, for a slow network
	untimedAtMost = 24 * time.Hour   // an attempt that is not timed lasts at least so long, whenever it is begun
)

// Deadline is until when an attempt that starts at now can be finished: the assessment's own time as the candidate has it, or,
// where it is not timed, until the invite would have expired, but a day at least. The zero time means no limit.
func (inv Invite) Deadline(c Content, a Accommodation, now time.Time) time.Time {
	if c.TimeLimit == 0 {
		return latest(inv.ExpiresAt, now.Add(untimedAtMost))
	}
	limit, ok := a.Stretch(time.Duration(c.TimeLimit) * time.Minute)
	if !ok {
		return time.Time{}
	}
	return now.Add(limit + AttemptGrace)
}

// Prolonged is the deadline of an attempt under way once a is granted: never an earlier one than it has. The zero time means no
// limit.
func (inv Invite) Prolonged(c Content, a Accommodation) time.Time {
	until := inv.Deadline(c, a, inv.StartedAt)
	if inv.CompleteBy.IsZero() || !until.IsZero() && until.Before(inv.CompleteBy) {
		return inv.CompleteBy
	}
	return until
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Overdue reports whether the time of a started attempt has passed.
func (inv Invite) Overdue(now time.Time) bool {
	return inv.Stored == Started && !inv.CompleteBy.IsZero() && !now.Before(inv.CompleteBy)
}

// Late reports whether a part of the recording arrived only after the attempt had ended.
func (inv Invite) Late(rec Recording) bool {
	return !inv.CompletedAt.IsZero() && rec.TouchedAt.After(inv.CompletedAt)
}

// Delivers reports whether slices of what was recorded during the attempt are still taken: for a while after its end, whoever has
// written that down.
func (inv Invite) Delivers(now time.Time) bool {
	end := inv.CompletedAt
	if inv.Overdue(now) {
		end = inv.CompleteBy
	}
	return end.IsZero() || now.Before(end.Add(LateDelivery))
}

// ReadingTime is how long it takes to read a text, or to hear it read out: 150 words a minute.
func ReadingTime(text string) time.Duration {
	const perWord = time.Minute / 150
	return time.Duration(len(strings.Fields(text))) * perWord
}
