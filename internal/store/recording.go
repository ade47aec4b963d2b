package store

import (
	"time"

	"alfaone/internal/assess"
)

const recordingColumns = `org_id, mode, id, purpose, invite_id, assessment_id, question_id, number, mime, key, length_ms, state, failure,
	chunks, bytes, created_at, touched_at, finished_at, content_type, size, sha256, duration_ms, width, height, sound, quiet, waveform, poster`

func scanRecording(r row) (rec assess.Recording, err error) {
	m := &rec.Media
	return rec, r.Scan(&rec.Org, &rec.Mode, &rec.ID, &rec.Purpose, &rec.Invite, &rec.Assessment, &rec.Question, &rec.Number, &rec.MIME, &rec.Key,
		durationInto{&rec.Length}, &rec.State, &rec.Failure, &rec.Chunks, &rec.Bytes, timeInto{&rec.CreatedAt}, timeInto{&rec.TouchedAt}, timeInto{&rec.FinishedAt},
		&m.ContentType, &m.Bytes, &m.SHA256, durationInto{&m.Duration}, &m.Width, &m.Height, &m.Sound, &m.Quiet, &m.Waveform, &m.Poster)
}

// Recording reads a recording. Errors: NotFound.
func (tx *Tx) Recording(org assess.OrgID, id assess.RecordingID) (assess.Recording, error) {
	return one(tx, "recording", scanRecording, "SELECT "+recordingColumns+" FROM recordings WHERE org_id = $1 AND id = $2", org, id)
}

// RecordingByKey reads the recording of an invite that a request with the key has opened; ok is false where there is none.
func (tx *Tx) RecordingByKey(org assess.OrgID, invite assess.InviteID, key string) (rec assess.Recording, ok bool, err error) {
	found, err := list(tx, scanRecording, "SELECT "+recordingColumns+` FROM recordings WHERE org_id = $1 AND invite_id = $2 AND key = $3
		AND key <> ''`, org, invite, key)
	return first(found), len(found) > 0, err
}

// Recordings reads the recordings of an invite by purpose, question and number.
func (tx *Tx) Recordings(org assess.OrgID, invite assess.InviteID) ([]assess.Recording, error) {
	return list(tx, scanRecording, "SELECT "+recordingColumns+` FROM recordings WHERE org_id = $1 AND invite_id = $2 AND assessment_id = ''
		ORDER BY purpose, question_id, number`, org, invite)
}

// RecordingUse is what an invite's recordings amount to.
type RecordingUse struct {
	Recordings int
	Bytes      int64
}

// RecordingUse adds up the recordings of an invite, failed ones included.
func (tx *Tx) RecordingUse(org assess.OrgID, invite assess.InviteID) (RecordingUse, error) {
	return one(tx, "recordings", func(r row) (u RecordingUse, err error) { return u, r.Scan(&u.Recordings, &u.Bytes) },
		`SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM recordings WHERE org_id = $1 AND invite_id = $2 AND assessment_id = ''`, org, invite)
}

// InsertRecording adds an open recording and returns its number among those of its purpose and question. Whoever is second at
// the same moment counts again.
func (tx *Tx) InsertRecording(rec assess.Recording) (number int, err error) {
	for {
		numbers, err := list(tx, scanInt, `INSERT INTO recordings (org_id, mode, id, purpose, invite_id, assessment_id, question_id, number, mime, key,
			length_ms, state, failure, chunks, bytes, created_at, touched_at, finished_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(MAX(number), 0) + 1 FROM recordings
				WHERE org_id = $1 AND invite_id = $5 AND assessment_id = $6 AND purpose = $4 AND question_id = $7), $8, $11, $9, 'open', '', 0, 0, $10, $10, 0)
			ON CONFLICT (org_id, invite_id, assessment_id, purpose, question_id, number) DO NOTHING RETURNING number`,
			rec.Org, rec.Mode, rec.ID, rec.Purpose, rec.Invite, rec.Assessment, rec.Question, rec.MIME, rec.Length.Milliseconds(), at(rec.CreatedAt), rec.Key)
		if err != nil || len(numbers) > 0 {
			return first(numbers), err
		}
	}
}

// InsertChunk adds a slice to an open recording, whose bytes must not exceed the limit. It reports whether it did; if not, the
// recording is not open, is full, or has a slice of that number.
func (tx *Tx) InsertChunk(org assess.OrgID, id assess.RecordingID, c assess.Chunk, limit int64) (bool, error) {
	const add = `UPDATE recordings SET bytes = bytes + $3, touched_at = $4 WHERE org_id = $1 AND id = $2 AND state = 'open' AND bytes + $3 <= $5`
	n, err := tx.exec(add, org, id, c.Bytes, at(tx.now), limit) // and holds the recording
	if err != nil || n == 0 {
		return false, err
	}
	n, err = tx.exec(`INSERT INTO recording_chunks (org_id, recording_id, number, bytes, sha256) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (recording_id, number) DO NOTHING`, org, id, c.Number, c.Bytes, c.SHA256)
	if err != nil || n > 0 {
		return n > 0, err
	}
	_, err = tx.exec(add, org, id, -c.Bytes, at(tx.now), limit)
	return false, err
}

// Chunk reads a slice of a recording; ok is false where it is not stored.
func (tx *Tx) Chunk(org assess.OrgID, id assess.RecordingID, number int) (c assess.Chunk, ok bool, err error) {
	found, err := list(tx, scanChunk, `SELECT number, bytes, sha256 FROM recording_chunks
		WHERE org_id = $1 AND recording_id = $2 AND number = $3`, org, id, number)
	return first(found), len(found) > 0, err
}

// Chunks reads the slices of a recording that are stored, in order.
func (tx *Tx) Chunks(org assess.OrgID, id assess.RecordingID) ([]assess.Chunk, error) {
	return list(tx, scanChunk, `SELECT number, bytes, sha256 FROM recording_chunks WHERE org_id = $1 AND recording_id = $2 ORDER BY number`, org, id)
}

func scanChunk(r row) (c assess.Chunk, err error) { return c, r.Scan(&c.Number, &c.Bytes, &c.SHA256) }

// DeleteChunks forgets the slices of a recording.
func (tx *Tx) DeleteChunks(org assess.OrgID, id assess.RecordingID) error {
	_, err := tx.exec("DELETE FROM recording_chunks WHERE org_id = $1 AND recording_id = $2", org, id)
	return err
}

// MoveRecording writes the recording's state and what came with it, if its state is still from. It reports whether it was.
func (tx *Tx) MoveRecording(rec assess.Recording, from assess.RecordingState) (bool, error) {
	m := rec.Media
	n, err := tx.exec(`UPDATE recordings SET state = $4, failure = $5, chunks = $6, finished_at = $7, content_type = $8, size = $9, sha256 = $10,
		duration_ms = $11, width = $12, height = $13, sound = $14, quiet = $15, waveform = $16, poster = $17
		WHERE org_id = $1 AND id = $2 AND state = $3`,
		rec.Org, rec.ID, from, rec.State, rec.Failure, rec.Chunks, at(rec.FinishedAt), m.ContentType, m.Bytes, m.SHA256,
		m.Duration.Milliseconds(), m.Width, m.Height, m.Sound, m.Quiet, m.Waveform, m.Poster)
	return n > 0, err
}

// HoldRecording keeps everybody else from changing the recording and its slices until the transaction ends. What is read
// afterwards is what the one who held it before has left. Errors: NotFound.
func (tx *Tx) HoldRecording(org assess.OrgID, id assess.RecordingID) error {
	return tx.change("recording", "UPDATE recordings SET touched_at = touched_at WHERE org_id = $1 AND id = $2", org, id)
}

// ForsakenRecordings reads up to limit open recordings that no slice has come to since the given time, the longest forsaken first.
func (tx *Tx) ForsakenRecordings(since time.Time, limit int) ([]assess.Recording, error) {
	return list(tx, scanRecording, "SELECT "+recordingColumns+` FROM recordings WHERE state = 'open' AND touched_at < $1
		ORDER BY touched_at LIMIT $2`, at(since), limit)
}

// FailedRecordings reads up to limit recordings that failed before the given time and still have slices.
func (tx *Tx) FailedRecordings(before time.Time, limit int) ([]assess.Recording, error) {
	return list(tx, scanRecording, "SELECT "+recordingColumns+` FROM recordings WHERE state = 'failed' AND finished_at < $1
		AND EXISTS (SELECT 1 FROM recording_chunks c WHERE c.org_id = recordings.org_id AND c.recording_id = recordings.id)
		ORDER BY finished_at LIMIT $2`, at(before), limit)
}
