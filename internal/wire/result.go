package wire

import (
	"math"
	"time"

	"alfaone/internal/assess"
)

// InviteResults is what was answered, what graders made of it, and what was decided.
type InviteResults struct {
	InviteID          string       `json:"inviteId" format:"uuid" doc:"The invite."`
	AssessmentID      string       `json:"assessmentId" format:"uuid" doc:"The assessment that was taken."`
	AssessmentVersion int          `json:"assessmentVersion" minimum:"1" doc:"The version of it that was taken. Questions and rubrics of a version never change."`
	Status            string       `json:"status" enum:"pending,accepted,started,completed,expired,revoked" doc:"Where the invite stands now."`
	CompletedAt       *Time        `json:"completedAt" format:"date-time" doc:"When the answers were submitted."`
	Grade             Grade        `json:"grade"`
	Answers           []Answer     `json:"answers" nullable:"false" doc:"One for each question, in their order."`
	Evaluations       []Evaluation `json:"evaluations" nullable:"false" doc:"The graders' scorings, in the order of their assignment."`
	Decision          *Decision    `json:"decision" doc:"The decision that holds."`
	Decisions         []Decision   `json:"decisions" nullable:"false" doc:"All decisions, the oldest first."`
}

// Grade is what the evaluations amount to.
type Grade struct {
	State     string   `json:"state" enum:"none,grading,disputed,graded" doc:"none: nobody is to grade it. grading: not all graders have submitted. disputed: they differ too far, and somebody adjudicates. graded: the points stand."`
	Points    *float64 `json:"points" minimum:"0" doc:"The mean of the evaluations, or the adjudicator's points."`
	MaxPoints int      `json:"maxPoints" minimum:"0" doc:"The points that can be had."`
	Percent   *float64 `json:"percent" minimum:"0" maximum:"100" doc:"The share of the points that can be had, with one decimal."`
	GradedAt  *Time    `json:"gradedAt" format:"date-time" doc:"When the last evaluation that counts was submitted."`
}

// Answer is what was given to a question, with the scores that count.
type Answer struct {
	QuestionID      string           `json:"questionId" format:"uuid" doc:"The question."`
	Position        int              `json:"position" minimum:"1" doc:"Its place in the assessment, counted from 1."`
	Question        string           `json:"question" doc:"What was asked, in the candidate's language."`
	State           string           `json:"state" enum:"unanswered,arriving,answered" doc:"arriving: a recording is still being uploaded or verified."`
	Format          *string          `json:"format" enum:"text,audio,video" doc:"What was given; null while nothing is."`
	Text            *string          `json:"text" doc:"A written answer."`
	DurationSeconds *float64         `json:"durationSeconds" minimum:"0" doc:"How long the recording is."`
	AttemptsUsed    int              `json:"attemptsUsed" minimum:"0" doc:"How many recording attempts the candidate has used; those that failed for technical reasons do not count."`
	Media           *Media           `json:"media" doc:"Where the recording can be fetched."`
	Transcript      *Transcript      `json:"transcript" doc:"What is said in the recording, where a transcript is ready."`
	Points          *float64         `json:"points" minimum:"0" doc:"The sum of the criteria's points; null while nobody has scored."`
	MaxPoints       int              `json:"maxPoints" minimum:"0" doc:"The points that can be had."`
	Criteria        []CriterionScore `json:"criteria" nullable:"false" doc:"The points by criterion. A question without criteria has one whose id is null."`
}

// Media is a short-lived address of a recording.
type Media struct {
	URL         string `json:"url" format:"uri" doc:"Fetch it without an API key. Byte ranges are answered. It works for this API key's holder only as long as the key does, and until expiresAt."`
	ContentType string `json:"contentType" doc:"The media type."`
	Bytes       int64  `json:"bytes" minimum:"0" doc:"The size."`
	SHA256      string `json:"sha256" doc:"The SHA-256 sum of the file, hexadecimal. It never changes once the answers are submitted."`
	ExpiresAt   Time   `json:"expiresAt" format:"date-time" doc:"Until when the address can be used; ask for the results again to get a new one."`
}

// Transcript is what is said in a recording.
type Transcript struct {
	Language string    `json:"language" doc:"The language of what is said (BCP 47 tag)."`
	Text     string    `json:"text" doc:"All of it."`
	Segments []Segment `json:"segments" nullable:"false" doc:"The same with times."`
	Edited   bool      `json:"edited" doc:"Whether a member has changed what the machine heard."`
}

// Segment is a stretch of a recording with what is said in it.
type Segment struct {
	Start float64 `json:"start" minimum:"0" doc:"Seconds from the beginning."`
	End   float64 `json:"end" minimum:"0" doc:"Seconds from the beginning."`
	Text  string  `json:"text" doc:"What is said."`
}

// CriterionScore is a criterion with its points.
type CriterionScore struct {
	CriterionID *string  `json:"criterionId" format:"uuid" doc:"The criterion; null where the answer is scored as a whole."`
	Name        *string  `json:"name" doc:"Its name."`
	Points      *float64 `json:"points" minimum:"0" doc:"The points; null while nobody has scored."`
	MaxPoints   int      `json:"maxPoints" minimum:"0" doc:"The points that can be had."`
}

// Evaluation is one grader's scoring.
type Evaluation struct {
	ID          string  `json:"id" format:"uuid" doc:"Names the evaluation."`
	Grader      Person  `json:"grader"`
	State       string  `json:"state" enum:"open,submitted" doc:"open: its scores are the grader's own until submitted."`
	Adjudicates bool    `json:"adjudicates" doc:"Whether it decides where the others differ."`
	Points      *int    `json:"points" minimum:"0" doc:"The sum of its scores, once submitted."`
	Note        *string `json:"note" doc:"What the grader says about the candidate as a whole."`
	SubmittedAt *Time   `json:"submittedAt" format:"date-time" doc:"When it was submitted."`
	Marks       []Mark  `json:"marks" nullable:"false" doc:"What it gives to each answer, once submitted."`
}

// Person is a member as it was when something was done; the member may be gone since.
type Person struct {
	ID   string `json:"id" format:"uuid" doc:"Names the member."`
	Name string `json:"name" doc:"The name then."`
}

// Mark is what an evaluation gives to one answer.
type Mark struct {
	QuestionID string        `json:"questionId" format:"uuid" doc:"The question."`
	Points     int           `json:"points" minimum:"0" doc:"The sum of the scores."`
	Scores     []Score       `json:"scores" nullable:"false" doc:"The points by criterion."`
	Comment    *string       `json:"comment" doc:"What the grader says about the answer."`
	Comments   []TimedRemark `json:"comments" nullable:"false" doc:"What the grader notes at moments of the recording."`
}

// Score is the points of a criterion.
type Score struct {
	CriterionID *string `json:"criterionId" format:"uuid" doc:"The criterion; null where the answer is scored as a whole."`
	Points      int     `json:"points" minimum:"0" doc:"The points."`
}

// TimedRemark is a note at a moment of a recording.
type TimedRemark struct {
	AtSeconds float64 `json:"atSeconds" minimum:"0" doc:"Seconds from the beginning of the recording."`
	Text      string  `json:"text" doc:"The note."`
}

// Decision is what a member has decided about a candidate.
type Decision struct {
	Outcome   string `json:"outcome" enum:"advance,hold,reject" doc:"What was decided."`
	Reason    string `json:"reason" doc:"Why."`
	Member    Person `json:"member"`
	DecidedAt Time   `json:"decidedAt" format:"date-time" doc:"When."`
}

// Timeline is what has happened to an invite.
type Timeline struct {
	Events []TimelineEvent `json:"events" nullable:"false" doc:"What happened, the oldest first."`
}

// TimelineEvent is one thing that happened.
type TimelineEvent struct {
	ID       string  `json:"id" format:"uuid" doc:"Names the event."`
	Sequence int64   `json:"sequence" minimum:"1" doc:"Counts the organization's events."`
	Type     string  `json:"type" doc:"What happened: invite.completed, for example. New types may be added."`
	Actor    string  `json:"actor" enum:"member,api_key,candidate,system" doc:"What sort of somebody did it."`
	By       *string `json:"by" doc:"The name of the member or key."`
	Note     *string `json:"note" doc:"What else there is to say, in one line."`
	At       Time    `json:"at" format:"date-time" doc:"When."`
}

// TimelineOf is the events of an invite on the wire.
func TimelineOf(events []assess.Event) Timeline {
	return Timeline{Events: list(events, func(e assess.Event) TimelineEvent {
		return TimelineEvent{
			ID: string(e.ID), Sequence: e.Sequence, Type: string(e.Type), Actor: string(e.Actor), By: orNull(e.ActorName), Note: orNull(e.Note), At: TimeOf(e.At),
		}
	})}
}

// GradeOf is a grade on the wire.
func GradeOf(g assess.Grade, total int) Grade {
	out := Grade{State: string(g.State), MaxPoints: total, GradedAt: maybeTime(g.GradedAt)}
	switch g.State {
	case assess.Ungraded:
		out.State = "none"
	case assess.Graded, assess.Disputed:
		out.Points, out.Percent = new(hundredths(g.Points)), new(math.Round(10*g.Percent())/10)
	}
	return out
}

// hundredths rounds a mean, which would be long and never exact.
func hundredths(v float64) float64 { return math.Round(100*v) / 100 }

// PointsOf is a mean of points on the wire; null while nobody has scored.
func PointsOf(points float64, scored bool) *float64 {
	if !scored {
		return nil
	}
	return new(hundredths(points))
}

// SecondsOf is a duration on the wire.
func SecondsOf(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// CriterionIDOf is a criterion's id on the wire; null where the answer is scored as a whole.
func CriterionIDOf(id assess.CriterionID) *string { return orNull(string(id)) }

// CriterionScoreOf is a criterion with its points on the wire.
func CriterionScoreOf(c assess.Criterion, points float64, scored bool) CriterionScore {
	return CriterionScore{CriterionID: CriterionIDOf(c.ID), Name: orNull(c.Name), Points: PointsOf(points, scored), MaxPoints: c.Points}
}

// TranscriptOf is a transcript on the wire; null unless it is ready.
func TranscriptOf(t *assess.Transcript) *Transcript {
	if t == nil || t.State != assess.TranscriptReady {
		return nil
	}
	segments := list(t.Segments, func(s assess.Segment) Segment {
		return Segment{Start: SecondsOf(s.Start), End: SecondsOf(s.End), Text: s.Text}
	})
	return &Transcript{Language: t.Language, Text: t.Text(), Segments: segments, Edited: t.EditedBy != ""}
}

// EvaluationOf is an evaluation on the wire, with its marks; what they were given for is in the order of rubrics.
func EvaluationOf(e assess.Evaluation, marks []Mark) Evaluation {
	out := Evaluation{
		ID: string(e.ID), Grader: Person{ID: string(e.Grader), Name: e.GraderName}, State: string(e.State), Adjudicates: e.Adjudicates,
		Note: orNull(e.Note), Marks: marks,
	}
	if e.State == assess.EvaluationSubmitted {
		out.Points, out.SubmittedAt = new(e.Points), maybeTime(e.SubmittedAt)
	}
	return out
}

// MarkOf is what an evaluation gives to the answer to a question, on the wire.
func MarkOf(q assess.Question, m assess.Mark, comments []assess.Comment) Mark {
	out := Mark{QuestionID: string(q.ID), Points: m.Points(), Scores: []Score{}, Comment: orNull(m.Comment)}
	for _, c := range q.Rubric() {
		if points, ok := m.Scores[c.ID]; ok {
			out.Scores = append(out.Scores, Score{CriterionID: CriterionIDOf(c.ID), Points: points})
		}
	}
	out.Comments = list(comments, func(c assess.Comment) TimedRemark { return TimedRemark{AtSeconds: SecondsOf(c.At), Text: c.Text} })
	return out
}

// DecisionOf is a decision on the wire.
func DecisionOf(d assess.Decision) Decision {
	return Decision{
		Outcome: string(d.Outcome), Reason: d.Reason, Member: Person{ID: string(d.Member), Name: d.MemberName}, DecidedAt: TimeOf(d.At),
	}
}
