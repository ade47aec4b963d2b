package store

import (
	"time"

	"alfaone/internal/assess"
)

// Figures over the invites of an assessment. The database groups, so that what is read stays small: a row for each value that a
// figure has, and not for each invite; but for Ratings. What graders gave is left out of those invites that the member who looks has
// yet to grade blind: few figures would tell it as well as the list.

// told is the condition that the scores of an invite are not kept from a member; it names the columns or placeholders of both. The
// organization is $1.
func told(invite, member string) string {
	return ` AND NOT EXISTS (SELECT 1 FROM evaluations own WHERE own.org_id = $1 AND own.invite_id = ` + invite + ` AND own.grader_id = ` + member +
		` AND own.state = 'open' AND own.blind)`
}

// Funnel counts how far the invites of an assessment have come. It reads kept counts, and beside them only the invites that
// ended early.
func (tx *Tx) Funnel(org assess.OrgID, mode assess.Mode, id assess.AssessmentID) (f assess.Funnel, err error) {
	l := inviteList{tx: tx, org: org, mode: mode, filter: assess.InviteFilter{Assessment: id}}
	counts, err := l.storedCounts()
	if err != nil {
		return f, err
	}
	ended, err := one(tx, "count", func(r row) (n [2]int, err error) { return n, r.Scan(&n[0], &n[1]) },
		`SELECT COUNT(*) FILTER (WHERE accepted_at > 0), COUNT(*) FILTER (WHERE started_at > 0) FROM invites
		WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND status IN ('expired', 'revoked')`, org, mode, id)
	if err != nil {
		return f, err
	}
	f.Invited, f.Completed = counts.total(), counts[assess.Completed]
	f.Started = f.Completed + counts[assess.Started] + ended[1]
	f.Accepted = f.Completed + counts[assess.Started] + counts[assess.Accepted] + ended[0]
	f.Graded, err = one(tx, "count", scanInt, `SELECT COUNT(*) FROM grades
		WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND state = 'graded'`, org, mode, id)
	return f, err
}

func scanTally(r row) (t assess.Tally, err error) { return t, r.Scan(&t.Value, &t.N) }

// Scores tallies the grades of an assessment in percent, as far as the member may know them.
func (tx *Tx) Scores(org assess.OrgID, mode assess.Mode, id assess.AssessmentID, member assess.MemberID) (assess.Tallies, error) {
	return list(tx, scanTally, `SELECT 100 * points / max_points AS percent, COUNT(*) FROM grades
		WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND state = 'graded' AND max_points > 0`+
		told("grades.invite_id", "$4")+" GROUP BY 1 ORDER BY 1", org, mode, id, member)
}

// Sittings tallies how many seconds candidates took from the start of an assessment to its completion, by version, the newest
// first.
func (tx *Tx) Sittings(org assess.OrgID, mode assess.Mode, id assess.AssessmentID) ([]VersionSittings, error) {
	type sitting struct {
		version int
		assess.Tally
	}
	rows, err := list(tx, func(r row) (s sitting, err error) { return s, r.Scan(&s.version, &s.Value, &s.N) },
		`SELECT version, (completed_at - started_at) / 1000 AS seconds, COUNT(*) FROM invites
		WHERE org_id = $1 AND mode = $2 AND assessment_id = $3 AND status = 'completed' GROUP BY version, seconds ORDER BY version DESC, seconds`,
		org, mode, id)
	var out []VersionSittings
	for _, s := range rows {
		if n := len(out); n == 0 || out[n-1].Version != s.version {
			out = append(out, VersionSittings{Version: s.version})
		}
		v := &out[len(out)-1]
		v.Seconds = append(v.Seconds, s.Tally)
	}
	return out, err
}

// VersionSittings is how long those took who have completed a version.
type VersionSittings struct {
	Version int
	Seconds assess.Tallies
}

// Answered counts the answers that were given to each question of a version by those who have completed it.
func (tx *Tx) Answered(org assess.OrgID, mode assess.Mode, id assess.AssessmentID, version int) (map[assess.QuestionID]int, error) {
	counts := map[assess.QuestionID]int{}
	_, err := list(tx, func(r row) (_ struct{}, err error) {
		var question assess.QuestionID
		var n int
		err = r.Scan(&question, &n)
		counts[question] = n
		return struct{}{}, err
	}, `SELECT a.question_id, COUNT(*) FROM invites i JOIN answers a ON a.org_id = i.org_id AND a.invite_id = i.id
		WHERE i.org_id = $1 AND i.mode = $2 AND i.assessment_id = $3 AND i.status = 'completed' AND i.version = $4 AND (a.takes > 0 OR a.text <> '')
		GROUP BY a.question_id`, org, mode, id, version)
	return counts, err
}

// QuestionPoints tallies the points that graders have given to each question of a version in evaluations that are submitted, as far
// as the member may know them.
func (tx *Tx) QuestionPoints(org assess.OrgID, mode assess.Mode, id assess.AssessmentID, version int, member assess.MemberID) (map[assess.QuestionID]assess.Tallies, error) {
	points := map[assess.QuestionID]assess.Tallies{}
	_, err := list(tx, func(r row) (_ struct{}, err error) {
		var question assess.QuestionID
		var t assess.Tally
		err = r.Scan(&question, &t.Value, &t.N)
		points[question] = append(points[question], t)
		return struct{}{}, err
	}, `SELECT m.question_id, m.points, COUNT(*) FROM invites i JOIN evaluations e ON e.org_id = i.org_id AND e.invite_id = i.id
		JOIN marks m ON m.org_id = e.org_id AND m.evaluation_id = e.id
		WHERE i.org_id = $1 AND i.mode = $2 AND i.assessment_id = $3 AND i.status = 'completed' AND i.version = $4
		AND e.state = 'submitted' AND m.points >= 0`+told("i.id", "$5")+" GROUP BY m.question_id, m.points ORDER BY m.question_id, m.points",
		org, mode, id, version, member)
	return points, err
}

// DecisionCounts counts the decisions that hold about those who have completed an assessment.
func (tx *Tx) DecisionCounts(org assess.OrgID, mode assess.Mode, id assess.AssessmentID) (map[assess.Outcome]int, error) {
	counts := map[assess.Outcome]int{}
	_, err := list(tx, func(r row) (_ struct{}, err error) {
		var outcome assess.Outcome
		var n int
		err = r.Scan(&outcome, &n)
		counts[outcome] = n
		return struct{}{}, err
	}, `SELECT d.outcome, COUNT(*) FROM invites i JOIN decisions d ON d.org_id = i.org_id AND d.invite_id = i.id
		WHERE i.org_id = $1 AND i.mode = $2 AND i.assessment_id = $3 AND i.status = 'completed'
		AND NOT EXISTS (SELECT 1 FROM decisions n WHERE n.org_id = d.org_id AND n.invite_id = d.invite_id AND n.number > d.number)
		GROUP BY d.outcome`, org, mode, id)
	return counts, err
}

// Rating is the total that one grader has given to one invite, independently of others.
type Rating struct {
	Invite  assess.InviteID
	Grader  assess.MemberID
	Percent float64 // of all points
}

// Ratings reads the ratings of an assessment by which graders can be compared, by invite: not those of adjudicators, who are
// asked because others differ, nor those that were changed after they were submitted, nor what the member may not know. It is a row for each
// evaluation.
func (tx *Tx) Ratings(org assess.OrgID, mode assess.Mode, id assess.AssessmentID, member assess.MemberID) ([]Rating, error) {
	return list(tx, func(r row) (x Rating, err error) { return x, r.Scan(&x.Invite, &x.Grader, &x.Percent) },
		`SELECT e.invite_id, e.grader_id, CAST(100 * e.points AS DOUBLE PRECISION) / g.max_points FROM evaluations e
		JOIN grades g ON g.org_id = e.org_id AND g.invite_id = e.invite_id
		WHERE e.org_id = $1 AND e.mode = $2 AND e.assessment_id = $3 AND e.state = 'submitted' AND NOT e.adjudicates AND e.reopened = ''
		AND g.max_points > 0`+told("e.invite_id", "$4")+" ORDER BY e.invite_id, e.grader_id", org, mode, id, member)
}

// GraderWork is what a grader has done.
type GraderWork struct {
	Grader assess.MemberID
	Name   string
	Hours  assess.Tallies // from when an invite could be graded to when the grader has submitted
}

// GraderWork tallies how long each grader of an assessment took for the evaluations that are submitted, by name.
func (tx *Tx) GraderWork(org assess.OrgID, mode assess.Mode, id assess.AssessmentID) ([]GraderWork, error) {
	var out []GraderWork
	_, err := list(tx, func(r row) (_ struct{}, err error) {
		var work GraderWork
		var t assess.Tally
		err = r.Scan(&work.Grader, &work.Name, &t.Value, &t.N)
		if n := len(out); n == 0 || out[n-1].Grader != work.Grader {
			out = append(out, work)
		}
		grader := &out[len(out)-1]
		grader.Hours = append(grader.Hours, t)
		return struct{}{}, err
	}, `SELECT e.grader_id, MAX(e.grader_name), (e.submitted_at - e.ready_at) / $4 AS hours, COUNT(*) FROM evaluations e
		WHERE e.org_id = $1 AND e.mode = $2 AND e.assessment_id = $3 AND e.state = 'submitted'
		GROUP BY e.grader_id, hours ORDER BY e.grader_id, hours`, org, mode, id, time.Hour.Milliseconds())
	return out, err
}

// candidateSorts are the columns by which candidates are sorted.
var candidateSorts = map[string]string{"completed_at": "completed_at", "score": "percent", "time": "seconds", "name": "called"}

// candidates is a row for each who has completed an assessment, as a member sees them. Its arguments are organization, mode,
// assessment and member. Where the score is hidden from the member, no column tells it, so that neither sorting nor filtering
// does.
const candidates = `(SELECT ` + inviteSummaryColumns + `, version, folded, called, seconds, hidden, decision, max_points, graded_at,
		CASE WHEN hidden THEN 'grading' ELSE state END AS state,
		CASE WHEN hidden OR state NOT IN ('graded', 'disputed') THEN -1 ELSE points END AS points,
		CASE WHEN hidden OR state NOT IN ('graded', 'disputed') OR max_points = 0 THEN -1 ELSE 100 * points / max_points END AS percent
	FROM (SELECT i.*, CASE WHEN i.name <> '' THEN substr(i.folded, length(i.email) + 2) ELSE i.folded END AS called, (i.completed_at - i.started_at) / 1000 AS seconds,
		COALESCE(g.state, '') AS state, COALESCE(g.points, 0) AS points, COALESCE(g.max_points, 0) AS max_points, COALESCE(g.graded_at, 0) AS graded_at,
		EXISTS (SELECT 1 FROM evaluations e WHERE e.org_id = i.org_id AND e.invite_id = i.id AND e.grader_id = $4 AND e.state = 'open' AND e.blind) AS hidden,
		COALESCE((SELECT d.outcome FROM decisions d WHERE d.org_id = i.org_id AND d.invite_id = i.id ORDER BY d.number DESC LIMIT 1), '') AS decision
		FROM invites i LEFT JOIN grades g ON g.org_id = i.org_id AND g.invite_id = i.id
		WHERE i.org_id = $1 AND i.mode = $2 AND i.assessment_id = $3 AND i.status = 'completed') AS graded) AS candidates`

func scanCandidate(r row) (c assess.Candidate, err error) {
	err = r.Scan(append(summaryFields(&c.InviteSummary), &c.Version, &c.Grade.State, &c.Grade.Points, &c.Grade.Max, timeInto{&c.Grade.GradedAt}, &c.Hidden, &c.Decision)...)
	c.Grade.Points = max(0, c.Grade.Points)
	if c.Hidden {
		c.Grade.GradedAt, c.Decision = time.Time{}, ""
	}
	return c, err
}

// Candidates reads a page of those who have completed an assessment, as the member sees them, with how many fit the filter.
func (tx *Tx) Candidates(org assess.OrgID, mode assess.Mode, id assess.AssessmentID, member assess.MemberID, f assess.CandidateFilter, page assess.Page) ([]assess.Candidate, int, error) {
	w := where{args: []any{org, mode, id, member}}
	w.add("org_id = ?", org)
	switch f.Grade {
	case "":
	case assess.FilterUngraded:
		w.add("state = ''")
	default:
		w.add("state = ?", f.Grade)
	}
	switch f.Decision {
	case "":
	case assess.FilterUndecided:
		w.add("decision = ''")
	default:
		w.add("decision = ? AND NOT hidden", f.Decision)
	}
	if f.Search != "" {
		w.add(`folded LIKE ? ESCAPE '\'`, contains(f.Search))
	}
	return pageOf(tx, scanCandidate, inviteSummaryColumns+", version, state, points, max_points, graded_at, hidden, decision",
		candidates, &w, page, candidateSorts[page.Sort])
}
