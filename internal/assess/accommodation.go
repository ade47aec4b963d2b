package assess

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Accommodation is what a candidate is allowed beyond what the invite says, so that a disability or a mishap costs nothing. It
// can be set before or during an attempt; graders never see it.
type Accommodation struct {
	Org        OrgID
	Invite     InviteID
	TimeFactor int    // percent of every time that is limited; 0 stands for 100, Unlimited for no limit
	ExtraTakes int    // of every answer
	ExtraPlays int    // of every question
	Instead    Format // text or audio: what recorded answers may be given in instead; empty: nothing else
}

// Unlimited is the time factor of somebody without time limits.
const Unlimited = -1

// TimeFactors are the factors that can be granted, in percent.
func TimeFactors() []int { return []int{100, 125, 150, 200, Unlimited} }

// MaxExtra is how many extra takes or plays can be granted.
const MaxExtra = 100

// Validate checks an accommodation. Errors: Invalid.
func (a Accommodation) Validate() error {
	var p problems
	p.when(a.TimeFactor != 0 && !slices.Contains(TimeFactors(), a.TimeFactor), "timeFactor", "must be 100, 125, 150, 200 or -1 (no limit)")
	p.when(a.ExtraTakes < 0 || a.ExtraTakes > MaxExtra, "extraTakes", "must be between 0 and %d", MaxExtra)
	p.when(a.ExtraPlays < 0 || a.ExtraPlays > MaxExtra, "extraPlays", "must be between 0 and %d", MaxExtra)
	p.when(a.Instead != "" && a.Instead != TextFormat && a.Instead != AudioFormat, "instead", "must be text, audio or nothing")
	return p.err()
}

// Stretch is a limited time as the candidate has it. ok is false where there is no limit for them.
func (a Accommodation) Stretch(d time.Duration) (stretched time.Duration, ok bool) {
	switch a.TimeFactor {
	case Unlimited:
		return 0, false
	case 0:
		return d, true
	default:
		return d * time.Duration(a.TimeFactor) / 100, true
	}
}

// Formats are the formats that an answer may be given in: the one asked for first.
func (a Accommodation) Formats(asked Format) []Format {
	if a.Instead == "" || asked == TextFormat || a.Instead == asked {
		return []Format{asked}
	}
	return []Format{asked, a.Instead}
}

// Summary is the accommodation as a line for the timeline.
func (a Accommodation) Summary() string {
	var parts []string
	add := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(a.TimeFactor > 100, "%d %% of the time", a.TimeFactor)
	add(a.TimeFactor == Unlimited, "no time limits")
	add(a.ExtraTakes > 0, "%d more for every take limit", a.ExtraTakes)
	add(a.ExtraPlays > 0, "%d more for every replay limit", a.ExtraPlays)
	add(a.Instead != "", "answers by %s allowed", a.Instead)
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
