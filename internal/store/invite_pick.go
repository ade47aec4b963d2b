package store

// Some filters may fit few invites of very many: an address, a client's own name, a tag, a grader, what changed lately. The
// planners cannot be relied on to see it: SQLite's knows no numbers, and walks through all invites for the sake of an order or
// a grouping. So it is found out first whether a part of the filter picks few, and those are then looked up by their ids. What
// picks many is found sooner by a walk along the order of the list.

// maxPicked is how many invites are looked up by their ids. That takes some ten milliseconds.
const maxPicked = 10_000

// pick is a part of a filter, in two ways: what must hold of an invite, and a query for the ids of those of which it holds.
type pick struct{ holds, ids condition }

// condition is SQL with a ? for each of its arguments.
type condition struct {
	text string
	args []any
}

// picks are the parts of the filter that may pick few, first those that pick fewest as a rule.
func (l *inviteList) picks() (picks []pick) {
	f := l.filter
	if f.External != "" { // the second half lets the index on names serve
		picks = append(picks, l.pickBy("external_id = ? AND external_id <> ''", f.External))
	}
	if f.Email != "" {
		picks = append(picks, l.pickBy("lower(email) = lower(?)", f.Email))
	}
	if !f.UpdatedSince.IsZero() {
		picks = append(picks, l.pickUpdated())
	}
	if f.Grader != "" {
		picks = append(picks, pick{
			holds: condition{`EXISTS (SELECT 1 FROM evaluations e WHERE e.org_id = invites.org_id AND e.invite_id = invites.id
				AND e.grader_id = ? AND e.state <> 'withdrawn')`, []any{f.Grader}},
			ids: condition{
				`SELECT invite_id FROM evaluations WHERE org_id = ? AND mode = ? AND grader_id = ? AND state <> 'withdrawn'`,
				[]any{l.org, l.mode, f.Grader},
			},
		})
	}
	if f.Tag != "" {
		picks = append(picks, pick{
			holds: condition{"EXISTS (SELECT 1 FROM invite_tags t WHERE t.org_id = invites.org_id AND t.invite_id = invites.id AND t.tag_id = ?)", []any{f.Tag}},
			ids:   condition{"SELECT invite_id FROM invite_tags WHERE org_id = ? AND tag_id = ?", []any{l.org, f.Tag}},
		})
	}
	return picks
}

// pickBy picks by a column that has an index.
func (l *inviteList) pickBy(text string, value any) pick {
	return pick{
		holds: condition{text, []any{value}},
		ids:   condition{"SELECT id FROM invites WHERE org_id = ? AND mode = ? AND " + text, []any{l.org, l.mode, value}},
	}
}

// pickUpdated picks what was changed lately or expired. In what holds of an invite, + 0 keeps the planner from leaving the order of
// the list for the indexes that the ids are found by.
func (l *inviteList) pickUpdated() pick {
	since, now := at(l.filter.UpdatedSince), at(l.tx.now)
	return pick{
		holds: condition{
			`(updated_at + 0 >= ? OR status IN ('pending', 'accepted') AND expires_at + 0 >= ? AND expires_at + 0 <= ?)`,
			[]any{since, since, now},
		},
		ids: condition{
			`SELECT id FROM invites WHERE org_id = ? AND mode = ? AND updated_at >= ? UNION ALL SELECT id FROM invites
			WHERE org_id = ? AND mode = ? AND status IN ('pending', 'accepted') AND expires_at >= ? AND expires_at <= ?`,
			[]any{l.org, l.mode, since, l.org, l.mode, since, now},
		},
	}
}

// choose finds out whether a part of the filter picks few.
func (l *inviteList) choose() error {
	for i, p := range l.picks() {
		var w where
		w.add(p.ids.text, p.ids.args...)
		n, err := one(l.tx, "count", scanInt, "SELECT COUNT(*) FROM ("+w.String()+" LIMIT "+w.arg(maxPicked)+") AS picked", w.args...)
		if err != nil {
			return err
		}
		if n < maxPicked {
			l.few = i + 1
			return nil
		}
	}
	return nil
}

// pick adds to w whose invites the list shows, and what the filter picks of them. Where few are picked, comparing expressions
// instead of columns keeps the planner from any index but that of the ids.
func (l *inviteList) pick(w *where) {
	if l.few > 0 {
		w.add("org_id || '' = ? AND mode || '' = ?", l.org, l.mode)
	} else {
		w.add("org_id = ? AND mode = ?", l.org, l.mode)
	}
	for i, p := range l.picks() {
		if i+1 == l.few {
			w.add("id IN ("+p.ids.text+")", p.ids.args...)
		} else {
			w.add(p.holds.text, p.holds.args...)
		}
	}
}
