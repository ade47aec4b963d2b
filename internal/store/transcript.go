package store

import (
	"time"

	"alfaone/internal/assess"
)

const transcriptColumns = "org_id, recording_id, state, language, segments, failure, revision, edited_by, edited_at, updated_at"

func scanTranscript(r row) (t assess.Transcript, err error) {
	var kept []keptSegment
	err = r.Scan(&t.Org, &t.Recording, &t.State, &t.Language, jsonInto{&kept}, &t.Failure, &t.Revision, &t.EditedBy, timeInto{&t.EditedAt}, timeInto{&t.UpdatedAt})
	for _, s := range kept {
		t.Segments = append(t.Segments, assess.Segment{
			Start: time.Duration(s.Start) * time.Millisecond, End: time.Duration(s.End) * time.Millisecond, Text: s.Text,
		})
	}
	return t, err
}

// keptSegment is a segment as the database keeps it, with times in milliseconds.
type keptSegment struct {
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	Text  string `json:"text"`
}

func keepSegments(segments []assess.Segment) (string, error) {
	kept := make([]keptSegment, len(segments))
	for i, s := range segments {
		kept[i] = keptSegment{s.Start.Milliseconds(), s.End.Milliseconds(), s.Text}
	}
	return asJSON(kept)
}

// Transcript reads the transcript of a recording. Errors: NotFound.
func (tx *Tx) Transcript(org assess.OrgID, recording assess.RecordingID) (assess.Transcript, error) {
	return one(tx, "transcript", scanTranscript, "SELECT "+transcriptColumns+" FROM transcripts WHERE org_id = $1 AND recording_id = $2", org, recording)
}

// Transcripts reads the transcripts of an invite's recordings, in no order.
func (tx *Tx) Transcripts(org assess.OrgID, invite assess.InviteID) ([]assess.Transcript, error) {
	return list(tx, scanTranscript, "SELECT "+transcriptColumns+` FROM transcripts WHERE org_id = $1 AND recording_id IN
		(SELECT id FROM recordings WHERE org_id = $1 AND invite_id = $2)`, org, invite)
}

// InsertTranscript adds the first revision of a transcript to a recording. It reports whether it did; if not, there is one.
func (tx *Tx) InsertTranscript(t assess.Transcript) (bool, error) {
	segments, err := keepSegments(t.Segments)
	if err != nil {
		return false, err
	}
	n, err := tx.exec("INSERT INTO transcripts ("+transcriptColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)
		ON CONFLICT (recording_id) DO NOTHING`,
		t.Org, t.Recording, t.State, t.Language, segments, t.Failure, t.EditedBy, at(t.EditedAt), at(tx.now))
	return n > 0, err
}

// UpdateTranscript writes the transcript as its next revision, if it still is the one that was read. It reports whether it was.
func (tx *Tx) UpdateTranscript(t assess.Transcript) (bool, error) {
	segments, err := keepSegments(t.Segments)
	if err != nil {
		return false, err
	}
	n, err := tx.exec(`UPDATE transcripts SET state = $4, language = $5, segments = $6, failure = $7, revision = revision + 1, edited_by = $8,
		edited_at = $9, updated_at = $10 WHERE org_id = $1 AND recording_id = $2 AND revision = $3`,
		t.Org, t.Recording, t.Revision, t.State, t.Language, segments, t.Failure, t.EditedBy, at(t.EditedAt), at(tx.now))
	return n > 0, err
}
