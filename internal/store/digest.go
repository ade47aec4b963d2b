package store

import (
	"time"

	"alfaone/internal/assess"
)

// GraderQueue names the queue of one grader in one mode.
type GraderQueue struct {
	Org    assess.OrgID
	Mode   assess.Mode
	Grader assess.MemberID
}

// An evaluation has been told of when told_at is not before ready_at, which moves on when it can be begun anew; and that it is
// overdue, when late_at is not before due_at.
const (
	untold     = "state = 'open' AND ready_at > 0 AND told_at < ready_at"
	unreminded = "state = 'open' AND ready_at > 0 AND due_at > 0 AND late_at < due_at"
)

// QueuesToTell reads the queues, of every organization, with something that could be begun before ready and was not told of, or
// with something overdue that was not told of, unless their grader has been told of anything after the given time.
func (tx *Tx) QueuesToTell(ready, told time.Time) ([]GraderQueue, error) {
	return list(tx, func(r row) (q GraderQueue, err error) { return q, r.Scan(&q.Org, &q.Mode, &q.Grader) },
		`SELECT org_id, mode, grader_id FROM evaluations
		WHERE `+untold+` AND ready_at <= $1 OR `+unreminded+` AND due_at < $2
		GROUP BY org_id, mode, grader_id
		HAVING NOT EXISTS (SELECT 1 FROM evaluations had WHERE had.org_id = evaluations.org_id AND had.mode = evaluations.mode
			AND had.grader_id = evaluations.grader_id AND (had.told_at > $3 OR had.late_at > $3))
		ORDER BY org_id, mode, grader_id`, at(ready), at(tx.now), at(told))
}

// Tell notes that the grader is told of everything that can be begun, and returns what they had not been told of. It names an
// evaluation once, however many ask at once.
func (tx *Tx) Tell(q GraderQueue) ([]assess.EvaluationID, error) {
	return list(tx, scanID[assess.EvaluationID], `UPDATE evaluations SET told_at = $4
		WHERE org_id = $1 AND mode = $2 AND grader_id = $3 AND `+untold+` RETURNING id`, q.Org, q.Mode, q.Grader, at(tx.now))
}

// Remind notes that the grader is told of everything that is overdue, and returns what they had not been told of. It names an
// evaluation once, however many ask at once.
func (tx *Tx) Remind(q GraderQueue) ([]assess.EvaluationID, error) {
	return list(tx, scanID[assess.EvaluationID], `UPDATE evaluations SET late_at = $4
		WHERE org_id = $1 AND mode = $2 AND grader_id = $3 AND `+unreminded+` AND due_at < $4 RETURNING id`, q.Org, q.Mode, q.Grader, at(tx.now))
}
