package store

import (
	"slices"
	"strings"

	"alfaone/internal/assess"
)

// inviteSorts are the orders of a list of invites by a column; the order by status is put together from its parts.
var inviteSorts = map[string]string{"sent_at": "sent_at", "expires_at": "expires_at"}

const sortByStatus = "status"

// Invites reads a page of invites, with how many fit the filter now; by cursor, if the page has one, without.
//
// It never counts over the set when the filter names only assessment and status: those counts are kept. Expiry is computed:
// an invite counts and sorts as expired from its very millisecond on.
func (tx *Tx) Invites(org assess.OrgID, mode assess.Mode, f assess.InviteFilter, page assess.Page) ([]assess.InviteSummary, int, error) {
	l := inviteList{tx: tx, org: org, mode: mode, filter: f, page: page}
	if err := l.choose(); err != nil {
		return nil, 0, err
	}
	return l.read()
}

// read reads the page.
func (l *inviteList) read() ([]assess.InviteSummary, int, error) {
	f, page := l.filter, l.page
	if page.Cursor != nil {
		items, err := l.walk()
		return items, 0, err
	}
	if f.Status == "" && page.Sort != sortByStatus {
		counts, err := l.storedCounts()
		if err != nil {
			return nil, 0, err
		}
		total := counts.total()
		if l.isRanked() && min(page.Offset(), total-page.Offset()-page.Limit) > maxBlock {
			items, err := l.ranked(page.Offset(), page.Limit, total)
			return items, total, err
		}
		items, err := l.part("", inviteSorts[page.Sort], page.Offset(), page.Limit, total)
		return items, total, err
	}
	counts, err := l.counts()
	if err != nil {
		return nil, 0, err
	}
	if page.Sort == sortByStatus {
		return l.byStatus(counts)
	}
	items, err := l.part(f.Status, inviteSorts[page.Sort], page.Offset(), page.Limit, counts[f.Status])
	return items, counts[f.Status], err
}

// InviteCounts is how many invites stand in each status now. The filter's status is passed over.
func (tx *Tx) InviteCounts(org assess.OrgID, mode assess.Mode, f assess.InviteFilter) (InviteCounts, error) {
	l := inviteList{tx: tx, org: org, mode: mode, filter: f}
	if err := l.choose(); err != nil {
		return nil, err
	}
	return l.counts()
}

// InviteCounts maps a status to how many invites have it.
type InviteCounts map[assess.InviteStatus]int

func (c InviteCounts) total() int {
	sum := 0
	for _, n := range c {
		sum += n
	}
	return sum
}

// inviteList is a list being read.
type inviteList struct {
	tx     *Tx
	org    assess.OrgID
	mode   assess.Mode
	filter assess.InviteFilter
	page   assess.Page
	// few is which of the filter's picks picks few invites, from 1 on; 0 if none is known to.
	few int
	// overdue counts invites that are expired by the clock and not yet in their stored status.
	overdue InviteCounts
	// place is what the rows must come after; nil for numbered pages.
	place *assess.Cursor
}

// byStatus reads the page as the part of each status that lies on it, the statuses in the order of their names.
func (l *inviteList) byStatus(counts InviteCounts) (items []assess.InviteSummary, total int, err error) {
	items = []assess.InviteSummary{}
	offset, limit := l.page.Offset(), l.page.Limit
	for _, status := range l.statuses() {
		n := counts[status]
		total += n
		if take := min(n-offset, limit); take > 0 {
			part, err := l.part(status, "", offset, take, n)
			if err != nil {
				return nil, 0, err
			}
			items = append(items, part...)
			limit -= take
		}
		offset = max(0, offset-n)
	}
	return items, total, nil
}

// statuses are those that the filter lets through, in the order of a list by status.
func (l *inviteList) statuses() []assess.InviteStatus {
	if l.filter.Status != "" {
		return []assess.InviteStatus{l.filter.Status}
	}
	statuses := assess.InviteStatuses()
	slices.Sort(statuses)
	if !l.page.Ascending {
		slices.Reverse(statuses)
	}
	return statuses
}

// part reads a span of the invites in one status, or in any if status is empty.
func (l *inviteList) part(status assess.InviteStatus, column string, offset, limit, total int) ([]assess.InviteSummary, error) {
	if offset >= total {
		return []assess.InviteSummary{}, nil
	}
	return span(l.tx, scanInviteSummary, inviteSummaryColumns, l.source(status), order{column, l.page.Ascending}, offset, limit, total)
}

// source is where the invites of a status come from. The overdue are few, as long as expiry is written down now and then; so
// they are left out of a walk through the stored status that they no longer have, and merged into the one that they have now.
func (l *inviteList) source(status assess.InviteStatus) source {
	late := l.overdue.total() > 0
	return func(o order, rows int) (string, []any) {
		w := l.where()
		if late && status == assess.Expired {
			return l.expired(w, o, rows)
		}
		placed := l.after(&w, o)
		switch {
		case status == "":
		case l.overdue[status] > 0 && o.column == "expires_at" && !placed:
			w.add("status = ? AND expires_at > ?", status, at(l.tx.now))
		case l.overdue[status] > 0: // + 0 keeps the planner from sorting by way of the deadline
			w.add("status = ? AND expires_at + 0 > ?", status, at(l.tx.now))
		default:
			w.add("status = ?", status)
		}
		return "invites WHERE " + w.String(), w.args
	}
}

// expired merges what is stored as expired with the overdue. Each part says how many rows it has to give, because the planners
// would take them for many.
func (l *inviteList) expired(w where, o order, rows int) (string, []any) {
	filter, now := w.String(), w.arg(at(l.tx.now))
	part := func(name, rest string) string {
		return "SELECT * FROM (SELECT " + inviteSummaryColumns + " FROM invites WHERE " + filter + rest + ") AS " + name
	}
	after := "TRUE"
	if place := (where{args: w.args}); l.after(&place, o) {
		w.args, after = place.args, place.String()
	}
	overdue := func(status assess.InviteStatus) string {
		all := part(string(status), " AND status = "+w.arg(status)+" AND expires_at <= "+now+
			" ORDER BY expires_at LIMIT "+w.arg(l.overdue[status]))
		return all + " WHERE " + after
	}
	union := []string{
		part("written", " AND "+after+" AND status = 'expired'"+o.sql()+" LIMIT "+w.arg(rows)),
		overdue(assess.Pending), overdue(assess.Accepted),
	}
	return "(" + strings.Join(union, " UNION ALL ") + ") AS expired", w.args
}

// where is the filter but for the status.
func (l *inviteList) where() (w where) {
	f := l.filter
	l.pick(&w)
	addIf(&w, f.Assessment, "assessment_id = ?")
	addIf(&w, f.Delivery, "delivery = ?")
	if f.Search != "" {
		w.add(`folded LIKE ? ESCAPE '\'`, contains(f.Search))
	}
	l.graded(&w)
	return w
}

// graded adds how far grading is, and what was decided.
func (l *inviteList) graded(w *where) {
	f := l.filter
	if f.Grade != "" || f.Decision != "" {
		w.add("status = 'completed'")
	}
	switch f.Grade {
	case "":
	case assess.FilterUngraded:
		w.add("NOT EXISTS (SELECT 1 FROM grades g WHERE g.org_id = invites.org_id AND g.invite_id = invites.id)")
	default:
		w.add("id IN (SELECT invite_id FROM grades WHERE org_id = ? AND mode = ? AND state = ?)", l.org, l.mode, f.Grade)
	}
	switch f.Decision {
	case "":
	case assess.FilterUndecided:
		w.add("NOT EXISTS (SELECT 1 FROM decisions d WHERE d.org_id = invites.org_id AND d.invite_id = invites.id)")
	default:
		w.add(`id IN (SELECT invite_id FROM decisions d WHERE d.org_id = ? AND d.outcome = ? AND NOT EXISTS
			(SELECT 1 FROM decisions later WHERE later.org_id = d.org_id AND later.invite_id = d.invite_id AND later.number > d.number))`, l.org, f.Decision)
	}
}

// counts counts by status as it is now, and notes how many invites are overdue.
func (l *inviteList) counts() (InviteCounts, error) {
	counts, err := l.storedCounts()
	if err != nil {
		return nil, err
	}
	err = l.countOverdue()
	for status, n := range l.overdue {
		counts[status] -= n
		counts[assess.Expired] += n
	}
	return counts, err
}

// countOverdue notes how many invites are overdue in each stored status.
func (l *inviteList) countOverdue() (err error) {
	w := l.where()
	w.add("status IN ('pending', 'accepted') AND expires_at <= ?", at(l.tx.now))
	l.overdue, err = l.countOver(w)
	return err
}

// storedCounts counts by stored status: from the kept counts if they can tell, else over the set.
func (l *inviteList) storedCounts() (InviteCounts, error) {
	w := l.where()
	switch f := l.filter; f {
	case assess.InviteFilter{Status: f.Status}:
		return l.readCounts("SELECT status, n FROM invite_totals WHERE "+w.String(), w.args)
	case assess.InviteFilter{Assessment: f.Assessment, Status: f.Status}:
		return l.readCounts("SELECT status, n FROM invite_counts WHERE "+w.String(), w.args)
	default:
		return l.countOver(w)
	}
}

// countOver counts the invites that fit, by stored status.
func (l *inviteList) countOver(w where) (InviteCounts, error) {
	return l.readCounts("SELECT status, COUNT(*) FROM invites WHERE "+w.String()+" GROUP BY status", w.args)
}

func (l *inviteList) readCounts(query string, args []any) (InviteCounts, error) {
	counts := InviteCounts{}
	_, err := list(l.tx, func(r row) (_ struct{}, err error) {
		var status assess.InviteStatus
		var n int
		err = r.Scan(&status, &n)
		counts[status] = n
		return struct{}{}, err
	}, query, args...)
	return counts, err
}
