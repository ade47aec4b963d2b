package store

import (
	"slices"

	"alfaone/internal/assess"
)

// walk reads the invites that come after the page's cursor, and moves it on. Nothing is counted but the overdue, and those only
// where the status as it is now decides which invites fit or where they stand.
//
// To expire is to change in status like any other: in a list by status, or of one, an invite that expires between two parts can
// come twice or not at all. Sorted otherwise and not filtered by status, it comes once.
func (l *inviteList) walk() ([]assess.InviteSummary, error) {
	byStatus := l.page.Sort == sortByStatus
	if byStatus || l.filter.Status != "" {
		if err := l.countOverdue(); err != nil {
			return nil, err
		}
	}
	if byStatus {
		return l.walkByStatus()
	}
	return l.next(l.filter.Status, inviteSorts[l.page.Sort], l.page.Limit, l.page.Cursor)
}

// walkByStatus goes on in the status where the cursor stands, and through those that follow until the part is full. When it is
// full at the end of one status, the others are still asked whether anything comes after.
func (l *inviteList) walkByStatus() ([]assess.InviteSummary, error) {
	c := l.page.Cursor
	statuses := l.statuses()
	from := max(0, slices.Index(statuses, assess.InviteStatus(c.Key)))
	items := []assess.InviteSummary{}
	for _, status := range statuses[from:] {
		part := assess.Cursor{}
		if string(status) == c.Key {
			part.ID = c.ID
		}
		found, err := l.next(status, "", l.page.Limit-len(items), &part)
		if err != nil {
			return nil, err
		}
		items = append(items, found...)
		if len(found) > 0 {
			c.Key, c.ID = string(status), part.ID
		}
		if !part.Done {
			return items, nil
		}
	}
	c.Done = true
	return items, nil
}

// next reads invites in one status, or in any if status is empty, from a place on.
func (l *inviteList) next(status assess.InviteStatus, column string, limit int, c *assess.Cursor) ([]assess.InviteSummary, error) {
	place := *c
	l.place = &place
	return next(l.tx, scanInviteSummary, inviteSummaryColumns, l.source(status), order{column, l.page.Ascending}, limit, c)
}

// after adds the condition that a row comes after the place, and reports whether there is one.
func (l *inviteList) after(w *where, o order) bool {
	if l.place == nil || l.place.ID == "" {
		return false
	}
	o.after(w, *l.place)
	return true
}
