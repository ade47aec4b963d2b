package store

import "alfaone/internal/assess"

// Span is a stretch of an assessment's completed invites, in the order of their ids. What is read of a span is read in a few
// queries, however many invites it has.
type Span struct {
	Org         assess.OrgID
	Mode        assess.Mode
	Assessment  assess.AssessmentID
	First, Last assess.InviteID // both belong to it
}

func (s Span) args() []any { return []any{s.Org, s.Mode, s.Assessment, s.First, s.Last} }

// spanned are the conditions of a span but for the organization, for invites that are called i.
const spanned = ` AND i.mode = $2 AND i.assessment_id = $3 AND i.status = 'completed' AND i.id >= $4 AND i.id <= $5 `

// CompletedInvites reads up to limit completed invites of an assessment whose ids come after the given one, in the order of their
// ids, without their tags.
func (tx *Tx) CompletedInvites(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID, after assess.InviteID, limit int) ([]assess.Invite, error) {
	return list(tx, scanInvite, "SELECT "+inviteColumns+` FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND status = 'completed'
		AND id > $4 ORDER BY id LIMIT $5`, org, mode, assessment, after, limit)
}

// CompletedVersions reads which versions of an assessment completed invites have, the newest first.
func (tx *Tx) CompletedVersions(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID) ([]int, error) {
	return list(tx, scanInt, `SELECT DISTINCT version FROM invites WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND status = 'completed'
		ORDER BY version DESC`, org, mode, assessment)
}

// TagNamesIn reads the names of the tags of each invite.
func (tx *Tx) TagNamesIn(s Span) (map[assess.InviteID][]string, error) {
	return grouped[assess.InviteID](tx, scanID[string], `SELECT i.id, t.name FROM invites i JOIN invite_tags x ON x.org_id = i.org_id AND x.invite_id = i.id
		JOIN tags t ON t.org_id = x.org_id AND t.id = x.tag_id
		WHERE i.org_id = $1`+spanned+"ORDER BY t.name", s.args()...)
}

// EvaluationsIn reads the evaluations of each invite, withdrawn ones included, as they were assigned.
func (tx *Tx) EvaluationsIn(s Span) (map[assess.InviteID][]assess.Evaluation, error) {
	return grouped[assess.InviteID](tx, scanEvaluation, "SELECT i.id, "+prefixed("e", evaluationColumns)+` FROM invites i
		JOIN evaluations e ON e.org_id = i.org_id AND e.invite_id = i.id
		WHERE i.org_id = $1`+spanned+"ORDER BY e.assigned_at, e.id", s.args()...)
}

// MarksIn reads what each evaluation gives to each answer.
func (tx *Tx) MarksIn(s Span) (map[assess.EvaluationID][]assess.Mark, error) {
	return grouped[assess.EvaluationID](tx, scanMark, `SELECT e.id, k.question_id, k.revision, k.scores, k.comment, k.saved_at FROM invites i
		JOIN evaluations e ON e.org_id = i.org_id AND e.invite_id = i.id JOIN marks k ON k.org_id = e.org_id AND k.evaluation_id = e.id
		WHERE i.org_id = $1`+spanned, s.args()...)
}

// CommentsIn reads the comments of each evaluation by question and moment.
func (tx *Tx) CommentsIn(s Span) (map[assess.EvaluationID][]assess.Comment, error) {
	return grouped[assess.EvaluationID](tx, scanComment, "SELECT e.id, "+prefixed("c", commentColumns)+` FROM invites i
		JOIN evaluations e ON e.org_id = i.org_id AND e.invite_id = i.id JOIN comments c ON c.org_id = e.org_id AND c.evaluation_id = e.id
		WHERE i.org_id = $1`+spanned+
		"ORDER BY c.question_id, c.at_ms, c.created_at, c.id", s.args()...)
}

// GradesIn reads what the evaluations of each invite amount to.
func (tx *Tx) GradesIn(s Span) (map[assess.InviteID][]assess.Grade, error) {
	return grouped[assess.InviteID](tx, scanGrade, `SELECT i.id, g.state, g.points, g.max_points, g.graded_at FROM invites i
		JOIN grades g ON g.org_id = i.org_id AND g.invite_id = i.id
		WHERE i.org_id = $1`+spanned, s.args()...)
}

// DecisionsIn reads what was decided about each invite's candidate, the oldest first.
func (tx *Tx) DecisionsIn(s Span) (map[assess.InviteID][]assess.Decision, error) {
	return grouped[assess.InviteID](tx, scanDecision, "SELECT i.id, "+prefixed("d", decisionColumns)+` FROM invites i
		JOIN decisions d ON d.org_id = i.org_id AND d.invite_id = i.id
		WHERE i.org_id = $1`+spanned+"ORDER BY d.number", s.args()...)
}

// AnswersIn reads the answers of each invite.
func (tx *Tx) AnswersIn(s Span) (map[assess.InviteID][]assess.Answer, error) {
	return grouped[assess.InviteID](tx, scanAnswer, "SELECT i.id, "+prefixed("a", answerColumns)+` FROM invites i
		JOIN answers a ON a.org_id = i.org_id AND a.invite_id = i.id
		WHERE i.org_id = $1`+spanned, s.args()...)
}

// TakesIn reads the takes of each invite by question and number.
func (tx *Tx) TakesIn(s Span) (map[assess.InviteID][]assess.Recording, error) {
	return grouped[assess.InviteID](tx, scanRecording, "SELECT i.id, "+prefixed("r", recordingColumns)+` FROM invites i
		JOIN recordings r ON r.org_id = i.org_id AND r.invite_id = i.id AND r.assessment_id = '' AND r.purpose = 'answer'
		WHERE i.org_id = $1`+spanned+
		"ORDER BY r.question_id, r.number", s.args()...)
}

// TranscriptsIn reads the transcripts of the takes.
func (tx *Tx) TranscriptsIn(s Span) (map[assess.RecordingID][]assess.Transcript, error) {
	return grouped[assess.RecordingID](tx, scanTranscript, "SELECT t.recording_id, "+prefixed("t", transcriptColumns)+` FROM invites i
		JOIN recordings r ON r.org_id = i.org_id AND r.invite_id = i.id AND r.assessment_id = '' AND r.purpose = 'answer'
		JOIN transcripts t ON t.org_id = r.org_id AND t.recording_id = r.id
		WHERE i.org_id = $1`+spanned, s.args()...)
}

// grouped runs a query and groups what it finds by its first column.
func grouped[K ~string, V any](tx *Tx, scan func(row) (V, error), query string, args ...any) (map[K][]V, error) {
	out := map[K][]V{}
	_, err := list(tx, func(r row) (none struct{}, err error) {
		var key K
		v, err := scan(keyedRow{r, &key})
		out[key] = append(out[key], v)
		return none, err
	}, query, args...)
	return out, err
}

// keyedRow scans its first column into key, and hands on the rest.
type keyedRow struct {
	row row
	key any
}

// Scan implements row.
func (r keyedRow) Scan(dest ...any) error { return r.row.Scan(append([]any{r.key}, dest...)...) }
