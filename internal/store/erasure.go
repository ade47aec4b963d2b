package store

import (
	"slices"

	"alfaone/internal/assess"
)

const erasureColumns = "org_id, mode, invite_id, assessment_id, status, answers, recordings, bytes, actor, actor_id, actor_name, erased_at"

// Erasure reads what is left of an erased invite. Errors: NotFound.
func (tx *Tx) Erasure(org assess.OrgID, mode assess.Mode, id assess.InviteID) (assess.Erasure, error) {
	return one(tx, "invite", func(r row) (e assess.Erasure, err error) {
		return e, r.Scan(&e.Org, &e.Mode, &e.Invite, &e.Assessment, &e.Status, &e.Answers, &e.Recordings, &e.Bytes,
			&e.Actor, &e.ActorID, &e.ActorName, timeInto{&e.At})
	}, "SELECT "+erasureColumns+" FROM erasures WHERE org_id = $1 AND mode = $2 AND invite_id = $3", org, mode, id)
}

// InsertErasure keeps what is left of an erased invite.
func (tx *Tx) InsertErasure(e assess.Erasure) error {
	_, err := tx.exec("INSERT INTO erasures ("+erasureColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		e.Org, e.Mode, e.Invite, e.Assessment, e.Status, e.Answers, e.Recordings, e.Bytes, e.Actor, e.ActorID, e.ActorName, at(e.At))
	return err
}

// CountAnswers is to how many questions of an invite something was answered.
func (tx *Tx) CountAnswers(org assess.OrgID, invite assess.InviteID) (int, error) {
	return one(tx, "answers", scanInt, "SELECT COUNT(*) FROM answers WHERE org_id = $1 AND invite_id = $2 AND (takes > 0 OR text <> '')", org, invite)
}

// DeleteInvite forgets an invite that the caller holds, with all that belongs to it but its recordings. How many were ever
// sent stays as it is.
func (tx *Tx) DeleteInvite(inv assess.Invite) error {
	if err := tx.change("invite", "DELETE FROM invites WHERE org_id = $1 AND mode = $2 AND id = $3", inv.Org, inv.Mode, inv.ID); err != nil {
		return err
	}
	return tx.discountInvite(inv)
}

// DeleteRecordings forgets the recordings of an invite with their slices, and returns which they were.
func (tx *Tx) DeleteRecordings(org assess.OrgID, invite assess.InviteID) ([]assess.RecordingID, error) {
	ids, err := list(tx, scanID[assess.RecordingID], "DELETE FROM recordings WHERE org_id = $1 AND invite_id = $2 AND invite_id <> '' RETURNING id",
		org, invite)
	slices.Sort(ids)
	return ids, err
}

// EraseTraces takes out what else tells of an invite's candidate: letters that were kept, answers that the API remembers,
// answers of receivers, and what its events say. The erasure's own event stays as it is. It is called last: whoever remembers an
// answer about an invite holds the invite until then, and whoever is writing down an attempt at a delivery is waited for here.
func (tx *Tx) EraseTraces(org assess.OrgID, invite assess.InviteID) error {
	for _, statement := range []string{
		"DELETE FROM mailbox WHERE org_id = $1 AND id IN (SELECT letter_id FROM letter_invites WHERE org_id = $1 AND invite_id = $2)",
		"DELETE FROM idempotency_keys WHERE org_id = $1 AND resource_id = $2 AND resource_id <> ''",
		"UPDATE deliveries SET state = state WHERE org_id = $1 AND invite_id = $2 AND invite_id <> ''",
		`UPDATE delivery_attempts SET response = '' WHERE org_id = $1
			AND delivery_id IN (SELECT id FROM deliveries WHERE org_id = $1 AND invite_id = $2 AND invite_id <> '')`,
		`UPDATE events SET note = '', actor_name = '', external_id = '' WHERE org_id = $1 AND invite_id = $2 AND invite_id <> ''
			AND type <> 'candidate.erased'`,
	} {
		if _, err := tx.exec(statement, org, invite); err != nil {
			return err
		}
	}
	return nil
}
