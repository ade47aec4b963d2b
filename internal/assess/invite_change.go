package assess

import (
	"maps"
	"slices"
	"time"
)

// InviteUpdate says what to change of an invite. What is nil stays as it is; an empty text, list or map clears.
type InviteUpdate struct {
	Name, Message, External, RedirectURL *string

	Metadata    *map[string]string // replaces all of it
	Tags        *[]TagID           // replace all of them
	Grader      *MemberID          // empty: nobody
	ReplayLimit *int               // upward only
	RecordLimit *int               // upward only
	ExpiresAt   *time.Time         // later only; in whole milliseconds
}

// Validate checks the wish by itself. Errors: Invalid.
func (u InviteUpdate) Validate() error {
	var p problems
	p.name("recipientName", orZero(u.Name), false)
	p.text("customMessage", orZero(u.Message), MaxMessageRunes)
	p.line("externalId", orZero(u.External), false, MaxExternalRunes)
	p.secureURL("redirectUrl", orZero(u.RedirectURL))
	p.metadata("metadata", orZero(u.Metadata))
	p.when(len(orZero(u.Tags)) > MaxTags, "tags", "must be at most %d", MaxTags)
	p.when(u.Grader != nil && *u.Grader != "" && !ValidID(string(*u.Grader)), "assignedGraderId", "must be a UUID")
	p.limit("questionReplayLimit", u.ReplayLimit)
	p.limit("answerRecordLimit", u.RecordLimit)
	return p.err()
}

func (p *problems) limit(field string, n *int) {
	p.when(n != nil && (*n < 1 || *n > MaxLimit), field, "must be between 1 and %d", MaxLimit)
}

func orZero[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

// Extends reports whether the update gives the invite another deadline at now than it has. To repeat the present one changes
// nothing, unless it has passed.
func (u InviteUpdate) Extends(inv Invite, now time.Time) bool {
	return u.ExpiresAt != nil && (inv.StatusAt(now) == Expired || !u.ExpiresAt.Equal(inv.ExpiresAt) && !u.ExpiresAt.Equal(inv.CompleteBy))
}

// Changed is the invite at now with what the update changes, but for deadline and grader, and in words what that is; nothing
// when all of it was so already. Errors: Invalid for a lower limit; Conflict for a higher one when the candidate cannot use it
// any more.
func (inv Invite) Changed(u InviteUpdate, now time.Time) (Invite, []string, error) {
	var what []string
	change(&what, "name", &inv.Name, cleaned(u.Name, CleanLine))
	change(&what, "message", &inv.Message, cleaned(u.Message, CleanText))
	change(&what, "external id", &inv.External, cleaned(u.External, CleanLine))
	change(&what, "way on", &inv.RedirectURL, u.RedirectURL)
	if u.Metadata != nil && !maps.Equal(inv.Metadata, *u.Metadata) {
		inv.Metadata, what = *u.Metadata, append(what, "metadata")
	}
	if tags := slices.Compact(slices.Sorted(slices.Values(orZero(u.Tags)))); u.Tags != nil && !slices.Equal(inv.Tags, tags) {
		inv.Tags, what = tags, append(what, "tags")
	}
	limited := len(what)
	var p problems
	p.notBelow("questionReplayLimit", u.ReplayLimit, inv.ReplayLimit)
	p.notBelow("answerRecordLimit", u.RecordLimit, inv.RecordLimit)
	change(&what, "replays", &inv.ReplayLimit, u.ReplayLimit)
	change(&what, "takes", &inv.RecordLimit, u.RecordLimit)
	if status := inv.StatusAt(now); len(what) > limited && !status.Open() {
		return inv, nil, Errorf(Conflict, "The limits cannot be changed any more: this invite is %s.", status)
	}
	return inv, what, p.err()
}

func cleaned(s *string, clean func(string) string) *string {
	if s == nil {
		return nil
	}
	return new(clean(*s))
}

// change sets a field to what is wished, if that is something else, and adds it to what has changed.
func change[T comparable](what *[]string, name string, field, wish *T) {
	if wish != nil && *wish != *field {
		*field, *what = *wish, append(*what, name)
	}
}

func (p *problems) notBelow(field string, wish *int, present int) {
	p.when(wish != nil && *wish < present, field, "must not be lower than it is: %d", present)
}
