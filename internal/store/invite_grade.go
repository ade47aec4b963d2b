package store

import (
	"strings"

	"alfaone/internal/assess"
)

// InviteGrade is what a list shows of how an invite was graded.
type InviteGrade struct {
	Grade   assess.Grade
	Outcome assess.Outcome // of the decision that holds; empty while nothing is decided
	Blind   bool           // whether the member who looks at the list has yet to grade it without knowing others' scores
}

// InviteGrades reads how the given invites were graded, for a member who looks at a list of them.
func (tx *Tx) InviteGrades(org assess.OrgID, invites []assess.InviteID, viewer assess.MemberID) (map[assess.InviteID]InviteGrade, error) {
	w := where{args: []any{org, viewer}}
	places := make([]string, len(invites))
	for i, id := range invites {
		places[i] = w.arg(id)
	}
	out := map[assess.InviteID]InviteGrade{}
	if len(invites) == 0 {
		return out, nil
	}
	_, err := list(tx, func(r row) (_ struct{}, err error) {
		var id assess.InviteID
		var g InviteGrade
		err = r.Scan(&id, &g.Grade.State, &g.Grade.Points, &g.Grade.Max, timeInto{&g.Grade.GradedAt}, &g.Outcome, &g.Blind)
		out[id] = g
		return struct{}{}, err
	}, `SELECT i.id, COALESCE(g.state, ''), COALESCE(g.points, 0), COALESCE(g.max_points, 0), COALESCE(g.graded_at, 0),
		COALESCE((SELECT d.outcome FROM decisions d WHERE d.org_id = i.org_id AND d.invite_id = i.id ORDER BY d.number DESC LIMIT 1), ''),
		EXISTS (SELECT 1 FROM evaluations e WHERE e.org_id = i.org_id AND e.invite_id = i.id AND e.grader_id = $2 AND e.state = 'open' AND e.blind)
		FROM invites i LEFT JOIN grades g ON g.org_id = i.org_id AND g.invite_id = i.id
		WHERE i.org_id = $1 AND i.id IN (`+strings.Join(places, ", ")+")", w.args...)
	return out, err
}

// GradeCounts is how many completed invites stand in each state of grading.
type GradeCounts map[assess.GradeState]int

// GradeCounts counts the completed invites, of one assessment or of all if it is empty, by how far their grading is. How many
// are completed is kept; only grades are counted over.
func (tx *Tx) GradeCounts(org assess.OrgID, mode assess.Mode, assessment assess.AssessmentID) (GradeCounts, error) {
	completed := inviteList{tx: tx, org: org, mode: mode, filter: assess.InviteFilter{Assessment: assessment}}
	statuses, err := completed.storedCounts()
	if err != nil {
		return nil, err
	}
	w := where{}
	w.add("g.org_id = ?", org)
	w.add("g.mode = ?", mode)
	addIf(&w, assessment, "g.assessment_id = ?")
	counts := GradeCounts{assess.Ungraded: statuses[assess.Completed]}
	_, err = list(tx, func(r row) (_ struct{}, err error) {
		var state assess.GradeState
		var n int
		err = r.Scan(&state, &n)
		counts[state] = n
		counts[assess.Ungraded] -= n
		return struct{}{}, err
	}, `SELECT g.state, COUNT(*) FROM grades g WHERE `+w.String()+` AND (g.state <> 'grading' OR EXISTS
		(SELECT 1 FROM invites i WHERE i.org_id = g.org_id AND i.id = g.invite_id AND i.status = 'completed')) GROUP BY g.state`, w.args...)
	return counts, err
}
