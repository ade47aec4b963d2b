package store

import (
	"slices"

	"alfaone/internal/assess"
)

// inviteSorts are the orders of a list of invites by a column; the order by status is put together from its parts.
var inviteSorts = map[string]string{"sent_at": "sent_at", "expires_at": "expires_at"}

const sortByStatus = "status"

// Invites reads a page of invites, with how many fit the filter now.
//
// It never counts over the set when the filter names only assessment and status: those counts are kept. Expiry is computed:
// an invite counts and sorts as expired from its very millisecond on.
func (tx *Tx) Invites(org assess.OrgID, mode assess.Mode, f assess.InviteFilter, page assess.Page) ([]assess.InviteSummary, int, error) {
	counts, err := tx.inviteCounts(org, mode, f, f.Status != "" || page.Sort == sortByStatus)
	if err != nil {
		return nil, 0, err
	}
	l := inviteList{tx: tx, org: org, mode: mode, filter: f, page: page}
	if page.Sort == sortByStatus {
		return l.byStatus(counts)
	}
	total := counts.total()
	if f.Status != "" {
		total = counts[f.Status]
	}
	items, err := l.part(f.Status, inviteSorts[page.Sort], page.Offset(), page.Limit, total)
	return items, total, err
}

// InviteCounts is how many invites stand in each status now.
func (tx *Tx) InviteCounts(org assess.OrgID, mode assess.Mode, f assess.InviteFilter) (InviteCounts, error) {
	return tx.inviteCounts(org, mode, f, true)
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

type inviteList struct {
	tx     *Tx
	org    assess.OrgID
	mode   assess.Mode
	filter assess.InviteFilter
	page   assess.Page
}

// byStatus reads the page as the part of each status that lies on it, the statuses in the order of their names.
func (l inviteList) byStatus(counts InviteCounts) (items []assess.InviteSummary, total int, err error) {
	statuses := assess.InviteStatuses()
	slices.Sort(statuses)
	if !l.page.Ascending {
		slices.Reverse(statuses)
	}
	items = []assess.InviteSummary{}
	offset, limit := l.page.Offset(), l.page.Limit
	for _, status := range statuses {
		if l.filter.Status != "" && status != l.filter.Status {
			continue
		}
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

// part reads a span of the invites in one status, or in any if status is empty.
func (l inviteList) part(status assess.InviteStatus, column string, offset, limit, total int) ([]assess.InviteSummary, error) {
	if offset >= total {
		return []assess.InviteSummary{}, nil
	}
	w := inviteWhere(l.org, l.mode, l.filter)
	whereStatus(&w, status, at(l.tx.now))
	return span(l.tx, scanInviteSummary, inviteSummaryColumns, "invites", &w, order{column, l.page.Ascending}, offset, limit, total)
}

// inviteWhere is the filter but for the status.
func inviteWhere(org assess.OrgID, mode assess.Mode, f assess.InviteFilter) (w where) {
	w.add("org_id = ?", org)
	w.add("mode = ?", mode)
	addIf(&w, f.Assessment, "assessment_id = ?")
	addIf(&w, f.Grader, "grader_id = ?")
	addIf(&w, f.Delivery, "delivery = ?")
	addIf(&w, f.Tag, "id IN (SELECT invite_id FROM invite_tags WHERE tag_id = ?)")
	if f.Search != "" {
		w.add(`(lower(email) LIKE ? ESCAPE '\' OR lower(name) LIKE ? ESCAPE '\')`, contains(f.Search), contains(f.Search))
	}
	return w
}

// whereStatus adds the condition for the status at now, which differs from the stored one where expiry is not yet written.
func whereStatus(w *where, status assess.InviteStatus, now int64) {
	switch status {
	case "":
	case assess.Pending, assess.Accepted:
		w.add("status = ? AND expires_at > ?", status, now)
	case assess.Expired:
		w.add("(status = 'expired' OR status IN ('pending', 'accepted') AND expires_at <= ?)", now)
	default:
		w.add("status = ?", status)
	}
}

// inviteCounts counts by status: from the kept counts if they can tell, else over the set. exact says that the counts must
// be right for each status, not only in sum.
func (tx *Tx) inviteCounts(org assess.OrgID, mode assess.Mode, f assess.InviteFilter, exact bool) (InviteCounts, error) {
	plain := f == assess.InviteFilter{Assessment: f.Assessment, Status: f.Status}
	var w where
	query := "SELECT status, CAST(SUM(n) AS BIGINT) FROM invite_counts WHERE "
	if plain {
		w = inviteWhere(org, mode, assess.InviteFilter{Assessment: f.Assessment})
	} else {
		w = inviteWhere(org, mode, f)
		query = "SELECT status, COUNT(*) FROM invites WHERE "
	}
	counts, err := tx.groupCounts(query, w)
	if err != nil || !exact {
		return counts, err
	}
	overdue := inviteWhere(org, mode, f)
	overdue.add("status IN ('pending', 'accepted') AND expires_at <= ?", at(tx.now))
	late, err := tx.groupCounts("SELECT status, COUNT(*) FROM invites WHERE ", overdue)
	for status, n := range late {
		counts[status] -= n
		counts[assess.Expired] += n
	}
	return counts, err
}

func (tx *Tx) groupCounts(query string, w where) (InviteCounts, error) {
	type count struct {
		status assess.InviteStatus
		n      int
	}
	found, err := list(tx, func(r row) (c count, err error) { return c, r.Scan(&c.status, &c.n) },
		query+w.String()+" GROUP BY status", w.args...)
	counts := InviteCounts{}
	for _, c := range found {
		counts[c.status] = c.n
	}
	return counts, err
}
