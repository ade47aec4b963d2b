package store

import (
	"time"

	"alfaone/internal/assess"
)

// QueuedEvaluation is an evaluation as a grader's queue shows it.
type QueuedEvaluation struct {
	assess.Evaluation
	AssessmentName string
	Version        int    // of the assessment
	Email, Name    string // the candidate's
	CompletedAt    time.Time
}

func scanQueued(r row) (q QueuedEvaluation, err error) {
	e := &q.Evaluation
	return q, r.Scan(&e.Org, &e.Mode, &e.ID, &e.Invite, &e.Assessment, &e.Grader, &e.GraderName, &e.State, &e.Blind, &e.Adjudicates, timeInto{&e.AssignedAt},
		timeInto{&e.ReadyAt}, timeInto{&e.DueAt}, timeInto{&e.SubmittedAt}, &e.Revision, &e.Note, &e.Points, &e.Reopened,
		&q.AssessmentName, &q.Version, &q.Email, &q.Name, timeInto{&q.CompletedAt})
}

// What waits for a grader, and in which order: that with the earliest deadline first, then what has waited longest.
const (
	waiting     = ` e.org_id = $1 AND e.mode = $2 AND e.grader_id = $3 AND e.state = 'open' AND e.ready_at > 0`
	mostUrgent  = ` ORDER BY CASE WHEN e.due_at = 0 THEN 1 ELSE 0 END, e.due_at, e.ready_at, e.id`
	withInvites = ` FROM evaluations e JOIN invites i ON i.org_id = e.org_id AND i.id = e.invite_id WHERE`
)

var queuedColumns = "SELECT " + prefixed("e", evaluationColumns) + `, i.assessment_name, i.version, i.email, i.name, i.completed_at` + withInvites

// Queue reads up to limit evaluations of a grader that can be scored now, the most urgent first.
func (tx *Tx) Queue(org assess.OrgID, mode assess.Mode, grader assess.MemberID, limit int) ([]QueuedEvaluation, error) {
	return list(tx, scanQueued, queuedColumns+waiting+mostUrgent+" LIMIT $4", org, mode, grader, limit)
}

// Submitted reads up to limit evaluations that a grader has submitted, the newest first.
func (tx *Tx) Submitted(org assess.OrgID, mode assess.Mode, grader assess.MemberID, limit int) ([]QueuedEvaluation, error) {
	return list(tx, scanQueued, queuedColumns+` e.org_id = $1 AND e.mode = $2 AND e.grader_id = $3 AND e.state = 'submitted'
		ORDER BY e.submitted_at DESC, e.id DESC LIMIT $4`, org, mode, grader, limit)
}

// QueuedAnswer is something that was answered in an invite which waits for a grader.
type QueuedAnswer struct {
	Evaluation assess.EvaluationID
	Question   assess.QuestionID
	Scored     bool // whether it has all its scores
}

// QueuedAnswers reads what was answered in the invites that Queue reads.
func (tx *Tx) QueuedAnswers(org assess.OrgID, mode assess.Mode, grader assess.MemberID, limit int) ([]QueuedAnswer, error) {
	scored := `EXISTS (SELECT 1 FROM marks k WHERE k.org_id = e.org_id AND k.evaluation_id = e.id AND k.question_id = a.question_id AND k.points >= 0)`
	return list(tx, func(r row) (a QueuedAnswer, err error) { return a, r.Scan(&a.Evaluation, &a.Question, &a.Scored) },
		`WITH queue AS (SELECT e.org_id, e.id, e.invite_id FROM evaluations e WHERE`+waiting+mostUrgent+` LIMIT $4)
		SELECT e.id, a.question_id, `+scored+` FROM queue e JOIN answers a ON a.org_id = e.org_id AND a.invite_id = e.invite_id WHERE a.text <> ''
		UNION SELECT e.id, a.question_id, `+scored+` FROM queue e JOIN recordings a ON a.org_id = e.org_id AND a.invite_id = e.invite_id
		WHERE a.purpose = 'answer' AND a.state <> 'failed'`, org, mode, grader, limit)
}

// CountQueue is how many evaluations a grader can score now, and how many of them are overdue.
func (tx *Tx) CountQueue(org assess.OrgID, mode assess.Mode, grader assess.MemberID) (all, overdue int, err error) {
	counts, err := one(tx, "queue", func(r row) (n [2]int, err error) { return n, r.Scan(&n[0], &n[1]) },
		"SELECT COUNT(*), COUNT(*) FILTER (WHERE e.due_at > 0 AND e.due_at < $4) FROM evaluations e WHERE"+waiting, org, mode, grader, at(tx.now))
	return counts[0], counts[1], err
}

// AlikeEvaluations reads the ids of a grader's evaluations of one version of an assessment that can be scored now, in the order of
// the queue.
func (tx *Tx) AlikeEvaluations(org assess.OrgID, mode assess.Mode, grader assess.MemberID, assessment assess.AssessmentID, version int) ([]assess.EvaluationID, error) {
	return list(tx, func(r row) (id assess.EvaluationID, err error) { return id, r.Scan(&id) },
		"SELECT e.id"+withInvites+waiting+" AND e.assessment_id = $4 AND i.version = $5"+mostUrgent, org, mode, grader, assessment, version)
}
