package assess

import (
	"maps"
	"time"
)

// EvaluationState is where an evaluation stands.
type EvaluationState string

// The states. A withdrawn evaluation keeps its scores, counts for nothing, and can be assigned again.
const (
	EvaluationOpen      EvaluationState = "open" // the grader scores, once the invite is completed
	EvaluationSubmitted EvaluationState = "submitted"
	EvaluationWithdrawn EvaluationState = "withdrawn"
)

// Evaluation is one grader's scoring of one invite, from its assignment on.
type Evaluation struct {
	ID          EvaluationID
	Org         OrgID
	Mode        Mode
	Invite      InviteID
	Assessment  AssessmentID
	Grader      MemberID
	GraderName  string // as it was when assigned or submitted: it outlives the member
	State       EvaluationState
	Blind       bool // whether the grader learns neither the candidate's name nor others' scores before submitting
	Adjudicates bool // whether it decides where the others differ
	AssignedAt  time.Time
	ReadyAt     time.Time // when it could be begun, or begun anew: assigned, and the invite completed; zero before
	DueAt       time.Time // zero for no deadline
	SubmittedAt time.Time
	Revision    int    // rises with every change but those of marks
	Note        string // about the candidate as a whole
	Points      int    // in all, once submitted
	Reopened    string // why it was opened again after it had been submitted; empty if never
}

// Gradable is nil when the grader can score now. Errors: Conflict, which says why not.
func (e Evaluation) Gradable() error {
	switch {
	case e.State == EvaluationSubmitted:
		return Errorf(Conflict, "This evaluation has been submitted. Reopen it to change it.").With(Finished)
	case e.State == EvaluationWithdrawn:
		return Errorf(Conflict, "This invite is no longer yours to grade.").With(Over)
	case e.ReadyAt.IsZero():
		return Errorf(Conflict, "The candidate has not completed the assessment yet.")
	default:
		return nil
	}
}

// Overdue reports whether the grader is late at now.
func (e Evaluation) Overdue(now time.Time) bool {
	return e.State == EvaluationOpen && !e.DueAt.IsZero() && now.After(e.DueAt)
}

// Hides reports whether the candidate and the scores of others are hidden from the grader.
func (e Evaluation) Hides() bool { return e.Blind && e.State != EvaluationSubmitted }

// Reopen is the submitted evaluation open again, as who wants it at now. Where that is not its own grader, who is asked to look
// again, there is as much time as the first time.
func (e Evaluation) Reopen(who Actor, reason string, now time.Time) Evaluation {
	e.State, e.Reopened = EvaluationOpen, reason
	if e.Grader == MemberID(who.ID) {
		return e
	}
	if !e.DueAt.IsZero() {
		e.DueAt = now.Add(e.DueAt.Sub(e.ReadyAt))
	}
	e.ReadyAt = now
	return e
}

// Mark is what one grader gives to one answer. It may be unfinished.
type Mark struct {
	Question QuestionID
	Revision int                 // rises with every change; guards against overwriting what another tab has saved
	Scores   map[CriterionID]int // by criterion; absent where not scored yet
	Comment  string              // on the answer as a whole
	SavedAt  time.Time
}

// Clean is the mark as it is stored.
func (m Mark) Clean() Mark {
	m.Comment = CleanText(m.Comment)
	return m
}

// Says reports whether two marks give the same.
func (m Mark) Says(other Mark) bool {
	return m.Comment == other.Comment && maps.Equal(m.Scores, other.Scores)
}

// Validate checks the mark against the question that it is of. Errors: Invalid.
func (m Mark) Validate(q Question) error {
	var p problems
	known := map[CriterionID]bool{}
	for _, c := range q.Rubric() {
		known[c.ID] = true
		if points, ok := m.Scores[c.ID]; ok && !c.Allows(points) {
			p.add("scores", "must be what the rubric allows: %s", c.allowed())
		}
	}
	for id := range m.Scores {
		p.when(!known[id], "scores", "must be of criteria of the question")
	}
	p.text("comment", m.Comment, MaxTextRunes)
	return p.err()
}

// Whole reports whether everything that the question is scored by has a score.
func (m Mark) Whole(q Question) bool {
	for _, c := range q.Rubric() {
		if _, ok := m.Scores[c.ID]; !ok {
			return false
		}
	}
	return true
}

// Points is the sum of the scores so far.
func (m Mark) Points() int {
	sum := 0
	for points := range maps.Values(m.Scores) {
		sum += points
	}
	return sum
}

// Nothing is the mark of an answer that was not given.
func Nothing(q Question) Mark {
	m := Mark{Question: q.ID, Scores: map[CriterionID]int{}}
	for _, c := range q.Rubric() {
		m.Scores[c.ID] = 0
		if !c.Allows(0) {
			m.Scores[c.ID] = c.Levels[0].Points
		}
	}
	return m
}

// Comment is what a grader notes at a moment of a recorded answer.
type Comment struct {
	ID        CommentID
	Question  QuestionID
	At        time.Duration // from the beginning of the answer
	Text      string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ValidateNote checks a note about a candidate as a whole. Errors: Invalid.
func ValidateNote(note string) error {
	var p problems
	p.text("note", note, MaxTextRunes)
	return p.err()
}

// ValidateReason checks why an evaluation is opened again. Errors: Invalid.
func ValidateReason(reason string) error {
	var p problems
	p.line("reason", reason, true, MaxNameRunes)
	return p.err()
}

// Limits of comments.
const (
	MaxComments     = 500 // of one evaluation
	MaxCommentRunes = 2000
)

// Validate checks the comment by itself. Errors: Invalid.
func (c Comment) Validate() error {
	var p problems
	p.when(!ValidID(string(c.ID)), "id", "must be a UUID")
	p.when(c.Text == "", "text", "must not be empty")
	p.text("text", c.Text, MaxCommentRunes)
	p.when(c.At < 0 || c.At > MaxLength(MaxAnswer*time.Second), "at", "must be a moment of the answer")
	return p.err()
}
