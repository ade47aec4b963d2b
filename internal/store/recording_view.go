package store

import (
	"time"

	"alfaone/internal/assess"
)

// View is that somebody has looked at a recording, within the window that begins at At.
type View struct {
	Recording assess.RecordingID
	Purpose   assess.Purpose
	Question  assess.QuestionID // of an answer
	Actor     assess.ActorKind
	Name      string // of the member or key
	At        time.Time
}

// Viewed reports whether it is written down that who looked at the recording in the window that begins at window.
func (tx *Tx) Viewed(rec assess.Recording, who assess.Actor, window time.Time) (bool, error) {
	found, err := list(tx, scanInt, "SELECT 1 FROM recording_views WHERE org_id = $1 AND recording_id = $2 AND actor_id = $3 AND at = $4",
		rec.Org, rec.ID, who.ID, at(window))
	return len(found) > 0, err
}

// InsertView writes down that who looked at the recording in the window that begins at window. Again it changes nothing.
func (tx *Tx) InsertView(rec assess.Recording, who assess.Actor, window time.Time) error {
	_, err := tx.exec(`INSERT INTO recording_views (org_id, recording_id, invite_id, actor, actor_id, actor_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, rec.Org, rec.ID, rec.Invite, who.Kind, who.ID, who.Name, at(window))
	return err
}

// Views reads up to limit views of the recordings of an invite, the newest first.
func (tx *Tx) Views(org assess.OrgID, invite assess.InviteID, limit int) ([]View, error) {
	return list(tx, func(r row) (v View, err error) {
		return v, r.Scan(&v.Recording, &v.Purpose, &v.Question, &v.Actor, &v.Name, timeInto{&v.At})
	}, `SELECT v.recording_id, r.purpose, r.question_id, v.actor, v.actor_name, v.at FROM recording_views v
		JOIN recordings r ON r.org_id = v.org_id AND r.id = v.recording_id WHERE v.org_id = $1 AND v.invite_id = $2
		ORDER BY v.at DESC, v.recording_id, v.actor_id LIMIT $3`, org, invite, limit)
}
