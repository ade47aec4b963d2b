package store

import "alfaone/internal/assess"

func scanMark(r row) (m assess.Mark, err error) {
	return m, r.Scan(&m.Question, &m.Revision, jsonInto{&m.Scores}, &m.Comment, timeInto{&m.SavedAt})
}

// Marks reads what an evaluation gives to each answer.
func (tx *Tx) Marks(org assess.OrgID, evaluation assess.EvaluationID) ([]assess.Mark, error) {
	return list(tx, scanMark, "SELECT question_id, revision, scores, comment, saved_at FROM marks WHERE org_id = $1 AND evaluation_id = $2", org, evaluation)
}

// Mark reads what an evaluation gives to one answer; at revision 0 while that is nothing.
func (tx *Tx) Mark(org assess.OrgID, evaluation assess.EvaluationID, question assess.QuestionID) (assess.Mark, error) {
	found, err := list(tx, scanMark, `SELECT question_id, revision, scores, comment, saved_at FROM marks
		WHERE org_id = $1 AND evaluation_id = $2 AND question_id = $3`, org, evaluation, question)
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return assess.Mark{Question: question, Scores: map[assess.CriterionID]int{}}, nil
}

// SaveMark writes what an evaluation gives to an answer to the question, if nobody has written another since revision; m.Revision
// is the new one. It reports whether it did.
func (tx *Tx) SaveMark(org assess.OrgID, evaluation assess.EvaluationID, q assess.Question, m assess.Mark, revision int) (bool, error) {
	scores, err := asJSON(m.Scores)
	if err != nil {
		return false, err
	}
	points := -1
	if m.Whole(q) {
		points = m.Points()
	}
	if revision == 0 {
		n, err := tx.exec(`INSERT INTO marks (org_id, evaluation_id, question_id, revision, scores, points, comment, saved_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (evaluation_id, question_id) DO NOTHING`,
			org, evaluation, q.ID, m.Revision, scores, points, m.Comment, at(m.SavedAt))
		return n > 0, err
	}
	n, err := tx.exec(`UPDATE marks SET revision = $4, scores = $5, points = $6, comment = $7, saved_at = $8
		WHERE org_id = $1 AND evaluation_id = $2 AND question_id = $3 AND revision = $9`,
		org, evaluation, q.ID, m.Revision, scores, points, m.Comment, at(m.SavedAt), revision)
	return n > 0, err
}

const commentColumns = "id, question_id, at_ms, text, created_at, updated_at"

func scanComment(r row) (c assess.Comment, err error) {
	return c, r.Scan(&c.ID, &c.Question, durationInto{&c.At}, &c.Text, timeInto{&c.CreatedAt}, timeInto{&c.UpdatedAt})
}

// Comments reads an evaluation's comments by question and moment.
func (tx *Tx) Comments(org assess.OrgID, evaluation assess.EvaluationID) ([]assess.Comment, error) {
	return list(tx, scanComment, "SELECT "+commentColumns+` FROM comments WHERE org_id = $1 AND evaluation_id = $2
		ORDER BY question_id, at_ms, created_at, id`, org, evaluation)
}

// SaveComment adds a comment, or writes it anew. Repeating it changes nothing. Errors: NotFound for one that was made at the answer
// to another question.
func (tx *Tx) SaveComment(org assess.OrgID, evaluation assess.EvaluationID, c assess.Comment) error {
	return tx.change("comment", `INSERT INTO comments (org_id, evaluation_id, id, question_id, at_ms, text, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (evaluation_id, id) DO UPDATE SET at_ms = EXCLUDED.at_ms, text = EXCLUDED.text,
		updated_at = EXCLUDED.updated_at WHERE comments.org_id = EXCLUDED.org_id AND comments.question_id = EXCLUDED.question_id`,
		org, evaluation, c.ID, c.Question, c.At.Milliseconds(), c.Text, at(c.CreatedAt), at(c.UpdatedAt))
}

// DeleteComment removes a comment. Removing it again changes nothing.
func (tx *Tx) DeleteComment(org assess.OrgID, evaluation assess.EvaluationID, id assess.CommentID) error {
	_, err := tx.exec("DELETE FROM comments WHERE org_id = $1 AND evaluation_id = $2 AND id = $3", org, evaluation, id)
	return err
}
