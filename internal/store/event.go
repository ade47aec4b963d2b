package store

import (
	"fmt"
	"strings"

	"alfaone/internal/assess"
)

const eventColumns = `org_id, mode, sequence, id, type, invite_id, assessment_id, external_id, webhook_id, status, actor, actor_id,
	actor_name, note, at`

func scanEvent(r row) (e assess.Event, err error) {
	return e, r.Scan(&e.Org, &e.Mode, &e.Sequence, &e.ID, &e.Type, &e.Invite, &e.Assessment, &e.External, &e.Webhook, &e.Status,
		&e.Actor, &e.ActorID, &e.ActorName, &e.Note, timeInto{&e.At})
}

// InsertEvent adds an event as the next of the organization's mode, and returns it with its number. Taking the number holds the
// organization's row until the commit, so that numbers become visible in their order and without gaps. followed tells whether
// the mode has webhooks that are sent events: it is asked by the second statement, because the first may have waited for somebody
// who makes one, and would not see it.
func (tx *Tx) InsertEvent(e assess.Event) (_ assess.Event, followed bool, err error) {
	last := eventSequence(e.Mode)
	e.Sequence, err = one(tx, "organization", func(r row) (n int64, err error) { return n, r.Scan(&n) },
		"UPDATE organizations SET "+last+" = "+last+" + 1 WHERE id = $1 RETURNING "+last, e.Org)
	if err != nil {
		return e, false, err
	}
	followed, err = one(tx, "event", func(r row) (is bool, err error) { return is, r.Scan(&is) },
		`INSERT INTO events (`+eventColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		RETURNING EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = $1 AND w.mode = $2 AND w.state = 'enabled')`,
		e.Org, e.Mode, e.Sequence, e.ID, e.Type, e.Invite, e.Assessment, e.External, e.Webhook, e.Status, e.Actor, e.ActorID,
		e.ActorName, e.Note, at(e.At))
	return e, followed, err
}

// Event reads an event by its number. Errors: NotFound.
func (tx *Tx) Event(org assess.OrgID, mode assess.Mode, sequence int64) (assess.Event, error) {
	return one(tx, "event", scanEvent, "SELECT "+eventColumns+" FROM events WHERE org_id = $1 AND mode = $2 AND sequence = $3", org, mode, sequence)
}

// eventSequence is the column that counts the events of a mode.
func eventSequence(mode assess.Mode) string {
	if mode == assess.Test {
		return "test_event_sequence"
	}
	return "event_sequence"
}

// InviteEvents reads the events of an invite, the oldest first.
func (tx *Tx) InviteEvents(org assess.OrgID, id assess.InviteID) ([]assess.Event, error) {
	return list(tx, scanEvent, "SELECT "+eventColumns+` FROM events WHERE org_id = $1 AND invite_id = $2 AND invite_id <> ''
		ORDER BY sequence`, org, id)
}

// RecentEvents reads the newest events of an organization in a mode, but for those of the given types.
func (tx *Tx) RecentEvents(org assess.OrgID, mode assess.Mode, without []assess.EventType, limit int) ([]assess.Event, error) {
	args := []any{org, mode, limit}
	var others strings.Builder
	for _, typ := range without {
		args = append(args, typ)
		fmt.Fprintf(&others, " AND type <> $%d", len(args))
	}
	return list(tx, scanEvent, "SELECT "+eventColumns+" FROM events WHERE org_id = $1 AND mode = $2"+others.String()+
		" ORDER BY sequence DESC LIMIT $3", args...)
}

// EventsAfter reads the events of an organization in a mode that come after a number, in their order.
func (tx *Tx) EventsAfter(org assess.OrgID, mode assess.Mode, sequence int64, limit int) ([]assess.Event, error) {
	return list(tx, scanEvent, "SELECT "+eventColumns+" FROM events WHERE org_id = $1 AND mode = $2 AND sequence > $3 ORDER BY sequence LIMIT $4",
		org, mode, sequence, limit)
}
